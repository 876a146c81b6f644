package graph

import (
	"math/rand"
	"slices"
	"testing"
)

// A set that hits all is as cheap as the cheapest that trying out every set finds, and
// no bound is above that.
func TestHitterFindsTheCheapest(t *testing.T) {
	for seed := range int64(400) {
		rng := rand.New(rand.NewSource(seed))
		items := 2 + rng.Intn(7)
		price, rests := make([]int64, items), make([]int64, items)
		for i := range items {
			price[i], rests[i] = int64(1+rng.Intn(4)), int64(rng.Intn(5))
		}
		number := func(r Removal) uint32 { return r.Node }
		h := &hitter{at: map[Removal]int{}}
		h.cost = func(r Removal) int64 { return price[number(r)] }
		h.rests = func(r Removal) int64 { return rests[number(r)] }
		var sets [][]uint32
		for range 1 + rng.Intn(7) {
			var set []uint32
			var list []Removal
			for i := range uint32(items) {
				if rng.Intn(3) == 0 || (len(set) == 0 && i == uint32(items)-1) {
					set = append(set, i)
					list = append(list, Removal{Kind: RemoveClient, Node: i})
				}
			}
			sets = append(sets, set)
			h.add(list)
			h.add(list) // twice is once
		}
		best, cheapest := cheapestHit(sets, price, rests)
		list, least := h.solve()
		got := int64(0)
		var nodes []uint32
		for _, r := range list {
			got += price[number(r)]*hitUnit + rests[number(r)]
			nodes = append(nodes, number(r))
		}
		if got != best || !least || !hitsAll(sets, nodes) {
			t.Errorf("seed %d: %v of %v at %v costs %d (least %v); want %d", seed, nodes, sets, price, got, least, best)
		}
		if b := h.bound(); int64(b) > cheapest || b < 1 {
			t.Errorf("seed %d: bound %d of %v at %v; the cheapest costs %d", seed, b, sets, price, cheapest)
		}
		var greedy []uint32
		for _, i := range h.greedy() {
			greedy = append(greedy, number(h.items[i]))
		}
		if !hitsAll(sets, greedy) {
			t.Errorf("seed %d: %v does not hit all of %v", seed, greedy, sets)
		}
	}
}

// cheapestHit tries out every set: the least of price and rest together, and of price.
func cheapestHit(sets [][]uint32, price, rests []int64) (best, cheapest int64) {
	for mask := range 1 << len(price) {
		var nodes []uint32
		full, paid := int64(0), int64(0)
		for i := range uint32(len(price)) {
			if mask>>i&1 == 1 {
				nodes = append(nodes, i)
				full += price[i]*hitUnit + rests[i]
				paid += price[i]
			}
		}
		if hitsAll(sets, nodes) && (best == 0 || full < best) {
			best, cheapest = full, paid
		}
	}
	return best, cheapest
}

func hitsAll(sets [][]uint32, nodes []uint32) bool {
	return !slices.ContainsFunc(sets, func(s []uint32) bool {
		return !slices.ContainsFunc(s, func(n uint32) bool { return slices.Contains(nodes, n) })
	})
}

// What hits most for its price is taken first, and of what is equal the cheapest.
func TestHitterTakesTheBestFirst(t *testing.T) {
	for _, tt := range []struct {
		price []int64
		sets  [][]uint32
		first uint32
	}{
		{[]int64{1, 1, 1}, [][]uint32{{0, 1}, {1, 2}}, 1},
		{[]int64{1, 3, 1}, [][]uint32{{0, 1}, {1, 2}}, 0},
		{[]int64{2, 1}, [][]uint32{{0, 1}}, 1},
		{[]int64{9, 2, 1}, [][]uint32{{0, 1}, {1}, {2}}, 2}, // one hits two for two, the other one for one
	} {
		h := &hitter{at: map[Removal]int{}}
		h.cost = func(r Removal) int64 { return tt.price[r.Node] }
		h.rests = func(Removal) int64 { return 0 }
		for _, s := range tt.sets {
			var list []Removal
			for _, n := range s {
				list = append(list, Removal{Kind: RemoveClient, Node: n})
			}
			h.add(list)
		}
		if got := h.items[h.greedy()[0]].Node; got != tt.first {
			t.Errorf("%v at %v: %d first; want %d", tt.sets, tt.price, got, tt.first)
		}
	}
}

// A hitter says so where it gave up before it knew that nothing is cheaper.
func TestHitterGivesUp(t *testing.T) {
	const rings = 12
	h := &hitter{at: map[Removal]int{}}
	h.cost = func(Removal) int64 { return 1 }
	h.rests = func(Removal) int64 { return 0 }
	for ring := range uint32(rings) { // three of each five hit all pairs of neighbours, of which two have nothing in common
		for i := range uint32(5) {
			h.add([]Removal{{Kind: RemoveClient, Node: 5*ring + i}, {Kind: RemoveClient, Node: 5*ring + (i+1)%5}})
		}
	}
	list, least := h.solve()
	if len(list) != 3*rings || least || h.bound() != 2*rings {
		t.Errorf("%d removals, least %v, bound %d; want %d, not known to be the least, %d", len(list), least, h.bound(), 3*rings, 2*rings)
	}
}

// Of hits that cost the same, the first that is found is told.
func TestHitterTellsTheFirst(t *testing.T) {
	for _, tt := range []struct {
		price []int64
		sets  [][]uint32
		want  []uint32
	}{
		{[]int64{1, 1}, [][]uint32{{0, 1}}, []uint32{0}},
		{[]int64{1, 2, 1}, [][]uint32{{1, 2}, {0, 1}}, []uint32{0, 2}},
		{[]int64{2, 2, 1, 1}, [][]uint32{{1, 2}, {0, 1}, {0, 3}}, []uint32{1, 3}},
	} {
		h := &hitter{at: map[Removal]int{}}
		h.cost = func(r Removal) int64 { return tt.price[r.Node] }
		h.rests = func(Removal) int64 { return 0 }
		for _, s := range tt.sets {
			var list []Removal
			for _, n := range s {
				list = append(list, Removal{Kind: RemoveClient, Node: n})
			}
			h.add(list)
		}
		list, _ := h.solve()
		var got []uint32
		for _, r := range list {
			got = append(got, r.Node)
		}
		if slices.Sort(got); !slices.Equal(got, tt.want) {
			t.Errorf("%v at %v: %v; want %v", tt.sets, tt.price, got, tt.want)
		}
	}
}
