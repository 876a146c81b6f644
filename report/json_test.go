package report_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/grantgraph/grantgraph/report"
)

// names are principals as report.json names them.
type names struct {
	Count               int
	Classes, Principals []int
}

// jsonReport is what a program reads from report.json.
type jsonReport struct {
	Findings []struct {
		Fingerprint string
		Who         names
	}
	Matrix []struct {
		From, To   string
		Principals int
		Who        names
	}
	Classes    []struct{ Members []int }
	Principals []struct {
		ID    string
		Class int
	}
}

// all spells names out, as the page about reports says.
func (r *jsonReport) all(w names) []int {
	out := slices.Clone(w.Principals)
	for _, c := range w.Classes {
		out = append(out, r.Classes[c-1].Members...)
	}
	slices.Sort(out)
	return out
}

// namesEverybody holds report.json to its schema, and spells out whom each finding and
// cell names.
func namesEverybody(t *testing.T, d *report.Document, file []byte) {
	t.Helper()
	valid(t, schemaOf(t, "report"), file)
	var r jsonReport
	if err := json.Unmarshal(file, &r); err != nil {
		t.Fatal(err)
	}
	classes := 0
	for i, f := range r.Findings {
		classes += len(f.Who.Classes)
		want := slices.Sorted(slices.Values(d.Findings[i].People))
		if diff := cmp.Diff(want, r.all(f.Who)); diff != "" && len(want) > 0 || f.Who.Count != len(want) {
			t.Errorf("%s concerns %d (-want +got):\n%s", f.Fingerprint, f.Who.Count, diff)
		}
	}
	for i, c := range r.Matrix {
		var want []int
		for _, h := range d.Matrix.Cells[i].Holders {
			want = append(want, h.Principal)
		}
		if diff := cmp.Diff(want, r.all(c.Who)); diff != "" && len(want) > 0 || c.Principals != len(want) {
			t.Errorf("%s → %s (-want +got):\n%s", c.From, c.To, diff)
		}
	}
	if classes == 0 {
		t.Error("no finding names a class")
	}
	for i, p := range r.Principals {
		if p.ID != d.Principals[i].ID || p.Class > 0 && !slices.Contains(r.Classes[p.Class-1].Members, i) {
			t.Errorf("principal %d is %+v", i, p)
		}
	}
}

func schemaOf(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../docs/schema/" + name + ".v1.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, document []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("not as the schema has it: %v", err)
	}
}
