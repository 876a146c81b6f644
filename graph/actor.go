package graph

import "slices"

// An Actor is a principal as access is worked out for it: itself, the groups and
// teams that it acts as, and the groups that it is taken to have joined though
// it is in none of them today.
type Actor struct {
	p      uint32
	acts   []uint32 // marked as in Graph.acts
	joined []uint32 // ascending
}

// actor is a principal as it is today.
func (g *Graph) actor(p uint32) Actor { return Actor{p: p, acts: g.acts.of(p)} }

// As returns a principal that has joined groups: it acts as each of them, and as
// the groups that hold them. Groups of other organizations hand on nothing.
func (g *Graph) As(p uint32, joined []uint32) Actor {
	if len(joined) == 0 {
		return g.actor(p)
	}
	joined = slices.Clone(joined)
	slices.Sort(joined)
	joined = slices.Compact(joined)
	w := walker{g: g, state: make([]uint8, len(g.principals)+len(g.nodes))}
	a := Actor{p: p, joined: joined}
	for _, n := range w.actsWith(p, joined) {
		if g.NodeKey(n&^mark).Org == g.principals[p].Key.Org {
			a.acts = append(a.acts, n)
		}
	}
	return a
}

// Principal returns the principal of an actor.
func (a Actor) Principal() uint32 { return a.p }

// Joined returns the groups that it joined.
func (a Actor) Joined() []uint32 { return a.joined }
