package graph_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// Taking grants and memberships away from a graph gives the access of records that
// lack them, on random organizations; the graph itself stays as it is.
func TestWithoutIsRecordsLacking(t *testing.T) {
	t.Parallel()
	for seed := range int64(organizations) {
		rng := rand.New(rand.NewSource(seed))
		r := authztest.Random(rng, authztest.RandomOptions{Users: 8, Complete: seed%3 != 0})
		o := graph.Options{EnforceDeny: seed%4 == 0}
		g := build(t, r, o)
		less := r.Clone()
		var gone []graph.Removal
		for i := len(less.Grant) - 1; i >= 0; i-- {
			if x := less.Grant[i]; rng.Intn(3) == 0 && described(g, x) {
				gone = append(gone, removalsOf(g, x)...)
				less.Grant = slices.DeleteFunc(less.Grant, func(y authz.Grant) bool { return sameGrant(x, y) })
				i = min(i, len(less.Grant))
			}
		}
		for i := range less.Client {
			if n, ok := g.FindNode(less.Client[i].Key()); ok && rng.Intn(3) == 0 {
				gone = append(gone, graph.Removal{Kind: graph.RemoveClient, Node: n})
				less.Client[i].State = "inactive"
			}
		}
		before := rowsOf(g)
		if d := graph.Compare(g.Without(gone), build(t, less, o)); len(d.Blocks) > 0 {
			t.Fatalf("seed %d: %v: other access of %v\n%s", seed, gone, d.Blocks[0].Members[0].Key, authztest.Format(r))
		}
		if !slices.Equal(before, rowsOf(g)) {
			t.Fatalf("seed %d: taking away from a graph changed it", seed)
		}
	}
}

func build(t *testing.T, r *authz.Records, o graph.Options) *graph.Graph {
	t.Helper()
	g, err := graph.Build(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// described reports whether records tell of a grant's subject. One that only the
// grant names is nobody, or somebody else of that id, in records that lack it.
func described(g *graph.Graph, x authz.Grant) bool {
	for n := range uint32(g.Nodes()) {
		if k := g.NodeKey(n); k.Org == x.Org && k.ID == x.Subject.ID && int(n) < g.Principals() && !g.Principal(n).Known {
			return false
		}
	}
	return true
}

// removalsOf returns what of the graph has the subject's id, role and division of a
// grant of the records, whatever its subject's type.
func removalsOf(g *graph.Graph, x authz.Grant) []graph.Removal {
	var out []graph.Removal
	for n := range uint32(g.Nodes()) {
		k := g.NodeKey(n)
		for _, h := range g.GrantsOf(n) {
			role, div := g.Role(h.Role).Key, g.DivisionKey(k.Org, h.Division).ID
			if k.Org == x.Org && k.ID == x.Subject.ID && role.ID == x.Role && div == divisionOf(x) {
				out = append(out, graph.Removal{Kind: graph.RemoveGrant, Node: n, Role: h.Role, Division: h.Division})
			}
		}
	}
	return out
}

func divisionOf(x authz.Grant) string {
	if x.Division == "" || x.Division == "all" {
		return authz.AllDivisions
	}
	return x.Division
}

// sameGrant is the same for two grants of the records.
func sameGrant(x, y authz.Grant) bool {
	return x.Org == y.Org && x.Subject.ID == y.Subject.ID && x.Role == y.Role && divisionOf(x) == divisionOf(y)
}

func rowsOf(g *graph.Graph) []int {
	var out []int
	for p := range g.Acting().All() {
		rows := g.Access(p)
		sum := 0
		for _, r := range rows {
			sum = sum*31 + int(r.Level)*7 + int(r.Permission.ID) + int(r.Division) + len(r.Things)
		}
		out = append(out, len(rows), sum)
	}
	return out
}
