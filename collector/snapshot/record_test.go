package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/collector/scrub"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// recordSource is what [authz.Records] offers to those who build graphs.
type recordSource interface {
	Info() authz.Info
	Keys() ([]authz.Key, error)
	Organizations() iter.Seq2[authz.Organization, error]
	Divisions() iter.Seq2[authz.Division, error]
	Permissions() iter.Seq2[authz.Permission, error]
	Roles() iter.Seq2[authz.Role, error]
	Users() iter.Seq2[authz.User, error]
	Groups() iter.Seq2[authz.Group, error]
	Teams() iter.Seq2[authz.Team, error]
	Clients() iter.Seq2[authz.Client, error]
	Usages() iter.Seq2[authz.Usage, error]
	Grants() iter.Seq2[authz.GrantRow, error]
	MemberLists() iter.Seq2[authz.MemberList, error]
	Members() iter.Seq2[authz.MemberRow, error]
	Resources() iter.Seq2[authz.Resource, error]
	Views() iter.Seq2[authz.View, error]
	Trusts() iter.Seq2[authz.Trust, error]
	AccessPolicies() iter.Seq2[authz.AccessPolicy, error]
	Coverage() iter.Seq2[authz.Coverage, error]
}

var (
	_ recordSource = (*Reader)(nil)
	_ recordSource = (*authz.Records)(nil)
)

// TestSameMethods finds a method that authz.Records got and the Reader did not.
func TestSameMethods(t *testing.T) {
	t.Parallel()
	records, reader := reflect.TypeFor[*authz.Records](), reflect.TypeFor[*Reader]()
	for i := range records.NumMethod() {
		m := records.Method(i)
		if m.Name == "Put" || m.Name == "Keep" || m.Name == "Clone" {
			continue
		}
		got, ok := reader.MethodByName(m.Name)
		if !ok {
			t.Errorf("Reader has no %s", m.Name)
			continue
		}
		for o := range m.Type.NumOut() {
			if m.Type.NumOut() != got.Type.NumOut() || m.Type.Out(o) != got.Type.Out(o) {
				t.Errorf("Reader.%s is %v, want %v", m.Name, got.Type, m.Type)
			}
		}
	}
}

func TestGrantToldTwice(t *testing.T) {
	t.Parallel()
	g := authz.Grant{Org: org, Subject: authz.Key{Org: org, Kind: authz.KindClient, ID: "c"}, Role: "r", Division: "d"}
	a, b, c := g, g, g
	a.Source, a.MadeAt = "grants", at(9)
	b.Source, b.MadeAt, b.MadeBy = "client", at(5), "u1"
	c.Source = "client"
	for _, order := range [][]authz.Record{{a, b, c}, {c, b, a}, {b, a, c}, {c, a, b}} {
		path, _ := write(t, CreateOptions{}, order, nil)
		r := open(t, path)
		got := all(t, r.GrantSources())
		if len(got) != 1 || got[0].MadeAt != at(5).UnixMilli() || got[0].MadeBy != "u1" {
			t.Errorf("grants = %+v, want one with the earliest date", got)
		}
		if want := []string{"client", "grants"}; !slices.Equal(got[0].Sources, want) {
			t.Errorf("sources = %q, want %q", got[0].Sources, want)
		}
		if lines := all(t, r.Coverage()); len(lines) != 0 {
			t.Errorf("ledger = %+v, want none", lines)
		}
	}
}

