package analyzer_test

import (
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

// BenchmarkCut ends the reach of one tenant into another, and verifies it by
// building the graph of the snapshot with the changes made.
func BenchmarkCut(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run(string(size), func(b *testing.B) {
			path, plan := simulated(b, size)
			m := modelOf(b, path, plan)
			r, err := snapshot.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			from, _, err := m.FindSource("BPO_A")
			if err != nil {
				b.Fatal(err)
			}
			to, _, err := m.FindTarget("tenant:BPO_B")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				a, err := m.Cut(from, to, analyzer.CutOptions{Source: r})
				if err != nil || a.Size == 0 || !a.Verified {
					b.Fatalf("%v: a cut of size %d, verified %v", err, a.Size, a.Verified)
				}
				b.ReportMetric(float64(a.Size), "changes")
			}
		})
	}
}
