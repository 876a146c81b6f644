package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// inTwo is ada, who owns two groups: one holds a role that reaches whom its
// holder's groups hold, and the other holds cy. Only both together reach cy.
const inTwo = inA + `
group holds owners=ada include=false
group reaches cy owners=ada include=false
group idle owners=ada include=false
catalogue directory:user:setPassword aware
role r directory:user:setPassword scope=group
grant group:holds r b
`

// inMoves is a path in words: what each move gains, and by whom.
func inMoves(g *graph.Graph, moves []graph.Move) string {
	var out []string
	for _, m := range moves {
		by := g.Principal(m.By.Principal()).Key.ID
		for _, n := range m.By.Joined() {
			by += "+" + g.NodeKey(n).ID
		}
		what := g.NodeKey(m.Node).ID
		if m.Total {
			what = "total"
		}
		out = append(out, by+">"+what)
	}
	return strings.Join(out, " ")
}

// A path that needs two groups at once joins both, is as long as the steps that it
// takes, and is told of where it is shorter than the others.
func TestPathsByTwoGroupsAtOnce(t *testing.T) {
	t.Parallel()
	const both = "2: ada>holds ada>reaches ada+holds+reaches>cy"
	for _, c := range []struct {
		about, more string
		most        int
		want        string
	}{
		{"by both groups", "", 3, both},
		{"in as many steps as are allowed", "", 2, both},
		{"in fewer steps than it takes", "", 1, ""},
		{
			"beside a way that is as short", "group third owners=ada include=false\nrole s directory:user:setPassword\ngrant group:third s b", 2,
			"2: ada>third ada+third>cy",
		},
		{
			// ada becomes bo, joins a group as bo may, and sets cy's password
			"before a way that is longer",
			"catalogue user:user:impersonate aware\nrole i user:user:impersonate\ngrant ada i a\ngroup third owners=bo include=false\nrole s directory:user:setPassword\ngrant group:third s b",
			3, both + ", 3: ada>bo bo>third ada+third>cy",
		},
	} {
		g := mustAsk(t, inTwo+c.more, askedOptions{}).g
		e := g.Escalations(lexicon.Default().Escalations())
		goal := graph.Goal{Principals: graph.NewSet(g.Principals())}
		goal.Principals.Add(mustNode(t, g, authz.KindUser, "cy"))
		var got []string
		for _, w := range e.Paths(mustNode(t, g, authz.KindUser, "ada"), goal, graph.PathOptions{MaxHops: c.most}).Found {
			got = append(got, fmt.Sprintf("%d: %s", w.Hops, inMoves(g, w.Moves)))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q; want %q", c.about, strings.Join(got, ", "), c.want)
		}
	}
}