func TestGrantsInOrder(t *testing.T) {
	t.Parallel()
	var list []authz.Record
	for i := range 5000 {
		list = append(list, authz.Grant{
			Org: org, Subject: authz.Key{Org: org, Kind: authz.KindUser, ID: fmt.Sprint(i * 7 % 613)},
			Role: fmt.Sprint(i * 5 % 31), Division: fmt.Sprint(i * 3 % 17), MadeAt: at(i % 28), Source: "grants",
		})
	}
	path, _ := write(t, CreateOptions{}, list, nil)
	r := open(t, path)
	packed := all(t, r.Grants())
	var rows []authz.GrantRow
	for _, d := range all(t, r.GrantSources()) {
		rows = append(rows, d.GrantRow)
	}
	if diff := cmp.Diff(rows, packed); diff != "" {
		t.Errorf("packed grants differ from rows (-rows +packed)\n%s", diff)
	}
	inOrder := slices.IsSortedFunc(packed, func(a, b authz.GrantRow) int {
		return slices.Compare([]authz.Ref{a.Subject, a.Role, a.Division}, []authz.Ref{b.Subject, b.Role, b.Division})
	})
	if !inOrder {
		t.Error("grants are not in order")
	}
	n := 0
	for range r.Grants() {
		if n++; n == 3 {
			break
		}
	}
	exec(t, path, "DELETE FROM aid")
	if diff := cmp.Diff(rows, all(t, open(t, path).Grants())); diff != "" {
		t.Errorf("without packed grants (-want +got)\n%s", diff)
	}
}

