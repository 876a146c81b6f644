package analyzer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
)

// spoken is an organization to make statements about: ada, eve and the client see
// what is of North, eve by a role, the client can become a holder of it.
func spoken(t *testing.T) *analyzer.Model {
	t.Helper()
	return mustConfigured(t, `
division a name=A
division b name=B
catalogue routing:queue:view aware
catalogue routing:queue:edit aware
catalogue directory:user:view aware
user ada name=Ada in a
user bob name=Bob in b
user eve name=Eve in b
group g name=Gang bob
group h name=Hub ada
role r name=Reader
role r routing:queue:view
role p name=People
role p directory:user:view
grant ada r b
grant eve r a
grant h p b
client c name=Bot type=CLIENT-CREDENTIALS
`, `version: 1
tenants:
  - {name: North, divisions: [a], external: false}
  - {name: "South: East", divisions: [b], external: true}
`)
}

// What is said about a statement that cannot be understood.
func TestStatementErrors(t *testing.T) {
	t.Parallel()
	m := spoken(t)
	for _, tt := range []struct{ statement, want, not string }{
		{"at most", "want a number", ""},
		{"at most x users can see North", `"x" is no number`, ""},
		{"at most 0 users can see North", `"0" is no number`, ""},
		{"at most 2x users can see North", `"2x" is no number`, ""},
		{"at most 02 users can see North", `"02" is no number`, ""},
		{"at least 2 users can see North", `want "at most"`, ""},
		{"no", "want principals, users, clients or trustees", ""},
		{"no wolf can see North", "no kind of principal", ""},
		{`no "user" can see North`, "no kind of principal", ""},
		{"no user of Nowhere", `"can" or "could" is missing`, ""},
		{"no user of Nowhere can see North", "Nowhere", "is missing"},
		{`no user of "" can see North`, "", "not closed"},
		{`no user of "North can see North`, "column 12: a quotation mark is not closed", ""},
		{"no user can sea North", `did you mean "see"`, ""},
		{"no user can frobnicate North", "frobnicate", "did you mean"},
		{"no user can see users", `"users"`, ""},
		{"no user can see Nowhere users", "Nowhere", ""},
		{"no user can see North \"users\"", "users", ""},
		{"only tenant:Nowhere can see North", "Nowhere", ""},
		{"only Nobody can see North", "Nobody", ""},
		{"no user should see North", `want "can" or "could" here`, ""},
		{"no user can", "a verb is missing", ""},
		{"no user can see North except Ada, Nobody", "Nobody", ""},
	} {
		_, err := m.Assert([]config.Assertion{{Statement: tt.statement}})
		var wrong *analyzer.StatementError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) || (tt.not != "" && strings.Contains(err.Error(), tt.not)) {
			t.Errorf("%s: %v; want %q, not %q", tt.statement, err, tt.want, tt.not)
		}
	}
	_, err := m.Assert([]config.Assertion{{Statement: "no wolf can see North", Pos: config.Pos{File: "g.yaml", Line: 3, Column: 5}, TextPos: config.Pos{File: "g.yaml", Line: 3, Column: 5}}})
	if err == nil || !strings.HasPrefix(err.Error(), "g.yaml:3:8: assertion") {
		t.Errorf("the place of the word: %v", err)
	}
	if _, err := m.Assert([]config.Assertion{{Statement: "no wolf"}}); err == nil || !strings.HasPrefix(err.Error(), `assertion "no wolf": column 4:`) {
		t.Errorf("the column of the word: %v", err)
	}
}

// What statements find, of how many.
func TestStatementsFind(t *testing.T) {
	t.Parallel()
	m := spoken(t)
	for statement, want := range map[string]string{
		"no user can see North":                    "1 of 3",
		"nobody can see North":                     "1 of 4",
		"at most 1 user can see North":             "1 of 3",
		"no external user can see North":           "1 of 2",
		"no user of North can see South: East":     "1 of 1",
		"no user outside North can see North":      "1 of 2",
		`only "South: East" can see North`:         "0 of 2",
		"only tenant:North can see North":          "1 of 3",
		"only Gang can see North":                  "1 of 3",
		"only role:Reader can see North":           "0 of 2",
		"only Reader can see B":                    "0 of 2",
		"only Ada, Hub can see B":                  "0 of 3",
		"only Eve can see B":                       "1 of 3",
		"no user can see South: East users":        "1 of 3",
		"no user can see South: East queues":       "1 of 3",
		"no user can see North users":              "0 of 3",
		"no user can see North queues":             "1 of 3",
		"no user can see North flows":              "0 of 3",
		"no user can see anything except Eve":      "1 of 2",
		"no user can see":                          "2 of 3",
		"no client could see North":                "0 of 1",
		`no user can "routing:queue:view" North`:   "1 of 3",
		"no user can see North except role:Reader": "0 of 1",
		"no user can see group:Nobody":             "error",
	} {
		a, err := m.Assert([]config.Assertion{{Statement: statement}})
		got := "error"
		if err == nil {
			r := a.Assertions[0]
			got = fmt.Sprintf("%d of %d", r.Violations, r.Principals)
			if (r.CounterExample != nil) == r.Holds {
				t.Errorf("%s: holds %v, counter-example %v", statement, r.Holds, r.CounterExample)
			}
		}
		if got != want {
			t.Errorf("%s: %s (%v); want %s", statement, got, err, want)
		}
	}
}
