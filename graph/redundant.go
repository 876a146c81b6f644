package graph

import "slices"

// Redundant returns those of some grants that add nothing: whoever has one, live
// or not, has as much by others. It goes through them in the order given; what it
// found redundant does not speak for another any more.
func (g *Graph) Redundant(grants []Removal) []Removal {
	gone := map[Removal]bool{}
	var out []Removal
	for _, r := range grants {
		if r.Kind == RemoveGrant && g.addsNothing(r, gone) {
			gone[r] = true
			out = append(out, r)
		}
	}
	return out
}

func (g *Graph) addsNothing(r Removal, gone map[Removal]bool) bool {
	members := g.Members(r.Node)
	return !slices.ContainsFunc(members, func(p uint32) bool { return !g.hasBesides(p, r, gone) }) && len(members) > 0
}

// hasBesides reports whether a principal has all that a grant gives it by others.
func (g *Graph) hasBesides(p uint32, r Removal, gone map[Removal]bool) bool {
	o := g.orgOf(g.principals[p].Key.Org)
	doubtful := slices.Contains(g.acts.of(p), r.Node|mark)
	n := len(o.uni.perms)
	c := besides{here: NewSet(n), anywhere: NewSet(n), maybe: NewSet(n)}
	for _, e := range g.acts.of(p) {
		node := e &^ mark
		for _, h := range g.grantsOf(node) {
			other := Removal{Kind: RemoveGrant, Node: node, Role: h.role, Division: h.div}
			if other == r || gone[other] || (e&mark != 0 && !doubtful) {
				continue
			}
			c.add(o, &g.roles[h.role], h, r)
		}
	}
	return c.covers(o, &g.roles[r.Role], r)
}

// besides is what other grants give.
type besides struct {
	here, anywhere Set // whole: where the grant reaches, and wherever
	maybe          Set // conditional, beyond where they are granted
	same           bool
}

func (c *besides) add(o *org, role *role, h holding, r Removal) {
	inside := h.div == AnyDivision || h.div == r.Division
	c.same = c.same || (h.role == r.Role && inside)
	if role.admin {
		c.anywhere.Or(role.wide)
	}
	if inside {
		c.here.Or(role.wide)
	}
	free, open := role.wide.Clone(), role.wide.Clone()
	free.And(o.uni.free)
	open.And(o.uni.unknown)
	c.anywhere.Or(free)
	c.maybe.Or(open)
}

// covers reports whether what others give is as much as a grant of a role gives. Of
// what scopes and conditions narrow, only the same role is known to give as much.
func (c *besides) covers(o *org, role *role, r Removal) bool {
	if c.same {
		return true
	}
	if role.maybe() || !role.narrow.Empty() {
		return false
	}
	within := func(s, of Set) bool {
		s = s.Clone()
		s.AndNot(of)
		return s.Empty()
	}
	if role.admin {
		return within(role.wide, c.anywhere)
	}
	c.here.Or(c.anywhere)
	c.maybe.Or(c.anywhere)
	free, open := role.wide.Clone(), role.wide.Clone()
	free.And(o.uni.free)
	open.And(o.uni.unknown)
	if r.Division == AnyDivision {
		open = NewSet(len(o.uni.perms))
	}
	return within(role.wide, c.here) && within(free, c.anywhere) && within(open, c.maybe)
}
