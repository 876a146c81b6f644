package analyzer_test

import (
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
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
	const seeds int64 = min(organizations, 150)
	for seed := range seeds {
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
		if n == 0 && organizations > 100 {
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

// A statement about a tenant is broken by those whom the same question lists.
func TestStatementsAgreeWithWho(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	const seeds int64 = min(organizations, 200)
	for seed := range seeds {
		s := randomSetup(seed)
		c, err := config.Parse("grantgraph.yaml", []byte(s.text()))
		if err != nil {
			t.Fatal(err)
		}
		m, err := analyzer.Build(s.records, analyzer.Options{Config: c})
		if err != nil {
			continue // the configuration names what the organization lacks
		}
		rng := rand.New(rand.NewSource(seed))
		for range 12 {
			text, want := randomStatement(t, m, rng, seen)
			if text == "" {
				continue
			}
			a, err := m.Assert([]config.Assertion{{Statement: text}})
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, s)
			}
			if got := a.Assertions[0]; got.Violations != want || got.Holds != (want == 0) {
				t.Fatalf("seed %d: %s: %d violations, holds %v; want %d\n%s", seed, text, got.Violations, got.Holds, want, s)
			}
		}
	}
	for _, what := range []string{"can", "could", "external", "of", "outside", "only", "user", "client", "trustee", "principal"} {
		if seen[what] == 0 && organizations > 100 {
			t.Errorf("no broken statement had %q", what)
		}
	}
}

// randomStatement makes a statement, and counts who breaks it by asking who can.
func randomStatement(t *testing.T, m *analyzer.Model, rng *rand.Rand, seen map[string]int) (text string, want int) {
	t.Helper()
	tenants := m.Tenants.Tenants
	if len(tenants) < 2 {
		return "", 0
	}
	target, other := tenants[rng.Intn(len(tenants))], tenants[rng.Intn(len(tenants))]
	mood := []string{"can", "could"}[rng.Intn(2)]
	verb := []string{"see", "edit", "impersonate", "administer", "routing:queue:view"}[rng.Intn(5)]
	kind := []string{"principal", "user", "client", "trustee"}[rng.Intn(4)]
	keep := func(p analyzer.PrincipalRef) bool {
		return kind == "principal" || p.Kind.String() == kind || kind == "client" && p.Kind == authz.KindClient ||
			kind == "trustee" && strings.HasPrefix(p.Kind.String(), "trustee_")
	}
	words := []string{"no"}
	external := rng.Intn(3) == 0
	if external {
		words = append(words, "external")
	}
	words = append(words, kind)
	place := []string{"", "of", "outside"}[rng.Intn(3)]
	if place != "" {
		words = append(words, place, quotedName(other.Name))
	}
	if rng.Intn(5) == 0 {
		words, kind, external, place = []string{"only", quotedName("tenant:" + other.Name)}, "principal", false, "only"
	}
	text = strings.Join(append(words, mood, verb, quotedName("tenant:"+target.Name)), " ")
	a := asked(t, m, verb, "tenant:"+target.Name, analyzer.WhoOptions{Could: mood == "could"})
	for _, row := range a.Answers {
		p := row.Principal
		here := p.Tenant == other.Name
		if keep(p) && (!external || p.External) && (place == "" || here == (place == "of")) {
			want++
		}
	}
	if want > 0 {
		seen[mood]++
		seen[kind]++
		seen[place]++
		if external {
			seen["external"]++
		}
	}
	return text, want
}

func quotedName(s string) string { return `"` + s + `"` }
