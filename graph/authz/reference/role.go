package reference

import (
	"github.com/grantgraph/grantgraph/graph/authz"
)

// NoPolicy is the index of a reason that rests on no policy: a role that the
// snapshot lacks, or a trust with full access.
const NoPolicy = -1 << 31

// A line is one policy or legacy permission of a role.
type line struct {
	role    string // id of the role that it stands in
	index   int    // in Role.Policies; a legacy permission's is -1-index
	pattern authz.Pattern
	policy  authz.Policy // zero for a legacy permission
}

// readRoles finds the lines of every role's closure, and each organization's universe.
func (m *Model) readRoles() {
	m.roles, m.absent = map[authz.Key][]line{}, map[authz.Key][]string{}
	m.unread, m.perms = map[authz.Key]bool{}, map[string]map[authz.Pattern]bool{}
	for _, org := range m.orgs {
		m.readUniverse(org)
	}
	for _, r := range m.r.Role {
		m.readClosure(r.Key())
	}
	for _, g := range m.r.Grant {
		m.readClosure(authz.Key{Org: g.Org, Kind: authz.KindRole, ID: g.Role})
	}
}

// readClosure collects the lines of a role and of all that it inherits
// (section 4, 3): by id, else of every role of exactly that name.
func (m *Model) readClosure(k authz.Key) {
	if _, done := m.roles[k]; done {
		return
	}
	lines, seen := []line{}, map[string]bool{}
	absent := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		if seen[id] {
			return
		}
		seen[id] = true
		found := false
		for _, r := range m.rolesOf(k.Org) {
			if r.ID != id {
				continue
			}
			found = true
			own, unread := m.ownLines(r)
			lines = append(lines, own...)
			m.unread[k] = m.unread[k] || unread
			for _, name := range r.Inherits {
				for _, next := range m.inherited(k.Org, name) {
					visit(next)
				}
			}
		}
		if !found {
			absent[id] = true
		}
	}
	visit(k.ID)
	m.roles[k], m.absent[k] = lines, sortedStrings(absent)
}

// inherited returns the ids of the roles that an entry of "inherits" names; the
// entry itself where there is none.
func (m *Model) inherited(org, name string) []string {
	byName := map[string]bool{}
	for _, r := range m.rolesOf(org) {
		if r.ID == name {
			return []string{name}
		}
		if r.Name == name {
			byName[r.ID] = true
		}
	}
	if len(byName) == 0 {
		return []string{name}
	}
	return sortedStrings(byName)
}

// ownLines returns the lines of the role itself, and whether one of them was
// not read: the source gave none, or a name could not be understood.
func (m *Model) ownLines(r authz.Role) (lines []line, unread bool) {
	unread = r.LinesMissing
	for i, p := range r.Policies {
		pattern, err := m.pattern(r.Org, p)
		if err != nil {
			unread = true
			continue
		}
		lines = append(lines, line{r.ID, i, pattern, p})
	}
	for i, name := range r.Legacy {
		lines = append(lines, line{role: r.ID, index: -1 - i, pattern: authz.Legacy(name)})
	}
	return lines, unread
}

// pattern reads a policy's permission. Aliases apply to the names of guides
// only, never to the API's own fields (section 2).
func (m *Model) pattern(org string, p authz.Policy) (authz.Pattern, error) {
	if p.Guide == "" {
		return authz.NewPattern(p.Domain, p.Entity, p.Action), nil
	}
	return m.o.Resolve(p.Guide, func(q authz.Pattern) bool { return m.told(org, q) })
}

// missingRoles returns what the snapshot lacks of a role's closure and may
// therefore carry admin: nothing where the list of roles is complete (section 3).
func (m *Model) missingRoles(k authz.Key) []string {
	if m.complete(k.Org, authz.ListRoles) {
		return nil
	}
	return m.absent[k]
}
