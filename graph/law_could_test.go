package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// A couldLaw is a small organization, and what ada could become in it: kind:id
// after how many steps, "in" a group, and total. Each line that begins with "!"
// is needed: without it, nothing is found.
type couldLaw struct {
	name  string
	org   string
	could string // by every way
	sure  string // by documented ways only; empty: the same
}

func upholdCould(t *testing.T, laws []couldLaw) {
	t.Helper()
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			lines := strings.Split(l.org, "\n")
			for i, line := range lines {
				if needed, ok := strings.CutPrefix(strings.TrimSpace(line), "!"); ok {
					lines[i] = needed
					without := slices.Delete(slices.Clone(lines), i, i+1)
					for j := range without {
						without[j] = strings.TrimPrefix(strings.TrimSpace(without[j]), "!")
					}
					couldBe(t, "without "+needed, strings.Join(without, "\n"), false, "")
				}
			}
			org := strings.Join(lines, "\n")
			couldBe(t, "all", org, false, l.could)
			sure := l.sure
			switch sure {
			case "":
				sure = l.could
			case "nothing":
				sure = ""
			}
			couldBe(t, "sure", org, true, sure)
		})
	}
}

// couldBe compares both evaluators with what is wanted.
func couldBe(t *testing.T, what, org string, sure bool, want string) {
	t.Helper()
	a := mustAsk(t, org, askedOptions{})
	k, err := a.principal("ada")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := a.g.FindPrincipal(k)
	c := &couldAgreement{g: a.g, e: a.g.Escalations(lexicon.Default().Escalations()), ref: a.ref}
	x := c.e.Could(p, sure)
	if got := inShort(c.closure(x)); got != want {
		t.Errorf("%s: ada could become %q; want %q", what, got, want)
	}
	if got := inShort(wantedClosure(a.ref.Futures(sure).Of(k))); got != want {
		t.Errorf("%s: the reference says that ada could become %q; want %q", what, got, want)
	}
	c.paths(p, x, sure)
	for _, d := range c.out {
		t.Error(d)
	}
}

