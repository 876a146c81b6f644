package graph

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Thing is a resource that a scope or condition can leave: a user, by its
// number as a principal, or a queue, by its index in [Graph.Resources] behind
// the principals.
type Thing = uint32

// things knows which users and queues there are, where they lie and which
// groups and teams hold them.
type things struct {
	division []uint32 // by Thing; NoDivision lies in every division
	queue    map[string]map[string]Thing
	view     map[string]map[string]int
	queues   csr // node → queues that list it as a member or member group
	down     csr // node → nodes that it holds directly
	broken   map[string]restsOn
}

// restsOn says which of an organization's lists cannot be relied on.
type restsOn struct{ groups, teams, queues, views bool }

// ThingKey returns the key of a user or queue.
func (g *Graph) ThingKey(t Thing) authz.Key {
	if int(t) < len(g.principals) {
		return g.principals[t].Key
	}
	return g.resources[int(t)-len(g.principals)].Key()
}

// ThingDivision returns the division that a user or queue lies in;
// [NoDivision]: every one.
func (g *Graph) ThingDivision(t Thing) uint32 { return g.things.division[t] }

// FindThing returns the user or queue with a key.
func (g *Graph) FindThing(k authz.Key) (Thing, bool) {
	switch k.Kind {
	case authz.KindUser:
		return g.FindPrincipal(k)
	case authz.KindQueue:
		if i, ok := g.resIndex[k]; ok {
			return uint32(len(g.principals) + i), true
		}
	default: // nothing else can be singled out
	}
	return 0, false
}

// buildThings indexes users, queues and views for scopes and conditions.
func (b *builder) buildThings() error {
	b.placeThings()
	b.linkQueues()
	b.linkDown()
	b.doubtLists()
	return nil
}

// placeThings says where users, queues and views lie.
func (b *builder) placeThings() {
	g := b.g
	t := &g.things
	t.queue, t.view, t.broken = map[string]map[string]Thing{}, map[string]map[string]int{}, map[string]restsOn{}
	t.division = make([]uint32, len(g.principals)+len(g.resources))
	for p := range g.principals {
		t.division[p] = g.principals[p].Division
	}
	for i, r := range g.resources {
		d, ok := g.divIndex[authz.Key{Org: r.Org, Kind: authz.KindDivision, ID: r.Division}]
		if !ok {
			d = NoDivision
		}
		t.division[len(g.principals)+i] = d
		b.noteSkillGroups(r, d)
		if r.Kind == authz.KindQueue {
			put(t.queue, r.Org, r.ID, uint32(len(g.principals)+i))
		}
	}
	for i, v := range g.views {
		put(t.view, v.Org, v.ID, i)
	}
}

// doubtLists says which lists of the organizations no scope can rest on.
func (b *builder) doubtLists() {
	for _, o := range b.g.orgs {
		b.g.things.broken[o.id] = b.restsOn(o)
	}
}

// noteSkillGroups notes a queue that lists skill groups, or others whose members
// no source gives: whom it is assigned to is not determined.
func (b *builder) noteSkillGroups(r authz.Resource, d uint32) {
	for _, m := range r.MemberGroups {
		if len(memberGroupKinds(m.Type)) > 0 {
			continue
		}
		b.undetermined(Undetermined{
			Org: r.Org, Subject: r.Key(), SubjectName: r.Name, Division: r.Division, Scopes: true, anyRole: true,
			div: d, anyDiv: d == NoDivision,
			Why: "this queue lists a " + strings.ToLower(m.Type) + ", whose members are not read",
		})
	}
}

func put[T any](m map[string]map[string]T, org, id string, v T) {
	if m[org] == nil {
		m[org] = map[string]T{}
	}
	m[org][id] = v
}