// What is told of who could have access comes with a way that leads there: by two
// groups, where only both give it, and by no more.
func TestWitnessByGroups(t *testing.T) {
	t.Parallel()
	const look = inA + "queue q1 in a\nqueue q2 in b\ncatalogue routing:queue:view aware\n"
	for _, c := range []struct{ about, org, want string }{
		{
			"a group of which the role's scope leaves a queue, and another that holds the role",
			look + "group g1 owners=ada include=false\ngroup g2 owners=ada include=false\ngroup g3 owners=ada include=false\nqueue q3 in b lists=GROUP:g3\n" +
				"role s routing:queue:view scope=group\ngrant group:g1 s",
			"limited ada+g1+g3: ada>g1 ada>g3",
		},
		{
			"two, and no others",
			look + "group g1 owners=ada include=false\ngroup g3 owners=ada include=false\nqueue q3 in b lists=GROUP:g3\n" +
				"role s routing:queue:view scope=group\ngrant group:g1 s",
			"limited ada+g1+g3: ada>g1 ada>g3",
		},
		{
			"one that does both",
			look + "group g1 owners=ada include=false\ngroup g2 owners=ada include=false\nqueue q3 in b lists=GROUP:g2\n" +
				"role s routing:queue:view scope=group\ngrant group:g2 s",
			"limited ada+g2: ada>g2",
		},
		{
			"by whom it becomes, and not by whom that could become", // cy could become out
			look + "catalogue directory:user:setPassword aware\nrole i directory:user:setPassword\nrole w routing:queue:view\n" +
				"grant ada i b\ngrant cy w a\ngrant out w b\ngrant cy i a\n",
			"whole cy: ada>cy",
		},
		{
			"of two that it could become, by the one that has as much",
			look + "view v queues=q1\ncatalogue directory:user:setPassword aware\nrole i directory:user:setPassword\nrole w routing:queue:view\n" +
				"role s routing:queue:view scope=view views=v\ngrant ada i a\ngrant bo s a\ngrant out w b\n",
			"whole out: ada>out",
		},
		{
			"by everything", look + "role add authorization:grant:add\ngrant ada add\n", "whole ada: ada>total",
		},
		{
			"one that is enough, though another gives less",
			look + "group g1 owners=ada include=false\ngroup g2 owners=ada include=false\nqueue q3 in b lists=GROUP:g1\n" +
				"role s routing:queue:view scope=group\nrole w routing:queue:view\ngrant group:g1 s\ngrant group:g2 w",
			"whole ada+g2: ada>g2",
		},
	} {
		a := mustAsk(t, c.org, askedOptions{})
		m, _ := authz.ParsePattern("routing:queue:view")
		q := graph.Query{Org: "o", Divisions: a.divisions(authz.AllDivisions), Permissions: []graph.Perm{a.g.Perm("o", m)}}
		e := a.g.Escalations(lexicon.Default().Escalations())
		find := e.Witnesses(q, false)
		var got []string
		for _, r := range e.Who(q, false) {
			w, ok := find(r)
			if ok == (r.Hops == 0) {
				t.Errorf("%s: a way to %+v: %v", c.about, r, ok)
			}
			if !ok {
				continue
			}
			by := a.g.Principal(w.By.Principal()).Key.ID
			for _, n := range w.By.Joined() {
				by += "+" + a.g.NodeKey(n).ID
			}
			got = append(got, fmt.Sprintf("%v %s: %s", r.Level, by, inMoves(a.g, w.Moves)))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q; want %q", c.about, strings.Join(got, ", "), c.want)
		}
	}
}

