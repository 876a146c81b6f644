package analyzer_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// everyChange has a change of each kind.
const everyChange = `version: 1
changes:
  - revoke-grant: {subject: user:maria@bpo-a.example, role: BPO_Partner_Supervisor, division: "*"}
  - grant: {subject: group:QA, role: Supervisor, division: BPO_A}
  - grant: {subject: user:ana@bpo-a.example, role: Supervisor, division: "*"}
  - add-member: {group: QA, member: user:ada@bpo-a.example}
  - remove-member: {group: QA, member: user:quinn@summit.example}
  - disable-client: Reporting Bridge
  - disable-user: max@acme.example
  - drop-policy: {role: BPO_Partner_Supervisor, permission: routing:queue:view}
  - add-policy: {role: Supervisor, permission: "Recording > Recording > View"}
  - move-resource: {resource: queue:BPO_A Sales, to: Home}
  - move-user: {user: ana@bpo-a.example, to: BPO_B}
`

// The hard questions about the told organization, each with its whole answer:
// what people read and programs parse stays as it is until somebody means to
// change it. Whether the answers are right is for the other tests to say.
func TestAnswersStay(t *testing.T) {
	t.Parallel()
	records := read(t, simulator.Told())
	for name, ask := range hardQuestions(records) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := indented(t, ask(t, told(t)))
			path := filepath.Join("testdata", "answers", name+".json")
			if *update {
				if err := os.WriteFile(path, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func hardQuestions(records *authz.Records) map[string]func(*testing.T, *analyzer.Model) any {
	whatif := func(t *testing.T, m *analyzer.Model, form string, list []change.Change) any {
		after, err := m.After(records, list)
		must(t, err)
		c := analyzer.Compare(m, after)
		a := c.WhatIf(list, form)
		c.FillWhatIf(a)
		return a
	}
	return map[string]func(*testing.T, *analyzer.Model) any{
		"assert": func(t *testing.T, m *analyzer.Model) any {
			a, err := m.Assert(statements())
			must(t, err)
			return a
		},
		"could": func(t *testing.T, m *analyzer.Model) any { return couldOf(t, m, "user:bruno@bpo-b.example", false) },
		"could-client": func(t *testing.T, m *analyzer.Model) any {
			return couldOf(t, m, "client:BPO_A_Workspace_Connector", true)
		},
		"paths":        func(t *testing.T, m *analyzer.Model) any { return waysOf(t, m, "outside:Internal", "total") },
		"paths-tenant": func(t *testing.T, m *analyzer.Model) any { return waysOf(t, m, "tenant:BPO_B", "tenant:BPO_A") },
		"paths-places": func(t *testing.T, m *analyzer.Model) any {
			var out []any
			for _, to := range []string{
				"group:Super-Admins", "role:Admin", "user:olga@summit.example", "client:Reporting Bridge", "division:HR", "HR", "BPO_B", "Super-Admins", "Admin",
			} {
				out = append(out, waysOf(t, m, "BPO_B", to))
			}
			return out
		},
		"who-could": func(t *testing.T, m *analyzer.Model) any {
			a := asked(t, m, "edit", "tenant:BPO_A", analyzer.WhoOptions{Could: true, Outside: "BPO_A", Permissions: true})
			reasons := []analyzer.ExplainedReason{}
			for _, row := range a.Answers {
				if r, ok := m.CouldReason(a, row); ok {
					reasons = append(reasons, r)
				}
			}
			return map[string]any{"answer": a, "reasons": reasons}
		},
		"cut": func(t *testing.T, m *analyzer.Model) any {
			return cutOf(t, m, "tenant:BPO_A", "tenant:BPO_B", analyzer.CutOptions{Source: records})
		},
		"cut-could": func(t *testing.T, m *analyzer.Model) any {
			return cutOf(t, m, "outside:BPO_A", "tenant:BPO_A", analyzer.CutOptions{Could: true, Weights: map[change.Kind]int{change.RevokeGrant: 3}})
		},
		"cut-edit": func(t *testing.T, m *analyzer.Model) any {
			return cutOf(t, m, "outside:Internal", "division:Home", analyzer.CutOptions{Verb: "edit"})
		},
		"whatif": func(t *testing.T, m *analyzer.Model) any {
			written, err := config.ParseChanges("changes.yaml", []byte(everyChange))
			must(t, err)
			list, err := m.Resolve(written)
			must(t, err)
			return whatif(t, m, "expanded", list)
		},
		"whatif-flags": func(t *testing.T, m *analyzer.Model) any {
			var list []change.Change
			for _, read := range []func() (change.Change, error){
				func() (change.Change, error) {
					return m.ReadGrant(change.RevokeGrant, "user:maria@bpo-a.example/BPO_Partner_Supervisor/*")
				},
				func() (change.Change, error) {
					return m.ReadGrant(change.RevokeGrant, "Reporting Bridge/role-partner-support")
				},
				func() (change.Change, error) { return m.ReadGrant(change.Grant, "ada@bpo-a.example/Supervisor/BPO_B") },
				func() (change.Change, error) { return m.ReadMember("QA+bruno@bpo-b.example") },
				func() (change.Change, error) { return m.ReadMember("QA-quinn@summit.example") },
				func() (change.Change, error) { return m.ReadMove("queue:BPO_A Sales=BPO_B") },
				func() (change.Change, error) { return m.ReadMove("ana@bpo-a.example=Home") },
			} {
				c, err := read()
				must(t, err)
				list = append(list, c)
			}
			return whatif(t, m, "factored", list)
		},
		"diff": func(t *testing.T, m *analyzer.Model) any {
			c := analyzer.Compare(mustBuild(t, read(t, simulator.Clean())), m)
			a := c.Answer("factored")
			c.Fill(a)
			return a
		},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustBuild(t *testing.T, r *authz.Records) *analyzer.Model {
	t.Helper()
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

func statements() []config.Assertion {
	var out []config.Assertion
	for _, s := range []string{
		"no principal of BPO_A can see BPO_B",
		"no principal of BPO_B can see BPO_A",
		"no principal of Partner_Acme can export BPO_A",
		"no principal outside Internal can see division:HR",
		"no external client could administer",
		"no external principal can administer",
		"no client of BPO_A can impersonate",
		"only Internal can edit Home",
		"only tenant:Internal, group:Super-Admins can edit division:HR",
		"no user of BPO_A could see BPO_B",
	} {
		out = append(out, config.Assertion{Statement: s})
	}
	return out
}

func couldOf(t *testing.T, m *analyzer.Model, principal string, sure bool) any {
	t.Helper()
	p, _, err := m.FindPrincipal(principal)
	must(t, err)
	a := m.Access(p, false)
	m.AddCould(a, p, sure)
	return a
}

func waysOf(t *testing.T, m *analyzer.Model, from, to string) any {
	t.Helper()
	s, _, err := m.FindSource(from)
	must(t, err)
	d, _, err := m.FindDestination(to)
	must(t, err)
	o := analyzer.PathsOptions{Limit: 20, MaxHops: 3}
	a := m.Paths(s, d, o)
	m.Choke(a, s, d, o, 10)
	return map[string]any{"answer": a, "drawing": m.DrawPaths(a)}
}

func cutOf(t *testing.T, m *analyzer.Model, from, to string, o analyzer.CutOptions) any {
	t.Helper()
	s, _, err := m.FindSource(from)
	must(t, err)
	tg, _, err := m.FindTarget(to)
	must(t, err)
	a, err := m.Cut(s, tg, o)
	must(t, err)
	return a
}
