package rules

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// An index is what an audit works out once, for all rules: what permissions and
// roles are, who belongs to which tenant, and where access can lead.
type index struct {
	m        *analyzer.Model
	g        *graph.Graph
	tenant   []int // by principal
	orgs     []*orgIndex
	org      map[string]*orgIndex
	roles    []roleIndex
	cells    [][]graph.Cell             // by role
	plural   graph.Set                  // principals that others act as: trustees' groups
	shaky    graph.Set                  // see shakyPrincipals
	holdings map[uint32][]graph.Holding // of those
	who      map[whoKey]graph.Holders
	targets  int // made so far
	tokens   map[string]uint64
	named    []uint64 // tokens of the tenants' names, by tenant
	stamp    []uint32 // scratch: principals seen in the current gathering
	gen      uint32
	byGroup  map[uint32][]uint32 // live members, by node
	shares   map[uint32][]share  // the same by tenant
	approves []approval
	allows   map[allowKey]graph.Set
	elevated [2]graph.Set // principals with elevated, administrative access
	reach    []*reachRow
	based    bool // whether the baseline was found

	extra    *Extra  // nil: the snapshot says nothing beside the graph
	before   *Before // nil: there is no earlier snapshot
	kinds    []persona
	lacks    map[uint32][]string
	roleSets []graph.Set
	people   *people
	accepted *acceptance
	queues   map[authz.Key][]uint32 // who is a member
	scoped   map[authz.Key][]int    // see scopedReach
	joins    map[uint32][]uint32    // see joinable
	// satisfies is what satisfiable returns.
	satisfies map[uint32][]uint32
	moves     map[uint32][]int            // see movers
	held      map[authz.Pattern]graph.Set // live holders of what rules ask for
	hubs      map[graph.Hub][]int         // see tenantsAt
	// direct is the last list of directUsers.
	direct struct {
		known bool
		role  uint32
		users []uint32
	}
	admins graph.Set                // roles that give total control
	left   graph.Set                // scratch of addsNothing
	parsed map[string]authz.Pattern // see pattern
	// granted is the last list of grantsFor.
	granted struct {
		node uint32
		list []graph.Grant
	}
}

// An orgIndex is what an organization's permissions and divisions are.
type orgIndex struct {
	id      string
	perms   []graph.Perm
	info    []permInfo
	alike   []int // by permission: permissions with the same number are alike but for their names
	kinds   int
	all     graph.Set // divisions
	free    graph.Set // permissions that no division limits
	targets []*target
	// targetOf is the target that a division belongs to.
	targetOf  map[uint32]int
	everybody *target // what no division limits
	given     []int   // by permission: how many roles give it whole; see rarest
}

// permInfo is what shipped data says of a permission.
type permInfo struct {
	class, carries                              string
	aware                                       authz.Tri
	elevated, administration, forbidden, talked bool
	edits                                       bool   // whether the verb edit covers it
	exceptions                                  string // which exceptions speak of it
	marked                                      string // itself, if an access policy speaks of it
	baseline                                    bool   // see findBaseline
}

// A roleIndex is what a role comes to.
type roleIndex struct {
	org                      *orgIndex
	rec                      graph.Role
	perms                    graph.Set // whole or narrowed
	free                     graph.Set // whole, and limited by no division
	builtin, maybe           bool
	elevated, administration bool
	token                    uint64 // of its id
	carries                  bool   // whether it gives what carries tenant data and divisions limit, or may
	witnessed                bool
	witness                  uint32 // see rarest
}

// A target is where access leads: the divisions of a tenant, a division that has
// a place of its own, or the organization as a whole.
type target struct {
	number                       int // among the targets of all organizations
	tenant                       int // -1: none
	divs                         graph.Set
	division                     uint32 // the only one, or graph.AnyDivision
	home, shared, loose, organic bool
}

