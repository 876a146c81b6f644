package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

func activeState(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || strings.EqualFold(s, "active")
}

// buildNodes makes the principals, groups and teams: those that records
// describe, then those that a grant or membership names where the list that
// would describe them is not complete. What is named with a type comes before
// ids without one, which stand for all that is there already.
func (b *builder) buildNodes() error {
	if err := b.readPrincipals(); err != nil {
		return err
	}
	if err := b.readContainers(); err != nil {
		return err
	}
	b.readDirect()
	b.addListedContainers()
	b.addTypedSubjects()
	b.addTypedMembers()
	b.addTrusteeMembers()
	b.addTypelessSubjects()
	b.addTypelessMembers()
	b.addTrusteeMembers() // again: those that their own organization's lists lack
	b.judgeAtHome()
	b.numberNodes()
	b.parties = b.lookUp()
	return nil
}

// kinds is a set of kinds, as bits.
type kinds uint32

func (s kinds) has(k authz.Kind) bool { return s&(1<<k) != 0 }

// has reports whether there is a node with a key.
func (b *builder) has(k authz.Key) bool { return b.named[subjectID{k.Org, k.ID}].has(k.Kind) }

// register notes a node that is to be numbered later.
func (b *builder) register(k authz.Key) bool {
	b.org(k.Org)
	id := subjectID{k.Org, k.ID}
	have := b.named[id]
	if have.has(k.Kind) {
		return false
	}
	b.named[id] = have | 1<<k.Kind
	return true
}

// keysNamed returns the nodes that a key stands for: one, or for an id without
// a type every one with that id.
func (b *builder) keysNamed(k authz.Key) []authz.Key {
	if k.Kind != authz.KindSubject {
		if b.has(k) {
			return []authz.Key{k}
		}
		return nil
	}
	var out []authz.Key
	have := b.named[subjectID{k.Org, k.ID}]
	for kind := range authz.KindSubject {
		if have.has(kind) {
			out = append(out, authz.Key{Org: k.Org, Kind: kind, ID: k.ID})
		}
	}
	return out
}

// readDirect notes what each group and team names as members, owners included
// where they count.
func (b *builder) readDirect() {
	b.direct = map[authz.Key][]authz.Key{}
	for i := 0; i < len(b.members); {
		from := i
		for i < len(b.members) && b.members[i].Container == b.members[from].Container {
			i++
		}
		c := b.keys[b.members[from].Container]
		list := slices.Grow(b.direct[c], i-from)
		for _, m := range b.members[from:i] {
			list = append(list, b.keys[m.Member])
		}
		b.direct[c] = list
	}
	for _, gr := range b.groups {
		if gr.IncludeOwners == authz.False {
			continue
		}
		for _, id := range gr.Owners {
			b.direct[gr.Key()] = append(b.direct[gr.Key()], authz.Key{Org: gr.Org, Kind: authz.KindSubject, ID: id})
		}
	}
	for _, list := range b.direct {
		slices.SortFunc(list, authz.Key.Compare)
	}
}

// addListedContainers makes the groups and teams that only a list of members
// names. A trustee's group is managed elsewhere, so that no list lacks it.
func (b *builder) addListedContainers() {
	for _, l := range b.lists {
		k := l.Container
		complete := b.org(k.Org).complete
		switch {
		case k.Kind == authz.KindGroup && !complete[authz.ListGroups], k.Kind == authz.KindTeam && !complete[authz.ListTeams]:
			b.addContainer(node{key: k, name: unknownName, active: true, enabled: true})
		case k.Kind == authz.KindTrusteeGroup:
			b.addUnknown(k)
		}
	}
}

// addTypedSubjects makes what grants name by type and no record describes.
func (b *builder) addTypedSubjects() {
	for _, k := range b.subjects(b.mayLack) {
		complete := b.org(k.Org).complete
		switch k.Kind {
		case authz.KindUser:
			b.addUnknownIf(!complete[authz.ListUsers], k)
		case authz.KindClient:
			b.addUnknownIf(!complete[authz.ListClients], k)
		case authz.KindGroup:
			b.addUnknownIf(!b.has(k) && !complete[authz.ListGroups], standIn(k))
		case authz.KindTeam:
			b.addUnknownIf(!b.has(k) && !complete[authz.ListTeams], standIn(k))
		default: // trustees, whose lists say nothing, and types that are not known
			b.addUnknown(k)
		}
	}
}

// mayLack reports whether a typed subject may be none that a record describes:
// a user or client is not, where all of those were read.
func (b *builder) mayLack(k authz.Key) bool {
	i, known := b.g.orgIndex[k.Org]
	switch {
	case k.Kind == authz.KindSubject:
		return false
	case known && k.Kind == authz.KindUser:
		return !b.g.orgs[i].complete[authz.ListUsers]
	case known && k.Kind == authz.KindClient:
		return !b.g.orgs[i].complete[authz.ListClients]
	default:
		return true
	}
}

