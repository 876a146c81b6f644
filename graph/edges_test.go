package graph_test

import (
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// members returns the ids of a set of principals.
func members(g *graph.Graph, s graph.Set) []string {
	var out []string
	for p := range s.All() {
		out = append(out, g.Principal(p).Key.ID)
	}
	return out
}

func mustFind(t *testing.T, g *graph.Graph, kind authz.Kind, id string) uint32 {
	t.Helper()
	for p := range uint32(g.Principals()) {
		if k := g.Principal(p).Key; k.Kind == kind && k.ID == id {
			return p
		}
	}
	t.Fatalf("no %s %s", kind, id)
	return 0
}

// A grant in all divisions is one in each of them; elsewhere is elsewhere.
func TestSpread(t *testing.T) {
	t.Parallel()
	g := build(t, authztest.Parse(t, lawRole+`
user ada
user bo
user cy
user dee
group g dee roles=false
grant ada r
grant bo r a
grant cy r b
grant g r a
`), graph.Options{})
	a, ok := g.FindDivision(authz.Key{Org: "o", Kind: authz.KindDivision, ID: "a"})
	if !ok {
		t.Fatal("no division a")
	}
	divs := graph.NewSet(len(g.Divisions()))
	divs.Add(a)
	list := slices.Collect(g.Spread("o", divs))
	if len(list) != 1 {
		t.Fatalf("%d roles; want 1", len(list))
	}
	for _, c := range []struct {
		about string
		got   []uint32
		want  []string
	}{
		{"in", list[0].In, []string{"ada", "bo"}},
		{"out", list[0].Out, []string{"cy"}},
		{"in doubt", list[0].DoubtIn, []string{"dee"}},
		{"out of doubt", list[0].DoubtOut, nil},
	} {
		set := graph.NewSet(g.Principals())
		for _, p := range c.got {
			set.Add(p)
		}
		if got := members(g, set); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v; want %v", c.about, got, c.want)
		}
	}
}

// What is asked of an organization that the graph does not know has no answer.
func TestUnknownOrganization(t *testing.T) {
	t.Parallel()
	g := build(t, authztest.Parse(t, lawRole+"user ada\ngrant ada r a"), graph.Options{})
	if s := slices.Collect(g.Spread("elsewhere", nil)); s != nil {
		t.Errorf("Spread = %v", s)
	}
	if s := g.PolicyMarked("elsewhere"); s != nil {
		t.Errorf("PolicyMarked = %v", s)
	}
	if n := g.TrusteeName("elsewhere", "nobody"); n != "" {
		t.Errorf("TrusteeName = %q", n)
	}
	g.EachNarrowed("elsewhere", nil, nil, func(graph.Set, graph.NarrowedReach) { t.Error("EachNarrowed yields") })
}

// A trustee organization is its own trustee, and let in if its trust says so.
func TestTrusteeOrganizations(t *testing.T) {
	t.Parallel()
	g := build(t, authztest.Parse(t, `
org p name=Partner
org o
division a home
catalogue routing:queue:view aware
trust p enabled full
trust q enabled name=Quiet
trust r enabled
user pu trustee=p
`), graph.Options{})
	org := mustFind(t, g, authz.KindTrusteeOrganization, "p")
	if got := g.Principal(org).Trustee; got != "p" {
		t.Errorf("the trustee of a trustee organization is %q", got)
	}
	if !g.LetIn(org) || g.LetIn(mustFind(t, g, authz.KindTrusteeUser, "pu")) {
		t.Error("the organization is let in as a whole, its user is one of it")
	}
	for id, want := range map[string]string{"p": "Partner", "q": "Quiet", "r": ""} {
		if got := g.TrusteeName("o", id); got != want {
			t.Errorf("the name of %s is %q; want %q", id, got, want)
		}
	}
}

// A permission that roles spell in several ways has one of these for a name,
// whatever the order of the roles.
func TestNameOfPermission(t *testing.T) {
	t.Parallel()
	for _, roles := range []string{"role r Zone:wing:view\nrole s zone:Wing:view", "role r zone:Wing:view\nrole s Zone:wing:view"} {
		g := build(t, authztest.Parse(t, "division a\nuser ada\ngrant ada r a\ngrant ada s a\n"+roles), graph.Options{})
		var names []string
		for _, p := range g.Universe("o") {
			names = append(names, p.Name)
		}
		if !slices.Equal(names, []string{"Zone:wing:view"}) {
			t.Errorf("%q: the names are %v", roles, names)
		}
	}
}

// A team holds no groups, not even the first one that is known.
func TestTeamHoldsNoGroup(t *testing.T) {
	t.Parallel()
	g := build(t, authztest.Parse(t, lawRole+"user ada\ngroup g ada\nteam t group:g\ngrant team:t r a"), graph.Options{})
	team, ok := g.FindNode(authz.Key{Org: "o", Kind: authz.KindTeam, ID: "t"})
	if !ok {
		t.Fatal("no team")
	}
	group, _ := g.FindNode(authz.Key{Org: "o", Kind: authz.KindGroup, ID: "g"})
	if slices.Contains(g.HeldBy(group), team) {
		t.Error("the team holds the group")
	}
}
