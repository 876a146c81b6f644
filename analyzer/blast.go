package analyzer

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A CouldAnswer is what one principal could become: its blast radius.
type CouldAnswer struct {
	// Sure says that only documented steps were followed.
	Sure bool `json:"sure"`
	// Total is after how many steps everything is open to it; null is never.
	Total *int `json:"total"`
	// Principals and Groups are what it could become and join, by steps.
	Principals []GainedPrincipal `json:"principals"`
	Groups     []GainedGroup     `json:"groups"`
	// Tenants are those whose principals it could become.
	Tenants []GainedTenant `json:"tenants"`
	// Access are the roles that it could come to hold and does not hold today,
	// each with the divisions: access is roles × divisions.
	Access []GainedRole `json:"access"`

	could *graph.Could
}

// A GainedPrincipal is a principal that could be taken over.
type GainedPrincipal struct {
	Principal PrincipalRef `json:"principal"`
	Hops      int          `json:"hops"`
}

// A GainedGroup is a group that could be joined.
type GainedGroup struct {
	Group TargetRef `json:"group"`
	Hops  int       `json:"hops"`
}

// A GainedTenant is a tenant of which principals could be taken over.
type GainedTenant struct {
	Tenant     string `json:"tenant"`
	External   bool   `json:"external"`
	Principals int    `json:"principals"`
	Hops       int    `json:"hops"` // the least
}

// A GainedRole is a role in the divisions in which it could come to be held.
type GainedRole struct {
	Role      Named   `json:"role"`
	Divisions []Named `json:"divisions"`
	Hops      int     `json:"hops"` // the least
}

// Could answers what one principal could become, as if it were live.
func (m *Model) Could(p uint32, sure bool) *CouldAnswer {
	c := m.Escalations().Could(p, sure)
	a := &CouldAnswer{Sure: sure, Principals: []GainedPrincipal{}, Groups: []GainedGroup{}, Tenants: []GainedTenant{}, Access: []GainedRole{}, could: c}
	if c.Total >= 0 {
		a.Total = &c.Total
	}
	if len(c.Gains) == 0 {
		return a
	}
	roles := newGainedRoles(m, p)
	m.gainedPrincipals(p, c, a, roles)
	m.gainedGroups(c, a, roles)
	slices.SortStableFunc(a.Principals, func(x, y GainedPrincipal) int { return cmp.Compare(x.Hops, y.Hops) })
	slices.SortStableFunc(a.Groups, func(x, y GainedGroup) int { return cmp.Compare(x.Hops, y.Hops) })
	a.Access = roles.list()
	return a
}

// AddCould adds to an answer about access what the principal could become. What
// is not determined about escalation is not determined about the answer.
func (m *Model) AddCould(a *AccessAnswer, p uint32, sure bool) {
	a.Could = m.Could(p, sure)
	m.noteCould(&a.Head)
	org := m.Graph.Principal(p).Key.Org
	for _, u := range m.undetermined(m.couldUndetermined(org, nil)) {
		if !slices.Contains(a.Undetermined, u) {
			a.Undetermined = append(a.Undetermined, u)
		}
	}
}

// gainedGroups adds the groups, and who is of unknown kind and may be one.
func (m *Model) gainedGroups(c *graph.Could, a *CouldAnswer, roles *gainedRoles) {
	var nodes []uint32
	for _, g := range m.Graph.Groups() {
		nodes = append(nodes, g.Node)
	}
	for q := range uint32(m.Graph.Principals()) {
		if m.Graph.Principal(q).Key.Kind == authz.KindUnknown {
			nodes = append(nodes, q)
		}
	}
	for _, n := range nodes {
		hops, ok := c.Group(n)
		if !ok {
			continue
		}
		a.Groups = append(a.Groups, GainedGroup{*m.nodeRef(n), hops})
		for _, above := range m.Escalations().ActsAs(n) {
			roles.add(above, hops)
		}
	}
}

