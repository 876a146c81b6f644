package platform

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// TestForbidden asks every endpoint without any permission: those that want some
// name them, all others answer.
func TestForbidden(t *testing.T) {
	t.Parallel()
	n := told(t, Options{Permissions: []string{}, Rate: -1})
	for _, e := range endpoints() {
		method, path, _ := strings.Cut(e.pattern, " ")
		for name, id := range map[string]string{"{roleId}": "role-admin", "{subjectId}": "u-ana", "{userId}": "u-ana", "{divisionId}": "div-home", "{groupId}": "g-qa"} {
			path = strings.ReplaceAll(path, name, id)
		}
		status, body, _ := n.ask(method, path+"?permission=a:b:c", strings.NewReader("{}"))
		if len(e.needs) == 0 {
			if status == http.StatusForbidden && !strings.HasSuffix(path, "users/query") {
				t.Errorf("%s: %s; want no 403", e.pattern, body)
			}
			continue
		}
		var got struct {
			Status        int
			Code, Message string
			Template      string            `json:"messageWithParams"`
			Params        map[string]string `json:"messageParams"`
		}
		n.decode(body, &got)
		code := "missing.permissions"
		if e.oneOf {
			code = "missing.any.permissions"
		}
		names := strings.Join(e.needs, ", ")
		if status != http.StatusForbidden || got.Status != status || got.Code != code || !strings.HasSuffix(got.Message, ": "+names) ||
			got.Params["permissions"] != names || !strings.HasSuffix(got.Template, "{permissions}") {
			t.Errorf("%s: %d %s; want 403 that names %s", e.pattern, status, body, names)
		}
	}
}

// TestOneOf lets a caller pass who has one of several permissions.
func TestOneOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		permissions []string
		path        string
		status      int
	}{
		{[]string{"authorization:settings:view"}, "/authorization/roles/settings", 200},
		{[]string{"directory:organization:admin"}, "/authorization/roles/settings", 200},
		{[]string{"authorization:role:view"}, "/authorization/roles/settings", 403},
		{[]string{"usage:client:view"}, "/oauth/clients/oc-wallboard/usage/summary", 200},
		{[]string{"usage:*:*"}, "/oauth/clients/oc-wallboard/usage/summary", 200},
		{[]string{"usage:client:view"}, "/oauth/clients", 403},
		{[]string{"admin"}, "/oauth/clients", 200},
		{[]string{"Authorization > Role > View"}, "/authorization/roles", 200},
	} {
		n := told(t, Options{Permissions: test.permissions})
		if status, body, _ := n.ask("GET", test.path, nil); status != test.status {
			t.Errorf("%v: GET %s: %d %s; want %d", test.permissions, test.path, status, body, test.status)
		}
	}
}

// TestSilentFilter narrows the auditor to one division: lists are shorter and do
// not say so, and the counts of divisions stay what they are.
func TestSilentFilter(t *testing.T) {
	t.Parallel()
	whole := told(t, Options{})
	n := told(t, Options{Divisions: []string{"div-bpo-a"}})
	for _, path := range []string{"/users?state=any", "/routing/queues", "/teams", "/flows"} {
		for _, raw := range n.walk(path) {
			var e struct{ Division struct{ ID string } }
			n.decode(raw, &e)
			if e.Division.ID != "div-bpo-a" {
				t.Errorf("%s shows %s", path, raw)
			}
		}
		want := 0
		for _, raw := range whole.walk(path) {
			var e struct{ Division struct{ ID string } }
			n.decode(raw, &e)
			if e.Division.ID == "div-bpo-a" {
				want++
			}
		}
		if got := len(n.walk(path)); got != want || want == 0 {
			t.Errorf("%s: %d; want %d", path, got, want)
		}
	}
	for path, status := range map[string]int{
		"/users/u-ana": 200, "/users/u-bo": 404, "/teams/team-a": 200, "/teams/team-b": 404, "/teams/team-b/members": 404,
		"/routing/queues/q-a-sales/members": 200, "/routing/queues/q-b-sales/members": 404, "/users/query": 403,
	} {
		if got, body, _ := n.ask("GET", path, nil); got != status {
			t.Errorf("GET %s: %d %s; want %d", path, got, body, status)
		}
	}
	for _, path := range []string{"/authorization/divisions?objectCount=true", "/authorization/roles", "/groups", "/oauth/clients", "/authorization/divisions/div-bpo-a/grants"} {
		if got, want := len(n.walk(path)), len(whole.walk(path)); got != want {
			t.Errorf("%s: %d; want %d as for everybody", path, got, want)
		}
	}
	// The catalogue of this organization says that divisions limit the view of grants.
	if got := n.walk("/authorization/divisions/div-bpo-b/grants"); len(got) != 0 {
		t.Errorf("grants of another division: %s", got)
	}
	got, _ := n.entities("/authorization/divisions?objectCount=true")
	want, _ := whole.entities("/authorization/divisions?objectCount=true")
	if len(got) == 0 || !slices.EqualFunc(got, want, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
		t.Errorf("objectCounts %s; want %s", got, want)
	}
}

