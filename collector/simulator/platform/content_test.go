package platform

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// TestContent reads a whole organization back through the API, as a bundle, and
// compares it with the bundle that it was loaded from.
func TestContent(t *testing.T) {
	t.Parallel()
	for name, fsys := range map[string]fs.FS{"told": simulator.Told(), "clean": simulator.Clean()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := records(t, fsys)
			org, err := Load(fsys)
			if err != nil {
				t.Fatal(err)
			}
			n := newNaive(t, org, Options{AllDivisionGrants: true, Rate: -1})
			got := records(t, n.bundle())
			compare(t, want, got)
		})
	}
}

// TestGeneratedContent does the same with a generated organization.
func TestGeneratedContent(t *testing.T) {
	t.Parallel()
	o := simulator.Options{Size: simulator.SizeS, Seed: 3, Faults: true}
	want := &sink{}
	if _, err := simulator.Generate(t.Context(), o, want, nil); err != nil {
		t.Fatal(err)
	}
	org, err := Generate(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	n := newNaive(t, org, Options{AllDivisionGrants: true, Rate: -1})
	got := records(t, n.bundle())
	compare(t, &want.Records, got)
}

// TestClonedUsers marks a user whom a trustee has copied here: not in the list of
// users, but in one of its own.
func TestClonedUsers(t *testing.T) {
	t.Parallel()
	org, err := Load(simulator.Told())
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range org.facts.User {
		if u.ID == "u-petra" {
			org.facts.User[i].ClonedFrom = "org-northwind"
		}
	}
	n := newNaive(t, org, Options{})
	for _, raw := range n.cloned(n.walk("/users")) {
		if got, want := strings.Contains(string(raw), `"clonedFrom":"org-northwind"`), n.id(raw) == "u-petra"; got != want {
			t.Errorf("%s: cloned %t; want %t", raw, got, want)
		}
	}
}

// A sink keeps records.
type sink struct{ authz.Records }

func (s *sink) Put(rec authz.Record, _ json.RawMessage) error { return s.Records.Put(rec) }
func (*sink) Cover(authz.Coverage) error                      { return nil }

func records(t *testing.T, fsys fs.FS) *authz.Records {
	t.Helper()
	var s sink
	if err := bundle.New(fsys, "", bundle.Options{}).Collect(t.Context(), &s); err != nil {
		t.Fatal(err)
	}
	return &s.Records
}

// compare compares what the API can tell of records.
func compare(t *testing.T, want, got *authz.Records) {
	t.Helper()
	// Grants of roles, or in divisions, that do not exist are in neither list whole.
	exist := map[string]bool{authz.AllDivisions: true}
	for _, d := range want.Division {
		exist[d.ID] = true
	}
	for _, r := range want.Role {
		exist[r.ID] = true
	}
	// Cloned users are told by trustee: the API says nothing of other organizations.
	for i, u := range want.User {
		if !slices.ContainsFunc(want.Trust, func(t authz.Trust) bool { return t.ID == u.ClonedFrom }) {
			want.User[i].ClonedFrom = ""
		}
	}
	for _, r := range []*authz.Records{want, got} {
		r.Grant = slices.DeleteFunc(r.Grant, func(g authz.Grant) bool { return !exist[g.Role] || !exist[g.Division] })
		slices.SortFunc(r.Usage, func(a, b authz.Usage) int {
			return cmp.Or(cmp.Compare(a.Client, b.Client), cmp.Compare(a.Template, b.Template), a.Date.Compare(b.Date))
		})
		for i := range r.AccessPolicy {
			r.AccessPolicy[i].Condition = strings.ReplaceAll(r.AccessPolicy[i].Condition, " ", "")
		}
		for i := range r.Organization {
			r.Organization[i].Platform, r.Organization[i].Region = "", ""
		}
		for i := range r.Group {
			r.Group[i].Dynamic = authz.Unknown
		}
		for i := range r.Member {
			for k := range r.Member[i].Members {
				r.Member[i].Members[k].Kind = authz.KindSubject
			}
			slices.SortFunc(r.Member[i].Members, authz.Key.Compare)
		}
		for i := range r.Grant {
			r.Grant[i].Source = ""
		}
		slices.SortFunc(r.Grant, func(a, b authz.Grant) int {
			return cmp.Or(cmp.Compare(a.Key().String(), b.Key().String()), -a.MadeAt.Compare(b.MadeAt))
		})
		r.Grant = slices.CompactFunc(r.Grant, func(a, b authz.Grant) bool { return a.Key() == b.Key() })
		r.View, r.CoverageLedger, r.About = nil, nil, authz.Info{}
		r.Other = slices.DeleteFunc(r.Other, func(o authz.Other) bool { return o.List == authz.ListReports || o.List == authz.ListUnusedRoles })
	}
	// An API has a list of members of everything that can have members.
	got.Member = slices.DeleteFunc(got.Member, func(m authz.MemberList) bool { return len(m.Members) == 0 })
	want.Member = slices.DeleteFunc(want.Member, func(m authz.MemberList) bool { return len(m.Members) == 0 })
	byKey := func(a, b authz.MemberList) int { return a.Container.Compare(b.Container) }
	slices.SortFunc(got.Member, byKey)
	slices.SortFunc(want.Member, byKey)
	if d := gocmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(authz.Records{})); d != "" {
		t.Errorf("records differ (-want +got):\n%s", d)
	}
}

