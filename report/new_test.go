package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/internal/sample"
	"github.com/grantgraph/grantgraph/rules"
)

// memory is a sink that keeps what it is given.
type memory struct{ authz.Records }

func (m *memory) Put(rec authz.Record, _ json.RawMessage) error { return m.Records.Put(rec) }

func (m *memory) Cover(line authz.Coverage) error {
	m.CoverageLedger = append(m.CoverageLedger, line)
	return nil
}

// told is the model of the organization in which things went wrong.
func told(t *testing.T) *analyzer.Model {
	t.Helper()
	r := &memory{}
	if err := bundle.New(simulator.Told(), "told", bundle.Options{}).Collect(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.About.ID, r.About.Seal, r.About.TakenAt = "0123456789ab", strings.Repeat("5e", 32), simulator.Moment()
	c, err := config.Parse("told.yaml", simulator.ToldConfig())
	if err != nil {
		t.Fatal(err)
	}
	m, err := analyzer.Build(r, analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func small(t *testing.T) (*analyzer.Model, *report.Document) {
	t.Helper()
	m, r, err := sample.Small()
	if err != nil {
		t.Fatal(err)
	}
	d, err := report.New(m, r, report.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return m, d
}

func TestNewNeedsModel(t *testing.T) {
	t.Parallel()
	if _, err := report.New(nil, nil, report.Options{}); err == nil {
		t.Error("New(nil) gave no error")
	}
}

func TestWithoutFindingsSaysSo(t *testing.T) {
	t.Parallel()
	d, err := report.New(told(t), nil, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(d.Notes, "\n"), "no rules were run") {
		t.Errorf("notes = %q", d.Notes)
	}
	if len(d.Findings) != 0 || d.Findings == nil {
		t.Errorf("findings = %v; want an empty list", d.Findings)
	}
}

// TestCountsAgree holds each number of a document against what it counts.
func TestCountsAgree(t *testing.T) {
	t.Parallel()
	_, d := small(t)
	toldDoc, err := report.New(told(t), nil, report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*report.Document{"small": d, "told": toldDoc} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkSequences(t, d)
			checkMatrix(t, d)
			live := 0
			for i := range d.Principals {
				if d.Principals[i].Live && d.Principals[i].Acts {
					live++
				}
			}
			same(t, "live", d.Counts.Live, live)
			same(t, "principals", d.Counts.Principals, len(d.Principals))
			same(t, "roles", d.Counts.Roles, len(d.Roles))
			same(t, "clients", d.Counts.Clients, len(d.Clients))
			same(t, "gaps", d.Counts.Gaps, len(d.Head.Coverage.Gaps))
		})
	}
}

func same(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d; want %d", what, got, want)
	}
}

func checkSequences(t *testing.T, d *report.Document) {
	t.Helper()
	grants, cells := 0, 0
	for range d.Grants {
		grants++
	}
	for _, c := range d.GrantCells {
		cells += c.Grants
	}
	same(t, "grants", grants, d.Counts.Grants)
	same(t, "grants by cell", cells, d.Counts.Grants)
	rows, outside, wantOutside := 0, 0, 0
	for s := range d.WhoCanSee {
		rows++
		if s.Outside {
			outside++
		}
		if s.Permissions == 0 && d.Principals[s.Principal].Known && s.Via.Role != "" {
			t.Errorf("%s sees %s by no permission", d.Principals[s.Principal].ID, s.Division.Name)
		}
	}
	for _, c := range d.SeeCells {
		if c.Outside {
			wantOutside += c.Whole + c.Conditional + c.Limited
		}
	}
	same(t, "who can see", rows, d.Counts.WhoCanSee)
	same(t, "who can see from outside", outside, wantOutside)
}

func checkMatrix(t *testing.T, d *report.Document) {
	t.Helper()
	outside := map[string]int{}
	for i := range d.Matrix.Cells {
		c := &d.Matrix.Cells[i]
		same(t, c.From+" → "+c.To, len(c.Holders), c.Principals)
		through := 0
		for _, x := range c.Through {
			through += x.Principals
		}
		same(t, c.From+" → "+c.To+" through", through, c.Principals)
		outside[c.To] += c.Principals
	}
	for _, v := range d.Verdicts {
		same(t, "outside "+v.Tenant, v.Outside, outside[v.Tenant])
	}
}

// TestWhoCanSeeAnswersTheQuestion compares the rows with the command's answer.
func TestWhoCanSeeAnswersTheQuestion(t *testing.T) {
	t.Parallel()
	m, d := small(t)
	got := map[string]string{}
	for s := range d.WhoCanSee {
		got[d.Principals[s.Principal].ID+" "+s.Division.ID] = s.Reach.String()
	}
	want := map[string]string{}
	for _, div := range m.Graph.Divisions() {
		target, _, err := m.FindTarget("division:" + div.Key.ID)
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Who("see", target, analyzer.WhoOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range a.Answers {
			want[row.Principal.ID+" "+div.Key.ID] = row.Reach.String()
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who can see (-command +report):\n%s", diff)
	}
}

// TestPermissionCounts compares the counted permissions with the graph's rows.
func TestPermissionCounts(t *testing.T) {
	t.Parallel()
	m, d := small(t)
	o := m.Graph.Organizations()[0].ID
	see, _ := m.Lexicon.Verb("see")
	for s := range d.WhoCanSee {
		division, _ := m.Graph.FindDivision(authz.Key{Org: o, Kind: authz.KindDivision, ID: s.Division.ID})
		seen := map[string]bool{}
		for _, r := range m.Graph.Access(uint32(s.Principal)) {
			carries := m.Lexicon.Carries(r.Permission.Pattern, r.Permission.Aware) == "tenant"
			if see.Covers(r.Permission.Pattern) && carries && (r.Division == division || int(r.Division) >= len(m.Graph.Divisions())) {
				seen[r.Permission.Name] = true
			}
		}
		if s.Permissions != len(seen) {
			t.Errorf("%s over %s: %d permissions; want %d", d.Principals[s.Principal].ID, s.Division.Name, s.Permissions, len(seen))
		}
	}
}

func TestDeterministic(t *testing.T) {
	t.Parallel()
	text := func() string {
		_, d := small(t)
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		for s := range d.WhoCanSee {
			_ = e.Encode(s)
		}
		for g := range d.Grants {
			_ = e.Encode(g)
		}
		if err := e.Encode(struct {
			Verdicts, Matrix, Findings, Principals, Roles, Clients, GrantCells, SeeCells any
		}{d.Verdicts, d.Matrix, d.Findings, d.Principals, d.Roles, d.Clients, d.GrantCells, d.SeeCells}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if diff := cmp.Diff(text(), text()); diff != "" {
		t.Errorf("two documents differ:\n%s", diff)
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	_, d := small(t)
	f := d.Findings[0]
	if diff := cmp.Diff([]string{"BPO_B"}, f.Targets); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"BPO_A", "BPO_B"}, f.Tenants); diff != "" {
		t.Errorf("tenants (-want +got):\n%s", diff)
	}
	var kinds []string
	for _, l := range f.Picture {
		kinds = append(kinds, l.Kind)
	}
	if diff := cmp.Diff([]string{"principal", "grant", "policy", "reach"}, kinds); diff != "" {
		t.Errorf("picture (-want +got):\n%s", diff)
	}
	if len(f.People) != 1 || d.Principals[f.People[0]].ID != "bo" {
		t.Errorf("people = %v", f.People)
	}
	want := []report.RuleCount{
		{Rule: "TI-001", Title: "Access to another tenant's recordings", Severity: rules.Critical, Findings: 2, Principals: 2},
		{Rule: "AR-005", Title: "Role with a wildcard", Severity: rules.Medium, Findings: 1, Principals: len(d.Principals)},
		{Rule: "ST-001", Title: "Account not used", Severity: rules.Low, Findings: 1},
		{Rule: "ST-002", Title: "Told only", Severity: rules.Info, Findings: 1},
	}
	if diff := cmp.Diff(want, d.Rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestExceptions(t *testing.T) {
	t.Parallel()
	_, d := small(t)
	var states []string
	for _, e := range d.Exceptions {
		states = append(states, e.State)
	}
	if diff := cmp.Diff([]string{"in force", "expired"}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestDangling(t *testing.T) {
	t.Parallel()
	_, d := small(t)
	if len(d.Dangling) != 1 || d.Dangling[0].Missing != "subject" || d.Dangling[0].Role != "Agent" || d.Dangling[0].Division != "BPO_A" {
		t.Errorf("dangling = %+v", d.Dangling)
	}
}
