package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

var seeds = []string{
	``, ` `, `null`, `{}`, `[]`, `[{}]`, `{"entities":[]}`, `[{"entities":[{"id":"a"}],"total":3}]`, `{"a":["b",{"id":"c"}],"d":null}`,
	`{"r":{"entities":[{"id":"u","type":"PC_USER","divisions":[{"id":"d"}]}]}}`,
	`[{"subjectId":"s","subjectType":"PC_TEAM","role":{"id":"r"},"division":{"id":"all"},"grantMadeAt":"2026-01-01T00:00:00Z"}]`,
	`{"id":"x","name":{"firstName":"a"},"secret":"s","\u0073ecret":1,"n":[1e5,-0.5E+3,true,false,null,"\ud83d\ude00\ud800"]}`,
	`[{"id":"r","permissions":["admin",{"name":"x"}],"permissionPolicies":[{"domain":"a","entityName":"b","actionSet":["c"],"resourceConditionNode":{"terms":[{}]}}]}]`,
	`[{"domain":"d","permissionMap":{"e":[{"action":"a"}]}}]`, "\xef\xbb\xbf[]", "\xff", `{"":1}`, `[[[[[[]]]]]]`, `{"entities":{"entities":[1]}}`,
	`{"id":"c","roleDivisions":[{"roleId":"r"}],"accessTokenValiditySeconds":1e9}`, `{"a":{"id":"x","entities":[]},"b":[]}`,
}

// slow gives files byte by byte.
type slow struct{ fs.FS }

type slowFile struct {
	fs.File
	r io.Reader
}

func (s slow) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return slowFile{f, iotest.OneByteReader(f)}, nil
}

func (s slow) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(s.FS, name) }
func (s slow) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(s.FS, name) }
func (f slowFile) Read(p []byte) (int, error)             { return f.r.Read(p) }

// FuzzCollect holds the reader to: no panic; the same however the bytes come;
// what it accepts is JSON, and what it hands on is JSON.
func FuzzCollect(f *testing.F) {
	for list := range authz.Lists() {
		for _, seed := range seeds {
			f.Add(uint8(list), []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, list uint8, data []byte) {
		lists := authz.Lists()
		name := fileOf(lists[int(list)%len(lists)])
		fsys := fstest.MapFS{"organization.json": {Data: []byte(`{"id":"o"}`)}, "users.json": {Data: []byte(`[]`)}}
		fsys[name] = &fstest.MapFile{Data: data}
		a, b := &memory{}, &memory{}
		errA := New(fsys, "", Options{}).Collect(t.Context(), a)
		errB := New(slow{fsys}, "", Options{}).Collect(t.Context(), b)
		if (errA == nil) != (errB == nil) || errA != nil && errA.Error() != errB.Error() {
			t.Fatalf("errors differ: %v, byte by byte %v", errA, errB)
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("records differ: %s", cmp.Diff(a.Records, b.Records))
		}
		for _, raw := range a.raws {
			if !json.Valid(raw) {
				t.Fatalf("raw is no JSON: %q", raw)
			}
		}
		if errA == nil && !stream(data) {
			t.Fatalf("accepted what is no JSON: %q", data)
		}
	})
}

// stream reports whether the standard library reads data as JSON values.
func stream(data []byte) bool {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	for {
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// FuzzScanner holds the scanner to the grammar of the standard library, and the
// texts of strings to its reading of them.
func FuzzScanner(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newScanner(bytes.NewReader(data))
		v, err := s.raw()
		if err == nil {
			v.b = bytes.Clone(v.b)
			if end, _ := s.end(); !end {
				err = io.ErrUnexpectedEOF
			}
		}
		want := json.Valid(data) && utf8.Valid(data)
		if want && err != nil && strings.Contains(err.Error(), "nested deeper") {
			return
		}
		if got := err == nil; got != want {
			t.Fatalf("accepted = %v (%v); want %v", got, err, want)
		}
		if err != nil {
			return
		}
		if n := width(v.b); n != len(v.b) {
			t.Fatalf("width = %d; want %d", n, len(v.b))
		}
		if open := withoutSecrets(v); !json.Valid(open.b) {
			t.Fatalf("without secrets: %q", open.b)
		}
		var text, std string
		if v.text(&text) == nil && json.Unmarshal(data, &std) == nil && text != std {
			t.Fatalf("text = %q; want %q", text, std)
		}
	})
}

// FuzzGrant holds the reading of a grant to what the standard library makes of
// the same bytes.
func FuzzGrant(f *testing.F) {
	f.Add([]byte(seeds[10][1 : len(seeds[10])-1]))
	f.Add([]byte(`{"subjectId":"a\u0062","role":{"id":"r","name":"x"},"division":{"id":"\n"},"other":[{"id":1}]}`))
	f.Add([]byte(`{"role":"r","divisionId":null,"subjectType":"x","subjectId":{"id":"s"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := fstest.MapFS{"organization.json": {Data: []byte(`{"id":"o"}`)}, "grants.json": {Data: append([]byte("["), append(data, ']')...)}}
		got := &memory{}
		if err := New(fsys, "", Options{}).Collect(t.Context(), got); err != nil || len(got.Grant) != 1 {
			return
		}
		var m map[string]any
		if err := json.Unmarshal(data, &m); err != nil {
			return
		}
		if _, listing := m["entities"]; listing {
			return
		}
		want := grantOf(m)
		if want == nil {
			return
		}
		if diff := cmp.Diff(*want, got.Grant[0]); diff != "" {
			t.Fatalf("grant of %q (-want +got):\n%s", data, diff)
		}
	})
}

// grantOf is the plain reading of a grant from decoded JSON; nil if it is by role.
func grantOf(m map[string]any) *authz.Grant {
	id := func(keys ...string) string {
		for _, k := range keys {
			if s, ok := m[k].(string); ok && s != "" {
				return s
			}
			if o, ok := m[k].(map[string]any); ok {
				if s, ok := o["id"].(string); ok && s != "" {
					return s
				}
			}
		}
		return ""
	}
	g := &authz.Grant{Org: "o", Role: id("role", "roleId"), Division: id("division", "divisionId"), MadeBy: id("grantMadeBy"), Source: "grants"}
	if g.Role == "" || id("subjectId") == "" {
		return nil
	}
	if s, _ := m["source"].(string); s != "" {
		g.Source = s
	}
	if g.Division == "" || strings.EqualFold(g.Division, "all") {
		g.Division = "*"
	}
	kinds := map[string]authz.Kind{
		"": authz.KindSubject, "*": authz.KindSubject, typeUser: authz.KindUser, typeGroup: authz.KindGroup, typeTeam: authz.KindTeam,
		typeClient: authz.KindClient, typeTrusteeUser: authz.KindTrusteeUser, typeTrusteeGroup: authz.KindTrusteeGroup,
	}
	word, _ := m["subjectType"].(string)
	kind, ok := kinds[word]
	if !ok {
		kind = authz.KindUnknown
	}
	g.Subject = authz.Key{Org: "o", Kind: kind, ID: id("subjectId")}
	if s, _ := m["grantMadeAt"].(string); s != "" {
		at, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return nil
		}
		g.MadeAt = at.UTC()
	}
	return g
}
