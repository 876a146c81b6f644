package graph_test

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// completely runs a test on random organizations without gaps.
func completely(t *testing.T, seeds int64, check func(t *testing.T, r *authz.Records)) {
	t.Helper()
	for seed := range seeds {
		r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Complete: true, Users: 6})
		check(t, r)
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, authztest.Format(r))
		}
	}
}

func withoutMembers(r *authz.Records, i int) *authz.Records {
	r = r.Clone()
	r.Member = slices.Delete(r.Member, i, i+1)
	return r
}

// If the members of one group or team were not read, every answer that they
// could change names it: for each permission and division over which a further
// member of it would have access, there is an undetermined entry whose subject is
// that group or team.
func TestUnreadMembersAreNamed(t *testing.T) {
	t.Parallel()
	named := 0
	completely(t, 150, func(t *testing.T, r *authz.Records) {
		for i, l := range r.Member {
			if k := l.Container.Kind; k == authz.KindGroup || k == authz.KindTeam {
				named += unreadNamed(t, r, i)
			}
		}
	})
	if named < 1000 {
		t.Errorf("only %d answers were asked for an entry", named)
	}
}

func unreadNamed(t *testing.T, r *authz.Records, i int) (named int) {
	t.Helper()
	c := r.Member[i].Container
	probe := authz.User{Org: c.Org, ID: "probe"}
	more := r.Clone()
	more.User = append(more.User, probe)
	more.Member[i].Members = append(slices.Clone(r.Member[i].Members), probe.Key())
	full, lacking := built(t, more), built(t, withoutMembers(r, i))
	p, _ := full.FindPrincipal(probe.Key())
	for _, m := range full.Universe(c.Org) {
		for d := range full.DivisionsOf(c.Org).All() {
			if len(full.Reasons(p, m, d)) == 0 {
				continue
			}
			named++
			div := full.Divisions()[d].Key
			if !slices.ContainsFunc(undeterminedOver(lacking, div, m.Pattern), func(u graph.Undetermined) bool { return u.Subject == c }) {
				t.Errorf("a member of %s would have %s over %s, and without its members no entry says so", show(c), m.Pattern, div.ID)
			}
		}
	}
	return named
}

// undeterminedOver asks for the entries of one permission over one division.
func undeterminedOver(g *graph.Graph, div authz.Key, m authz.Pattern) []graph.Undetermined {
	divs := graph.NewSet(len(g.Divisions()))
	if d, ok := g.FindDivision(div); ok {
		divs.Add(d)
	}
	return g.Undetermined(graph.Query{Org: div.Org, Permissions: []graph.Perm{g.Perm(div.Org, m)}, Divisions: divs})
}

// If the members of one queue were not read, nothing is less: scopes that rest
// on them leave everything. This is held where no condition stands beside such a
// scope or names a team. For a condition that leaves nothing in a division narrows
// nothing there, and one that rests on a list that was not read leaves everything:
//
//   - beside a scope, other resources are reached, marked unresolved: of everything,
//     the condition leaves its own, where of the scope's it left all if it had none of
//     them; the level is the same;
//   - "ada, and the members of team t" without ada leaves everything, conditionally,
//     if the lists are complete, and ada alone if they are not: by the letter of the
//     model, though what was not read narrows there.
func TestUnreadQueueTakesNothingAway(t *testing.T) {
	t.Parallel()
	completely(t, 150, func(t *testing.T, r *authz.Records) {
		plain := withoutConditionsOnMembers(r)
		level := withoutConditions(r, func(p *authz.Policy) bool { return namesTeam(p.Condition) })
		beforePlain, beforeLevel := built(t, plain), built(t, level)
		for i, l := range r.Member {
			if l.Container.Kind == authz.KindQueue {
				what := fmt.Sprintf("without the members of %s", show(l.Container))
				keeps(t, what, beforePlain, built(t, withoutMembers(plain, i)))
				keepsLevels(t, what, beforeLevel, built(t, withoutMembers(level, i)))
			}
		}
	})
}

func keepsLevels(t *testing.T, what string, before, after *graph.Graph) {
	t.Helper()
	for p := range before.Acting().All() {
		k := before.Principal(p).Key
		q, ok := after.FindPrincipal(k)
		if !ok {
			t.Errorf("%s: %s is no principal any more", what, show(k))
			continue
		}
		for _, m := range before.Universe(k.Org) {
			for d := range before.DivisionsOf(k.Org).All() {
				x, y := reach(before, p, m, d), reach(after, q, after.Perm(k.Org, m.Pattern), d)
				if x.level > y.level {
					t.Errorf("%s: %s has %v over %s: %v, before: %v", what, show(k), m.Pattern, before.Divisions()[d].Key.ID, y, x)
				}
			}
		}
	}
}