// The path of a derivation leads into the group that was joined, and from there on:
// of two ways the shorter.
func TestReasonsOfWhoJoined(t *testing.T) {
	t.Parallel()
	a := mustAsk(t, lawRole+"user ada\nuser bo\ngroup in\ngroup inner\ngroup outer inner first2\ngroup first ada\ngroup first2 first\n"+
		"grant in r a\ngrant outer r a\ngrant first r a", askedOptions{})
	m, _ := authz.ParsePattern("routing:queue:view")
	d, _ := a.g.FindDivision(authz.Key{Org: "o", Kind: authz.KindDivision, ID: "a"})
	for who, want := range map[string]string{"ada": ">in! >first >inner!>outer", "bo": ">in! >inner!>outer"} {
		as := a.g.As(mustNode(t, a.g, authz.KindUser, who), []uint32{mustNode(t, a.g, authz.KindGroup, "in"), mustNode(t, a.g, authz.KindGroup, "inner")})
		var got []string
		for _, r := range a.g.ReasonsOf(as, a.g.Perm("o", m), d) {
			text := ""
			for _, h := range r.Path {
				text += ">" + a.g.NodeKey(h.Into).ID
				if h.Joined {
					text += "!"
				}
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: paths %q; want %q", who, strings.Join(got, " "), want)
		}
	}
}

// The derivation of a move is the one that leaves whom it gains: of two roles of
// one reach, the one that speaks of that user.
func TestMoveIsByTheRoleThatReaches(t *testing.T) {
	t.Parallel()
	for _, perm := range []string{"user:user:impersonate", "directory:user:setPassword"} {
		g := mustAsk(t, inA+"user di in a\ngroup g1 bo\ngroup g2 di\ncatalogue "+perm+" aware\nrole r1 "+perm+" scope=group groups=g1\nrole r2 "+perm+
			" scope=group groups=g2\ngrant ada r1 a\ngrant ada r2 a", askedOptions{}).g
		e := g.Escalations(lexicon.Default().Escalations())
		c := e.Could(mustNode(t, g, authz.KindUser, "ada"), false)
		for who, want := range map[string]string{"bo": "r1", "di": "r2"} {
			moves := e.Path(c, mustNode(t, g, authz.KindUser, who), false)
			if len(moves) != 1 || moves[0].Reason == nil {
				t.Fatalf("%s: the way to %s is %+v", perm, who, moves)
			}
			if got := g.Role(moves[0].Reason.Grant.Role).Key.ID; got != want {
				t.Errorf("%s: the way to %s is by %s; want %s", perm, who, got, want)
			}
		}
	}
}

// Trustee organizations are let in alike, unless a policy takes something from a
// group that one of them is in.
func TestClassesOfTrusteeOrganizations(t *testing.T) {
	t.Parallel()
	g := mustAsk(t, inA+"trust T enabled full\ntrust U enabled full\ngroup g trustee_organization:T\npolicy p *:*:* deny group:g active", askedOptions{deny: true}).g
	e := g.Escalations(lexicon.Default().Escalations())
	in, out := mustNode(t, g, authz.KindTrusteeOrganization, "T"), mustNode(t, g, authz.KindTrusteeOrganization, "U")
	if a, b := len(e.Could(in, false).Gains), len(e.Could(out, false).Gains); a >= b {
		t.Errorf("who is denied could gain %d places, and who is not %d", a, b)
	}
}

// Nobody's path leads to itself: where it is of the goal, its paths lead to the
// others, be they behind it.
func TestPathsToOthersOfTheGoal(t *testing.T) {
	t.Parallel()
	const take = "catalogue user:user:impersonate aware\nrole i user:user:impersonate\ngrant ada i a\n"
	for _, c := range []struct{ about, org, goal, want string }{
		{"to another of its hub", take, "ada bo", "1: ada>bo"},
		{"to the first of two others", "user ann in a\n" + take, "ada ann bo", "1: ada>ann"},
		{"none to itself", take, "ada", ""},
		{"to another, by one of its hub", take + "grant bo i b\n", "ada cy", "2: ada>bo bo>cy"},
		{"to everything", take + "role add authorization:grant:add\ngrant ada add\n", "ada", "1: ada>total"},
	} {
		g := mustAsk(t, inA+c.org, askedOptions{}).g
		e := g.Escalations(lexicon.Default().Escalations())
		goal := graph.Goal{Principals: graph.NewSet(g.Principals())}
		for _, id := range strings.Fields(c.goal) {
			goal.Principals.Add(mustNode(t, g, authz.KindUser, id))
		}
		ada := mustNode(t, g, authz.KindUser, "ada")
		var got []string
		for _, w := range e.Paths(ada, goal, graph.PathOptions{MaxHops: 3}).Found {
			got = append(got, fmt.Sprintf("%d: %s", w.Hops, inMoves(g, w.Moves)))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q; want %q", c.about, strings.Join(got, ", "), c.want)
		}
		one := graph.NewSet(g.Principals())
		one.Add(ada)
		if reaching := !e.ReachingGoal(one, goal, false, 3).Empty(); reaching != (c.want != "") {
			t.Errorf("%s: ada reaches it: %v", c.about, reaching)
		}
		if c.want != "" && e.ReachingGoal(one, goal, false, int(c.want[0]-'0')-1).Len() > 0 {
			t.Errorf("%s: ada reaches it in fewer steps", c.about)
		}
	}
}

// Who may be a user and a group is one of the goal, and not another than itself.
func TestPathsOfWhoMayBeAGroup(t *testing.T) {
	t.Parallel()
	g := mustAsk(t, "division a\nmissing groups\nmissing users\nrole r directory:group:edit\ngrant subject:who r a\nuser ada in a\ngroup g ada", askedOptions{}).g
	who := mustNode(t, g, authz.KindUnknown, "who")
	goal := graph.Goal{Principals: graph.NewSet(g.Principals()), Groups: map[uint32]bool{who: true}}
	goal.Principals.Add(who)
	e := g.Escalations(lexicon.Default().Escalations())
	if w := e.Paths(who, goal, graph.PathOptions{MaxHops: 2}); len(w.Found) > 0 {
		t.Errorf("from itself to itself: %s", inMoves(g, w.Found[0].Moves))
	}
	in := mustNode(t, g, authz.KindGroup, "g")
	goal.Groups[in] = true
	if w := e.Paths(who, goal, graph.PathOptions{MaxHops: 2}); len(w.Found) == 0 || w.Found[0].Moves[0].Node != in {
		t.Errorf("to a group of the goal: %+v", w)
	}
}
