package graph_test

import (
	"math/rand"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// What is found in one network ends all ways as what is found way by way does, costs
// no less, and its bound is no higher.
func TestCutCouldJointly(t *testing.T) {
	t.Parallel()
	ways := lexicon.Default().Escalations()
	some, exact, same := 0, 0, 0
	for seed := range int64(organizations / 4) {
		rng := rand.New(rand.NewSource(seed))
		r := authztest.Random(rng, authztest.RandomOptions{Users: 5, Complete: seed%4 != 0})
		g, err := graph.Build(r, graph.Options{EnforceDeny: seed%5 == 0})
		if err != nil {
			t.Fatal(err)
		}
		q, sure := cutQuery(g, rng), seed%2 == 0
		one, all := g.CutCould(q, ways, sure), g.CutCouldJointly(q, ways, sure)
		if one.Possible != all.Possible {
			t.Errorf("seed %d: possible %v, in one network %v\n%s", seed, one.Possible, all.Possible, authztest.Format(r))
			continue
		}
		if !one.Possible || len(one.Removals) == 0 {
			continue
		}
		some++
		if n := couldLeft(g.Without(all.Removals), q, ways, sure); n > 0 {
			t.Errorf("seed %d: %d principals are left\n%s", seed, n, authztest.Format(r))
		}
		price := len(one.Removals)
		if one.Bound == price && (len(all.Removals) < price || all.Bound > price) {
			t.Errorf("seed %d: %d removals, bound %d; in one network %d, bound %d\n%s", seed, price, one.Bound, len(all.Removals), all.Bound, authztest.Format(r))
		}
		if all.Bound == len(all.Removals) {
			exact++
		}
		if len(all.Removals) == price {
			same++
		}
	}
	t.Logf("%d cuts, %d of the same size in one network, %d known to be the smallest there", some, same, exact)
	if same*10 < some*9 {
		t.Errorf("%d of %d are as small in one network; want nine of ten", same, some)
	}
}

// couldLeft returns how many of the principals could come to the access.
func couldLeft(g *graph.Graph, q graph.CutQuery, ways []authz.Escalation, sure bool) int {
	n := 0
	for _, r := range g.Escalations(ways).Who(q.Query, sure) {
		if q.From.Has(r.Principal) {
			n++
		}
	}
	return n
}

// A group that somebody owns is gained by no permission, and cut off jointly all the same.
func TestCutCouldJointlyOfAnOwner(t *testing.T) {
	t.Parallel()
	g, q := cutQueryOf(t, "division a\nuser ada in a\nuser bob in a\nrole r routing:queue:view\ngroup g bob owners=ada include=false\ngrant g r a\n",
		[]graph.RemovalKind{graph.RemoveGrant}, "routing:queue:view", "ada")
	ways := lexicon.Default().Escalations()
	if left := couldLeft(g, q, ways, false); left != 1 {
		t.Fatalf("%d could come to the access; want ada", left)
	}
	if c := g.CutCouldJointly(q, ways, false); !c.Possible || len(c.Removals) != 1 {
		t.Errorf("possible %v: %+v; want the grant", c.Possible, c.Removals)
	}
}
