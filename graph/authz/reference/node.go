package reference

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A node is a subject that exists: one that the snapshot has, or one that it
// lacks and that is a principal all the same.

// readNodes finds them. Subjects that the snapshot has come first, then those
// that records with a type name, then ids without a type, which stand for all
// that is there already.
func (m *Model) readNodes() {
	m.nodes = map[authz.Key]bool{}
	for _, u := range m.r.User {
		m.nodes[u.Key()] = true
	}
	for _, g := range m.r.Group {
		m.nodes[g.Key()] = true
	}
	for _, t := range m.r.Team {
		m.nodes[t.Key()] = true
	}
	for _, c := range m.r.Client {
		m.nodes[c.Key()] = true
	}
	for _, t := range m.r.Trust {
		if fullAccess(t) {
			m.nodes[authz.Key{Org: t.Org, Kind: authz.KindTrusteeOrganization, ID: t.ID}] = true
		}
	}
	m.addContainers()
	m.addTypedSubjects()
	m.addTypedMembers()
	m.addTrusteeMembers()
	m.addTypelessSubjects()
	m.addTypelessMembers()
	m.addTrusteeMembers() // again: those that their own organization's lists lack
}

// addContainers adds the groups and teams that the snapshot lacks, but not
// their members: those act as the group all the same.
func (m *Model) addContainers() {
	for _, l := range m.r.Member {
		k := l.Container
		switch {
		case k.Kind == authz.KindGroup && !m.complete(k.Org, authz.ListGroups),
			k.Kind == authz.KindTeam && !m.complete(k.Org, authz.ListTeams),
			k.Kind == authz.KindTrusteeGroup:
			m.nodes[k] = true
		}
	}
}

// addTypedSubjects adds what grants name by type and the snapshot lacks
// (section 3, absent records).
func (m *Model) addTypedSubjects() {
	for _, g := range m.r.Grant {
		k := subject(g)
		if k.Kind == authz.KindSubject || m.nodes[k] {
			continue
		}
		switch k.Kind {
		case authz.KindUser:
			m.addIf(!m.complete(k.Org, authz.ListUsers), k)
		case authz.KindClient:
			m.addIf(!m.complete(k.Org, authz.ListClients), k)
		case authz.KindGroup: // nobody told its members: the id itself is the principal
			m.addIf(!m.complete(k.Org, authz.ListGroups), unknown(k))
		case authz.KindTeam:
			m.addIf(!m.complete(k.Org, authz.ListTeams), unknown(k))
		default: // trustees, whose lists say nothing, and types that are not known
			m.nodes[k] = true
		}
	}
}

// addTypedMembers adds users that a group or team lists and an incomplete list
// of users lacks. One that a complete list lacks is nobody (section 5). A group
// that a grant names too is a principal all the same (section 3).
func (m *Model) addTypedMembers() {
	for _, l := range m.r.Member {
		if l.Container.Kind == authz.KindQueue || !m.nodes[l.Container] {
			continue
		}
		for _, k := range l.Members {
			if k.Org = l.Container.Org; k.Kind != authz.KindSubject && len(m.named(k)) == 0 {
				m.addIf(k.Kind != authz.KindUser || !m.complete(k.Org, authz.ListUsers), k)
			}
		}
	}
}

// addTypelessSubjects adds ids that grants name without a type and that nothing
// has: such an id may be a trustee's, so that no list can tell that it is nobody.
func (m *Model) addTypelessSubjects() {
	for _, g := range m.r.Grant {
		if k := subject(g); k.Kind == authz.KindSubject && !m.addKnown(k) {
			m.nodes[unknown(k)] = true
		}
	}
}

// addTypelessMembers does the same for the ids that groups and teams list and
// for owners. Where complete lists lack such an id, it is nobody (section 5).
func (m *Model) addTypelessMembers() {
	for _, c := range m.sortedNodes() {
		for _, k := range m.typelessMembers(c) {
			if !m.addKnown(k) {
				m.addIf(m.mayBeSomebody(c), unknown(k))
			}
		}
	}
}

