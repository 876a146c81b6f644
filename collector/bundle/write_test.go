package bundle

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// writeAll writes records as a bundle.
func writeAll(t *testing.T, dir string, all ...*authz.Records) {
	t.Helper()
	w, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	for _, r := range all {
		putAll(t, r, func(rec authz.Record) error { return w.Put(rec, nil) })
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func readDir(t *testing.T, dir string) *memory {
	t.Helper()
	src, closer, err := OpenPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	m := &memory{}
	if err := src.Collect(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWrittenRecordsAreReadAgain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := &random{Rand: rand.New(rand.NewPCG(seed, 1)), org: "o"}
		want := r.records()
		dir := t.TempDir()
		writeAll(t, dir, want)
		got := readDir(t, dir)
		if diff := same(want, &got.Records); diff != "" {
			t.Fatalf("seed %d: records differ (-written +read):\n%s", seed, diff)
		}
	}
}

func TestSeveralOrganizations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := (&random{Rand: rand.New(rand.NewPCG(1, 2)), org: "../a"}).records()
	b := (&random{Rand: rand.New(rand.NewPCG(1, 3)), org: "b"}).records()
	writeAll(t, dir, a, b)
	got := readDir(t, dir)
	want := &memory{}
	for _, r := range []*authz.Records{a, b} {
		putAll(t, r, func(rec authz.Record) error { return want.Put(rec, nil) })
	}
	if diff := same(&want.Records, &got.Records); diff != "" {
		t.Errorf("records differ (-written +read):\n%s", diff)
	}
}

func TestWriterIsDeterministic(t *testing.T) {
	t.Parallel()
	r := (&random{Rand: rand.New(rand.NewPCG(7, 7)), org: "o"}).records()
	first, second := t.TempDir(), t.TempDir()
	writeAll(t, first, r)
	writeAll(t, second, r)
	if diff := cmp.Diff(contents(t, first), contents(t, second)); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
}

// contents returns the files of a folder, and checks that they are private.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode of %s = %v; want 0600", e.Name(), info.Mode())
		}
		b, err := os.ReadFile(dir + "/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(b)
	}
	return all
}

