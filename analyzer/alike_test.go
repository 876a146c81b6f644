package analyzer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
)

// Rows that are told once for all who are alike are the rows of each of them.
func TestAllRows(t *testing.T) {
	t.Parallel()
	shared := 0
	for seed := range organizations {
		s := randomSetup(int64(seed))
		m, err := analyzer.Build(s.records, analyzer.Options{Now: s.now()})
		if err != nil {
			continue
		}
		of := graph.NewSet(m.Graph.Principals())
		for p := range m.Graph.Principals() {
			of.Add(uint32(p))
		}
		rows, given := m.AllRows(of), map[*analyzer.AccessRow]bool{}
		for p := range of.All() {
			got := rows.Of(p)
			if diff := cmp.Diff(m.Access(p, false).Access, got); diff != "" {
				t.Fatalf("organization %d, %s (-each +alike):\n%s\n%v", seed, m.Graph.Principal(p).Key, diff, s)
			}
			if len(got) > 0 {
				if given[&got[0]] {
					shared++
				}
				given[&got[0]] = true
			}
		}
	}
	if shared == 0 {
		t.Error("no two principals shared their rows")
	}
}
