package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// attributePrefix begins a name that stands for everybody who has an attribute.
const attributePrefix = "attribute:"

// Attributes work out what a configuration's expressions say of users, where the
// platform has no field for it.
type Attributes interface {
	// Names returns the names of the attributes, sorted.
	Names() []string
	// Of returns what a user's attributes come to, by name: "true", "false" or a
	// text. One that nobody can tell is left out. Division is the name of the
	// user's division.
	Of(u *authz.User, division string) (map[string]string, error)
}

// readAttributes works them out once for all users.
func (m *Model) readAttributes(of Attributes) error {
	if of == nil || len(of.Names()) == 0 {
		return nil
	}
	m.attributes = make([]map[string]string, m.Graph.Principals())
	m.attributeNames = of.Names()
	for p := range m.attributes {
		pr := m.Graph.Principal(uint32(p))
		if pr.User() == nil {
			continue
		}
		division := ""
		if pr.Division != graph.NoDivision {
			division = m.Division(pr.Division).Name
		}
		said, err := of.Of(pr.User(), division)
		if err != nil {
			return fmt.Errorf("attributes of user %s: %w", pr.Key.ID, err)
		}
		m.attributes[p] = said
	}
	return nil
}

// Attributes returns what the configuration's expressions say of a principal, by
// name: "true", "false" or a text. What nobody can tell is not in it.
func (m *Model) Attributes(p uint32) map[string]string {
	if m.attributes == nil {
		return nil
	}
	return m.attributes[p]
}

// AttributeNames returns the attributes that the configuration has, sorted.
func (m *Model) AttributeNames() []string { return slices.Clone(m.attributeNames) }

// withAttribute returns the principals that "attribute:NAME" (it is true) or
// "attribute:NAME=TEXT" stands for.
func (m *Model) withAttribute(ref string) (graph.Set, error) {
	name, want, given := strings.Cut(strings.TrimPrefix(ref, attributePrefix), "=")
	s := graph.NewSet(m.Graph.Principals())
	if !slices.Contains(m.attributeNames, name) {
		return s, &NotFoundError{Name: ref, Wanted: "attribute", Nearest: nearest(name, m.attributeNames)}
	}
	if !given {
		want = "true"
	}
	for p, said := range m.attributes {
		if said[name] == want {
			s.Add(uint32(p))
		}
	}
	return s, nil
}