// addTypedMembers makes members that are named with a type. A user that the
// complete list of users lacks is nobody.
func (b *builder) addTypedMembers() {
	for _, k := range b.namedMembers(func(k authz.Key) bool { return b.mayLack(k) && !b.has(k) }) {
		switch k.Kind {
		case authz.KindSubject:
		case authz.KindUser:
			b.addUnknownIf(!b.org(k.Org).complete[authz.ListUsers], k)
		case authz.KindGroup, authz.KindTeam:
			// What a grant names is a principal already, that stands for it.
			if !b.org(k.Org).complete[listOf(k.Kind)] && !b.has(standIn(k)) {
				b.addContainer(node{key: k, name: unknownName, active: true, enabled: true})
			}
		default:
			b.addUnknown(k)
		}
	}
}

// addTypelessSubjects makes ids that grants name without a type and that
// nothing has: such an id may be a trustee's, so that no list can tell that it
// is nobody.
func (b *builder) addTypelessSubjects() {
	for _, k := range b.subjects(func(k authz.Key) bool { return k.Kind == authz.KindSubject }) {
		if !b.known(k) {
			b.addUnknown(standIn(k))
		}
	}
}

// known reports whether something has an id, after asking trustee
// organizations that are in the snapshot.
func (b *builder) known(k authz.Key) bool {
	if len(b.keysNamed(k)) == 0 {
		b.addAtHome(k)
	}
	return len(b.keysNamed(k)) > 0
}

// addTypelessMembers does the same for members and owners. Where the complete
// lists lack such an id, it is nobody.
func (b *builder) addTypelessMembers() {
	var containers []authz.Key
	for c := range b.direct {
		if b.has(c) {
			containers = append(containers, c)
		}
	}
	slices.SortFunc(containers, authz.Key.Compare)
	for _, c := range containers {
		for _, k := range b.direct[c] {
			if k.Kind == authz.KindSubject && !b.known(k) && b.mayBeSomebody(c) {
				b.addUnknown(standIn(k))
			}
		}
	}
}

// mayBeSomebody reports whether an id that a container lists and nothing has
// may be somebody that an incomplete list lacks.
func (b *builder) mayBeSomebody(container authz.Key) bool {
	complete := b.org(container.Org).complete
	switch container.Kind {
	case authz.KindTrusteeGroup:
		return true
	case authz.KindTeam:
		return !complete[authz.ListUsers]
	default:
		return !complete[authz.ListUsers] || !complete[authz.ListGroups]
	}
}

func (b *builder) addPrincipal(p Principal) {
	p.Division = NoDivision
	if !b.register(p.Key) {
		return
	}
	b.g.principals = append(b.g.principals, p)
}

func (b *builder) addContainer(n node) {
	if !b.register(n.key) {
		return
	}
	b.g.nodes = append(b.g.nodes, n)
}

func (b *builder) readPrincipals() error {
	users, err := b.userRecords()
	if err != nil {
		return err
	}
	b.named = make(map[subjectID]kinds, len(users))
	for i := range users {
		u := &users[i]
		if u.Trustee != "" {
			b.trusteeByKey[u.Key()] = u.Trustee
		}
		b.addPrincipal(Principal{
			Key: u.Key(), Name: u.Name, Email: u.Email, State: u.State, Known: true, record: u, Acts: true,
			Live: activeState(u.State) && (u.Trustee == "" || b.trustLive(u.Org, u.Trustee)),
		})
	}
	for c, err := range b.src.Clients() {
		if err != nil {
			return err
		}
		b.addPrincipal(Principal{
			Key: c.Key(), Name: c.Name, State: c.State, Known: true, Client: &c,
			Live: activeState(c.State), Acts: OwnAccess(c.GrantType),
		})
	}
	for _, t := range b.g.Trusts() {
		if !fullAccess(t) {
			continue
		}
		b.addPrincipal(Principal{
			Key:  authz.Key{Org: t.Org, Kind: authz.KindTrusteeOrganization, ID: t.ID},
			Name: t.Name, Known: true, Acts: true, Live: b.trustLive(t.Org, t.ID),
		})
	}
	return nil
}

// fullAccess reports whether a trust makes the trustee organization itself a principal.
func fullAccess(t authz.Trust) bool { return t.FullAccess == authz.True || t.DefaultRole == authz.True }

// OwnAccess reports whether an OAuth client with this grant type has access of
// its own. The others act as whoever signs in.
func OwnAccess(grantType string) bool {
	switch strings.NewReplacer("_", "", "-", "").Replace(authz.Fold(grantType)) {
	case "code", "token", "saml2bearer", "password":
		return false
	default:
		return true
	}
}

