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

// A statement that holds is certain only if nothing that was not read could
// break it: for what people could come to, more could.
func TestStatementsThatAreNotCertain(t *testing.T) {
	t.Parallel()
	const base = "division a name=A\ndivision b name=B\nuser ada in a\ncatalogue routing:queue:view aware\ncatalogue directory:group:edit aware\n"
	const joins = "role s unread\ngroup g\ngrant g s b\nrole j directory:group:edit\ngrant ada j\n"
	for _, c := range []struct {
		about, records, statement string
		certain                   bool
	}{
		{"all was read", base, "nobody can see division:a", true},
		{"an unread role, there", base + "role s unread\ngrant ada s a", "nobody can see division:a", false},
		{"an unread role that nobody holds", base + joins, "nobody can routing:queue:view division:a", true},
		{"one that somebody could come to hold", base + joins, "nobody could routing:queue:view division:a", false},
		{"a list is missing", base + "missing grants", "nobody can see division:a", false},
	} {
		m := mustConfigured(t, c.records, "")
		a, err := m.Assert([]config.Assertion{{Statement: c.statement}})
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Assertions[0]; !got.Holds || got.Certain != c.certain {
			t.Errorf("%s: %s: holds %v, certain %v; want it to hold, certain %v", c.about, c.statement, got.Holds, got.Certain, c.certain)
		}
	}
}

// The counter-example is an external principal's before others, and the one with
// the fewest steps.
func TestCounterExampleIsTheSmallest(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a name=A
division b name=B
division c name=C
catalogue routing:queue:view aware
user ann in a name=Ann
user bob in b name=Bob
user ben in b name=Ben
group g bob ben name=G
group h group:g name=H
role r name=R
role r routing:queue:view
role child name=Child
role child inherits r
grant ann r c
grant h r c
grant ben child c`, "version: 1\ntenants:\n  - {name: A, divisions: [a], external: false}\n  - {name: B, divisions: [b], external: true}\n  - {name: C, divisions: [c]}\n")
	for statement, want := range map[string]string{
		"nobody can see C":        "Ben grant inherits policy",
		"no user of A can see C":  "Ann grant policy",
		"nobody of B could see C": "Ben grant inherits policy",
	} {
		a, err := m.Assert([]config.Assertion{{Statement: statement}})
		must(t, err)
		got := "none"
		if x := a.Assertions[0].CounterExample; x != nil {
			got = x.Principal.Name
			for _, s := range x.Reason.Steps {
				got += " " + s.Kind
			}
		}
		if got != want {
			t.Errorf("%s: the counter-example is %q; want %q", statement, got, want)
		}
	}
}

// Changes are said in the imperative, with names.
func TestTextsOfChanges(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a name=Alpha
division b name=Beta
catalogue routing:queue:view aware
user ada in a name=Ada
user bob in b name=Bob
group g ada name=Staff
team t ada name=Crew
queue q in a name=Care
client c name=Robot type=CLIENT-CREDENTIALS
role r name=Seer
role r routing:queue:view scope=assigned
role s name=Heir
role s inherits r
trust p enabled name=Partner
policy b1 routing:queue:view deny user:ada active
grant ada r a
grant ada s b`, "")
	for yaml, want := range map[string]string{
		"revoke-grant: {subject: ada, role: Seer, division: Alpha}":    "revoke the role Seer from the user Ada in Alpha",
		"revoke-grant: {subject: ada, role: Seer}":                     "revoke the role Seer from the user Ada in every division that it is assigned in",
		"grant: {subject: bob, role: Seer, division: '*'}":             "assign the role Seer to the user Bob in all divisions",
		"add-member: {group: Staff, member: Bob}":                      "add the user Bob to the group Staff",
		"remove-member: {group: Staff, member: Ada}":                   "take the user Ada out of the group Staff",
		"join-team: {team: Crew, member: Bob}":                         "add the user Bob to the team Crew",
		"leave-team: {team: Crew, member: Ada}":                        "take the user Ada out of the team Crew",
		"drop-policy: {role: Seer, permission: 'routing:queue:view'}":  "take routing:queue:view out of the role Seer",
		"add-policy: {role: Heir, permission: 'routing:queue:edit'}":   "add routing:queue:edit to the role Heir",
		"widen-policy: {role: Seer, permission: 'routing:queue:view'}": "take the scopes and conditions off the lines of the role Seer that give routing:queue:view",
		"drop-inheritance: {role: Heir, inherits: Seer}":               "let the role Heir no longer inherit from Seer",
		"move-resource: {resource: 'queue:Care', to: Beta}":            "move the queue Care to Beta",
		"move-user: {user: Ada, to: Beta}":                             "move the user Ada to Beta",
		"disable-client: Robot":                                        "disable the OAuth client Robot",
		"disable-user: Ada":                                            "disable the user Ada",
		"disable-group: Staff":                                         "disable the group Staff",
		"disable-trust: Partner":                                       "disable the trust Partner",
		"disable-access-policy: b1":                                    "disable the access policy b1",
	} {
		list, err := config.ParseChanges("changes.yaml", []byte("version: 1\nchanges:\n  - "+yaml+"\n"))
		must(t, err)
		changes, err := m.Resolve(list)
		if err != nil {
			t.Errorf("%s: %v", yaml, err)
			continue
		}
		a := analyzer.Compare(m, m).WhatIf(changes, "factored")
		if len(a.Changes) != 1 || a.Changes[0].Text != want {
			t.Errorf("%s: %+v; want %q", yaml, a.Changes, want)
		}
	}
}

