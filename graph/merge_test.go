package graph_test

import (
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A grant told with and without its subject's type is one grant, of the earliest
// date that either knows, in whatever order they are told.
func TestTwiceToldGrantKeepsEarliestDate(t *testing.T) {
	t.Parallel()
	early, late := time.UnixMilli(1000), time.UnixMilli(2000)
	for _, c := range []struct {
		typed, typeless time.Time
		want            int64
	}{
		{early, late, 1000},
		{late, early, 1000},
		{time.Time{}, late, 2000},
		{late, time.Time{}, 2000},
		{time.Time{}, time.Time{}, 0},
	} {
		for _, typedFirst := range []bool{true, false} {
			grants := []authz.Grant{
				{Org: "o", Subject: key(authz.KindUser, "ada"), Role: "r", Division: "a", MadeAt: c.typed},
				{Org: "o", Subject: key(authz.KindSubject, "ada"), Role: "r", Division: "a", MadeAt: c.typeless},
			}
			if !typedFirst {
				grants[0], grants[1] = grants[1], grants[0]
			}
			g, err := graph.Build(&authz.Records{
				Organization: []authz.Organization{{ID: "o"}}, Division: []authz.Division{{Org: "o", ID: "a"}},
				User: []authz.User{{Org: "o", ID: "ada"}}, Role: []authz.Role{{Org: "o", ID: "r"}},
				Grant: grants, CoverageLedger: ledger(),
			}, graph.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if g.Grants() != 1 || g.Grant(0).MadeAt != c.want {
				t.Errorf("typed %v, typeless %v: %d grants, the first of %d; want one of %d", c.typed, c.typeless, g.Grants(), g.Grant(0).MadeAt, c.want)
			}
		}
	}
}

// Of two catalogue entries for one permission the one that says whether
// divisions limit it counts; of two that say different things the wider.
func TestTwiceToldPermission(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want authz.Tri }{
		{authz.True, authz.Unknown, authz.True},
		{authz.Unknown, authz.True, authz.True},
		{authz.Unknown, authz.False, authz.False},
		{authz.True, authz.False, authz.False},
		{authz.False, authz.True, authz.False},
		{authz.True, authz.True, authz.True},
		{authz.Unknown, authz.Unknown, authz.Unknown},
	} {
		entry := func(v authz.Tri) authz.Permission {
			return authz.Permission{Org: "o", Domain: "x", Entity: "y", Action: "z", DivisionAware: v}
		}
		g, err := graph.Build(&authz.Records{
			Organization: []authz.Organization{{ID: "o"}}, Permission: []authz.Permission{entry(c.a), entry(c.b)}, CoverageLedger: ledger(),
		}, graph.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := g.Perm("o", authz.NewPattern("x", "y", "z")).Aware; got != c.want {
			t.Errorf("%v and %v: %v; want %v", c.a, c.b, got, c.want)
		}
	}
}

// A role held in one division and, doubtfully, in the same one is held once and
// not doubtful; in two divisions it is held twice, in order.
func TestHoldings(t *testing.T) {
	t.Parallel()
	g, err := graph.Build(&authz.Records{
		Organization: []authz.Organization{{ID: "o"}}, Division: []authz.Division{{Org: "o", ID: "a"}, {Org: "o", ID: "b"}},
		User: []authz.User{{Org: "o", ID: "ada"}}, Role: []authz.Role{{Org: "o", ID: "r"}},
		Group:  []authz.Group{{Org: "o", ID: "g", RolesEnabled: authz.False}},
		Member: []authz.MemberList{{Container: key(authz.KindGroup, "g"), Members: []authz.Key{key(authz.KindSubject, "ada")}}},
		Grant: []authz.Grant{
			{Org: "o", Subject: key(authz.KindGroup, "g"), Role: "r", Division: "a"},
			{Org: "o", Subject: key(authz.KindGroup, "g"), Role: "r", Division: "b"},
			{Org: "o", Subject: key(authz.KindUser, "ada"), Role: "r", Division: "a"},
		},
		CoverageLedger: ledger(),
	}, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := g.Holdings(0)
	if len(got) != 2 || got[0].Doubtful || !got[1].Doubtful || got[0].Division >= got[1].Division {
		t.Errorf("holdings = %+v; want one in the first division, and a doubtful one in the second", got)
	}
}
