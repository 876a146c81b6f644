package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

// A tally counts findings by what a form says of each: its status, its severity and
// the number of its principals.
type tally map[string]int

func (t tally) add(status, severity string, principals any) {
	t[fmt.Sprintf("%s %s, %v principals", status, severity, principals)]++
}

// TestForms writes every form of several results, and holds what they say against each
// other and against the schemas.
func TestForms(t *testing.T) {
	t.Parallel()
	_, d := small(t)
	for name, d := range map[string]*report.Document{"small": d, "told": audited(t), "since": since(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := forms(t, d)
			agree(t, d, files)
			namesEverybody(t, d, files["json"])
			line := schemaOf(t, "report-line")
			for text := range strings.Lines(string(files["jsonl"])) {
				valid(t, line, []byte(text))
			}
		})
	}
}

// agree compares what the forms of one result say: how many findings are new, open,
// accepted and fixed, how bad each is, and how many principals it concerns.
func agree(t *testing.T, d *report.Document, files map[string][]byte) {
	t.Helper()
	want := tally{}
	for i := range d.Findings {
		want.add(d.Findings[i].Status, d.Findings[i].Severity.String(), d.Findings[i].Count)
	}
	for i := range d.Accepted {
		want.add("accepted", d.Accepted[i].Severity.String(), d.Accepted[i].Count)
	}
	for i := range d.Fixed {
		want.add("fixed", d.Fixed[i].Severity.String(), d.Fixed[i].Count)
	}
	if len(want) < 5 {
		t.Fatalf("%d kinds of findings: too few to compare", len(want))
	}
	for form, count := range map[string]func([]byte, tally) error{
		"html": inHTML, "xlsx": inXLSX, "findings.csv": inCSV, "json": inJSON, "jsonl": inJSONL, "sarif": inSARIF, "oscal": inOSCAL, "markdown": inMarkdown,
	} {
		got := tally{}
		if err := count(files[form], got); err != nil {
			t.Errorf("%s: %v", form, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-document +form):\n%s", form, diff)
		}
	}
}

// since is the document of a generated organization, held against another one that
// stands for its past.
func since(t *testing.T) *report.Document {
	t.Helper()
	set, err := rules.Load(rules.Shipped(), rules.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m := generated(t, simulator.SizeS, 1)
	r, err := rules.Audit(t.Context(), m, set, rules.AuditOptions{Before: &rules.Before{Model: generated(t, simulator.SizeS, 2)}, Principals: report.Listed})
	if err != nil {
		t.Fatal(err)
	}
	if r.Totals.New == 0 || r.Totals.Fixed == 0 {
		t.Fatalf("totals %+v: nothing to compare", r.Totals)
	}
	d, err := report.New(m, r, report.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func inHTML(page []byte, out tally) error {
	_, rest, _ := bytes.Cut(page, []byte(`<script type="application/json" id="data">`))
	block, _, _ := bytes.Cut(rest, []byte("</script>"))
	var data struct { // a severity is a number in the page
		Findings []struct {
			Severity, Total int
			Status          string
		}
	}
	err := json.Unmarshal(block, &data)
	for _, f := range data.Findings {
		out.add(f.Status, rules.Severity(f.Severity).String(), f.Total)
	}
	return err
}

func inXLSX(book []byte, out tally) error {
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := f.GetRows("Findings")
	inRows(rows, out)
	return err
}

func inCSV(file []byte, out tally) error {
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	inRows(rows, out)
	return err
}

func inRows(rows [][]string, out tally) {
	for _, r := range rows[min(1, len(rows)):] {
		out.add(r[3], r[0], r[6])
	}
}

func inJSON(file []byte, out tally) error {
	type finding struct {
		Status, Severity string
		Who              struct{ Count int }
	}
	var r struct{ Findings, Accepted, Fixed []finding }
	err := json.Unmarshal(file, &r)
	for _, list := range [][]finding{r.Findings, r.Accepted, r.Fixed} {
		for _, f := range list {
			out.add(f.Status, f.Severity, f.Who.Count)
		}
	}
	return err
}

func inJSONL(file []byte, out tally) error {
	for line := range strings.Lines(string(file)) {
		var f struct {
			Status, Severity string
			Principals       []any
			LeftOut          int `json:"principals_left_out"`
		}
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			return err
		}
		out.add(f.Status, f.Severity, len(f.Principals)+f.LeftOut)
	}
	return nil
}

func inSARIF(file []byte, out tally) error {
	var log struct {
		Runs []struct {
			Results []struct {
				BaselineState string
				Suppressions  []any
				Locations     []any
				Properties    struct {
					Severity            string
					PrincipalsNotListed int
				}
			}
		}
	}
	err := json.Unmarshal(file, &log)
	for _, run := range log.Runs {
		for _, r := range run.Results {
			status := map[string]string{"new": "new", "absent": "fixed"}[r.BaselineState]
			if status == "" {
				status = "open"
			}
			if len(r.Suppressions) > 0 {
				status = "accepted"
			}
			out.add(status, r.Properties.Severity, len(r.Locations)+r.Properties.PrincipalsNotListed)
		}
	}
	return err
}

func inOSCAL(file []byte, out tally) error {
	type prop struct{ Name, Value string }
	var doc struct {
		Results struct {
			Results []struct {
				Observations []struct {
					UUID  string
					Types []string
					Props []prop
				}
				Risks []struct {
					Status              string
					Characterizations   []struct{ Facets []prop }
					RelatedObservations []struct {
						UUID string `json:"observation-uuid"`
					} `json:"related-observations"`
				}
			}
		} `json:"assessment-results"`
	}
	if err := json.Unmarshal(file, &doc); err != nil {
		return err
	}
	r := doc.Results.Results[0]
	of := map[string]map[string]string{} // the properties of an observation
	for _, o := range r.Observations {
		of[o.UUID] = map[string]string{}
		for _, p := range o.Props {
			of[o.UUID][p.Name] = p.Value
		}
	}
	for _, k := range r.Risks {
		o := of[k.RelatedObservations[0].UUID]
		status := map[string]string{"deviation-approved": "accepted", "closed": "fixed", "open": o["status"]}[k.Status]
		out.add(status, k.Characterizations[0].Facets[0].Value, o["principals"])
	}
	return nil
}

func inMarkdown(file []byte, out tally) error {
	section := ""
	for line := range strings.Lines(string(file)) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section, _, _ = strings.Cut(strings.TrimSpace(title), " ")
		}
		cells := strings.Split(strings.TrimPrefix(line, "| "), " | ")
		if len(cells) < 4 {
			continue
		}
		status, principals := strings.ToLower(section), cells[2]
		switch section {
		case "Findings":
			status, principals = cells[2], cells[3]
		case "Accepted", "Fixed":
		default:
			continue
		}
		if _, err := strconv.Atoi(principals); err == nil { // else it is the heading
			out.add(status, cells[0], principals)
		}
	}
	return nil
}
