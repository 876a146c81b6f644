package reference

import "github.com/grantgraph/grantgraph/graph/authz"

// A left is what a scope or a condition leaves: everything, or resources.
type left struct {
	everything bool
	resources  map[authz.Key]bool
	unresolved bool
}

func all() left { return left{everything: true} }

// lost is everything, because what narrows it was not read or not understood.
func lost() left { return left{everything: true, unresolved: true} }

// narrowed is the reach of one policy over a division of its extent (section 5).
func (m *Model) narrowed(p authz.Key, l line, perm authz.Pattern, division string) Reach {
	if l.pattern == authz.Admin { // section 2: total control, everywhere
		return Reach{Level: Whole}
	}
	// Step 1: the scope leaves everything, or its resources in the division.
	s := m.scope(p, l.policy)
	if !s.everything {
		s.resources = m.lying(ofPermission(s.resources, perm), division)
		if len(s.resources) == 0 {
			return Reach{}
		}
	}
	// Step 2: the condition leaves its resources there; if it has none there, it
	// speaks of something else, and nobody knows of what.
	c := all()
	if l.policy.Condition != nil {
		c = m.condition(p.Org, *l.policy.Condition)
	}
	if !c.everything {
		rest := intersect(left{resources: m.lying(c.resources, division)}, s)
		if len(rest.resources) > 0 {
			return reachOf(left{resources: rest.resources, unresolved: s.unresolved || c.unresolved})
		}
		c.unresolved = true
	}
	s.unresolved = s.unresolved || c.unresolved
	return reachOf(s)
}

func reachOf(l left) Reach {
	switch {
	case !l.everything:
		return Reach{Level: Limited, Resources: l.resources, Unresolved: l.unresolved}
	case l.unresolved:
		return Reach{Level: Conditional, Unresolved: true}
	default:
		return Reach{Level: Whole}
	}
}

// lying returns the resources that lie in a division. One whose division is
// missing lies in every division (section 1); so does one that the snapshot
// lacks. In the question about every division, each of them lies.
func (m *Model) lying(set map[authz.Key]bool, division string) map[authz.Key]bool {
	out := map[authz.Key]bool{}
	for k := range set {
		in := ""
		if u, ok := m.user(k); ok {
			in = u.Division
		}
		if q, ok := m.queue(k); ok {
			in = q.Division
		}
		if division == authz.AllDivisions || everywhere(in) || in == division {
			out[k] = true
		}
	}
	return out
}

func intersect(a, b left) left {
	switch {
	case a.everything:
		return left{b.everything, b.resources, a.unresolved || b.unresolved}
	case b.everything:
		return left{a.everything, a.resources, a.unresolved || b.unresolved}
	}
	out := left{resources: map[authz.Key]bool{}, unresolved: a.unresolved || b.unresolved}
	for k := range a.resources {
		if b.resources[k] {
			out.resources[k] = true
		}
	}
	return out
}

func unite(a, b left) left {
	if a.everything || b.everything {
		return left{everything: true, unresolved: a.unresolved || b.unresolved}
	}
	out := left{resources: map[authz.Key]bool{}, unresolved: a.unresolved || b.unresolved}
	for k := range a.resources {
		out.resources[k] = true
	}
	for k := range b.resources {
		out.resources[k] = true
	}
	return out
}
