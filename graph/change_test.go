package graph_test

import (
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

func mustNode(t *testing.T, g *graph.Graph, kind authz.Kind, id string) uint32 {
	t.Helper()
	n, ok := g.FindNode(authz.Key{Org: "o", Kind: kind, ID: id})
	if !ok {
		t.Fatalf("no %s %s", kind, id)
	}
	return n
}

// A trust that is known, and off, keeps a trustee's people from being live;
// nothing else is told as one.
func TestTrustOff(t *testing.T) {
	t.Parallel()
	g := mustAsk(t, `
at 2026-03-31T00:00:00Z
trust on enabled full
trust off disabled full
trust old enabled full expires=2026-03-30T00:00:00Z
trust later enabled full expires=2026-04-01T00:00:00Z
user home
client app
user u-on trustee=on
user u-off trustee=off
user u-old trustee=old
user u-later trustee=later
user u-none trustee=none
group g-on trustee=on
group g-off trustee=off
grant subject:who r
role r routing:queue:view
`, askedOptions{}).g
	off := 0
	for p := range uint32(g.Principals()) {
		k := g.Principal(p).Key
		want := ""
		switch k.ID {
		case "u-off", "g-off", "off":
			want = "off"
		case "u-old", "old":
			want = "old"
		}
		trust, ok := g.TrustOff(p)
		if ok != (want != "") || (ok && trust != authz.Key{Org: "o", Kind: authz.KindTrust, ID: want}) {
			t.Errorf("%s: %v, %v; want %q", k, trust, ok, want)
		}
		if ok {
			off++
		}
	}
	if off != 5 || g.Principals() != 14 {
		t.Errorf("%d of %d principals are not live for a trust; want 5 of 14", off, g.Principals())
	}
}

// Who is named among a group's owners owns it, whether owners count as members or
// not; of a group of that name elsewhere it is none.
func TestOwns(t *testing.T) {
	t.Parallel()
	g := mustAsk(t, `
user ada
user bo
client app
group first ada owners=bo
group last bo owners=ada,app include=false
team red ada
trust T enabled
group theirs trustee=T owners=ada
org p
user ada
`, askedOptions{}).g
	ada, bo, app := mustNode(t, g, authz.KindUser, "ada"), mustNode(t, g, authz.KindUser, "bo"), mustNode(t, g, authz.KindClient, "app")
	first, last, red := mustNode(t, g, authz.KindGroup, "first"), mustNode(t, g, authz.KindGroup, "last"), mustNode(t, g, authz.KindTeam, "red")
	theirs := mustNode(t, g, authz.KindTrusteeGroup, "theirs")
	elsewhere, _ := g.FindPrincipal(authz.Key{Org: "p", Kind: authz.KindUser, ID: "ada"})
	for _, c := range []struct {
		about    string
		p, group uint32
		want     bool
	}{
		{"a member", ada, first, false},
		{"an owner", bo, first, true},
		{"an owner that is no member", ada, last, true},
		{"a client", app, last, true},
		{"a member that is no owner", bo, last, false},
		{"of a team", ada, red, false},
		{"of a trustee's group, which is managed elsewhere", ada, theirs, false},
		{"of a principal", ada, bo, false},
		{"somebody of that id elsewhere", elsewhere, last, false},
	} {
		if got := g.Owns(c.p, c.group); got != c.want {
			t.Errorf("%s: %v; want %v", c.about, got, c.want)
		}
	}
}

// Whom an enforced deny would take a permission from as soon as it is in a group.
func TestDeniedIn(t *testing.T) {
	t.Parallel()
	const org = lawRole + `
user ada
client app
grant subject:who r
group g
group h
team red
`
	for _, c := range []struct {
		about, policy         string
		free                  bool // policies are not enforced
		ada, app, who, h, red bool
	}{
		{about: "a deny of the group", policy: "policy p routing:queue:view deny group:g active", ada: true},
		{about: "that is about clients, too", policy: "policy p routing:queue:view deny group:g active clients", ada: true, app: true},
		{about: "that is not enforced", policy: "policy p routing:queue:view deny group:g active", free: true},
		{about: "that allows", policy: "policy p routing:queue:view allow group:g active"},
		{about: "with a condition", policy: `policy p routing:queue:view deny group:g active if="x"`},
		{about: "of another permission", policy: "policy p routing:queue:edit deny group:g active"},
		{about: "that is not active", policy: "policy p routing:queue:view deny group:g inactive"},
		{about: "of another group", policy: "policy p routing:queue:view deny group:h active", h: true},
		{about: "of a team", policy: "policy p routing:queue:view deny team:red active", red: true},
		{about: "of a team of the group's id", policy: "policy p routing:queue:view deny team:g active"},
	} {
		g := mustAsk(t, org+c.policy, askedOptions{deny: !c.free}).g
		m, _ := authz.ParsePattern("routing:queue:view")
		view := g.Perm("o", m)
		ada := mustNode(t, g, authz.KindUser, "ada")
		in := mustNode(t, g, authz.KindGroup, "g")
		for _, x := range []struct {
			about string
			p, n  uint32
			want  bool
		}{
			{"ada in g", ada, in, c.ada},
			{"app in g", mustNode(t, g, authz.KindClient, "app"), in, c.app},
			{"who is not known in g", mustNode(t, g, authz.KindUnknown, "who"), in, false},
			{"ada in h", ada, mustNode(t, g, authz.KindGroup, "h"), c.h},
			{"ada in red", ada, mustNode(t, g, authz.KindTeam, "red"), c.red},
		} {
			if got := g.DeniedIn(x.p, x.n, view); got != x.want {
				t.Errorf("%s: %s: %v; want %v", c.about, x.about, got, x.want)
			}
		}
	}
}

// Roles that were not read, and that nobody holds, are told where somebody of that
// organization could come to hold them.
func TestUndeterminedOfEscalations(t *testing.T) {
	t.Parallel()
	const some = "user ada\nrole r authorization:grant:add\nrole lost unread\ngroup g\ngrant g lost\n"
	g := mustAsk(t, "org o\n"+some+"grant ada r\norg p\n"+some+"grant ada r\norg q\n"+some+"role plain routing:queue:view\ngrant ada plain\n", askedOptions{}).g
	e := g.Escalations(lexicon.Default().Escalations())
	for _, org := range []string{"o", "p"} {
		if list := e.Undetermined(org); len(list) != 1 || list[0].Org != org || list[0].Role != "lost" {
			t.Errorf("%s: %+v; want its role that was not read", org, list)
		}
	}
	if list := e.Undetermined("q"); len(list) != 0 {
		t.Errorf("where nobody could become more: %+v", list)
	}
}

// An owner that no record describes is somebody where the lists could lack it, and has
// what the group gives; one that does not count as a member is not.
func TestOwnersThatNoRecordDescribes(t *testing.T) {
	t.Parallel()
	a := mustAsk(t, lawRole+"missing users\nmissing oauth_clients\nuser ada\ngroup g ada owners=in\ngroup h ada owners=out include=false\ngrant g r a\ngrant h r a", askedOptions{})
	q, err := a.question("in routing:queue:view a")
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range a.check(q, "whole") {
		t.Error(wrong)
	}
	if k, err := a.principal("out"); err == nil {
		t.Errorf("an owner that does not count is %v", k)
	}
}

// Of an organization of which only the ledger and grants tell, a user or client that
// its complete lists lack is nobody.
func TestSubjectsOfAnUntoldOrganization(t *testing.T) {
	t.Parallel()
	const org = "org o\nuser ada\norg p untold\ngrant user:x r d\ngrant client:y r d\n"
	for more, want := range map[string]int{"": 1, "missing users\n": 2, "missing oauth_clients\n": 2, "missing users\nmissing oauth_clients\n": 3} {
		g := mustAsk(t, org+more, askedOptions{}).g
		if g.Principals() != want {
			t.Errorf("%q: %d principals; want %d", more, g.Principals(), want)
		}
	}
}

// Where somebody has a permission is each division over which it reaches anything, of a
// permission that no role names, too.
func TestWhere(t *testing.T) {
	t.Parallel()
	a := mustAsk(t, `
division a
division b
division c
catalogue x:queue:view aware
catalogue y:queue:view unlimited
queue qa in a
queue qb in b
view va queues=qa
view vb queues=qb
role plain x:queue:view
role some x:*:* scope=view views=vb
role free y:queue:* scope=view views=vb
role wide z:*:*
user p1
user p2
user p3
user p4
user p5
grant p1 plain a
grant p2 some a
grant p2 some b
grant p3 free a
grant p4 wide a
grant p5 some
`, askedOptions{})
	found := 0
	for _, name := range []string{"x:queue:view", "x:queue:other", "y:queue:view", "y:queue:other", "z:z:z", "routing:queue:view"} {
		m, _ := authz.ParsePattern(name)
		perm := a.g.Perm("o", m)
		for p := range a.g.Acting().All() {
			where := a.g.Where(p, perm)
			for d := range a.g.DivisionsOf("o").All() {
				want := a.g.Reach(p, perm, d) != graph.None
				if where.Has(d) != want {
					t.Errorf("%s %s over %s: %v; want %v", a.g.Principal(p).Key.ID, name, a.g.Divisions()[d].Key.ID, where.Has(d), want)
				}
				if want {
					found++
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d are reached", found)
	}
}

// Members that no record describes are somebody where the list of users could lack
// them: those of groups that there are, and not those of a group that is gone.
func TestMembersThatNoRecordDescribes(t *testing.T) {
	t.Parallel()
	for _, lists := range []string{"members group:gone user:y\ngroup g user:x\n", "group g user:x\nmembers group:gone user:y\n", "group g user:x\nmembers group:gone user:y user:z\ngroup h user:v\n"} {
		a := mustAsk(t, lawRole+"missing users\n"+lists+"grant g r a", askedOptions{})
		q, err := a.question("x routing:queue:view a")
		if err != nil {
			t.Fatalf("%s: %v", lists, err)
		}
		for _, wrong := range a.check(q, "whole") {
			t.Errorf("%s: %s", lists, wrong)
		}
		for _, id := range []string{"y", "z"} {
			if k, err := a.principal(id); err == nil {
				t.Errorf("%s: a member of a group that is gone is %v", lists, k)
			}
		}
	}
}
