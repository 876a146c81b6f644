package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/report"
)

// generated is a generated organization with some of every fault, with its
// configuration.
func generated(t testing.TB, size simulator.Size, seed uint64) *analyzer.Model {
	t.Helper()
	r := &memory{}
	plan, err := simulator.Generate(t.Context(), simulator.Options{Size: size, Seed: seed, Faults: true}, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.About.ID, r.About.Seal, r.About.TakenAt = fmt.Sprintf("%012x", seed), strings.Repeat("5e", 32), plan.Now
	c, err := config.Parse("generated.yaml", plan.Config)
	if err != nil {
		t.Fatal(err)
	}
	m, err := analyzer.Build(&r.Records, analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestSeeAlikeSaysTheSame spells the rows by class out for every member and division,
// and compares them with the rows one by one, which are made in another way.
func TestSeeAlikeSaysTheSame(t *testing.T) {
	t.Parallel()
	_, d := small(t)
	documents := map[string]*report.Document{"small": d, "told": audited(t)}
	d, err := report.New(generated(t, simulator.SizeS, 1), nil, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	documents["generated"] = d
	for name, d := range documents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := map[string]string{}
			for s := range d.WhoCanSee {
				want[fmt.Sprint(s.Principal, " ", s.Division.ID)] = fmt.Sprint(s.TargetTenant, s.Shared, s.Reach, s.Outside, s.Permissions)
			}
			got, rows := map[string]string{}, 0
			for s := range d.SeeAlike {
				rows++
				who := []uint32{uint32(s.Principal)}
				if s.Class > 0 {
					who = d.Classes[s.Class-1].Members
				}
				for _, p := range who {
					for _, div := range s.Divisions {
						k := fmt.Sprint(p, " ", div.ID)
						if _, twice := got[k]; twice {
							t.Errorf("%s is said twice", k)
						}
						got[k] = fmt.Sprint(s.TargetTenant, s.Shared, s.Reach, s.Outside, s.Permissions)
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("by class (-one by one +by class):\n%s", diff)
			}
			if len(want) < 20 || rows > len(want) {
				t.Errorf("%d rows by class, %d one by one", rows, len(want))
			}
		})
	}
}
