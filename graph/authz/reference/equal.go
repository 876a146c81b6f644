package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Class names what a principal's access depends on (section 9, without
// tenants): principals of one class have equal access, up to the principal
// itself where a scope leaves it.
func (m *Model) Class(p authz.Key) string {
	parts := []string{p.Kind.String(), p.Org, fmt.Sprint(m.isPrincipal(p) && m.live(p))}
	if p.Kind == authz.KindTrusteeOrganization && len(m.trustReasons(p)) > 0 {
		parts = append(parts, "full access")
	}
	set, scopes := map[string]bool{}, map[string]bool{}
	for _, as := range m.acts[p] {
		for _, g := range m.grants {
			if g.subject != as.subject {
				continue
			}
			set[fmt.Sprintf("grant %q %q %v", g.role.ID, g.division, as.certain)] = true
			for _, l := range m.roles[g.role] {
				scopes[m.dependence(l.policy)] = true
				if m.picksOut(p, l.policy) {
					set[fmt.Sprintf("condition of %q %d names it", l.role, l.index)] = true
				}
			}
		}
	}
	m.addDependences(set, scopes, p)
	m.addPolicies(set, p)
	return strings.Join(append(parts, sortedStrings(set)...), "\n")
}

// Equal reports whether two principals have equal access.
func (m *Model) Equal(a, b authz.Key) bool { return m.Class(a) == m.Class(b) }

// dependence returns the scope of a policy if what it leaves depends on who asks.
func (m *Model) dependence(p authz.Policy) string {
	switch s := authz.Fold(p.Scope); {
	case s == "group" && len(p.ScopeGroups) == 0, s == "team" && len(p.ScopeTeams) == 0, s == "assigned", s == "self":
		return s
	default:
		return ""
	}
}

// picksOut reports whether a condition names the principal that the policy's
// scope leaves as itself: what is left then is not up to the symbol alone, for
// a condition that leaves nothing is unresolved.
func (m *Model) picksOut(p authz.Key, policy authz.Policy) bool {
	if s := authz.Fold(policy.Scope); policy.Condition == nil || (s != "self" && s != "assigned") {
		return false
	}
	c := m.condition(p.Org, *policy.Condition)
	return c.resources[authz.Key{Org: p.Org, Kind: authz.KindUser, ID: p.ID}]
}

func (m *Model) addDependences(set, scopes map[string]bool, p authz.Key) {
	if scopes["group"] {
		for _, as := range m.acts[p] {
			set[fmt.Sprintf("acts %v", as.subject != p && as.subject.Kind != authz.KindTeam)+" "+selfless(as.subject, p)] = true
		}
	}
	if scopes["team"] || scopes["assigned"] {
		for _, t := range m.teamsOf(p) {
			set["team "+t.String()] = true
		}
	}
	if scopes["assigned"] || scopes["self"] {
		u, _ := m.user(p) // the division in which the symbol lies
		set[fmt.Sprintf("division %q", u.Division)] = true
	}
	if scopes["assigned"] {
		for _, h := range m.holders[p] {
			set["held by "+h.subject.String()] = true
		}
		for _, q := range m.queues(p.Org) {
			if m.queueListsPrincipal(q, p) {
				set["queue "+q.ID] = true
			}
		}
	}
}

func selfless(s, p authz.Key) string {
	if s == p && p.Kind != authz.KindTrusteeGroup {
		return "itself"
	}
	return s.String()
}

// addPolicies adds the active access policies that touch the principal.
func (m *Model) addPolicies(set map[string]bool, p authz.Key) {
	active := m.activeHolders(p)
	for _, a := range m.r.AccessPolicy {
		if a.Org != p.Org || a.Active != authz.True {
			continue
		}
		if m.touches(a, p, m.holders[p]) {
			set[fmt.Sprintf("access policy %q %v %v", a.ID, certain(a, p), m.touches(a, p, active))] = true
		}
	}
}

// Classes returns the principals that act, by class; classes and members sorted.
func (m *Model) Classes() [][]authz.Key {
	byClass := map[string][]authz.Key{}
	for _, p := range m.Principals() {
		c := m.Class(p)
		byClass[c] = append(byClass[c], p)
	}
	var out [][]authz.Key
	for _, members := range byClass {
		out = append(out, members)
	}
	slices.SortFunc(out, func(a, b []authz.Key) int { return a[0].Compare(b[0]) })
	return out
}
