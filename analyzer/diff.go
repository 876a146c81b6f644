package analyzer

import (
	"iter"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Comparison is two models of which everything is compared: two snapshots, or
// one and what would be after some changes.
type Comparison struct {
	Old, New *Model
	Graph    *graph.Difference

	places   []place // by division of both graphs
	carrying map[string]graph.Set
	allows   map[allowedKey]graph.Set
}

// Compare compares two models.
func Compare(old, latest *Model) *Comparison {
	c := &Comparison{
		Old: old, New: latest, Graph: graph.Compare(old.Graph, latest.Graph),
		carrying: map[string]graph.Set{}, allows: map[allowedKey]graph.Set{},
	}
	c.findPlaces()
	return c
}

// Ways in which access differs.
const (
	WayGained  = "gained"
	WayLost    = "lost"
	WayChanged = "changed"
)

func wayOf(c graph.Change) string {
	switch {
	case c.From.Level == graph.None:
		return WayGained
	case c.To.Level == graph.None:
		return WayLost
	default:
		return WayChanged
	}
}

// widens reports whether a change gives more than there was: a wider reach, or
// things that an as narrow one did not have.
func widens(x graph.Change) bool {
	if x.To.Level != x.From.Level {
		return x.To.Level > x.From.Level
	}
	return (x.To.Self && !x.From.Self) ||
		slices.ContainsFunc(x.To.Things, func(k authz.Key) bool { return !slices.Contains(x.From.Things, k) })
}

// Ref returns a principal as it is now, or as it was if it is gone.
func (c *Comparison) Ref(p graph.Pair) PrincipalRef {
	if p.New != graph.NoPrincipal {
		return c.New.Ref(p.New)
	}
	return c.Old.Ref(p.Old)
}

// tenantOf returns the name of a principal's tenant, and whether it is external.
func (c *Comparison) tenantOf(p graph.Pair) (string, bool) {
	m, n := c.New, p.New
	if n == graph.NoPrincipal {
		m, n = c.Old, p.Old
	}
	t := m.Tenants.Tenants[m.Tenants.Of(n).Tenant]
	return t.Name, t.External
}

// A place is a division of both graphs as the model that has it sees it.
type place struct {
	m      *Model
	number uint32
	tenant string
	named  Named
}

// findPlaces finds the divisions, once.
func (c *Comparison) findPlaces() {
	for _, v := range c.Graph.Divisions {
		m := c.New
		n, ok := m.Graph.FindDivision(v.Key)
		if !ok {
			m = c.Old
			n, _ = m.Graph.FindDivision(v.Key)
		}
		c.places = append(c.places, place{m, n, m.Tenants.Tenants[m.Tenants.OfDivision(n)].Name, m.Division(n)})
	}
}

// carriers returns the permissions of an organization that carry tenant data.
func (c *Comparison) carriers(org string) graph.Set {
	s, ok := c.carrying[org]
	if !ok {
		perms := c.Graph.Permissions(org)
		s = graph.NewSet(len(perms))
		for i, p := range perms {
			if p.Pattern != authz.Admin && c.New.carriesTenant(org, c.New.Graph.Perm(org, p.Pattern)) {
				s.Add(uint32(i))
			}
		}
		c.carrying[org] = s
	}
	return s
}

// into returns the other tenant whose data a permission over a division is, where
// nothing shares or allows it; empty if it is none.
func (c *Comparison) into(p graph.Pair, from string, perm graph.Perm, d uint32) string {
	at := &c.places[d]
	if at.tenant == from || at.tenant == Unassigned || !c.carriers(p.Key.Org).Has(perm.ID) {
		return ""
	}
	if patterns, shared := at.m.Tenants.Shared(at.number); shared && coversAny(patterns, perm.Pattern) {
		return ""
	}
	who := p.New
	if at.m == c.Old {
		who = p.Old
	}
	if who != graph.NoPrincipal && c.allowed(at, perm).Has(who) {
		return ""
	}
	return at.tenant
}

// allowed returns the principals that entries of the configuration allow a
// permission over a tenant's divisions.
func (c *Comparison) allowed(at *place, perm graph.Perm) graph.Set {
	if len(at.m.allows) == 0 {
		return nil
	}
	k := allowedKey{at.m, perm.Pattern, at.tenant}
	s, ok := c.allows[k]
	if !ok {
		i, _ := at.m.Tenants.Find(at.tenant)
		s = at.m.AllowedSet(perm.Pattern, i)
		c.allows[k] = s
	}
	return s
}

type allowedKey struct {
	m      *Model
	perm   authz.Pattern
	tenant string
}

// Rows yields what differs, cell by cell, in the order of principals,
// permissions and divisions. A row with division "*" is true of every division,
// now and to come.
func (c *Comparison) Rows(way string) iter.Seq[DiffRow] {
	return func(yield func(DiffRow) bool) {
		for _, p := range c.members() {
			for _, row := range c.rowsOf(p, way) {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// A member is one principal of a block.
type member struct {
	graph.Pair
	block int
}

// members returns the principals that differ, in the order of answers.
func (c *Comparison) members() []member {
	var out []member
	for i, b := range c.Graph.Blocks {
		for _, p := range b.Members {
			out = append(out, member{p, i})
		}
	}
	slices.SortFunc(out, func(x, y member) int { return c.compareMembers(x.Pair, y.Pair) })
	return out
}

// rowsOf spells out how one principal's access differs in one way.
func (c *Comparison) rowsOf(p member, way string) []DiffRow {
	b := c.Graph.Blocks[p.block]
	var out []DiffRow
	ref := c.Ref(p.Pair)
	perms := c.Graph.Permissions(b.Org)
	for _, x := range b.Changes {
		if wayOf(x) != way {
			continue
		}
		cause := c.cause(p.Pair, x)
		for id := range x.Permissions.All() {
			row := DiffRow{Principal: ref, Permission: perms[id].Name, Cause: cause}
			row.reaches(p.Pair, x)
			out = c.addDivisions(out, row, p.Pair, perms[id], x)
		}
	}
	slices.SortStableFunc(out, compareRows)
	return out
}

// addDivisions adds a row for each division of a change: one for all of them
// where it is true of every one.
func (c *Comparison) addDivisions(out []DiffRow, row DiffRow, p graph.Pair, perm graph.Perm, x graph.Change) []DiffRow {
	from, _ := c.tenantOf(p)
	if x.Every && c.everywhere(p.Key.Org, x) {
		row.Division = Named{ID: authz.AllDivisions, Name: "all divisions"}
		for d := range x.Divisions.All() {
			if to := c.into(p, from, perm, d); to != "" && !slices.Contains(row.Into, to) {
				row.Into = append(row.Into, to)
			}
		}
		slices.Sort(row.Into)
		return append(out, row)
	}
	for d := range x.Divisions.All() {
		one := row
		one.Division = c.places[d].named
		if to := c.into(p, from, perm, d); to != "" {
			one.Into = []string{to}
		}
		out = append(out, one)
	}
	if x.Every {
		row.Division = Named{Name: "divisions to come"}
		out = append(out, row)
	}
	return out
}

// everywhere reports whether a change is true of each division of its organization.
func (c *Comparison) everywhere(org string, x graph.Change) bool {
	g := c.New.Graph
	if x.To.Level == graph.None {
		g = c.Old.Graph
	}
	n := 0
	for d, v := range c.Graph.Divisions {
		if _, ok := g.FindDivision(v.Key); !ok || v.Key.Org != org {
			continue
		}
		if !x.Divisions.Has(uint32(d)) {
			return false
		}
		n++
	}
	return n > 0
}
