package platform

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// TestPages walks every kind of list to its end, in pages of several sizes: each
// entity comes once and in order.
func TestPages(t *testing.T) {
	t.Parallel()
	org, err := Generate(t.Context(), simulator.Options{Size: simulator.SizeS, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	n := newNaive(t, org, Options{Rate: -1})
	group, team := org.all(authz.ListGroups)[1].id, org.all(authz.ListTeams)[0].id
	for _, test := range []struct {
		path string
		want []string
	}{
		{"/users?state=any", ids(org.all(authz.ListUsers))},
		{"/users/query?state=any", ids(org.all(authz.ListUsers))},
		{"/groups", ids(org.all(authz.ListGroups))},
		{"/groups/" + group + "/members", org.members.direct[authz.Key{Org: org.id, Kind: authz.KindGroup, ID: group}]},
		{"/teams", ids(org.all(authz.ListTeams))},
		{"/teams/" + team + "/members", org.members.direct[authz.Key{Org: org.id, Kind: authz.KindTeam, ID: team}]},
		{"/routing/queues", ids(org.all(authz.ListQueues))},
		{"/authorization/divisions/query", ids(org.all(authz.ListDivisions))},
	} {
		for _, size := range []int{1, 7, 25, 100} {
			if size == 1 && len(test.want) > 200 {
				continue
			}
			sep := "?"
			if strings.Contains(test.path, "?") {
				sep = "&"
			}
			path := fmt.Sprintf("%s%spageSize=%d", test.path, sep, size)
			var got []string
			for _, raw := range n.walk(path) {
				got = append(got, n.id(raw))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: %d ids, want %d, or not in order", path, len(got), len(test.want))
			}
		}
	}
}

// TestSCIM walks active users by index.
func TestSCIM(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	want := n.walk("/users")
	var got []string
	for start := 1; ; {
		v := n.get(fmt.Sprintf("/scim/v2/users?startIndex=%d&count=7", start))
		var list []json.RawMessage
		n.decode(v["Resources"], &list)
		for _, raw := range list {
			got = append(got, n.id(raw))
		}
		if string(v["totalResults"]) != "23" || string(v["itemsPerPage"]) != fmt.Sprint(len(list)) || string(v["startIndex"]) != fmt.Sprint(start) {
			t.Errorf("from %d: %s", start, v)
		}
		if start += len(list); len(list) == 0 || start > 23 {
			break
		}
	}
	if len(got) != len(want) || got[22] != n.id(want[22]) {
		t.Errorf("%v; want the %d active users", got, len(want))
	}
	for query, want := range map[string]int{`division eq "BPO_A"`: 200, "name co x": 400} {
		if status, body, _ := n.ask("GET", "/scim/v2/users?filter="+url.QueryEscape(query), nil); status != want {
			t.Errorf("filter %s: %d %s; want %d", query, status, body, want)
		}
	}
}

// TestBackwards walks a cursor list to the end and back.
func TestBackwards(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	all := n.walk("/authorization/divisions/query?pageSize=3")
	var path string
	for next := "/authorization/divisions/query?pageSize=3"; next != ""; {
		path = next
		_, next = n.entities(path)
	}
	var back []string
	for path != "" {
		v := n.get(path)
		list, _ := n.entities(path)
		for _, raw := range slices.Backward(list) {
			back = append(back, n.id(raw))
		}
		path = ""
		if v["previousUri"] != nil {
			n.decode(v["previousUri"], &path)
		}
	}
	slices.Reverse(back)
	var want []string
	for _, raw := range all {
		want = append(want, n.id(raw))
	}
	if !slices.Equal(back, want) {
		t.Errorf("backwards %v; want %v", back, want)
	}
}

// TestPageNumbers looks at the numbers of numbered pages.
func TestPageNumbers(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	for _, test := range []struct {
		query             string
		number, count     string
		entities          int
		next, previous    bool
		total             string
		nextHas, lastHas  string
		previousHas, size string
	}{
		{"pageSize=10", "1", "3", 10, true, false, "23", "pageNumber=2", "pageNumber=3", "", "10"},
		{"pageSize=10&pageNumber=2", "2", "3", 10, true, true, "23", "pageNumber=3", "pageNumber=3", "pageNumber=1", "10"},
		{"pageSize=10&pageNumber=3", "3", "3", 3, false, true, "23", "", "pageNumber=3", "pageNumber=2", "10"},
		{"pageSize=10&pageNumber=4", "4", "3", 0, false, true, "23", "", "pageNumber=3", "pageNumber=3", "10"},
		{"pageNumber=9000000000000000000", "9000000000000000000", "1", 0, false, true, "23", "", "pageNumber=1", "", "25"},
		{"", "1", "1", 23, false, false, "23", "", "pageNumber=1", "", "25"},
	} {
		path := "/users?" + test.query
		list, next := n.entities(path)
		v := n.get(path)
		if len(list) != test.entities || (next != "") != test.next || (v["previousUri"] != nil) != test.previous ||
			string(v["pageNumber"]) != test.number || string(v["pageCount"]) != test.count || string(v["total"]) != test.total || string(v["pageSize"]) != test.size ||
			!strings.Contains(next, test.nextHas) || !strings.Contains(string(v["lastUri"]), test.lastHas) || !strings.Contains(string(v["previousUri"]), test.previousHas) {
			t.Errorf("%s: %d entities, %s", path, len(list), v)
		}
	}
}

// TestLimits looks at the limit of pages that options set, and at that of inactive users.
func TestLimits(t *testing.T) {
	t.Parallel()
	n := told(t, Options{PageLimits: map[string]int{"/api/v2/groups": 2}, InactiveLimit: 5})
	for _, test := range []struct {
		path   string
		status int
	}{
		{"/groups?pageSize=2", 200},
		{"/groups?pageSize=3", 400},
		{"/users?state=inactive&pageSize=5", 200},
		{"/users?state=inactive&pageSize=5&pageNumber=2", 400},
		{"/users?state=active&pageSize=5&pageNumber=2", 200},
		{"/users/query?state=inactive&pageSize=100", 200},
	} {
		if status, body, _ := n.ask("GET", test.path, nil); status != test.status {
			t.Errorf("GET %s: %d %s; want %d", test.path, status, body, test.status)
		}
	}
}

// TestStates lists users by state: active ones, unless others are wanted.
func TestStates(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	for state, want := range map[string]int{"": 23, "active": 23, "inactive": 1, "deleted": 0, "any": 24} {
		if got := len(n.walk("/users?state=" + state)); got != want {
			t.Errorf("state %q: %d users; want %d", state, got, want)
		}
	}
	down := n.walk("/users?sortOrder=DESC")
	up := n.walk("/users?sortOrder=ASC")
	if n.id(down[0]) != n.id(up[len(up)-1]) {
		t.Errorf("descending begins with %s; want %s", down[0], up[len(up)-1])
	}
}

// TestFilters looks at the parameters that narrow lists.
func TestFilters(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	for path, want := range map[string]int{
		"/users?id=u-ana,u-bo&id=u-none":       2,
		"/groups?id=g-qa":                      1,
		"/authorization/roles?name=admin":      1,
		"/authorization/roles?name=bpo*":       len(named(n, "bpo")),
		"/routing/queues?divisionId=div-bpo-a": 3,
		"/routing/queues?name=overflow":        1,
		"/teams?name=Team*":                    2,
		"/authorization/roles?permission=authorization:grant:add&defaultRoleId=admin": 1,
		"/authorization/roles?defaultRoleId=supervisor":                               1,
		"/authorization/roles?permission=none:of:them":                                0,
		"/flows?type=inqueuecall":                                                     1,
		"/authorization/divisions?id=div-hr":                                          1,
		"/authorization/divisions/query?name=H*":                                      2,
	} {
		if got := len(n.walk(path)); got != want {
			t.Errorf("%s: %d; want %d", path, got, want)
		}
	}
}

func named(n *naive, prefix string) []*entity {
	return slices.DeleteFunc(slices.Clone(n.s.org.all(authz.ListRoles)), func(e *entity) bool {
		return !strings.HasPrefix(strings.ToLower(e.name), prefix)
	})
}
