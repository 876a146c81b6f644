package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func TestMissingFiles(t *testing.T) {
	t.Parallel()
	got := read(t, map[string]string{"users.json": "[]"})
	if diff := cmp.Diff([]authz.Organization{{ID: "organization"}}, got.Organization); diff != "" {
		t.Errorf("organization (-want +got):\n%s", diff)
	}
	for _, list := range authz.Lists() {
		want := authz.StatusAbsent
		switch {
		case list == authz.ListUsers:
			want = authz.StatusComplete
		case optional[list]:
			want = authz.StatusNotApplicable
		}
		if c := got.line(t, list); c.Status != want || c.Org != "organization" {
			t.Errorf("line of %s = %+v; want status %s", list, c, want)
		}
	}
}

// TestMentions holds what makes a gap of a file that may be missing.
func TestMentions(t *testing.T) {
	t.Parallel()
	const (
		teams    = "teams.json team_members.json"
		users    = "trustees.json trustee_users.json"
		trGroups = "trustees.json trustee_groups.json"
	)
	tests := []struct{ file, text, absent, by string }{
		{"grants.json", `[{"subjectId":"s","subjectType":"PC_TEAM","role":{"id":"r"}}]`, teams, "a grant names a team"},
		{"grants.json", `[{"subjectId":"s","subjectType":"PC_TRUSTEE_USER","role":{"id":"r"}}]`, users, "a grant names a trustee's user"},
		{"grants.json", `{"r":[{"id":"s","type":"PC_TRUSTEE_GROUP"}]}`, trGroups, "a grant names a trustee's group"},
		{"roles.json", `[{"id":"r","permissions":[{"name":"x","scope":"View"}]}]`, "views.json", "a role has a policy with scope view"},
		{"roles.json", `[{"id":"r","permissionPolicies":[{"domain":"a","entityName":"b","actionSet":["c"],"scopeView":"v"}]}]`, "views.json", "a role has a policy with scope view"},
		{"roles.json", `[{"id":"r","rolePermissions":[{"id":"x","permission":"y","teams":["t"]}]}]`, teams, "a role has a policy with scope team"},
		{"roles.json", `[{"id":"r","permissionPolicies":[{"domain":"a","entityName":"b","actionSet":["c"],"resourceConditionNode":{"operands":[{"type":"TEAM"}]}}]}]`, teams, "a condition of a role names a team"},
		{"queues.json", `[{"id":"q","memberGroups":[{"id":"t","type":"TEAM"}]}]`, teams, "a queue lists a team"},
		{"access_policies.json", `[{"id":"p","subject":{"type":"TEAM","id":"t"}}]`, teams, "an access policy is about a team"},
		{"teams.json", `[{"id":"t"}]`, "team_members.json", "teams.json has teams"},
		{"team_members.json", `{"t":["u"]}`, "teams.json", "team_members.json has members"},
		{"trustee_users.json", `{"x":[]}`, "trustees.json", "trustee_users.json names a trustee"},
		{"group_members.json", `{"g":[{"id":"s","subjectType":"PC_TRUSTEE_USER"}]}`, users, "a list of members names a trustee's user"},
		{"users.json", `[{"id":"u"}]`, "", ""},
	}
	for _, tt := range tests {
		got := one(t, tt.file, tt.text)
		var absent []string
		for _, list := range authz.Lists() {
			c := got.line(t, list)
			if !optional[list] || c.Status != authz.StatusAbsent {
				continue
			}
			absent = append(absent, fileOf(list))
			if !strings.HasSuffix(c.Reason, ", and "+tt.by) {
				t.Errorf("%s: reason %q does not say %q", tt.text, c.Reason, tt.by)
			}
		}
		if s := strings.Join(absent, " "); s != tt.absent {
			t.Errorf("%s: absent %q; want %q", tt.text, s, tt.absent)
		}
	}
}

