package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Where a trustee organization is in the snapshot too, what it tells of its
// users and groups counts here: they are at home there.

// trusteesOf returns the organizations of the snapshot that a trust, or a
// trustee's user or group, of an organization names.
func (b *builder) trusteesOf(org string) []string {
	if out, ok := b.trustees[org]; ok {
		return out
	}
	set := map[string]bool{}
	for k := range b.g.trusts {
		if k.Org == org {
			set[k.ID] = true
		}
	}
	for i := range b.g.principals {
		p := &b.g.principals[i]
		if p.Key.Org != org {
			continue
		}
		if p.User() != nil {
			set[p.User().Trustee] = true
		}
		if p.Group != nil {
			set[p.Group.Trustee] = true
		}
	}
	var out []string
	for _, o := range b.g.orgs {
		if o.id != org && set[o.id] {
			out = append(out, o.id)
		}
	}
	slices.Sort(out)
	b.trustees[org] = out
	return out
}

// homes returns the organizations of the snapshot that a trustee's user or
// group may be at home in: its own if that is known, else any that is a trustee.
func (b *builder) homes(k authz.Key) []string {
	own := b.trusteeByKey[k]
	all := b.trusteesOf(k.Org)
	if own == "" {
		return all
	}
	if slices.Contains(all, own) {
		return []string{own}
	}
	return nil
}

// addTrusteeMembers makes principals of the users in trustees' groups, as their
// own organization tells it. Elsewhere the group itself is all there is to see.
func (b *builder) addTrusteeMembers() {
	if len(b.g.orgs) < 2 {
		return
	}
	var groups []authz.Key
	for i := range b.g.principals {
		if k := b.g.principals[i].Key; k.Kind == authz.KindTrusteeGroup {
			groups = append(groups, k)
		}
	}
	slices.SortFunc(groups, authz.Key.Compare)
	for _, k := range groups {
		for _, home := range b.homes(k) {
			b.expandHome(k.Org, authz.Key{Org: home, Kind: authz.KindGroup, ID: k.ID}, map[authz.Key]bool{})
		}
	}
}

func (b *builder) expandHome(here string, group authz.Key, seen map[authz.Key]bool) {
	if seen[group] {
		return
	}
	seen[group] = true
	for _, named := range b.direct[group] {
		for _, k := range b.keysNamed(named) {
			switch k.Kind {
			case authz.KindUser, authz.KindUnknown: // an unknown one is a user that its list lacks
				b.addUnknown(authz.Key{Org: here, Kind: authz.KindTrusteeUser, ID: k.ID})
			case authz.KindGroup:
				b.expandHome(here, k, seen)
			default: // clients and others are not let in by a trust
			}
		}
	}
}

// judgeAtHome says of which organization trustees' principals are, and which
// users and groups are live that only their own organizations tell of; one that
// nobody tells of is.
func (b *builder) judgeAtHome() {
	for i := range b.g.principals {
		p := &b.g.principals[i]
		if trustee, told := b.trusteeByKey[p.Key]; told {
			p.Trustee = trustee
			continue
		}
		switch p.Key.Kind {
		case authz.KindTrusteeUser:
			b.judge(p, authz.KindUser)
			b.settle(p, authz.KindUser, authz.KindUnknown)
		case authz.KindTrusteeGroup:
			b.judge(p, authz.KindGroup)
			b.settle(p, authz.KindGroup)
		case authz.KindTrusteeOrganization:
			p.Trustee = p.Key.ID
		default: // judged by its own record
		}
	}
}

// settle finds the organization that has a trustee's principal, and what it
// tells of a user.
func (b *builder) settle(p *Principal, kinds ...authz.Kind) {
	for _, org := range b.homes(p.Key) {
		for _, kind := range kinds {
			home := authz.Key{Org: org, Kind: kind, ID: p.Key.ID}
			if !b.has(home) {
				continue
			}
			p.Trustee = org
			if u, ok := b.user(home); ok {
				own := *u
				own.Org, own.Trustee, own.Division = p.Key.Org, org, ""
				p.Name, p.Email, p.record, p.Known, p.AtHome = u.Name, u.Email, &own, true, true
			}
			return
		}
	}
}

func (b *builder) judge(p *Principal, kind authz.Kind) {
	told, live := false, false
	for _, org := range b.homes(p.Key) {
		home := authz.Key{Org: org, Kind: kind, ID: p.Key.ID}
		state, ok := b.stateAt(home)
		if !ok {
			continue
		}
		told = true
		live = live || (activeState(state) && b.trustLive(p.Key.Org, org))
		if !live {
			p.State = state
		}
	}
	p.Live = live || !told
}

