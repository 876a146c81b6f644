package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// lacking says what live principals lack of what their work needs: by the
// shipped list, and by the personas of the configuration.
func (x *index) lacking() map[uint32][]string {
	if x.lacks != nil {
		return x.lacks
	}
	x.lacks = map[uint32][]string{}
	for _, n := range x.m.Lexicon.Needed() {
		x.lack(x.holdersOf(n.Holds, nil, false), n.Needs, n.Shared, n.Holds.String())
	}
	for _, k := range x.personas() {
		for _, need := range k.needed {
			x.lack(k.all.Clone(), need, true, k.Name)
		}
	}
	for p := range x.lacks {
		slices.Sort(x.lacks[p])
		x.lacks[p] = slices.Compact(x.lacks[p])
	}
	return x.lacks
}

// lack notes those of some principals that lack a permission. Where a shared
// division is made for it, it must be held there.
func (x *index) lack(who graph.Set, need authz.Pattern, shared bool, why string) {
	var places graph.Set
	if shared {
		places = x.sharedFor(need)
	}
	who.AndNot(x.holdersOf(need, places, true))
	who.And(x.g.Acting())
	what := need.String() + " (for " + why + ")"
	if places != nil {
		what = need.String() + " in " + x.divisionName(first(places)) + " (for " + why + ")"
	}
	for p := range who.All() {
		x.lacks[p] = append(x.lacks[p], what)
	}
}

// sharedFor returns the shared divisions in which anyone may hold a permission;
// nil if there is none.
func (x *index) sharedFor(need authz.Pattern) graph.Set {
	var out graph.Set
	for d := range x.g.Divisions() {
		if _, ok := x.m.Tenants.Shared(uint32(d)); ok && x.m.SharedAllows(uint32(d), need) {
			if out == nil {
				out = graph.NewSet(len(x.g.Divisions()))
			}
			out.Add(uint32(d))
		}
	}
	return out
}

// holdersOf returns the principals that hold a permission which a pattern
// covers, in some divisions or anywhere. Total control counts only if perhaps is
// set, as does what a role that was not read may carry: it gives everything, and
// is no sign of a kind of work.
func (x *index) holdersOf(c authz.Pattern, in graph.Set, perhaps bool) graph.Set {
	s := graph.NewSet(x.g.Principals())
	for n := range x.roles {
		r := &x.roles[n]
		if !perhaps && r.rec.Admin || (!perhaps || !r.maybe && !r.rec.Admin) && !x.gives(r, c) {
			continue
		}
		if in == nil {
			s.Or(x.roleSet(uint32(n)))
			continue
		}
		var cells []graph.Cell
		for _, cell := range x.cells[n] {
			if cell.Division == graph.AnyDivision || in.Has(cell.Division) {
				cells = append(cells, cell)
			}
		}
		x.addHolders(s, cells)
	}
	return s
}

// gives reports whether a role gives a permission that a pattern covers.
func (x *index) gives(r *roleIndex, c authz.Pattern) bool {
	for i := range r.org.perms {
		if r.perms.Has(r.org.perms[i].ID) && c.Covers(r.org.perms[i].Pattern) {
			return true
		}
	}
	return false
}

// roleSet returns the live principals that hold a role, for sure or perhaps.
func (x *index) roleSet(role uint32) graph.Set {
	if x.roleSets == nil {
		x.roleSets = make([]graph.Set, len(x.roles))
	}
	if x.roleSets[role] == nil {
		x.roleSets[role] = graph.NewSet(x.g.Principals())
		x.addHolders(x.roleSets[role], x.cells[role])
	}
	return x.roleSets[role]
}

// addHolders adds the live principals that hold some cells.
func (x *index) addHolders(s graph.Set, cells []graph.Cell) {
	sure, perhaps := x.gather(cells)
	for _, p := range slices.Concat(sure, perhaps) {
		s.Add(p)
	}
}
