package platform

import (
	"maps"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// memberships tells who is in groups, teams and queues.
type memberships struct {
	// direct are the ids that were told of each container.
	direct map[authz.Key][]string
	// owners are the owners who are members of their group.
	owners map[string][]string
	// holders are the groups and teams that an id is directly in.
	holders map[string][]authz.Key
	dynamic map[string]bool // groups
}

func newMemberships() memberships {
	return memberships{
		direct: map[authz.Key][]string{}, owners: map[string][]string{},
		holders: map[string][]authz.Key{}, dynamic: map[string]bool{},
	}
}

func (m *memberships) add(l authz.MemberList) {
	ids := m.direct[l.Container]
	for _, k := range l.Members {
		ids = append(ids, k.ID)
	}
	m.direct[l.Container] = ids
}

// finish notes owners and makes the index.
func (m *memberships) finish(groups []authz.Group) {
	for _, g := range groups {
		if g.Trustee == "" && g.IncludeOwners.OrTrue() {
			m.owners[g.ID] = g.Owners
		}
		m.dynamic[g.ID] = g.Dynamic == authz.True
	}
	for c := range m.direct {
		if c.Kind == authz.KindQueue {
			continue
		}
		for _, id := range m.direct[c] {
			m.hold(id, c)
		}
	}
	for _, g := range groups {
		for _, id := range m.owners[g.ID] {
			m.hold(id, g.Key())
		}
	}
	for _, list := range m.holders {
		slices.SortFunc(list, authz.Key.Compare)
	}
}

func (m *memberships) hold(id string, c authz.Key) {
	if !slices.Contains(m.holders[id], c) {
		m.holders[id] = append(m.holders[id], c)
	}
}

// ofGroup returns the members of a group, owners that count among them.
func (m *memberships) ofGroup(c authz.Key) []string {
	return union(m.direct[c], m.owners[c.ID])
}

// individuals returns those whom people have put into a group.
func (m *memberships) individuals(c authz.Key) []string {
	if m.dynamic[c.ID] {
		return nil
	}
	return m.direct[c]
}

// union returns the ids of the lists, each once.
func union(lists ...[]string) []string {
	if len(lists) == 2 && len(lists[1]) == 0 {
		return lists[0]
	}
	var out []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, id := range list {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

// sorted returns the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
