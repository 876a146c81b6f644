package reference

import "github.com/grantgraph/grantgraph/graph/authz"

// complete reports whether a list was read in whole: the ledger has a line for
// it, and no line of it is a gap. Readings of odd values are no lines about the
// list. (Section 1: what was not read may not turn into "nobody".)
func (m *Model) complete(org string, list authz.List) bool {
	told := false
	for _, c := range m.r.CoverageLedger {
		if c.List != list || (c.Org != org && c.Org != "") || c.Status == authz.StatusReading {
			continue
		}
		if c.IsGap() {
			return false
		}
		told = true
	}
	return told
}

// memberList returns what was told of a container's members. A container
// without an entry was not read; an empty entry was (section 5).
func (m *Model) memberList(container authz.Key) (members []authz.Key, told, partial bool) {
	for _, l := range m.r.Member {
		if l.Container == container {
			members, told, partial = append(members, l.Members...), true, partial || l.Partial
		}
	}
	return members, told, partial
}

// membersComplete reports whether the members of every group, team or queue
// (kind) of the organization were read. One container without an entry makes
// the whole list of members incomplete (section 5).
func (m *Model) membersComplete(org string, kind authz.Kind) bool {
	if !m.complete(org, membersOf(kind)) {
		return false
	}
	for _, c := range m.containers(org, kind) {
		if _, told, partial := m.memberList(c); !told || partial {
			return false
		}
	}
	return true
}

func membersOf(kind authz.Kind) authz.List {
	switch kind {
	case authz.KindTeam:
		return authz.ListTeamMembers
	case authz.KindQueue:
		return authz.ListQueueMembers
	default:
		return authz.ListGroupMembers
	}
}

// containers returns the organization's own groups, teams or queues.
func (m *Model) containers(org string, kind authz.Kind) []authz.Key {
	var out []authz.Key
	switch kind {
	case authz.KindGroup:
		for _, g := range m.r.Group {
			if g.Org == org && g.Trustee == "" {
				out = append(out, g.Key())
			}
		}
	case authz.KindTeam:
		for _, t := range m.r.Team {
			if t.Org == org {
				out = append(out, t.Key())
			}
		}
	case authz.KindQueue:
		for _, q := range m.queues(org) {
			out = append(out, q.Key())
		}
	default: // nothing else has members
	}
	return out
}