func TestUnreadMembers(t *testing.T) {
	t.Parallel()
	got := read(t, map[string]string{
		"organization.json":  `{"id":"o"}`,
		"groups.json":        `[{"id":"g1"},{"id":"g2"},{"id":"g3"}]`,
		"group_members.json": `{"g1":[],"elsewhere":[],"g3":null}`,
	})
	want := authz.Coverage{
		Org: "o", List: authz.ListGroupMembers, Source: "group_members.json", Status: authz.StatusPartial, Expected: 4, Received: 2,
		Reason: `the members of a container were not read; the members of 2 of 3 in groups.json were not given, the first is "g2"`,
	}
	if diff := cmp.Diff(want, got.line(t, authz.ListGroupMembers)); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

func TestUnknownFilesAreIgnored(t *testing.T) {
	t.Parallel()
	got := read(t, map[string]string{
		"organization.json": `{"id":"o"}`, "notes.txt": "x", "Users.json": "x", "more/users.json": "x", "inner.zip": "PK\x03\x04",
	})
	var ignored []string
	for _, c := range got.CoverageLedger {
		if c.Reason == ignoredReason {
			ignored = append(ignored, c.Source)
			if c.Status != authz.StatusReading || c.Org != "o" {
				t.Errorf("line = %+v; want a reading of organization o", c)
			}
		}
	}
	if diff := cmp.Diff([]string{"Users.json", "inner.zip", "more", "notes.txt"}, ignored); diff != "" {
		t.Errorf("ignored (-want +got):\n%s", diff)
	}
}

func TestFoldersAreOrganizations(t *testing.T) {
	t.Parallel()
	got := read(t, map[string]string{
		"a/organization.json": `{"id":"A"}`, "a/users.json": `[{"id":"u"}]`,
		"b/organization.json": `{"id":"B"}`, "b/users.json": `[{"id":"u"}]`, "c/users.json": "x", "readme": "x",
	})
	want := []authz.User{{Org: "A", ID: "u"}, {Org: "B", ID: "u"}}
	if diff := cmp.Diff(want, got.User); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"a/organization.json": `{"id":"A"}`, "users.json": "[]"}, "lies beside folders"},
		{map[string]string{"a/organization.json": `{"id":"A"}`, "b/organization.json": `{"id":"A"}`}, "the same organization"},
		{map[string]string{"x": ""}, "none of its files"},
	} {
		err := New(files(tt.files), "n", Options{}).Collect(t.Context(), &memory{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Collect(%v) = %v; want an error with %q", tt.files, err, tt.want)
		}
	}
}

func TestIsBundle(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"users.json": true, "a/organization.json": true, "a/users.json": false, "x.json": false, "users.json/x": false,
	} {
		if got := IsBundle(files(map[string]string{name: "{}"})); got != want {
			t.Errorf("IsBundle of %s = %v; want %v", name, got, want)
		}
	}
}

// TestSecretsAreDropped puts a canary wherever a secret could be.
func TestSecretsAreDropped(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a"
	secrets := `"secret":"canary-7f3a","name":"N","Client_Secret" : {"x":"canary-7f3a"},"deep":[{"a":1,"clientSecret":["canary-7f3a"],"accessTokenValiditySeconds":5},` +
		`{"access_token":"canary-7f3a"},{"ACCESSTOKEN":"canary-7f3a"},{"refresh-token":"canary-7f3a","b":2},{"p\u0061ssword":"canary-7f3a"}],"condition":{"password":"canary-7f3a","k":1},"refreshToken":"canary-7f3a"`
	for _, list := range authz.Lists() {
		if byIDList(list) || list == authz.ListSettings || list == authz.ListPermissions {
			continue
		}
		text := `{"id":"x","subjectId":"s","role":{"id":"r"},` + secrets + `}`
		got := read(t, map[string]string{fileOf(list): text})
		for _, raw := range got.raws {
			if bytes.Contains(raw, []byte(canary)) || !json.Valid(raw) {
				t.Errorf("%s: raw is %s", list, raw)
			}
			if !bytes.Contains(raw, []byte(`"accessTokenValiditySeconds":5`)) {
				t.Errorf("%s: raw lost what is no secret: %s", list, raw)
			}
		}
		if len(got.raws) == 0 {
			t.Errorf("%s: no raw JSON", list)
		}
		if s := fmt.Sprintf("%+v", got.Records); strings.Contains(s, canary) {
			t.Errorf("%s: the records hold a secret: %s", list, s)
		}
	}
}

// TestErrorsHoldNoSecret puts a canary where the grammar or a type is wrong.
func TestErrorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`[{"id":"c","secret":"canary-7f3a" x}]`, `[{"id":"c","scope":"canary-7f3a"}]`, `[{"id":"c","secret":canary-7f3a}]`,
		`[{"id":"c","secret":"canary-7f3a","dateCreated":"canary-7f3a"}]`, `[{"id":"c","secret":"canary-7f3a`,
	} {
		texts := map[string]string{"organization.json": `{"id":"o"}`, "oauth_clients.json": text}
		err := New(files(texts), "", Options{}).Collect(t.Context(), &memory{})
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("Collect(%s) = %v; want an error without the secret", text, err)
		}
	}
}

