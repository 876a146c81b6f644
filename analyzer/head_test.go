package analyzer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A gap is told with the questions that it touches: about its own organization,
// about all of them, and, of people, about one that trusts it.
func TestGapsOfOrganizations(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
org o
trust T
partial roles
partial queues
partial audits
silent teams
org T
partial users
partial groups
partial group_members
silent roles
org far
partial users
silent groups
cover oauth_clients failed everywhere
`, "")
	const trusted = "T/users T/groups T/group_members /oauth_clients"
	for _, c := range []struct{ question, org, want string }{
		{analyzer.QuestionAccess, "o", "o/roles " + trusted + " o/teams"},
		{analyzer.QuestionResource, "o", "o/roles o/queues " + trusted + " o/teams"},
		{analyzer.QuestionRules, "o", "o/roles o/queues o/audits " + trusted + " o/teams"},
		{analyzer.QuestionAccess, "T", trusted + " T/roles"},
		{analyzer.QuestionAccess, "far", "far/users /oauth_clients far/groups"},
		{analyzer.QuestionAccess, "", "o/roles T/users T/groups T/group_members far/users /oauth_clients T/roles far/groups o/teams"},
	} {
		h := m.Head("x", c.question, c.org)
		var got []string
		for _, g := range h.Coverage.Gaps {
			got = append(got, g.Org+"/"+string(g.Kind))
			if !slices.Equal(g.Touches, analyzer.Touches(g.Kind)) || !slices.Contains(g.Touches, c.question) {
				t.Errorf("%s touches %v", g.Kind, g.Touches)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s of %q (-want +got):\n%s", c.question, c.org, diff)
		}
		if h.Coverage.Complete || len(h.Notes) != 1 || !h.Incomplete() {
			t.Errorf("%s of %q: complete %v, notes %v", c.question, c.org, h.Coverage.Complete, h.Notes)
		}
	}
	if h := mustConfigured(t, "user ada", "version: 1\n").Head("x", analyzer.QuestionRules, "o"); !h.Coverage.Complete || h.Notes == nil || h.Incomplete() {
		t.Errorf("nothing is missing: %+v", h)
	}
}

// An allow entry covers what it names, until its last day and as long as no
// more use it than it speaks of.
func TestAllowedSet(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
catalogue routing:queue:view aware
catalogue routing:queue:edit aware
role r routing:queue:view
user ada in a
user amy in a
user bob in b
grant ada r b
grant amy r b
`, tenants+`
allow:
  - {from: BPO_A, to: [BPO_B], permissions: ["routing:queue:view"], at_most: 2}
  - {from: BPO_A, to: [BPO_B], permissions: ["routing:queue:edit"], until: 2026-05-31}
  - {from: BPO_A, to: [Internal], permissions: ["routing:queue:*"], until: 2026-06-01}
  - {from: BPO_A, to: [BPO_B], permissions: ["routing:queue:v*"], at_most: 1, principals: ["user:ada"]}
`)
	for _, c := range []struct {
		permission, to string
		want           int
	}{
		{"routing:queue:view", "BPO_B", 2},
		{"routing:queue:edit", "BPO_B", 0},
		{"routing:queue:edit", "Internal", 2},
		{"routing:queue:view", "BPO_A", 0},
		{"routing:skill:view", "Internal", 0},
	} {
		to, err := m.FindTenant(c.to)
		if err != nil {
			t.Fatal(err)
		}
		p, err := authz.ParsePattern(c.permission)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.AllowedSet(p, to).Len(); got != c.want {
			t.Errorf("%s over %s: %d allowed; want %d", c.permission, c.to, got, c.want)
		}
	}
}
