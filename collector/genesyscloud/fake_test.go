package genesyscloud

import (
	"context"
	"encoding/json"
	"io/fs"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
)

// A fake is a platform in memory that answers from a bundle. It is as plain as
// can be: no faults, no HTTP.
type fake struct {
	lists map[string][]json.RawMessage // by path
	one   map[string]json.RawMessage
	fails map[string]error // by path
	jobs  map[string][]json.RawMessage
	cap   int // largest page; 0 is any

	mu    sync.Mutex
	calls map[string]int
}

var fakeNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func newFake(t testing.TB, fsys fs.FS) *fake {
	t.Helper()
	f := &fake{
		lists: map[string][]json.RawMessage{}, one: map[string]json.RawMessage{}, fails: map[string]error{},
		jobs: map[string][]json.RawMessage{}, calls: map[string]int{},
	}
	const v2 = "/api/v2/"
	read := func(name string, to any) bool {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return false
		}
		if err := json.Unmarshal(data, to); err != nil {
			t.Fatal(err)
		}
		return true
	}
	list := func(name, path string) []json.RawMessage {
		var all []json.RawMessage
		if !read(name+".json", &all) {
			all = nil
		}
		f.lists[v2+path] = all
		return all
	}
	var org, settings json.RawMessage
	read("organization.json", &org)
	read("settings.json", &settings)
	f.one[v2+"organizations/me"], f.one[v2+"authorization/roles/settings"] = org, settings
	for name, path := range map[string]string{
		"permissions": "authorization/permissions", "roles": "authorization/roles",
		"groups": "groups", "teams": "teams", "oauth_clients": "oauth/clients", "queues": "routing/queues",
		"flows": "flows", "trustees": "orgauthorization/trustees", "access_policies": "authorization/policies",
		"identity_providers": "identityproviders", "integrations": "integrations", "products": "authorization/products",
		"divisions": "authorization/divisions", "trustors": "orgauthorization/trustors", "authorized_apps": "oauth/authorizations",
	} {
		list(name, path)
	}
	f.lists[v2+"routing/skillgroups"], f.lists[v2+"orgauthorization/trustees/care"] = nil, nil
	for _, u := range list("users", "users") {
		var is struct{ State string }
		_ = json.Unmarshal(u, &is)
		if is.State == "" {
			is.State = "active"
		}
		f.lists[v2+"users?"+is.State] = append(f.lists[v2+"users?"+is.State], u)
	}
	byID := func(name, before, after string) {
		var all map[string][]json.RawMessage
		read(name+".json", &all)
		for id, list := range all {
			for i, e := range list {
				if e[0] == '"' {
					list[i] = json.RawMessage(`{"id":` + string(e) + `}`)
				}
			}
			f.lists[v2+before+id+after] = list
		}
	}
	byID("group_members", "groups/", "/members")
	byID("team_members", "teams/", "/members")
	byID("queue_members", "routing/queues/", "/members")
	byID("trustee_users", "orgauthorization/trustees/", "/users")
	byID("trustee_groups", "orgauthorization/trustees/", "/groups")
	var usage map[string][]json.RawMessage
	read("oauth_usage.json", &usage)
	for id, rows := range usage {
		f.jobs[v2+"oauth/clients/"+id+"/usage/query"] = rows
	}
	f.one[v2+"audits/query/servicemapping"] = json.RawMessage(`{"services":[{"name":"PeoplePermissions"},{"name":"Routing"}]}`)
	var audits []json.RawMessage
	read("audits.json", &audits)
	f.jobs[v2+"audits/query"] = audits
	f.grants(t, fsys)
	return f
}