// A change that changes nothing is refused, and so is one of what is not there.
func TestChangesThatAreRefused(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a name=Alpha
division b name=Beta
user ada in a name=Ada
group g ada name=Staff
team t ada name=Crew
role r name=Seer
role r routing:queue:view
grant ada r a`, "")
	for yaml, want := range map[string]string{
		"grant: {subject: ada, role: Seer, division: Alpha}":          "already",
		"revoke-grant: {subject: ada, role: Seer, division: Beta}":    "Beta",
		"add-member: {group: Staff, member: Ada}":                     "already",
		"join-team: {team: Crew, member: Ada}":                        "already",
		"drop-policy: {role: Seer, permission: 'routing:queue:edit'}": "routing:queue:edit",
		"move-user: {user: Ada, to: Gamma}":                           "Gamma",
		"grant: {subject: nobody, role: Seer, division: Alpha}":       "nobody",
		"disable-client: Staff":                                       "Staff",
	} {
		list, err := config.ParseChanges("changes.yaml", []byte("version: 1\nchanges:\n  - "+yaml+"\n"))
		must(t, err)
		if _, err := m.Resolve(list); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "changes.yaml:3:") {
			t.Errorf("%s: error %v; want one at changes.yaml:3 about %q", yaml, err, want)
		}
	}
	for _, text := range []string{"/", "ada", "ada/", "/Seer/Alpha", "=a"} {
		if _, err := m.ReadGrant(change.Grant, text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("--grant %q: error %v", text, err)
		}
		if _, err := m.ReadMove(text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("--move %q: error %v", text, err)
		}
	}
}

// A role that was not read and that nobody holds today is told where somebody
// could come to hold it.
func TestWhoCouldTellsOfIdleRoles(t *testing.T) {
	t.Parallel()
	const base = "division a name=A\ndivision b name=B\nuser ada in a\ncatalogue routing:queue:view aware\ncatalogue directory:group:edit aware\nrole s unread\ngroup g\ngrant g s b\nrole j directory:group:edit\n"
	for _, c := range []struct {
		records string
		could   bool
		want    int
	}{
		{base, true, 0},
		{base + "grant ada j\n", true, 1},
		{base + "grant ada j\n", false, 0},
	} {
		m := mustConfigured(t, c.records, "")
		a := asked(t, m, "see", "division:a", analyzer.WhoOptions{Could: c.could})
		if len(a.Undetermined) != c.want {
			t.Errorf("could %v: %+v; want %d", c.could, a.Undetermined, c.want)
		}
	}
}