func TestToldAgain(t *testing.T) {
	t.Parallel()
	first := authz.Role{Org: org, ID: "r", Name: "old", Policies: []authz.Policy{{Domain: "a"}, {Domain: "b"}, {Domain: "c"}}}
	last := authz.Role{Org: org, ID: "r", Name: "new", Policies: []authz.Policy{{Domain: "d"}}}
	use := authz.Usage{Org: org, Client: "c", Template: "/x", Method: "GET", Requests: 1}
	more := use
	more.Requests = 2
	path, info := write(t, CreateOptions{}, []authz.Record{first, first, last, last, use, more, use, use}, nil)
	r := open(t, path)
	if diff := cmp.Diff([]authz.Role{last}, all(t, r.Roles())); diff != "" {
		t.Errorf("roles (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]authz.Usage{use}, all(t, r.Usages())); diff != "" {
		t.Errorf("usage (-want +got)\n%s", diff)
	}
	lines := all(t, r.Coverage())
	if len(lines) != 2 || lines[0].Status != authz.StatusReading || lines[1].List != authz.ListRoles || lines[1].Received != 1 ||
		!strings.Contains(lines[1].Reason, `role "r"`) || lines[0].Received != 2 {
		t.Errorf("ledger = %+v, want a line for each of the two", lines)
	}
	if !info.Complete {
		t.Error("a reading counts as a gap")
	}
	if raw, err := r.Raw(last.Key()); err != nil || !bytes.Contains(raw, []byte(`"new"`)) {
		t.Errorf("Raw = %s, %v, want that of the last", raw, err)
	}
	if rep, err := Verify(t.Context(), path); err != nil || !rep.Intact {
		t.Errorf("Verify = %+v, %v", rep, err)
	}
}

func TestMembersUnite(t *testing.T) {
	t.Parallel()
	g := authz.Key{Org: org, Kind: authz.KindGroup, ID: "g"}
	user := func(id string) authz.Key { return authz.Key{Org: org, Kind: authz.KindUser, ID: id} }
	path, _ := write(t, CreateOptions{}, []authz.Record{
		authz.MemberList{Container: g, Members: []authz.Key{user("b"), user("a")}},
		authz.MemberList{Container: g, Members: []authz.Key{user("c"), user("a")}, Partial: true},
	}, nil)
	r := open(t, path)
	if n := len(all(t, r.Members())); n != 3 {
		t.Errorf("%d members, want 3", n)
	}
	if l := all(t, r.MemberLists()); len(l) != 1 || !l[0].Partial {
		t.Errorf("lists = %+v, want one that is partial", l)
	}
}

func TestRaw(t *testing.T) {
	t.Parallel()
	list := fixture()
	for i := range 2000 { // several blocks
		list = append(list, authz.User{Org: org, ID: fmt.Sprint(i), Name: hostile})
	}
	path, _ := write(t, CreateOptions{}, list, nil)
	r := open(t, path)
	for _, rec := range list {
		read := r.Raw
		switch rec.(type) {
		case authz.Usage:
			continue
		case authz.MemberList:
			read = r.RawMembers
		}
		raw, err := read(rec.Key())
		if err != nil || !bytes.Equal(raw, rawOf(rec)) {
			t.Fatalf("Raw(%v) = %.100s, %v, want %.100s", rec.Key(), raw, err, rawOf(rec))
		}
	}
	for _, k := range []authz.Key{{Org: org, Kind: authz.KindUser, ID: "no"}, {Org: org, Kind: authz.KindGrant, ID: "u1/r1/no"}, {Org: org, Kind: authz.KindTenant, ID: "x"}} {
		if _, err := r.Raw(k); !errors.Is(err, ErrNoRecord) {
			t.Errorf("Raw(%v) = %v, want ErrNoRecord", k, err)
		}
	}
	counts, err := r.Counts()
	if err != nil || !slices.Contains(counts, Count{"user", 2002}) || !slices.Contains(counts, Count{"grant", 3}) {
		t.Errorf("Counts = %v, %v", counts, err)
	}
}

// TestRangedTwice ranges over the same sequences again.
func TestRangedTwice(t *testing.T) {
	t.Parallel()
	path, _ := write(t, CreateOptions{}, fixture(), nil)
	r := open(t, path)
	usages, grants, roles := r.Usages(), r.Grants(), r.Roles()
	for range 2 {
		if u, g, l := len(all(t, usages)), len(all(t, grants)), len(all(t, roles)); u != 2 || g != 3 || l != 2 {
			t.Errorf("%d lines of usage, %d grants, %d roles, want 2, 3, 2", u, g, l)
		}
	}
}

func TestMinimal(t *testing.T) {
	t.Parallel()
	path, _ := write(t, CreateOptions{Minimal: true}, fixture(), nil)
	r := open(t, path)
	for _, rec := range fixture() {
		if _, ok := rec.(authz.User); !ok {
			continue
		}
		if raw, err := r.Raw(rec.Key()); err != nil || raw != nil {
			t.Errorf("Raw(%v) = %s, %v, want none", rec.Key(), raw, err)
		}
	}
	if raw, err := r.Raw(authz.Key{Org: org, Kind: authz.KindRole, ID: "r1"}); err != nil || raw == nil {
		t.Errorf("Raw of a role = %s, %v", raw, err)
	}
}

func TestWithoutSecrets(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`{"id":1.50,"name":"secret"}`, `{"id":1.50,"name":"secret"}`},
		{`{"id":1.50,"secret":"x","n":12345678901234567890}`, `{"id":1.50,"n":12345678901234567890}`},
		{`{"Client_Secret" : {"a":[1]},"b":[{"PASSWORD":1},{"accessToken":"x","c":"<"}]}`, `{"b":[{},{"c":"<"}]}`},
		{`{"\u0073ecret":"x","a":null}`, `{"a":null}`},
		{`{"accessTokenValiditySeconds": 5, "lastTokenIssued": {}}`, `{"accessTokenValiditySeconds": 5, "lastTokenIssued": {}}`},
		{`["secret","password"]`, `["secret","password"]`},
		{`{"a":"\"secret\":1"}`, `{"a":"\"secret\":1"}`},
	}
	for _, tt := range tests {
		got, err := withoutSecrets(json.RawMessage(tt.in))
		if err != nil || string(got) != tt.want {
			t.Errorf("withoutSecrets(%s) = %s, %v; want %s", tt.in, got, err, tt.want)
		}
	}
	for _, bad := range []string{`{"secret":`, `{"secret":1}}`, `{"secret`, strings.Repeat("[", 20000) + `{"secret":1`} {
		if got, err := withoutSecrets(json.RawMessage(bad)); err == nil {
			t.Errorf("withoutSecrets(%.20s) = %.20s, want an error", bad, got)
		}
	}
}

// TestCanary looks for a secret in the bytes of the file, and for it in the texts.
func TestCanary(t *testing.T) {
	t.Parallel()
	const canary = "canary-4711"
	w := memoryWriter(t)
	c := authz.Client{Org: org, ID: "c1"}
	if err := w.Put(c, json.RawMessage(`{"id":"c1","secret":"`+canary+`","x":{"access_token":"`+canary+`"}}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := open(t, w.path).Raw(c.Key())
	if err != nil || string(raw) != `{"id":"c1","x":{}}` || bytes.Contains(b, []byte(canary)) {
		t.Errorf("Raw = %s, %v", raw, err)
	}
}

func FuzzWithoutSecrets(f *testing.F) {
	f.Add([]byte(`{"secret":1,"a":[{"password":2,"b":"\u00e9\\"}]}`))
	f.Add([]byte(`[[[1E700]]]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) {
			return
		}
		got, err := withoutSecrets(b)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		dec := json.NewDecoder(bytes.NewReader(got))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%s became %s: %v", b, got, err)
		}
		if name := secretIn(v); name != "" {
			t.Errorf("%s became %s, which has %q", b, got, name)
		}
	})
}

