package graph_test

import (
	"cmp"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// farHops is more steps than a random organization has.
const farHops = 30

// Whom a role assignment cuts off is what the reference evaluator finds once it is
// taken out of the records: of every one, also those that are not told of.
func TestChokesAgreeWithReference(t *testing.T) {
	told := 0
	for seed := range int64(40 + organizations/50) {
		r := randomEscalations(seed, 5)
		g := built(t, r)
		e := g.Escalations(lexicon.Default().Escalations())
		sure := seed%2 == 1
		got := map[graph.Removal]int{}
		for _, c := range e.Chokes(g.Acting(), graph.Goal{OnlyTotal: true}, graph.ChokeOptions{Sure: sure, MaxHops: farHops}) {
			got[c.Removal] = c.CutOff
			if c.CutOff < 0 || (c.Removal.Kind == graph.RemoveGrant && c.CutOff > c.Shortest) {
				t.Errorf("seed %d: %+v", seed, c)
			}
		}
		before := totals(g, r, sure)
		rng := rand.New(rand.NewSource(seed))
		for _, x := range r.Grant {
			if rng.Intn(3) > 0 || !described(g, x) {
				continue
			}
			without := r.Clone()
			without.Grant = slices.DeleteFunc(without.Grant, func(y authz.Grant) bool { return sameGrant(x, y) })
			want := len(before) - len(totals(g, without, sure))
			sum := 0
			for _, gone := range removalsOf(g, x) {
				sum += got[gone]
			}
			if len(removalsOf(g, x)) == 1 && sum != want {
				t.Errorf("seed %d (sure %v): without %v, %d of %d are cut off; reference %d\n%s", seed, sure, x, sum, len(before), want, authztest.Format(r))
			}
			told += sum
		}
	}
	if told == 0 {
		t.Error("no role assignment cuts anybody off")
	}
}

// totals are the live principals of a graph that the reference evaluator finds could
// become total.
func totals(g *graph.Graph, r *authz.Records, sure bool) []authz.Key {
	futures := reference.New(r, reference.Options{}).Futures(sure)
	var out []authz.Key
	for p := range g.Acting().All() {
		k := g.Principal(p).Key
		if slices.ContainsFunc(futures.Of(k), func(s reference.Stage) bool { return s.Total }) {
			out = append(out, k)
		}
	}
	return out
}

// Those that cut off most are found without taking everything away, and what was not
// taken away is said to be unknown.
func TestChokesFirst(t *testing.T) {
	t.Parallel()
	unknown := 0
	for seed := range int64(40) {
		g := built(t, randomEscalations(seed, 5))
		e := g.Escalations(lexicon.Default().Escalations())
		goal := graph.Goal{OnlyTotal: true}
		all := e.Chokes(g.Acting(), goal, graph.ChokeOptions{MaxHops: farHops})
		for _, o := range []graph.ChokeOptions{{MaxHops: farHops, First: 3}, {MaxHops: farHops, First: 3, Evaluations: 2}} {
			some := e.Chokes(g.Acting(), goal, o)
			if len(some) != len(all) {
				t.Fatalf("seed %d: %d of %d are told", seed, len(some), len(all))
			}
			if !slices.IsSortedFunc(some, func(x, y graph.Choke) int {
				return cmp.Or(cmp.Compare(y.CutOff, x.CutOff), cmp.Compare(y.Shortest, x.Shortest))
			}) {
				t.Errorf("seed %d: not by how many are cut off, then by how many shortest ways: %+v", seed, some)
			}
			for i, c := range some {
				if c.CutOff < 0 {
					unknown++
					continue
				}
				if o.Evaluations == 0 && i < o.First && c.CutOff != all[i].CutOff {
					t.Errorf("seed %d: number %d cuts %d off; want %d", seed, i+1, c.CutOff, all[i].CutOff)
				}
			}
		}
	}
	if unknown == 0 {
		t.Error("everything was taken away each time")
	}
}

// What is taken away is no more than is needed to know those that cut off most, and
// no more than is allowed; assignments and memberships are told of.
func TestChokesLookNoFurther(t *testing.T) {
	t.Parallel()
	g := mustAsk(t, "user ada\nuser bo\nuser cy\nuser di\nrole all legacy admin\ngroup g ada bo\ngrant g all\ngrant cy all\ngrant di all", askedOptions{}).g
	e := g.Escalations(lexicon.Default().Escalations())
	for _, c := range []struct {
		about string
		o     graph.ChokeOptions
		known int
	}{
		{about: "all", known: 5},
		{about: "the first", o: graph.ChokeOptions{First: 1}, known: 1},
		{about: "the first two", o: graph.ChokeOptions{First: 2}, known: 2},
		{about: "one by one", o: graph.ChokeOptions{Evaluations: 1}, known: 1},
		{about: "at most two", o: graph.ChokeOptions{Evaluations: 2}, known: 2},
		{about: "at most more than there are", o: graph.ChokeOptions{Evaluations: 9}, known: 5},
	} {
		list := e.Chokes(g.Acting(), graph.Goal{OnlyTotal: true}, c.o)
		var known, members, grants int
		for _, x := range list {
			if x.CutOff >= 0 {
				known++
			}
			switch x.Removal.Kind {
			case graph.RemoveMember:
				members++
			case graph.RemoveGrant:
				grants++
			default:
				t.Errorf("%s: %+v", c.about, x)
			}
		}
		if known != c.known || members != 2 || grants != 3 || list[0].CutOff != 2 {
			t.Errorf("%s: %d are known of %d memberships and %d assignments; want %d of 2 and 3, and the group's first: %+v", c.about, known, members, grants, c.known, list)
		}
	}
}

// A way of as many steps as are allowed is one.
func TestReachingWithinSteps(t *testing.T) {
	t.Parallel()
	g := mustAsk(t, inA+`
role all legacy admin
role add authorization:grant:add
role i user:user:impersonate
catalogue user:user:impersonate aware
grant cy all
grant bo add
grant ada i a
`, askedOptions{}).g
	e := g.Escalations(lexicon.Default().Escalations())
	for hops, want := range []string{"cy", "bo cy", "ada bo cy", "ada bo cy"} {
		got := members(g, e.ReachingGoal(g.Acting(), graph.Goal{OnlyTotal: true}, false, hops))
		if strings.Join(got, " ") != want {
			t.Errorf("within %d steps: %v; want %s", hops, got, want)
		}
	}
}