func newIndex(m *analyzer.Model) *index {
	x := &index{
		m: m, g: m.Graph, org: map[string]*orgIndex{}, byGroup: map[uint32][]uint32{}, shares: map[uint32][]share{}, allows: map[allowKey]graph.Set{},
		stamp: make([]uint32, m.Graph.Principals()), holdings: map[uint32][]graph.Holding{}, who: map[whoKey]graph.Holders{}, tokens: map[string]uint64{},
	}
	x.tenant, x.plural = make([]int, x.g.Principals()), graph.NewSet(x.g.Principals())
	for p := range x.tenant {
		x.tenant[p] = m.Tenants.Of(uint32(p)).Tenant
		if x.g.Principal(uint32(p)).Key.Kind == authz.KindTrusteeGroup {
			x.plural.Add(uint32(p))
		}
	}
	x.shaky = x.shakyPrincipals()
	for t := range m.Tenants.Tenants {
		x.named = append(x.named, x.token(x.tenantName(t)))
	}
	for _, o := range x.g.Organizations() {
		oi := x.newOrg(o.ID)
		x.orgs = append(x.orgs, oi)
		x.org[o.ID] = oi
	}
	x.indexRoles()
	x.approves = x.approvals()
	return x
}

func (x *index) newOrg(id string) *orgIndex {
	o := &orgIndex{id: id, perms: x.g.Universe(id), targetOf: map[uint32]int{}}
	o.info, o.alike = make([]permInfo, len(o.perms)), make([]int, len(o.perms))
	patterns, marked := x.exceptionPatterns(), x.g.PolicyMarked(id)
	for i, p := range o.perms {
		o.info[i] = x.describe(p, patterns)
		if marked.Has(p.ID) {
			o.info[i].marked = p.Pattern.String()
		}
	}
	o.number()
	o.free = freePermissions(o.perms)
	o.all = x.g.DivisionsOf(id)
	x.addTargets(o)
	return o
}

// number gives permissions that are alike the same number.
func (o *orgIndex) number() {
	numbers := map[permInfo]int{}
	for i := range o.info {
		n, ok := numbers[o.info[i]]
		if !ok {
			n = len(numbers)
			numbers[o.info[i]] = n
		}
		o.alike[i] = n
	}
	o.kinds = len(numbers)
}

func (x *index) describe(p graph.Perm, exceptions [][]authz.Pattern) permInfo {
	lex := x.m.Lexicon
	i := permInfo{class: lex.Class(p.Pattern), carries: lex.Carries(p.Pattern, p.Aware), aware: p.Aware}
	_, i.elevated = lex.Elevated(p.Pattern)
	_, i.administration = lex.Administration(p.Pattern)
	_, i.forbidden = lex.Forbidden(p.Pattern)
	_, i.talked = lex.ConversationLevel(p.Pattern)
	if edit, ok := lex.Verb("edit"); ok {
		i.edits = edit.Covers(p.Pattern)
	}
	bits := make([]byte, len(exceptions))
	for n, list := range exceptions {
		bits[n] = '0'
		if slices.ContainsFunc(list, func(c authz.Pattern) bool { return c.Covers(p.Pattern) }) {
			bits[n] = '1'
		}
	}
	i.exceptions = string(bits)
	return i
}

// exceptionPatterns returns the patterns of each allow entry and shared
// division: permissions on which they agree can be looked at together.
func (x *index) exceptionPatterns() [][]authz.Pattern {
	var out [][]authz.Pattern
	for _, e := range x.m.Exceptions() {
		out = append(out, x.patterns(e.Allow.Permissions))
	}
	for d := range x.g.Divisions() {
		if list, ok := x.m.Tenants.Shared(uint32(d)); ok {
			out = append(out, list)
		}
	}
	return out
}