func (b *builder) readContainers() error {
	for gr, err := range b.src.Groups() {
		if err != nil {
			return err
		}
		b.groups[gr.Key()] = &gr
		if gr.Trustee != "" {
			b.trusteeByKey[gr.Key()] = gr.Trustee
			b.addPrincipal(Principal{
				Key: gr.Key(), Name: gr.Name, State: gr.State, Known: true, Group: &gr, Acts: true,
				Live: activeState(gr.State) && b.trustLive(gr.Org, gr.Trustee),
			})
			continue
		}
		b.addContainer(node{
			key: gr.Key(), name: gr.Name, active: activeState(gr.State),
			enabled: gr.RolesEnabled.OrTrue(), known: true, group: &gr,
		})
	}
	for t, err := range b.src.Teams() {
		if err != nil {
			return err
		}
		b.addContainer(node{key: t.Key(), name: t.Name, active: true, enabled: true, known: true})
	}
	return nil
}

// subjects returns those subjects of grants that somebody asks for, once each, sorted.
func (b *builder) subjects(keep func(authz.Key) bool) []authz.Key {
	seen := NewSet(len(b.keys))
	var out []authz.Key
	for _, r := range b.rows {
		if !seen.Has(uint32(r.Subject)) {
			seen.Add(uint32(r.Subject))
			if k := b.keys[r.Subject]; keep(k) {
				out = append(out, k)
			}
		}
	}
	slices.SortFunc(out, authz.Key.Compare)
	return out
}

// namedMembers returns those members of groups and teams that somebody asks for, once
// each, sorted. Members of containers that are gone, and of queues, do not count.
func (b *builder) namedMembers(keep func(authz.Key) bool) []authz.Key {
	seen := NewSet(len(b.keys))
	var out []authz.Key
	has := false
	for i, m := range b.members {
		if i == 0 || m.Container != b.members[i-1].Container {
			has = b.has(b.keys[m.Container])
		}
		if has && !seen.Has(uint32(m.Member)) {
			seen.Add(uint32(m.Member))
			if k := b.keys[m.Member]; keep(k) {
				out = append(out, k)
			}
		}
	}
	slices.SortFunc(out, authz.Key.Compare)
	return out
}

func (b *builder) addUnknownIf(cond bool, k authz.Key) {
	if cond {
		b.addUnknown(k)
	}
}

func (b *builder) addUnknown(k authz.Key) {
	b.addPrincipal(Principal{Key: k, Name: unknownName, Live: true, Acts: true})
}

// numberNodes sorts the principals, then the groups and teams, and gives them
// their numbers.
func (b *builder) numberNodes() {
	g := b.g
	g.principals = sortPrincipals(g.principals)
	slices.SortFunc(g.nodes, func(x, y node) int { return x.key.Compare(y.key) })
	b.named = nil
	g.index = newIndex(len(g.principals)+len(g.nodes), g.NodeKey)
	for i := range g.principals {
		k := g.principals[i].Key
		if k.Kind == authz.KindTrusteeOrganization && fullAccess(g.trusts[authz.Key{Org: k.Org, Kind: authz.KindTrust, ID: k.ID}]) {
			o := b.org(k.Org)
			o.totals = append(o.totals, uint32(i))
		}
	}
	g.acting, g.dormant = NewSet(len(g.principals)), NewSet(len(g.principals))
	for i := range g.principals {
		if p := &g.principals[i]; p.Acts && p.Live {
			g.acting.Add(uint32(i))
		} else if p.Acts {
			g.dormant.Add(uint32(i))
		}
	}
}

// sortPrincipals returns the principals in the order of every answer. Numbers
// are sorted instead of the records, which are long.
func sortPrincipals(list []Principal) []Principal {
	order := make([]uint32, len(list))
	for i := range order {
		order[i] = uint32(i)
	}
	parallel.SortFunc(order, func(i, j uint32) int {
		x, y := &list[i], &list[j]
		switch {
		case x.Key.Org != y.Key.Org:
			return cmp.Compare(x.Key.Org, y.Key.Org)
		case x.Key.Kind != y.Key.Kind:
			return compareKinds(x.Key.Kind, y.Key.Kind)
		case x.Name != y.Name:
			return cmp.Compare(x.Name, y.Name)
		default:
			return cmp.Compare(x.Key.ID, y.Key.ID)
		}
	})
	out := make([]Principal, len(list))
	parallel.Blocks(len(list), someMany, func(from, to int) {
		for i := from; i < to; i++ {
			out[i] = list[order[i]]
		}
	})
	return out
}

func compareKinds(x, y authz.Kind) int {
	if x == y {
		return 0
	}
	return cmp.Compare(x.String(), y.String())
}

// standIn is the key of the principal that stands for an id of which nobody
// knows what it is, or for a group or team that was not read.
func standIn(k authz.Key) authz.Key {
	return authz.Key{Org: k.Org, Kind: authz.KindUnknown, ID: k.ID}
}
