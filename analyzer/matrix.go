package analyzer

import (
	"iter"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// Matrix answers who reaches whom, tenant by tenant, by permissions that carry
// tenant data: through divisions, and apart from that organization-wide.
//
// A shared division belongs to no tenant and so is in no column: what reaches it
// beyond what anyone may hold there is asked of the division, and found by a rule.
//
// It goes role by role, not class by class: the holders of each (role, division)
// are one set, united 64 principals at a time, and there are far fewer of these
// than classes.
func (m *Model) Matrix() *MatrixAnswer {
	a := &MatrixAnswer{Head: m.Head("matrix", QuestionAccess, ""), Tenants: []TenantRef{}, Cells: []MatrixCell{}, Baseline: []string{}}
	a.Undetermined = m.undetermined(m.Graph.AllUndetermined())
	for i := range m.Tenants.Tenants {
		a.Tenants = append(a.Tenants, m.TenantRef(i))
	}
	counted := m.countedPermissions()
	for _, c := range counted {
		a.Baseline = append(a.Baseline, c.baseline...)
	}
	slices.Sort(a.Baseline)
	a.Baseline = slices.Compact(a.Baseline)
	cells := make([][]MatrixCell, len(m.Tenants.Tenants)) // by the tenant that reaches
	for _, c := range m.columns(counted) {
		for from, cell := range c.cells() {
			cells[from] = append(cells[from], cell)
		}
	}
	for _, row := range cells {
		a.Cells = append(a.Cells, row...)
	}
	return a
}

// columns gathers every tenant's column, as many at a time as there are processors.
func (m *Model) columns(counted []counted) []*column {
	tenant := make([]int32, m.Graph.Principals())
	for p := range tenant {
		tenant[p] = int32(m.Tenants.Of(uint32(p)).Tenant)
	}
	out := make([]*column, len(m.Tenants.Tenants))
	parallel.For(len(out), func(to int) { out[to] = m.column(to, tenant, counted) })
	return out
}

// counted are the permissions of one organization that the matrix counts.
type counted struct {
	org           string
	through, wide graph.Set // by whether divisions limit them
	baseline      []string  // named once, and in no count
}

// countedPermissions returns them for each organization.
func (m *Model) countedPermissions() []counted {
	var out []counted
	for _, org := range m.Graph.Organizations() {
		c := counted{org: org.ID}
		c.through, c.wide = m.tenantPermissions(org.ID)
		c.baseline = m.baseline(org.ID, func(p graph.Perm) bool { return c.wide.Has(p.ID) })
		universe := m.Graph.Universe(org.ID)
		for id := range c.wide.Clone().All() {
			if slices.Contains(c.baseline, universe[id].Name) {
				c.wide.Remove(id)
			}
		}
		out = append(out, c)
	}
	return out
}

// TenantRef returns a tenant as answers show it.
func (m *Model) TenantRef(i int) TenantRef {
	t := m.Tenants.Tenants[i]
	live := t.Principals.Clone()
	live.And(m.Graph.Acting())
	ref := TenantRef{Name: t.Name, External: t.External, Divisions: []Named{}, Principals: live.Len(), Owner: t.Owner}
	for d := range t.Divisions.All() {
		ref.Divisions = append(ref.Divisions, m.Division(d))
	}
	return ref
}

// column gathers who reaches one tenant. Principals belong to one tenant each,
// so that one set serves for all tenants that reach it.
type column struct {
	m            *Model
	to           int
	whole, some  graph.Set // through divisions, by reach
	limited      graph.Set
	open         graph.Set // with reach that no allow entry covers
	wide         graph.Set // organization-wide
	names, wides map[string]named
	tenant       []int32 // by principal, for all columns
	present      []bool  // scratch, by tenant
}

// named is the permissions of one organization that tenants reach by, by tenant.
type named []graph.Set

func (m *Model) column(to int, tenant []int32, perms []counted) *column {
	n := m.Graph.Principals()
	c := &column{
		m: m, to: to, tenant: tenant, whole: graph.NewSet(n), some: graph.NewSet(n), limited: graph.NewSet(n), open: graph.NewSet(n), wide: graph.NewSet(n),
		names: map[string]named{}, wides: map[string]named{}, present: make([]bool, len(m.Tenants.Tenants)),
	}
	for _, p := range perms {
		divs := m.Graph.DivisionsOf(p.org)
		divs.And(m.Tenants.Tenants[to].Divisions)
		if !divs.Empty() {
			c.add(p.org, divs, p.through.Clone(), p.wide.Clone())
		}
	}
	return c
}

// add adds one organization's principals: role by role, and permission by
// permission for those that an access policy speaks of. It changes the sets.
func (c *column) add(org string, divs, through, wide graph.Set) {
	marked := c.m.Graph.PolicyMarked(org)
	slow, slowWide := through.Clone(), wide.Clone()
	slow.And(marked)
	slowWide.And(marked)
	through.AndNot(marked)
	wide.AndNot(marked)
	classes := c.m.allowClasses(org, c.to, through)
	for s := range c.m.Graph.Spread(org, divs) {
		c.addRole(org, s, classes, wide)
	}
	c.addNarrowed(org, divs, classes, wide)
	for id := range slow.All() {
		p := c.m.Graph.Universe(org)[id]
		h := c.m.Graph.Who(graph.Query{Org: org, Permissions: []graph.Perm{p}, Divisions: divs})
		allowed := c.m.AllowedSet(p.Pattern, c.to)
		c.addHolders(h.Whole, graph.Whole, allowed)
		c.addHolders(h.Conditional, graph.Conditional, allowed)
		c.addHolders(h.Limited, graph.Limited, allowed)
		c.name(c.names, org, c.tenantsOf(h.All().All()), permissionSet(id))
	}
	for id := range slowWide.All() {
		p := c.m.Graph.Universe(org)[id]
		h := c.m.Graph.Who(graph.Query{Org: org, Permissions: []graph.Perm{p}, Divisions: divs}).All()
		c.wide.Or(h)
		c.name(c.wides, org, c.tenantsOf(h.All()), permissionSet(id))
	}
	c.addTrusted(org, classes, wide)
}

// addTrusted adds the trustee organizations whose trust gives every permission
// over every division, for all that anybody knows.
func (c *column) addTrusted(org string, classes []allowClass, wide graph.Set) {
	for p := range c.m.Graph.Acting().All() {
		if !c.m.Graph.LetIn(p) || c.m.Graph.Principal(p).Key.Org != org {
			continue
		}
		for _, class := range classes {
			c.addHolder(p, graph.Conditional, class.allowed)
			c.nameOne(c.names, p, org, class.perms)
		}
		if !wide.Empty() {
			c.wide.Add(p)
			c.nameOne(c.wides, p, org, wide)
		}
	}
}

// tenantPermissions returns the permissions of an organization that carry
// tenant data: those that divisions limit, and those that none does.
func (m *Model) tenantPermissions(org string) (through, wide graph.Set) {
	universe := m.Graph.Universe(org)
	through, wide = graph.NewSet(len(universe)), graph.NewSet(len(universe))
	for _, p := range universe {
		switch {
		case !m.carriesTenant(org, p):
		case p.Aware == authz.False:
			wide.Add(p.ID)
		default:
			through.Add(p.ID)
		}
	}
	return through, wide
}

// An allowClass is permissions that the same allow entries cover.
type allowClass struct{ perms, allowed graph.Set }

func (m *Model) allowClasses(org string, to int, perms graph.Set) []allowClass {
	var entries []allow
	for i := range m.allows {
		if a := &m.allows[i]; slices.Contains(a.to, to) && a.holds() {
			entries = append(entries, *a)
		}
	}
	universe := m.Graph.Universe(org)
	var classes []allowClass
	at := map[string]int{}
	for id := range perms.All() {
		sig := make([]byte, len(entries))
		for i, a := range entries {
			if coversAny(a.patterns, universe[id].Pattern) {
				sig[i] = 1
			}
		}
		i, ok := at[string(sig)]
		if !ok {
			i = len(classes)
			at[string(sig)] = i
			allowed := graph.NewSet(m.Graph.Principals())
			for j, a := range entries {
				if sig[j] == 1 {
					allowed.Or(a.principals)
				}
			}
			classes = append(classes, allowClass{graph.NewSet(len(universe)), allowed})
		}
		classes[i].perms.Add(id)
	}
	return classes
}

// A spread is the holders of one role that reach by it equally far.
type spread struct {
	list    []uint32
	level   graph.Level
	tenants []int // that they belong to; see place
	placed  bool
}

// place finds the tenants of holders, once.
func (c *column) place(part []spread) {
	for i := range part {
		if p := &part[i]; !p.placed {
			p.tenants, p.placed = c.tenantsOf(slices.Values(p.list)), true
		}
	}
}

// addRole adds the holders of one role: what allow entries cover apart from what
// they do not.
func (c *column) addRole(org string, s graph.RoleSpread, classes []allowClass, wide graph.Set) {
	inside := []spread{{list: s.In, level: graph.Whole}, {list: s.DoubtIn, level: graph.Conditional}}
	outside := []spread{{list: s.Out, level: graph.Whole}, {list: s.DoubtOut, level: graph.Conditional}}
	c.place(inside)
	for _, class := range classes {
		given := c.m.Graph.RolePermissions(s.Role, class.perms)
		if given.Empty() {
			continue
		}
		in, out := c.m.Graph.RoleSpan(s.Role, given)
		c.addSpread(org, inside, in, given, class.allowed)
		if out != graph.None {
			c.place(outside)
			c.addSpread(org, outside, out, c.beyond(s.Role, given), class.allowed)
		}
	}
	given := c.m.Graph.RolePermissions(s.Role, wide)
	if given.Empty() {
		return
	}
	c.place(outside)
	for _, p := range slices.Concat(inside, outside) {
		for _, n := range p.list {
			c.wide.Add(n)
		}
		c.name(c.wides, org, p.tenants, given)
	}
}

func (c *column) addSpread(org string, part []spread, level graph.Level, given, allowed graph.Set) {
	for _, p := range part {
		for _, n := range p.list {
			c.addHolder(n, min(level, p.level), allowed)
		}
		c.name(c.names, org, p.tenants, given)
	}
}

// beyond returns those of a role's permissions that reach beyond the divisions
// that it is granted in.
func (c *column) beyond(role uint32, given graph.Set) graph.Set {
	out, one := graph.NewSet(len(given)*64), graph.NewSet(len(given)*64)
	for id := range given.All() {
		one.Add(id)
		if _, far := c.m.Graph.RoleSpan(role, one); far != graph.None {
			out.Add(id)
		}
		one.Remove(id)
	}
	return out
}

// addNarrowed adds what policies with a scope or condition leave.
func (c *column) addNarrowed(org string, divs graph.Set, classes []allowClass, wide graph.Set) {
	acting := c.m.Graph.Acting()
	for _, class := range classes {
		c.m.Graph.EachNarrowed(org, c.m.permsOf(org, class.perms), divs, func(perms graph.Set, r graph.NarrowedReach) {
			if !acting.Has(r.Principal) {
				return
			}
			c.addHolder(r.Principal, r.Level, class.allowed)
			c.nameOne(c.names, r.Principal, org, perms)
		})
	}
	c.m.Graph.EachNarrowed(org, c.m.permsOf(org, wide), divs, func(perms graph.Set, r graph.NarrowedReach) {
		if acting.Has(r.Principal) {
			c.wide.Add(r.Principal)
			c.nameOne(c.wides, r.Principal, org, perms)
		}
	})
}

func (m *Model) permsOf(org string, set graph.Set) []graph.Perm {
	var out []graph.Perm
	for id := range set.All() {
		out = append(out, m.Graph.Universe(org)[id])
	}
	return out
}

func permissionSet(id uint32) graph.Set {
	s := graph.NewSet(int(id) + 1)
	s.Add(id)
	return s
}

func (c *column) nameOne(into map[string]named, p uint32, org string, perms graph.Set) {
	c.name(into, org, []int{c.m.Tenants.Of(p).Tenant}, perms)
}

// tenantsOf returns the tenants, other than the column's own, that some
// principals belong to.
func (c *column) tenantsOf(list iter.Seq[uint32]) []int {
	var out []int
	for p := range list {
		if t := int(c.tenant[p]); t != c.to && !c.present[t] {
			c.present[t] = true
			out = append(out, t)
		}
	}
	for _, t := range out {
		c.present[t] = false
	}
	return out
}

// name notes what tenants reach this one by.
func (c *column) name(into map[string]named, org string, tenants []int, perms graph.Set) {
	sets := into[org]
	if sets == nil {
		sets = make(named, len(c.m.Tenants.Tenants))
		into[org] = sets
	}
	for _, t := range tenants {
		if sets[t] == nil {
			sets[t] = graph.NewSet(len(c.m.Graph.Universe(org)))
		}
		sets[t].Or(perms)
	}
}

// namesOf returns the names of what a tenant reaches by, sorted.
func (c *column) namesOf(from map[string]named, tenant int) []string {
	out := []string{}
	for org, sets := range from {
		universe := c.m.Graph.Universe(org)
		for id := range sets[tenant].All() {
			out = append(out, universe[id].Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *column) addHolder(p uint32, l graph.Level, allowed graph.Set) {
	switch l {
	case graph.Whole:
		c.whole.Add(p)
	case graph.Conditional:
		c.some.Add(p)
	default:
		c.limited.Add(p)
	}
	if !allowed.Has(p) {
		c.open.Add(p)
	}
}

func (c *column) addHolders(set graph.Set, l graph.Level, allowed graph.Set) {
	for p := range set.All() {
		c.addHolder(p, l, allowed)
	}
}

// cells yields the cells that are not empty, with the tenants that reach.
func (c *column) cells() iter.Seq2[int, MatrixCell] {
	all := c.whole.Clone()
	all.Or(c.some)
	all.Or(c.limited)
	return func(yield func(int, MatrixCell) bool) {
		for from, t := range c.m.Tenants.Tenants {
			who := all.Clone()
			who.And(t.Principals)
			wide := c.wide.Clone()
			wide.And(t.Principals)
			if from == c.to || (who.Empty() && wide.Empty()) {
				continue
			}
			open := who.Clone()
			open.And(c.open)
			cell := MatrixCell{
				From: t.Name, To: c.m.Tenants.Tenants[c.to].Name, Principals: who.Len(), Allowed: who.Len() - open.Len(),
				Widest: c.widest(who), Permissions: c.namesOf(c.names, from), OrganizationWide: wide.Len(),
				OrganizationWidePermissions: c.namesOf(c.wides, from), who: who, column: c,
			}
			if !yield(from, cell) {
				return
			}
		}
	}
}

func (c *column) widest(who graph.Set) graph.Level {
	switch {
	case who.Empty():
		return graph.None
	case who.Meets(c.whole):
		return graph.Whole
	case who.Meets(c.some):
		return graph.Conditional
	default:
		return graph.Limited
	}
}

// level is the reach of one principal.
func (c *column) level(p uint32) graph.Level {
	switch {
	case c.whole.Has(p):
		return graph.Whole
	case c.some.Has(p):
		return graph.Conditional
	default:
		return graph.Limited
	}
}

// CellReach returns how far a principal reaches through divisions, if it is one of
// a cell's.
func (m *Model) CellReach(c MatrixCell, p uint32) (graph.Level, bool) {
	if !c.who.Has(p) {
		return graph.None, false
	}
	return c.column.level(p), true
}

// CellPrincipals returns the principals of a cell that reach through divisions,
// sorted by kind, name and id, at most limit of them (0: all).
func (m *Model) CellPrincipals(c MatrixCell, limit int) []WhoRow {
	var out []WhoRow
	for p := range c.who.All() {
		if limit > 0 && len(out) == limit {
			break
		}
		out = append(out, WhoRow{Principal: m.Ref(p), Reach: c.column.level(p), Outside: true, number: p, org: m.Graph.Principal(p).Key.Org})
	}
	return out
}
