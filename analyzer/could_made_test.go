package analyzer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// climbing is ada of BPO_A, who could become two of BPO_B, by one of these the boss
// of Internal, who holds everything; she owns a group, and one of them another.
const climbing = places + `
user ada name=Ada in a
user b1 name=Bea in b
user b2 name=Ben in b
user eve name=Eve in a
user boss name=Boss in home
group both b1 b2
group aaa name=Aaa owners=b1 include=false
group zzz name=Zzz owners=ada include=false
catalogue user:user:impersonate aware
role i name=Taker user:user:impersonate scope=group groups=both
role j name=Taken user:user:impersonate
role all name=All legacy admin
role add name=Adder authorization:grant:add
role s2 name=Same
role s2 routing:queue:view
role s1 name=Same
role s1 routing:queue:edit
grant ada i b
grant b1 j home
grant b1 s2 b
grant b1 s1 b
grant boss all
grant eve add a
`

// What somebody could come to is told by steps, then by name, then by id.
func TestCouldOrder(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, climbing, tenants)
	p, _, err := m.FindPrincipal("ada")
	must(t, err)
	a := m.Could(p, false)
	var got []string
	for _, x := range a.Principals {
		got = append(got, fmt.Sprintf("%s %d", x.Principal.ID, x.Hops))
	}
	for _, x := range a.Groups {
		got = append(got, fmt.Sprintf("in %s %d", x.Group.ID, x.Hops))
	}
	for _, x := range a.Tenants {
		got = append(got, fmt.Sprintf("%s %d", x.Tenant, x.Hops))
	}
	for _, x := range a.Access {
		got = append(got, fmt.Sprintf("by %s %d", x.Role.ID, x.Hops))
	}
	want := []string{"b1 1", "b2 1", "boss 2", "eve 3", "in zzz 1", "in aaa 2", "in both 3", "BPO_B 1", "Internal 2", "BPO_A 3", "by s1 1", "by s2 1", "by j 1", "by all 2", "by add 3"}
	if !slices.Equal(got, want) {
		t.Errorf("could %q; want %q", got, want)
	}
}

// Of escalations it is told, the shortest first: whether everything is gained by
// holding total control, and whether whoever is taken over first holds it.
func TestEachEscalation(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, climbing, tenants)
	var got []string
	for f := range m.EachEscalation(false) {
		to := f.ToTenant
		if f.ToTotal {
			to = "everything"
		}
		got = append(got, fmt.Sprintf("%s: %s of %s in %d, admin %v, crossing %v", m.Ref(f.Members[0]).ID, f.Target.ID, to, f.Hops, f.ToAdmin, f.CrossesTenants))
	}
	slices.Sort(got)
	want := []string{
		"ada: b1 of BPO_B in 1, admin false, crossing true", "ada: boss of Internal in 2, admin true, crossing true", "ada: eve of BPO_A in 3, admin false, crossing false", "ada: o of everything in 2, admin true, crossing false",
		"b1: ada of BPO_A in 2, admin false, crossing true", "b1: b2 of BPO_B in 2, admin false, crossing false", "b1: boss of Internal in 1, admin true, crossing true", "b1: o of everything in 1, admin true, crossing false",
		"boss: ada of BPO_A in 1, admin false, crossing true", "boss: b1 of BPO_B in 1, admin false, crossing true", "boss: o of everything in 0, admin true, crossing false",
		"eve: o of everything in 1, admin false, crossing false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("escalations:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var hops []int
	for f := range m.EachEscalation(false) {
		if m.Ref(f.Members[0]).ID == "ada" {
			hops = append(hops, f.Hops)
		}
	}
	if !slices.IsSorted(hops) || len(hops) != 4 {
		t.Errorf("of ada, after %v steps; want the shortest first", hops)
	}
}

// A way is likely where a step of it is: of whatever number.
func TestPathCertainty(t *testing.T) {
	t.Parallel()
	var others []string
	for _, e := range lexicon.Default().Escalations() {
		if e.Name != "edit-user" {
			others = append(others, e.Name)
		}
	}
	lex, err := lexicon.Default().Extend(lexicon.Extension{Escalations: lexicon.EscalationChange{Remove: others}})
	must(t, err)
	const org = "division a name=A\nuser ada in a\nuser bo in a\ncatalogue directory:user:edit aware\ncatalogue directory:user:setPassword aware\n" +
		"role r directory:user:edit\nrole s directory:user:setPassword\n"
	for _, c := range []struct {
		grant string
		lex   *lexicon.Lexicon
		want  string
	}{{"grant ada r a", lex, lexicon.Likely}, {"grant ada r a", nil, lexicon.Likely}, {"grant ada s a", nil, lexicon.Documented}} {
		m, err := analyzer.Build(authztest.Parse(t, org+c.grant), analyzer.Options{Lexicon: c.lex})
		must(t, err)
		a := pathsOf(t, m, "ada", "bo", analyzer.PathsOptions{})
		if len(a.Paths) != 1 || a.Paths[0].Certainty != c.want {
			t.Errorf("%s: %+v; want one that is %s", c.grant, a.Paths, c.want)
		}
	}
}