// linkQueues links principals, groups and teams to the queues that list them.
func (b *builder) linkQueues() {
	g := b.g
	var pairs [][2]uint32
	for _, m := range b.queueMembers {
		q, ok := g.things.queue[b.keys[m.Container].Org][b.keys[m.Container].ID]
		if !ok {
			continue
		}
		for _, n := range b.queueMember(m.Member) {
			pairs = append(pairs, [2]uint32{n, q})
		}
	}
	for i, r := range g.resources {
		for _, mg := range r.MemberGroups {
			for _, n := range b.memberGroup(r.Org, mg) {
				pairs = append(pairs, [2]uint32{n, uint32(len(g.principals) + i)})
			}
		}
	}
	slices.SortFunc(pairs, func(x, y [2]uint32) int { return compareEdge(x[0], x[1], y[0], y[1]) })
	g.things.queues = newCSR(len(g.principals)+len(g.nodes), slices.Compact(pairs))
}

// queueMember returns the nodes that a queue's member stands for. A user whom
// an incomplete list lacks may be the one of whom only the id is known.
func (b *builder) queueMember(r authz.Ref) []uint32 {
	nodes, k := b.nodesOf(r), b.keys[r]
	if len(nodes) > 0 || k.Kind != authz.KindUser || b.org(k.Org).complete[authz.ListUsers] {
		return nodes
	}
	if n, ok := b.g.find(standIn(k)); ok {
		return []uint32{n}
	}
	return nil
}

// memberGroup returns the groups and teams that a queue's entry names: by id
// and type, an entry without a type by id alone.
func (b *builder) memberGroup(org string, m authz.MemberGroup) []uint32 {
	var out []uint32
	for _, k := range memberGroupKinds(m.Type) {
		if n, ok := b.g.find(authz.Key{Org: org, Kind: k, ID: m.ID}); ok {
			out = append(out, n)
		}
	}
	return out
}

// memberGroupKinds returns what an entry of a type can name. Skill groups are
// not read; a type that is not known may be any group or team.
func memberGroupKinds(t string) []authz.Kind {
	switch strings.ReplaceAll(authz.Fold(t), "_", "") {
	case "group":
		return []authz.Kind{authz.KindGroup, authz.KindTrusteeGroup}
	case "team":
		return []authz.Kind{authz.KindTeam}
	case "skillgroup":
		return nil
	default:
		return []authz.Kind{authz.KindGroup, authz.KindTrusteeGroup, authz.KindTeam}
	}
}

func (b *builder) linkDown() {
	g := b.g
	var pairs [][2]uint32
	for n := range len(g.principals) + len(g.nodes) {
		for _, to := range g.up.of(uint32(n)) {
			pairs = append(pairs, [2]uint32{to &^ mark, uint32(n)})
		}
	}
	g.things.down = newCSR(len(g.principals)+len(g.nodes), pairs)
}

// restsOn says what a scope of the organization must not rest on: lists that
// were not read completely, member lists of single groups, teams and queues included.
func (b *builder) restsOn(o *org) restsOn {
	r := restsOn{
		groups: !o.complete[authz.ListGroups] || !o.complete[authz.ListGroupMembers],
		teams:  !o.complete[authz.ListTeams] || !o.complete[authz.ListTeamMembers],
		queues: !o.complete[authz.ListQueues] || !o.complete[authz.ListQueueMembers],
		views:  !o.complete[authz.ListViews],
	}
	for _, n := range b.g.nodes {
		if n.key.Org != o.id || n.read {
			continue
		}
		if n.key.Kind == authz.KindTeam {
			r.teams = true
		} else {
			r.groups = true
		}
	}
	read := map[string]bool{}
	for _, l := range b.lists {
		if l.Container.Org == o.id && l.Container.Kind == authz.KindQueue && !l.Partial {
			read[l.Container.ID] = true
		}
	}
	for id := range b.g.things.queue[o.id] {
		if !read[id] {
			r.queues = true
		}
	}
	return r
}

// QueuesOf returns the queues that list a principal, group or team as a member
// or member group, ascending. The caller must not change it.
func (g *Graph) QueuesOf(n uint32) []Thing { return g.things.queues.of(n) }
