package graph_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// The closure and the reference's, written apart from the same text, agree on
// random organizations: who could become whom, and after how many steps.
func TestCouldAgreesWithReference(t *testing.T) {
	const parts = 4 // to use the machine's cores
	for part := range int64(parts) {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := part; seed < organizations; seed += parts {
				couldAgree(t, seed, 5, seed%32 == 0 || seed%32 == 3)
			}
		})
	}
}

func FuzzCouldAgreesWithReference(f *testing.F) {
	for seed := range int64(8) {
		f.Add(seed)
	}
	// Fewer people than the test above, and no search for every path, which takes
	// seconds for some organizations: the fuzzer takes those for hung.
	f.Fuzz(func(t *testing.T, seed int64) { couldAgree(t, seed, 3, false) })
}

// escalations are those that ship, read once.
var escalations = sync.OnceValue(func() []authz.Escalation { return lexicon.Default().Escalations() })

func randomEscalations(seed int64, users int) *authz.Records {
	return authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{
		Complete: seed%4 == 3, Users: users, Escalations: true,
	})
}

// couldAgree looks at every path, too, if it goes deep, which takes ten times as long.
func couldAgree(t *testing.T, seed int64, users int, deep bool) {
	t.Helper()
	r := randomEscalations(seed, users)
	if len(couldDiffer(r, deep)) == 0 {
		return
	}
	small := authztest.Shrink(r, func(r *authz.Records) bool { return len(couldDiffer(r, deep)) > 0 })
	t.Fatalf("seed %d: %s\n%s", seed, strings.Join(couldDiffer(small, deep), "\n"), authztest.Format(small))
}

// couldDiffer compares what both evaluators say of the future of an organization.
func couldDiffer(r *authz.Records, deep bool) []string {
	var out []string
	for _, deny := range []bool{false, true} {
		if deny && len(r.AccessPolicy) == 0 {
			continue
		}
		g, err := graph.Build(r, graph.Options{EnforceDeny: deny})
		if err != nil {
			return []string{err.Error()}
		}
		c := &couldAgreement{
			g: g, e: g.Escalations(escalations()),
			ref: reference.New(r, reference.Options{EnforceDeny: deny}), stages: map[string][]reference.Stage{},
		}
		for _, sure := range []bool{false, true} {
			c.closures(sure, deep)
			c.who(sure)
		}
		if out = append(out, c.out...); len(out) > 0 {
			return out[:min(len(out), 5)]
		}
	}
	return out
}

type couldAgreement struct {
	g      *graph.Graph
	e      *graph.Escalations
	ref    *reference.Model
	stages map[string][]reference.Stage
	out    []string
}

func (c *couldAgreement) differ(format string, args ...any) {
	c.out = append(c.out, fmt.Sprintf(format, args...))
}

// closures compares the closure of every live principal, element by element.
func (c *couldAgreement) closures(sure, deep bool) {
	all := map[uint32]*graph.Could{}
	for x := range c.e.All(sure) {
		own := *x
		all[x.Source] = &own
	}
	futures := c.ref.Futures(sure)
	for p := range c.g.Acting().All() {
		k := c.g.Principal(p).Key
		stages := futures.Of(k)
		c.stages[fmt.Sprint(show(k), sure)] = stages
		one := c.e.Could(p, sure)
		if deep {
			c.paths(p, one, sure)
		}
		want := wantedClosure(stages)
		if got := c.closure(one); got != want {
			c.differ("could %s (sure %v): graph %s; reference %s", show(k), sure, got, want)
		}
		if all[p] == nil {
			all[p] = &graph.Could{Source: p, Total: -1}
			if len(one.Gains) > 0 {
				c.differ("could %s: left out of all", show(k))
			}
			continue
		}
		if got := c.closure(all[p]); got != want {
			c.differ("all: could %s (sure %v): graph %s; reference %s", show(k), sure, got, want)
		}
	}
}

func (c *couldAgreement) closure(x *graph.Could) string {
	var out []string
	for q := range c.g.Principals() {
		if !c.g.Acting().Has(uint32(q)) && !c.g.DormantPrincipals().Has(uint32(q)) {
			continue
		}
		if hops, ok := x.Principal(uint32(q)); ok {
			out = append(out, fmt.Sprintf("%s %d", show(c.g.Principal(uint32(q)).Key), hops))
		}
	}
	for n := range c.g.Nodes() {
		if hops, ok := x.Group(uint32(n)); ok {
			out = append(out, fmt.Sprintf("in %s %d", show(c.g.NodeKey(uint32(n))), hops))
		}
	}
	slices.Sort(out)
	return fmt.Sprintf("total %d, %s", x.Total, strings.Join(out, ", "))
}

func wantedClosure(stages []reference.Stage) string {
	total := -1
	found := map[string]int{}
	for hops, s := range stages {
		if s.Total && total < 0 {
			total = hops
		}
		for k := range s.Principals {
			if _, seen := found[show(k)]; !seen {
				found[show(k)] = hops
			}
		}
		for k := range s.Groups {
			if _, seen := found["in "+show(k)]; !seen {
				found["in "+show(k)] = hops
			}
		}
	}
	var out []string
	for name, hops := range found {
		out = append(out, fmt.Sprintf("%s %d", name, hops))
	}
	slices.Sort(out)
	return fmt.Sprintf("total %d, %s", total, strings.Join(out, ", "))
}

// who compares who could have some permissions over each division.
func (c *couldAgreement) who(sure bool) {
	for _, o := range c.g.Organizations() {
		for _, name := range []string{"routing:queue:view", "directory:user:view", "recording:recording:all"} {
			m, _ := authz.ParsePattern(name)
			for d := range c.g.DivisionsOf(o.ID).All() {
				c.whoOver(o.ID, m, d, sure)
			}
		}
	}
}