func secretIn(v any) string {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if scrub.Name(name) {
				return name
			}
			if found := secretIn(value); found != "" {
				return found
			}
		}
	case []any:
		for _, value := range v {
			if found := secretIn(value); found != "" {
				return found
			}
		}
	}
	return ""
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rec  authz.Record
		text string
	}{
		{nil, "unknown type"},
		{&authz.Division{Org: org, ID: "d"}, "unknown type"},
		{authz.Division{Org: org, ID: "d", Name: "\xff"}, "UTF-8"},
		{authz.View{Org: org, ID: "d", Users: []string{"\xff"}}, "UTF-8"},
		{authz.Grant{Org: org, Subject: authz.Key{Org: org, Kind: authz.KindUser, ID: "\xff"}}, "UTF-8"},
		{authz.Resource{Org: org, ID: "d"}, "no kind of resource"},
		{authz.Grant{Org: org, Role: "r"}, "unknown kind"},
		{authz.Trust{Org: org, ID: "t", Created: at(1).AddDate(20000, 0, 0)}, "years"},
	}
	for _, tt := range tests {
		w := memoryWriter(t)
		err := w.Put(tt.rec, nil)
		if err == nil || !strings.Contains(err.Error(), tt.text) || !strings.Contains(err.Error(), w.path) {
			t.Errorf("Put(%v) = %v, want %q", tt.rec, err, tt.text)
		}
		if again := w.Put(authz.Division{Org: org, ID: "x"}, nil); !errors.Is(again, err) {
			t.Errorf("the next Put = %v, want the same", again)
		}
		if _, err := w.Seal(); err == nil {
			t.Errorf("Seal after a failure: no error")
		}
		if _, err := os.Stat(w.path); err == nil {
			t.Error("a file has the final name")
		}
	}
}

// TestSchemaIsDocumented wants a comment before each statement.
func TestSchemaIsDocumented(t *testing.T) {
	t.Parallel()
	undocumented := regexp.MustCompile(`(?m);\n\nCREATE (TABLE|VIEW) (\w+)`).FindAllStringSubmatch(Schema(), -1)
	plain := []string{"organization", "division", "group_", "team", "oauth_client", "role", "member"}
	for _, m := range undocumented {
		if !slices.Contains(plain, m[2]) {
			t.Errorf("%s %s has no comment", m[1], m[2])
		}
	}
	path, _ := write(t, CreateOptions{}, fixture(), nil)
	r := open(t, path)
	for _, view := range []string{"grant_readable", "member_readable", "policy_readable", "user_readable", "gap"} {
		for _, err := range r.rows("SELECT * FROM " + view) {
			if err != nil {
				t.Errorf("view %s: %v", view, err)
			}
		}
	}
}

// TestDangling wants every mentioned id in ref, with the mark of whether it is known.
func TestDangling(t *testing.T) {
	t.Parallel()
	path, _ := write(t, CreateOptions{}, fixture(), nil)
	r := open(t, path)
	got := map[string]bool{}
	for f, err := range r.rows("SELECT kind || ':' || id, known FROM ref ORDER BY ref") {
		if err != nil {
			t.Fatal(err)
		}
		got[f.text()] = f.flag()
	}
	want := map[string]bool{
		"user:u1": true, "user:u9": false, "role:r77": false, "division:d77": false, "division:*": false, "subject:gone": false,
		"subject:u2": true, "group:g9": false, "view:v1": true, "queue:q9": false, "trust:o2": true,
	}
	for k, known := range want {
		if is, ok := got[k]; !ok || is != known {
			t.Errorf("%s: in ref %t, known %t, want %t", k, ok, is, known)
		}
	}
}