func (m *Model) gainedPrincipals(p uint32, c *graph.Could, a *CouldAnswer, roles *gainedRoles) {
	tenants := map[int]*GainedTenant{}
	for q := range uint32(m.Graph.Principals()) {
		hops, ok := c.Principal(q)
		if !ok || q == p || !m.Graph.Principal(q).Acts {
			continue
		}
		a.Principals = append(a.Principals, GainedPrincipal{m.Ref(q), hops})
		for _, n := range m.Graph.Acts(q) {
			roles.add(n, hops)
		}
		i := m.Tenants.Of(q).Tenant
		if tenants[i] == nil {
			t := m.Tenants.Tenants[i]
			tenants[i] = &GainedTenant{Tenant: t.Name, External: t.External, Hops: hops}
		}
		tenants[i].Principals++
		tenants[i].Hops = min(tenants[i].Hops, hops)
	}
	for _, t := range tenants {
		a.Tenants = append(a.Tenants, *t)
	}
	slices.SortFunc(a.Tenants, func(x, y GainedTenant) int {
		return cmp.Or(cmp.Compare(x.Hops, y.Hops), cmp.Compare(x.Tenant, y.Tenant))
	})
}

// gainedRoles gathers roles in divisions, each with the least number of steps.
type gainedRoles struct {
	m    *Model
	org  string
	has  map[graph.Holding]bool
	hops map[graph.Holding]int
	done map[uint32]int // nodes, with the steps after which they were added
}

func newGainedRoles(m *Model, p uint32) *gainedRoles {
	r := &gainedRoles{m: m, org: m.Graph.Principal(p).Key.Org, has: map[graph.Holding]bool{}, hops: map[graph.Holding]int{}, done: map[uint32]int{}}
	for _, h := range m.Graph.Holdings(p) {
		r.has[graph.Holding{Role: h.Role, Division: h.Division}] = true
	}
	return r
}

func (r *gainedRoles) add(n uint32, hops int) {
	if was, seen := r.done[n]; seen && was <= hops {
		return
	}
	r.done[n] = hops
	for _, g := range r.m.Graph.GrantsOf(n) {
		h := graph.Holding{Role: g.Role, Division: g.Division}
		if was, seen := r.hops[h]; !r.has[h] && (!seen || hops < was) {
			r.hops[h] = hops
		}
	}
}

