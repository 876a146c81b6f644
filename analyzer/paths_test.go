package analyzer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// pathsOf asks for paths by the names of their ends.
func pathsOf(t *testing.T, m *analyzer.Model, from, to string, o analyzer.PathsOptions) *analyzer.PathsAnswer {
	t.Helper()
	f, _, err := m.FindSource(from)
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := m.FindDestination(to)
	if err != nil {
		t.Fatal(err)
	}
	return m.Paths(f, d, o)
}

// manySources is an organization of two tenants; those of A have several ways each
// into B, some alike.
func manySources() string {
	var b strings.Builder
	b.WriteString(`
division a name=A
division b name=B
role join directory:group:edit
role take oauth:client:edit
role all legacy admin
role pw directory:user:setPassword
client robot
grant robot all *
user boss in b
grant boss all *
`)
	for i := range 4 {
		fmt.Fprintf(&b, "group g%d\ngrant g%d all *\n", i, i)
	}
	for i := range 6 {
		fmt.Fprintf(&b, "user u%d in a\ngrant u%d join a\n", i, i)
		if i%2 == 0 {
			fmt.Fprintf(&b, "grant u%d take a\n", i)
		}
		if i > 3 {
			fmt.Fprintf(&b, "grant u%d pw a\n", i)
		}
	}
	return b.String()
}

// What is not shown is counted, whatever the limit, over all principals that paths
// begin with; the shortest come first.
func TestPathsLeftOutOfSources(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, manySources(), "version: 1\ntenants:\n  - {name: A, divisions: [a]}\n  - {name: B, divisions: [b]}\n")
	all := pathsOf(t, m, "A", "tenant:B", analyzer.PathsOptions{Limit: 10_000, MaxHops: 3})
	if all.LeftOut != 0 || all.AtLeast || len(all.Paths) < 10 || all.Principals != 6 {
		t.Fatalf("%d paths of %d principals, %d left out (at least %v); want all, of 6", len(all.Paths), all.Principals, all.LeftOut, all.AtLeast)
	}
	for limit := 1; limit <= len(all.Paths)+1; limit++ {
		some := pathsOf(t, m, "A", "tenant:B", analyzer.PathsOptions{Limit: limit, MaxHops: 3})
		if len(some.Paths) != min(limit, len(all.Paths)) || len(some.Paths)+some.LeftOut != len(all.Paths) || some.AtLeast {
			t.Errorf("limit %d: %d paths, %d left out (at least %v); want %d in all", limit, len(some.Paths), some.LeftOut, some.AtLeast, len(all.Paths))
		}
		if some.Principals != all.Principals {
			t.Errorf("limit %d: %d principals; want %d", limit, some.Principals, all.Principals)
		}
		for i, p := range some.Paths {
			if p.Hops != all.Paths[i].Hops {
				t.Errorf("limit %d: path %d is of %d steps; want %d", limit, i+1, p.Hops, all.Paths[i].Hops)
			}
		}
	}
}

// A step that assigns roles says whether the organization limits that to divisions.
func TestGrantStepTellsItsLimit(t *testing.T) {
	t.Parallel()
	for aware, want := range map[authz.Tri]string{
		authz.True: "in the divisions of this one only", authz.False: "is off", authz.Unknown: "the snapshot does not say",
	} {
		r := authztest.Parse(t, "division a name=A\nuser ada in a\nrole r authorization:grant:add\nrole s authorization:role:edit\nuser eve in a\ngrant ada r a\ngrant eve s a\n")
		for i := range r.Organization {
			r.Organization[i].GrantDivisionAware = aware
		}
		m := model(t, r)
		last := func(from string) analyzer.Step {
			a := pathsOf(t, m, from, analyzer.Total, analyzer.PathsOptions{})
			if len(a.Paths) != 1 {
				t.Fatalf("%d paths of %s", len(a.Paths), from)
			}
			return a.Paths[0].Steps[len(a.Paths[0].Steps)-1]
		}
		if s := last("user:ada"); s.Escalation != "grant-role" || !strings.Contains(s.Detail, want) {
			t.Errorf("aware %v: %s: %q; want it to say %q", aware, s.Escalation, s.Detail, want)
		}
		if s := last("user:eve"); strings.Contains(s.Detail, "authorizationGrantDivisionAware") {
			t.Errorf("editing a role: %q", s.Detail)
		}
	}
}
