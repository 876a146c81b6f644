package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// What single comparisons of the evaluation decide and the tables of the law
// leave open: each organization tells one way from the other.
func TestLawOfSmallThings(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a trustee's user whose role is gone is here all the same",
			org:  "user eve trustee=T\nuser fay trustee=T\ngrant eve gone",
			says: []string{"acting = trustee_user:eve", "dangling = trustee_user:eve gone@ without role"},
		},
		{
			name: "an unread role held by an unread group alone is told",
			org:  lawRole + "role s unread\ngroup g unread\ngrant g s a",
			says: []string{"undetermined x:y:z a = any s@a, group:g s@a"},
		},
		{
			name: "an unread role that nobody can hold is not",
			org:  lawRole + "role s unread\nuser out state=inactive\ngroup g\ngrant g s a\ngrant out s a",
			says: []string{"undetermined x:y:z a ="},
		},
		{
			name: "an unread group inside groups that hold each other is told once",
			org:  lawRole + "group one g two\ngroup two one\ngroup g unread\ngrant two r a",
			says: []string{"undetermined routing:queue:view a = group:g r@a"},
		},
		{
			name: "a team holds no group",
			org:  lawRole + "user ada\ngroup g ada\nteam red g\ngrant red r a",
			says: []string{"ada routing:queue:view a = none"},
		},
		{
			name: "an unread group that a team lists is not told with what the team holds",
			org:  lawRole + "group g unread\nteam red g\ngrant red r a",
			says: []string{"undetermined routing:queue:view a ="},
		},
		{
			name: "the shortest path may lead through the trustee's own organization",
			org: "org o\n" + lawRole + "trust T\ngroup A trustee=T\ngroup B trustee_user:eve\ngroup C B\ngroup G C A\nuser eve trustee=T\ngrant G r a\n" +
				"org T\nuser eve\ngroup A eve",
			says: []string{"trustee_user:eve routing:queue:view a by A > G > r@a"},
		},
		{
			name: "an id without a type may be a user that only a trustee organization has",
			org:  "org o\n" + lawRole + "trust T\ngrant subject:eve r a\norg T\nuser eve\norg U\nuser eve\ngroup eve",
			says: []string{"acting = trustee_user:eve", "trustee_user:eve routing:queue:view a = whole"},
		},
		{
			name: "or its group, with whom it holds",
			org:  "org o\n" + lawRole + "trust T\ngroup ours crew\ngrant ours r a\norg T\nuser eve\ngroup crew eve",
			says: []string{"acting = trustee_group:crew trustee_user:eve", "trustee_user:eve routing:queue:view a = whole"},
		},
		{
			name: "a user of a trustee organization is enough to name it",
			org:  "org o\n" + lawRole + "user fay trustee=T\ngrant subject:eve r a\norg T\nuser eve\nuser fay",
			says: []string{"acting = trustee_user:eve"},
		},
		{
			name: "an id that is here is nobody elsewhere",
			org:  "org o\n" + lawRole + "trust T\nuser eve\ngrant subject:eve r a\norg T\nuser eve",
			says: []string{"acting = user:eve"},
		},
		{
			name: "a trustee's group holds whom its organization's incomplete lists lack",
			org:  "org o\n" + lawRole + "trust T\ngroup crew trustee=T\ngrant crew r a\norg T\npartial users\ngroup crew gus",
			says: []string{"acting = trustee_group:crew trustee_user:gus", "trustee_user:gus routing:queue:view a = whole"},
		},
		{
			name: "a trustee's group that is not active at home is dormant here",
			org:  "org o\n" + lawRole + "trust T\ngrant trustee_group:crew r a\norg T\ngroup crew state=inactive",
			says: []string{"acting =", "dormant = trustee_group:crew"},
		},
		{
			name: "groups at home that hold each other keep nobody here",
			org:  "org o\n" + lawRole + "trust T\nuser eve trustee=T\ngroup crew trustee=T\norg T\nuser eve\ngroup one eve two crew\ngroup two one\ngroup crew",
			says: []string{"acting =", "dormant ="},
		},
		{
			name: "a word of principals, and a group behind it",
			org:  lawRole + users(64) + "group g u1 u64\nteam t u1\ngrant g r a\ngrant t r b\ngrant u2 r",
			says: []string{"u64 routing:queue:view a = whole", "u1 routing:queue:view b = whole", "u3 routing:queue:view a = none"},
		},
		{
			name: "a trustee's group that is not role-enabled has what the groups have that hold it",
			org:  lawRole + "group tg trustee=T roles=false\ngroup g tg\ngrant g r a",
			says: []string{"tg routing:queue:view a = whole"},
		},
		{
			name: "of two paths as long the one through the first group is shown, and being a member comes before owning",
			org:  lawRole + "user ada\ngroup g2 ada\ngroup g1 ada owners=ada\ngroup top g2 g1\ngrant top r a",
			says: []string{"ada routing:queue:view a by g1 > top > r@a"},
		},
		{
			name: "what a condition leaves is doubtful through a group that is not role-enabled",
			org:  lawRole + "user pat\ngroup off pat roles=false\nrole s routing:queue:view " + lawOpen + "\ngrant off s",
			says: []string{"pat routing:queue:view a = conditional", "pat routing:queue:view a because group"},
		},
		{
			name: "a skill group on a queue is told where a scope rests on groups or on teams, and not on views or oneself",
			org: lawRole + "queue q in a lists=SKILLGROUP:k\nview v queues=q\nuser ada\ngrant ada s\ncatalogue routing:queue:edit aware\ncatalogue routing:queue:add aware\n" +
				"catalogue routing:queue:delete aware\nrole s routing:queue:edit scope=team\nrole s routing:queue:add scope=group\nrole s routing:queue:delete scope=view views=v\n" +
				"catalogue directory:user:view aware\nrole s directory:user:view scope=self",
			says: []string{
				"undetermined routing:queue:edit a = queue:q", "undetermined routing:queue:add a = queue:q", "undetermined routing:queue:delete a =",
				"undetermined directory:user:view a =",
			},
		},
		{
			name: "who holds a role both ways is equal to who holds it for sure",
			org:  lawRole + "user ada\nuser bo\ngroup g ada roles=false\ngroup h ada\ngrant g r a\ngrant h r a\ngrant bo r a",
			says: []string{"ada routing:queue:view a = whole"},
		},
		{
			name: "a division in which more is left, or the same for sure, has a row of its own",
			org: lawRole + "user ada\nuser bo\nuser cy\nqueue q1 in a\nqueue q2 in a\nview v queues=q1\nview w queues=q2\ncatalogue routing:queue:edit unflagged\n" +
				"role s routing:queue:view scope=view views=v\nrole u routing:queue:view scope=view views=w\nrole x routing:queue:edit scope=view views=v\n" +
				"grant ada s\ngrant ada u a\ngrant bo u\ngrant bo u a\ngrant cy x a",
			says: []string{
				"ada routing:queue:view * = limited queue:q1", "ada routing:queue:view a = limited queue:q1 queue:q2",
				"bo routing:queue:view * = limited queue:q2", "cy routing:queue:edit * = limited queue:q1 ?", "cy routing:queue:edit a = limited queue:q1",
			},
		},
		{
			name: "oneself and one's division count with the scope assigned",
			org:  lawRole + "user ada in a\nuser bo in b\nuser cy in a\nrole s directory:user:view scope=assigned\ngrant ada s\ngrant bo s\ngrant cy s",
			says: []string{"classes = ada+cy bo"},
		},
		{
			name: "a condition that names one of them sets it apart where a scope leaves oneself",
			org: lawRole + "user ada in a\nuser bo in a\nuser cy in a\nuser di in a\nrole s directory:user:view scope=self " + lawNames("ada") +
				"\nrole u directory:user:view scope=assigned " + lawNames("cy") + "\ngrant ada s\ngrant bo s\ngrant cy u\ngrant di u",
			says: []string{"classes = ada bo cy di"},
		},
	})
}

