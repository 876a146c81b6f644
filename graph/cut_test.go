package graph_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// cutQuery asks for everything that principals of a random organization have in
// one of its divisions.
func cutQuery(g *graph.Graph, rng *rand.Rand) graph.CutQuery {
	org := g.Organizations()[rng.Intn(len(g.Organizations()))].ID
	q := graph.CutQuery{Query: graph.Query{Org: org}, From: graph.NewSet(g.Principals())}
	all := g.Universe(org)
	for _, p := range all {
		if rng.Intn(4) == 0 {
			q.Permissions = append(q.Permissions, p)
		}
	}
	q.Divisions = graph.NewSet(len(g.Divisions()))
	for d := range g.DivisionsOf(org).All() {
		if rng.Intn(2) == 0 {
			q.Divisions.Add(d)
		}
	}
	for p := range g.Acting().All() {
		if rng.Intn(2) == 0 {
			q.From.Add(p)
		}
	}
	return q
}

func left(g *graph.Graph, q graph.CutQuery) graph.Set {
	s := g.Who(q.Query).All()
	s.And(q.From)
	return s
}

// A pricedCut is a cut of a random organization, with what each removal costs.
type pricedCut struct {
	g     *graph.Graph
	q     graph.CutQuery
	all   []graph.Removal // that may be proposed
	tries int             // sets that may still be tried out
}

func randomPricedCut(t *testing.T, seed int64) (c pricedCut, r *authz.Records) {
	t.Helper()
	rng := rand.New(rand.NewSource(seed))
	r = authztest.Random(rng, authztest.RandomOptions{Users: 4, Complete: seed%4 != 0})
	c = pricedCut{g: build(t, r, graph.Options{EnforceDeny: seed%3 == 0}), tries: 1500}
	c.q = cutQuery(c.g, rng)
	if len(c.q.Permissions) > 2 {
		c.q.Permissions = c.q.Permissions[:2]
	}
	prices := map[graph.RemovalKind]int{}
	for k := graph.RemoveGrant; k <= graph.RemoveInheritance; k++ {
		prices[k] = 1
		if seed%2 == 0 {
			prices[k] = rng.Intn(4)
		}
	}
	c.q.Price = func(r graph.Removal) int { return prices[r.Kind] }
	for _, x := range removalsIn(c.g, c.q.Org) {
		if c.q.Price(x) > 0 {
			c.all = append(c.all, x)
		}
	}
	return c, r
}

func (c *pricedCut) price(list []graph.Removal) int {
	sum := 0
	for _, r := range list {
		sum += c.q.Price(r)
	}
	return sum
}

// cheaper returns removals of at most some price that end the access; nil: there are
// none, or too many were tried out.
func (c *pricedCut) cheaper(all, gone []graph.Removal, price int) []graph.Removal {
	if c.tries--; c.tries < 0 {
		return nil
	}
	if left(c.g.Without(gone), c.q).Empty() {
		return gone
	}
	for i, x := range all {
		if rest := price - c.q.Price(x); rest >= 0 {
			if less := c.cheaper(all[i+1:], append(slices.Clone(gone), x), rest); less != nil {
				return less
			}
		}
	}
	return nil
}

