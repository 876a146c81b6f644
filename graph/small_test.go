package graph

import (
	"errors"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A walk gives the same distances by the library and by its lists, there and back:
// those that going round by hand gives.
func TestWalk(t *testing.T) {
	for seed := range int64(60) {
		rng := rand.New(rand.NewSource(seed))
		n := 1 + rng.Intn(12)
		var pairs [][2]int
		for range rng.Intn(3 * n) {
			pairs = append(pairs, [2]int{rng.Intn(n), rng.Intn(n)})
		}
		starts := []int{rng.Intn(n), rng.Intn(n)}
		starts = slices.Compact(starts)
		w := newWalk(n, pairs)
		if w.lib == nil {
			t.Fatal("a small walk is none of the library's")
		}
		plain := *w
		plain.lib = nil
		for _, back := range []bool{false, true} {
			want := distances(n, pairs, starts, back)
			if got := w.from(starts, back); !slices.Equal(got, want) {
				t.Errorf("seed %d, back %v: %v; want %v", seed, back, got, want)
			}
			if got := plain.from(starts, back); !slices.Equal(got, want) {
				t.Errorf("seed %d, back %v, by lists: %v; want %v", seed, back, got, want)
			}
		}
	}
	if w := newWalk(walkLimit, nil); w.lib != nil {
		t.Error("a large walk is the library's")
	}
	if w := newWalk(walkLimit-1, nil); w.lib == nil {
		t.Error("a walk below the limit is none of the library's")
	}
}

// distances goes over all pairs until nothing is nearer.
func distances(n int, pairs [][2]int, starts []int, back bool) []int {
	out := make([]int, n)
	for v := range out {
		out[v] = -1
		if slices.Contains(starts, v) {
			out[v] = 0
		}
	}
	for changed := true; changed; {
		changed = false
		for _, p := range pairs {
			from, to := p[0], p[1]
			if back {
				from, to = to, from
			}
			if out[from] >= 0 && (out[to] < 0 || out[to] > out[from]+1) {
				out[to], changed = out[from]+1, true
			}
		}
	}
	return out
}

// A drawing is written in order, and no text of it is anything but text.
func TestDrawingDOT(t *testing.T) {
	d := Drawing{
		Vertices: []string{"b \"q\" \\", "a\n\t\x00\x1f\x7f\u0080\u009f\u2028\u2029|", "\u00a0 ~ é"},
		Edges:    []DrawnEdge{{1, 0, "x\ny"}, {0, 1, "z"}},
	}
	var b strings.Builder
	if err := d.DOT(&b); err != nil {
		t.Fatal(err)
	}
	const want = `strict digraph {
  "v0000" -> "v0001" [ label="z",  weight=0 ];
  "v0000" [ label="b \"q\" \\",  weight=0 ];
  "v0001" -> "v0000" [ label="x y",  weight=0 ];
  "v0001" [ label="a         |",  weight=0 ];
  "v0002" [ label="` + "\u00a0 ~ é" + `",  weight=0 ];
  rankdir="LR";
}
`
	if got := b.String(); got != want {
		t.Errorf("drawn:\n%s\nwant:\n%s", got, want)
	}
	twice := Drawing{Vertices: []string{"a", "b"}, Edges: []DrawnEdge{{0, 1, "x"}, {0, 1, "y"}}}
	if err := twice.DOT(&b); err == nil {
		t.Error("two edges from one to another are drawn as one")
	}
	if err := d.DOT(broken{}); err == nil {
		t.Error("a drawing that could not be written")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("full") }

// Causes are ordered by what they are of, field after field.
func TestCauseRecordOrder(t *testing.T) {
	a, b := authz.Key{Org: "o", Kind: authz.KindGroup, ID: "a"}, authz.Key{Org: "o", Kind: authz.KindGroup, ID: "b"}
	want := []CauseRecord{
		{CauseGrant, a, b, "z"}, {CauseGrant, b, a, "a"}, {CauseGrant, b, a, "b"}, {CauseGrant, b, b, "a"}, {CauseRole, a, a, "a"},
	}
	got := slices.Clone(want)
	for range 20 {
		rand.New(rand.NewSource(1)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, CauseRecord.compare)
		if !slices.Equal(got, want) {
			t.Fatalf("order %v; want %v", got, want)
		}
	}
}

// Removals are ordered by kind, and then by what they take away.
func TestRemovalOrder(t *testing.T) {
	trust := func(id string) authz.Key { return authz.Key{Org: "o", Kind: authz.KindTrust, ID: id} }
	want := []Removal{
		{Kind: RemoveGrant, Node: 1, Role: 2, Division: 1},
		{Kind: RemoveGrant, Node: 1, Role: 2, Division: 2},
		{Kind: RemoveGrant, Node: 2, Role: 1, Division: 9},
		{Kind: RemoveMember, Node: 1, Into: 3},
		{Kind: RemoveMember, Node: 1, Into: 4},
		{Kind: RemoveMember, Node: 2, Into: 1},
		{Kind: RemoveTrust, Trust: trust("a")},
		{Kind: RemoveTrust, Trust: trust("b")},
		{Kind: RemovePolicy, Role: 1, Pattern: authz.NewPattern("a", "b", "c")},
		{Kind: RemovePolicy, Role: 1, Pattern: authz.NewPattern("a", "b", "d")},
		{Kind: RemoveInheritance, Role: 1, Heir: "a"},
		{Kind: RemoveInheritance, Role: 1, Heir: "b"},
		{Kind: RemoveInheritance, Role: 2, Heir: "a"},
	}
	g := &Graph{}
	for i, x := range want {
		for j, y := range want {
			if got := g.compareRemovals(x, y); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%+v and %+v: %d", x, y, got)
			}
		}
	}
}

// Sets of different lengths are equal where the longer one has nothing more.
func TestSetsOfDifferentLengths(t *testing.T) {
	for _, tt := range []struct {
		a, b          Set
		equal, within bool
	}{
		{nil, nil, true, true},
		{Set{1}, Set{1, 0}, true, true},
		{Set{1}, Set{1, 1}, false, true},
		{Set{1, 1}, Set{1}, false, false},
		{Set{1, 0}, Set{1}, true, true},
		{Set{1}, Set{2}, false, false},
		{Set{1}, Set{3}, false, true},
		{Set{0, 0}, nil, true, true},
		{Set{0, 1}, nil, false, false},
	} {
		if got := equalSets(tt.a, tt.b); got != tt.equal {
			t.Errorf("%v equals %v: %v; want %v", tt.a, tt.b, got, tt.equal)
		}
		if got := within(tt.a, tt.b); got != tt.within {
			t.Errorf("%v within %v: %v; want %v", tt.a, tt.b, got, tt.within)
		}
	}
}