// A tenant is reached by becoming who belongs to it, wherever that one lies; a
// division by becoming who lies there.
func TestPathsToWhoBelongs(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
user ada in a
user far in home email=far@bpo-b.example
user near in b email=near@bpo-a.example
role i sso:provider:edit
grant ada i
`, tenants)
	for to, want := range map[string]string{"tenant:BPO_B": "far", "division:b": "near", "division:home": "far"} {
		var got []string
		for _, p := range pathsOf(t, m, "ada", to, analyzer.PathsOptions{MaxHops: 1}).Paths {
			got = append(got, p.To.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("to %s: %v; want %s", to, got, want)
		}
	}
}

// Nobody's path leads to itself, and of who gains the same each is counted where
// it has a path.
func TestPathsToOthers(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
user ada in a
user bob in a
user near in b
role i sso:provider:edit
grant ada i
grant bob i
`, tenants)
	for _, c := range []struct{ from, to, want string }{
		{"ada", "tenant:BPO_A", "1 of 1: ada>bob"},
		{"BPO_A", "tenant:BPO_A", "2 of 2: ada>bob and 1"},
		{"BPO_A", "user:ada", "1 of 1: bob>ada"},
		{"BPO_A", "tenant:BPO_B", "2 of 2: ada>near and 1"},
		{"ada", "user:ada", "0 of 0:"},
	} {
		a := pathsOf(t, m, c.from, c.to, analyzer.PathsOptions{MaxHops: 1})
		n, text := 0, ""
		for _, p := range a.Paths {
			n += 1 + p.Alike
			text += fmt.Sprintf(" %s>%s", p.From.ID, p.To.ID)
			if p.Alike > 0 {
				text += fmt.Sprintf(" and %d", p.Alike)
			}
		}
		if got := fmt.Sprintf("%d of %d:%s", n, a.Principals, text); got != c.want {
			t.Errorf("%s to %s: %s; want %s", c.from, c.to, got, c.want)
		}
	}
}

// The counter-example is the shortest derivation, of equals the first.
func TestCounterExampleIsShortest(t *testing.T) {
	t.Parallel()
	const org = places + `
catalogue recording:recording:view aware
catalogue routing:queue:view aware
catalogue voicemail:message:view aware
user eve name=Eve in a
group g eve name=Gang
role rec name=Recordings recording:recording:view
role q name=Queues routing:queue:view
role v name=Voicemail voicemail:message:view
role i name=Taker sso:provider:edit
user bo name=Bo in b
`
	for _, c := range []struct{ about, grants, statement, want string }{
		{"one of its own", "grant g rec b\ngrant g v b\ngrant eve q b", "no user of BPO_A can see BPO_B", "routing:queue:view 0"},
		{"the first of two through a group", "grant g rec b\ngrant g q b", "no user of BPO_A can see BPO_B", "recording:recording:view 0"},
		{"by steps", "grant eve i\ngrant bo q b", "no user of BPO_A could see BPO_B", "routing:queue:view 1"},
		{"without steps, though one could", "grant eve i\ngrant bo q b\ngrant eve q b", "no user of BPO_A could see BPO_B", "routing:queue:view 0"},
		{"by everything", "role add authorization:grant:add\ngrant eve add", "no user of BPO_A could see BPO_B", "recording:recording:view 1"},
	} {
		a, err := mustConfigured(t, org+c.grants, tenants).Assert([]config.Assertion{{Statement: c.statement}})
		must(t, err)
		r := a.Assertions[0]
		if r.Holds || r.CounterExample == nil {
			t.Errorf("%s: holds %v, counter-example %v", c.about, r.Holds, r.CounterExample)
			continue
		}
		if got := fmt.Sprintf("%s %d", r.CounterExample.Permission, r.CounterExample.Hops); got != c.want || r.CounterExample.Division.ID != "b" {
			t.Errorf("%s: %s in %s; want %s in b", c.about, got, r.CounterExample.Division.ID, c.want)
		}
	}
}