// A cut leaves nobody with the access; no removals that cost less than its bound do,
// and none that cost less than itself where it says so.
func TestCutEndsTheAccess(t *testing.T) {
	t.Parallel()
	exact, tooLarge := 0, 0
	kinds := map[graph.RemovalKind]int{}
	for seed := range int64(removalsAsked) {
		c, r := randomPricedCut(t, seed)
		if left(c.g, c.q).Empty() {
			continue
		}
		cut := c.g.Cut(c.q)
		if !cut.Possible {
			if left(c.g.Without(c.all), c.q).Empty() {
				t.Errorf("seed %d: there is no cut, but without %+v nobody has the access\n%s", seed, c.all, authztest.Format(r))
			}
			continue
		}
		price := c.price(cut.Removals)
		if !left(c.g.Without(cut.Removals), c.q).Empty() || price < cut.Bound || !slices.IsSortedFunc(cut.Removals, func(x, y graph.Removal) int { return int(x.Kind) - int(y.Kind) }) {
			t.Errorf("seed %d: %+v (price %d, bound %d) leave access\n%s", seed, cut.Removals, price, cut.Bound, authztest.Format(r))
		}
		less := c.cheaper(c.all, nil, price-1)
		if less != nil && (price == cut.Bound || c.price(less) < cut.Bound) {
			t.Errorf("seed %d: %+v end the access, and cost less than %+v (%d, bound %d)\n%s", seed, less, cut.Removals, price, cut.Bound, authztest.Format(r))
		}
		switch {
		case c.tries < 0:
			tooLarge++
		case price == cut.Bound:
			exact++
		}
		for _, x := range cut.Removals {
			kinds[x.Kind]++
			if x.Kind == graph.RemoveGrant && !slices.Contains(cut.Grants, x) {
				t.Errorf("seed %d: %+v is none of the grants %+v", seed, x, cut.Grants)
			}
		}
		if slices.ContainsFunc(cut.Grants, func(x graph.Removal) bool { return x.Kind != graph.RemoveGrant }) {
			t.Errorf("seed %d: grants %+v", seed, cut.Grants)
		}
	}
	t.Logf("%d exactly, %d too large; %v", exact, tooLarge, kinds)
}

// cutOnly asks for a cut of one kind of removal alone, of what some principals have of
// a permission in division a.
func cutOnly(t *testing.T, text string, kind graph.RemovalKind, perm string, from ...string) (*graph.Graph, graph.Cut) {
	t.Helper()
	return cutOf(t, text, []graph.RemovalKind{kind}, perm, from...)
}

func cutOf(t *testing.T, text string, kinds []graph.RemovalKind, perm string, from ...string) (*graph.Graph, graph.Cut) {
	t.Helper()
	g, q := cutQueryOf(t, text, kinds, perm, from...)
	return g, g.Cut(q)
}

func cutQueryOf(t *testing.T, text string, kinds []graph.RemovalKind, perm string, from ...string) (*graph.Graph, graph.CutQuery) {
	t.Helper()
	g := built(t, authztest.Parse(t, text))
	org := g.Organizations()[0].ID
	pattern, err := authz.ParsePattern(perm)
	if err != nil {
		t.Fatal(err)
	}
	q := graph.CutQuery{
		Query: graph.Query{Org: org, Permissions: []graph.Perm{g.Perm(org, pattern)}, Divisions: graph.NewSet(len(g.Divisions()))},
		From:  graph.NewSet(g.Principals()),
		Price: func(r graph.Removal) int {
			if slices.Contains(kinds, r.Kind) {
				return 1
			}
			return 0
		},
	}
	d, _ := g.FindDivision(authz.Key{Org: org, Kind: authz.KindDivision, ID: "a"})
	q.Divisions.Add(d)
	for p := range uint32(g.Principals()) {
		if slices.Contains(from, g.Principal(p).Key.ID) {
			q.From.Add(p)
		}
	}
	return g, q
}

// How much rests on each kind of removal beside what was asked about: of what reaches
// division a alone once, of what divisions do not limit once in each of the three.
func TestWhatRestsOnACut(t *testing.T) {
	t.Parallel()
	const text = `
division a
division b
division c
catalogue routing:queue:view aware
catalogue routing:queue:edit aware
catalogue routing:skill:view unlimited
role base routing:queue:view
role base routing:queue:edit
role r inherits base
role r routing:skill:view
user ada in a
user bob in a
group g ada bob
client bot type=CLIENT-CREDENTIALS
trust T
user tom trustee=T
user tim trustee=T
grant g r a
`
	for _, tt := range []struct {
		name string
		kind graph.RemovalKind
		more string
		from []string
		want int
	}{
		{"a grant: two have five by it", graph.RemoveGrant, "", []string{"ada", "bob"}, 2*5 - 2},
		{"a grant: one of the two is asked about", graph.RemoveGrant, "", []string{"ada"}, 2*5 - 1},
		{"a grant everywhere", graph.RemoveGrant, "grant tom r *", []string{"tom"}, 3*3 - 1},
		{"a membership", graph.RemoveMember, "", []string{"ada"}, 5 - 1},
		{"a client", graph.RemoveClient, "grant bot r a", []string{"bot"}, 5 - 1},
		{"a trust, by which two come in", graph.RemoveTrust, "grant tom r a\ngrant tim r b", []string{"tom"}, 5 - 1 + 5},
		{"a line of a role that is inherited", graph.RemovePolicy, "", []string{"ada"}, 2 - 1},
		{"an inheritance", graph.RemoveInheritance, "", []string{"ada"}, 2*2 - 1},
		{"a line, by which somebody has it elsewhere", graph.RemovePolicy, "grant tom r b\ngrant tim base *", []string{"ada"}, 2 - 1 + 1 + 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, c := cutOnly(t, text+tt.more, tt.kind, "routing:queue:view", tt.from...)
			if !c.Possible || len(c.Removals) != 1 || c.Rests[0] != tt.want {
				t.Errorf("possible %v: %+v, on which %v rest; want %d", c.Possible, c.Removals, c.Rests, tt.want)
			}
		})
	}
}

