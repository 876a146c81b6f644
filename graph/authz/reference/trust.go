package reference

import "github.com/grantgraph/grantgraph/graph/authz"

// fullAccess reports whether a trust makes the trustee organization itself a
// principal (section 4, trustee organizations).
func fullAccess(t authz.Trust) bool {
	return t.FullAccess == authz.True || t.DefaultRole == authz.True
}

// trusted reports whether the organization's trust in a trustee counts at the
// snapshot's time. A trust that the snapshot does not know does.
func (m *Model) trusted(org, trustee string) bool {
	for _, t := range m.r.Trust {
		if t.Org != org || t.ID != trustee {
			continue
		}
		expired := !t.Expires.IsZero() && m.r.About.TakenAt.After(t.Expires)
		return t.Enabled.OrTrue() && !expired
	}
	return true
}

// trusteeOf returns the trustee organization of a trustee's user or group, as
// far as it is known.
func (m *Model) trusteeOf(k authz.Key) string {
	if u, ok := m.user(k); ok {
		return u.Trustee
	}
	if g, ok := m.group(k); ok {
		return g.Trustee
	}
	return ""
}

// trusteeOrganizations returns the organizations of the snapshot that a trust
// or a trustee's user or group of this one names.
func (m *Model) trusteeOrganizations(org string) []string {
	set := map[string]bool{}
	for _, t := range m.r.Trust {
		if t.Org == org {
			set[t.ID] = true
		}
	}
	for _, u := range m.r.User {
		if u.Org == org {
			set[u.Trustee] = true
		}
	}
	for _, g := range m.r.Group {
		if g.Org == org {
			set[g.Trustee] = true
		}
	}
	var out []string
	for _, o := range m.orgs {
		if o != org && set[o] {
			out = append(out, o)
		}
	}
	return out
}

// homes returns the organizations of the snapshot that a trustee's user or
// group may be at home in: its own if that is known, else any that is a trustee.
func (m *Model) homes(k authz.Key) []string {
	trustee := m.trusteeOf(k)
	var out []string
	for _, o := range m.trusteeOrganizations(k.Org) {
		if trustee == "" || trustee == o {
			out = append(out, o)
		}
	}
	return out
}

// addTrusteeMembers adds the members of trustees' groups whose organization is
// in the snapshot: they are principals as well (section 4).
func (m *Model) addTrusteeMembers() {
	for _, k := range m.sortedNodes() {
		if k.Kind != authz.KindTrusteeGroup {
			continue
		}
		for _, org := range m.homes(k) {
			m.addMembersAtHome(k, authz.Key{Org: org, Kind: authz.KindGroup, ID: k.ID}, map[authz.Key]bool{})
		}
	}
}

func (m *Model) addMembersAtHome(here, group authz.Key, seen map[authz.Key]bool) {
	if seen[group] {
		return
	}
	seen[group] = true
	for _, named := range m.direct(group) {
		for _, k := range m.named(named) {
			switch k.Kind {
			case authz.KindUser, authz.KindUnknown: // an unknown one is a user that its list lacks
				m.nodes[authz.Key{Org: here.Org, Kind: authz.KindTrusteeUser, ID: k.ID}] = true
			case authz.KindGroup:
				m.addMembersAtHome(here, k, seen)
			default: // clients and what is not at home there cannot act here
			}
		}
	}
}
