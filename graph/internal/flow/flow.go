// Package flow finds minimum cuts of directed networks with capacities, by the
// maximum flow that Dinic's method finds: in a network of few layers, as those of
// access are, it needs few rounds.
package flow

// Never is the capacity of an arc that no cut passes: more than all others together.
const Never = int64(1) << 60

// A Network is a directed network between numbered vertices. The zero value has
// no vertex.
type Network struct {
	first []int32 // by vertex: its last arc; -1: none
	arcs  []arc   // an arc and the one back stand side by side
	level []int32
	at    []int32 // by vertex: the arc to look at next
	queue []int32
}

type arc struct {
	to, next int32
	left     int64
}

// New returns a network of n vertices, numbered from 0.
func New(n int) *Network {
	f := &Network{first: make([]int32, n), level: make([]int32, n), at: make([]int32, n)}
	for v := range f.first {
		f.first[v] = -1
	}
	return f
}

// Add adds an arc.
func (f *Network) Add(from, to int, capacity int64) {
	f.arcs = append(f.arcs, arc{int32(to), f.first[from], capacity}, arc{int32(from), f.first[to], 0})
	n := int32(len(f.arcs))
	f.first[from], f.first[to] = n-2, n-1
}

// Max returns the maximum flow from one vertex to another: what a minimum cut
// between them costs. It is at least [Never] if only arcs that no cut passes
// lead there.
func (f *Network) Max(source, sink int) int64 {
	total := int64(0)
	for total < Never && f.layer(source, sink) {
		copy(f.at, f.first)
		for total < Never {
			pushed := f.push(source, sink)
			if pushed == 0 {
				break
			}
			total += pushed
		}
	}
	return total
}

// layer numbers the vertices by their distance, and reports whether the sink is
// reached.
func (f *Network) layer(source, sink int) bool {
	f.search(source)
	return f.level[sink] >= 0
}

func (f *Network) search(source int) {
	for v := range f.level {
		f.level[v] = -1
	}
	f.level[source] = 0
	f.queue = append(f.queue[:0], int32(source))
	for i := 0; i < len(f.queue); i++ {
		v := f.queue[i]
		for a := f.first[v]; a >= 0; a = f.arcs[a].next {
			if to := f.arcs[a].to; f.arcs[a].left > 0 && f.level[to] < 0 {
				f.level[to] = f.level[v] + 1
				f.queue = append(f.queue, to)
			}
		}
	}
}

// push finds one way on which more can flow, from layer to layer, and returns how
// much flows there.
func (f *Network) push(source, sink int) int64 {
	var way []int32
	v := int32(source)
	for v != int32(sink) {
		a := f.at[v]
		if a < 0 { // a dead end: back, and not here again
			if len(way) == 0 {
				return 0
			}
			v = f.arcs[way[len(way)-1]^1].to
			way = way[:len(way)-1]
			f.at[v] = f.arcs[f.at[v]].next
			continue
		}
		if to := f.arcs[a].to; f.arcs[a].left > 0 && f.level[to] == f.level[v]+1 {
			way = append(way, a)
			v = to
			continue
		}
		f.at[v] = f.arcs[a].next
	}
	least := Never
	for _, a := range way {
		least = min(least, f.arcs[a].left)
	}
	for _, a := range way {
		f.arcs[a].left -= least
		f.arcs[a^1].left += least
	}
	return least
}

// Side reports, after [Network.Max], which vertices lie on the source's side of
// the minimum cut nearest to it: those to which more could flow.
func (f *Network) Side(source int) func(v int) bool {
	f.search(source)
	return func(v int) bool { return f.level[v] >= 0 }
}