// Where nothing else may be taken away, who leaves the group that a scope speaks of
// ends what the scope leaves.
func TestCutOfWhatAScopeLeaves(t *testing.T) {
	t.Parallel()
	const text = `
division a
division b
user ada in b
user bob in a
user eve in a
user zed in b
role r directory:user:view scope=group groups=g
grant ada r *
`
	g, c := cutOnly(t, text+"group g bob eve zed", graph.RemoveMember, "directory:user:view", "ada")
	var who []string
	for _, r := range c.Removals {
		who = append(who, g.NodeKey(r.Node).ID)
	}
	if slices.Sort(who); !c.Possible || !slices.Equal(who, []string{"bob", "eve"}) || c.Bound != 2 {
		t.Errorf("possible %v: without %v in the group, bound %d; want bob and eve, 2", c.Possible, who, c.Bound)
	}
	if _, c := cutOnly(t, text+"group g bob\nrole s directory:user:view\ngrant ada s a", graph.RemoveMember, "directory:user:view", "ada"); c.Possible {
		t.Errorf("a cut of what a grant gives wholly: %+v", c.Removals)
	}
}

// However many have to leave the group: to give up would be to say that nothing ends it.
func TestCutOfManyWhoAScopeLeaves(t *testing.T) {
	t.Parallel()
	const many = 110
	text, group := "division a\ndivision b\nuser ada in b\nrole r directory:user:view scope=group groups=g\ngrant ada r *\n", "group g"
	for i := range many {
		text += fmt.Sprintf("user u%d in a\n", i)
		group += fmt.Sprintf(" u%d", i)
	}
	if _, c := cutOnly(t, text+group, graph.RemoveMember, "directory:user:view", "ada"); !c.Possible || len(c.Removals) != many {
		t.Errorf("possible %v: %d leave the group; want %d", c.Possible, len(c.Removals), many)
	}
}

// Of removals that cost the same and on which as much rests, the mildest is proposed.
func TestCutIsMild(t *testing.T) {
	t.Parallel()
	const text = `
division a
catalogue routing:queue:view aware
role base routing:queue:view
role r inherits base
user ada in a
group g ada
grant g r a
client bot type=CLIENT-CREDENTIALS
grant bot r a
`
	order := []graph.RemovalKind{graph.RemoveGrant, graph.RemoveMember, graph.RemoveInheritance, graph.RemovePolicy}
	for i, want := range order {
		_, c := cutOf(t, strings.ReplaceAll(text, "grant bot r a\n", ""), order[i:], "routing:queue:view", "ada")
		if len(c.Removals) != 1 || c.Removals[0].Kind != want {
			t.Errorf("of %v: %+v; want %v", order[i:], c.Removals, want)
		}
	}
	_, c := cutOf(t, strings.ReplaceAll(text, "grant g r a\n", ""), []graph.RemovalKind{graph.RemovePolicy, graph.RemoveClient}, "routing:queue:view", "bot")
	if len(c.Removals) != 1 || c.Removals[0].Kind != graph.RemovePolicy {
		t.Errorf("of a line and a client: %+v; want the line", c.Removals)
	}
}