// TestOwnClient signs in as clients of the organization: what they may do follows
// from their grants.
func TestOwnClient(t *testing.T) {
	t.Parallel()
	n := told(t, Options{Rate: -1})
	for _, id := range []string{"oc-bpo-a-connector", "oc-bpo-a-workspace", "oc-reporting-bridge", "oc-provisioning"} {
		n.token = n.login(id, n.s.Secret(id))
		me := n.get("/tokens/me")
		if !strings.Contains(string(me["OAuthClient"]), `"`+id+`"`) {
			t.Errorf("tokens/me of %s: %s", id, me)
		}
		k := authz.Key{Org: n.s.org.id, Kind: authz.KindClient, ID: id}
		for _, e := range []struct{ path, permission string }{{"/authorization/roles", "authorization:role:view"}, {"/routing/queues", viewQueues}} {
			p, err := authz.ParsePattern(e.permission)
			if err != nil {
				t.Fatal(err)
			}
			want := 200
			if n.s.subjectIn(k, p).none() {
				want = 403
			}
			if status, body, _ := n.ask("GET", e.path, nil); status != want {
				t.Errorf("%s: GET %s: %d %s; want %d", id, e.path, status, body, want)
			}
		}
	}
}

// TestHiddenGroups shows a group that is not public to those alone who may see it.
func TestHiddenGroups(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		permissions []string
		status      int
		groups      int
	}{{nil, 200, 5}, {[]string{}, 404, 4}, {[]string{viewHidden}, 200, 5}} {
		org, err := Load(simulator.Told())
		if err != nil {
			t.Fatal(err)
		}
		e := org.lists[authz.ListGroups].find("g-qa")
		e.raw = with(e.raw, "visibility", []byte(`"owners"`))
		n := newNaive(t, org, Options{Permissions: test.permissions})
		if got := len(n.walk("/groups")); got != test.groups {
			t.Errorf("with %v: %d groups; want %d", test.permissions, got, test.groups)
		}
		for _, path := range []string{"/groups/g-qa", "/groups/g-qa/members", "/groups/g-qa/individuals"} {
			if status, body, _ := n.ask("GET", path, nil); status != test.status {
				t.Errorf("with %v: GET %s: %d %s; want %d", test.permissions, path, status, body, test.status)
			}
		}
	}
}

// TestOracle compares what the platform says of every subject with the law applied
// to all records at once, without what narrows within a division.
func TestOracle(t *testing.T) {
	t.Parallel()
	lex := lexicon.Default()
	opts := reference.Options{Aware: lex.Aware, Resolve: lex.Resolve}
	var all sink
	bundled := records(t, simulator.Told())
	all.Records = *bundled.Clone()
	for i := range all.Role {
		all.Role[i].Policies = slices.Clone(all.Role[i].Policies)
		for k := range all.Role[i].Policies {
			p := &all.Role[i].Policies[k]
			p.Condition, p.Scope, p.ScopeGroups, p.ScopeTeams, p.ScopeViews = nil, "", nil, nil, nil
		}
	}
	all.AccessPolicy, all.CoverageLedger = nil, nil
	for _, list := range authz.Lists() {
		all.CoverageLedger = append(all.CoverageLedger, authz.Coverage{List: list, Status: authz.StatusComplete})
	}
	law := reference.New(&all.Records, opts)
	n := told(t, Options{Aware: lex.Aware, Resolve: lex.Resolve, Rate: -1})
	org, asked, some := n.s.org.id, 0, 0
	for _, who := range append(law.Principals(), law.Dormant()...) {
		if who.Kind == authz.KindTrusteeOrganization {
			continue
		}
		for _, p := range law.Universe(org) {
			d := n.s.subjectIn(who, p)
			if got, want := d.all, law.Reach(who, p, authz.AllDivisions).Level != reference.None; got != want {
				t.Errorf("%s %s in all divisions: %t; want %t", who, p, got, want)
			}
			for _, division := range law.Divisions(org) {
				asked++
				got, want := d.all || d.in[division], law.Reach(who, p, division).Level != reference.None
				if got != want {
					t.Errorf("%s %s in %s: %t; want %t", who, p, division, got, want)
				}
				if want {
					some++
				}
			}
		}
	}
	if asked < 1000 || some < 100 || some == asked {
		t.Errorf("%d of %d answers are yes: the test says little", some, asked)
	}
}

// TestPermittedGroup asks about a group: it has what its members get from it.
func TestPermittedGroup(t *testing.T) {
	t.Parallel()
	lex := lexicon.Default()
	n := told(t, Options{Aware: lex.Aware, Resolve: lex.Resolve})
	list := n.walk("/authorization/divisionspermitted/paged/g-bpo-a-agents?permission=routing:queue:view")
	if len(list) != 2 || n.id(list[0]) != "div-bpo-a" || n.id(list[1]) != "div-public" {
		t.Errorf("g-bpo-a-agents: %s; want div-bpo-a and div-public", list)
	}
}
