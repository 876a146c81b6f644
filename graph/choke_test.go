package graph_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// farHops is more steps than a random organization has.
const farHops = 30

// Whom a role assignment cuts off is what the reference evaluator finds once it is
// taken out of the records: of every one, also those that are not told of.
func TestChokesAgreeWithReference(t *testing.T) {
	told := 0
	for seed := range int64(40 + organizations/50) {
		r := randomEscalations(seed, 5)
		g := built(t, r)
		e := g.Escalations(lexicon.Default().Escalations())
		sure := seed%2 == 1
		got := map[graph.Removal]int{}
		for _, c := range e.Chokes(g.Acting(), graph.Goal{OnlyTotal: true}, graph.ChokeOptions{Sure: sure, MaxHops: farHops}) {
			got[c.Removal] = c.CutOff
			if c.CutOff < 0 || (c.Removal.Kind == graph.RemoveGrant && c.CutOff > c.Shortest) {
				t.Errorf("seed %d: %+v", seed, c)
			}
		}
		before := totals(g, r, sure)
		rng := rand.New(rand.NewSource(seed))
		for _, x := range r.Grant {
			if rng.Intn(3) > 0 || !described(g, x) {
				continue
			}
			without := r.Clone()
			without.Grant = slices.DeleteFunc(without.Grant, func(y authz.Grant) bool { return sameGrant(x, y) })
			want := len(before) - len(totals(g, without, sure))
			sum := 0
			for _, gone := range removalsOf(g, x) {
				sum += got[gone]
			}
			if len(removalsOf(g, x)) == 1 && sum != want {
				t.Errorf("seed %d (sure %v): without %v, %d of %d are cut off; reference %d\n%s", seed, sure, x, sum, len(before), want, authztest.Format(r))
			}
			told += sum
		}
	}
	if told == 0 {
		t.Error("no role assignment cuts anybody off")
	}
}

// totals are the live principals of a graph that the reference evaluator finds could
// become total.
func totals(g *graph.Graph, r *authz.Records, sure bool) []authz.Key {
	futures := reference.New(r, reference.Options{}).Futures(sure)
	var out []authz.Key
	for p := range g.Acting().All() {
		k := g.Principal(p).Key
		if slices.ContainsFunc(futures.Of(k), func(s reference.Stage) bool { return s.Total }) {
			out = append(out, k)
		}
	}
	return out
}

// Those that cut off most are found without taking everything away, and what was not
// taken away is said to be unknown.
func TestChokesFirst(t *testing.T) {
	t.Parallel()
	unknown := 0
	for seed := range int64(40) {
		g := built(t, randomEscalations(seed, 5))
		e := g.Escalations(lexicon.Default().Escalations())
		goal := graph.Goal{OnlyTotal: true}
		all := e.Chokes(g.Acting(), goal, graph.ChokeOptions{MaxHops: farHops})
		for _, o := range []graph.ChokeOptions{{MaxHops: farHops, First: 3}, {MaxHops: farHops, First: 3, Evaluations: 2}} {
			some := e.Chokes(g.Acting(), goal, o)
			if len(some) != len(all) {
				t.Fatalf("seed %d: %d of %d are told", seed, len(some), len(all))
			}
			for i, c := range some {
				if c.CutOff < 0 {
					unknown++
					continue
				}
				if o.Evaluations == 0 && i < o.First && c.CutOff != all[i].CutOff {
					t.Errorf("seed %d: number %d cuts %d off; want %d", seed, i+1, c.CutOff, all[i].CutOff)
				}
			}
		}
	}
	if unknown == 0 {
		t.Error("everything was taken away each time")
	}
}