// The trust of a group lets in who acts by it.
func TestCutOfATrusteesGroup(t *testing.T) {
	t.Parallel()
	_, c := cutOnly(t, `
division a
catalogue routing:queue:view aware
role r routing:queue:view
trust T
user ada in a
group x ada trustee=T
grant trustee_group:x r a
`, graph.RemoveTrust, "routing:queue:view", "ada")
	if !c.Possible || len(c.Removals) != 1 || c.Removals[0].Trust.ID != "T" {
		t.Errorf("possible %v: %+v; want the trust T", c.Possible, c.Removals)
	}
}

// Of what ends what a scope leaves, the cheapest is told, and that nothing is cheaper.
func TestCheapestCutOfWhatAScopeLeaves(t *testing.T) {
	t.Parallel()
	g, q := cutQueryOf(t, `
division a
user ada in a
user bob in a
group g h
group h bob
role r directory:user:view scope=group groups=g
grant ada r a
`, nil, "directory:user:view", "ada")
	q.Price = func(r graph.Removal) int {
		switch {
		case r.Kind != graph.RemoveMember:
			return 0
		case g.NodeKey(r.Node).ID == "bob":
			return 2
		default:
			return 1
		}
	}
	c := g.Cut(q)
	if !c.Possible || len(c.Removals) != 1 || g.NodeKey(c.Removals[0].Node).ID != "h" || c.Bound != 1 {
		t.Errorf("possible %v: %+v, bound %d; want that h leaves g, 1", c.Possible, c.Removals, c.Bound)
	}
}

// What several have by what scopes leave is ended for each of them, and it is known
// that it takes as many removals.
func TestCutOfSeveralWithScopes(t *testing.T) {
	t.Parallel()
	const several = 20
	text := "division a\ndivision z\nrole r directory:user:view scope=group\n"
	var names []string
	for i := range several {
		name := fmt.Sprintf("u%d", i)
		names = append(names, name)
		text += fmt.Sprintf("user %s in z\nuser bob%d in a\ngroup g%d %s bob%d\ngrant %s r a\n", name, i, i, name, i, name)
	}
	_, c := cutOnly(t, text, graph.RemoveMember, "directory:user:view", names...)
	if !c.Possible || len(c.Removals) != several || c.Bound != several {
		t.Errorf("possible %v, %d removals, bound %d; want %d", c.Possible, len(c.Removals), c.Bound, several)
	}
}

// The same is known where each has it by what another scope leaves as well, on which
// as much rests, and what all have that way: the first derivation is looked at.
func TestCutOfSeveralWithTwoScopes(t *testing.T) {
	t.Parallel()
	const several = 16
	text := `
division a
division z
user carl in a
group top mid
group mid carl
role r directory:user:view scope=group
role s directory:user:view scope=group groups=top
`
	var names []string
	for i := range several {
		name := fmt.Sprintf("u%d", i)
		names = append(names, name)
		text += fmt.Sprintf("user %s in z\nuser bob%d in a\ngroup g%d %s k%d\ngroup k%d bob%d\ngroup h%d %s\ngrant %s r a\ngrant h%d s a\n", name, i, i, name, i, i, i, i, name, name, i)
	}
	_, c := cutOnly(t, text, graph.RemoveMember, "directory:user:view", names...)
	if !c.Possible || len(c.Removals) != several+1 || c.Bound != several+1 {
		t.Errorf("possible %v, %d removals, bound %d; want %d", c.Possible, len(c.Removals), c.Bound, several+1)
	}
}

// And where somebody has it by what ends with any of what the others have it by.
func TestCutOfSeveralAndOneOfAll(t *testing.T) {
	t.Parallel()
	const several = 16
	text := "user all in *\nuser zed in z\ndivision z\nrole r directory:user:view scope=group groups=top\ngrant all r z\n"
	names, mids := []string{"all"}, ""
	for i := range several {
		name := fmt.Sprintf("u%d", i)
		names = append(names, name)
		text += fmt.Sprintf("division d%d\nuser %s in *\nuser bob%d in d%d\ngroup mid%d bob%d zed\ngrant %s r d%d\n", i, name, i, i, i, i, name, i)
		mids += fmt.Sprintf(" mid%d", i)
	}
	g, q := cutQueryOf(t, "division a\n"+text+"group top"+mids, []graph.RemovalKind{graph.RemoveMember}, "directory:user:view", names...)
	for d := range g.DivisionsOf(q.Org).All() {
		q.Divisions.Add(d)
	}
	if c := g.Cut(q); !c.Possible || len(c.Removals) != several || c.Bound != several {
		t.Errorf("possible %v, %d removals, bound %d; want %d", c.Possible, len(c.Removals), c.Bound, several)
	}
}

