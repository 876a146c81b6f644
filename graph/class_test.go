package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// Two agents with one role are equal; a third who sits on a queue that the
// role's scope depends on is not, and a fourth with a role that depends on
// nothing is equal to nobody but his like.
func TestClasses(t *testing.T) {
	t.Parallel()
	user := func(id string) authz.User { return authz.User{Org: "o", ID: id, Name: id} }
	r := &authz.Records{
		Organization: []authz.Organization{{ID: "o"}},
		Division:     []authz.Division{{Org: "o", ID: "a"}},
		User:         []authz.User{user("u1"), user("u2"), user("u3"), user("u4"), user("u5")},
		Resource:     []authz.Resource{{Org: "o", Kind: authz.KindQueue, ID: "q", Division: "a"}},
		Member: []authz.MemberList{{
			Container: key(authz.KindQueue, "q"),
			Members:   []authz.Key{key(authz.KindUser, "u3"), key(authz.KindUser, "u5")},
		}},
		Role: []authz.Role{
			{Org: "o", ID: "agent", Policies: []authz.Policy{{Domain: "routing", Entity: "queue", Action: "view", Scope: "Assigned"}}},
			{Org: "o", ID: "plain", Policies: []authz.Policy{{Domain: "routing", Entity: "queue", Action: "view"}}},
		},
		Permission:     []authz.Permission{{Org: "o", Domain: "routing", Entity: "queue", Action: "view", DivisionAware: authz.True}},
		CoverageLedger: ledger(),
	}
	for _, id := range []string{"u1", "u2", "u3"} {
		r.Grant = append(r.Grant, authz.Grant{Org: "o", Subject: key(authz.KindUser, id), Role: "agent", Division: "a"})
	}
	for _, id := range []string{"u4", "u5"} {
		r.Grant = append(r.Grant, authz.Grant{Org: "o", Subject: key(authz.KindUser, id), Role: "plain", Division: "a"})
	}
	g, err := graph.Build(r, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, c := range g.Classes(nil) {
		var names []string
		for _, p := range c.Members {
			names = append(names, g.Principal(p).Key.ID)
		}
		got = append(got, names)
	}
	if diff := cmp.Diff([][]string{{"u1", "u2"}, {"u3"}, {"u4", "u5"}}, got); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
}
