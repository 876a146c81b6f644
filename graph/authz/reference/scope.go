package reference

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// scope returns what a policy's scope leaves to a principal (section 5).
func (m *Model) scope(p authz.Key, policy authz.Policy) left {
	switch authz.Fold(policy.Scope) {
	case "", "all", "organization":
		return all()
	case "group":
		return m.groupScope(p, policy.ScopeGroups)
	case "team":
		return m.teamScope(p, policy.ScopeTeams)
	case "view":
		return m.viewScope(p.Org, policy.ScopeViews)
	case "assigned":
		return m.assignedScope(p)
	case "self":
		return left{resources: m.self(p)}
	default: // a word that is not known
		return lost()
	}
}

// groupScope: the members of the groups and the queues that list one of them.
func (m *Model) groupScope(p authz.Key, named []string) left {
	if !m.complete(p.Org, authz.ListGroups) || !m.membersComplete(p.Org, authz.KindGroup) || !m.queuesComplete(p.Org) {
		return lost()
	}
	var groups []authz.Key
	for _, id := range named {
		k := authz.Key{Org: p.Org, Kind: authz.KindGroup, ID: id}
		if _, ok := m.group(k); !ok {
			return lost()
		}
		groups = append(groups, k)
	}
	if len(named) == 0 {
		for _, as := range m.acts[p] {
			if as.subject.Kind == authz.KindGroup || as.subject.Kind == authz.KindTrusteeGroup {
				groups = append(groups, as.subject)
			}
		}
	}
	out := map[authz.Key]bool{}
	for _, g := range groups {
		addUsers(out, m.under(g))
		m.addQueues(out, g)
	}
	return left{resources: out}
}

// teamScope: the members of the teams and the queues that list one of them.
func (m *Model) teamScope(p authz.Key, named []string) left {
	if !m.teamsComplete(p.Org) || !m.queuesComplete(p.Org) {
		return lost()
	}
	var teams []authz.Key
	for _, id := range named {
		k := authz.Key{Org: p.Org, Kind: authz.KindTeam, ID: id}
		if !m.team(k) {
			return lost()
		}
		teams = append(teams, k)
	}
	if len(named) == 0 {
		teams = m.teamsOf(p)
	}
	out := map[authz.Key]bool{}
	for _, t := range teams {
		m.addTeam(out, t)
	}
	return left{resources: out}
}

// viewScope: the queues and users of the views.
func (m *Model) viewScope(org string, named []string) left {
	if len(named) == 0 || !m.complete(org, authz.ListViews) {
		return lost()
	}
	out := map[authz.Key]bool{}
	for _, id := range named {
		v, ok := m.view(org, id)
		if !ok {
			return lost()
		}
		for _, q := range v.Queues {
			k := authz.Key{Org: org, Kind: authz.KindQueue, ID: q}
			if _, ok := m.queue(k); !ok {
				return lost()
			}
			out[k] = true
		}
		for _, u := range v.Users {
			k := authz.Key{Org: org, Kind: authz.KindUser, ID: u}
			if _, ok := m.user(k); !ok {
				return lost()
			}
			out[k] = true
		}
	}
	return left{resources: out}
}

// assignedScope: p itself if it is a user, and the queues that list it, a group
// that holds it or a team that holds it.
func (m *Model) assignedScope(p authz.Key) left {
	if !m.complete(p.Org, authz.ListGroups) || !m.membersComplete(p.Org, authz.KindGroup) ||
		!m.teamsComplete(p.Org) || !m.queuesComplete(p.Org) {
		return lost()
	}
	out := m.self(p)
	for _, q := range m.queues(p.Org) {
		if m.queueListsPrincipal(q, p) {
			out[q.Key()] = true
		}
	}
	if isContainer(p.Kind) {
		m.addQueues(out, p) // a trustee's group, which a queue can list
	}
	for _, h := range m.holders[p] {
		m.addQueues(out, h.subject)
	}
	return left{resources: out}
}

