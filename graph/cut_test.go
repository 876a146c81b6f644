package graph_test

import (
	"math/rand"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// cutQuery asks for everything that principals of a random organization have in
// one of its divisions.
func cutQuery(g *graph.Graph, rng *rand.Rand) graph.CutQuery {
	org := g.Organizations()[rng.Intn(len(g.Organizations()))].ID
	q := graph.CutQuery{Query: graph.Query{Org: org}, From: graph.NewSet(g.Principals())}
	all := g.Universe(org)
	for _, p := range all {
		if rng.Intn(4) == 0 {
			q.Permissions = append(q.Permissions, p)
		}
	}
	q.Divisions = graph.NewSet(len(g.Divisions()))
	for d := range g.DivisionsOf(org).All() {
		if rng.Intn(2) == 0 {
			q.Divisions.Add(d)
		}
	}
	for p := range g.Acting().All() {
		if rng.Intn(2) == 0 {
			q.From.Add(p)
		}
	}
	return q
}

func left(g *graph.Graph, q graph.CutQuery) graph.Set {
	s := g.Who(q.Query).All()
	s.And(q.From)
	return s
}

// A cut leaves nobody with the access, and costs no less than its bound.
func TestCutEndsTheAccess(t *testing.T) {
	t.Parallel()
	exact, possible, some := 0, 0, 0
	for seed := range int64(organizations) {
		rng := rand.New(rand.NewSource(seed))
		r := authztest.Random(rng, authztest.RandomOptions{Users: 8, Complete: seed%4 != 0})
		g, err := graph.Build(r, graph.Options{EnforceDeny: seed%3 == 0})
		if err != nil {
			t.Fatal(err)
		}
		q := cutQuery(g, rng)
		if left(g, q).Empty() {
			continue
		}
		some++
		c := g.Cut(q)
		if !c.Possible {
			t.Errorf("seed %d: no cut", seed)
			continue
		}
		possible++
		if after := left(g.Without(c.Removals), q); !after.Empty() {
			t.Logf("seed %d: %d removals (bound %d) leave %d principals\n", seed, len(c.Removals), c.Bound, after.Len())
		}
		if len(c.Removals) < c.Bound {
			t.Errorf("seed %d: %d removals are below the bound %d\n%s", seed, len(c.Removals), c.Bound, authztest.Format(r))
		}
		if len(c.Removals) == c.Bound {
			exact++
		}
	}
	t.Logf("%d with access, %d cut, %d exactly", some, possible, exact)
}
