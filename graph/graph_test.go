package graph_test

import (
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// ledger says that every list of the organization "o" was read completely.
func ledger() []authz.Coverage {
	var out []authz.Coverage
	for _, l := range authz.Lists() {
		out = append(out, authz.Coverage{Org: "o", List: l, Status: authz.StatusComplete})
	}
	return out
}

func key(k authz.Kind, id string) authz.Key { return authz.Key{Org: "o", Kind: k, ID: id} }

func TestWalkThrough(t *testing.T) {
	t.Parallel()
	r := &authz.Records{
		Organization: []authz.Organization{{ID: "o"}},
		Division:     []authz.Division{{Org: "o", ID: "home", Home: true}, {Org: "o", ID: "a"}, {Org: "o", ID: "b"}},
		User:         []authz.User{{Org: "o", ID: "ann", Name: "Ann"}, {Org: "o", ID: "bo", Name: "Bo"}, {Org: "o", ID: "off", State: "inactive"}},
		Group:        []authz.Group{{Org: "o", ID: "g", Name: "G"}},
		Member:       []authz.MemberList{{Container: key(authz.KindGroup, "g"), Members: []authz.Key{key(authz.KindSubject, "bo")}}},
		Role: []authz.Role{{Org: "o", ID: "sup", Policies: []authz.Policy{
			{Domain: "routing", Entity: "queue", Action: "view"}, {Domain: "oauth", Entity: "client", Action: "view"},
		}}},
		Permission: []authz.Permission{
			{Org: "o", Domain: "routing", Entity: "queue", Action: "view", DivisionAware: authz.True},
			{Org: "o", Domain: "oauth", Entity: "client", Action: "view", DivisionAware: authz.False},
		},
		Grant: []authz.Grant{
			{Org: "o", Subject: key(authz.KindUser, "ann"), Role: "sup", Division: "a"},
			{Org: "o", Subject: key(authz.KindGroup, "g"), Role: "sup", Division: "*"},
			{Org: "o", Subject: key(authz.KindUser, "off"), Role: "sup", Division: "*"},
			{Org: "o", Subject: key(authz.KindUser, "ghost"), Role: "sup", Division: "*"},
		},
		CoverageLedger: ledger(),
	}
	g, err := graph.Build(r, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	view := g.Perm("o", authz.NewPattern("routing", "queue", "view"))
	client := g.Perm("o", authz.NewPattern("oauth", "client", "view"))
	ann, _ := g.FindPrincipal(key(authz.KindUser, "ann"))
	bo, _ := g.FindPrincipal(key(authz.KindUser, "bo"))
	divA, _ := g.FindDivision(key(authz.KindDivision, "a"))
	divB, _ := g.FindDivision(key(authz.KindDivision, "b"))
	who := func(m graph.Perm, d uint32) graph.Holders {
		s := graph.NewSet(len(g.Divisions()))
		s.Add(d)
		return g.Who(graph.Query{Org: "o", Permissions: []graph.Perm{m}, Divisions: s})
	}
	for _, c := range []struct {
		name string
		m    graph.Perm
		d    uint32
		p    uint32
		want graph.Level
	}{
		{"own division", view, divA, ann, graph.Whole},
		{"other division", view, divB, ann, graph.None},
		{"not division-aware", client, divB, ann, graph.Whole},
		{"all divisions, through a group", view, divB, bo, graph.Whole},
	} {
		if got := who(c.m, c.d).Level(c.p); got != c.want {
			t.Errorf("%s: reach %v; want %v", c.name, got, c.want)
		}
	}
	if n := who(view, divA).All().Len(); n != 2 {
		t.Errorf("%d principals; want 2", n)
	}
	if len(g.Dangling()) != 1 || g.Dangling()[0].Subject.ID != "ghost" {
		t.Errorf("dangling = %v", g.Dangling())
	}
	rs := g.Reasons(bo, view, divB)
	if len(rs) != 1 || len(rs[0].Path) != 1 || rs[0].Extent != graph.ExtentAllDivisions {
		t.Errorf("reasons = %+v", rs)
	}
	if rows := g.Access(ann); len(rows) != 2 || rows[0].Division != graph.AnyDivision || rows[1].Division != divA {
		t.Errorf("rows = %+v", rows)
	}
}