// list puts the divisions of each role and number of steps together.
func (r *gainedRoles) list() []GainedRole {
	type id struct {
		role uint32
		hops int
	}
	divisions := map[id][]uint32{}
	for h, hops := range r.hops {
		k := id{h.Role, hops}
		divisions[k] = append(divisions[k], h.Division)
	}
	out := []GainedRole{}
	for k, divs := range divisions {
		slices.Sort(divs)
		role := r.m.Graph.Role(k.role)
		g := GainedRole{Role: Named{ID: role.Key.ID, Name: role.Record.Name}, Hops: k.hops}
		for _, d := range divs {
			g.Divisions = append(g.Divisions, r.m.Division(d))
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(x, y GainedRole) int {
		return cmp.Or(cmp.Compare(x.Hops, y.Hops), cmp.Compare(x.Role.Name, y.Role.Name), cmp.Compare(x.Role.ID, y.Role.ID))
	})
	return out
}

// An EscalationFact is one way of one class of principals to one target tenant,
// or to everything: what rules about escalation are asked of.
type EscalationFact struct {
	// Members are live principals that gain the same and belong to one tenant.
	Members []uint32
	// First is the name of the first step's escalation.
	First string
	// Hops is the number of steps; Steps spells them out.
	Hops  int
	Steps []Step
	// Certainty is documented, or likely if a step is.
	Certainty string
	// FromTenant and ToTenant are names. ToTenant is that of the principal that is
	// taken over, or empty where everything is gained.
	FromTenant, ToTenant string
	// ToTotal says that everything is gained, ToAdmin that the principal taken
	// over holds total control.
	ToTotal, ToAdmin bool
	CrossesTenants   bool
	// Target is the principal taken over, or the organization.
	Target TargetRef

	last string // the last step's escalation
}

// EachEscalation yields, for each class of live principals of one tenant that
// gain anything, a shortest way to everything and to each tenant of which it
// could take over a principal: in the order of the classes' first members, then
// of the steps, then of the tenants. If sure is set, only documented steps count.
func (m *Model) EachEscalation(sure bool) func(yield func(EscalationFact) bool) {
	return func(yield func(EscalationFact) bool) {
		first := m.firstInHubs()
		for _, s := range m.classesByTenant() {
			c := m.Escalations().Could(s[0], sure)
			for _, f := range m.factsOf(c, s, first, sure) {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// classesByTenant are the live principals that gain anything, by class and tenant.
func (m *Model) classesByTenant() [][]uint32 {
	type id struct {
		class  uint32
		tenant int
	}
	at := map[id]int{}
	var out [][]uint32
	for p := range m.Graph.Acting().All() {
		class, ok := m.Escalations().Class(p)
		if !ok {
			continue
		}
		k := id{class, m.Tenants.Of(p).Tenant}
		i, seen := at[k]
		if !seen {
			i = len(out)
			at[k] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], p)
	}
	return out
}

// factsOf are the facts of one class: to everything, then to each tenant.
func (m *Model) factsOf(c *graph.Could, members []uint32, first map[graph.Place]map[int]uint32, sure bool) []EscalationFact {
	e := m.Escalations()
	var out []EscalationFact
	if c.Total >= 0 {
		f := m.fact(members, e.PathToTotal(c, sure))
		f.ToTotal, f.Hops = true, c.Total
		f.ToAdmin = f.last == "admin"
		out = append(out, f)
	}
	best := m.nearestByTenant(c, members, first)
	for t := range m.Tenants.Tenants {
		b, ok := best[t]
		if !ok {
			continue
		}
		f := m.fact(members, e.Path(c, b.q, sure))
		f.ToTenant, f.Hops = m.Tenants.Tenants[t].Name, b.hops
		f.CrossesTenants = f.ToTenant != f.FromTenant
		f.ToAdmin = m.holdsTotal(b.q)
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(x, y EscalationFact) int { return cmp.Compare(x.Hops, y.Hops) })
	return out
}

func (m *Model) fact(members []uint32, moves []graph.Move) EscalationFact {
	f := EscalationFact{
		Members: members, FromTenant: m.Tenants.Tenants[m.Tenants.Of(members[0]).Tenant].Name,
		Steps: m.moveSteps(moves), Certainty: "documented",
	}
	for _, s := range f.Steps {
		if s.Kind != "escalate" {
			continue
		}
		f.First = cmp.Or(f.First, s.Escalation)
		if s.Certainty == "likely" {
			f.Certainty = s.Certainty
		}
		f.Target, f.last = s.Record, s.Escalation
	}
	return f
}

// nearestIn is the principal of a tenant that is gained first.
type nearestIn struct {
	q    uint32
	hops int
}

// nearestByTenant finds, for each tenant, whom a class could become first.
func (m *Model) nearestByTenant(c *graph.Could, members []uint32, first map[graph.Place]map[int]uint32) map[int]nearestIn {
	best := map[int]nearestIn{}
	put := func(t int, q uint32, hops int) {
		if slices.Contains(members, q) || !m.Graph.Principal(q).Acts {
			return
		}
		if was, seen := best[t]; !seen || hops < was.hops || (hops == was.hops && q < was.q) {
			best[t] = nearestIn{q, hops}
		}
	}
	for _, g := range c.Gains {
		if q, node := m.Escalations().Node(g.At); node {
			if int(q) < m.Graph.Principals() {
				put(m.Tenants.Of(q).Tenant, q, g.Hops)
			}
			continue
		}
		for t, q := range first[g.At] {
			if !slices.Contains(members, q) {
				put(t, q, g.Hops)
				continue
			}
			// The first of the hub is one of those that ask: the next one, then.
			for other := range m.Tenants.Tenants[t].Principals.All() {
				if hops, ok := c.Principal(other); ok && hops == g.Hops && !slices.Contains(members, other) {
					put(t, other, hops)
					break
				}
			}
		}
	}
	return best
}

// firstInHubs returns, for each hub and tenant, the first principal of it.
func (m *Model) firstInHubs() map[graph.Place]map[int]uint32 {
	out := map[graph.Place]map[int]uint32{}
	for p := range uint32(m.Graph.Principals()) {
		if !m.Graph.Principal(p).Acts {
			continue
		}
		t := m.Tenants.Of(p).Tenant
		for _, at := range m.Escalations().HubsOf(p) {
			if out[at] == nil {
				out[at] = map[int]uint32{}
			}
			if _, seen := out[at][t]; !seen {
				out[at][t] = p
			}
		}
	}
	return out
}

// holdsTotal reports whether a principal holds total control, for sure or not.
func (m *Model) holdsTotal(p uint32) bool {
	admin := m.Graph.Perm(m.Graph.Principal(p).Key.Org, authz.Admin)
	return len(m.Graph.Reasons(p, admin, graph.AnyDivision)) > 0
}
