package reference

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Principals returns the principals that act, of every organization, sorted:
// users, client-credentials clients, trustees' users, groups and organizations,
// and what is unknown, as far as they are live (section 3).
func (m *Model) Principals() []authz.Key { return m.principals(true) }

// Dormant returns the principals that are not live: their grants are kept and
// give nothing today (section 3).
func (m *Model) Dormant() []authz.Key { return m.principals(false) }

// Delegated returns the clients that act as whoever signs in: they have no
// access of their own (section 4, OAuth clients).
func (m *Model) Delegated() []authz.Key {
	set := map[authz.Key]bool{}
	for _, c := range m.r.Client {
		if !ownCredentials(c) {
			set[c.Key()] = true
		}
	}
	return sortedKeys(set)
}

func (m *Model) principals(live bool) []authz.Key {
	set := map[authz.Key]bool{}
	for k := range m.nodes {
		if m.isPrincipal(k) && m.live(k) == live {
			set[k] = true
		}
	}
	return sortedKeys(set)
}

// isPrincipal reports whether a node is one that answers list, live or not. Our
// own groups and teams are steps of a reason, not answers (section 3).
func (m *Model) isPrincipal(k authz.Key) bool {
	switch k.Kind {
	case authz.KindGroup, authz.KindTeam:
		return false
	case authz.KindClient:
		c, ok := m.client(k)
		return !ok || ownCredentials(c)
	case authz.KindTrusteeUser, authz.KindTrusteeGroup:
		return m.nodes[k] && m.here(k)
	default:
		return m.nodes[k]
	}
}

// here reports whether a trustee's user or group holds grants here or is held
// by a group or team (section 4, trustee organizations).
func (m *Model) here(k authz.Key) bool {
	if len(m.holders[k]) > 0 {
		return true
	}
	for _, g := range m.grants {
		if g.subject == k {
			return true
		}
	}
	return false
}

// live reports whether a principal has access today (section 3).
func (m *Model) live(k authz.Key) bool {
	switch k.Kind {
	case authz.KindUser:
		u, ok := m.user(k)
		return !ok || active(u.State)
	case authz.KindClient:
		c, ok := m.client(k)
		return !ok || active(c.State)
	case authz.KindTrusteeUser:
		if u, ok := m.user(k); ok {
			return active(u.State) && m.trusted(u.Org, u.Trustee)
		}
		return m.liveAtHome(k, authz.KindUser)
	case authz.KindTrusteeGroup:
		if g, ok := m.group(k); ok {
			return active(g.State) && m.trusted(g.Org, g.Trustee)
		}
		return m.liveAtHome(k, authz.KindGroup)
	case authz.KindTrusteeOrganization:
		return m.trusted(k.Org, k.ID)
	default:
		return true
	}
}

// liveAtHome judges a trustee's user or group that only its own organization
// tells of; one that nobody tells of is live.
func (m *Model) liveAtHome(k authz.Key, kind authz.Kind) bool {
	told := false
	for _, org := range m.homes(k) {
		home := authz.Key{Org: org, Kind: kind, ID: k.ID}
		u, isUser := m.user(home)
		g, isGroup := m.group(home)
		if !isUser && !isGroup {
			continue
		}
		told = true
		if active(u.State) && active(g.State) && m.trusted(k.Org, org) {
			return true
		}
	}
	return !told
}

// ownCredentials reports whether a client is a principal of its own. Without a
// grant type it counts as one; so does one of a type that is not known.
func ownCredentials(c authz.Client) bool {
	word := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToUpper(c.GrantType))
	switch word {
	case "CODE", "TOKEN", "SAML2BEARER", "PASSWORD":
		return false
	default:
		return true
	}
}