// mayBeSomebody reports whether an id that a container lists and nothing has
// may be somebody: a user or group that an incomplete list lacks, or a member
// of a trustee's group, whose lists say nothing.
func (m *Model) mayBeSomebody(container authz.Key) bool {
	users := m.complete(container.Org, authz.ListUsers)
	switch container.Kind {
	case authz.KindTrusteeGroup:
		return true
	case authz.KindTeam:
		return !users
	default:
		return !users || !m.complete(container.Org, authz.ListGroups)
	}
}

// typelessMembers returns the ids without a type that a group or team lists,
// and its owners.
func (m *Model) typelessMembers(container authz.Key) []authz.Key {
	var out []authz.Key
	if !isContainer(container.Kind) {
		return nil
	}
	for _, k := range m.direct(container) {
		if k.Kind == authz.KindSubject {
			out = append(out, k)
		}
	}
	return out
}

// direct returns the keys that a container names as members, its owners too
// unless includeOwners is false (section 3).
func (m *Model) direct(container authz.Key) []authz.Key {
	members, _, _ := m.memberList(container)
	out := slices.Clone(members)
	for i := range out {
		out[i].Org = container.Org
	}
	if g, ok := m.group(container); ok && g.IncludeOwners.OrTrue() {
		for _, id := range g.Owners {
			out = append(out, authz.Key{Org: container.Org, Kind: authz.KindSubject, ID: id})
		}
	}
	return out
}

// addKnown reports whether something has the id. An id that only a trustee
// organization of the snapshot has becomes the trustee's user or group here
// (section 4, trustee organizations).
func (m *Model) addKnown(k authz.Key) bool {
	if len(m.named(k)) > 0 {
		return true
	}
	for _, org := range m.trusteeOrganizations(k.Org) {
		if m.nodes[authz.Key{Org: org, Kind: authz.KindUser, ID: k.ID}] {
			m.nodes[authz.Key{Org: k.Org, Kind: authz.KindTrusteeUser, ID: k.ID}] = true
		}
		if m.nodes[authz.Key{Org: org, Kind: authz.KindGroup, ID: k.ID}] {
			m.nodes[authz.Key{Org: k.Org, Kind: authz.KindTrusteeGroup, ID: k.ID}] = true
		}
	}
	return len(m.named(k)) > 0
}

// named returns the nodes that a key stands for. An id without a type stands
// for every subject that has it; a group or team that the snapshot lacks, and
// whose members nobody told, for the unknown principal with its id.
func (m *Model) named(k authz.Key) []authz.Key {
	if k.Kind != authz.KindSubject {
		if m.nodes[k] {
			return []authz.Key{k}
		}
		if u := unknown(k); (k.Kind == authz.KindGroup || k.Kind == authz.KindTeam) && m.nodes[u] && !m.completeKind(k) {
			return []authz.Key{u}
		}
		return nil
	}
	set := map[authz.Key]bool{}
	for n := range m.nodes {
		if n.Org == k.Org && n.ID == k.ID {
			set[n] = true
		}
	}
	return sortedKeys(set)
}

func (m *Model) completeKind(k authz.Key) bool {
	if k.Kind == authz.KindTeam {
		return m.complete(k.Org, authz.ListTeams)
	}
	return m.complete(k.Org, authz.ListGroups)
}

func (m *Model) addIf(cond bool, k authz.Key) {
	if cond {
		m.nodes[k] = true
	}
}

func (m *Model) sortedNodes() []authz.Key { return sortedKeys(m.nodes) }

// subject returns a grant's subject, in the grant's organization.
func subject(g authz.Grant) authz.Key {
	return authz.Key{Org: g.Org, Kind: g.Subject.Kind, ID: g.Subject.ID}
}

func unknown(k authz.Key) authz.Key {
	return authz.Key{Org: k.Org, Kind: authz.KindUnknown, ID: k.ID}
}

func isContainer(k authz.Kind) bool {
	return k == authz.KindGroup || k == authz.KindTeam || k == authz.KindTrusteeGroup
}
