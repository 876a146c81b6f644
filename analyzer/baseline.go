package analyzer

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// baselineProbes is how many principals are looked at before permissions that
// nobody lacks are looked for among all of them.
const baselineProbes = 16

// baseline returns the permissions of an organization, of those wanted, that no
// division limits and that every live principal holds: named once, they say
// nothing about anybody.
func (m *Model) baseline(org string, want func(graph.Perm) bool) []string {
	universe := m.Graph.Universe(org)
	candidates := graph.NewSet(len(universe))
	for _, p := range universe {
		if p.Aware == authz.False && want(p) {
			candidates.Add(p.ID)
		}
	}
	all := m.actingOf(org)
	probes := 0
	for p := range all.All() {
		candidates.And(m.holds(p, len(universe)))
		if probes++; probes == baselineProbes || candidates.Empty() {
			break
		}
	}
	if probes == 0 {
		return nil
	}
	var out []string
	for id := range candidates.All() {
		q := graph.Query{Org: org, Permissions: []graph.Perm{universe[id]}, Divisions: m.Graph.DivisionsOf(org)}
		rest := all.Clone()
		rest.AndNot(m.Graph.Who(q).All())
		if rest.Empty() {
			out = append(out, universe[id].Name)
		}
	}
	slices.Sort(out)
	return out
}

// actingOf returns the live principals of an organization that act.
func (m *Model) actingOf(org string) graph.Set {
	if len(m.Graph.Organizations()) == 1 { // everybody is of it
		return m.Graph.Acting().Clone()
	}
	s := graph.NewSet(m.Graph.Principals())
	for p := range m.Graph.Acting().All() {
		if m.Graph.Principal(p).Key.Org == org {
			s.Add(p)
		}
	}
	return s
}

// holds returns the permissions that any role of a principal gives it, or may
// give it, in whatever division and however narrowed.
func (m *Model) holds(p uint32, universe int) graph.Set {
	s := graph.NewSet(universe)
	m.Graph.MayHold(p, s)
	return s
}
