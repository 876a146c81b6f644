package analyzer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A change is proposed for what stands in the way, whatever kind of record that is.
//
//	who ── (switched off) ── group ── group ── sup@b          queue q in b
func TestNearestByKind(t *testing.T) {
	t.Parallel()
	const base = "division a\ndivision b\ncatalogue routing:queue:view aware\nqueue q in b\nrole sup routing:queue:view\n"
	for _, c := range []struct {
		about, records string
		kind           authz.Kind
		id             string
		want           string // what does not begin with it is not looked at
	}{
		{
			"a trustee's group that was switched off", base + "trust T name=Acme\ngroup tg trustee=T state=inactive\ngrant trustee_group:tg sup b",
			authz.KindTrusteeGroup, "tg", "enable-group reactivate the trustee group tg",
		},
		{
			"a trust that was switched off", base + "trust T name=Acme disabled full",
			authz.KindTrusteeOrganization, "T", "enable-trust reactivate the trust Acme",
		},
		{
			"a group of a group that was switched off", base + "user ada in a\ngroup near ada\ngroup off near name=Off state=inactive\ngrant off sup b",
			authz.KindUser, "ada", "enable-group reactivate the group Off",
		},
		{
			"a group that was switched off, inside one that has the role", base + "user ada in a\ngroup off ada name=Off state=inactive\ngroup top off name=Top\ngrant top sup b",
			authz.KindUser, "ada", "enable-group reactivate the group Off",
		},
		{
			"a group inside one that has the role", base + "user ada in a\ngroup in name=Inner\ngroup top in name=Top\ngrant top sup b",
			authz.KindUser, "ada", "add-member add the user ada to the group Inner",
		},
		{
			"a team", base + "user ada in a\nteam red name=Red\ngrant team:red sup b",
			authz.KindUser, "ada", "join-team add the user ada to the team Red",
		},
		{
			"a role elsewhere of which nobody knows how far a scope narrows it", base + "role odd routing:queue:view scope=sometimes\nuser ada in a\ngrant ada odd a",
			authz.KindUser, "ada", "move-resource move the queue q to a",
		},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			m := mustConfigured(t, "org o\n"+named(c.records), "")
			a := explainTo(t, m, authz.Key{Org: "o", Kind: c.kind, ID: c.id}, "routing:queue:view", "queue:q")
			var got []string
			for _, n := range a.Nearest {
				got = append(got, fmt.Sprintf("%s %s", n.Kind, n.Change))
			}
			if !slices.Contains(got, c.want) {
				t.Errorf("want %q among\n%s", c.want, strings.Join(got, "\n"))
			}
		})
	}
}

// What is proposed for a name that nothing has is near it, and nothing is proposed
// where nothing is.
func TestNamesNotFound(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, "division d name=xayb\ndivision e name=cd\nuser u name=Zed email=zed@far.example", "")
	for _, c := range []struct{ name, want string }{
		{"ab", `no tenant, division, queue, flow, resource or user "ab" in the snapshot; did you mean "cd", "xayb"?`},
		{"cxyd", `no tenant, division, queue, flow, resource or user "cxyd" in the snapshot; did you mean "cd"?`},
		{"zed@fur.example", `no tenant, division, queue, flow, resource or user "zed@fur.example" in the snapshot; did you mean "zed@far.example"?`},
		{"qqqqqqqqqqqqqqqq", `no tenant, division, queue, flow, resource or user "qqqqqqqqqqqqqqqq" in the snapshot`},
	} {
		_, _, err := m.FindTarget(c.name)
		if err == nil {
			t.Fatalf("%s was found", c.name)
		}
		if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
