package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Move is one step of a way to more: somebody uses a permission, or what it
// owns, and gains a principal, a group or everything.
type Move struct {
	// By acts: the principal that was asked about, with the groups that it joined
	// before and needs here, or a principal that was gained before.
	By Actor
	// Way is the index of the escalation in [Escalations.Ways]; -1 says that By
	// holds total control, which is no step.
	Way int
	// Reason is the derivation of the permission; it is nil for what ownership gives.
	Reason     *Reason
	Permission Perm
	// At is the place that is gained, and Node the principal or group that was
	// chosen of those that it stands for; Total says that it is everything.
	At    Place
	Node  uint32
	Total bool
}

// A pathfinder finds how what a [Could] tells comes about.
type pathfinder struct {
	e    *Escalations
	c    *Could
	sure bool
	hops map[Place]int
}

// Path returns the moves of a shortest way to a principal, in order; nil if
// there is none, or none is needed.
func (e *Escalations) Path(c *Could, to uint32, sure bool) []Move {
	return e.pathfinder(c, sure).toNode(to, false)
}

// PathToGroup is [Escalations.Path] to membership in a group.
func (e *Escalations) PathToGroup(c *Could, to uint32, sure bool) []Move {
	return e.pathfinder(c, sure).toNode(to, true)
}

// PathToTotal returns the moves of a shortest way to everything. The last one is
// no step where total control is held.
func (e *Escalations) PathToTotal(c *Could, sure bool) []Move {
	f := e.pathfinder(c, sure)
	at := e.orgHub(e.g.orgIndex[e.g.principals[c.Source].Key.Org], HubTotal)
	hops, ok := f.hops[at]
	if !ok {
		return nil
	}
	moves := f.into(at, hops)
	if n := len(moves); n > 0 {
		moves[n-1].Total = true
	}
	return moves
}

func (e *Escalations) pathfinder(c *Could, sure bool) *pathfinder {
	f := &pathfinder{e: e, c: c, sure: sure, hops: map[Place]int{}}
	for _, g := range c.Gains {
		f.hops[g.At] = g.Hops
	}
	return f
}

// toNode returns the moves to a principal, or to a group.
func (f *pathfinder) toNode(n uint32, group bool) []Move {
	if n == f.c.Source && !group {
		return nil
	}
	at, ok := f.placeOf(n, group)
	if !ok {
		return nil
	}
	moves := f.into(at, f.hops[at])
	if k := len(moves); k > 0 {
		moves[k-1].Node = n
	}
	return moves
}

// placeOf returns the first place, by steps, that is or stands for a node.
func (f *pathfinder) placeOf(n uint32, group bool) (Place, bool) {
	for _, g := range f.c.Gains {
		if f.e.isGroup(g.At) != group {
			continue
		}
		m, node := f.e.Node(g.At)
		if (node && m == n) || (!node && f.e.in(g.At, n)) {
			return g.At, true
		}
	}
	return 0, false
}

// into returns the moves that lead to a place reached after some steps.
func (f *pathfinder) into(at Place, hops int) []Move {
	if x, ok := f.edgeOf(f.gainsWith(nil), at, hops, 0); ok {
		return f.by(nil, f.e.g.actor(f.c.Source), x)
	}
	if moves := f.byJoined(at, hops); moves != nil {
		return moves
	}
	q, x, ok := f.giver(at, hops)
	if !ok {
		return nil
	}
	return f.by(f.toNode(q, false), f.e.g.actor(q), x)
}

// by adds the move of an edge.
func (f *pathfinder) by(before []Move, a Actor, x edge) []Move {
	m := f.bare(a, x)
	f.e.finish(&m)
	return append(before, m)
}

// bare is the move of an edge without its derivation.
func (f *pathfinder) bare(a Actor, x edge) Move {
	m := Move{By: a, At: x.to, Way: int(x.way)}
	if n, node := f.e.Node(x.to); node {
		m.Node = n
	}
	return m
}

// finish adds the derivation of a move.
func (e *Escalations) finish(m *Move) {
	e.derive(m)
	if m.Way == len(e.ways) {
		m.Way = -1
	}
}

// edgeOf finds an edge to a place that fits: it may be followed, and leads from
// somebody reached after some steps to what is reached after hops.
func (f *pathfinder) edgeOf(list []edge, at Place, hops, from int) (edge, bool) {
	for _, x := range list {
		if x.to == at && from+f.e.steps(x.way) == hops && (!f.sure || f.e.documented(x.way)) {
			return x, true
		}
	}
	return edge{}, false
}

