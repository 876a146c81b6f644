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
	columns := make([]*column, len(m.Tenants.Tenants))
	parallel.For(len(columns), func(to int) { columns[to] = m.column(to, counted) })
	cells := make([][]MatrixCell, len(columns)) // by the tenant that reaches
	for _, c := range columns {
		for from, cell := range c.cells() {
			cells[from] = append(cells[from], cell)
		}
	}
	for _, row := range cells {
		a.Cells = append(a.Cells, row...)
	}
	return a
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
	one          graph.Set // scratch
	whole, some  graph.Set // through divisions, by reach
	limited      graph.Set
	open         graph.Set // with reach that no allow entry covers
	wide         graph.Set // organization-wide
	names, wides []map[string]bool
}

func (m *Model) column(to int, perms []counted) *column {
	n, tenants := m.Graph.Principals(), len(m.Tenants.Tenants)
	c := &column{
		m: m, to: to, one: graph.NewSet(n), whole: graph.NewSet(n), some: graph.NewSet(n), limited: graph.NewSet(n), open: graph.NewSet(n), wide: graph.NewSet(n),
		names: make([]map[string]bool, tenants), wides: make([]map[string]bool, tenants),
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
	for _, held := range c.m.Graph.Spread(org, divs) {
		s := c.spread(held)
		for _, class := range classes {
			c.addRole(org, s, class)
		}
		c.addWide(org, s, wide)
	}
	c.addNarrowed(org, divs, classes, wide)
	for id := range slow.All() {
		p := c.m.Graph.Universe(org)[id]
		h := c.m.Graph.Who(graph.Query{Org: org, Permissions: []graph.Perm{p}, Divisions: divs})
		c.addHolders(h.Whole, graph.Whole, c.m.AllowedSet(p.Pattern, c.to))
		c.addHolders(h.Conditional, graph.Conditional, c.m.AllowedSet(p.Pattern, c.to))
		c.addHolders(h.Limited, graph.Limited, c.m.AllowedSet(p.Pattern, c.to))
		c.name(c.names, c.tenants(h.All()), []string{p.Name})
	}
	for id := range slowWide.All() {
		p := c.m.Graph.Universe(org)[id]
		h := c.m.Graph.Who(graph.Query{Org: org, Permissions: []graph.Perm{p}, Divisions: divs}).All()
		c.wide.Or(h)
		c.name(c.wides, c.tenants(h), []string{p.Name})
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
			c.addHolders(c.single(p), graph.Conditional, class.allowed)
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

func (c *column) addRole(org string, s spread, class allowClass) {
	given := c.m.Graph.RolePermissions(s.Role, class.perms)
	if given.Empty() {
		return
	}
	in, out := c.m.Graph.RoleSpan(s.Role, given)
	c.addHolders(s.In, in, class.allowed)
	c.addHolders(s.Out, out, class.allowed)
	c.addHolders(s.DoubtIn, min(in, graph.Conditional), class.allowed)
	c.addHolders(s.DoubtOut, min(out, graph.Conditional), class.allowed)
	names := c.m.names(org, given)
	c.name(c.names, s.in, names)
	c.name(c.names, s.doubtIn, names)
	if out == graph.None {
		return
	}
	beyond := graph.NewSet(len(c.m.Graph.Universe(org)))
	for id := range given.All() {
		one := graph.NewSet(len(beyond) * 64)
		one.Add(id)
		if _, far := c.m.Graph.RoleSpan(s.Role, one); far != graph.None {
			beyond.Add(id)
		}
	}
	c.name(c.names, s.out, c.m.names(org, beyond))
	c.name(c.names, s.doubtOut, c.m.names(org, beyond))
}

// addNarrowed adds what policies with a scope or condition leave.
func (c *column) addNarrowed(org string, divs graph.Set, classes []allowClass, wide graph.Set) {
	acting := c.m.Graph.Acting()
	for _, class := range classes {
		c.m.Graph.EachNarrowed(org, c.m.permsOf(org, class.perms), divs, func(perms graph.Set, r graph.NarrowedReach) {
			if !acting.Has(r.Principal) {
				return
			}
			one := c.single(r.Principal)
			c.addHolders(one, r.Level, class.allowed)
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

// single returns the set of one principal; it is valid until the next call.
func (c *column) single(p uint32) graph.Set {
	clear(c.one)
	c.one.Add(p)
	return c.one
}

func (c *column) nameOne(into []map[string]bool, p uint32, org string, perms graph.Set) {
	from := c.m.Tenants.Of(p).Tenant
	if from == c.to {
		return
	}
	if into[from] == nil {
		into[from] = map[string]bool{}
	}
	for id := range perms.All() {
		into[from][c.m.Graph.Universe(org)[id].Name] = true
	}
}

func (c *column) addHolders(set graph.Set, l graph.Level, allowed graph.Set) {
	switch l {
	case graph.None:
		return
	case graph.Whole:
		c.whole.Or(set)
	case graph.Conditional:
		c.some.Or(set)
	default:
		c.limited.Or(set)
	}
	c.open.OrAndNot(set, allowed)
}

func (c *column) addWide(org string, s spread, wide graph.Set) {
	given := c.m.Graph.RolePermissions(s.Role, wide)
	if given.Empty() {
		return
	}
	names := c.m.names(org, given)
	for _, set := range []graph.Set{s.In, s.Out, s.DoubtIn, s.DoubtOut} {
		c.wide.Or(set)
	}
	for _, from := range [][]int{s.in, s.out, s.doubtIn, s.doubtOut} {
		c.name(c.wides, from, names)
	}
}

// A spread is who holds a role, with the other tenants that the holders belong to.
type spread struct {
	graph.RoleSpread
	in, out, doubtIn, doubtOut []int
}

func (c *column) spread(s graph.RoleSpread) spread {
	return spread{s, c.tenants(s.In), c.tenants(s.Out), c.tenants(s.DoubtIn), c.tenants(s.DoubtOut)}
}

// tenants are the others that a principal of a set belongs to.
func (c *column) tenants(set graph.Set) []int {
	if set.Empty() {
		return nil
	}
	var out []int
	for from, t := range c.m.Tenants.Tenants {
		if from != c.to && set.Meets(t.Principals) {
			out = append(out, from)
		}
	}
	return out
}

// name notes what principals of some tenants reach the tenant by.
func (c *column) name(into []map[string]bool, tenants []int, names []string) {
	for _, from := range tenants {
		if into[from] == nil {
			into[from] = map[string]bool{}
		}
		for _, n := range names {
			into[from][n] = true
		}
	}
}

func (m *Model) names(org string, perms graph.Set) []string {
	out := make([]string, 0, 8)
	for id := range perms.All() {
		out = append(out, m.Graph.Universe(org)[id].Name)
	}
	return out
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
				Widest: c.widest(who), Permissions: sortedNames(c.names[from]), OrganizationWide: wide.Len(),
				OrganizationWidePermissions: sortedNames(c.wides[from]), who: who, column: c,
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

func sortedNames(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
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
