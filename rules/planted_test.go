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

// unplanted are the rules that no single generated organization shows, and why.
// Each has tests of its own beside it.
func unplanted() map[string]string {
	return map[string]string{
		"AR-007": "changes between two snapshots without a line in the log: needs an earlier snapshot",
		"RH-007": "a built-in role that changed: needs an earlier snapshot",
		"ES-012": "choke points depend on how the ways of all other faults cross, and differ from seed to seed; where there is one it has to be explained by them",
	}
}

// TestEveryRuleIsPlanted holds the generator to every rule that ships.
func TestEveryRuleIsPlanted(t *testing.T) {
	t.Parallel()
	plan, _ := generatedAudit(t, simulator.Options{Size: simulator.SizeS, Seed: 1, Faults: true})
	planted := map[string]bool{}
	for _, f := range plan.Faults {
		planted[f.Rule] = true
	}
	for id := range shippedIDs() {
		switch why := unplanted()[id]; {
		case why == "" && !planted[id]:
			t.Errorf("no fault is planted for %s, and nothing says why", id)
		case why != "" && planted[id]:
			t.Errorf("%s is planted, though %q", id, why)
		}
	}
}

// TestSoundIsQuiet shows that an organization without faults has no finding above low.
func TestSoundIsQuiet(t *testing.T) {
	t.Parallel()
	quiet := func(o simulator.Options) {
		_, findings := generatedAudit(t, o)
		for _, f := range findings {
			if f.Severity > Low {
				t.Errorf("size %s, seed %d, %s: %s %s: %s", o.Size, o.Seed, o.Shape, f.Severity, f.Fingerprint, f.Message)
			}
		}
	}
	for seed := range seeds(t) {
		for _, shape := range []simulator.Shape{simulator.ShapeReal, simulator.ShapeFlat} {
			quiet(simulator.Options{Size: simulator.SizeS, Seed: seed + 1, Shape: shape})
		}
	}
	for seed := range max(1, seeds(t)/20) {
		quiet(simulator.Options{Size: simulator.SizeM, Seed: seed + 1})
	}
}