// bundle reads everything and returns it as the files of a bundle.
func (n *naive) bundle() fs.FS {
	out := fstest.MapFS{}
	put := func(list authz.List, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			n.t.Fatal(err)
		}
		out[string(list)+".json"] = &fstest.MapFile{Data: b}
	}
	put(authz.ListOrganization, n.get("/organizations/me"))
	put(authz.ListSettings, n.get("/authorization/roles/settings"))
	put(authz.ListDivisions, n.walk("/authorization/divisions?pageSize=3"))
	put(authz.ListPermissions, n.walk("/authorization/permissions?pageSize=7"))
	put(authz.ListRoles, n.walk("/authorization/roles?userCount=false"))
	users := n.walk("/users?state=active&pageSize=7&expand=lasttokenissued,dateLastLogin,employerInfo")
	for _, state := range []string{"inactive", "deleted"} {
		users = append(users, n.walk("/users?state="+state+"&expand=lasttokenissued&expand=dateLastLogin&expand=employerInfo")...)
	}
	put(authz.ListUsers, n.cloned(inOrder(n, users, authz.ListUsers)))
	groups := n.count("/groups", 2)
	put(authz.ListGroups, groups)
	put(authz.ListGroupMembers, n.members("/groups/%s/members?pageSize=2", groups))
	teams := n.walk("/teams?pageSize=1")
	put(authz.ListTeams, teams)
	put(authz.ListTeamMembers, n.members("/teams/%s/members?pageSize=2", teams))
	queues := n.walk("/routing/queues?pageSize=500")
	put(authz.ListQueues, queues)
	put(authz.ListQueueMembers, n.members("/routing/queues/%s/members?memberBy=user&pageSize=2", queues))
	put(authz.ListFlows, n.walk("/flows?pageSize=2"))
	put(authz.ListClients, n.walk("/oauth/clients"))
	put(authz.ListTrustees, n.walk("/orgauthorization/trustees"))
	put(authz.ListTrusteeUsers, n.byTrustee("users"))
	put(authz.ListTrusteeGroups, n.byTrustee("groups"))
	put(authz.ListTrustors, n.walk("/orgauthorization/trustors?pageSize=1"))
	put(authz.ListAuthorizedApps, n.walk("/oauth/authorizations"))
	put(authz.ListAccessPolicies, n.walk("/authorization/policies?pageSize=1"))
	put(authz.ListIdentityProviders, n.walk("/identityproviders"))
	put(authz.ListIntegrations, n.walk("/integrations"))
	put(authz.ListProducts, n.walk("/authorization/products"))
	put(authz.ListObjects, n.objects())
	put(authz.ListGrants, n.grants())
	put(authz.ListClientUsage, n.usage())
	put(authz.ListAudits, n.audits("PeoplePermissions", "Routing"))
	return out
}

// inOrder puts entities into the order of the organization's list, which reading by
// state has lost.
func inOrder(n *naive, list []json.RawMessage, name authz.List) []json.RawMessage {
	at := n.s.org.lists[name].at
	slices.SortStableFunc(list, func(a, b json.RawMessage) int { return cmp.Compare(at[n.id(a)], at[n.id(b)]) })
	return list
}

// cloned marks the users whom a trustee has copied here, as a list of their own tells.
func (n *naive) cloned(users []json.RawMessage) []json.RawMessage {
	from := map[string][]byte{}
	for _, t := range n.walk("/orgauthorization/trustees") {
		for _, u := range n.walk("/orgauthorization/trustees/" + n.id(t) + "/clonedusers") {
			from[n.id(u)] = quote(n.id(t))
		}
	}
	for i, u := range users {
		if org := from[n.id(u)]; org != nil {
			users[i] = with(u, "clonedFrom", org)
		}
	}
	return users
}

// objects returns the objects of every type that is listed, and of those that are
// not what the bundle had.
func (n *naive) objects() []json.RawMessage {
	out := []json.RawMessage{}
	listed := map[string]bool{}
	for _, k := range objectKinds() {
		listed[k.kind] = true
		out = append(out, n.walk("/"+k.path)...)
	}
	out = append(out, n.walk("/routing/skillgroups")...)
	for _, e := range n.s.org.all(authz.ListObjects) {
		if !listed[e.kind] && e.kind != "SKILLGROUP" {
			out = append(out, e.raw)
		}
	}
	return out
}