// users are so many users, u1 and so on.
func users(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "user u%d\n", i+1)
	}
	return b.String()
}

// A full word of principals leaves no room for a group among them.
func TestSpreadOfFullWord(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, lawRole+users(64)+"group g u1 u64\ngrant g r a\ngrant u2 r b"))
	spread := slices.Collect(g.Spread("o", g.DivisionsOf("o")))
	if len(spread) != 1 || len(spread[0].In) != 3 || len(spread[0].Out) != 0 {
		t.Errorf("spread = %+v; want three in", spread)
	}
	if len(slices.Collect(g.Spread("nowhere", nil))) != 0 {
		t.Error("an organization that nobody knows has roles")
	}
}

// Users and queues can be singled out, and nothing else.
func TestFindThing(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, "user ada\nclient bot\nqueue q\nflow f\nmembers team:none"))
	for _, k := range []authz.Key{key(authz.KindUser, "ada"), key(authz.KindQueue, "q")} {
		if x, ok := g.FindThing(k); !ok || g.ThingKey(x) != k {
			t.Errorf("%s: %d, %v", k, x, ok)
		}
	}
	for _, k := range []authz.Key{key(authz.KindUser, "bo"), key(authz.KindQueue, "f"), key(authz.KindFlow, "f"), key(authz.KindClient, "bot")} {
		if x, ok := g.FindThing(k); ok {
			t.Errorf("%s is thing %d", k, x)
		}
	}
}

