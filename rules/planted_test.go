package rules

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// manySeeds names the environment variable that says how many organizations
// TestPlantedFaults looks at.
const manySeeds = "GRANTGRAPH_SEEDS"

func seeds(t *testing.T) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(os.Getenv(manySeeds), 10, 64)
	if err != nil || n == 0 {
		return 4
	}
	return n
}

// generatedAudit audits a generated organization, with every finding on its own:
// what stands under another has to be found too.
func generatedAudit(t *testing.T, o simulator.Options) (simulator.Plan, []Finding) {
	t.Helper()
	var m kept
	plan, err := simulator.Generate(context.Background(), o, &m, nil)
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
	extra, err := ReadExtra(&m.Records)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Load(Shipped(), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.rules {
		r.covers = nil
	}
	res, err := Audit(t.Context(), model, set, AuditOptions{Extra: extra, Reasons: -1})
	if err != nil {
		t.Fatal(err)
	}
	return plan, res.Findings
}

// names reports whether a finding names one of some records.
func (f *Finding) names(keys []authz.Key) bool {
	return slices.ContainsFunc(keys, func(k authz.Key) bool {
		return slices.ContainsFunc(f.Principals, func(p analyzer.PrincipalRef) bool { return p.Kind == k.Kind && p.ID == k.ID }) ||
			slices.ContainsFunc(f.Records, func(r analyzer.TargetRef) bool {
				return r.Kind == k.Kind && r.ID == k.ID || r.Kind == authz.KindTrust && k.Kind == authz.KindTrusteeOrganization && r.ID == k.ID
			})
	})
}

// TestPlantedFaults shows that every planted fault is found by its rule, and
// that nothing else above low is found: recall and precision are 1.
func TestPlantedFaults(t *testing.T) {
	t.Parallel()
	planted, found, flagged, explained := 0, 0, 0, 0
	rules, ships := map[string]bool{}, shippedIDs()
	for seed := range seeds(t) {
		plan, findings := generatedAudit(t, simulator.Options{Size: simulator.SizeS, Seed: seed + 1, Faults: true})
		for _, fault := range plan.Faults {
			if !ships[fault.Rule] {
				continue
			}
			planted++
			rules[fault.Rule] = true
			if slices.ContainsFunc(findings, func(f Finding) bool { return f.Rule == fault.Rule && f.names(fault.Keys) }) {
				found++
			} else {
				t.Errorf("seed %d: %s does not find: %s (%v)", seed+1, fault.Rule, fault.Note, fault.Keys)
			}
		}
		for i := range findings {
			f := &findings[i]
			if f.Severity <= Low {
				continue
			}
			flagged++
			if slices.ContainsFunc(plan.Faults, func(fault simulator.Fault) bool {
				return (fault.Rule == f.Rule || slices.Contains(fault.Also, f.Rule)) && f.names(fault.Keys)
			}) {
				explained++
			} else {
				t.Errorf("seed %d: nothing was planted for %s: %s", seed+1, f.Fingerprint, f.Message)
			}
		}
	}
	t.Logf("%d organizations, %d rules: recall %.4f (%d of %d planted faults found), precision %.4f (%d of %d findings above low were planted)",
		seeds(t), len(rules), float64(found)/float64(planted), found, planted, float64(explained)/float64(flagged), explained, flagged)
}

// TestSoundIsQuiet shows that an organization without faults has no finding above low.
func TestSoundIsQuiet(t *testing.T) {
	t.Parallel()
	for seed := range seeds(t) {
		for _, shape := range []simulator.Shape{simulator.ShapeReal, simulator.ShapeFlat} {
			_, findings := generatedAudit(t, simulator.Options{Size: simulator.SizeS, Seed: seed + 1, Shape: shape})
			for _, f := range findings {
				if f.Severity > Low {
					t.Errorf("seed %d, %s: %s %s: %s", seed+1, shape, f.Severity, f.Fingerprint, f.Message)
				}
			}
		}
	}
}
