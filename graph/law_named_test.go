package graph_test

import (
	"slices"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// Section 3, what only another record names.
func TestLawOfTheNamed(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "members of a team that the incomplete list lacks hold what it holds",
			org:  lawRole + "partial teams\nuser ada\nmembers team:lost ada\ngrant team:lost r a",
			says: []string{"ada routing:queue:view a = whole"},
		},
		{
			name: "members of a team that the complete list lacks do not",
			org:  lawRole + "user ada\nmembers team:lost ada\ngrant team:lost r a",
			says: []string{"ada routing:queue:view a = none"},
		},
		{
			name: "a group that only another group lists may have members",
			org:  lawRole + "partial groups\nuser ada\ngroup outer group:inner\ngrant outer r a",
			says: []string{"undetermined routing:queue:view a = group:inner r@a", "acting = user:ada"},
		},
		{
			name: "a group that a grant names too is a principal all the same",
			org:  lawRole + "partial groups\nuser ada\nrole s routing:queue:edit\ngroup outer group:inner\ngrant group:inner r a\ngrant outer s a",
			says: []string{
				"acting = unknown:inner user:ada", "unknown:inner routing:queue:view a = whole", "unknown:inner routing:queue:edit a = whole",
			},
		},
		{
			name: "a team that a group lists and a grant names is a principal all the same",
			org:  lawRole + "partial teams\nuser ada\ngroup outer team:inner\ngrant team:inner r a",
			says: []string{"acting = unknown:inner user:ada", "unknown:inner routing:queue:view a = whole"},
		},
		{
			name: "unless the list of groups is complete",
			org:  lawRole + "user ada\ngroup outer group:inner\ngrant outer r a",
			says: []string{"undetermined routing:queue:view a ="},
		},
		{
			name: "an id without a type in a team is a person or nobody",
			org:  lawRole + "partial groups\nuser ada\nteam red x\ngrant red r a",
			says: []string{"acting = user:ada"},
		},
		{
			name: "an id without a type in a group may be a group",
			org:  lawRole + "partial groups\nuser ada\ngroup red x\ngrant red r a",
			says: []string{"acting = unknown:x user:ada", "unknown:x routing:queue:view a = whole"},
		},
		{
			name: "a trustee's group holds at home what its list names by type",
			org:  "org o\n" + lawRole + "trust T\ngroup crew trustee=T\ngrant crew r a\norg T\nuser eve\nuser fay\ngroup crew user:eve group:inner user:gone\ngroup inner user:fay",
			says: []string{
				"trustee_user:eve routing:queue:view a = whole", "trustee_user:fay routing:queue:view a = whole",
				"acting = trustee_group:crew trustee_user:eve trustee_user:fay",
			},
		},
	})
}

// What is told of a principal or group says whether a record describes it.
func TestKnown(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, lawRole+`
partial groups
partial users
user ada
client bot
trust T full
group crew trustee=T
group g ada user:gone group:inner owners=crew
grant g r a
team red ada
`))
	want := map[string]bool{
		"user:ada": true, "oauth_client:bot": true, "trustee_organization:T": true, "trustee_group:crew": true, "user:gone": false, "unknown:gone": false,
	}
	for p := range g.Principals() {
		pr := g.Principal(uint32(p))
		if known, ok := want[pr.Key.String()]; !ok || pr.Known != known {
			t.Errorf("%s: known %v", pr.Key, pr.Known)
		}
	}
	for _, n := range g.Groups() {
		known := n.Key.ID != "inner"
		if n.Known != known || n.MembersRead != known || !n.Active || !n.RolesEnabled {
			t.Errorf("%s: %+v", n.Key, n)
		}
		if node, ok := g.FindNode(n.Key); !ok || node != n.Node || g.NodeName(node) != n.Name {
			t.Errorf("FindNode(%s) = %d, %v", n.Key, node, ok)
		}
	}
	first := g.Groups()[0]
	if _, ok := g.FindPrincipal(first.Key); ok || len(g.Acts(first.Node)) != 0 {
		t.Errorf("%s is a principal", first.Key)
	}
	if members := g.Members(first.Node); len(members) != 3 || slices.Contains(members, first.Node) {
		t.Errorf("members of %s: %v", first.Key, members)
	}
	for _, u := range g.AllUndetermined() {
		want := "the members of this group were not read"
		if u.Subject.ID == "inner" {
			want = "this group is not in the snapshot"
		}
		if u.Why != want {
			t.Errorf("%s: %q; want %q", u.Subject, u.Why, want)
		}
	}
	if n := len(g.Groups()); n != 3 {
		t.Errorf("%d groups and teams; want 3", n)
	}
	if _, ok := g.FindNode(key(authz.KindGroup, "none")); ok {
		t.Error("found a group that nothing names")
	}
}

// The later of the last token and the last sign-in counts; who is not a user is
// never seen.
func TestLastSeen(t *testing.T) {
	t.Parallel()
	early, late := time.UnixMilli(1000), time.UnixMilli(2000)
	for _, c := range []struct{ token, login, want time.Time }{
		{early, late, late}, {late, early, late}, {time.Time{}, early, early}, {early, time.Time{}, early}, {},
	} {
		g, err := graph.Build(&authz.Records{User: []authz.User{{ID: "u", LastToken: c.token, LastLogin: c.login}}}, graph.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p := g.Principal(0)
		if got := p.LastSeen(); !got.Equal(c.want) {
			t.Errorf("token %v, login %v: %v; want %v", c.token, c.login, got, c.want)
		}
	}
	if got := (&graph.Principal{}).LastSeen(); !got.IsZero() {
		t.Errorf("a client was seen at %v", got)
	}
}
