package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// trusteeEdge says that a trustee's user is in one of the trustee's groups.
type trusteeEdge struct {
	user, group authz.Key // as principals of the organization that lets them in
	owner       bool
}

// addTrusteeMembers makes principals of the members of trustees' groups, where
// the trustee organization is in the snapshot too. Elsewhere the group itself
// is all there is to see.
func (b *builder) addTrusteeMembers() {
	if len(b.g.orgs) < 2 {
		return
	}
	home := b.homeRecords()
	var groups []authz.Key
	trustee := map[authz.Key]string{}
	for i := range b.g.principals {
		if p := &b.g.principals[i]; p.Group != nil {
			groups = append(groups, p.Key)
			trustee[p.Key] = p.Group.Trustee
		}
		b.homeState(&b.g.principals[i], home)
	}
	slices.SortFunc(groups, authz.Key.Compare)
	for _, k := range groups {
		b.expandTrusteeGroup(k, trustee[k], home)
	}
}

// homeRecords are the users and groups of every organization, by key, with the
// members of the groups.
type homeRecords struct {
	users   map[authz.Key]authz.User
	groups  map[authz.Key]authz.Group
	members map[authz.Key][]authz.Key
}

func (b *builder) homeRecords() *homeRecords {
	h := &homeRecords{map[authz.Key]authz.User{}, map[authz.Key]authz.Group{}, map[authz.Key][]authz.Key{}}
	trustees := map[string]bool{}
	for i := range b.g.principals {
		p := &b.g.principals[i]
		if p.User != nil && p.User.Trustee != "" {
			trustees[p.User.Trustee] = true
		}
		if p.Group != nil {
			trustees[p.Group.Trustee] = true
		}
	}
	for i := range b.g.principals {
		if p := &b.g.principals[i]; p.User != nil && p.Key.Kind == authz.KindUser && trustees[p.Key.Org] {
			h.users[p.Key] = *p.User
		}
	}
	for _, n := range b.g.nodes {
		if n.group != nil && trustees[n.key.Org] {
			h.groups[n.key] = *n.group
		}
	}
	for _, m := range b.members {
		if c := b.keys[m.Container]; c.Kind == authz.KindGroup && trustees[c.Org] {
			h.members[c] = append(h.members[c], b.keys[m.Member])
		}
	}
	return h
}

// homeState takes a trustee's principal for dormant if its own organization
// says so and the one that lets it in does not know.
func (b *builder) homeState(p *Principal, h *homeRecords) {
	switch {
	case p.User != nil && p.User.Trustee != "" && p.State == "":
		if u, ok := h.users[authz.Key{Org: p.User.Trustee, Kind: authz.KindUser, ID: p.Key.ID}]; ok {
			p.State, p.Live = u.State, p.Live && activeState(u.State)
		}
	case p.Group != nil && p.State == "":
		if g, ok := h.groups[authz.Key{Org: p.Group.Trustee, Kind: authz.KindGroup, ID: p.Key.ID}]; ok {
			p.State, p.Live = g.State, p.Live && activeState(g.State)
		}
	}
}

// expandTrusteeGroup adds the users of a trustee's group, direct or through its
// own organization's groups while each is active.
func (b *builder) expandTrusteeGroup(group authz.Key, trustee string, h *homeRecords) {
	seen := map[authz.Key]bool{}
	queue := []authz.Key{{Org: trustee, Kind: authz.KindGroup, ID: group.ID}}
	for i := 0; i < len(queue); i++ {
		at := queue[i]
		rec, ok := h.groups[at]
		if seen[at] || !ok || !activeState(rec.State) {
			continue
		}
		seen[at] = true
		add := func(id string, owner bool) {
			if u, ok := h.users[authz.Key{Org: trustee, Kind: authz.KindUser, ID: id}]; ok {
				b.addTrusteeUser(group, u, owner)
			}
		}
		for _, m := range h.members[at] {
			add(m.ID, false)
			queue = append(queue, authz.Key{Org: trustee, Kind: authz.KindGroup, ID: m.ID})
		}
		if rec.IncludeOwners != authz.False {
			for _, id := range rec.Owners {
				add(id, true)
			}
		}
	}
}

func (b *builder) addTrusteeUser(group authz.Key, u authz.User, owner bool) {
	trustee := u.Org
	u.Org, u.Trustee, u.Division = group.Org, trustee, ""
	b.addPrincipal(Principal{
		Key: u.Key(), Name: u.Name, Email: u.Email, State: u.State, Known: true, User: &u, Acts: true,
		Live: activeState(u.State) && b.trustLive(group.Org, trustee),
	})
	b.trusteeEdges = append(b.trusteeEdges, trusteeEdge{u.Key(), group, owner})
}
