package lexicon

import (
	"testing"
	"unicode/utf8"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, want string }{
		{"users:read", "directory:user:view"},
		{"Users > View", "directory:user:view"},
		{"users:view", "directory:user:view"},
		{"user:read", "directory:user:view"},
		{"users:write", "directory:user:edit"},
		{"Users > Edit", "directory:user:edit"},
		{"Admin > People > Edit", "directory:user:edit"},
		{"Admin > People: Edit", "directory:user:edit"},
		{"roles:read", "authorization:role:view"},
		{"Security > Role > View", "authorization:role:view"},
		{"roles:write", "authorization:role:edit"},
		{"Roles > Edit", "authorization:role:edit"},
		{"Admin > Role > Edit", "authorization:role:edit"},
		{"Admin > Role > Add", "authorization:role:add"},
		{"Admin > Role > Assign", "authorization:grant:add"},
		{"telephony_queues:read", "routing:queue:view"},
		{"telephony_queues:edit", "routing:queue:edit"},
		{"reports:read", "reporting:*:view"},
		{"analytics:read", "analytics:*:view"},
		{"Organization > Admin", "directory:organization:admin"},
		{"Organization > Edit", "directory:organization:admin"},
		{"orgs:admin", "directory:organization:admin"},
		{"General > Export > Create", "analytics:dataexport:add"},
		{"Telephony > Trunk > Edit", "telephony:plugin:all"},
		{"General > Admin", "admin"},
		{"Telephony > Queue > Edit", "routing:queue:edit"},
		{"routing:queue:write", "routing:queue:edit"},
		// Names with no counterpart stay as they were read.
		{"Routing > Queue > View", "routing:queue:view"},
		{"Routing > Queue: View", "routing:queue:view"},
		{"Recording > View", "recording:recording:view"},
		{"user:impersonate", "user:user:impersonate"},
		{"Reporting > Reporting Data: View", "reporting:reportingdata:view"},
		{"Interaction > Transcript: View", "interaction:transcript:view"},
		{"Telephony > Agent: Access", "telephony:agent:access"},
		{"User > Profile: View", "user:profile:view"},
		{"admin", "admin"},
		{"group_creation", "group_creation"},
	}
	for _, tt := range tests {
		got, err := Default().Resolve(tt.name, nil)
		if err != nil || got.String() != tt.want {
			t.Errorf("Resolve(%q) = %v, %v; want %s", tt.name, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", ":", "a:b:c:d", "a::b", "Routing >"} {
		if got, err := Default().Resolve(bad, nil); err == nil {
			t.Errorf("Resolve(%q) = %v; want an error", bad, got)
		}
	}
}

// TestResolveUniverseWins proves that a name that the organization knows is never
// taken for another.
func TestResolveUniverseWins(t *testing.T) {
	t.Parallel()
	trunk := authz.NewPattern("telephony", "trunk", "edit")
	got, err := Default().Resolve("Telephony > Trunk > Edit", func(p authz.Pattern) bool { return p == trunk })
	if err != nil || got != trunk {
		t.Errorf("Resolve = %v, %v; want %v", got, err, trunk)
	}
	got, err = Default().Resolve("Telephony > Trunk > Edit", func(authz.Pattern) bool { return false })
	if err != nil || got.String() != "telephony:plugin:all" {
		t.Errorf("Resolve = %v, %v; want telephony:plugin:all", got, err)
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"users:read", "Routing > Queue > View", "a:b:c:d", "\x00:\u202e:=cmd", "*", "*:*", "::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Default().Resolve(s, nil)
		if err != nil || !utf8.ValidString(s) {
			return
		}
		l := Default()
		l.Class(p)
		l.Carries(p, l.Aware(p))
		l.About(p)
		for _, name := range l.Verbs() {
			v, _ := l.Verb(name)
			v.Covers(p)
		}
		if again, err := l.Resolve(p.String(), func(q authz.Pattern) bool { return q == p }); err != nil || again != p {
			t.Errorf("Resolve(%q) = %v, %v; want %v", p.String(), again, err, p)
		}
	})
}
