package reference

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Dangle is a grant, or a role's inheritance, that gives nobody anything
// because a complete list lacks what it names (section 3).
type Dangle struct {
	Org     string
	Grant   authz.Grant
	Missing authz.Key // the subject or role that is not there
}

// Dangling returns them in the order of the records; a grant may be there for
// its subject and for its role.
func (m *Model) Dangling() []Dangle {
	var out []Dangle
	for _, g := range m.r.Grant {
		if len(m.named(subject(g))) == 0 {
			out = append(out, Dangle{g.Org, g, subject(g)})
		}
		if !m.complete(g.Org, authz.ListRoles) {
			continue
		}
		for _, name := range m.absent[authz.Key{Org: g.Org, Kind: authz.KindRole, ID: g.Role}] {
			out = append(out, Dangle{g.Org, g, authz.Key{Org: g.Org, Kind: authz.KindRole, ID: name}})
		}
	}
	return out
}

// The reasons why an answer may lack something.
const (
	WhyMembers    = "members-not-read" // of a group or team
	WhyLines      = "role-not-read"    // a line of a role's closure
	WhySkillGroup = "skill-group-on-queue"
	WhyTarget     = "access-policy-not-read" // what an active access policy is about
)

// An Undetermined says what could change an answer and is not known.
type Undetermined struct {
	// Subject is the group or team whose members were not read, the granted
	// subject whose role was not, the queue that lists a skill group, or the
	// access policy that nobody can read.
	Subject        authz.Key
	Role, Division string // the grant's
	Why            string
}

// Undetermined returns what could change the answer to who has a permission
// over a division (section 1): granted groups and teams whose members, or the
// members of a group inside, were not read; granted roles of which a line was
// not read; queues that list a skill group, where a scope rests on queues;
// access policies of which nobody knows what they are about.
func (m *Model) Undetermined(org string, perm authz.Pattern, division string) []Undetermined {
	if everywhere(division) {
		division = authz.AllDivisions
	}
	set := map[Undetermined]bool{}
	onQueues := false
	for _, g := range m.grants {
		if g.subject.Org != org {
			continue
		}
		unread := m.unreadMembers(g.subject)
		gives, queues := m.couldGive(g, perm, division)
		onQueues = onQueues || queues
		for _, c := range unread {
			if gives {
				set[Undetermined{c, g.role.ID, g.division, WhyMembers}] = true
			}
		}
		if m.unread[g.role] && (len(unread) > 0 || m.givesSomebody(g.subject)) {
			set[Undetermined{g.subject, g.role.ID, g.division, WhyLines}] = true
		}
	}
	for _, a := range m.r.AccessPolicy {
		if _, err := authz.ParsePattern(a.Target); a.Org == org && a.Active == authz.True && err != nil {
			set[Undetermined{Subject: a.Key(), Why: WhyTarget}] = true
		}
	}
	for _, q := range m.queues(org) {
		lies := len(m.lying(map[authz.Key]bool{q.Key(): true}, division)) > 0
		if onQueues && lies && listsSkillGroup(q) {
			set[Undetermined{Subject: q.Key(), Why: WhySkillGroup}] = true
		}
	}
	return sortedUndetermined(set)
}

// couldGive reports whether a grant gives a permission over the division to
// whoever its subject is, and whether a scope that rests on queues narrows it.
func (m *Model) couldGive(g grant, perm authz.Pattern, division string) (gives, queues bool) {
	gives = m.unread[g.role] || len(m.missingRoles(g.role)) > 0
	for _, l := range m.roles[g.role] {
		if !l.pattern.Covers(perm) {
			continue
		}
		if reached, _ := m.reaches(g.role.Org, l.pattern, perm, g.division, division); !reached {
			continue
		}
		gives = true
		switch authz.Fold(l.policy.Scope) {
		case "group", "team", "assigned":
			queues = true
		}
	}
	return gives, queues
}

// unreadMembers returns what hands on the grants of a group or team and whose
// members were not read: itself, and the active groups inside it.
func (m *Model) unreadMembers(k authz.Key) []authz.Key {
	if k.Kind != authz.KindGroup && k.Kind != authz.KindTeam {
		return nil // a trustee's group is a principal, and managed elsewhere
	}
	inside := map[authz.Key]bool{k: true}
	if k.Kind == authz.KindGroup && !m.groupActive(k) {
		return nil
	}
	if k.Kind == authz.KindGroup {
		m.descend(k, inside, m.groupActive)
	}
	var out []authz.Key
	for _, c := range sortedKeys(inside) {
		if c != k && (c.Kind != authz.KindGroup || !m.groupActive(c)) {
			continue
		}
		if _, ok := m.group(c); !ok && c.Kind == authz.KindGroup && m.complete(c.Org, authz.ListGroups) {
			continue // nobody is in a group that there is not
		}
		if _, told, partial := m.memberList(c); !told || partial {
			out = append(out, c)
		}
	}
	return out
}

func (m *Model) givesSomebody(s authz.Key) bool {
	for _, p := range m.Principals() {
		for _, as := range m.acts[p] {
			if as.subject == s {
				return true
			}
		}
	}
	return false
}

func listsSkillGroup(q authz.Resource) bool {
	for _, g := range q.MemberGroups {
		if word(g.Type) == "SKILLGROUP" {
			return true
		}
	}
	return false
}

func sortedUndetermined(set map[Undetermined]bool) []Undetermined {
	var out []Undetermined
	for u := range set {
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b Undetermined) int {
		return cmp.Or(a.Subject.Compare(b.Subject), cmp.Compare(a.Role, b.Role),
			cmp.Compare(a.Division, b.Division), cmp.Compare(a.Why, b.Why))
	})
	return out
}
