package reference_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

func key(kind authz.Kind, id string) authz.Key { return authz.Key{Org: "o", Kind: kind, ID: id} }

// ada < leads (grant r @ a) and ada < inner < leads: the shorter way is told.
func TestReasons(t *testing.T) {
	t.Parallel()
	m := reference.New(authztest.Parse(t, view+`
user ada
group leads ada inner
group inner ada
role base routing:*:view
role r inherits base
role r legacy admin
grant leads r a
grant leads r a
grant ada base
`), reference.Options{})
	got := m.Reasons(key(authz.KindUser, "ada"), authz.NewPattern("routing", "queue", "view"), "a")
	whole := reference.Reach{Level: reference.Whole}
	want := []reference.Reason{
		{Reach: whole, Subject: key(authz.KindUser, "ada"), Role: "base", Division: "*", PolicyRole: "base"},
		{Reach: whole, Subject: key(authz.KindGroup, "leads"), Role: "r", Division: "a", PolicyRole: "r", Hops: 1},
		{Reach: whole, Subject: key(authz.KindGroup, "leads"), Role: "r", Division: "a", PolicyRole: "r", PolicyIndex: -1, Hops: 1},
		{Reach: whole, Subject: key(authz.KindGroup, "leads"), Role: "r", Division: "a", PolicyRole: "base", Hops: 1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("reasons (-want +got):\n%s", d)
	}
}

func TestPrincipals(t *testing.T) {
	t.Parallel()
	m := reference.New(authztest.Parse(t, `
user ada
user out state=inactive
group g ada eve
team red
client bot
client app type=CODE
client off state=inactive
user eve trustee=T
user idle trustee=T
trust T full
grant subject:who r
`), reference.Options{})
	want := []authz.Key{
		key(authz.KindClient, "bot"), key(authz.KindTrusteeOrganization, "T"), key(authz.KindTrusteeUser, "eve"),
		key(authz.KindUnknown, "who"), key(authz.KindUser, "ada"),
	}
	if d := cmp.Diff(want, m.Principals()); d != "" {
		t.Errorf("Principals (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]authz.Key{key(authz.KindClient, "off"), key(authz.KindUser, "out")}, m.Dormant()); d != "" {
		t.Errorf("Dormant (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]authz.Key{key(authz.KindClient, "app")}, m.Delegated()); d != "" {
		t.Errorf("Delegated (-want +got):\n%s", d)
	}
}

func TestDivisions(t *testing.T) {
	t.Parallel()
	m := reference.New(authztest.Parse(t, "division a\nuser ada in b\nflow f in c\ngrant ada r d\ngrant ada r all\nuser bob in *\nuser eve in e trustee=T"), reference.Options{})
	if d := cmp.Diff([]string{"a", "b", "c", "d"}, m.Divisions("o")); d != "" {
		t.Errorf("Divisions (-want +got):\n%s", d)
	}
}

func TestUndetermined(t *testing.T) {
	t.Parallel()
	m := reference.New(authztest.Parse(t, view+`
user ada
group blind unread
group outer inner
group inner unread
group off unread state=inactive
role empty unread
role self routing:queue:view scope=assigned
queue q in a lists=SKILLGROUP:s
grant blind r a
grant outer r a
grant off r a
grant ada empty b
grant ada self a
`), reference.Options{})
	q := authz.NewPattern("routing", "queue", "view")
	want := []reference.Undetermined{
		{Subject: key(authz.KindGroup, "blind"), Role: "r", Division: "a", Why: reference.WhyMembers},
		{Subject: key(authz.KindGroup, "inner"), Role: "r", Division: "a", Why: reference.WhyMembers},
		{Subject: key(authz.KindQueue, "q"), Why: reference.WhySkillGroup},
		{Subject: key(authz.KindUser, "ada"), Role: "empty", Division: "b", Why: reference.WhyLines},
	}
	if d := cmp.Diff(want, m.Undetermined("o", q, "a")); d != "" {
		t.Errorf("over a (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want[3:], m.Undetermined("o", q, "b")); d != "" {
		t.Errorf("over b (-want +got):\n%s", d)
	}
}

func TestDangling(t *testing.T) {
	t.Parallel()
	m := reference.New(authztest.Parse(t, "user ada\nrole r inherits gone\ngrant user:x r\ngrant ada nothing\ngrant trustee_user:y r"), reference.Options{})
	var got []authz.Key
	for _, d := range m.Dangling() {
		got = append(got, d.Missing)
	}
	want := []authz.Key{
		key(authz.KindUser, "x"), key(authz.KindRole, "gone"), key(authz.KindRole, "nothing"), key(authz.KindRole, "gone"),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Dangling (-want +got):\n%s", d)
	}
}

// A condition that names a principal whose scope is itself sets it apart.
func TestClassOfSelf(t *testing.T) {
	t.Parallel()
	m := reference.New(authztest.Parse(t, `
user ada in a
user bob in a
user cyd in a
role r directory:user:view scope=self if="{\"operator\":\"EQ\",\"operands\":[{\"type\":\"USER\",\"user\":\"ada\"}]}"
grant ada r
grant bob r
grant cyd r
`), reference.Options{})
	ada, bob, cyd := key(authz.KindUser, "ada"), key(authz.KindUser, "bob"), key(authz.KindUser, "cyd")
	if m.Equal(ada, bob) || !m.Equal(bob, cyd) {
		t.Errorf("Equal(ada, bob) = %v, Equal(bob, cyd) = %v; want false, true", m.Equal(ada, bob), m.Equal(bob, cyd))
	}
}

func TestWho(t *testing.T) {
	t.Parallel()
	r := authztest.Parse(t, view+"user ada\nuser out state=inactive\ngroup g ada out\ngrant g r a\norg other\nuser eve\nrole r routing:queue:view\ngrant eve r a")
	q := authz.NewPattern("routing", "queue", "view")
	whole := reference.Reach{Level: reference.Whole}
	want := map[authz.Key]reference.Reach{key(authz.KindUser, "ada"): whole}
	if d := cmp.Diff(want, reference.New(r, reference.Options{}).Who("o", q, "a")); d != "" {
		t.Errorf("Who (-want +got):\n%s", d)
	}
	want[key(authz.KindUser, "out")] = whole
	if d := cmp.Diff(want, reference.New(r, reference.Options{IncludeDormant: true}).Who("o", q, "a")); d != "" {
		t.Errorf("Who, dormant included (-want +got):\n%s", d)
	}
}

// Aliases apply to the names of guides, and not to what the organization has.
func TestResolve(t *testing.T) {
	t.Parallel()
	alias := func(name string, inUniverse func(authz.Pattern) bool) (authz.Pattern, error) {
		p, err := authz.ParsePattern(name)
		if err == nil && !inUniverse(p) && p.Domain == "users" {
			p = authz.NewPattern("directory", "user", p.Action)
		}
		return p, err
	}
	m := reference.New(authztest.Parse(t, `
user ada
role r guide users:view
role r guide users:edit
role r guide users:delete
role r guide a:b:c:d
role s users:users:delete
catalogue users:users:edit aware
grant ada r a
`), reference.Options{Resolve: alias})
	ada := key(authz.KindUser, "ada")
	for _, c := range []struct {
		perm authz.Pattern
		want reference.Level
	}{
		{authz.NewPattern("directory", "user", "view"), reference.Whole},
		{authz.NewPattern("directory", "user", "edit"), reference.None},
		{authz.NewPattern("users", "users", "edit"), reference.Whole},
		{authz.NewPattern("users", "users", "delete"), reference.Whole},
	} {
		if got := m.Reach(ada, c.perm, "a").Level; got != c.want {
			t.Errorf("Reach(%v) = %v; want %v", c.perm, got, c.want)
		}
	}
	if u := m.Undetermined("o", authz.Admin, "a"); len(u) != 1 || u[0].Why != reference.WhyLines {
		t.Errorf("a name that cannot be read: undetermined %v", u)
	}
}
