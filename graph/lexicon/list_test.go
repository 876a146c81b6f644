package lexicon

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func TestLists(t *testing.T) {
	t.Parallel()
	l := Default()
	tests := []struct {
		name                                        string
		administration, elevated, forbidden, talked bool
	}{
		{"admin", true, true, true, true},
		{"authorization:grant:add", true, true, true, false},
		{"authorization:grant:view", false, false, false, false},
		{"authorization:*:*", true, true, true, false},
		{"authorization:*:view", false, true, true, false}, // authorization:audit:view
		{"*:*:*", true, true, true, true},
		{"telephony:plugin:all", false, true, true, false},
		{"telephony:plugin:*", false, true, true, false},
		{"directory:organization:all", true, true, true, false},
		{"directory:user:edit", false, true, true, false},
		{"directory:user:setPassword", true, true, true, false},
		{"directory:user:view", false, false, false, false},
		{"analytics:dataExport:add", false, true, true, false},
		{"authorization:orgTrusteeGroup:edit", true, true, true, false},
		{"user:user:impersonate", true, true, true, false},
		{"role_manager", false, true, true, false},
		{"user_administration", false, true, true, false},
		{"group_creation", false, false, false, false},
		{"employee", false, false, false, false},
		{"routing:queue:view", false, false, false, false},
		{"recording:recording:view", false, false, false, true},
		{"analytics:conversationDetail:view", false, false, false, true},
		{"analytics:*:view", false, false, false, true},
	}
	for _, tt := range tests {
		p := permission(t, tt.name)
		for _, c := range []struct {
			list string
			of   func(authz.Pattern) (string, bool)
			want bool
		}{
			{"Administration", l.Administration, tt.administration},
			{"Elevated", l.Elevated, tt.elevated},
			{"Forbidden", l.Forbidden, tt.forbidden},
			{"ConversationLevel", l.ConversationLevel, tt.talked},
		} {
			reason, ok := c.of(p)
			if ok != c.want || (reason != "") != c.want {
				t.Errorf("%s(%s) = %q, %v; want %v", c.list, p, reason, ok, c.want)
			}
		}
	}
}

func TestToxicAndNeeded(t *testing.T) {
	t.Parallel()
	l := Default()
	if !slices.IsSortedFunc(l.Toxic(), func(a, b Pair) int { return compareText(a.Name, b.Name) }) || len(l.Toxic()) == 0 {
		t.Error("the pairs are not in order of their names, or there is none")
	}
	all := platform(t)
	known := func(p authz.Pattern) bool { return slices.ContainsFunc(all, p.Covers) }
	for _, p := range l.Toxic() {
		if !known(p.A) || !known(p.B) || p.Reason == "" {
			t.Errorf("pair %s: %v and %v must be permissions of the platform, with a reason", p.Name, p.A, p.B)
		}
	}
	if !slices.IsSortedFunc(l.Needed(), func(a, b Need) int { return compareText(a.Name, b.Name) }) || len(l.Needed()) == 0 {
		t.Error("the needs are not in order of their names, or there is none")
	}
	for _, n := range l.Needed() {
		if !known(n.Holds) || !known(n.Needs) || n.Reason == "" {
			t.Errorf("need %s: %v and %v must be permissions of the platform, with a reason", n.Name, n.Holds, n.Needs)
		}
	}
	p := Pair{A: permission(t, "authorization:role:edit"), B: permission(t, "authorization:grant:add")}
	for _, tt := range []struct {
		name string
		a, b bool
	}{
		{"authorization:role:edit", true, false},
		{"authorization:grant:*", false, true},
		{"authorization:*:*", true, true},
		{"admin", true, true},
		{"authorization:role:view", false, false},
	} {
		if a, b := p.Sides(permission(t, tt.name)); a != tt.a || b != tt.b {
			t.Errorf("Sides(%s) = %v, %v; want %v, %v", tt.name, a, b, tt.a, tt.b)
		}
	}
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()
	l := Default()
	if diff := cmp.Diff([]string{"see", "edit", "export", "administer", "impersonate"}, l.Verbs()); diff != "" {
		t.Errorf("Verbs() (-want +got):\n%s", diff)
	}
	tests := []struct {
		name string
		want []string
	}{
		{"routing:queue:view", []string{"see"}},
		{"routing:queue:edit", []string{"edit"}},
		{"routing:queue:*", []string{"see", "edit"}},
		{"telephony:plugin:all", []string{"see", "edit"}},
		{"recording:recording:playback", []string{"see"}},
		{"recording:recording:download", []string{"see", "export"}},
		{"recording:recording:export", []string{"see", "export"}},
		{"conversation:call:listen", []string{"see"}},
		{"conversation:call:barge", []string{"see", "edit"}},
		{"analytics:dataExport:add", []string{"see", "edit", "export"}},
		{"analytics:*:add", []string{"see", "edit", "export"}},
		{"user:user:impersonate", []string{"see", "edit", "administer", "impersonate"}},
		{"authorization:grant:add", []string{"edit", "administer"}},
		{"authorization:*:*", []string{"see", "edit", "administer"}},
		{"users:rules:frobnicate", []string{"see", "edit"}}, // an action that nothing knows
		{"group_creation", []string{"see", "edit"}},
		{"admin", []string{"see", "edit", "export", "administer", "impersonate"}},
		{"*:*:*", []string{"see", "edit", "export", "administer", "impersonate"}},
		{"*:*:view", []string{"see", "export"}},
	}
	for _, tt := range tests {
		var got []string
		for _, name := range l.Verbs() {
			if v, ok := l.Verb(name); ok && v.Covers(permission(t, tt.name)) {
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("verbs that cover %s (-want +got):\n%s", tt.name, diff)
		}
	}
	if _, ok := l.Verb("SEE"); !ok {
		t.Error("Verb does not fold case")
	}
	if _, ok := l.Verb("smell"); ok {
		t.Error("there is a verb smell")
	}
	see, _ := l.Verb("see")
	if see.Covers(authz.Pattern{}) {
		t.Error("see covers no permission at all")
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	l := Default()
	names := []string{"recordings", "transcripts", "evaluations", "performance", "people", "exports"}
	if diff := cmp.Diff(names, l.DataNames()); diff != "" {
		t.Errorf("DataNames() (-want +got):\n%s", diff)
	}
	tests := []struct {
		name string
		want []string
	}{
		{"recording:recording:view", []string{"recordings", "transcripts"}},
		{"recording:job:add", []string{"recordings", "exports"}},
		{"speechAndTextAnalytics:data:view", []string{"transcripts"}},
		{"interaction:transcript:view", []string{"transcripts"}},
		{"quality:evaluation:view", []string{"evaluations"}},
		{"coaching:appointment:view", []string{"evaluations", "performance"}},
		{"wfm:historicalAdherence:view", []string{"performance"}},
		{"wfm:schedule:view", []string{"people"}},
		{"directory:user:view", []string{"people"}},
		{"analytics:dataExport:add", []string{"exports"}},
		{"routing:queue:view", nil},
		{"recording:*:*", []string{"recordings", "transcripts", "exports"}},
		{"admin", names},
	}
	for _, tt := range tests {
		var got []string
		for _, name := range l.DataNames() {
			if d, ok := l.Data(name); ok && d.Covers(permission(t, tt.name)) {
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("data that %s is about (-want +got):\n%s", tt.name, diff)
		}
	}
	if _, ok := l.Data("secrets"); ok {
		t.Error("there is a kind of data secrets")
	}
}
