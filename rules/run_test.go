package rules_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/rules"
)

// TestWorkersChangeNothing shows that findings, evidence and derivations are the
// same with one rule at a time and with eight, compared with an earlier snapshot
// and not.
func TestWorkersChangeNothing(t *testing.T) {
	t.Parallel()
	type organization struct {
		model  *analyzer.Model
		extra  *rules.Extra
		before *rules.Before
	}
	list := map[string]organization{}
	all := bases(t)
	for name, b := range all {
		list[name] = organization{model: model(t, b.Records, string(b.Config))}
	}
	clean := all["clean"]
	list["told since clean"] = organization{list["told"].model, nil, &rules.Before{Model: model(t, clean.Records, string(clean.Config))}}
	m, extra := simulated(t, simulator.SizeS, true)
	list["simulated"] = organization{m, extra, nil}
	set := shipped(t)
	found := 0
	for name, o := range list {
		var want string
		for _, workers := range []int{1, 2, 8} {
			res, err := rules.Audit(t.Context(), o.model, set, rules.AuditOptions{Extra: o.extra, Before: o.before, Workers: workers})
			if err != nil {
				t.Fatalf("%s with %d workers: %v", name, workers, err)
			}
			b, err := json.MarshalIndent(res, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if workers == 1 {
				want = string(b)
				found += len(res.Findings)
			} else if diff := cmp.Diff(want, string(b)); diff != "" {
				t.Fatalf("%s (-1 +%d workers):\n%s", name, workers, diff)
			}
		}
	}
	if found < 100 {
		t.Errorf("%d findings in all; want enough to tell", found)
	}
}

// TestFirstErrorIsTold shows that of several rules that fail the same one is
// told, however many are evaluated at a time.
func TestFirstErrorIsTold(t *testing.T) {
	t.Parallel()
	m := model(t, small(), smallConfig)
	many := "['" + strings.Repeat("x', '", 60) + "x']"
	text := "pack: p\nversion: 1\nrules:\n"
	for _, id := range []string{"XX-001", "XX-002", "XX-003"} {
		when := many + ".all(a, " + many + ".all(b, " + many + ".all(c, " + many + ".all(d, a + b + c + d != principal.name))))"
		if id == "XX-001" {
			when = "principal.live" // all is well
		}
		text += rule(id, "severity: low\nfact: principal\nwhen: \""+when+"\"\nkey: [name]\nmessage: m")
	}
	set, err := rules.Load([]rules.Source{{Name: "p.yaml", Data: []byte(text)}}, rules.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 2, 8} {
		_, err := rules.Audit(t.Context(), m, set, rules.AuditOptions{Workers: workers})
		if err == nil || !strings.Contains(err.Error(), "rule XX-002 ") {
			t.Errorf("with %d workers: %v; want the error of the first rule that fails", workers, err)
		}
	}
}
