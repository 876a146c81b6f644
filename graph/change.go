package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// What stands here is asked by those who look for changes: what records say, and
// what a grant would give.

// TrustOff returns the key of the trust that keeps a trustee's user or group, or
// the trustee organization itself, from being live: one that is known, and is
// switched off or expired.
func (g *Graph) TrustOff(p uint32) (authz.Key, bool) {
	pr := &g.principals[p]
	id := ""
	switch {
	case pr.Key.Kind == authz.KindTrusteeOrganization:
		id = pr.Key.ID
	case pr.User() != nil:
		id = pr.User().Trustee
	case pr.Group != nil:
		id = pr.Group.Trustee
	}
	k := authz.Key{Org: pr.Key.Org, Kind: authz.KindTrust, ID: id}
	t, ok := g.trusts[k]
	return k, ok && (!t.Enabled.OrTrue() || expired(t.Expires, g.info.TakenAt))
}

// ActiveNode reports whether a node hands on what it holds: a group that is
// active, or a principal that is live.
func (g *Graph) ActiveNode(n uint32) bool { return g.active(n) }

// HeldBy returns the groups and teams that list a node themselves, or that it
// owns as a member.
func (g *Graph) HeldBy(n uint32) []uint32 {
	var out []uint32
	for _, to := range g.up.of(n) {
		out = append(out, to&^mark)
	}
	return out
}

// Owns reports whether a group names a principal among its owners, be they
// members of it or not. A trustee's group is managed elsewhere.
func (g *Graph) Owns(p, group uint32) bool {
	if int(group) < len(g.principals) {
		return false
	}
	n := &g.nodes[int(group)-len(g.principals)]
	return n.group != nil && n.key.Org == g.principals[p].Key.Org && slices.Contains(n.group.Owners, g.principals[p].Key.ID)
}

// Stated returns the permissions that the lines of a role itself name, inherited
// ones left out, in their order.
func (g *Graph) Stated(n uint32) []authz.Pattern {
	out := make([]authz.Pattern, len(g.roles[n].own))
	for i := range g.roles[n].own {
		out[i] = g.roles[n].own[i].pattern
	}
	return out
}

// Would returns the derivations that a grant would give a principal over a
// division ([AnyDivision]: over all of them), whether the grant exists or not.
// Access policies are not looked at.
func (g *Graph) Would(p uint32, gr Grant, m Perm, div uint32) []Reason {
	o := g.orgOf(g.principals[p].Key.Org)
	return g.derive(o, g.actor(p), grant{gr.Node, holding{role: gr.Role, div: gr.Division, madeAt: gr.MadeAt}}, m, div, false)
}

// Denied returns the active access policies that take a permission from a
// principal, as far as the graph was built to enforce them.
func (g *Graph) Denied(p uint32, m Perm) []authz.AccessPolicy {
	var out []authz.AccessPolicy
	for _, a := range g.orgOf(g.principals[p].Key.Org).policies {
		if a.target.Covers(m.Pattern) && a.denied.Has(p) {
			out = append(out, a.rec)
		}
	}
	return out
}

// DeniedIn reports whether an access policy takes a permission from a principal
// as soon as the group or team n holds it, as far as the graph was built to
// enforce policies.
func (g *Graph) DeniedIn(p, n uint32, m Perm) bool {
	kind, key := g.principals[p].Key.Kind, g.NodeKey(n)
	return slices.ContainsFunc(g.orgOf(key.Org).policies, func(a accessPolicy) bool {
		return a.denied != nil && a.target.Covers(m.Pattern) && a.rec.SubjectID == key.ID &&
			policyNames(authz.Fold(a.rec.SubjectType), key.Kind) && kind != authz.KindUnknown &&
			(kind != authz.KindClient || a.rec.Clients == authz.True)
	})
}

// Narrowers returns the roles of a role's closure that have a narrowed line with
// a permission, the role itself first.
func (g *Graph) Narrowers(role uint32, m Perm) []uint32 {
	var out []uint32
	for _, q := range g.roles[role].closure {
		if slices.ContainsFunc(g.roles[q].own, func(l line) bool { return l.narrowed != 0 && l.pattern.Covers(m.Pattern) }) {
			out = append(out, q)
		}
	}
	return out
}

// AccessPolicies returns the active access policies, sorted.
func (g *Graph) AccessPolicies() []authz.AccessPolicy {
	var out []authz.AccessPolicy
	for _, o := range g.orgs {
		for _, a := range o.policies {
			out = append(out, a.rec)
		}
	}
	return out
}

// ActiveState reports whether a state is that of a record that is switched on.
func ActiveState(s string) bool { return activeState(s) }

// FindResource returns the queue, flow or other object with a key.
func (g *Graph) FindResource(k authz.Key) (authz.Resource, bool) {
	i, ok := g.resIndex[k]
	if !ok {
		return authz.Resource{}, false
	}
	return g.resources[i], true
}
