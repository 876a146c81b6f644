package analyzer_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// recordSink keeps what a source tells in memory.
type recordSink struct{ authz.Records }

func (s *recordSink) Put(r authz.Record, _ json.RawMessage) error { return s.Records.Put(r) }

func (s *recordSink) Cover(c authz.Coverage) error {
	s.CoverageLedger = append(s.CoverageLedger, c)
	return nil
}

func read(t *testing.T, fsys fs.FS) *authz.Records {
	t.Helper()
	var sink recordSink
	if err := bundle.New(fsys, "told", bundle.Options{}).Collect(context.Background(), &sink); err != nil {
		t.Fatal(err)
	}
	sink.About.TakenAt = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	return &sink.Records
}

func told(t *testing.T) *analyzer.Model {
	t.Helper()
	c, err := config.Parse("told.yaml", simulator.ToldConfig())
	if err != nil {
		t.Fatal(err)
	}
	m, err := analyzer.Build(read(t, simulator.Told()), analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// explained asks why, in the words of the command line.
func explained(t *testing.T, m *analyzer.Model, principal, permission, target string) *analyzer.ExplainAnswer {
	t.Helper()
	p, _, err := m.FindPrincipal(principal)
	if err != nil {
		t.Fatal(err)
	}
	tg, _, err := m.FindTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Explain(p, permission, tg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The cases of the source documents, sentence by sentence. The numbers are
// those of the table beside the organization.
func TestToldAccess(t *testing.T) {
	t.Parallel()
	m := told(t)
	for _, c := range []struct {
		sentence, who, permission, target string
		want                              graph.Level
	}{
		{"1: a supervisor of BPO_A sees BPO_A", "u-ana", "routing:queue:view", "BPO_A", graph.Whole},
		{"1: and is blind to BPO_B", "u-ana", "routing:queue:view", "BPO_B", graph.None},
		{"1: and to Home", "u-ana", "analytics:conversationDetail:view", "division:Home", graph.None},
		{"2: a supervisor of BPO_B sees BPO_B", "u-bo", "quality:evaluation:view", "BPO_B", graph.Whole},
		{"2: and is blind to BPO_A", "u-bo", "quality:evaluation:view", "BPO_A", graph.None},
		{"3: granted globally, the same role reaches BPO_B", "u-maria", "routing:queue:view", "BPO_B", graph.Whole},
		{"3: and HR", "u-maria", "routing:queue:view", "division:HR", graph.Whole},
		{"4a: a partner left in Home sees his own partner's division only", "u-pavel", "routing:queue:view", "Partner_Acme", graph.Whole},
		{"4a: lying in Home gives nothing in Home", "u-pavel", "routing:queue:view", "division:Home", graph.None},
		{"4a: his own queue lies in Home: he cannot see it", "u-pavel", "routing:queue:view", "queue:q-acme-returns", graph.None},
		{"4b: a partner's role in Home shows everything there", "u-petra", "routing:queue:view", "queue:q-b-billing", graph.Whole},
		{"5: flow view in Home shows the main IVR flow", "u-aldo", "Architect > Flow > View", "flow:flow-main-ivr", graph.Whole},
		{"6a: scope group reaches the queue shared with the other tenant", "u-amir", "reporting:queue:view", "queue:q-overflow", graph.Limited},
		{"6a: and the group's own queue", "u-amir", "reporting:queue:view", "queue:q-a-sales", graph.Limited},
		{"6a: but no queue that the group is not on", "u-amir", "reporting:queue:view", "queue:q-b-sales", graph.None},
		{"6b: an agent sees the queues he is assigned to", "u-amir", "routing:queue:view", "queue:q-a-support", graph.Limited},
		{"6b: and not a queue where the role was not granted", "u-ben", "routing:queue:view", "queue:q-overflow", graph.None},
		{"6b: scope self is himself", "u-amir", "User > Profile > View", "user:u-amir", graph.Limited},
		{"6b: and nobody else", "u-amir", "User > Profile > View", "user:u-ada", graph.None},
		{"6c: a view limits a supervisor to its queues", "u-aldo", "routing:queue:view", "queue:q-a-sales", graph.Limited},
		{"6c: the others are out of view", "u-aldo", "routing:queue:view", "queue:q-a-support", graph.None},
		{"6d: scope all reaches the division whole", "u-bea", "reporting:reportingData:view", "BPO_B", graph.Whole},
		{"7a: an integration impersonates anybody, the administrator too", "oc-bpo-a-connector", "user:impersonate", "user:u-olga", graph.Whole},
		{"7b: its replacement impersonates the group's members", "oc-bpo-a-workspace", "user:impersonate", "user:u-amir", graph.Limited},
		{"7b: and nobody else", "oc-bpo-a-workspace", "user:impersonate", "user:u-ana", graph.None},
		{"8a: an administrator for two hours since March reaches BPO_B", "u-sam", "directory:user:view", "BPO_B", graph.Whole},
		{"10a: a shared vendor client reaches both partners", "oc-reporting-bridge", "routing:queue:view", "BPO_A", graph.Whole},
		{"10b: a vendor's own client reaches its own", "oc-acme-reporting", "routing:queue:view", "BPO_A", graph.None},
		{"11: a trustee's user reaches where it was granted", "trustee_user:tu-nora", "routing:queue:view", "BPO_A", graph.Whole},
		{"12b: a role hands on what it inherits", "u-rita", "routing:queue:view", "division:HR", graph.Whole},
		{"12c: the master role reaches HR", "u-max", "routing:queue:view", "division:HR", graph.Whole},
		{"12c: three grants of one role do not", "u-mona", "routing:queue:view", "division:HR", graph.None},
		{"15: an unknown trustee group reaches BPO_B", "trustee_group:tg-northwind-night", "routing:queue:view", "BPO_B", graph.Whole},
		{"16a: scope team limits editing to the team's queues", "u-tess", "telephony_queues:edit", "queue:q-a-support", graph.Limited},
		{"16a: another queue of the division is out of it", "u-tess", "telephony_queues:edit", "queue:q-a-sales", graph.None},
		{"16b: a group's role widens a member", "u-tess", "routing:queue:view", "BPO_B", graph.Whole},
		{"17a: no division limits a group's list of members", "u-maria", "directory:group:view", "BPO_B", graph.Whole},
		{"17c: an unknown permission reaches other divisions conditionally", "u-hanna", "coaching:appointment:view", "BPO_B", graph.Conditional},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			a := explained(t, m, c.who, c.permission, c.target)
			if a.Reach != c.want || a.Holds != (c.want != graph.None) {
				t.Errorf("explain %s %s %s: reach %v, holds %v; want %v", c.who, c.permission, c.target, a.Reach, a.Holds, c.want)
			}
			// The flagship must say the same as the explanation.
			tg, _, _ := m.FindTarget(c.target)
			w, err := m.Who(c.permission, tg, analyzer.WhoOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got := graph.None
			for _, row := range w.Answers {
				if row.Principal.ID == a.Principal.ID && row.Principal.Kind == a.Principal.Kind {
					got = row.Reach
				}
			}
			if got != c.want {
				t.Errorf("who can %s %s: %s has reach %v; want %v", c.permission, c.target, c.who, got, c.want)
			}
		})
	}
}

func TestToldWhoCanSeeBPOB(t *testing.T) {
	t.Parallel()
	m := told(t)
	tg, _, err := m.FindTarget("BPO_B")
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Who("see", tg, analyzer.WhoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var outside, own []string
	for _, r := range a.Answers {
		if r.Outside {
			outside = append(outside, r.Principal.ID)
		} else {
			own = append(own, r.Principal.ID)
		}
	}
	want := []string{
		"oc-bpo-a-connector", "oc-reporting-bridge", "tg-northwind-night", "u-hanna", "u-maria", "u-max", "u-mona",
		"u-olga", "u-quinn", "u-sam", "u-tess",
	}
	slices.Sort(outside)
	slices.Sort(own)
	if diff := cmp.Diff(want, outside); diff != "" {
		t.Errorf("from outside (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"u-bea", "u-ben", "u-bo"}, own); diff != "" {
		t.Errorf("its own (-want +got):\n%s", diff)
	}
	if len(a.Coverage.Gaps) != 1 || a.Coverage.Gaps[0].Kind != authz.ListTrusteeGroups {
		t.Errorf("gaps = %+v; want the missing list of trustee groups", a.Coverage.Gaps)
	}
	if len(a.Delegated) != 1 || a.Delegated[0].Client.ID != "oc-wallboard" {
		t.Errorf("delegated = %+v; want the implicit-grant client", a.Delegated)
	}
}

// 13a: what an inactive account holds is dormant: not an answer, and not forgotten.
func TestToldDormant(t *testing.T) {
	t.Parallel()
	m := told(t)
	tg, _, _ := m.FindTarget("BPO_B")
	for _, dormant := range []bool{false, true} {
		a, err := m.Who("see", tg, analyzer.WhoOptions{Dormant: dormant})
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(a.Answers, func(r analyzer.WhoRow) bool { return r.Principal.ID == "u-ivan" && r.Dormant })
		if found != dormant {
			t.Errorf("dormant %v: u-ivan listed %v", dormant, found)
		}
	}
}

// In the sound organization nobody outside reaches anything that is not allowed.
func TestCleanMatrix(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("clean.yaml", simulator.CleanConfig())
	if err != nil {
		t.Fatal(err)
	}
	m, err := analyzer.Build(read(t, simulator.Clean()), analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	x := m.Matrix()
	if x.Incomplete() {
		t.Errorf("gaps %v, undetermined %v", x.Coverage.Gaps, x.Undetermined)
	}
	for _, cell := range x.Cells {
		if cell.Allowed != cell.Principals {
			t.Errorf("%s → %s: %d principals, %d allowed, by %v", cell.From, cell.To, cell.Principals, cell.Allowed, cell.Permissions)
		}
	}
}

// The matrix counts role by role what who-can answers permission by permission.
func TestMatrixAgreesWithWho(t *testing.T) {
	t.Parallel()
	m := told(t)
	cells := map[[2]string]analyzer.MatrixCell{}
	for _, c := range m.Matrix().Cells {
		cells[[2]string{c.From, c.To}] = c
	}
	for to := range m.Tenants.Tenants {
		want := map[string]map[string]graph.Level{}
		for _, p := range m.Graph.Universe("org-summit") {
			if m.Lexicon.Carries(p.Pattern, p.Aware) != lexicon.CarriesTenant || p.Aware == authz.False {
				continue
			}
			h := m.Graph.Who(graph.Query{Org: "org-summit", Permissions: []graph.Perm{p}, Divisions: m.Tenants.Tenants[to].Divisions})
			for n := range h.All().All() {
				from := m.Tenants.Tenants[m.Tenants.Of(n).Tenant].Name
				if want[from] == nil {
					want[from] = map[string]graph.Level{}
				}
				want[from][m.Ref(n).ID] = max(want[from][m.Ref(n).ID], h.Level(n))
			}
		}
		for from := range m.Tenants.Tenants {
			if from == to {
				continue
			}
			name := [2]string{m.Tenants.Tenants[from].Name, m.Tenants.Tenants[to].Name}
			got := map[string]graph.Level{}
			for _, r := range m.CellPrincipals(cells[name], 0) {
				got[r.Principal.ID] = r.Reach
			}
			w := want[name[0]]
			if w == nil {
				w = map[string]graph.Level{}
			}
			if diff := cmp.Diff(w, got); diff != "" {
				t.Errorf("%s → %s (-who +matrix):\n%s", name[0], name[1], diff)
			}
		}
	}
}

// Who is refused is told what would let them in.
func TestToldWhyNot(t *testing.T) {
	t.Parallel()
	m := told(t)
	for _, c := range []struct {
		sentence, who, permission, target string
		want                              []string
	}{
		{"18b: a partner cannot see his own queue, because it was created in Home", "u-pavel", "routing:queue:view", "queue:q-acme-returns", []string{
			"move the queue Acme Returns to Partner_Acme",
			"assign the role Partner Support - Read Only + Diagnostics to the user Pavel Petrov in Home",
		}},
		{"recording: the owner's own staff may not hear an outsourcer's calls", "u-stan", "recording:recording:view", "BPO_A", []string{
			"add the user Stan Stone to the group QA",
			"assign the role SS_QA_Reviewer to the user Stan Stone in BPO_A",
		}},
		{"trustee: another organization's figures stay closed", "trustee_user:tu-nora", "reporting:reportingData:view", "BPO_B", []string{
			"assign the role BPO Agent - Reporting All to the trustee user Nora North in BPO_B",
		}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			a := explained(t, m, c.who, c.permission, c.target)
			if a.Holds {
				t.Errorf("%s has %s", c.who, c.permission)
			}
			var changes []string
			for _, n := range a.Nearest {
				changes = append(changes, n.Change)
			}
			for _, want := range c.want {
				if !slices.Contains(changes, want) {
					t.Errorf("no miss %q in:\n%s", want, strings.Join(changes, "\n"))
				}
			}
		})
	}
}
