package analyzer_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
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

// Without a target a statement speaks of all that a verb or a permission covers,
// over every division: whoever has any of it breaks the statement.
func TestStatementWithoutTarget(t *testing.T) {
	t.Parallel()
	broken := map[string]int{}
	for seed := range int64(min(organizations, 150)) {
		r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Users: 4})
		m := model(t, r)
		for _, verb := range []string{"see", "edit", "export", "administer", "impersonate", "routing:queue:edit", "directory:*:*"} {
			covers, named := coverage(t, m, verb)
			want := 0
			for p := range m.Graph.Acting().All() {
				if hasAny(m, p, covers, named) {
					want++
				}
			}
			a, err := m.Assert([]config.Assertion{{Statement: "nobody can " + verb}})
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Assertions[0]; got.Violations != want || got.Holds != (want == 0) {
				t.Fatalf("seed %d: nobody can %s: %d violations, holds %v; %d have it\n%s", seed, verb, got.Violations, got.Holds, want, authztest.Format(r))
			}
			broken[verb] += want
		}
	}
	for verb, n := range broken {
		if n == 0 {
			t.Errorf("nobody could %s in any organization", verb)
		}
	}
}

// coverage returns what a verb or a permission of a statement covers, and the
// permission itself, which roles can give though nothing else names it.
func coverage(t *testing.T, m *analyzer.Model, verb string) (covers func(graph.Perm) bool, named func(org string) []graph.Perm) {
	t.Helper()
	if v, ok := m.Lexicon.Verb(verb); ok {
		return func(p graph.Perm) bool { return v.Covers(p.Pattern) }, func(string) []graph.Perm { return nil }
	}
	pattern, err := m.Pattern(verb)
	if err != nil {
		t.Fatal(err)
	}
	covers = func(p graph.Perm) bool {
		return p.Pattern == pattern || pattern.IsWild() && pattern.Covers(p.Pattern) && !p.Pattern.IsLegacy()
	}
	return covers, func(org string) []graph.Perm { return []graph.Perm{m.Graph.Perm(org, pattern)} }
}

func hasAny(m *analyzer.Model, p uint32, covers func(graph.Perm) bool, named func(org string) []graph.Perm) bool {
	org := m.Graph.Principal(p).Key.Org
	divs := append(slices.Collect(m.Graph.DivisionsOf(org).All()), graph.AnyDivision)
	for _, perm := range append(slices.Clone(m.Graph.Universe(org)), named(org)...) {
		if covers(perm) && slices.ContainsFunc(divs, func(d uint32) bool { return len(m.Graph.Reasons(p, perm, d)) > 0 }) {
			return true
		}
	}
	return false
}
