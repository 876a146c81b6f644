package rules_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/rules"
)

// simulated is an organization with some of every fault, with its configuration or
// without, and what the snapshot says beside its graph.
func simulated(t testing.TB, size simulator.Size, configured bool) (*analyzer.Model, *rules.Extra) {
	t.Helper()
	var m memory
	plan, err := simulator.Generate(t.Context(), simulator.Options{Size: size, Seed: 1, Faults: true}, &m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.About.TakenAt = plan.Now
	var o analyzer.Options
	if configured {
		if o.Config, err = config.Parse("grantgraph.yaml", plan.Config); err != nil {
			t.Fatal(err)
		}
	}
	model, err := analyzer.Build(&m.Records, o)
	if err != nil {
		t.Fatal(err)
	}
	extra, err := rules.ReadExtra(&m.Records)
	if err != nil {
		t.Fatal(err)
	}
	return model, extra
}

// BenchmarkAudit runs all packs. Size L takes minutes: GRANTGRAPH_BENCH=L adds it.
// It lists no principals, as a table does not.
func BenchmarkAudit(b *testing.B) {
	sizes := []simulator.Size{simulator.SizeS, simulator.SizeM}
	if os.Getenv("GRANTGRAPH_BENCH") == string(simulator.SizeL) {
		sizes = append(sizes, simulator.SizeL)
	}
	set := shipped(b)
	for _, size := range sizes {
		for _, configured := range []bool{true, false} {
			model, extra := simulated(b, size, configured)
			b.Run(fmt.Sprintf("principals=%d/configured=%t", model.Graph.Principals(), configured), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := rules.Audit(b.Context(), model, set, rules.AuditOptions{Extra: extra, Principals: 1}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
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