// shuffled lists its folders in another order each time.
type shuffled struct {
	fstest.MapFS
	r *rand.Rand
}

func (s shuffled) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := s.MapFS.ReadDir(name)
	s.r.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return entries, err
}

func TestOrderOfFilesChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeAll(t, dir, (&random{Rand: rand.New(rand.NewPCG(5, 5)), org: "o"}).records())
	fsys := fstest.MapFS{"x.txt": {}, "y.txt": {}}
	for name, text := range contents(t, dir) {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	var first *memory
	for seed := range uint64(5) {
		m := &memory{}
		s := shuffled{fsys, rand.New(rand.NewPCG(seed, 0))}
		if err := New(s, "", Options{}).Collect(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = m
		}
		if diff := cmp.Diff(first.CoverageLedger, m.CoverageLedger); diff != "" {
			t.Errorf("ledger differs:\n%s", diff)
		}
		if diff := same(&first.Records, &m.Records); diff != "" {
			t.Errorf("records differ:\n%s", diff)
		}
	}
}

func TestOpenPath(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeZip(t, filepath.Join(dir, "acme.bin"), map[string]string{"organization.json": `{"id":"o"}`, "users.json": `[{"id":"u"}]`})
	got := readDir(t, filepath.Join(dir, "acme.bin"))
	if len(got.User) != 1 || got.line(t, authz.ListUsers).Source != "acme.bin/users.json" {
		t.Errorf("zip: users %v, line %+v", got.User, got.line(t, authz.ListUsers))
	}
	plainFile := filepath.Join(dir, "x")
	if err := os.WriteFile(plainFile, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{plainFile, filepath.Join(dir, "none")} {
		if _, _, err := OpenPath(path); err == nil {
			t.Errorf("OpenPath(%s): no error", path)
		}
	}
}

func writeZip(t *testing.T, path string, texts map[string]string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range texts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedZip(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.zip")
	writeZip(t, path, map[string]string{"users.json": `[` + strings.Repeat(`{"id":"u"},`, 1000) + `{"id":"u"}]`})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[50] ^= 0xff
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	src, closer, err := OpenPath(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	if err := src.Collect(t.Context(), &memory{}); err == nil || !strings.Contains(err.Error(), "x.zip/users.json") {
		t.Errorf("Collect of a damaged zip = %v; want an error that names the file", err)
	}
}

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	fsys := files(map[string]string{"organization.json": `{"id":"o"}`})
	fsys["users.json"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	err := New(fsys, "b", Options{}).Collect(t.Context(), &memory{})
	if err == nil || err.Error() != "reading bundle: b/users.json: not a regular file" {
		t.Errorf("Collect = %v; want an error about a file that is not regular", err)
	}
}

// A full sink keeps a number of records.
type full struct{ left int }

var errFull = errors.New("disk full")

func (f *full) Put(authz.Record, json.RawMessage) error {
	if f.left--; f.left < 0 {
		return errFull
	}
	return nil
}
func (f *full) Cover(authz.Coverage) error { return f.Put(nil, nil) }

func TestSinkFails(t *testing.T) {
	t.Parallel()
	fsys := files(map[string]string{
		"organization.json": `{"id":"o"}`, "users.json": `[{"id":"u"}]`,
		"oauth_clients.json": `[{"id":"c","roleDivisions":[{"roleId":"r","divisionId":"d"}]}]`,
	})
	for n := range 10 {
		if err := New(fsys, "", Options{}).Collect(t.Context(), &full{n}); !errors.Is(err, errFull) {
			t.Errorf("Collect into a sink for %d = %v; want %v", n, err, errFull)
		}
	}
}

func TestCollectStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fsys := files(map[string]string{"organization.json": `{"id":"o"}`})
	if err := New(fsys, "", Options{}).Collect(ctx, &memory{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Collect = %v; want %v", err, context.Canceled)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	seen := map[authz.List]int64{}
	o := Options{Progress: func(list authz.List, received, _ int64) { seen[list] = received }}
	fsys := files(map[string]string{"organization.json": `{"id":"o"}`, "users.json": `[{"id":"u"},{"id":"v"}]`})
	if err := New(fsys, "", Options{}).With(o).Collect(t.Context(), &memory{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[authz.List]int64{authz.ListOrganization: 1, authz.ListUsers: 2}, seen); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}