// user returns the record of an organization's own user.
func (b *builder) user(k authz.Key) (*authz.User, bool) {
	if b.users == nil {
		b.users = map[authz.Key]*authz.User{}
		for i := range b.g.principals {
			if p := &b.g.principals[i]; p.Key.Kind == authz.KindUser && p.User() != nil {
				b.users[p.Key] = p.User()
			}
		}
	}
	u, ok := b.users[k]
	return u, ok
}

func (b *builder) stateAt(k authz.Key) (string, bool) {
	if u, ok := b.user(k); ok {
		return u.State, true
	}
	if gr, ok := b.groups[k]; ok {
		return gr.State, true
	}
	return "", false
}

// addAtHome makes trustees' users and groups of an id without a type that only
// a trustee organization of the snapshot has.
func (b *builder) addAtHome(k authz.Key) {
	for _, org := range b.trusteesOf(k.Org) {
		if u := (authz.Key{Org: org, Kind: authz.KindUser, ID: k.ID}); b.has(u) {
			b.addUnknown(authz.Key{Org: k.Org, Kind: authz.KindTrusteeUser, ID: k.ID})
		}
		if gr := (authz.Key{Org: org, Kind: authz.KindGroup, ID: k.ID}); b.has(gr) {
			b.addUnknown(authz.Key{Org: k.Org, Kind: authz.KindTrusteeGroup, ID: k.ID})
		}
	}
}

// homeEdges lead a trustee's user or group to the groups that hold it at home,
// and from a group at home to the trustee's group that it is here.
func (b *builder) homeEdges(held map[uint32][]uint32) [][2]uint32 {
	var pairs [][2]uint32
	for i := range b.g.principals {
		k := b.g.principals[i].Key
		switch k.Kind {
		case authz.KindTrusteeUser:
			for _, org := range b.homes(k) {
				for _, kind := range []authz.Kind{authz.KindUser, authz.KindUnknown} {
					pairs = b.copyEdges(pairs, uint32(i), authz.Key{Org: org, Kind: kind, ID: k.ID}, held)
				}
			}
		case authz.KindTrusteeGroup:
			for _, org := range b.homes(k) {
				home := authz.Key{Org: org, Kind: authz.KindGroup, ID: k.ID}
				pairs = b.copyEdges(pairs, uint32(i), home, held)
				if n, ok := b.g.find(home); ok {
					pairs = append(pairs, [2]uint32{n, uint32(i)})
				}
			}
		default: // at home here
		}
	}
	return pairs
}

func (b *builder) copyEdges(pairs [][2]uint32, here uint32, home authz.Key, held map[uint32][]uint32) [][2]uint32 {
	n, ok := b.g.find(home)
	if !ok {
		return pairs
	}
	for _, to := range held[n] {
		if b.g.NodeKey(to&^mark).Kind != authz.KindTeam {
			pairs = append(pairs, [2]uint32{here, to})
		}
	}
	return pairs
}

// leaveOutStrangers takes trustees' users and groups off the principals that
// hold nothing here and that no group or team holds: they are at home elsewhere.
func (b *builder) leaveOutStrangers() {
	g := b.g
	for i := range g.principals {
		p := uint32(i)
		if k := g.principals[p].Key.Kind; k != authz.KindTrusteeUser && k != authz.KindTrusteeGroup {
			continue
		}
		if len(g.grantsOf(p)) == 0 && !b.granted[p] && !g.heldHere(p) {
			g.acting.Remove(p)
			g.dormant.Remove(p)
		}
	}
}

// heldHere reports whether a group or team of its organization holds a
// principal, whatever their state.
func (g *Graph) heldHere(p uint32) bool {
	seen := map[uint32]bool{p: true}
	queue := []uint32{p}
	for i := 0; i < len(queue); i++ {
		for _, to := range g.up.of(queue[i]) {
			if to &^= mark; seen[to] {
				continue
			}
			if g.NodeKey(to).Org == g.principals[p].Key.Org {
				return true
			}
			seen[to] = true
			queue = append(queue, to)
		}
	}
	return false
}

// LetIn reports whether a principal is a trustee organization that a trust lets
// in as a whole: every permission over every division, as far as anybody knows.
func (g *Graph) LetIn(p uint32) bool {
	o := g.orgOf(g.principals[p].Key.Org)
	return o != nil && slices.Contains(o.totals, p)
}
