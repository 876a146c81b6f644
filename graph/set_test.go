package graph_test

import (
	"maps"
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
)

// numbers is a set as plainly as can be.
type numbers map[uint32]bool

func (n numbers) set(room int) graph.Set {
	s := graph.NewSet(room)
	for i := range n {
		s.Add(i)
	}
	return s
}

func (n numbers) keep(keep func(uint32) bool) numbers {
	out := maps.Clone(n)
	maps.DeleteFunc(out, func(i uint32, _ bool) bool { return !keep(i) })
	return out
}

func (n numbers) with(o numbers) numbers {
	out := maps.Clone(n)
	maps.Copy(out, o)
	return out
}

func (n numbers) sorted() []uint32 { return slices.Sorted(maps.Keys(n)) }

// Sets of whole and of broken words, the other one shorter, as long, and longer.
func TestSet(t *testing.T) {
	t.Parallel()
	rooms := []int{0, 1, 63, 64, 65, 128, 200}
	rng := rand.New(rand.NewSource(1))
	for _, room := range rooms {
		for _, other := range rooms {
			a, b := numbers{}, numbers{}
			for range rng.Intn(room + 1) {
				a[uint32(rng.Intn(room))] = true
			}
			for range rng.Intn(other + 1) {
				b[uint32(rng.Intn(other))] = true
			}
			for i := range uint32(min(room, other)) {
				if i%64 == 63 { // a word's last number, in both
					a[i], b[i] = true, true
				}
			}
			setOf(t, a, room)
			setsOf(t, a, b, room, other)
		}
	}
}

func setOf(t *testing.T, a numbers, room int) {
	t.Helper()
	s := a.set(room)
	sameSet(t, "All", s, a)
	for range s.All() {
		break // which must not go on
	}
	if s.Len() != len(a) || s.Empty() != (len(a) == 0) {
		t.Errorf("%v: Len %d, Empty %v", a.sorted(), s.Len(), s.Empty())
	}
	for i := range uint32(300) {
		if s.Has(i) != a[i] {
			t.Errorf("%v: Has(%d) = %v", a.sorted(), i, s.Has(i))
		}
		gone := s.Clone()
		gone.Remove(i)
		sameSet(t, "Remove", gone, a.keep(func(x uint32) bool { return x != i }))
	}
	sameSet(t, "the set after its copy was changed", s, a)
}

func setsOf(t *testing.T, a, b numbers, room, other int) {
	t.Helper()
	in := func(n numbers) func(uint32) bool { return func(i uint32) bool { return n[i] } }
	out := func(n numbers) func(uint32) bool { return func(i uint32) bool { return !n[i] } }
	s, o := a.set(room), b.set(other)
	and, andNot := s.Clone(), s.Clone()
	and.And(o)
	sameSet(t, "And", and, a.keep(in(b)))
	andNot.AndNot(o)
	sameSet(t, "AndNot", andNot, a.keep(out(b)))
	if s.Meets(o) != (len(a.keep(in(b))) > 0) {
		t.Errorf("%v.Meets(%v) = %v", a.sorted(), b.sorted(), s.Meets(o))
	}
	if other > room {
		return // what is added must not be longer
	}
	or := s.Clone()
	or.Or(o)
	sameSet(t, "Or", or, a.with(b))
	for _, size := range []int{0, 64, 100, 300} {
		not := numbers{}
		for i := range uint32(size) {
			if i%3 == 0 || i%64 == 63 {
				not[i] = true
			}
		}
		orNot := s.Clone()
		orNot.OrAndNot(o, not.set(size))
		sameSet(t, "OrAndNot", orNot, a.with(b.keep(out(not))))
	}
}

func sameSet(t *testing.T, what string, got graph.Set, want numbers) {
	t.Helper()
	if list := slices.Collect(got.All()); !slices.Equal(list, want.sorted()) {
		t.Errorf("%s: %v; want %v", what, list, want.sorted())
	}
}
