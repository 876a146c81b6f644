package analyzer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// The one reason that an answer shows is as wide as the answer, and through
// divisions before what no division limits; a permission that the organization
// does not name has its reason, too.
//
//	ada ── free@a, narrow@b, look@b     bob ── odd@b, look@b     cyd ── guess@b (any permission, not named)
func TestWhoVia(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
catalogue aaa:queue:view unlimited
catalogue routing:queue:view aware
catalogue recording:recording:view aware
user ada in a
user bob in a
user cyd in a
queue q in b ada
role free name=Free aaa:queue:view
role narrow name=Narrow recording:recording:view scope=assigned
role look name=Look routing:queue:view
role odd name=Odd recording:recording:view scope=sometimes
role any name=Any *:*:*
grant ada free a
grant ada narrow b
grant ada look b
grant bob odd b
grant bob look b
grant cyd any b
user dan in a
role more name=More routing:queue:view
grant dan look b
grant dan more b
`, tenants+"carries: {add: [{permission: \"aaa:queue:view\", carries: tenant, reason: test}]}\n")
	for _, c := range []struct{ verb, who, want string }{
		{"see", "ada", "routing:queue:view by Look, whole"},
		{"see", "bob", "routing:queue:view by Look, whole"},
		{"recording:recording:view", "ada", "recording:recording:view by Narrow, limited"},
		{"recording:recording:view", "bob", "recording:recording:view by Odd, conditional"},
		{"see", "dan", "routing:queue:view by Look, whole"}, // of equals the first
		{"nobody:has:heard", "cyd", "nobody:has:heard by Any, whole"},
	} {
		tg, _, err := m.FindTarget("division:b")
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Who(c.verb, tg, analyzer.WhoOptions{Reasons: "one"})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, r := range a.Answers {
			if r.Principal.ID != c.who {
				continue
			}
			found = true
			perm, reason, ok := m.Via(a, r)
			if got := fmt.Sprintf("%s by %s, %s", perm.Name, roleOf(reason), reason.Reach); got != c.want || !ok {
				t.Errorf("%s %s: via %s, %v; want %s", c.who, c.verb, got, ok, c.want)
			}
			if len(r.Reasons) != 1 || r.Reasons[0].Reach != r.Reach {
				t.Errorf("%s %s: %d reasons; want one as wide as the answer, %v", c.who, c.verb, len(r.Reasons), r.Reach)
			}
		}
		if !found {
			t.Errorf("%s %s: no answer", c.who, c.verb)
		}
	}
}

func roleOf(r analyzer.ExplainedReason) string {
	for _, s := range r.Steps {
		if s.Record.Kind == authz.KindRole {
			return s.Record.Name
		}
		if s.Role != nil {
			return s.Role.Name
		}
	}
	return ""
}

// What roles give without regard to divisions is told the most external first,
// then the most principals.
func TestOrganizationWideOrder(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
catalogue routing:queue:view aware
catalogue oauth:client:view unlimited
user a1 in a
user i1 in home
user i2 in home
role few name=Few oauth:client:view
role many name=Many oauth:client:view
role out name=Out oauth:client:view
grant a1 out home
grant i1 few home
grant i1 many home
grant i2 many home
`, tenants)
	tg, _, err := m.FindTarget("BPO_B")
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Who("see", tg, analyzer.WhoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range a.OrganizationWide {
		got = append(got, fmt.Sprintf("%s %d %d", w.Role.Name, w.External, w.Principals))
	}
	if diff := cmp.Diff("Out 1 1, Many 0 2, Few 0 1", strings.Join(got, ", ")); diff != "" {
		t.Error(diff)
	}
}

// A question about a flow is about permissions over flows, one about a queue
// about those over queues; what is about everything counts for each.
func TestWhoAboutThings(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
catalogue routing:queue:view aware
catalogue architect:flow:view aware
catalogue recording:recording:view aware
user f in a
user q in a
user z in a
object disk in b name=Disk
role rz recording:recording:view
grant z rz b
flow ivr in b name=IVR
queue line in b name=Line
role rf architect:flow:view
role rq routing:queue:view
grant f rf b
grant q rq b
`, tenants)
	for target, want := range map[string]string{"flow:ivr": "f z", "queue:line": "q z", "resource:disk": "z", "division:b": "f q z"} {
		if got := strings.Join(whoIDs(t, m, "see", target, analyzer.WhoOptions{}), " "); got != want {
			t.Errorf("who can see %s: %s; want %s", target, got, want)
		}
	}
}

// Facts at their edges: an address without a name before its domain, a
// convention that names the first tenant, or none.
func TestTenancyEdges(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
user bare email=@bpo-a.example
client c1 name=Vendor_A_Sync
client c2 name=Vendor_Unassigned_Sync
client c3 name=Vendor__Sync
`, tenants)
	two := mustConfigured(t, places+"client c name=Vendor_Acme_Sync", `version: 1
tenants:
  - {name: East_Acme, divisions: [a], external: true}
  - {name: West_Acme, divisions: [b], external: true}
naming: {clients: "^Vendor_(?P<tenant>[^_]+)_"}
`)
	if got, _, _ := strings.Cut(membership(t, two, authz.Key{Org: "o", Kind: authz.KindClient, ID: "c"}), ":"); got != "Unassigned by none" {
		t.Errorf("a part of two tenants' names: %s", got)
	}
	for k, want := range map[authz.Key]string{
		{Org: "o", Kind: authz.KindUser, ID: "bare"}: "BPO_A by email",
		{Org: "o", Kind: authz.KindClient, ID: "c1"}: "BPO_A by convention",
		{Org: "o", Kind: authz.KindClient, ID: "c2"}: "Unassigned by none",
		{Org: "o", Kind: authz.KindClient, ID: "c3"}: "Unassigned by none",
	} {
		if got, _, _ := strings.Cut(membership(t, m, k), ":"); got != want {
			t.Errorf("%s: %s; want %s", k, got, want)
		}
	}
}
