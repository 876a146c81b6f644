package oscal_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/defenseunicorns/go-oscal/src/pkg/validation"
	types "github.com/defenseunicorns/go-oscal/src/types/oscal-1-1-3"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/internal/sample"
	"github.com/grantgraph/grantgraph/report/oscal"
)

func document(t *testing.T) *report.Document {
	t.Helper()
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func write(t *testing.T, d *report.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := oscal.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, data []byte) *types.AssessmentResults {
	t.Helper()
	v, err := validation.NewValidatorDesiredVersion(data, "1.1.3")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Validate(); err != nil {
		r, _ := v.GetValidationResult()
		text, _ := json.Marshal(r.Errors)
		t.Fatalf("not valid against the published schema: %v\n%s", err, text)
	}
	var m types.OscalModels
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m.AssessmentResults
}

// What is written is valid against the published schema, names that are hostile
// included, and holds each finding once, with the risk that somebody accepted told
// as an approved deviation.
func TestWriteIsValid(t *testing.T) {
	d := document(t)
	r := read(t, write(t, d)).Results[0]
	want := len(d.Findings) + len(d.Accepted) + len(d.Fixed)
	if got := len(*r.Findings); got != want || want == 0 {
		t.Fatalf("%d findings; want %d", got, want)
	}
	if got := len(*r.Risks); got != want {
		t.Errorf("%d risks; want %d", got, want)
	}
	gaps := len(d.Head.Coverage.Gaps)
	if got := len(*r.Observations); got != want+gaps || gaps == 0 {
		t.Errorf("%d observations; want %d and %d gaps", got, want, gaps)
	}
	accepted := 0
	for _, risk := range *r.Risks {
		if risk.Status == "deviation-approved" {
			accepted++
		}
	}
	if accepted != len(d.Accepted) || accepted == 0 {
		t.Errorf("%d approved deviations; want %d", accepted, len(d.Accepted))
	}
	for i, f := range *r.Findings {
		if (*f.RelatedObservations)[0].ObservationUuid != (*r.Observations)[i].UUID || (*f.RelatedRisks)[0].RiskUuid != (*r.Risks)[i].UUID {
			t.Errorf("finding %d leads to another one's observation or risk", i)
		}
	}
}

// A document without findings is valid too.
func TestWriteNothing(t *testing.T) {
	d := document(t)
	d.Findings, d.Accepted, d.Fixed = nil, nil, nil
	d.Head.Coverage.Gaps = nil
	r := read(t, write(t, d)).Results[0]
	if r.Findings != nil || r.Risks != nil || r.Observations != nil {
		t.Error("it has findings")
	}
}

// A finding that is gone is satisfied, its risk closed.
func TestWriteFixed(t *testing.T) {
	d := document(t)
	last := len(d.Findings) - 1
	d.Baseline, d.Fixed, d.Findings = "an earlier one", d.Findings[last:], d.Findings[:last]
	d.Fixed[0].Status = "fixed"
	r := read(t, write(t, d)).Results[0]
	if got, want := len(*r.Findings), last+1+len(d.Accepted); got != want {
		t.Fatalf("%d findings; want %d", got, want)
	}
	if s := (*r.Findings)[last].Target.Status.State; s != "satisfied" {
		t.Errorf("fixed finding is %s", s)
	}
	if s := (*r.Risks)[last].Status; s != "closed" {
		t.Errorf("risk of fixed finding is %s", s)
	}
	if s := (*r.Findings)[0].Target.Status.State; s != "not-satisfied" {
		t.Errorf("open finding is %s", s)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	if !bytes.Equal(write(t, document(t)), write(t, document(t))) {
		t.Error("two runs differ")
	}
}
