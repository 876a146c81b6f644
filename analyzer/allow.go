package analyzer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

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
	entry      config.Allow
	expired    bool
	from       int
	to         []int
	patterns   []authz.Pattern
	principals graph.Set
	// by says who uses it. It is worked out when somebody asks: most questions do not.
	by func() graph.Set
}

func (a *allow) outgrown() bool { return a.entry.AtMost > 0 && a.by().Len() > a.entry.AtMost }

// holds reports whether an entry allows anything today.
func (a *allow) holds() bool { return !a.expired && !a.outgrown() }

// Exceptions returns the allow entries as they stand.
func (m *Model) Exceptions() []Exception {
	out := make([]Exception, len(m.allows))
	for i := range m.allows {
		a := &m.allows[i]
		out[i] = Exception{Allow: a.entry, Expired: a.expired, Outgrown: a.outgrown(), By: a.by(), Used: a.by().Len()}
	}
	return out
}

// resolveAllows resolves the configuration's allow entries. What an entry names
// and the snapshot lacks is a problem of the configuration.
func (m *Model) resolveAllows(problems *[]error) []allow {
	var out []allow
	names := m.principalCandidates()
	for _, c := range m.Config.Allow {
		a := allow{entry: c}
		fail := func(err error) { *problems = append(*problems, fmt.Errorf("%s: %w", c.Pos, err)) }
		var err error
		if a.from, err = m.FindTenant(c.From); err != nil {
			fail(err) // and go on, to tell all that is wrong
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
		if len(*problems) > 0 {
			continue // there will be no model
		}
		if a.principals, err = m.allowed(c, a.from, names); err != nil {
			m.Notes = append(m.Notes, fmt.Sprintf("%s: %v", c.Pos, err))
		}
		a.expired = !c.Until.IsZero() && m.Now.After(c.Until)
		a.by = sync.OnceValue(func() graph.Set { return m.usedBy(a) })
		out = append(out, a)
	}
	return out
}

// allowed returns the principals that an entry speaks of.
func (m *Model) allowed(c config.Allow, from int, names candidates) (graph.Set, error) {
	if len(c.Principals) == 0 {
		return m.Tenants.Tenants[from].Principals.Clone(), nil
	}
	s := graph.NewSet(m.Graph.Principals())
	var wrong []error
	for _, ref := range c.Principals {
		found, err := m.principalsOf(ref, names)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		s.Or(found)
	}
	s.And(m.Tenants.Tenants[from].Principals)
	return s, errors.Join(wrong...)
}

// PrincipalsOf returns the principals that a reference stands for: one
// principal, the members of a group or team ("group:QA"), or everybody who has an
// attribute of the configuration ("attribute:bpo").
func (m *Model) PrincipalsOf(ref string) (graph.Set, error) {
	return m.principalsOf(ref, m.principalCandidates())
}

// principalsOf is PrincipalsOf for many references.
func (m *Model) principalsOf(ref string, names candidates) (graph.Set, error) {
	if strings.HasPrefix(ref, attributePrefix) {
		return m.withAttribute(ref)
	}
	s := graph.NewSet(m.Graph.Principals())
	org, kind, value := m.parseName(ref)
	if kind != authz.KindGroup.String() && kind != authz.KindTeam.String() {
		p, _, err := m.findPrincipal(ref, names)
		if err == nil {
			s.Add(p)
		}
		return s, err
	}
	k, _ := authz.ParseKind(kind)
	all := m.groupCandidates()
	found, _, err := pick([]authz.Kind{k}, all, org, value, ref)
	if err != nil {
		return s, err
	}
	if found == nil {
		return s, &NotFoundError{Name: ref, Wanted: kind, Nearest: nearestOf(value, all, []authz.Kind{k})}
	}
	for _, g := range m.Graph.Groups() {
		if g.Key == found.key {
			for _, p := range m.Graph.Members(g.Node) {
				s.Add(p)
			}
		}
	}
	return s, nil
}

func (m *Model) usedBy(a allow) graph.Set {
	used := graph.NewSet(m.Graph.Principals())
	for _, to := range a.to {
		if to == a.from {
			continue // what a tenant does in its own divisions needs no entry
		}
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
	for i := range m.allows {
		a := &m.allows[i]
		if slices.Contains(a.to, to) && a.holds() && coversAny(a.patterns, p) {
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
