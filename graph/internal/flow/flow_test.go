package flow_test

import (
	"math/rand"
	"testing"

	"github.com/grantgraph/grantgraph/graph/internal/flow"
)

type edge struct {
	from, to int
	capacity int64
}

func network(n int, edges []edge) *flow.Network {
	f := flow.New(n)
	for _, e := range edges {
		f.Add(e.from, e.to, e.capacity)
	}
	return f
}

// least finds the minimum cut as its definition says: over all ways to part the
// vertices.
func least(n int, edges []edge) int64 {
	best := int64(-1)
	for side := range 1 << n {
		if side&1 == 0 || side>>(n-1)&1 == 1 {
			continue // the source is on its side, the sink is not
		}
		sum := int64(0)
		for _, e := range edges {
			if side>>e.from&1 == 1 && side>>e.to&1 == 0 {
				sum += e.capacity
			}
		}
		if best < 0 || sum < best {
			best = sum
		}
	}
	return best
}

// The flow is the minimum cut of the definition, and its side is a cut of that price.
func TestMaxIsTheMinimumCut(t *testing.T) {
	t.Parallel()
	for seed := range int64(2000) {
		rng := rand.New(rand.NewSource(seed))
		n := 2 + rng.Intn(7)
		var edges []edge
		for range rng.Intn(3 * n) {
			edges = append(edges, edge{rng.Intn(n), rng.Intn(n), int64(rng.Intn(5))})
		}
		f := network(n, edges)
		got, want := f.Max(0, n-1), least(n, edges)
		if got != want {
			t.Fatalf("seed %d: flow %d, minimum cut %d of %v", seed, got, want, edges)
		}
		side, sum := f.Side(0), int64(0)
		for _, e := range edges {
			if side(e.from) && !side(e.to) {
				sum += e.capacity
			}
		}
		if sum != want || !side(0) || side(n-1) {
			t.Fatalf("seed %d: the side's cut costs %d, want %d", seed, sum, want)
		}
	}
}

func TestNoCutPassesNever(t *testing.T) {
	t.Parallel()
	f := network(4, []edge{{0, 1, 3}, {1, 3, flow.Never}, {0, 2, flow.Never}, {2, 3, 1}})
	if got := f.Max(0, 3); got != 4 {
		t.Errorf("flow = %d, want 4: beside the arcs that no cut passes", got)
	}
	f = network(3, []edge{{0, 1, flow.Never}, {1, 2, flow.Never}})
	if got := f.Max(0, 2); got < flow.Never {
		t.Errorf("flow = %d, want no cut at all", got)
	}
}
