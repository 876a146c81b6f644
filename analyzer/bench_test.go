package analyzer_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

// BenchmarkModel makes a snapshot file of each size, once, with the configuration
// that fits it, and asks what people ask: S and M, and L where the environment
// says GRANTGRAPH_BENCH=L.
func BenchmarkModel(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run(string(size), func(b *testing.B) {
			path, plan := simulated(b, size)
			b.Run("Build", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					modelOf(b, path, plan)
				}
			})
			benchmarkAnswers(b, modelOf(b, path, plan), plan)
		})
	}
}

func benchSizes() []simulator.Size {
	sizes := []simulator.Size{simulator.SizeS, simulator.SizeM}
	if os.Getenv("GRANTGRAPH_BENCH") == string(simulator.SizeL) {
		sizes = append(sizes, simulator.SizeL)
	}
	return sizes
}

func simulated(b *testing.B, size simulator.Size) (string, simulator.Plan) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "simulated.db")
	w, err := snapshot.Create(path, snapshot.CreateOptions{Now: simulator.Moment})
	if err != nil {
		b.Fatal(err)
	}
	plan, err := simulator.Generate(b.Context(), simulator.Options{Size: size, Faults: true}, w, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Seal(); err != nil {
		b.Fatal(err)
	}
	return path, plan
}

// modelOf opens a snapshot and makes its model, as each process begins.
func modelOf(b *testing.B, path string, plan simulator.Plan) *analyzer.Model {
	b.Helper()
	c, err := config.Parse("simulated.yaml", plan.Config)
	if err != nil {
		b.Fatal(err)
	}
	r, err := snapshot.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	m, err := analyzer.Build(r, analyzer.Options{Config: c})
	if err != nil {
		b.Fatal(err)
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	return m
}

func benchmarkAnswers(b *testing.B, m *analyzer.Model, plan simulator.Plan) {
	target, _, err := m.FindTarget("tenant:" + plan.Tenants[0].Name)
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, ask func() (answers int)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if ask() == 0 {
					b.Fatal("no answer")
				}
			}
		})
	}
	who := func(verb string, o analyzer.WhoOptions) func() int {
		return func() int {
			a, err := m.Who(verb, target, o)
			if err != nil {
				b.Fatal(err)
			}
			return len(a.Answers)
		}
	}
	run("WhoOne", who("routing:queue:view", analyzer.WhoOptions{}))
	run("WhoSees", who("see", analyzer.WhoOptions{}))
	run("WhoSeesPermissions", who("see", analyzer.WhoOptions{Permissions: true}))
	run("WhoSeesOneReason", who("see", analyzer.WhoOptions{Reasons: "one"}))
	run("Matrix", func() int { return len(m.Matrix().Cells) })
}