func (n *naive) members(format string, of []json.RawMessage) map[string][]json.RawMessage {
	out := map[string][]json.RawMessage{}
	for _, e := range of {
		path := fmt.Sprintf(format, n.id(e))
		var all []json.RawMessage
		for page := 1; ; page++ {
			list, next := n.entities(path)
			all = append(all, list...)
			if next == "" {
				break
			}
			path = next
		}
		for i, m := range all {
			all[i] = json.RawMessage(fmt.Sprintf(`{"id":%q}`, n.id(m)))
		}
		out[n.id(e)] = all
	}
	return out
}

func (n *naive) byTrustee(what string) map[string][]json.RawMessage {
	out := map[string][]json.RawMessage{}
	for _, e := range n.walk("/orgauthorization/trustees") {
		out[n.id(e)] = n.walk("/orgauthorization/trustees/" + n.id(e) + "/" + what)
	}
	return out
}

// grants joins the two lists: types from one, dates from the other.
func (n *naive) grants() []map[string]any {
	type pair struct{ subject, role, division string }
	dates := map[pair]string{}
	for _, d := range append(n.walk("/authorization/divisions"), json.RawMessage(`{"id":"*"}`)) {
		for _, raw := range n.walk("/authorization/divisions/" + n.id(d) + "/grants?pageSize=500") {
			var g struct {
				SubjectID      string `json:"subjectId"`
				Role, Division struct{ ID string }
				GrantMadeAt    string `json:"grantMadeAt"`
				Type           string
			}
			n.decode(raw, &g)
			if g.Type != "" {
				n.t.Errorf("a grant of a division has a type: %s", raw)
			}
			dates[pair{g.SubjectID, g.Role.ID, g.Division.ID}] = g.GrantMadeAt
		}
	}
	var out []map[string]any
	for _, role := range n.walk("/authorization/roles") {
		for _, raw := range n.walk("/authorization/roles/" + n.id(role) + "/subjectgrants?pageSize=3") {
			var s struct {
				ID, Type  string
				Divisions []struct{ ID string }
			}
			n.decode(raw, &s)
			if strings.Contains(string(raw), "grantMadeAt") {
				n.t.Errorf("a subject of a role has a date: %s", raw)
			}
			for _, d := range s.Divisions {
				g := map[string]any{"subjectId": s.ID, "subjectType": s.Type, "role": map[string]string{"id": n.id(role)}, "division": map[string]string{"id": d.ID}}
				if at := dates[pair{s.ID, n.id(role), d.ID}]; at != "" {
					g["grantMadeAt"] = at
				}
				out = append(out, g)
			}
		}
	}
	return out
}

// usage asks for what clients called, and waits for it.
func (n *naive) usage() map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, c := range n.walk("/oauth/clients") {
		body := strings.NewReader(`{"interval":"2000-01-01T00:00:00Z/2100-01-01T00:00:00Z","granularity":"Day","metrics":["Requests"],"groupBy":["TemplateUri","HttpMethod"]}`)
		status, got, _ := n.ask(http.MethodPost, "/oauth/clients/"+n.id(c)+"/usage/query", body)
		var started struct {
			ResultsURI string `json:"resultsUri"`
		}
		n.decode(got, &started)
		if status != http.StatusOK {
			n.t.Fatalf("usage: %d %s", status, got)
		}
		for {
			v := n.get(started.ResultsURI)
			if string(v["queryStatus"]) == `"Complete"` {
				if string(v["results"]) != "[]" {
					out[n.id(c)] = v["results"]
				}
				break
			}
		}
	}
	return out
}

// audits asks for messages of services, and waits for them.
func (n *naive) audits(services ...string) []json.RawMessage {
	out := []json.RawMessage{}
	for _, service := range services {
		body := strings.NewReader(`{"interval":"2000-01-01T00:00:00Z/2100-01-01T00:00:00Z","serviceName":"` + service + `"}`)
		status, got, _ := n.ask(http.MethodPost, "/audits/query", body)
		if status != http.StatusOK {
			n.t.Fatalf("audits: %d %s", status, got)
		}
		id := n.id(got)
		for string(n.get("/audits/query/" + id)["state"]) != `"Succeeded"` {
		}
		path := "/audits/query/" + id + "/results?pageSize=1"
		for cursor := ""; ; {
			v := n.get(path + "&cursor=" + cursor)
			var list []json.RawMessage
			n.decode(v["entities"], &list)
			out = append(out, list...)
			if v["cursor"] == nil {
				break
			}
			n.decode(v["cursor"], &cursor)
		}
	}
	return out
}
