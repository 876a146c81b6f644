package simulator_test

import (
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

func TestFaultsNameRecords(t *testing.T) {
	t.Parallel()
	for _, o := range variants() {
		if !o.Faults {
			continue
		}
		t.Run(name(o), func(t *testing.T) {
			t.Parallel()
			plan, k := generated(t, o)
			known := map[authz.Key]bool{}
			eachRecord(&k.Records, func(key authz.Key) { known[key] = true })
			for _, g := range k.Grant {
				known[g.Key()] = true
			}
			for _, trust := range k.Trust {
				known[authz.Key{Org: trust.Org, Kind: authz.KindTrusteeOrganization, ID: trust.ID}] = true
			}
			for _, f := range plan.Faults {
				if f.Note == "" || len(f.Keys) == 0 || f.Kind != f.Keys[0].Kind {
					t.Errorf("%s: incomplete: %+v", f.Rule, f)
				}
				for _, key := range f.Keys {
					// A permission may be missing in the catalogue: that is the fault.
					if !known[key] && key.Kind != authz.KindOther && key.Kind != authz.KindPermission {
						t.Errorf("%s names %s, which is not there", f.Rule, key)
					}
				}
			}
		})
	}
}

func TestFaultsAreOfManyRules(t *testing.T) {
	t.Parallel()
	plan, _ := generated(t, simulator.Options{Size: simulator.SizeS, Faults: true})
	var rules []string
	for _, f := range plan.Faults {
		rules = append(rules, f.Rule)
	}
	for _, want := range []string{"TI-001", "TI-002", "TI-003", "TI-004", "TI-006", "TI-012", "SE-001", "SE-003", "SE-004", "OA-001", "RH-009", "AR-001", "AR-006"} {
		if !slices.Contains(rules, want) {
			t.Errorf("no fault for %s", want)
		}
	}
}
