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
			if !g.mayGive(gr, m) {
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
			case !g.mayGive(gr, m):
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

// mayGive reports whether the role of a grant may give a permission at all: most
// roles do not, and their lines need no look then.
func (g *Graph) mayGive(gr holding, m Perm) bool {
	r := &g.roles[gr.role]
	return m.ID == OutsideUniverse || r.admin || r.maybe() || r.wide.Has(m.ID) || r.narrow.Has(m.ID)
}
