package analyzer

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph/authz"
)

func compareText(x, y string) int { return strings.Compare(x, y) }

func compareNamed(x, y Named) int {
	return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.ID, y.ID))
}

// changeText says a change in the imperative, with names.
func (m *Model) changeText(c change.Change) string {
	name := m.named(c.Record)
	role := m.named(authz.Key{Org: c.Record.Org, Kind: authz.KindRole, ID: c.Role})
	division := "all divisions"
	if c.Division != authz.AllDivisions {
		division = m.named(authz.Key{Org: c.Record.Org, Kind: authz.KindDivision, ID: c.Division})
	}
	switch c.Kind {
	case change.RevokeGrant:
		if c.Division == "" {
			division = "every division that it is assigned in"
		}
		return fmt.Sprintf("revoke the role %s from %s in %s", role, m.kinded(c.Record), division)
	case change.Grant:
		return fmt.Sprintf("assign the role %s to %s in %s", role, m.kinded(c.Record), division)
	case change.RemoveMember, change.LeaveTeam:
		return fmt.Sprintf("take %s out of %s", m.kinded(c.Member), m.kinded(c.Record))
	case change.AddMember, change.JoinTeam:
		return fmt.Sprintf("add %s to %s", m.kinded(c.Member), m.kinded(c.Record))
	case change.DropPolicy:
		return fmt.Sprintf("take %s out of the role %s", c.Permission, name)
	case change.AddPolicy:
		return fmt.Sprintf("add %s to the role %s", c.Permission, name)
	case change.WidenPolicy:
		return fmt.Sprintf("take the scopes and conditions off the lines of the role %s that give %s", name, c.Permission)
	case change.DropInheritance:
		return fmt.Sprintf("let the role %s no longer inherit from %s", name, role)
	case change.MoveResource, change.MoveUser:
		return fmt.Sprintf("move %s to %s", m.kinded(c.Record), division)
	default:
		verb, _, _ := strings.Cut(string(c.Kind), "-")
		verb = strings.Replace(verb, "enable", "reactivate", 1)
		return verb + " " + m.kinded(c.Record)
	}
}

// named returns the name of a record, or its id where it has none.
func (m *Model) named(k authz.Key) string { return cmp.Or(m.nameOf(k), k.ID) }

// kinded returns a record's kind and name.
func (m *Model) kinded(k authz.Key) string {
	word := strings.ReplaceAll(k.Kind.String(), "_", " ")
	name := m.named(k)
	if n, ok := m.Graph.FindPrincipal(k); ok && !m.Graph.Principal(n).Known {
		name += " " + k.ID // of which nothing but the id is known
	}
	return "the " + strings.Replace(word, "oauth", "OAuth", 1) + " " + name
}
