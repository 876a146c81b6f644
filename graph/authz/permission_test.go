package authz_test

import (
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func TestParsePattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want string
	}{
		{"routing:queue:view", "routing:queue:view"},
		{"Routing > Queue > View", "routing:queue:view"},
		{"Routing > Queue: View", "routing:queue:view"},
		{" analytics : Conversation Detail : View ", "analytics:conversationdetail:view"},
		{"user:impersonate", "user:user:impersonate"},
		{"admin", "admin"},
		{"*:*:*", "*:*:*"},
	} {
		p, err := authz.ParsePattern(c.in)
		if err != nil || p.String() != c.want {
			t.Errorf("ParsePattern(%q) = %q, %v; want %q", c.in, p, err, c.want)
		}
	}
}

func TestParsePatternErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", `permission "" has an empty part: want domain:entity:action`},
		{"a::b", `permission "a::b" has an empty part: want domain:entity:action`},
		{"a: :b", `permission "a: :b" has an empty part: want domain:entity:action`},
		{"a:b:c:d", `permission "a:b:c:d" has 4 parts: want domain:entity:action`},
		{":", `permission ":" has an empty part: want domain:entity:action`},
	} {
		if _, err := authz.ParsePattern(c.in); err == nil || err.Error() != c.want {
			t.Errorf("ParsePattern(%q): %v; want %s", c.in, err, c.want)
		}
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy, asked string
		want          bool
	}{
		{"routing:queue:view", "routing:queue:view", true},
		{"routing:queue:view", "routing:queue:edit", false},
		{"routing:queue:*", "routing:queue:edit", true},
		{"routing:queue:all", "routing:queue:edit", true},
		{"routing:queue:all", "routing:skill:edit", false},
		{"routing:*:view", "routing:skill:view", true},
		{"*:queue:view", "routing:queue:view", true},
		{"*:*:*", "anything:at:all", true},
		{"*:*:*", "admin", false},             // a pattern covers three-part permissions only
		{"*:*:*", "group_creation", false},    // likewise
		{"admin", "routing:queue:view", true}, // total control
		{"admin", "group_creation", true},
		{"group_creation", "group_creation", true},
		{"group_creation", "routing:queue:view", false},
		{"group_creation", "admin", false},
	} {
		p, err := authz.ParsePattern(c.policy)
		if err != nil {
			t.Fatal(err)
		}
		m, err := authz.ParsePattern(c.asked)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Covers(m); got != c.want {
			t.Errorf("%s covers %s: %v; want %v", c.policy, c.asked, got, c.want)
		}
	}
	if (authz.Pattern{}).Covers(authz.Pattern{}) || authz.Admin.Covers(authz.Pattern{}) {
		t.Error("the zero permission is covered")
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"analytics:conversationDetail:view", "Analytics > Conversation Detail > View"},
		{"routing:queue:*", "Routing > Queue > *"},
		{"admin", "General > Admin"},
		{"group_creation", "Group creation"},
		{"", ""},
	} {
		if got := authz.Title(c.in); got != c.want {
			t.Errorf("Title(%q) = %q; want %q", c.in, got, c.want)
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for k := authz.KindOrganization; k <= authz.KindOther; k++ {
		back, err := authz.ParseKind(k.String())
		if err != nil || back != k {
			t.Errorf("ParseKind(%q) = %v, %v", k.String(), back, err)
		}
	}
	if k, err := authz.ParseKind("client"); err != nil || k != authz.KindClient {
		t.Errorf("ParseKind(client) = %v, %v", k, err)
	}
	for _, bad := range []string{"", "User", "principal"} {
		if _, err := authz.ParseKind(bad); err == nil {
			t.Errorf("ParseKind(%q) did not fail", bad)
		}
	}
}

func FuzzParsePattern(f *testing.F) {
	for _, s := range []string{"routing:queue:view", "Routing > Queue: View", "a:b", "admin", "::", "İ:ſ:K", "a\u00a0b:c:d", "\xff\xc2:\xa0:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := authz.ParsePattern(s)
		if err != nil {
			return
		}
		back, err := authz.ParsePattern(p.String())
		if err != nil || back != p {
			t.Fatalf("ParsePattern(%q) = %q, which parses as %q, %v", s, p, back, err)
		}
		if !p.Covers(p) {
			t.Fatalf("%q does not cover itself", p)
		}
	})
}
