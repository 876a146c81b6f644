package report_test

import (
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/report"
)

// TestCrossings asks the analyzer anew for each listed way into another tenant, and for
// the tenants that no way of a source leads into.
func TestCrossings(t *testing.T) {
	t.Parallel()
	m := generated(t, simulator.SizeS, 1)
	d, err := report.New(m, nil, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	into := map[int][]string{} // by source
	for i := range d.Escalation.Paths {
		p := &d.Escalation.Paths[i]
		if len(p.To) == 0 {
			continue
		}
		if slices.Contains(p.To, d.Principals[p.From].Tenant) {
			t.Errorf("%s comes into its own tenant: %v", d.Principals[p.From].Name, p.To)
		}
		into[p.From] = append(into[p.From], p.To...)
	}
	if len(into) == 0 || d.Escalation.Cross < len(into) {
		t.Fatalf("%d sources, %d principals", len(into), d.Escalation.Cross)
	}
	for from, tenants := range into {
		who := &d.Principals[from]
		source, _, err := m.FindSource(who.Kind.String() + ":" + who.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i := range d.Verdicts {
			name := d.Verdicts[i].Tenant
			to, _, err := m.FindDestination("tenant:" + name)
			if err != nil {
				t.Fatal(err)
			}
			found := m.Paths(source, to, analyzer.PathsOptions{}).Principals == 1
			if listed := slices.Contains(tenants, name); name != who.Tenant && listed != found && (listed || d.Escalation.CrossLeftOut == 0) {
				t.Errorf("%s into %s: listed %t; the analyzer finds %t", who.Name, name, listed, found)
			}
		}
	}
}
