package analyzer_test

import (
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// No statement makes the parser panic; one that is understood is answered.
func FuzzStatement(f *testing.F) {
	m := stated(f)
	for _, s := range []string{
		"no principal of a can see b", "nobody outside b could export b except group:g", "only g and role:r can edit home users",
		`at most 3 external clients can "Routing > Queue > View" queue:q`, "no trustee could administer anything", "", "no", "only , can", "at most 0", "'", "nobody can see a users users",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := m.Assert([]config.Assertion{{Statement: s}})
		if err == nil && len(a.Assertions) != 1 {
			t.Errorf("%q: %d answers", s, len(a.Assertions))
		}
	})
}

// No file of changes makes its reader or the look-up of its names panic.
func FuzzChanges(f *testing.F) {
	m := stated(f)
	for _, s := range []string{
		"version: 1\nchanges:\n  - grant: {subject: ada, role: r, division: a}\n", "version: 1\nchanges:\n  - move-user: {user: ada, to: '*'}\n",
		"version: 1\nchanges: [disable-client: x, {}, []]\n", "changes: 3", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := config.ParseChanges("changes.yaml", []byte(s))
		if err != nil {
			return
		}
		if out, err := m.Resolve(list); err == nil && len(out) != len(list) {
			t.Errorf("%q: %d changes of %d", s, len(out), len(list))
		}
	})
}

func stated(tb testing.TB) *analyzer.Model {
	tb.Helper()
	r := authztest.Parse(tb, `
division home name=home home
division a name=a
division b name=b
user ada name=ada in a
group g ada name=g
queue q in b name=q
role r name=r
role r routing:queue:view
grant g r b`)
	m, err := analyzer.Build(r, analyzer.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}