func (c *couldAgreement) whoOver(org string, m authz.Pattern, d uint32, sure bool) {
	divs := graph.NewSet(len(c.g.Divisions()))
	divs.Add(d)
	div := c.g.Divisions()[d].Key.ID
	got := map[authz.Key]string{}
	for _, r := range c.e.Who(graph.Query{Org: org, Permissions: []graph.Perm{c.g.Perm(org, m)}, Divisions: divs}, sure) {
		got[c.g.Principal(r.Principal).Key] = fmt.Sprintf("%v after %d", r.Level, r.Hops)
	}
	for p := range c.g.Acting().All() {
		k := c.g.Principal(p).Key
		if k.Org != org {
			continue
		}
		want := ""
		for hops, s := range c.stages[fmt.Sprint(show(k), sure)] {
			if l := c.ref.AtStage(k, s, m, div); l != reference.None {
				want = fmt.Sprintf("%v after %d", l, hops)
				break
			}
		}
		if got[k] != want {
			c.differ("%s could %s over %s (sure %v): graph %q; reference %q", show(k), m, div, sure, got[k], want)
		}
	}
}

// paths checks that there is a path to all that is gained, of as many steps as
// are told, and that each of its steps can be taken after those before it.
func (c *couldAgreement) paths(p uint32, x *graph.Could, sure bool) {
	for n := range uint32(c.g.Nodes()) {
		what := fmt.Sprintf("%s to %s", show(c.g.Principal(p).Key), show(c.g.NodeKey(n)))
		if hops, ok := x.Principal(n); ok && n != p {
			c.path(p, what, hops, c.e.Path(x, n, sure), sure)
		}
		if hops, ok := x.Group(n); ok {
			c.path(p, "membership of "+what, hops, c.e.PathToGroup(x, n, sure), sure)
		}
	}
	c.ways(p, x, sure)
	if x.Total >= 0 {
		moves := c.e.PathToTotal(x, sure)
		c.path(p, show(c.g.Principal(p).Key)+" to total", x.Total, moves, sure)
		if len(moves) > 0 && !moves[len(moves)-1].Total {
			c.differ("the path of %s to total does not say that it ends there", show(c.g.Principal(p).Key))
		}
	}
}

// reachesOnly reports whether a move gains those only whom its reach leaves.
func reachesOnly(e *graph.Escalations, m graph.Move) bool {
	if m.Way < 0 || m.Way >= len(e.Ways()) {
		return false
	}
	gains := e.Ways()[m.Way].Gains
	return gains == authz.GainLiveUsersInReach || gains == authz.GainUsersInReach
}

func (c *couldAgreement) path(p uint32, what string, hops int, moves []graph.Move, sure bool) {
	steps := 0
	have := map[uint32]bool{p: true}
	for i, m := range moves {
		if m.Way >= 0 {
			steps++
		}
		for _, n := range append(m.By.Joined(), m.By.Principal()) {
			if !have[n] {
				c.differ("path of %s: step %d is taken by %s, which was not gained", what, i, show(c.g.NodeKey(n)))
			}
		}
		owned := m.Way >= 0 && c.e.Ways()[m.Way].Gains == authz.GainOwnedGroups
		if (m.Reason == nil) != owned {
			c.differ("path of %s: step %d has no derivation", what, i)
		}
		if m.Reason != nil && m.Reason.Level == graph.Limited && reachesOnly(c.e, m) && !slices.Contains(m.Reason.Things, m.Node) {
			c.differ("path of %s: the derivation of step %d reaches others", what, i)
		}
		if sure && m.Way >= 0 && !c.e.Ways()[m.Way].Documented {
			c.differ("path of %s: step %d is not documented", what, i)
		}
		have[m.Node] = true
	}
	joined := 0
	if len(moves) > 0 {
		joined = len(moves[len(moves)-1].By.Joined())
	}
	if len(moves) == 0 || (steps != hops && joined < 2) {
		c.differ("path of %s has %d moves, %d steps; want %d", what, len(moves), steps, hops)
	}
}

// ways checks that the search for paths begins with one as short as the closure
// tells, to every principal and group, and that none is found twice.
func (c *couldAgreement) ways(p uint32, x *graph.Could, sure bool) {
	for n := range uint32(c.g.Nodes()) {
		goal := graph.Goal{Principals: graph.NewSet(c.g.Principals()), Groups: map[uint32]bool{}}
		hops, ok := x.Principal(n)
		if int(n) < c.g.Principals() {
			goal.Principals.Add(n)
		} else if hops, ok = x.Group(n); ok {
			goal.Groups[n] = true
		}
		if n == p {
			continue
		}
		if x.Total >= 0 && (!ok || x.Total < hops) {
			hops, ok = x.Total, true
		}
		what := fmt.Sprintf("%s to %s", show(c.g.Principal(p).Key), show(c.g.NodeKey(n)))
		found := c.e.Paths(p, goal, graph.PathOptions{Sure: sure, MaxHops: 5})
		if !ok || hops > 5 {
			if len(found.Found) > 0 {
				c.differ("paths of %s: %d found; want none", what, len(found.Found))
			}
			continue
		}
		if len(found.Found) == 0 || found.Found[0].Hops != hops {
			c.differ("paths of %s: found %d, the first of them not of %d steps", what, len(found.Found), hops)
			continue
		}
		for i, w := range found.Found {
			c.path(p, what, w.Hops, w.Moves, sure)
			if i > 0 && w.Hops < found.Found[i-1].Hops {
				c.differ("paths of %s: not in the order of their steps", what)
			}
			if i == 8 {
				break
			}
		}
	}
}