func (x *index) patterns(names []string) []authz.Pattern {
	var out []authz.Pattern
	for _, n := range names {
		if p, err := x.m.Pattern(n); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// addTargets makes one target of each tenant's divisions, and one of each
// division that is not like the others: Home, shared ones, those of no tenant.
func (x *index) addTargets(o *orgIndex) {
	x.targets++
	o.everybody = &target{number: x.targets, tenant: -1, divs: o.all, division: graph.AnyDivision, organic: true}
	byTenant := map[int]int{}
	for d := range x.g.DivisionsOf(o.id).All() {
		t := target{tenant: x.m.Tenants.OfDivision(d), division: d, home: x.g.Divisions()[d].Home}
		_, t.shared = x.m.Tenants.Shared(d)
		t.loose = t.tenant == x.m.Tenants.Unassigned() && !t.shared
		apart := t.home || t.shared || t.loose
		if at, ok := byTenant[t.tenant]; ok && !apart {
			o.targets[at].divs.Add(d)
			o.targets[at].division = graph.AnyDivision
			o.targetOf[d] = at
			continue
		}
		t.divs = graph.NewSet(len(x.g.Divisions()))
		t.divs.Add(d)
		o.targetOf[d] = len(o.targets)
		if !apart {
			byTenant[t.tenant] = len(o.targets)
		}
		x.targets++
		t.number = x.targets
		o.targets = append(o.targets, &t)
	}
}

func (x *index) indexRoles() {
	x.roles = make([]roleIndex, x.g.Roles())
	x.cells = make([][]graph.Cell, x.g.Roles())
	x.admins = graph.NewSet(x.g.Roles())
	names := map[[2]string]bool{}
	for n := range x.roles {
		r := x.g.Role(uint32(n))
		if r.Admin {
			x.admins.Add(uint32(n))
		}
		names[[2]string{r.Key.Org, r.Record.Name}] = true
	}
	for n := range x.roles {
		rec := x.g.Role(uint32(n))
		r := roleIndex{org: x.org[rec.Key.Org], rec: rec, builtin: rec.Record.Default || rec.Record.BasedOn != ""}
		r.perms = rec.Permissions.Clone()
		r.perms.Or(rec.Narrowed)
		r.free = rec.Permissions.Clone()
		r.free.And(r.org.free)
		for id := range r.perms.All() {
			r.carries = r.carries || r.org.info[id].carries == lexicon.CarriesTenant && !r.org.free.Has(id)
			r.elevated = r.elevated || r.org.info[id].elevated
			r.administration = r.administration || r.org.info[id].administration
		}
		r.elevated, r.administration = r.elevated || rec.Admin, r.administration || rec.Admin
		r.maybe = x.maybe(rec, names)
		r.carries, r.token = r.carries || rec.Admin || r.maybe, x.token(rec.Key.ID)
		x.roles[n] = r
	}
	for i := range x.g.Cells() {
		c := x.g.Cell(i)
		x.cells[c.Role] = append(x.cells[c.Role], c)
	}
}

// maybe reports whether a role was not read, or inherits from one that was not:
// it may carry everything.
func (x *index) maybe(r graph.Role, names map[[2]string]bool) bool {
	if !r.Known {
		return true
	}
	for _, n := range append([]uint32{}, r.Inherited...) {
		if !x.g.Role(n).Known {
			return true
		}
	}
	if x.g.Complete(r.Key.Org, authz.ListRoles) {
		return false
	}
	missing := func(ref string) bool {
		_, byID := x.g.FindRole(authz.Key{Org: r.Key.Org, Kind: authz.KindRole, ID: ref})
		return !byID && !names[[2]string{r.Key.Org, ref}]
	}
	if slices.ContainsFunc(r.Record.Inherits, missing) {
		return true
	}
	return slices.ContainsFunc(r.Inherited, func(n uint32) bool {
		return slices.ContainsFunc(x.g.Role(n).Record.Inherits, missing)
	})
}

// roleName is a role's name as people know it.
func (x *index) roleName(n uint32) string {
	if n == noRole {
		return "(the trust itself)"
	}
	r := &x.roles[n].rec
	if !r.Known {
		return "unknown role " + r.Key.ID
	}
	return r.Record.Name
}

func (x *index) roleID(n uint32) string {
	if n == noRole {
		return ""
	}
	return x.roles[n].rec.Key.ID
}

func (x *index) tenantName(t int) string {
	if t < 0 {
		return ""
	}
	return x.m.Tenants.Tenants[t].Name
}

func (x *index) external(t int) bool { return t >= 0 && x.m.Tenants.Tenants[t].External }

func (x *index) divisionName(d uint32) string { return x.m.Division(d).Name }

// live returns the live principals that act as a node.
func (x *index) live(n uint32) []uint32 {
	if x.single(n) {
		if x.g.Acting().Has(n) {
			return []uint32{n}
		}
		return nil
	}
	if list, ok := x.byGroup[n]; ok {
		return list
	}
	list := []uint32{}
	for p := range x.g.Holders(graph.Cell{Nodes: []uint32{n}}).All() {
		if x.g.Acting().Has(p) {
			list = append(list, p)
		}
	}
	x.byGroup[n] = list
	return list
}

// single reports whether a node is a principal that nobody else acts as: all but
// groups, teams and trustees' groups are.
func (x *index) single(n uint32) bool {
	return int(n) < len(x.tenant) && !x.plural.Has(n)
}

// shakyPrincipals returns those that act as a group that may not hand on what
// it holds: for them each role has to be looked at.
func (x *index) shakyPrincipals() graph.Set {
	s := graph.NewSet(x.g.Principals())
	add := func(n uint32) { s.Or(x.g.Holders(graph.Cell{Nodes: []uint32{n}})) }
	for _, g := range x.g.Groups() {
		if !g.RolesEnabled {
			add(g.Node)
		}
	}
	for p := range x.plural.All() {
		add(p)
	}
	return s
}

// perhaps reports whether a principal holds a role in a division only through a
// group that may not hand it on.
func (x *index) perhaps(p, role, division uint32) bool {
	if !x.shaky.Has(p) {
		return false
	}
	held, ok := x.holdings[p]
	if !ok {
		held = x.g.Holdings(p)
		x.holdings[p] = held
	}
	i := slices.IndexFunc(held, func(h graph.Holding) bool { return h.Role == role && h.Division == division })
	return i >= 0 && held[i].Doubtful
}

// A share is the principals of one tenant among some.
type share struct {
	tenant int
	list   []uint32
}

// split sorts principals by tenant, in the order of the tenants.
func (x *index) split(list []uint32) []share {
	var out []share
	at := map[int]int{}
	for _, p := range list {
		t := x.tenant[p]
		i, ok := at[t]
		if !ok {
			i = len(out)
			at[t] = i
			out = append(out, share{tenant: t})
		}
		out[i].list = append(out[i].list, p)
	}
	slices.SortFunc(out, func(a, b share) int { return a.tenant - b.tenant })
	return out
}

// gather collects the live principals that hold some cells: those that do for
// sure, and those that do only perhaps.
func (x *index) gather(cells []graph.Cell) (sure, perhaps []uint32) {
	x.gen++
	var doubtful []uint32
	for _, c := range cells {
		for _, n := range c.Nodes {
			if x.single(n) {
				x.note(n, &sure)
				continue
			}
			for _, p := range x.live(n) {
				if x.perhaps(p, c.Role, c.Division) {
					doubtful = append(doubtful, p)
				} else {
					x.note(p, &sure)
				}
			}
		}
	}
	for _, p := range doubtful {
		x.note(p, &perhaps)
	}
	return sure, perhaps
}

func (x *index) note(p uint32, to *[]uint32) {
	if x.stamp[p] != x.gen && x.g.Acting().Has(p) {
		x.stamp[p] = x.gen
		*to = append(*to, p)
	}
}

// elevatedSet returns the principals that hold elevated access, or
// administration, live or not.
func (x *index) elevatedSet(administration bool) graph.Set {
	i := 0
	if administration {
		i = 1
	}
	if x.elevated[i] != nil {
		return x.elevated[i]
	}
	s := graph.NewSet(x.g.Principals())
	for n := range x.roles {
		if (administration && x.roles[n].administration) || (!administration && x.roles[n].elevated) {
			for _, c := range x.cells[n] {
				x.g.AddHolders(c, s)
			}
		}
	}
	for p := range x.g.Principals() {
		if x.g.Principal(uint32(p)).Key.Kind == authz.KindTrusteeOrganization {
			s.Add(uint32(p))
		}
	}
	x.elevated[i] = s
	return s
}

// holds reports whether a principal holds a permission that a pattern covers.
func (x *index) holds(p uint32, c authz.Pattern) bool {
	if x.g.Principal(p).Key.Kind == authz.KindTrusteeOrganization {
		return true
	}
	if x.g.Acting().Has(p) {
		return x.holderSet(c).Has(p)
	}
	for _, n := range x.g.Acts(p) {
		for _, gr := range x.g.GrantsOf(n) {
			r := &x.roles[gr.Role]
			if r.rec.Admin || r.maybe {
				return true
			}
			for id := range r.perms.All() {
				if c.Covers(r.org.perms[id].Pattern) {
					return true
				}
			}
		}
	}
	return false
}

// holderSet returns the live principals that hold a permission which a pattern covers.
func (x *index) holderSet(c authz.Pattern) graph.Set {
	s, ok := x.held[c]
	if !ok {
		if x.held == nil {
			x.held = map[authz.Pattern]graph.Set{}
		}
		s = x.holdersOf(c, nil, true)
		x.held[c] = s
	}
	return s
}

// inHolder reports whether a tenant passes the selector "holder".
func (x *index) inHolder(q *query, tenant int) bool {
	want, given := q.sel["holder"]
	if !given {
		return true
	}
	for _, w := range want {
		switch w {
		case "external":
			if x.external(tenant) {
				return true
			}
		case "internal":
			if tenant >= 0 && tenant != x.m.Tenants.Unassigned() && !x.external(tenant) {
				return true
			}
		case "unassigned":
			if tenant == x.m.Tenants.Unassigned() {
				return true
			}
		default:
			if strings.EqualFold(x.tenantName(tenant), w) {
				return true
			}
		}
	}
	return false
}

// permissions returns the permissions of an organization that a query selects.
func (x *index) permissions(o *orgIndex, q *query) graph.Set {
	s := graph.NewSet(len(o.perms))
	verbs := x.verbs(q)
	for i := range o.perms {
		p, info := &o.perms[i], &o.info[i]
		ok := q.has("class", classWord(info.class)) && q.has("carries", info.carries) && q.has("division_aware", p.Aware.String()) &&
			q.is("elevated", info.elevated) && q.is("administration", info.administration) && q.is("forbidden", info.forbidden)
		if pats := q.patterns("permission"); ok && pats != nil {
			ok = slices.ContainsFunc(pats, func(c authz.Pattern) bool { return c.Covers(p.Pattern) })
		}
		if ok && verbs != nil {
			ok = slices.ContainsFunc(verbs, func(v lexicon.Verb) bool { return v.Covers(p.Pattern) })
		}
		if ok {
			s.Add(p.ID)
		}
	}
	return s
}

func (x *index) verbs(q *query) []lexicon.Verb {
	var out []lexicon.Verb
	for _, name := range q.sel["verb"] {
		if v, ok := x.m.Lexicon.Verb(name); ok {
			out = append(out, v)
		}
	}
	return out
}

// classWord is the class in selectors, where the unknown one needs a name.
func classWord(c string) string {
	if c == "" {
		return "unknown"
	}
	return c
}