// gainsWith is what the source gains in one step with groups that it joined.
func (f *pathfinder) gainsWith(joined []uint32) []edge {
	if len(joined) == 0 {
		if at, ok := f.e.classOf[f.c.Source]; ok {
			return f.e.classes[at].gains
		}
		return nil
	}
	return f.e.gains(f.e.g.As(f.c.Source, joined), allRights)
}

// byJoined returns the moves where the source itself gains the place, by groups
// that it joined before: by one of them if one is enough.
func (f *pathfinder) byJoined(at Place, hops int) []Move {
	for _, from := range []int{hops, hops - 1} { // total control is no step
		joined := f.c.Joined(from)
		for _, n := range joined {
			if _, ok := f.edgeOf(f.e.groups[n], at, hops, from); ok {
				return f.joinThen([]uint32{n}, at)
			}
		}
		if !f.e.personal || len(joined) == 0 {
			continue
		}
		if _, ok := f.edgeOf(f.gainsWith(joined), at, hops, from); ok {
			return f.joinThen(f.fewest(joined, at, hops, from), at)
		}
	}
	return nil
}

// fewest leaves out the groups that are not needed to gain a place.
func (f *pathfinder) fewest(joined []uint32, at Place, hops, from int) []uint32 {
	return fewest(joined, func(less []uint32) bool {
		_, ok := f.edgeOf(f.gainsWith(less), at, hops, from)
		return ok
	})
}

// fewest leaves out of a list what is not needed for enough to hold: halves
// first, then smaller parts. At least one is kept.
func fewest(list []uint32, enough func([]uint32) bool) []uint32 {
	for size := len(list); size > 0; size /= 2 {
		for i := 0; i < len(list); {
			less := slices.Delete(slices.Clone(list), i, min(i+size, len(list)))
			if len(less) > 0 && enough(less) {
				list = less
				continue
			}
			i += size
		}
	}
	return list
}

// joinThen is the moves that join groups, and then gain the place.
func (f *pathfinder) joinThen(joined []uint32, at Place) []Move {
	var moves []Move
	for _, n := range joined {
		moves = append(moves, f.toNode(n, true)...)
	}
	for _, x := range f.gainsWith(joined) {
		if x.to == at && (!f.sure || f.e.documented(x.way)) {
			return f.by(moves, f.e.g.As(f.c.Source, joined), x)
		}
	}
	return nil
}

// giver returns the first principal, gained before, that gains the place.
func (f *pathfinder) giver(at Place, hops int) (uint32, edge, bool) {
	for i := range f.e.classes {
		c := &f.e.classes[i]
		for _, from := range []int{hops, hops - 1} {
			x, ok := f.edgeOf(c.gains, at, hops, from)
			if !ok {
				continue
			}
			for _, q := range c.Members {
				if h, gained := f.c.Principal(q); gained && h == from && q != f.c.Source {
					return q, x, true
				}
			}
		}
	}
	return 0, edge{}, false
}

// derive finds the derivation behind a move.
func (e *Escalations) derive(m *Move) {
	if m.Way < len(e.ways) && e.ways[m.Way].Gains == authz.GainOwnedGroups {
		return
	}
	org := e.g.orgIndex[e.g.principals[m.By.p].Key.Org]
	for _, r := range e.perms[org] {
		if int(r.way) != m.Way {
			continue
		}
		for _, d := range e.over(m.At, org) {
			for _, x := range e.g.ReasonsOf(m.By, r.perm, d) {
				if e.explains(m, x) {
					m.Reason, m.Permission = &x, r.perm
					return
				}
			}
		}
	}
}

// over returns the divisions in which the derivation of a place is looked for.
func (e *Escalations) over(at Place, org int) []uint32 {
	if n, node := e.Node(at); node {
		if int(n) >= len(e.g.principals) {
			return nil // by a permission no single group is gained
		}
		if d := e.g.principals[n].Division; d != NoDivision {
			return []uint32{d}
		}
	} else if d := e.Hub(at).Division; d != AnyDivision {
		return []uint32{d}
	}
	return append([]uint32{AnyDivision}, slices.Collect(e.g.orgs[org].divs.All())...)
}

// explains reports whether a derivation gives what a move gains.
func (e *Escalations) explains(m *Move, r Reason) bool {
	if m.Way == len(e.ways) {
		return true
	}
	switch e.ways[m.Way].Gains {
	case authz.GainLiveUsersInReach, authz.GainUsersInReach:
		if n, node := e.Node(m.At); node {
			return r.Level != Limited || slices.Contains(r.Things, n)
		}
		return r.Level != Limited
	default:
		return true
	}
}