func put(t *testing.T, w *Writer, recs ...authz.Record) {
	t.Helper()
	for _, rec := range recs {
		if err := w.Put(rec, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func newWriter(t *testing.T) (*Writer, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new")
	w, err := NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Discard)
	return w, dir
}

func TestWrittenFiles(t *testing.T) {
	t.Parallel()
	w, dir := newWriter(t)
	put(t, w,
		authz.Organization{ID: "o", Name: "=cmd()", GrantDivisionAware: authz.True},
		authz.Permission{Org: "o", Domain: "routing", Entity: "queue", Action: "view", DivisionAware: authz.True},
		authz.Permission{Org: "o", Domain: "routing", Entity: "skill", Action: "view"},
		authz.Permission{Org: "o", Domain: "routing", Entity: "queue", Action: "edit"},
		authz.Role{Org: "o", ID: "r1", Policies: []authz.Policy{
			{Domain: "routing", Entity: "queue", Action: "view"},
			{Domain: "routing", Entity: "queue", Action: "edit"},
			{Guide: "Routing > Queue > Add", Scope: "team"},
		}},
		authz.MemberList{Container: key(authz.KindGroup, "g1"), Members: []authz.Key{key(authz.KindSubject, "u1"), key(authz.KindUser, "u2")}},
		authz.MemberList{Container: key(authz.KindGroup, "g2"), Partial: true},
		authz.Grant{Org: "o", Subject: key(authz.KindClient, "c1"), Role: "r1", Division: "*", Source: "client"},
		authz.Grant{Org: "o", Subject: key(authz.KindClient, "gone"), Role: "r1", Division: "d", Source: "client"},
		authz.Client{Org: "o", ID: "c1", GrantType: "CODE"},
		userGrant("u1", "r1", "d"),
		authz.Usage{Org: "o", Client: "c1", Template: "/x", Requests: 2},
		authz.Other{Org: "o", ID: "i1", Name: "I", List: authz.ListIntegrations},
	)
	raw := json.RawMessage(`{"id":"i2","name":"J","more":[1],"secret":"canary"}`)
	if err := w.Put(authz.Other{Org: "o", ID: "i2", Name: "J", List: authz.ListIntegrations}, raw); err != nil {
		t.Fatal(err)
	}
	for _, line := range []authz.Coverage{
		{Org: "o", List: authz.ListUsers, Status: authz.StatusComplete},
		{Org: "o", List: authz.ListTeamMembers, Status: authz.StatusComplete},
		{Org: "o", List: authz.ListGrants, Status: authz.StatusPartial},
		{Org: "o", List: authz.ListClientUsage, Status: authz.StatusPartial},
		{Org: "o", List: authz.ListGroups, Status: authz.StatusRefused},
	} {
		if err := w.Cover(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"organization.json": `{"id":"o","name":"=cmd()"}` + "\n",
		"settings.json":     `{"authorizationGrantDivisionAware":true}` + "\n",
		"permissions.json": `{"entities":[` + "\n" + `{"domain":"routing","permissionMap":{"queue":[{"domain":"routing","entityType":"queue","action":"view","divisionAware":true},` +
			`{"domain":"routing","entityType":"queue","action":"edit"}],"skill":[{"domain":"routing","entityType":"skill","action":"view"}]}}` + "\n],\"total\":1}\n",
		"roles.json": `{"entities":[` + "\n" + `{"id":"r1","default":false,"base":false,"permissions":[],"permissionPolicies":[` +
			`{"domain":"routing","entityName":"queue","actionSet":["view","edit"],"allowConditions":false},` +
			`{"guide":"Routing > Queue > Add","allowConditions":false,"scope":"team"}]}` + "\n],\"total\":1}\n",
		"group_members.json": "{\n" + `"g1":["u1",{"id":"u2","subjectType":"PC_USER"}],` + "\n" + `"g2":{"entities":[],"partial":true}` + "\n}\n",
		"grants.json": `{"entities":[` + "\n" + `{"subjectId":"u1","subjectType":"PC_USER","role":{"id":"r1"},"division":{"id":"d"}},` + "\n" +
			`{"subjectId":"gone","subjectType":"PC_OAUTH_CLIENT","role":{"id":"r1"},"division":{"id":"d"},"source":"client"}` + "\n],\"partial\":true,\"total\":2}\n",
		"oauth_clients.json": `{"entities":[` + "\n" + `{"id":"c1","authorizedGrantType":"CODE","roleDivisions":[{"roleId":"r1","divisionId":"*"}]}` + "\n],\"total\":1}\n",
		"oauth_usage.json":   "{\n" + `"c1":{"entities":[{"clientId":"c1","templateUri":"/x","requests":2}],"partial":true}` + "\n}\n",
		"integrations.json":  `{"entities":[` + "\n" + `{"id":"i1","name":"I"},` + "\n" + `{"id":"i2","name":"J","more":[1]}` + "\n],\"total\":2}\n",
		"users.json":         `{"entities":[` + "\n],\"total\":0}\n",
		"team_members.json":  "{\n}\n",
	}
	if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	got := readDir(t, dir)
	for list, status := range map[authz.List]authz.Status{
		authz.ListUsers: authz.StatusComplete, authz.ListGrants: authz.StatusPartial, authz.ListGroups: authz.StatusAbsent,
		authz.ListClientUsage: authz.StatusPartial, authz.ListGroupMembers: authz.StatusPartial, authz.ListTeamMembers: authz.StatusComplete,
	} {
		if c := got.line(t, list); c.Status != status {
			t.Errorf("line of %s = %+v; want status %s", list, c, status)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rec  authz.Record
		want string
	}{
		{authz.User{Org: "o"}, `writing bundle: writing "user:": the id is empty`},
		{authz.User{ID: "u"}, `writing bundle: writing "user:u": the record names no organization`},
		{authz.User{Org: "o", ID: "u", Name: "\xff"}, `writing bundle: writing "user:u": a text is not UTF-8`},
		{authz.Grant{Org: "o", Subject: key(authz.KindRole, "x"), Role: "r", Division: "d"}, `writing bundle: writing "grant:x/r/d": a role cannot be a subject`},
		{authz.Grant{Org: "o", Subject: authz.Key{Kind: authz.KindUser, ID: "x"}, Role: "r", Division: "d"}, `writing bundle: writing "grant:x/r/d": the subject is of another organization`},
		{authz.Resource{Org: "o", ID: "x", Kind: authz.KindUser}, `writing bundle: writing "user:x": a resource cannot be a user`},
		{authz.MemberList{Container: key(authz.KindUser, "x")}, `writing bundle: writing "user:x": a user has no members`},
		{authz.Role{Org: "o", ID: "r", LinesMissing: true, Legacy: []string{"admin"}}, `writing bundle: writing "role:r": the role has lines and is said to lack them`},
		{authz.AccessPolicy{Org: "o", ID: "p", Condition: "{"}, `writing bundle: writing "access_policy:p": the condition is not JSON`},
		{authz.Other{Org: "o", ID: "p", List: "../x"}, `writing bundle: writing "other:../x/p": list "../x" is none of a bundle`},
		{nil, `writing bundle: no record`},
	} {
		w, dir := newWriter(t)
		err := w.Put(tt.rec, nil)
		if err == nil || err.Error() != tt.want {
			t.Errorf("Put(%v) = %v; want %s", tt.rec, err, tt.want)
		}
		if err2 := w.Close(); !errors.Is(err2, err) {
			t.Errorf("Close after an error = %v; want %v", err2, err)
		}
		if got := contents(t, dir); len(got) > 0 {
			t.Errorf("left behind: %v", got)
		}
	}
}

func TestWriterLeavesNothing(t *testing.T) {
	t.Parallel()
	w, dir := newWriter(t)
	put(t, w, authz.User{Org: "o", ID: "u"})
	if IsBundle(os.DirFS(dir)) {
		t.Error("an unfinished bundle looks like one")
	}
	w.Discard()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := w.Put(authz.User{Org: "o", ID: "u"}, nil); err == nil {
		t.Error("Put after Discard: no error")
	}
	if err := w.Close(); err == nil {
		t.Error("Close after Discard: no error")
	}
}

func TestWriterKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	w, dir := newWriter(t)
	put(t, w, authz.User{Org: "o", ID: "u"})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := NewWriter(dir); err == nil {
		t.Error("NewWriter over a bundle: no error")
	}
}

func TestMembersTwice(t *testing.T) {
	t.Parallel()
	w, _ := newWriter(t)
	m := authz.MemberList{Container: key(authz.KindGroup, "g")}
	put(t, w, m)
	if err := w.Put(m, nil); err == nil {
		t.Error("members given twice: no error")
	}
}

func TestEntity(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rec  authz.Record
		want string
	}{
		{authz.User{Org: "o", ID: "u", Name: "a\u202e\x1b<b>\"😀", Division: "d"}, `{"id":"u","name":"a\u202e\u001b<b>\"😀","division":{"id":"d"}}`},
		{authz.MemberList{Container: key(authz.KindQueue, "q"), Members: []authz.Key{key(authz.KindUser, "u")}}, `["u"]`},
		{authz.Permission{Org: "o", Domain: "a", Entity: "b", Action: "c"}, `{"domain":"a","entityType":"b","action":"c"}`},
		{authz.Grant{Org: "o", Subject: key(authz.KindTeam, "t"), Role: "r", Division: "*", MadeAt: day(1), Source: "grants"}, `{"subjectId":"t","subjectType":"PC_TEAM","role":{"id":"r"},"division":{"id":"*"},"grantMadeAt":"2026-01-01T00:00:00.000Z"}`},
	} {
		if got, err := Entity(tt.rec); err != nil || string(got) != tt.want {
			t.Errorf("Entity(%v) = %s, %v; want %s", tt.rec, got, err, tt.want)
		}
	}
	if _, err := Entity(nil); err == nil {
		t.Error("Entity of nothing: no error")
	}
}