// A condition that names a team may give less when somebody leaves that; one that
// names a queue gives the same.
func TestCutIsWideWhereATeamIsNamed(t *testing.T) {
	t.Parallel()
	for kind, wide := range map[string]bool{"team": true, "queue": false} {
		_, c := cutOnly(t, fmt.Sprintf(`
division a
user ada in a
user bob in a
team t bob
queue q in a
role r conversation:message:view if="{\"variableName\":\"x\",\"operator\":\"EQ\",\"operands\":[{\"type\":\"%s\",\"%s\":\"%s\"}]}"
grant ada r a
`, kind, kind, kind[:1]), graph.RemoveGrant, "conversation:message:view", "ada")
		if !c.Possible || len(c.Removals) != 1 || c.Wide != wide {
			t.Errorf("%s: possible %v, %+v, wide %v; want %v", kind, c.Possible, c.Removals, c.Wide, wide)
		}
	}
}

// What a role that was not read may carry ends with any inheritance on the way to it.
func TestCutCouldOfARoleThatWasNotRead(t *testing.T) {
	t.Parallel()
	const text = "division a\ncover roles partial\nuser ada in a\nrole top inherits mid\nrole mid inherits low\nrole odd routing:queue:edit\ngrant ada top a\n"
	for name, more := range map[string]string{"named by a grant, too": "user bob in a\ngrant bob low a", "named by a role alone": ""} {
		g, q := cutQueryOf(t, text+more, []graph.RemovalKind{graph.RemoveInheritance}, "routing:queue:view", "ada")
		c := g.CutCould(q, nil, false)
		if !c.Possible || len(c.Removals) != 1 || couldLeft(g.Without(c.Removals), q, nil, false) > 0 {
			t.Errorf("%s: possible %v: %+v; want one inheritance", name, c.Possible, c.Removals)
		}
		q.Price = func(r graph.Removal) int {
			if r.Kind == graph.RemoveInheritance && r.Heir == "low" {
				return 1
			}
			return 0
		}
		if c := g.CutCould(q, nil, false); !c.Possible || len(c.Removals) != 1 || c.Removals[0].Heir != "low" {
			t.Errorf("%s, by that of the unread role alone: possible %v: %+v", name, c.Possible, c.Removals)
		}
	}
}

// Who could come to the access by a way of which nothing may be taken away keeps it:
// there is no cut, though nobody has the access today.
func TestCutCouldOfAWayThatStays(t *testing.T) {
	t.Parallel()
	const text = "division a\nuser ada in a\nuser bob in a\nrole r authorization:grant:add\nrole s authorization:grant:add\ngrant ada r *\ngroup g bob\ngrant g s *\n"
	ways := lexicon.Default().Escalations()
	for _, tt := range []struct {
		kind graph.RemovalKind
		from string
		want bool
	}{{graph.RemoveTrust, "ada", false}, {graph.RemoveMember, "ada", false}, {graph.RemoveMember, "bob", true}, {graph.RemoveGrant, "ada", true}} {
		g, q := cutQueryOf(t, text, []graph.RemovalKind{tt.kind}, "routing:queue:view", tt.from)
		if left := couldLeft(g, q, ways, false); left != 1 {
			t.Fatalf("%d could come to the access; want %s", left, tt.from)
		}
		if c := g.CutCould(q, ways, false); c.Possible != tt.want || len(c.Removals) > 1 || (tt.want && len(c.Removals) != 1) {
			t.Errorf("%s by %v: possible %v, %+v; want %v", tt.from, tt.kind, c.Possible, c.Removals, tt.want)
		}
	}
}
