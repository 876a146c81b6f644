package lexicon

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// permission parses a name in a test.
func permission(t testing.TB, name string) authz.Pattern {
	t.Helper()
	p, err := authz.ParsePattern(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// platform returns the permissions that the platform's public interface names.
func platform(t testing.TB) []authz.Pattern {
	t.Helper()
	text, err := os.ReadFile("testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []authz.Pattern
	for name := range strings.Lines(string(text)) {
		all = append(all, permission(t, strings.TrimSpace(name)))
	}
	return all
}

func TestShippedDataParses(t *testing.T) {
	t.Parallel()
	if _, err := load(); err != nil {
		t.Fatal(err)
	}
	if len(Default().Verbs()) == 0 {
		t.Error("Default() is empty")
	}
}

func TestEveryPermissionHasAClass(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	for _, p := range platform(t) {
		class := Default().Class(p)
		if class == "" {
			t.Errorf("Class(%s) is unknown", p)
		}
		got[class]++
	}
	want := map[string]int{
		ClassContent: 311, ClassSecurity: 74, ClassPerformance: 114, ClassPeople: 112, ClassConfiguration: 869,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("permissions per class (-want +got):\n%s", diff)
	}
}

// TestEveryActionIsClassified proves that no action of the platform is left to
// the default of open verbs.
func TestEveryActionIsClassified(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"see", "edit"} {
		v, _ := Default().Verb(name)
		var left []string
		for _, p := range platform(t) {
			if _, known := v.list.best(p); !known && !p.IsLegacy() && !p.IsWild() && !slices.Contains(left, p.Action) {
				left = append(left, p.Action)
			}
		}
		if len(left) > 0 {
			t.Errorf("actions that %s does not know: %v", name, left)
		}
	}
	for _, p := range platform(t) {
		see, _ := Default().Verb("see")
		edit, _ := Default().Verb("edit")
		if !see.Covers(p) && !edit.Covers(p) && p.Action != "index" {
			t.Errorf("neither see nor edit covers %s", p)
		}
	}
}

// TestNoEntryIsDead proves that each entry about the platform covers something
// that exists there, or a name that is known from elsewhere.
func TestNoEntryIsDead(t *testing.T) {
	t.Parallel()
	all := platform(t)
	dead := func(f family) bool {
		return !slices.ContainsFunc(all, func(p authz.Pattern) bool { return f.covers(p) || f.meets(p) })
	}
	l := Default()
	elsewhere := []string{"telephony:trunk", "user:user", "reporting:", "report:", "interaction:", "*:transcript"}
	check := func(list string, f family) {
		if f.legacy() || slices.ContainsFunc(elsewhere, func(s string) bool { return strings.HasPrefix(f.String(), s) }) {
			return
		}
		if dead(f) {
			t.Errorf("%s: %s covers nothing", list, f)
		}
	}
	for _, r := range l.classes {
		check("classes", r.family)
	}
	for _, r := range l.carries {
		check("carries", r.family)
	}
	for _, x := range []struct {
		name string
		list list
	}{{"administration", l.administration}, {"elevated", l.elevated}, {"forbidden", l.forbidden}, {"conversation", l.conversation}} {
		for _, r := range x.list.table {
			check(x.name, r.family)
		}
	}
	for _, d := range l.data {
		for _, r := range d.list.table {
			check("data "+d.Name, r.family)
		}
	}
}

// TestNoEntryIsGivenTwice proves that no two rows of equal precedence disagree.
func TestNoEntryIsGivenTwice(t *testing.T) {
	t.Parallel()
	l := Default()
	once(t, "classes", l.classes)
	once(t, "carries", l.carries)
	once(t, "aware", l.aware)
	once(t, "about", l.about)
	once(t, "administration", l.administration.table)
	once(t, "elevated", l.elevated.table)
	once(t, "forbidden", l.forbidden.table)
	once(t, "conversation", l.conversation.table)
	for _, v := range l.verbs {
		once(t, "verb "+v.Name, v.list.table)
	}
}

func once[T any](t *testing.T, name string, rows table[T]) {
	t.Helper()
	seen := map[family]bool{}
	for _, r := range rows {
		if seen[r.family] {
			t.Errorf("%s: %s is there twice", name, r.family)
		}
		seen[r.family] = true
	}
}

func TestClassAndCarries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		aware          authz.Tri
		class, carries string
	}{
		{"recording:recording:view", authz.True, ClassContent, CarriesTenant},
		{"recording:recording:view", authz.False, ClassContent, CarriesTenant},
		{"recording:retentionPolicy:edit", authz.False, ClassConfiguration, CarriesOrganization},
		{"analytics:conversationDetail:view", authz.False, ClassContent, CarriesTenant},
		{"analytics:queueObservation:view", authz.False, ClassPerformance, CarriesTenant},
		{"analytics:rateLimitAggregate:view", authz.True, ClassConfiguration, CarriesOrganization},
		{"wfm:realtimeAdherence:view", authz.False, ClassPerformance, CarriesTenant},
		{"wfm:schedule:view", authz.Unknown, ClassPeople, CarriesTenant},
		{"directory:user:view", authz.False, ClassPeople, CarriesOrganization},
		{"directory:user:setPassword", authz.False, ClassSecurity, CarriesTenant},
		{"directory:group:view", authz.False, ClassPeople, CarriesOrganization},
		{"routing:queue:view", authz.True, ClassConfiguration, CarriesTenant},
		{"routing:skill:view", authz.False, ClassConfiguration, CarriesOrganization},
		{"oauth:client:view", authz.False, ClassSecurity, CarriesOrganization},
		{"authorization:grant:add", authz.Unknown, ClassSecurity, CarriesTenant},
		{"admin", authz.False, ClassSecurity, CarriesTenant},
		{"group_creation", authz.False, ClassPeople, CarriesOrganization},
		{"newthing:entity:view", authz.Unknown, "", CarriesTenant},
		{"newthing:entity:view", authz.False, "", CarriesOrganization},
		{"recording:*:*", authz.False, ClassContent, CarriesTenant},
		{"routing:*:*", authz.False, ClassContent, CarriesOrganization},
		{"sso:*:*", authz.False, ClassSecurity, CarriesOrganization},
		{"*:*:*", authz.False, ClassContent, CarriesTenant},
	}
	for _, tt := range tests {
		p := permission(t, tt.name)
		if got := Default().Class(p); got != tt.class {
			t.Errorf("Class(%s) = %q; want %q", p, got, tt.class)
		}
		if got := Default().Carries(p, tt.aware); got != tt.carries {
			t.Errorf("Carries(%s, %v) = %q; want %q", p, tt.aware, got, tt.carries)
		}
	}
}