// What a trustee organization tells of its people is told of them here.
func TestTrusteesAtHome(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, "org o\n"+lawRole+"trust T\ngroup crew trustee=T\ngrant crew r a\norg T\nuser eve name=Eve email=eve@t.example\nuser out state=inactive\ngroup crew eve out"))
	for id, want := range map[string]graph.Principal{
		"eve": {Name: "Eve", Email: "eve@t.example", Live: true, Known: true}, "out": {State: "inactive", Known: true},
	} {
		n, ok := g.FindPrincipal(key(authz.KindTrusteeUser, id))
		if !ok {
			t.Fatalf("no %s", id)
		}
		p := g.Principal(n)
		got := graph.Principal{Name: p.Name, Email: p.Email, Live: p.Live, Known: p.Known, State: p.State}
		if got != want {
			t.Errorf("%s: %+v; want %+v", id, got, want)
		}
	}
}

// lawNames is a condition that leaves a user.
func lawNames(user string) string {
	return `if="{\"operator\":\"EQ\",\"operands\":[{\"type\":\"USER\",\"value\":\"` + user + `\"}]}"`
}

// Roles held in several ways come in order, each once.
func TestHoldingsOfSeveralWays(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, lawRole+"user ada\ngroup g ada roles=false\ngroup h ada\ngrant ada r b\ngrant g r b\ngrant g r a\ngrant h r a"))
	a, _ := g.FindDivision(key(authz.KindDivision, "a"))
	b, _ := g.FindDivision(key(authz.KindDivision, "b"))
	want := []graph.Holding{{Division: a}, {Division: b}}
	if got := g.Holdings(0); !slices.Equal(got, want) {
		t.Errorf("holdings = %+v; want %+v", got, want)
	}
}

// Scoped principals hold a policy that rests on the members of queues.
func TestScoped(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, lawRole+`
role s routing:queue:edit scope=assigned
role heir inherits s
role v routing:queue:edit scope=self
user ada
user bo
user cy
user di
group g di
grant ada r
grant bo heir
grant cy v
grant g s
`))
	for name, want := range map[string]bool{"ada": false, "bo": true, "cy": false, "di": true} {
		p, _ := g.FindPrincipal(key(authz.KindUser, name))
		if got := g.Scoped(p); got != want {
			t.Errorf("%s: scoped %v", name, got)
		}
	}
}

