package graph

import (
	"slices"
)

// A restCounter counts what rests on single removals.
type restCounter struct {
	g    *Graph
	o    *org
	q    Query
	from Set
	goal Set // the permissions asked for
	// sums are, by role, the number of its holders over all its cells, and the same
	// with each counted for every division that its cell reaches. Made when asked for.
	sums  []roleSum
	heirs map[uint32][]uint32 // role → the roles whose closure has it
}

// A roleSum counts (principal, division) pairs of a role: those for permissions that
// divisions limit, and for others; goal counts those that a cut is meant to end.
type roleSum struct{ limited, free, goalLimited, goalFree int }

func (g *Graph) restCounter(o *org, q Query, from Set) *restCounter {
	c := &restCounter{g: g, o: o, q: q, from: from, goal: NewSet(len(o.uni.perms))}
	for _, p := range q.Permissions {
		if p.ID != OutsideUniverse {
			c.goal.Add(p.ID)
		}
	}
	return c
}

// rests returns on how many (principal, permission, division) a removal has a
// bearing, beside those that the query asks about: how many have a derivation by
// what it takes away. Many of them may have others, too.
func (c *restCounter) rests(r Removal) int {
	switch r.Kind {
	case RemoveGrant:
		return c.cell(r.Role, r.Division, c.holders(r.Node))
	case RemoveMember:
		return c.below(r.Into, c.holders(r.Node))
	case RemoveClient:
		return c.below(r.Node, c.holders(r.Node))
	case RemoveTrust:
		n := 0
		for p := range c.g.acting.All() {
			if c.g.trustKey(p) == r.Trust {
				n += c.below(p, []uint32{p})
			}
		}
		return n
	case RemovePolicy:
		return c.ofRole(r.Role, c.o.uni.covered(r.Pattern))
	default:
		return c.inherited(r)
	}
}

// holders returns the live principals that have a node's grants.
func (c *restCounter) holders(n uint32) []uint32 {
	return slices.DeleteFunc(c.g.Members(n), func(p uint32) bool { return !c.g.acting.Has(p) })
}

// cell counts what holders have by a role in a division.
func (c *restCounter) cell(role, div uint32, holders []uint32) int {
	var s roleSum
	c.add(&s, div, holders)
	return c.sum(s, c.given(role))
}

// given are the permissions that a role gives.
func (c *restCounter) given(role uint32) Set {
	r := &c.g.roles[role]
	out := r.wide.Clone()
	out.Or(r.narrow)
	if r.admin || r.maybe() {
		for i := range c.o.uni.perms {
			out.Add(uint32(i))
		}
	}
	return out
}

func (c *restCounter) add(s *roleSum, div uint32, holders []uint32) {
	inFrom := 0
	for _, p := range holders {
		if c.from.Has(p) {
			inFrom++
		}
	}
	c.addCounts(s, div, len(holders), inFrom)
}

func (c *restCounter) sum(s roleSum, perms Set) int {
	free, open := perms.Clone(), perms.Clone()
	free.And(c.o.uni.free)
	open.And(c.o.uni.unknown)
	free.Or(open)
	limited := perms.Clone()
	limited.AndNot(free)
	goalFree, goalLimited := free.Clone(), limited.Clone()
	goalFree.And(c.goal)
	goalLimited.And(c.goal)
	return s.free*free.Len() + s.limited*limited.Len() - s.goalFree*goalFree.Len() - s.goalLimited*goalLimited.Len()
}

// below counts what principals have by acting as a node.
func (c *restCounter) below(n uint32, who []uint32) int {
	total := 0
	seen := map[uint32]bool{n: true}
	queue := []uint32{n}
	for i := 0; i < len(queue); i++ {
		for _, gr := range c.g.grantsOf(queue[i]) {
			total += c.cell(gr.role, gr.div, who)
		}
		for _, to := range c.g.up.of(queue[i]) {
			if to &^= mark; !seen[to] && c.g.active(to) {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return total
}

// ofRole counts what everybody has of some permissions by the lines of a role.
func (c *restCounter) ofRole(role uint32, perms Set) int {
	c.prepare()
	total := 0
	for _, r := range c.heirs[role] {
		total += c.sum(c.sums[r], perms)
	}
	return total
}

// inherited counts what everybody has by an inheritance.
func (c *restCounter) inherited(r Removal) int {
	perms := NewSet(len(c.o.uni.perms))
	for _, h := range c.g.heirs(r.Role, r.Heir) {
		perms.Or(c.given(h))
	}
	return c.ofRole(r.Role, perms)
}

// prepare counts the holders of every role.
func (c *restCounter) prepare() {
	if c.sums != nil {
		return
	}
	c.sums, c.heirs = make([]roleSum, len(c.g.roles)), map[uint32][]uint32{}
	for i := range c.g.cells {
		x := &c.g.cells[i]
		if c.g.roles[x.role].org != c.o {
			continue
		}
		holders := c.g.Holders(c.g.Cell(i))
		holders.And(c.g.acting)
		n, inFrom := holders.Len(), 0
		holders.And(c.from)
		inFrom = holders.Len()
		c.addCounts(&c.sums[x.role], x.div, n, inFrom)
	}
	for _, r := range c.o.roles {
		for _, q := range c.g.roles[r].closure {
			c.heirs[q] = append(c.heirs[q], r)
		}
	}
}

func (c *restCounter) addCounts(s *roleSum, div uint32, holders, inFrom int) {
	all, goal := c.o.divs.Len(), c.q.Divisions.Len()
	here, inGoal := 1, 0
	if div == AnyDivision {
		here, inGoal = all, goal
	} else if c.q.Divisions.Has(div) {
		inGoal = 1
	}
	s.limited += holders * here
	s.free += holders * all
	s.goalLimited += inFrom * inGoal
	s.goalFree += inFrom * goal
}
