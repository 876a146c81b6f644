package graph

import (
	"cmp"
	"slices"
)

// takeBack takes back what is not needed, the dearest first: a removal that stands
// in several places was counted for each of them.
func (c *cutter) takeBack(chosen []bool, w cutPrices) {
	var list []int32
	several := false
	for l, yes := range chosen {
		if yes {
			list = append(list, int32(l))
			several = several || c.copies[l] > 1
		}
	}
	if !several {
		return
	}
	slices.SortStableFunc(list, func(x, y int32) int { return -cmp.Compare(w.capacity(x), w.capacity(y)) })
	t := c.tides(chosen)
	for _, l := range list {
		if !t.opens(l) {
			chosen[l] = false
			t.open(l)
		}
	}
}

// tides are what can be reached in a cut network: from the source, and from what the
// sink. They only rise, as removals are taken back.
type tides struct {
	c            *cutter
	chosen       []bool
	arcsOf       [][]int32 // by label
	out, in      csr       // by vertex: arcs
	ahead, after []bool    // by vertex: the source leads to it; it leads to the sink
}

func (c *cutter) tides(chosen []bool) *tides {
	t := &tides{c: c, chosen: chosen, arcsOf: make([][]int32, len(c.labels)), ahead: make([]bool, c.n), after: make([]bool, c.n)}
	out, in := make([][2]uint32, len(c.arcs)), make([][2]uint32, len(c.arcs))
	for i, a := range c.arcs {
		out[i], in[i] = [2]uint32{uint32(a.from), uint32(i)}, [2]uint32{uint32(a.to), uint32(i)}
		if a.label != noLabel {
			t.arcsOf[a.label] = append(t.arcsOf[a.label], int32(i))
		}
	}
	t.out, t.in = newCSR(c.n, out), newCSR(c.n, in)
	t.rise(t.ahead, cutSource, noLabel)
	t.rise(t.after, cutSink, noLabel)
	return t
}

func (t *tides) passes(a *cutArc, also int32) bool {
	return a.label == noLabel || !t.chosen[a.label] || a.label == also
}

// rise marks what is reached from a vertex, over arcs that are not cut, and those of
// one label besides; it returns what it marked.
func (t *tides) rise(marked []bool, from int, also int32) []int {
	forward := &marked[0] == &t.ahead[0]
	if marked[from] {
		return nil
	}
	marked[from] = true
	list := []int{from}
	for i := 0; i < len(list); i++ {
		arcs := t.in.of(uint32(list[i]))
		if forward {
			arcs = t.out.of(uint32(list[i]))
		}
		for _, n := range arcs {
			a := &t.c.arcs[n]
			to := a.from
			if forward {
				to = a.to
			}
			if !marked[to] && t.passes(a, also) {
				marked[to] = true
				list = append(list, to)
			}
		}
	}
	return list
}

// opens reports whether something is left of the network without a removal, beside
// the others that are chosen.
func (t *tides) opens(l int32) bool {
	var marked []int
	open := false
	for _, n := range t.arcsOf[l] {
		a := &t.c.arcs[n]
		if !t.ahead[a.from] {
			continue
		}
		if t.after[a.to] {
			open = true
			break
		}
		if len(t.arcsOf[l]) > 1 { // one may lead to another
			marked = append(marked, t.rise(t.ahead, a.to, l)...)
		}
	}
	for _, v := range marked {
		open = open || t.after[v]
		t.ahead[v] = false
	}
	return open
}

// open lets what a removal was in the way of rise.
func (t *tides) open(l int32) {
	for range t.arcsOf[l] { // one may lead to another
		for _, n := range t.arcsOf[l] {
			a := &t.c.arcs[n]
			if t.ahead[a.from] {
				t.rise(t.ahead, a.to, noLabel)
			}
			if t.after[a.to] {
				t.rise(t.after, a.from, noLabel)
			}
		}
	}
}
