package analyzer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

func asked(t *testing.T, m *analyzer.Model, verb, target string, o analyzer.WhoOptions) *analyzer.WhoAnswer {
	t.Helper()
	tg, _, err := m.FindTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Who(verb, tg, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Where one reason is enough, it is the first of the widest: by permission, then
// by division.
func TestWhoTellsTheFirstOfTheWidest(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a name=A
division b name=B
catalogue routing:queue:view aware
catalogue routing:wrapupCode:view aware
user ada
queue q in a
role own name=Own
role own routing:queue:view scope=assigned
role wide name=Wide
role wide routing:queue:view
role wide routing:wrapupCode:view
role last name=Last
role last routing:wrapupCode:view
grant ada own a
grant ada wide b
grant ada wide a
grant ada last a`, "version: 1\ntenants:\n  - {name: T, divisions: [a, b]}\n")
	a := asked(t, m, "see", "tenant:T", analyzer.WhoOptions{Reasons: "one"})
	if len(a.Answers) != 1 || len(a.Answers[0].Reasons) != 1 {
		t.Fatalf("answers: %+v", a.Answers)
	}
	why := a.Answers[0].Reasons[0]
	var steps []string
	for _, s := range why.Steps {
		steps = append(steps, s.Record.Name)
	}
	if got := strings.Join(steps, " "); why.Reach != a.Answers[0].Reach || !strings.Contains(got, "Wide") || strings.Contains(got, "Last") {
		t.Errorf("the reason is %s by %s; want the role Wide", why.Reach, got)
	}
	via, reason, ok := m.Via(a, a.Answers[0])
	if !ok || via.Name != "routing:queue:view" || reason.Reach != a.Answers[0].Reach {
		t.Errorf("via %s, %s, %v; want routing:queue:view, wholly", via.Name, reason.Reach, ok)
	}
}

// Permissions about flows concern a flow, those about queues do not.
func TestWhoSeesAFlow(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a
catalogue architect:flow:view aware
catalogue routing:queue:view aware
flow f in a name=Main
queue q in a name=Main2
user ada
user bo
role flows architect:flow:view
role queues routing:queue:view
grant ada flows a
grant bo queues a`, "")
	for target, want := range map[string]string{"flow:f": "ada", "queue:q": "bo"} {
		var got []string
		for _, r := range asked(t, m, "see", target, analyzer.WhoOptions{}).Answers {
			got = append(got, r.Principal.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("who can see %s: %v; want %s", target, got, want)
		}
	}
}

// A client that was switched off is one step from what its roles give.
func TestNearestMissOfAClient(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a
catalogue routing:queue:view aware
role r routing:queue:view
client c type=CLIENT-CREDENTIALS state=inactive
grant client:c r a source=client`, "")
	a := explained(t, m, "client:c", "routing:queue:view", "division:a")
	if len(a.Nearest) != 1 || a.Nearest[0].Kind != change.EnableClient {
		t.Errorf("nearest: %+v; want one: enable the client", a.Nearest)
	}
}

// A queue that lists who asks would be reached by scope assigned if it lay where
// the role is granted.
func TestNearestMissOfAnAssignedQueue(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, named(`
division a
division b
catalogue routing:queue:view aware
user ada in a
queue mine in b ada
queue other in b
role own routing:queue:view scope=assigned
grant ada own a`), "")
	for queue, want := range map[string]bool{"mine": true, "other": false} {
		a := explained(t, m, "user:ada", "routing:queue:view", "queue:"+queue)
		moved := slices.ContainsFunc(a.Nearest, func(n analyzer.Nearest) bool { return n.Kind == change.MoveResource })
		if a.Holds || moved != want {
			t.Errorf("%s: holds %v; moving it is told %v, want %v: %+v", queue, a.Holds, moved, want, a.Nearest)
		}
	}
}

// A tenant with one division, and nothing else, is that division: there is
// nothing to tell apart.
func TestNoteOfSameName(t *testing.T) {
	t.Parallel()
	const records = "division a name=Acme\ndivision b name=Other\nuser ada"
	for divisions, want := range map[string]bool{"[a]": false, "[a, b]": true} {
		m := mustConfigured(t, records, "version: 1\ntenants:\n  - {name: Acme, divisions: "+divisions+"}\n")
		_, note, err := m.FindTarget("Acme")
		if err != nil || strings.Contains(note, "is taken as the tenant") != want {
			t.Errorf("%s: note %q, %v; want one: %v", divisions, note, err, want)
		}
	}
}

// A configuration that was made in a program has no places, and its mistakes are
// told all the same.
func TestConfigurationWithoutPlaces(t *testing.T) {
	t.Parallel()
	r := authztest.Parse(t, "division a name=Alpha\nuser ada in a")
	c := config.Default()
	c.Tenants = []config.Tenant{{Name: "T", Divisions: []string{"a"}, Principals: []string{"user:nobody"}}}
	m, err := analyzer.Build(r, analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(m.Notes, func(n string) bool { return strings.Contains(n, "nobody") }) {
		t.Errorf("notes: %q; want one about nobody", m.Notes)
	}
	c.Tenants[0].Divisions = []string{"nowhere-at-all-in-the-world"}
	if _, err = analyzer.Build(r, analyzer.Options{Config: c}); err == nil || strings.Contains(err.Error(), "nearest") {
		t.Errorf("error %v; want one without names that are near", err)
	}
	c.Tenants[0].Divisions = []string{"Alpah"}
	if _, err = analyzer.Build(r, analyzer.Options{Config: c}); err == nil || !strings.Contains(err.Error(), `nearest: "Alpha"`) {
		t.Errorf("error %v; want one that names Alpha", err)
	}
}

// A naming convention finds the first tenant as it finds the others.
func TestConventionFindsTheFirstTenant(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a
division b
client c1 name=x-a type=CLIENT-CREDENTIALS
client c2 name=x-b type=CLIENT-CREDENTIALS`, `version: 1
tenants:
  - {name: BPO_A, divisions: [a]}
  - {name: BPO_B, divisions: [b]}
naming: {clients: "^x-(?<tenant>[a-z]+)$"}
`)
	for id, want := range map[string]string{"c1": "BPO_A", "c2": "BPO_B"} {
		p, _, err := m.FindPrincipal("client:" + id)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Ref(p).Tenant; got != want {
			t.Errorf("%s is of %q; want %s", id, got, want)
		}
	}
}

// Who is in a queue matters to a question about the queue, and not to one about
// its division.
func TestQuestionAboutAResourceHasItsGaps(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, lawOfQueue+"missing queue_members", "")
	for target, want := range map[string]int{"queue:q": 1, "division:a": 0} {
		if a := asked(t, m, "see", target, analyzer.WhoOptions{}); len(a.Coverage.Gaps) != want {
			t.Errorf("who can see %s has %d gaps; want %d: %+v", target, len(a.Coverage.Gaps), want, a.Coverage.Gaps)
		}
	}
}

const lawOfQueue = `
division a
catalogue routing:queue:view aware
queue q in a
user ada
role r routing:queue:view
grant ada r a
`
