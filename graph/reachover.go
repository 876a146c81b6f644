package graph

import "github.com/grantgraph/grantgraph/graph/authz"

// Reach returns how far a principal's access to a permission reaches over a
// division ([AnyDivision]: over all of them). It is the widest level of
// [Graph.Reasons], without spelling them out.
func (g *Graph) Reach(p uint32, m Perm, div uint32) Level {
	o := g.orgOf(g.principals[p].Key.Org)
	if o.denies(m.Pattern, p) {
		return None
	}
	level := None
	if g.principals[p].Key.Kind == authz.KindTrusteeOrganization {
		level = Conditional
	}
	a := g.actor(p)
	for _, n := range a.acts {
		for _, gr := range g.grantsOf(n &^ mark) {
			if level == Whole {
				break
			}
			if !g.mayReach(gr, m, div) {
				continue
			}
			if g.wholly(gr, m, div) {
				if level = max(level, Conditional); n&mark == 0 {
					level = Whole
				}
				continue
			}
			for _, r := range g.derive(o, a, grant{n &^ mark, gr}, m, div, n&mark != 0) {
				level = max(level, r.Level)
			}
		}
	}
	if level == Whole && o.policyOn(m.Pattern, p) {
		level = Conditional
	}
	return level
}

// Where returns the divisions of a principal's organization over which it has a
// permission, however far it reaches there.
func (g *Graph) Where(p uint32, m Perm) Set {
	o := g.orgOf(g.principals[p].Key.Org)
	if g.Reach(p, m, AnyDivision) >= Conditional {
		return o.divs.Clone() // the same is true of every division
	}
	out := NewSet(len(g.divisions))
	for _, n := range g.actor(p).acts {
		for _, gr := range g.grantsOf(n &^ mark) {
			switch {
			case !g.mayReach(gr, m, gr.div):
			case gr.div == AnyDivision || m.ID == OutsideUniverse || g.roles[gr.role].narrow.Has(m.ID):
				out.Or(o.divs) // what is left may differ in any of them
			default:
				out.Add(gr.div)
			}
		}
	}
	for d := range out.All() {
		if g.Reach(p, m, d) == None {
			out.Remove(d)
		}
	}
	return out
}

// mayReach reports whether a grant may give a permission over a division at all:
// most do not, and the lines of their roles need no look then.
func (g *Graph) mayReach(gr holding, m Perm, div uint32) bool {
	r := &g.roles[gr.role]
	switch {
	case r.admin || r.maybe():
		return true
	case m.Aware == authz.True && gr.div != AnyDivision && gr.div != div:
		return false
	default:
		return m.ID == OutsideUniverse || r.wide.Has(m.ID) || r.narrow.Has(m.ID)
	}
}

// wholly reports whether a grant gives a permission over a division by a line
// that nothing narrows, which needs no look at the lines.
func (g *Graph) wholly(gr holding, m Perm, div uint32) bool {
	r := &g.roles[gr.role]
	if !r.wide.Has(m.ID) { // as no role has one outside the universe
		return false
	}
	return r.admin || m.Aware == authz.False || gr.div == AnyDivision || gr.div == div
}

// MayHold adds to a set of permissions of a principal's organization those that
// any role of the principal gives it, or may give it, in whatever division and
// however narrowed.
func (g *Graph) MayHold(p uint32, s Set) {
	all := g.LetIn(p)
	for _, n := range g.acts.of(p) {
		for _, gr := range g.grantsOf(n &^ mark) {
			r := &g.roles[gr.role]
			all = all || r.admin || r.maybe()
			s.Or(r.wide)
			s.Or(r.narrow)
		}
	}
	if all {
		for i := range g.orgOf(g.principals[p].Key.Org).uni.perms {
			s.Add(uint32(i))
		}
	}
}