func TestAware(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want authz.Tri
	}{
		{"oauth:client:view", authz.False},
		{"oauth:*:*", authz.False},
		{"sso:provider:edit", authz.False},
		{"mfa:verifier:edit", authz.False},
		{"directory:group:edit", authz.False},
		{"directory:organization:admin", authz.False},
		{"authorization:role:view", authz.False},
		{"authorization:policy:view", authz.False},
		{"authorization:settings:edit", authz.False},
		{"authorization:orgTrustee:edit", authz.False},
		{"authorization:orgTrusteeUser:add", authz.False},
		{"authorization:orgTrustor:view", authz.Unknown},
		{"authorization:grant:add", authz.Unknown},
		{"authorization:*:*", authz.Unknown},
		{"user:user:impersonate", authz.True},
		{"telephony:trunk:edit", authz.True},
		{"telephony:*:edit", authz.Unknown},
		{"routing:queue:view", authz.Unknown},
		{"*:*:*", authz.Unknown},
		{"admin", authz.False},
		{"group_creation", authz.False},
	}
	for _, tt := range tests {
		if got := Default().Aware(permission(t, tt.name)); got != tt.want {
			t.Errorf("Aware(%s) = %v; want %v", tt.name, got, tt.want)
		}
	}
	if got := Default().Aware(authz.Pattern{}); got != authz.Unknown {
		t.Errorf("Aware of no permission = %v; want unknown", got)
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	const all = Queues | Users | Flows | Other
	tests := []struct {
		name string
		want About
	}{
		{"routing:queue:view", Queues},
		{"routing:queueMember:manage", Queues},
		{"analytics:queueObservation:view", Queues},
		{"*:queue:view", Queues},
		{"directory:user:view", Users},
		{"directory:userProfile:view", Users},
		{"user:profile:view", Users},
		{"user:chats:view", Users},
		{"users:rules:view", all},
		{"architect:flow:view", Flows | Queues | Users},
		{"architect:flowExecution:view", all},
		{"reporting:reportingData:view", all},
		{"directory:*:view", all},
		{"*:*:*", all},
		{"admin", all},
		{"group_creation", all},
	}
	for _, tt := range tests {
		if got := Default().About(permission(t, tt.name)); got != tt.want {
			t.Errorf("About(%s) = %04b; want %04b", tt.name, got, tt.want)
		}
	}
}