// The members of a skill group that a queue lists can change an answer where a scope that
// rests on them is granted over the division, or reaches beyond where it is granted.
func TestSkillGroupsOfAScope(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		flag, granted string
		want          int
	}{
		{"aware", "a", 1},
		{"aware", "b", 0},
		{"aware", "*", 1},
		{"unlimited", "a", 1},
		{"unlimited", "b", 1},
		{"unflagged", "b", 1},
	} {
		g := built(t, authztest.Parse(t, "division a\ndivision b\ncatalogue routing:queue:join "+tt.flag+"\nrole s routing:queue:join scope=assigned\nuser ada in a\nqueue q in a lists=SKILLGROUP:k\ngrant ada s "+tt.granted))
		org := g.Organizations()[0].ID
		p, err := authz.ParsePattern("routing:queue:join")
		if err != nil {
			t.Fatal(err)
		}
		q := graph.Query{Org: org, Permissions: []graph.Perm{g.Perm(org, p)}, Divisions: graph.NewSet(len(g.Divisions()))}
		a, _ := g.FindDivision(authz.Key{Org: org, Kind: authz.KindDivision, ID: "a"})
		q.Divisions.Add(a)
		if got := g.Undetermined(q); len(got) != tt.want {
			t.Errorf("%s, granted in %s: %+v; want %d", tt.flag, tt.granted, got, tt.want)
		}
	}
}

// A role that only grants name is one role, and nobody knows what it carries.
func TestMissingRole(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, lawRole+"partial roles\nuser ada\nuser bo\nuser out state=inactive\ngrant ada lost a\ngrant bo lost b\ngrant out lost b\ngrant out r b"))
	if g.Roles() != 2 {
		t.Errorf("%d roles; want 2", g.Roles())
	}
	n, ok := g.FindRole(key(authz.KindRole, "lost"))
	if !ok || g.Role(n).Known || g.RoleHolders(n).Len() != 2 {
		t.Errorf("found %v, %+v, %d holders; want 2", ok, g.Role(n), g.RoleHolders(n).Len())
	}
	if n, ok := g.FindRole(key(authz.KindRole, "r")); !ok || !g.Role(n).Known || !g.RoleHolders(n).Empty() {
		t.Errorf("found %v, %+v, holders %v; want none", ok, g.Role(n), g.RoleHolders(n).Len())
	}
	if _, ok := g.FindRole(key(authz.KindRole, "none")); ok {
		t.Error("found a role that nothing names")
	}
}

// A permission has the name that the API gave it; one that guides name, its own.
func TestNamesOfPermissions(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, "role r Routing:Queue:View if=\"{}\"\nrole r guide \"Speech : Topic : Edit\"\nrole s routing:queue:VIEW\nrole s legacy Group_Creation\ncatalogue Routing:Queue:View aware"))
	var got []string
	for _, p := range g.Universe("o") {
		got = append(got, p.Name)
	}
	for _, p := range g.Universe("o") {
		if p.InCatalogue != (p.Pattern.Action == "view") {
			t.Errorf("%s is in the catalogue: %v", p.Pattern, p.InCatalogue)
		}
	}
	if want := "group_creation Routing:Queue:View speech:topic:edit"; strings.Join(got, " ") != want {
		t.Errorf("names = %q; want %s", got, want)
	}
	if r := g.Role(0); r.Permissions.Len() != 2 || !r.Narrowed.Empty() {
		t.Errorf("the empty condition narrows: %v, %v", r.Permissions, r.Narrowed)
	}
}

// An organization that only one record names has a universe, without a catalogue.
func TestOrganizationOfOneRecord(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, "org o\nuser ada\norg other untold\nuser bo"))
	p := g.Perm("other", authz.NewPattern("routing", "queue", "view"))
	if p.Aware != authz.True || p.ID != graph.OutsideUniverse {
		t.Errorf("%+v; want it to be limited by divisions, and outside the universe", p)
	}
	if p = g.Perm("nowhere", authz.NewPattern("routing", "queue", "view")); p.ID != graph.OutsideUniverse {
		t.Errorf("in an organization that nobody knows: %+v", p)
	}
}

// Reach is written and read by name.
func TestLevelText(t *testing.T) {
	t.Parallel()
	for l := graph.None; l <= graph.Whole; l++ {
		b, err := l.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		back := graph.Whole + 1
		if err := back.UnmarshalText(b); err != nil || back != l {
			t.Errorf("%s was read as %v: %v", b, back, err)
		}
	}
	over := graph.Whole + 1
	if over.String() != "level(4)" {
		t.Errorf("level 4 is %q", over)
	}
	if err := over.UnmarshalText([]byte("wide")); err == nil {
		t.Error("an unknown word was read")
	}
}
