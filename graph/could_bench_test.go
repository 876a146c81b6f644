package graph_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// climbers is how many principals hold an escalation permission in BenchmarkCould.
const climbers = 5000

// A climbingSource is a snapshot in which some roles give one permission more.
type climbingSource struct {
	graph.Source
	roles map[string]bool
	gives authz.Policy
}

func (s climbingSource) Roles() iter.Seq2[authz.Role, error] {
	return func(yield func(authz.Role, error) bool) {
		for r, err := range s.Source.Roles() {
			if s.roles[r.ID] {
				r.Policies = append(r.Policies, s.gives)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// BenchmarkCould follows what every principal could become where thousands hold
// an escalation permission: over the users of their divisions, over those whom a
// scope leaves them, and over every group.
func BenchmarkCould(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run(string(size), func(b *testing.B) {
			path := simulated(b, size)
			roles := heldRoles(fromFile(b, path))
			for _, x := range []struct {
				name  string
				gives authz.Policy
			}{
				{"EditUsers", authz.Policy{Domain: "directory", Entity: "user", Action: "edit"}},
				{"EditAssignedUsers", authz.Policy{Domain: "directory", Entity: "user", Action: "edit", Scope: "assigned"}},
				{"EditGroups", authz.Policy{Domain: "directory", Entity: "group", Action: "edit"}},
			} {
				b.Run(x.name, func(b *testing.B) { benchmarkCould(b, path, roles, x.gives) })
			}
		})
	}
}

func benchmarkCould(b *testing.B, path string, roles map[string]bool, gives authz.Policy) {
	r, err := snapshot.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	g, err := graph.Build(climbingSource{r, roles, gives}, graph.Options{Names: lexicon.Default()})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		climbing, gains := 0, 0
		for c := range g.Escalations(lexicon.Default().Escalations()).All(false) {
			climbing++
			gains += len(c.Gains)
		}
		b.ReportMetric(float64(climbing), "principals")
		b.ReportMetric(float64(gains), "gains")
	}
}

// heldRoles returns roles that some thousands of principals hold together: those of
// fewest holders first.
func heldRoles(g *graph.Graph) map[string]bool {
	org := g.Organizations()[0].ID
	type held struct {
		role    uint32
		holders []uint32
	}
	var spread []held
	for s := range g.Spread(org, g.DivisionsOf(org)) {
		spread = append(spread, held{s.Role, slices.Clone(s.In)})
	}
	slices.SortStableFunc(spread, func(x, y held) int { return len(x.holders) - len(y.holders) })
	out, all := map[string]bool{}, graph.NewSet(g.Principals())
	for _, s := range spread {
		for _, p := range s.holders {
			all.Add(p)
		}
		out[g.Role(s.role).Key.ID] = true
		if all.Len() >= climbers {
			break
		}
	}
	return out
}
