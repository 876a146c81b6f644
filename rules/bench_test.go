package rules_test

import (
	"fmt"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/rules"
)

// simulatedModel is an organization with some of every fault.
func simulatedModel(t testing.TB, size simulator.Size) *analyzer.Model {
	t.Helper()
	var m memory
	plan, err := simulator.Generate(t.Context(), simulator.Options{Size: size, Seed: 1, Faults: true}, &m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.About.TakenAt = plan.Now
	c, err := config.Parse("grantgraph.yaml", plan.Config)
	if err != nil {
		t.Fatal(err)
	}
	model, err := analyzer.Build(&m.Records, analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	return model
}

func BenchmarkAudit(b *testing.B) {
	for _, size := range []simulator.Size{simulator.SizeS, simulator.SizeM} {
		model := simulatedModel(b, size)
		set := shipped(b)
		b.Run(fmt.Sprintf("principals=%d", model.Graph.Principals()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rules.Audit(b.Context(), model, set, rules.AuditOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	sources := rules.Shipped()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rules.Load(sources, rules.LoadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
