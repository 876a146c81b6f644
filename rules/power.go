package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// joinable returns, for each live principal that may change groups, the active
// groups that it may put itself into: those that it owns, and all of them by
// permission.
func (x *index) joinable() map[uint32][]uint32 {
	if x.joins != nil {
		return x.joins
	}
	x.joins = map[uint32][]uint32{}
	editors := x.holdersOf(authz.NewPattern("directory", "group", "edit"), nil, true)
	for _, g := range x.g.Groups() {
		if g.Key.Kind != authz.KindGroup || !g.Active || g.Record == nil || len(x.g.GrantsOf(g.Node)) == 0 {
			continue
		}
		who := editors.Clone()
		for _, id := range g.Record.Owners {
			for _, kind := range []authz.Kind{authz.KindUser, authz.KindClient} {
				if p, ok := x.g.FindPrincipal(authz.Key{Org: g.Key.Org, Kind: kind, ID: id}); ok {
					who.Add(p)
				}
			}
		}
		who.And(x.g.Acting())
		for p := range who.All() {
			if x.g.Principal(p).Key.Org == g.Key.Org && x.gainsBy(p, g.Node) {
				x.joins[p] = append(x.joins[p], g.Node)
			}
		}
	}
	return x.joins
}

// fillers are permissions by which one changes what the rules of rule-based
// groups look at: skills, languages and profiles, one's own among them.
func fillers() []authz.Pattern {
	return []authz.Pattern{
		authz.NewPattern("routing", "skill", "assign"), authz.NewPattern("routing", "language", "assign"), authz.NewPattern("directory", "userProfile", "edit"),
	}
}

// satisfiable says which rule-based groups live principals may come into by
// changing what the groups' rules look at, and that hold more than they do.
func (x *index) satisfiable() map[uint32][]uint32 {
	if x.satisfies != nil {
		return x.satisfies
	}
	x.satisfies = map[uint32][]uint32{}
	var who graph.Set
	for _, g := range x.g.Groups() {
		if !g.Active || g.Record == nil || g.Record.Dynamic != authz.True || len(x.g.GrantsOf(g.Node)) == 0 {
			continue
		}
		if who == nil {
			who = graph.NewSet(x.g.Principals())
			for _, p := range fillers() {
				who.Or(x.holdersOf(p, nil, true))
			}
			who.And(x.g.Acting())
		}
		for p := range who.All() {
			if x.g.Principal(p).Key.Org == g.Key.Org && x.gainsBy(p, g.Node) {
				x.satisfies[p] = append(x.satisfies[p], g.Node)
			}
		}
	}
	return x.satisfies
}

// gainsBy reports whether a group gives a principal more than it holds.
func (x *index) gainsBy(p, group uint32) bool {
	var own []graph.Grant
	for _, n := range x.g.Acts(p) {
		if n == group {
			return false
		}
		own = append(own, x.g.GrantsOf(n)...)
	}
	return slices.ContainsFunc(x.g.GrantsOf(group), func(g graph.Grant) bool { return x.widens(own, g) })
}

// movers says, for each live principal, over which tenants it may edit queues,
// flows or users without an allow entry that covers it; its own tenant counts.
func (x *index) movers() map[uint32][]int {
	if x.moves != nil {
		return x.moves
	}
	x.moves = map[uint32][]int{}
	for _, c := range []authz.Pattern{
		authz.NewPattern("routing", "queue", "edit"), authz.NewPattern("architect", "flow", "edit"), authz.NewPattern("directory", "user", "edit"),
	} {
		over := map[uint32][]int{}
		allowed := make([]graph.Set, len(x.m.Tenants.Tenants))
		for t := range allowed {
			allowed[t] = x.m.AllowedSet(c, t)
		}
		for n := range x.roles {
			if r := &x.roles[n]; !r.maybe && !r.rec.Admin && x.gives(r, c) {
				x.addMovers(over, x.cells[n], allowed)
			}
		}
		for p, list := range over {
			if list = distinct(list); len(list) > 1 {
				x.moves[p] = distinct(append(x.moves[p], list...))
			}
		}
	}
	return x.moves
}

// addMovers adds the tenants over which the holders of some cells may edit.
func (x *index) addMovers(over map[uint32][]int, cells []graph.Cell, allowed []graph.Set) {
	for _, cell := range cells {
		var tenants []int
		for t := range x.m.Tenants.Tenants {
			divs := x.m.Tenants.Tenants[t].Divisions
			if t != x.m.Tenants.Unassigned() && (cell.Division == graph.AnyDivision && !divs.Empty() || cell.Division != graph.AnyDivision && divs.Has(cell.Division)) {
				tenants = append(tenants, t)
			}
		}
		sure, perhaps := x.gather([]graph.Cell{cell})
		for _, t := range tenants {
			for _, p := range slices.Concat(sure, perhaps) {
				if x.tenant[p] == t || !allowed[t].Has(p) {
					over[p] = append(over[p], t)
				}
			}
		}
	}
}

// total reports whether a principal holds total control.
func (x *index) total(p uint32) bool {
	return slices.ContainsFunc(x.g.Acts(p), func(n uint32) bool {
		return slices.ContainsFunc(x.g.GrantsOf(n), func(g graph.Grant) bool { return x.roles[g.Role].rec.Admin })
	})
}

// holdsWhole reports whether a principal holds a permission that a pattern
// covers, with nothing that narrows it.
func (x *index) holdsWhole(p uint32, c authz.Pattern) bool {
	return slices.ContainsFunc(x.g.Acts(p), func(n uint32) bool {
		return slices.ContainsFunc(x.g.GrantsOf(n), func(g graph.Grant) bool {
			r := &x.roles[g.Role]
			return r.rec.Admin || r.maybe || r.rec.Permissions.Meets(x.coveredBy(r.org, c))
		})
	})
}