// self is p where p is a user; a client or a trustee is no resource. A principal
// of unknown kind may be a user.
func (m *Model) self(p authz.Key) map[authz.Key]bool {
	out := map[authz.Key]bool{}
	addUsers(out, map[authz.Key]bool{p: true})
	return out
}

func (m *Model) queuesComplete(org string) bool {
	return m.complete(org, authz.ListQueues) && m.membersComplete(org, authz.KindQueue)
}

func (m *Model) teamsComplete(org string) bool {
	return m.complete(org, authz.ListTeams) && m.membersComplete(org, authz.KindTeam)
}

// addTeam adds a team's members and the queues that list it.
func (m *Model) addTeam(out map[authz.Key]bool, team authz.Key) {
	set := map[authz.Key]bool{}
	for _, k := range m.listed[team] {
		set[k] = true
	}
	addUsers(out, set)
	m.addQueues(out, team)
}

// addUsers adds those of the nodes that are users, or may be.
func addUsers(out, nodes map[authz.Key]bool) {
	for k := range nodes {
		if k.Kind == authz.KindUser || k.Kind == authz.KindUnknown {
			out[authz.Key{Org: k.Org, Kind: authz.KindUser, ID: k.ID}] = true
		}
	}
}

// addQueues adds the queues that list a group or team.
func (m *Model) addQueues(out map[authz.Key]bool, container authz.Key) {
	for _, q := range m.queues(container.Org) {
		if m.queueLists(q, container) {
			out[q.Key()] = true
		}
	}
}

// queueLists reports whether a queue lists a group or team: by id and type, or
// by id alone where the type is missing or not known. Skill groups are not
// read (section 5).
func (m *Model) queueLists(q authz.Resource, container authz.Key) bool {
	for _, g := range q.MemberGroups {
		if g.ID != container.ID {
			continue
		}
		switch strings.ToUpper(authz.Fold(g.Type)) {
		case "SKILLGROUP":
		case "GROUP":
			if container.Kind != authz.KindTeam {
				return true
			}
		case "TEAM":
			if container.Kind == authz.KindTeam {
				return true
			}
		default:
			return true
		}
	}
	members, _, _ := m.memberList(q.Key())
	for _, k := range members {
		if k.ID == container.ID && (k.Kind == authz.KindSubject || k.Kind == container.Kind) {
			return true
		}
	}
	return false
}

// queueListsPrincipal reports whether a queue lists a principal itself.
func (m *Model) queueListsPrincipal(q authz.Resource, p authz.Key) bool {
	members, _, _ := m.memberList(q.Key())
	for _, k := range members {
		if k.ID != p.ID {
			continue
		}
		if k.Kind == p.Kind || k.Kind == authz.KindSubject {
			return true
		}
		// A user that an incomplete list lacks may be the principal with its id.
		user := authz.Key{Org: p.Org, Kind: authz.KindUser, ID: p.ID}
		maybe := p.Kind == authz.KindUnknown || p.Kind == authz.KindTrusteeUser
		if k.Kind == authz.KindUser && maybe && !m.nodes[user] && !m.complete(p.Org, authz.ListUsers) {
			return true
		}
	}
	return false
}

// ofPermission returns those of a scope's resources that the permission is
// about (section 5): queues, users, or both.
func ofPermission(set map[authz.Key]bool, perm authz.Pattern) map[authz.Key]bool {
	queues := strings.HasPrefix(perm.Entity, "queue")
	users := strings.HasPrefix(perm.Entity, "user") || strings.HasPrefix(perm.Entity, "profile") || perm.Domain == "user"
	out := map[authz.Key]bool{}
	for k := range set {
		if queues == users || (queues && k.Kind == authz.KindQueue) || (users && k.Kind == authz.KindUser) {
			out[k] = true
		}
	}
	return out
}