// grants makes the two bulk lists of one.
func (f *fake) grants(t testing.TB, fsys fs.FS) {
	t.Helper()
	data, err := fs.ReadFile(fsys, "grants.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		SubjectID, SubjectType string
		Role, Division         struct{ ID string }
		GrantMadeAt            string
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range f.lists["/api/v2/authorization/roles"] {
		id, _ := identify(r)
		known[id] = true
	}
	type subject struct {
		ID        string              `json:"id"`
		Type      string              `json:"type"`
		Divisions []map[string]string `json:"divisions"`
	}
	typed := map[string][]subject{}
	for _, g := range all {
		dated, _ := json.Marshal(map[string]any{
			"subjectId": g.SubjectID, "role": map[string]string{"id": g.Role.ID}, "division": map[string]string{"id": g.Division.ID}, "grantMadeAt": g.GrantMadeAt,
		})
		path := "/api/v2/authorization/divisions/" + g.Division.ID + "/grants"
		f.lists[path] = append(f.lists[path], dated)
		if !known[g.Role.ID] {
			continue
		}
		list := typed[g.Role.ID]
		i := slices.IndexFunc(list, func(s subject) bool { return s.ID == g.SubjectID })
		if i < 0 {
			i = len(list)
			list = append(list, subject{ID: g.SubjectID, Type: g.SubjectType})
		}
		list[i].Divisions = append(list[i].Divisions, map[string]string{"id": g.Division.ID})
		typed[g.Role.ID] = list
	}
	for role, list := range typed {
		for _, s := range list {
			raw, _ := json.Marshal(s)
			path := "/api/v2/authorization/roles/" + role + "/subjectgrants"
			f.lists[path] = append(f.lists[path], raw)
		}
	}
}

func (f *fake) asked(r rest.Request) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[r.Path]++
	return f.fails[r.Path]
}

// Do implements API.
func (f *fake) Do(_ context.Context, r rest.Request) (*rest.Response, error) {
	if err := f.asked(r); err != nil {
		return nil, err
	}
	body, ok := f.one[r.Path]
	if !ok {
		return nil, &rest.APIError{Method: r.Method, Path: r.Path, Status: http.StatusNotFound, Code: "not.found"}
	}
	return &rest.Response{Status: 200, Body: body, At: fakeNow}, nil
}

func (f *fake) list(r rest.Request, size int) iter.Seq2[rest.Page, error] {
	return func(yield func(rest.Page, error) bool) {
		path := r.Path
		if strings.HasSuffix(path, "/users") && r.Query.Get("state") != "" {
			path += "?" + r.Query.Get("state")
		}
		if f.cap > 0 && size > f.cap {
			yield(rest.Page{}, &rest.APIError{Path: r.Path, Status: http.StatusBadRequest, Message: "page size " + strconv.Itoa(size)})
			return
		}
		all := f.lists[path]
		for n := 1; n == 1 || len(all) > 0; n++ {
			if err := f.asked(r); err != nil {
				yield(rest.Page{}, err)
				return
			}
			k := min(size, len(all))
			if !yield(rest.Page{Number: n, Entities: all[:k], Total: int64(len(f.lists[path])), At: fakeNow}, nil) {
				return
			}
			all = all[k:]
		}
	}
}

// Numbered implements API.
func (f *fake) Numbered(_ context.Context, r rest.Request, size int) iter.Seq2[rest.Page, error] {
	return f.list(r, size)
}

// After implements API.
func (f *fake) After(_ context.Context, r rest.Request, size int) iter.Seq2[rest.Page, error] {
	return f.list(r, size)
}

// Cursor implements API.
func (f *fake) Cursor(_ context.Context, r rest.Request, size int) iter.Seq2[rest.Page, error] {
	return f.list(r, size)
}

// Whole implements API.
func (f *fake) Whole(_ context.Context, r rest.Request) iter.Seq2[rest.Page, error] {
	return f.list(r, 1<<30)
}

// Begin implements API.
func (f *fake) Begin(_ context.Context, j rest.Job) (*rest.Response, error) {
	if err := f.asked(j.Start); err != nil {
		return nil, err
	}
	return &rest.Response{Status: 200, At: fakeNow}, nil
}

// Async implements API.
func (f *fake) Async(_ context.Context, j rest.Job) iter.Seq2[rest.Page, error] {
	return func(yield func(rest.Page, error) bool) {
		if err := f.asked(j.Start); err != nil {
			yield(rest.Page{}, err)
			return
		}
		rows := f.jobs[j.Start.Path]
		if service, ok := j.Start.Body.(map[string]any)["serviceName"]; ok {
			rows = slices.DeleteFunc(slices.Clone(rows), func(r json.RawMessage) bool {
				return !strings.Contains(string(r), service.(string))
			})
		}
		yield(rest.Page{Number: 1, Entities: rows, Total: -1, At: fakeNow}, nil)
	}
}
