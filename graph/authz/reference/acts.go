package reference

import "github.com/grantgraph/grantgraph/graph/authz"

// A membership is a subject that a node acts as, or a group or team that holds it.
type membership struct {
	subject authz.Key
	certain bool // reached through role-enabled groups only
	hops    int  // memberships on a shortest way there
}

// readMembers resolves what each group and team holds directly.
func (m *Model) readMembers() {
	m.listed = map[authz.Key][]authz.Key{}
	for c := range m.nodes {
		if !isContainer(c.Kind) {
			continue
		}
		set := map[authz.Key]bool{}
		for _, k := range m.direct(c) {
			for _, n := range m.named(k) {
				set[n] = true
			}
		}
		m.listed[c] = sortedKeys(set)
	}
}

// readActs finds, for every node, whose grants it has and what holds it.
func (m *Model) readActs() {
	m.acts, m.holders = map[authz.Key][]membership{}, map[authz.Key][]membership{}
	for n := range m.nodes {
		m.acts[n] = m.subjectsOf(n)
		m.holders[n] = m.holdersOf(n)
	}
}

// subjectsOf is acts(p) (section 3): p itself, every group that holds it while
// each group on the way is active, and every team that lists it. What is
// reached only through groups that are not role-enabled is not certain. A team
// that holds no grants is in it and changes nothing.
func (m *Model) subjectsOf(p authz.Key) []membership {
	sure := m.climb(p, func(g authz.Key) bool { return m.groupActive(g) && m.roleEnabled(g) })
	reached := m.climb(p, m.groupActive)
	out := []membership{{subject: p, certain: true}}
	for _, s := range keysOf(reached) {
		if s == p || s.Org != p.Org || !isContainer(s.Kind) {
			continue
		}
		if hops, ok := sure[s]; ok {
			out = append(out, membership{s, true, hops})
		} else {
			out = append(out, membership{s, false, reached[s]})
		}
	}
	for _, t := range m.teamsOf(p) {
		out = append(out, membership{t, true, 1})
	}
	return out
}

// holdersOf returns the groups that hold p, whatever their state or
// role-enablement, and the teams that list it (sections 5 and 6).
func (m *Model) holdersOf(p authz.Key) []membership {
	reached := m.climb(p, func(authz.Key) bool { return true })
	var out []membership
	for _, s := range keysOf(reached) {
		if s != p && s.Org == p.Org && isContainer(s.Kind) {
			out = append(out, membership{s, true, reached[s]})
		}
	}
	for _, t := range m.teamsOf(p) {
		out = append(out, membership{t, true, 1})
	}
	return out
}

// teamsOf returns the teams that list p itself, whatever kind of principal.
func (m *Model) teamsOf(p authz.Key) []authz.Key {
	set := map[authz.Key]bool{}
	for c, members := range m.listed {
		if c.Kind == authz.KindTeam && contains(members, p) {
			set[c] = true
		}
	}
	return sortedKeys(set)
}

// climb returns everything that holds start through groups that pass, and in
// how many memberships. It repeats until nothing changes, so that loops end.
func (m *Model) climb(start authz.Key, pass func(authz.Key) bool) map[authz.Key]int {
	dist := map[authz.Key]int{start: 0}
	for changed := true; changed; {
		changed = false
		for _, k := range keysOf(dist) {
			for above, step := range m.above(k) {
				if above.Kind != authz.KindUser && above.Kind != authz.KindUnknown && !pass(above) {
					continue
				}
				if d, ok := dist[above]; !ok || dist[k]+step < d {
					dist[above], changed = dist[k]+step, true
				}
			}
		}
	}
	return dist
}

// above returns the groups that hold a node directly (one step), and the same
// record in the other organization where a trustee's is in the snapshot too (no
// step; section 4, trustee organizations).
func (m *Model) above(k authz.Key) map[authz.Key]int {
	out := map[authz.Key]int{}
	for c, members := range m.listed {
		if c.Kind != authz.KindTeam && contains(members, k) {
			out[c] = 1
		}
	}
	switch k.Kind {
	case authz.KindTrusteeUser:
		for _, org := range m.homes(k) {
			m.atHome(out, authz.Key{Org: org, Kind: authz.KindUser, ID: k.ID})
			m.atHome(out, authz.Key{Org: org, Kind: authz.KindUnknown, ID: k.ID})
		}
	case authz.KindTrusteeGroup:
		for _, org := range m.homes(k) {
			m.atHome(out, authz.Key{Org: org, Kind: authz.KindGroup, ID: k.ID})
		}
	case authz.KindGroup:
		for n := range m.nodes {
			if n.Kind == authz.KindTrusteeGroup && n.ID == k.ID && n.Org != k.Org && containsString(m.homes(n), k.Org) {
				out[n] = 0
			}
		}
	default: // nothing else has a home elsewhere
	}
	return out
}

func (m *Model) atHome(out map[authz.Key]int, k authz.Key) {
	if m.nodes[k] {
		out[k] = 0
	}
}

// groupActive reports whether a group hands on grants: it is active, and a
// trustee's is trusted. A group that the snapshot lacks counts as active.
func (m *Model) groupActive(k authz.Key) bool {
	if k.Kind == authz.KindTrusteeGroup {
		return m.live(k)
	}
	g, ok := m.group(k)
	return !ok || active(g.State)
}

func (m *Model) roleEnabled(k authz.Key) bool {
	g, ok := m.group(k)
	return !ok || g.RolesEnabled.OrTrue()
}

// under returns everything that a group holds, directly or through groups of
// any state.
func (m *Model) under(g authz.Key) map[authz.Key]bool {
	seen := map[authz.Key]bool{}
	m.descend(g, seen, func(authz.Key) bool { return true })
	return seen
}

func (m *Model) descend(g authz.Key, seen map[authz.Key]bool, pass func(authz.Key) bool) {
	for _, k := range m.listed[g] {
		if !seen[k] {
			seen[k] = true
			if k.Kind != authz.KindTeam && pass(k) {
				m.descend(k, seen, pass)
			}
		}
	}
}

func keysOf(dist map[authz.Key]int) []authz.Key {
	set := map[authz.Key]bool{}
	for k := range dist {
		set[k] = true
	}
	return sortedKeys(set)
}

func contains(list []authz.Key, k authz.Key) bool {
	for _, v := range list {
		if v == k {
			return true
		}
	}
	return false
}

func containsString(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
