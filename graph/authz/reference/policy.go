package reference

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// accessPolicies reports whether an active access policy touches a permission
// of a principal, and whether one takes it away (section 6).
func (m *Model) accessPolicies(p authz.Key, perm authz.Pattern) (marked, denied bool) {
	if m.policyHolders != nil { // a group that could be joined is none that a policy knows
		c := *m
		c.holders, c.acts, c.policyHolders = m.policyHolders, m.policyActs, nil
		return c.accessPolicies(p, perm)
	}
	for _, a := range m.r.AccessPolicy {
		if a.Org != p.Org || a.Active != authz.True || !covers(a.Target, perm) {
			continue
		}
		if !m.touches(a, p, m.holders[p]) {
			continue
		}
		marked = true
		if m.o.EnforceDeny && unconditionalDeny(a) && certain(a, p) && m.touches(a, p, m.activeHolders(p)) {
			denied = true
		}
	}
	return marked, denied
}

// covers reads a target, which is a field of the API: no aliases.
func covers(target string, perm authz.Pattern) bool {
	t, err := authz.ParsePattern(target)
	return err == nil && t.Covers(perm)
}

func unconditionalDeny(a authz.AccessPolicy) bool {
	c := strings.TrimSpace(a.Condition)
	return strings.EqualFold(strings.TrimSpace(a.Effect), "DENY") && (c == "" || c == "null")
}

// certain reports whether it is known that a policy that touches a principal is
// about it. What has to be guessed marks, and takes nothing away.
func certain(a authz.AccessPolicy, p authz.Key) bool {
	switch word(a.SubjectType) {
	case "ALL":
		return p.Kind != authz.KindUnknown || a.Clients == authz.True // it may be a client
	case "USER", "GROUP", "TEAM", "CLIENT":
		return p.Kind != authz.KindUnknown
	default:
		return false
	}
}

// touches reports whether a policy's subject is, or holds, the principal.
func (m *Model) touches(a authz.AccessPolicy, p authz.Key, holders []membership) bool {
	subject := word(a.SubjectType)
	itself := p.ID == a.SubjectID
	if p.Kind == authz.KindClient && a.Clients != authz.True && (subject != "CLIENT" || !itself) {
		return false
	}
	switch subject {
	case "ALL":
		return true
	case "USER":
		return itself && (p.Kind == authz.KindUser || p.Kind == authz.KindTrusteeUser || p.Kind == authz.KindUnknown)
	case "CLIENT":
		return itself && (p.Kind == authz.KindClient || p.Kind == authz.KindUnknown)
	case "GROUP":
		return itself && (p.Kind == authz.KindTrusteeGroup || p.Kind == authz.KindUnknown) ||
			held(holders, a.SubjectID, false)
	case "TEAM":
		return itself && p.Kind == authz.KindUnknown || held(holders, a.SubjectID, true)
	case "":
		return a.SubjectID == "" || itself || held(holders, a.SubjectID, true) || held(holders, a.SubjectID, false)
	default:
		return itself
	}
}

func held(holders []membership, id string, team bool) bool {
	for _, h := range holders {
		if h.subject.ID == id && (h.subject.Kind == authz.KindTeam) == team {
			return true
		}
	}
	return false
}

// activeHolders returns the teams of p and the groups that hold it through
// active groups only.
func (m *Model) activeHolders(p authz.Key) []membership {
	var out []membership
	for _, as := range m.acts[p] {
		if as.subject != p {
			out = append(out, as)
		}
	}
	return out
}

func word(s string) string {
	return strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(s)), "_", "")
}