// inShort leaves out of a closure the organization, ada itself, and that total
// is never reached.
func inShort(closure string) string {
	var out []string
	for _, s := range strings.Split(strings.ReplaceAll(closure, "o/", ""), ", ") {
		if s != "total -1" && !strings.HasSuffix(s, ":ada 0") {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// inA is two divisions, ada in the first with a role there, and people in both.
const inA = `
division a
division b
user ada in a
user bo in a
user cy in b
user out in a state=inactive
user gone in a state=deleted
`

// Section 8, the table: each escalation has its organization, and lines without
// any of which nothing is found.
func TestLawOfEscalations(t *testing.T) {
	t.Parallel()
	upholdCould(t, []couldLaw{
		{
			// ada impersonates whoever is live in a
			name: "impersonate", org: inA + "!role r user:user:impersonate\n!grant ada r a",
			could: "user:bo 1",
		},
		{
			name: "set password", org: inA + "catalogue directory:user:setPassword aware\n!role r directory:user:setPassword\n!grant ada r a",
			could: "user:bo 1, user:out 1",
		},
		{
			name: "organization administration", org: inA + "!role r directory:organization:admin\n!grant ada r a",
			could: "user:bo 1, user:cy 1, user:out 1",
		},
		{
			name: "edit user", org: inA + "catalogue directory:user:edit aware\n!role r directory:user:edit\n!grant ada r a",
			could: "user:bo 1, user:out 1", sure: "nothing",
		},
		{
			name: "join a group by permission", org: inA + "!role r directory:group:edit\n!grant ada r a\ngroup g bo\ngroup off bo state=inactive",
			could: "in group:g 1",
		},
		{
			name: "join a group that it owns", org: inA + "!group g bo owners=ada include=false\ngroup h bo",
			could: "in group:g 1",
		},
		{
			name: "own a group that is not active", org: inA + "group g bo owners=ada state=inactive",
			could: "",
		},
		{
			name: "a client owns a group", org: "division a\nclient ada\n!group g owners=ada",
			could: "in group:g 1",
		},
		{
			name: "grant a role", org: inA + "!role r authorization:grant:add\n!grant ada r a",
			could: "total 1",
		},
		{
			name: "edit a role", org: inA + "!role r authorization:role:edit\n!grant ada r a",
			could: "total 1",
		},
		{
			name: "admit a user from outside", org: inA + "!role r authorization:orgTrusteeUser:add\n!grant ada r a",
			could: "total 1",
		},
		{
			name: "change a user from outside", org: inA + "!role r authorization:orgTrusteeUser:edit\n!grant ada r a",
			could: "total 1",
		},
		{
			name: "admit a group from outside", org: inA + "!role r authorization:orgTrusteeGroup:add\n!grant ada r a",
			could: "total 1",
		},
		{
			name: "change a group from outside", org: inA + "!role r authorization:orgTrusteeGroup:edit\n!grant ada r a",
			could: "total 1",
		},
		{
			name: "take over a client",
			org: inA + "!role r oauth:client:edit\n!grant ada r a\n" +
				"client on\nclient off state=disabled\nclient gone state=inactive\nclient web type=CODE",
			could: "oauth_client:off 1, oauth_client:on 1",
		},
		{
			name: "control sign-in by a new provider", org: inA + "!role r sso:provider:add\n!grant ada r a",
			could: "user:bo 1, user:cy 1",
		},
		{
			name: "control sign-in by changing a provider", org: inA + "!role r sso:provider:edit\n!grant ada r a",
			could: "user:bo 1, user:cy 1",
		},
		{
			name: "total control is total in no step", org: inA + "role r legacy admin\ngrant ada r a",
			could: "total 0, user:bo 1, user:cy 1, user:out 1",
		},
		{
			name:  "what is told by rules is not followed",
			org:   inA + "role r oauth:client:add\nrole r routing:skill:assign\nrole r authorization:orgTrustee:edit\nrole r authorization:policy:delete\nrole r mfa:verifier:delete\nrole r authorization:orgTrustee:add\ngrant ada r",
			could: "",
		},
	})
}

// Section 8, the closure.
func TestLawOfTheClosure(t *testing.T) {
	t.Parallel()
	password := "catalogue directory:user:setPassword aware\nrole r directory:user:setPassword\n"
	upholdCould(t, []couldLaw{
		{
			// ada sets bo's password, bo cy's, cy holds everything
			name: "from whom it became it goes on",
			org: "division a\ndivision b\nuser ada\nuser bo in a\nuser cy in b\n" + password + "role all legacy admin\n" +
				"!grant ada r a\ngrant bo r b\ngrant cy all",
			could: "total 2, user:bo 1, user:cy 2",
		},
		{
			name:  "the least number of steps counts",
			org:   "division a\ndivision b\nuser ada in a\nuser bo in a\nuser cy in b\n" + password + "grant ada r a\ngrant ada r b\ngrant bo r b",
			could: "user:bo 1, user:cy 1",
		},
		{
			name:  "conditional reach counts",
			org:   "division a\ndivision b\nuser ada in a\nuser cy in b\ncatalogue directory:user:setPassword unflagged\nrole r directory:user:setPassword\ngrant ada r a",
			could: "user:cy 1",
		},
		{
			name:  "limited reach counts, of whom it leaves",
			org:   inA + "group g bo\ncatalogue directory:user:setPassword aware\n!role r directory:user:setPassword scope=group groups=g\n!grant ada r a",
			could: "user:bo 1",
		},
		{
			// ada sets the password of bo alone, and bo everybody's in b
			name: "from whom limited reach leaves it goes on",
			org: inA + "group g bo\ncatalogue directory:user:setPassword aware\n!role r directory:user:setPassword scope=group groups=g\n" +
				"role s directory:user:setPassword\n!grant ada r a\ngrant bo s b",
			could: "user:bo 1, user:cy 2",
		},
		{
			name:  "limited reach brings back no account by a session",
			org:   inA + "group g bo out\ncatalogue user:user:impersonate aware\n!role r user:user:impersonate scope=group groups=g\n!grant ada r a",
			could: "user:bo 1",
		},
		{
			name:  "limited reach brings back an account by its password",
			org:   inA + "group g bo out\ncatalogue directory:user:setPassword aware\n!role r directory:user:setPassword scope=group groups=g\n!grant ada r a",
			could: "user:bo 1, user:out 1",
		},
		{
			// one role leaves bo, the other di, and a third everybody of b
			name: "each of whom two roles leave is by its own",
			org: inA + "user di in a\nuser no\ngroup g bo\ngroup h di no\ncatalogue directory:user:setPassword aware\nrole r directory:user:setPassword scope=group groups=g\n" +
				"role s directory:user:setPassword scope=group groups=h\nrole t directory:user:setPassword\ngrant ada r a\ngrant ada s a\ngrant ada t b",
			could: "user:bo 1, user:cy 1, user:di 1, user:no 1",
		},
		{
			name:  "a trust with full access is total in no step",
			org:   "division a\ntrust ada full\nuser bo in a",
			could: "total 0, user:bo 1",
		},
		{
			// every group can be joined, and of them only the scope of ada's own role speaks
			name: "a group that it may join is in its scope group",
			org: inA + "group g cy\ncatalogue directory:user:setPassword aware\nrole r directory:user:setPassword scope=group\nrole e directory:group:edit\n" +
				"!grant ada e a\ngrant ada r b",
			could: "in group:g 1, user:cy 2",
		},
		{
			name: "whoever can be everybody has joined nothing",
			org: inA + "group g out\ncatalogue directory:user:setPassword aware\nrole r directory:user:setPassword scope=group\nrole e sso:provider:edit\n" +
				"!grant ada e a\ngrant ada r a",
			could: "user:bo 1, user:cy 1",
		},
		{
			name:  "a scope that leaves nobody gives nothing",
			org:   inA + "group g cy\ncatalogue directory:user:setPassword aware\nrole r directory:user:setPassword scope=group groups=g\ngrant ada r a",
			could: "",
		},
		{
			// ada joins g, which holds r
			name:  "a group that it joined hands on its grants",
			org:   inA + password + "!group g owners=ada include=false\ngrant group:g r b",
			could: "in group:g 1, user:cy 2",
		},
		{
			name:  "so do the groups that hold it",
			org:   inA + password + "!group g owners=ada include=false\ngroup outer g\ngrant outer r b",
			could: "in group:g 1, user:cy 2",
		},
		{
			name:  "a group that it joined is in its scope group",
			org:   inA + "group g cy owners=ada include=false\ncatalogue directory:user:setPassword aware\nrole r directory:user:setPassword scope=group\ngrant ada r b",
			could: "in group:g 1, user:cy 2",
		},
		{
			// bo is in no group, though ada joined one; the password of bo is set by ada
			name: "what it joined is in nobody else's scope group",
			org: inA + "group g cy owners=ada include=false\ncatalogue directory:user:setPassword aware\n" + "catalogue user:user:impersonate aware\n" +
				"role r directory:user:setPassword scope=group\nrole i user:user:impersonate\ngrant ada i a\ngrant bo r b",
			could: "in group:g 1, user:bo 1",
		},
		{
			// bo owns g: ada becomes bo, and joins g itself
			name: "whoever gains the group, it joins itself",
			org: inA + password + "role i user:user:impersonate\n!grant ada i a\ngroup g owners=bo include=false\ngrant group:g r b\n" +
				"catalogue user:user:impersonate aware",
			could: "in group:g 2, user:bo 1, user:cy 3",
		},
		{
			name:  "a live user's session does not bring an account back",
			org:   "division a\nuser ada\nuser out in a state=inactive\nrole r user:user:impersonate\ngrant ada r a",
			could: "",
		},
		{
			name:  "an account that was brought back acts",
			org:   "division a\nuser ada\nuser out in a state=inactive\n" + password + "role all legacy admin\ngrant ada r a\ngrant out all",
			could: "total 1, user:out 1",
		},
		{
			name:  "a trustee's people are not taken over",
			org:   "division a\nuser ada\ntrust T\nuser eve trustee=T\n" + password + "role s routing:queue:view\ngrant eve s a\ngrant ada r",
			could: "",
		},
		{
			name:  "a user that lies everywhere is of every reach",
			org:   "division a\nuser ada in a\nuser bo\n" + password + "!grant ada r a",
			could: "user:bo 1",
		},
	})
}

// Of the groups that it could join, a path joins those that it needs: ada owns
// three, and only the second one's member is cy.
func TestPathJoinsWhatItNeeds(t *testing.T) {
	t.Parallel()
	a := mustAsk(t, inA+"group f bo owners=ada include=false\ngroup g cy owners=ada include=false\ngroup h bo owners=ada include=false\n"+
		"catalogue directory:user:setPassword aware\nrole r directory:user:setPassword scope=group\ngrant ada r b", askedOptions{})
	find := func(id string) uint32 {
		k, err := a.principal(id)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := a.g.FindPrincipal(k)
		return p
	}
	e := a.g.Escalations(lexicon.Default().Escalations())
	moves := e.Path(e.Could(find("ada"), false), find("cy"), false)
	var got []string
	for _, m := range moves {
		got = append(got, a.g.NodeKey(m.Node).ID)
		for _, n := range m.By.Joined() {
			got = append(got, "joined "+a.g.NodeKey(n).ID)
		}
	}
	if want := "g cy joined g"; strings.Join(got, " ") != want {
		t.Errorf("the path to cy is %q; want %q", strings.Join(got, " "), want)
	}
}

// If owning a group is the only way, it is still one.
func TestOwningAloneIsFollowed(t *testing.T) {
	t.Parallel()
	var others []string
	for _, e := range lexicon.Default().Escalations() {
		if e.Name != "own-group" {
			others = append(others, e.Name)
		}
	}
	own, err := lexicon.Default().Extend(lexicon.Extension{Escalations: lexicon.EscalationChange{Remove: others}})
	if err != nil {
		t.Fatal(err)
	}
	a := mustAsk(t, inA+"group g bo owners=ada\nrole r user:user:impersonate\ngrant ada r", askedOptions{})
	k, _ := a.principal("ada")
	p, _ := a.g.FindPrincipal(k)
	x := &couldAgreement{g: a.g, e: a.g.Escalations(own.Escalations())}
	if got := inShort(x.closure(x.e.Could(p, true))); got != "in group:g 1" {
		t.Errorf("ada could become %q; want to be in g", got)
	}
}

// What a configuration adds is followed, and what it takes out is not.
func TestLawOfOwnEscalations(t *testing.T) {
	t.Parallel()
	own, err := lexicon.Default().Extend(lexicon.Extension{Escalations: lexicon.EscalationChange{
		Add: []lexicon.EscalationEntry{
			{Name: "queue-power", Permissions: []string{"routing:queue:*"}, Gains: authz.GainTotal.String(), Certainty: lexicon.Likely},
		},
		Remove: []string{"impersonate"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		org  string
		want string
	}{
		{"role r routing:queue:edit", "total 1"},
		{"role r routing:*:*", "total 1"},
		{"role r routing:skill:edit", ""},
		{"role r user:user:impersonate", ""},
	} {
		a := mustAsk(t, inA+c.org+"\ngrant ada r a", askedOptions{})
		k, _ := a.principal("ada")
		p, _ := a.g.FindPrincipal(k)
		x := &couldAgreement{g: a.g, e: a.g.Escalations(own.Escalations())}
		if got := inShort(x.closure(x.e.Could(p, false))); got != c.want {
			t.Errorf("%s: ada could become %q; want %q", c.org, got, c.want)
		}
		if got := x.e.Could(p, true).Total; got >= 0 {
			t.Errorf("%s: sure of total after %d steps", c.org, got)
		}
	}
}

// The shipped table says what section 8 says.
func TestEscalationData(t *testing.T) {
	t.Parallel()
	var likely []string
	names := map[string]bool{}
	for _, e := range lexicon.Default().Escalations() {
		if e.Reason == "" || names[e.Name] {
			t.Errorf("escalation %q has no reason, or is there twice", e.Name)
		}
		names[e.Name] = true
		if !e.Documented {
			likely = append(likely, e.Name)
		}
	}
	if !slices.Equal(likely, []string{"edit-user"}) || len(names) != 11 {
		t.Errorf("%d escalations, likely %v; want 11, and only edit-user", len(names), likely)
	}
}

// Section 8: who could see, after how many steps and how far, over divisions or
// one queue.
func TestLawOfWhoCould(t *testing.T) {
	t.Parallel()
	const look = inA + "queue q1 in a\nqueue q2 in b\ncatalogue routing:queue:view aware\ncatalogue directory:user:setPassword aware\n"
	const owned = look + "group g owners=ada include=false\n"
	for _, c := range []struct{ name, org, divisions, queue, want string }{
		{
			// ada sets the password of bo alone, who sees b
			"whom limited reach leaves brings what it has",
			look + "group g bo\nrole r directory:user:setPassword scope=group groups=g\nrole s routing:queue:view\ngrant ada r a\ngrant bo s b",
			"a b", "", "ada whole 1, bo whole 0",
		},
		{
			"a group that it joined gives what its grants give",
			owned + "role s routing:queue:view\ngrant group:g s b", "a b", "", "ada whole 1",
		},
		{
			// v holds q1
			"what a joined group gives may be limited",
			owned + "view v queues=q1\nrole s routing:queue:view scope=view views=v\ngrant group:g s", "a b", "", "ada limited 1",
		},
		{
			"limited to the queue that is asked about",
			owned + "view v queues=q1\nrole s routing:queue:view scope=view views=v\ngrant group:g s", "a b", "q1", "ada limited 1",
		},
		{
			"limited to another queue",
			owned + "view v queues=q1\nrole s routing:queue:view scope=view views=v\ngrant group:g s", "a b", "q2", "",
		},
		{
			// g is on q2 of division b, and ada's own scope knows it once ada is in g
			"a joined group is in the scope of its own role, in the second division",
			look + "group g owners=ada include=false\nqueue q3 in b lists=GROUP:g\nrole s routing:queue:view scope=group\ngrant ada s", "a b", "", "ada limited 1",
		},
		{
			"and of the queue that is asked about",
			look + "group g owners=ada include=false\nqueue q3 in b lists=GROUP:g\nrole s routing:queue:view scope=group\ngrant ada s", "a b", "q3", "ada limited 1",
		},
		{
			"and not of another",
			look + "group g owners=ada include=false\nqueue q3 in b lists=GROUP:g\nrole s routing:queue:view scope=group\ngrant ada s", "a b", "q2", "",
		},
		{
			"an access policy about whoever joins marks",
			owned + "role s routing:queue:view\ngrant group:g s b\npolicy p routing:queue:view deny user:ada active", "a b", "", "ada conditional 1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := mustAsk(t, c.org, askedOptions{})
			q := graph.Query{Org: a.org, Divisions: graph.NewSet(len(a.g.Divisions()))}
			m, _ := authz.ParsePattern("routing:queue:view")
			q.Permissions = []graph.Perm{a.g.Perm(a.org, m)}
			for _, d := range strings.Fields(c.divisions) {
				n, _ := a.g.FindDivision(authz.Key{Org: a.org, Kind: authz.KindDivision, ID: d})
				q.Divisions.Add(n)
			}
			if c.queue != "" {
				thing, ok := a.g.FindThing(authz.Key{Org: a.org, Kind: authz.KindQueue, ID: c.queue})
				if !ok {
					t.Fatalf("no queue %s", c.queue)
				}
				q.Thing = &thing
			}
			var got []string
			for _, r := range a.g.Escalations(lexicon.Default().Escalations()).Who(q, false) {
				got = append(got, fmt.Sprintf("%s %v %d", a.g.Principal(r.Principal).Key.ID, r.Level, r.Hops))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("who could: %q; want %q", strings.Join(got, ", "), c.want)
			}
		})
	}
}
