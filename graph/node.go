package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func activeState(s string) bool { return s == "" || strings.EqualFold(s, "active") }

// buildNodes makes the principals, groups and teams: those that records
// describe, and those that only a grant or membership names where the list that
// would describe them is not complete.
func (b *builder) buildNodes() error {
	if err := b.readPrincipals(); err != nil {
		return err
	}
	if err := b.readContainers(); err != nil {
		return err
	}
	b.addTrusteeMembers()
	b.addNamed()
	b.numberNodes()
	return nil
}

func (b *builder) addPrincipal(p Principal) {
	b.org(p.Key.Org)
	p.Division = NoDivision
	if _, dup := b.g.nodeIndex[p.Key]; dup {
		return
	}
	b.g.nodeIndex[p.Key] = 0
	b.g.principals = append(b.g.principals, p)
}

func (b *builder) addContainer(n node) {
	b.org(n.key.Org)
	if _, dup := b.g.nodeIndex[n.key]; dup {
		return
	}
	b.g.nodeIndex[n.key] = 0
	b.g.nodes = append(b.g.nodes, n)
}

func (b *builder) readPrincipals() error {
	for u, err := range b.src.Users() {
		if err != nil {
			return err
		}
		b.addPrincipal(Principal{
			Key: u.Key(), Name: u.Name, Email: u.Email, State: u.State, Known: true, User: &u, Acts: true,
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
		if t.FullAccess != authz.True && t.DefaultRole != authz.True {
			continue
		}
		b.addPrincipal(Principal{
			Key:  authz.Key{Org: t.Org, Kind: authz.KindTrusteeOrganization, ID: t.ID},
			Name: t.Name, Known: true, Acts: true, Live: b.trustLive(t.Org, t.ID),
		})
	}
	return nil
}

// OwnAccess reports whether an OAuth client with this grant type has access of
// its own. The others act as whoever signs in.
func OwnAccess(grantType string) bool {
	switch strings.ToUpper(strings.ReplaceAll(grantType, "_", "-")) {
	case "CODE", "TOKEN", "SAML2-BEARER", "SAML2BEARER", "PASSWORD":
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
		if gr.Trustee != "" {
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

// addNamed makes nodes of subjects and members that no record describes.
func (b *builder) addNamed() {
	for _, l := range b.lists {
		b.addNamedContainer(l.Container)
	}
	var typeless []authz.Key
	for _, k := range b.subjects() {
		if _, ok := b.g.nodeIndex[k]; ok {
			continue
		}
		switch k.Kind {
		case authz.KindUser:
			b.addUnlessComplete(k, authz.ListUsers)
		case authz.KindClient:
			b.addUnlessComplete(k, authz.ListClients)
		case authz.KindGroup, authz.KindTeam:
			b.addNamedContainer(k)
		case authz.KindSubject:
			typeless = append(typeless, k)
		default:
			b.addUnknown(k)
		}
	}
	b.indexIDs()
	for _, k := range typeless {
		if len(b.g.bySubject[subjectID{k.Org, k.ID}]) == 0 {
			k.Kind = authz.KindUnknown
			b.addUnknown(k)
		}
	}
	for _, k := range b.namedMembers() {
		if len(b.g.bySubject[subjectID{k.Org, k.ID}]) == 0 && b.mayBeSomebody(k.Org) {
			k.Kind = authz.KindUnknown
			b.addUnknown(k)
		}
	}
}

// subjects returns the subjects of grants, once each, sorted.
func (b *builder) subjects() []authz.Key {
	seen := NewSet(len(b.keys))
	var out []authz.Key
	for _, r := range b.rows {
		if !seen.Has(uint32(r.Subject)) {
			seen.Add(uint32(r.Subject))
			out = append(out, b.keys[r.Subject])
		}
	}
	slices.SortFunc(out, authz.Key.Compare)
	return out
}

// namedMembers returns the members of groups and teams, once each, sorted.
// Members of queues hold nothing by it: routing is not authorization.
func (b *builder) namedMembers() []authz.Key {
	seen := NewSet(len(b.keys))
	var out []authz.Key
	for _, m := range b.members {
		if c := b.keys[m.Container].Kind; c != authz.KindGroup && c != authz.KindTeam {
			continue
		}
		if !seen.Has(uint32(m.Member)) {
			seen.Add(uint32(m.Member))
			out = append(out, b.keys[m.Member])
		}
	}
	slices.SortFunc(out, authz.Key.Compare)
	return out
}

// mayBeSomebody reports whether a member without a record may be a person all
// the same: where the lists of users, own or trustees', are not complete.
func (b *builder) mayBeSomebody(orgID string) bool {
	c := b.org(orgID).complete
	return !c[authz.ListUsers] || !c[authz.ListTrusteeUsers] || !c[authz.ListTrusteeGroups]
}

func (b *builder) addUnlessComplete(k authz.Key, l authz.List) {
	if !b.org(k.Org).complete[l] {
		b.addUnknown(k)
	}
}

func (b *builder) addUnknown(k authz.Key) {
	b.addPrincipal(Principal{Key: k, Name: unknownName, Live: true, Acts: true})
}

// addNamedContainer makes a group or team that only a grant or a list of
// members names, unless the complete list of its kind lacks it.
func (b *builder) addNamedContainer(k authz.Key) {
	list := authz.ListGroups
	switch k.Kind {
	case authz.KindGroup:
	case authz.KindTeam:
		list = authz.ListTeams
	default:
		return
	}
	if !b.org(k.Org).complete[list] {
		b.addContainer(node{key: k, name: unknownName, active: true, enabled: true})
	}
}

// indexIDs finds nodes by id alone, for subjects whose type no source gave.
func (b *builder) indexIDs() {
	add := func(k authz.Key) {
		id := subjectID{k.Org, k.ID}
		b.g.bySubject[id] = append(b.g.bySubject[id], 0)
	}
	for i := range b.g.principals {
		if b.g.principals[i].Key.Kind != authz.KindTrusteeOrganization {
			add(b.g.principals[i].Key)
		}
	}
	for _, n := range b.g.nodes {
		add(n.key)
	}
}

// numberNodes sorts the principals, then the groups and teams, and gives them
// their numbers. For a group or team that was not read and whose members nobody
// told, a principal stands for whoever is in it.
func (b *builder) numberNodes() {
	b.addStandIns()
	g := b.g
	slices.SortFunc(g.principals, func(x, y Principal) int {
		return cmp.Or(cmp.Compare(x.Key.Org, y.Key.Org), cmp.Compare(x.Key.Kind.String(), y.Key.Kind.String()),
			cmp.Compare(x.Name, y.Name), cmp.Compare(x.Key.ID, y.Key.ID))
	})
	slices.SortFunc(g.nodes, func(x, y node) int { return x.key.Compare(y.key) })
	clear(g.bySubject)
	for i := range g.principals {
		b.number(g.principals[i].Key, uint32(i))
		if g.principals[i].Key.Kind == authz.KindTrusteeOrganization {
			o := b.org(g.principals[i].Key.Org)
			o.totals = append(o.totals, uint32(i))
		}
	}
	for i := range g.nodes {
		b.number(g.nodes[i].key, uint32(len(g.principals)+i))
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

func (b *builder) number(k authz.Key, n uint32) {
	b.g.nodeIndex[k] = n
	if k.Kind == authz.KindTrusteeOrganization {
		return
	}
	id := subjectID{k.Org, k.ID}
	b.g.bySubject[id] = append(b.g.bySubject[id], n)
}

func (b *builder) addStandIns() {
	listed := map[authz.Key]bool{}
	for _, l := range b.lists {
		listed[l.Container] = true
	}
	for _, n := range b.g.nodes {
		if !n.known && !listed[n.key] {
			b.addUnknown(standIn(n.key))
		}
	}
}

// standIn is the key of the principal that stands for the members of a group or
// team that the snapshot lacks.
func standIn(k authz.Key) authz.Key {
	return authz.Key{Org: k.Org, Kind: authz.KindUnknown, ID: k.ID}
}
