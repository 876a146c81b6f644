package sarif_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	lib "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/grantgraph/grantgraph/report/internal/sample"
	"github.com/grantgraph/grantgraph/report/sarif"
)

func write(t *testing.T) []byte {
	t.Helper()
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := sarif.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, data []byte) *lib.Run {
	t.Helper()
	r, err := lib.FromBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Validate(); err != nil {
		t.Fatalf("not valid against the published schema: %v", err)
	}
	return r.Runs[0]
}

// What is written is valid, and holds each finding once with its fingerprint,
// the accepted ones as suppressed.
func TestWriteIsValid(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	run := read(t, write(t))
	if got, want := len(run.Results), len(d.Findings)+len(d.Accepted)+len(d.Fixed); got != want {
		t.Fatalf("%d results; want %d", got, want)
	}
	if len(d.Accepted) == 0 || len(d.Findings) < 2 {
		t.Fatal("the sample has too little to compare")
	}
	all := append(slices.Clone(d.Findings), d.Fixed...)
	for _, a := range d.Accepted {
		all = append(all, a.Finding)
	}
	for i, r := range run.Results {
		suppressed := len(r.Suppressions) > 0
		f := all[i]
		if suppressed != (i >= len(all)-len(d.Accepted)) {
			t.Errorf("result %d: suppressed %t", i, suppressed)
		}
		if r.Fingerprints["grantgraph/v1"] != f.Fingerprint || *r.RuleID != f.Rule || *r.Message.Text != f.Message {
			t.Errorf("result %d: %s %s %q; want %s %s %q", i, r.Fingerprints["grantgraph/v1"], *r.RuleID, *r.Message.Text, f.Fingerprint, f.Rule, f.Message)
		}
		if rule := run.Tool.Driver.Rules[r.RuleIndex]; *rule.ID != f.Rule {
			t.Errorf("result %d: rule index leads to %s; want %s", i, *rule.ID, f.Rule)
		}
		if len(r.Locations) != len(f.Principals) {
			t.Errorf("result %d: %d locations; want %d", i, len(r.Locations), len(f.Principals))
		}
		if len(f.Facts) > 0 && len(f.Facts[0].Chains) > 0 && len(r.CodeFlows) == 0 {
			t.Errorf("result %d shows no derivation", i)
		}
	}
}

// Every gap of the snapshot is a notification.
func TestGapsAreNotifications(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	run := read(t, write(t))
	got := len(run.Invocations[0].ToolExecutionNotifications)
	if want := len(d.Head.Coverage.Gaps) + len(d.Undetermined); got != want || got == 0 {
		t.Errorf("%d notifications; want %d", got, want)
	}
}

// A result says that it is new only where there was something to compare with.
func TestBaselineState(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ status, want string }{{"new", "new"}, {"fixed", "absent"}} {
		d.Baseline = "an earlier one"
		d.Findings[0].Status, d.Findings[1].Status = c.status, "open"
		var b bytes.Buffer
		if err := sarif.Write(&b, d); err != nil {
			t.Fatal(err)
		}
		run := read(t, b.Bytes())
		if got := run.Results[0].BaselineState; got == nil || *got != c.want {
			t.Errorf("status %s: %v; want %s", c.status, got, c.want)
		}
		if got := run.Results[1].BaselineState; got == nil || *got != "unchanged" {
			t.Errorf("status open beside %s: %v; want unchanged", c.status, got)
		}
	}
	for i := range d.Findings {
		d.Findings[i].Status = "open"
	}
	d.Baseline = ""
	var b bytes.Buffer
	if err := sarif.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	if r := read(t, b.Bytes()).Results[0]; r.BaselineState != nil {
		t.Errorf("without a baseline the first result is %s", *r.BaselineState)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	if !bytes.Equal(write(t), write(t)) {
		t.Error("two runs differ")
	}
	if !json.Valid(write(t)) {
		t.Error("no JSON")
	}
}
