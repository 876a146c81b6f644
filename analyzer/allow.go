package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// An Exception is an allow entry of the configuration as it stands today.
type Exception struct {
	Allow config.Allow
	// Expired says that its last day has passed, Outgrown that more principals
	// use it than it speaks of: either way it no longer allows anything.
	Expired, Outgrown bool
	// Used is the number of live principals whose access it covers, By who they are.
	Used int
	By   graph.Set
}

// allow is an allow entry resolved against the graph.
type allow struct {
	Exception
	from       int
	to         []int
	patterns   []authz.Pattern
	principals graph.Set
}

// Exceptions returns the allow entries as they stand.
func (m *Model) Exceptions() []Exception {
	out := make([]Exception, len(m.allows))
	for i, a := range m.allows {
		out[i] = a.Exception
	}
	return out
}

// resolveAllows resolves the configuration's allow entries. What an entry names
// and the snapshot lacks is a problem of the configuration.
func (m *Model) resolveAllows(problems *[]error) []allow {
	var out []allow
	for _, c := range m.Config.Allow {
		a := allow{Exception: Exception{Allow: c}}
		fail := func(err error) { *problems = append(*problems, fmt.Errorf("%s: %w", c.Pos, err)) }
		var err error
		if a.from, err = m.FindTenant(c.From); err != nil {
			fail(err)
			continue
		}
		for _, name := range c.To {
			to, err := m.FindTenant(name)
			if err != nil {
				fail(err)
				continue
			}
			a.to = append(a.to, to)
		}
		for _, name := range c.Permissions {
			p, err := m.Pattern(name)
			if err != nil {
				fail(err)
				continue
			}
			a.patterns = append(a.patterns, p)
		}
		if a.principals, err = m.allowed(c, a.from); err != nil {
			m.Notes = append(m.Notes, fmt.Sprintf("%s: %v", c.Pos, err))
		}
		a.Expired = !c.Until.IsZero() && m.Now.After(c.Until)
		a.By = m.usedBy(a)
		a.Used = a.By.Len()
		a.Outgrown = c.AtMost > 0 && a.Used > c.AtMost
		out = append(out, a)
	}
	return out
}

// allowed returns the principals that an entry speaks of.
func (m *Model) allowed(c config.Allow, from int) (graph.Set, error) {
	if len(c.Principals) == 0 {
		return m.Tenants.Tenants[from].Principals.Clone(), nil
	}
	s := graph.NewSet(m.Graph.Principals())
	var missing []string
	for _, ref := range c.Principals {
		found, err := m.PrincipalsOf(ref)
		if err != nil {
			missing = append(missing, ref)
			continue
		}
		s.Or(found)
	}
	s.And(m.Tenants.Tenants[from].Principals)
	if len(missing) > 0 {
		return s, fmt.Errorf("the snapshot has no %s", strings.Join(missing, ", "))
	}
	return s, nil
}

// PrincipalsOf returns the principals that a reference stands for: one
// principal, or the members of a group or team ("group:QA").
func (m *Model) PrincipalsOf(ref string) (graph.Set, error) {
	s := graph.NewSet(m.Graph.Principals())
	kind, value, ok := strings.Cut(ref, ":")
	if ok && (kind == "group" || kind == "team") {
		found := false
		for _, g := range m.Graph.Groups() {
			if g.Key.Kind.String() != kind || (g.Key.ID != value && !strings.EqualFold(g.Name, value)) {
				continue
			}
			found = true
			for _, p := range m.Graph.Members(g.Node) {
				s.Add(p)
			}
		}
		if !found {
			return s, &NotFoundError{Name: ref, Wanted: kind}
		}
		return s, nil
	}
	p, _, err := m.FindPrincipal(ref)
	if err != nil {
		return s, err
	}
	s.Add(p)
	return s, nil
}

func (m *Model) usedBy(a allow) graph.Set {
	used := graph.NewSet(m.Graph.Principals())
	for _, to := range a.to {
		for _, org := range m.Graph.Organizations() {
			var perms []graph.Perm
			for _, p := range m.Graph.Universe(org.ID) {
				if coversAny(a.patterns, p.Pattern) && m.carriesTenant(org.ID, p) {
					perms = append(perms, p)
				}
			}
			divs := m.Graph.DivisionsOf(org.ID)
			divs.And(m.Tenants.Tenants[to].Divisions)
			h := m.Graph.Who(graph.Query{Org: org.ID, Permissions: perms, Divisions: divs}).All()
			h.And(a.principals)
			used.Or(h)
		}
	}
	return used
}

func coversAny(patterns []authz.Pattern, p authz.Pattern) bool {
	return slices.ContainsFunc(patterns, func(c authz.Pattern) bool { return c.Covers(p) })
}

// AllowedSet returns the principals whose holding of a permission over a tenant
// an allow entry covers today.
func (m *Model) AllowedSet(p authz.Pattern, to int) graph.Set {
	s := graph.NewSet(m.Graph.Principals())
	for _, a := range m.allows {
		if !a.Expired && !a.Outgrown && slices.Contains(a.to, to) && coversAny(a.patterns, p) {
			s.Or(a.principals)
		}
	}
	return s
}

// SharedAllows reports whether anyone may hold a permission in a shared division.
func (m *Model) SharedAllows(d uint32, p authz.Pattern) bool {
	patterns, _ := m.Tenants.Shared(d)
	return coversAny(patterns, p)
}
