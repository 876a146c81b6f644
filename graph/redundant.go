package graph

import "slices"

// Redundant returns those of some grants that add nothing: whoever has one, live
// or not, has as much by others. It goes through them in the order given; what it
// found redundant does not speak for another any more.
func (g *Graph) Redundant(grants []Removal) []Removal {
	x := redundancy{g: g, gone: map[Removal]bool{}, free: map[uint32]Set{}, open: map[uint32]Set{}}
	var out []Removal
	for _, r := range grants {
		if r.Kind == RemoveGrant && x.addsNothing(r) {
			x.gone[r] = true
			out = append(out, r)
		}
	}
	return out
}

// redundancy looks for grants that add nothing.
type redundancy struct {
	g          *Graph
	gone       map[Removal]bool
	free, open map[uint32]Set // by role: what reaches the whole organization, and what may
}

func (x *redundancy) addsNothing(r Removal) bool {
	members := x.g.Members(r.Node)
	return len(members) > 0 && !slices.ContainsFunc(members, func(p uint32) bool { return !x.hasBesides(p, r) })
}

// beyond returns what of a role's permissions reaches further than it is granted.
func (x *redundancy) beyond(o *org, role uint32) (free, open Set) {
	free, ok := x.free[role]
	if !ok {
		free, open = x.g.roles[role].wide.Clone(), x.g.roles[role].wide.Clone()
		free.And(o.uni.free)
		open.And(o.uni.unknown)
		x.free[role], x.open[role] = free, open
	}
	return free, x.open[role]
}

// hasBesides reports whether a principal has all that a grant gives it by others.
func (x *redundancy) hasBesides(p uint32, r Removal) bool {
	g := x.g
	o := g.orgOf(g.principals[p].Key.Org)
	doubtful := slices.Contains(g.acts.of(p), r.Node|mark)
	n := len(o.uni.perms)
	c := besides{here: NewSet(n), anywhere: NewSet(n), maybe: NewSet(n)}
	for _, e := range g.acts.of(p) {
		node := e &^ mark
		if e&mark != 0 && !doubtful {
			continue
		}
		for _, h := range g.grantsOf(node) {
			inside := h.div == AnyDivision || h.div == r.Division
			other := Removal{Kind: RemoveGrant, Node: node, Role: h.role, Division: h.div}
			if other == r || x.gone[other] {
				continue
			}
			if h.role == r.Role && inside {
				return true
			}
			free, open := x.beyond(o, h.role)
			c.add(&g.roles[h.role], inside, free, open)
		}
	}
	role := &g.roles[r.Role]
	if role.maybe() || !role.narrow.Empty() {
		return false // of what scopes and conditions narrow, only the same role is known to give as much
	}
	free, open := x.beyond(o, r.Role)
	if r.Division == AnyDivision {
		open = nil
	}
	return c.covers(role, free, open)
}

// besides is what other grants give.
type besides struct {
	here, anywhere Set // whole: where the grant reaches, and wherever
	maybe          Set // conditional, beyond where they are granted
}

func (c *besides) add(role *role, inside bool, free, open Set) {
	if role.admin {
		c.anywhere.Or(role.wide)
	}
	if inside {
		c.here.Or(role.wide)
	}
	c.anywhere.Or(free)
	c.maybe.Or(open)
}

// covers reports whether what others give is as much as a role gives.
func (c *besides) covers(role *role, free, open Set) bool {
	if role.admin {
		return within(role.wide, c.anywhere)
	}
	c.here.Or(c.anywhere)
	c.maybe.Or(c.anywhere)
	return within(role.wide, c.here) && within(free, c.anywhere) && within(open, c.maybe)
}

// within reports whether a set holds all of another.
func within(s, of Set) bool {
	for i, w := range s {
		if i < len(of) {
			w &^= of[i]
		}
		if w != 0 {
			return false
		}
	}
	return true
}
