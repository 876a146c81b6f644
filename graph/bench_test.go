package graph_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// benchSizes are S and M, and L where the environment asks for it.
func benchSizes() []simulator.Size {
	sizes := []simulator.Size{simulator.SizeS, simulator.SizeM}
	if os.Getenv("GRANTGRAPH_BENCH") == string(simulator.SizeL) {
		sizes = append(sizes, simulator.SizeL)
	}
	return sizes
}

// BenchmarkGraph makes a snapshot file of each size, once, and asks its graph
// what answers are made of.
func BenchmarkGraph(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run(string(size), func(b *testing.B) {
			path := simulated(b, size)
			b.Run("Build", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					fromFile(b, path)
				}
			})
			benchmarkQuestions(b, fromFile(b, path))
		})
	}
}

func simulated(b *testing.B, size simulator.Size) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "simulated.db")
	w, err := snapshot.Create(path, snapshot.CreateOptions{Now: simulator.Moment})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := simulator.Generate(b.Context(), simulator.Options{Size: size, Faults: true}, w, nil); err != nil {
		b.Fatal(err)
	}
	if _, err := w.Seal(); err != nil {
		b.Fatal(err)
	}
	return path
}

// fromFile opens a snapshot and builds its graph, as each process begins.
func fromFile(b *testing.B, path string) *graph.Graph {
	b.Helper()
	r, err := snapshot.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	g, err := graph.Build(r, graph.Options{Names: lexicon.Default()})
	if err != nil {
		b.Fatal(err)
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	return g
}

func benchmarkQuestions(b *testing.B, g *graph.Graph) {
	org := g.Organizations()[0].ID
	one := g.Perm(org, authz.NewPattern("routing", "queue", "view"))
	see, _ := lexicon.Default().Verb("see")
	var seen []graph.Perm
	for _, p := range g.Universe(org) {
		if see.Covers(p.Pattern) && lexicon.Default().Carries(p.Pattern, p.Aware) == lexicon.CarriesTenant {
			seen = append(seen, p)
		}
	}
	divs := graph.NewSet(len(g.Divisions()))
	div := uint32(len(g.Divisions()) / 2)
	divs.Add(div)
	holders := g.Who(graph.Query{Org: org, Permissions: []graph.Perm{one}, Divisions: divs}).All()
	who := uint32(0)
	for p := range holders.All() {
		who = p // the last one
	}
	if holders.Empty() || len(seen) < 2 {
		b.Fatal("nobody sees anything in the division")
	}
	run := func(name string, ask func() bool) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !ask() {
					b.Fatal("no answer")
				}
			}
		})
	}
	run("WhoOne", func() bool {
		return !g.Who(graph.Query{Org: org, Permissions: []graph.Perm{one}, Divisions: divs}).All().Empty()
	})
	run("WhoSees", func() bool { return !g.Who(graph.Query{Org: org, Permissions: seen, Divisions: divs}).All().Empty() })
	run("Access", func() bool { return len(g.Access(who)) > 0 })
	run("Reasons", func() bool { return len(g.Reasons(who, one, div)) > 0 })
	run("Classes", func() bool { return len(g.Classes(nil)) > 0 })
	run("Escalations", func() bool { return len(g.Escalations(lexicon.Default().Escalations()).Ways()) > 0 })
	e := g.Escalations(lexicon.Default().Escalations())
	run("CouldAll", func() bool {
		n := 0
		for c := range e.All(false) {
			n += len(c.Gains)
		}
		return n > 0
	})
	run("WhoCould", func() bool { return len(e.Who(graph.Query{Org: org, Permissions: seen, Divisions: divs}, false)) > 0 })
}
