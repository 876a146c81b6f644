package graph

import (
	"runtime"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// buildMembers links members to the groups and teams that hold them, and works
// out whom each principal acts as.
func (b *builder) buildMembers() error {
	pairs := b.memberEdges()
	pairs = append(pairs, b.ownerEdges()...)
	if len(b.g.orgs) > 1 {
		held := map[uint32][]uint32{}
		for _, e := range pairs {
			held[e[0]] = append(held[e[0]], e[1])
		}
		pairs = append(pairs, b.homeEdges(held)...)
	}
	slices.SortFunc(pairs, func(x, y [2]uint32) int {
		// A member's edge stands before the owner's edge to the same group.
		return compareEdge(x[0], x[1], y[0], y[1])
	})
	pairs = slices.Compact(pairs)
	b.g.up = newCSR(len(b.g.principals)+len(b.g.nodes), pairs)
	b.markRead()
	b.buildActs()
	return nil
}

func compareEdge(f1, t1, f2, t2 uint32) int {
	switch {
	case f1 != f2:
		return cmpUint(f1, f2)
	case t1&^mark != t2&^mark:
		return cmpUint(t1&^mark, t2&^mark)
	default:
		return cmpUint(t1, t2)
	}
}

func cmpUint(a, b uint32) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

func (b *builder) memberEdges() [][2]uint32 {
	var pairs [][2]uint32
	var to uint32
	is := false
	for i, m := range b.members {
		c := b.keys[m.Container]
		if i == 0 || m.Container != b.members[i-1].Container {
			to, is = b.g.find(c)
		}
		if !is {
			continue // the complete list of groups lacks it: it is gone
		}
		for _, from := range b.nodesOf(m.Member) {
			if from != to && b.mayHold(c.Kind, from) {
				pairs = append(pairs, [2]uint32{from, to})
			}
		}
	}
	return pairs
}

// mayHold reports whether a container can have this member: groups hold
// principals and groups, teams hold principals.
func (b *builder) mayHold(container authz.Kind, n uint32) bool {
	if int(n) < len(b.g.principals) {
		return true
	}
	return container != authz.KindTeam && b.g.NodeKey(n).Kind == authz.KindGroup
}

// resolve returns the nodes that a key stands for: one, or for an id without a
// type every one with that id.
func (b *builder) resolve(k authz.Key) []uint32 {
	if k.Kind == authz.KindSubject {
		return b.g.withID(k.Org, k.ID)
	}
	if n, ok := b.g.find(k); ok {
		return []uint32{n}
	}
	if k.Kind != authz.KindGroup && k.Kind != authz.KindTeam {
		return nil
	}
	if n, ok := b.g.find(standIn(k)); ok && !b.org(k.Org).complete[listOf(k.Kind)] {
		return []uint32{n}
	}
	return nil
}

// listOf returns the list that would describe a group or team.
func listOf(k authz.Kind) authz.List {
	if k == authz.KindTeam {
		return authz.ListTeams
	}
	return authz.ListGroups
}

func (b *builder) ownerEdges() [][2]uint32 {
	var pairs [][2]uint32
	for k, gr := range b.groups {
		to, ok := b.g.find(k)
		if !ok || gr.IncludeOwners == authz.False {
			continue
		}
		for _, id := range gr.Owners {
			for _, from := range b.g.withID(k.Org, id) {
				if from != to && b.mayHold(authz.KindGroup, from) {
					pairs = append(pairs, [2]uint32{from, to | mark})
				}
			}
		}
	}
	return pairs
}

// markRead notes which groups and teams have a complete list of members. What a
// group without one hands on is not determined.
func (b *builder) markRead() {
	partial := map[authz.Key]bool{}
	for _, l := range b.lists {
		partial[l.Container] = partial[l.Container] || l.Partial
	}
	for i := range b.g.nodes {
		p, ok := partial[b.g.nodes[i].key]
		b.g.nodes[i].read = ok && !p
	}
}

// buildActs works out the subjects whose grants each principal has.
func (b *builder) buildActs() {
	g := b.g
	workers, all := runtime.GOMAXPROCS(0), len(g.principals)
	pairs, back := make([][][2]uint32, workers), make([][][2]uint32, workers)
	parallel.For(workers, func(at int) {
		w := walker{g: g, state: make([]uint8, all+len(g.nodes))}
		pairs[at] = make([][2]uint32, 0, all/workers+1)
		for p := all * at / workers; p < all*(at+1)/workers; p++ {
			for _, n := range w.acts(uint32(p)) {
				if g.NodeKey(n&^mark).Org != g.principals[p].Key.Org {
					continue // a step of the way through a trustee's own organization
				}
				pairs[at] = append(pairs[at], [2]uint32{uint32(p), n})
				if node := n &^ mark; node != uint32(p) {
					back[at] = append(back[at], [2]uint32{node, uint32(p) | n&mark})
				}
			}
		}
	})
	g.acts = newCSR(len(g.principals), slices.Concat(pairs...))
	g.actors = newCSR(len(g.principals)+len(g.nodes), slices.Concat(back...))
	g.noteActed()
}

// noteActed lists the nodes that somebody else acts as.
func (g *Graph) noteActed() {
	g.acted = nil // a graph with less than another begins with the lists of that one
	for n := range len(g.actors.off) - 1 {
		if g.actors.off[n] != g.actors.off[n+1] {
			g.acted = append(g.acted, uint32(n))
		}
	}
	g.actedFor = NewSet(len(g.actors.off))
	for _, n := range g.acted {
		g.actedFor.Add(n)
	}
}

// walker finds the groups and teams that hold a principal. It is used for one
// principal after the other.
type walker struct {
	g     *Graph
	state []uint8 // by node: 0 not seen, 1 reached, 2 reached through role-enabled groups only
	queue []uint32
}

const (
	reached = 1
	sure    = 2
)

// acts returns the nodes that p acts as, itself first; the mark says that the
// node is reached only through a group that is not role-enabled. The slice is
// valid until the next call.
func (w *walker) acts(p uint32) []uint32 { return w.actsWith(p, nil) }

// actsWith is acts where the principal has joined groups.
func (w *walker) actsWith(p uint32, joined []uint32) []uint32 {
	w.queue = append(w.queue[:0], p)
	w.state[p] = sure
	for _, n := range joined {
		if w.state[n] == 0 {
			w.state[n] = sure
			w.queue = append(w.queue, n)
		}
	}
	w.walk(sure)
	for _, n := range w.queue[1:] {
		if w.state[n] == sure && !w.enabled(n) {
			w.state[n] = reached
		}
	}
	w.walk(reached)
	for i, n := range w.queue {
		if w.state[n] == reached {
			w.queue[i] |= mark
		}
		w.state[n] = 0
	}
	return w.queue
}

func (w *walker) enabled(n uint32) bool { return w.g.enabled(n) }

// active reports whether a node hands on what it holds: a group that is
// active, or a trustee's group that is live.
func (g *Graph) active(n uint32) bool {
	if i := int(n) - len(g.principals); i >= 0 {
		return g.nodes[i].active
	}
	return g.principals[n].Live
}

// enabled reports whether roles reach the members of a node for sure.
func (g *Graph) enabled(n uint32) bool {
	if i := int(n) - len(g.principals); i >= 0 {
		return g.nodes[i].enabled
	}
	return g.principals[n].Group == nil || g.principals[n].Group.RolesEnabled.OrTrue()
}

// walk extends the queue by everything that holds what is in it. In the first
// pass only role-enabled groups are walked on from.
func (w *walker) walk(as uint8) {
	for i := 0; i < len(w.queue); i++ {
		from := w.queue[i]
		if as == sure && i > 0 && !w.enabled(from) {
			continue
		}
		for _, to := range w.g.up.of(from) {
			to &^= mark
			if w.state[to] != 0 || !w.g.active(to) || (i > 0 && w.g.NodeKey(to).Kind == authz.KindTeam) {
				continue
			}
			w.state[to] = as
			w.queue = append(w.queue, to)
		}
	}
}

// Members returns the principals that act as a node, ascending; a principal
// acts as itself.
func (g *Graph) Members(n uint32) []uint32 {
	var out []uint32
	for _, p := range g.actors.of(n) {
		out = append(out, p&^mark)
	}
	if int(n) < len(g.principals) {
		out = append(out, n)
		slices.Sort(out)
	}
	return out
}

// Acts returns the nodes whose grants p has, itself first.
func (g *Graph) Acts(p uint32) []uint32 {
	list := g.acts.of(p)
	out := make([]uint32, len(list))
	for i, n := range list {
		out[i] = n &^ mark
	}
	return out
}
