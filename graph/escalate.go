package graph

import (
	"encoding/binary"
	"slices"
	"sync"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Escalations is the escalation graph: who could become whom, and by what. Its
// vertices are the classes of principals that hold an escalation permission or
// own groups, the groups that can be joined, and hubs; it stays small however
// many people an organization has. It is immutable.
type Escalations struct {
	g    *Graph
	ways []authz.Escalation

	perms  [][]right // by organization: the permissions that give something
	rights [][]right // by role
	owned  map[uint32][]uint32

	classes []EscalationClass
	classOf map[uint32]uint32 // principal → index in classes
	above   map[uint32][]uint32
	groups  map[uint32][]edge // by group: what joining it gives
	hubs    map[Place][]edge  // by hub: what its members gain, taken together
	// personal says that some right depends on who holds it.
	personal bool

	// What only paths need is made when it is first asked for.
	members   func() map[Place][]uint32
	placeWalk func() placeWalk
}

// An EscalationClass is principals that gain the same in one step, and that the
// same hubs stand for.
type EscalationClass struct {
	// Members are sorted; the first stands for the class.
	Members []uint32
	gains   []edge
}

// Escalations works out the escalation graph for some ways to become more.
func (g *Graph) Escalations(ways []authz.Escalation) *Escalations {
	e := &Escalations{
		g: g, ways: slices.Clone(ways), owned: map[uint32][]uint32{}, classOf: map[uint32]uint32{},
		above: map[uint32][]uint32{}, groups: map[uint32][]edge{}, hubs: map[Place][]edge{},
	}
	e.readRights()
	for _, list := range e.rights {
		e.personal = e.personal || slices.ContainsFunc(list, func(r right) bool { return r.personal })
	}
	e.readOwners()
	e.readClasses()
	e.readGroups()
	e.joinHubs()
	e.members, e.placeWalk = sync.OnceValue(e.hubMembers), sync.OnceValue(e.makePlaceWalk)
	return e
}

// Ways returns the ways to become more that were followed.
func (e *Escalations) Ways() []authz.Escalation { return e.ways }

// readOwners finds the active groups among whose owners each principal is.
func (e *Escalations) readOwners() {
	if e.ownership() < 0 {
		return
	}
	for i := range e.g.nodes {
		n := &e.g.nodes[i]
		if n.group == nil || !n.active {
			continue
		}
		for _, id := range n.group.Owners {
			for _, p := range e.g.withID(n.key.Org, id) {
				if int(p) < len(e.g.principals) {
					e.owned[p] = append(e.owned[p], uint32(len(e.g.principals)+i))
				}
			}
		}
	}
	for p, list := range e.owned {
		slices.Sort(list)
		e.owned[p] = slices.Compact(list)
	}
}

// ownership is the way that owning a group is, or -1.
func (e *Escalations) ownership() int {
	return slices.IndexFunc(e.ways, func(x authz.Escalation) bool { return x.Gains == authz.GainOwnedGroups })
}

// direct returns what a principal gains in one step, as it is today.
func (e *Escalations) direct(p uint32) []edge {
	out := e.gains(e.g.actor(p), allRights)
	for _, n := range e.owned[p] {
		out = append(out, edge{Place(n), uint16(e.ownership())})
	}
	return e.tidy(out)
}

// readClasses sorts the principals that gain anything into classes.
func (e *Escalations) readClasses() {
	index := map[string]uint32{}
	var key []byte
	for i := range e.g.principals {
		p := uint32(i)
		if !e.g.acting.Has(p) && !e.g.dormant.Has(p) {
			continue
		}
		if !e.mayGain(p) {
			continue
		}
		key = e.signature(key[:0], p)
		at, seen := index[string(key)]
		if !seen {
			at = uint32(len(e.classes))
			index[string(key)] = at
			e.classes = append(e.classes, EscalationClass{gains: e.direct(p)})
		}
		e.classes[at].Members = append(e.classes[at].Members, p)
	}
	e.classes = slices.DeleteFunc(e.classes, func(c EscalationClass) bool { return len(c.gains) == 0 })
	for at, c := range e.classes {
		for _, p := range c.Members {
			e.classOf[p] = uint32(at)
		}
	}
}

// mayGain reports whether a principal owns a group, or holds a role with a line
// that gives an escalation permission: most people do not.
func (e *Escalations) mayGain(p uint32) bool {
	if len(e.owned[p]) > 0 || e.g.principals[p].Key.Kind == authz.KindTrusteeOrganization {
		return true
	}
	for _, n := range e.g.acts.of(p) {
		for _, gr := range e.g.grantsOf(n &^ mark) {
			if len(e.rights[gr.role]) > 0 {
				return true
			}
		}
	}
	return false
}

// signature appends what principals that gain the same have in common.
func (e *Escalations) signature(sig []byte, p uint32) []byte {
	pr := &e.g.principals[p]
	flags := byte(0)
	for i, yes := range []bool{
		pr.Live, e.g.kept(p), e.g.mayBeUser(p), e.g.mayBeClient(p), e.g.mayBeJoined(p),
		pr.Key.Kind == authz.KindTrusteeOrganization,
	} {
		if yes {
			flags |= 1 << i
		}
	}
	u32 := binary.LittleEndian.AppendUint32
	sig = u32(append(sig, flags), uint32(e.g.orgIndex[pr.Key.Org]))
	sig = u32(sig, pr.Division)
	own := pr.Key.Kind == authz.KindTrusteeOrganization
	for _, h := range e.g.Holdings(p) {
		if rights := e.rights[h.Role]; len(rights) > 0 {
			sig = u32(u32(sig, h.Role), h.Division)
			own = own || slices.ContainsFunc(rights, func(r right) bool { return r.personal })
		}
	}
	sig = u32(sig, NoDivision) // the end of the holdings
	for _, n := range e.owned[p] {
		sig = u32(sig, n)
	}
	if own {
		sig = u32(u32(sig, NoDivision), p)
	}
	return sig
}

// readGroups works out what joining each group gives.
func (e *Escalations) readGroups() {
	w := walker{g: e.g, state: make([]uint8, e.nodes())}
	for n := range uint32(e.nodes()) {
		if !e.g.mayBeJoined(n) {
			continue
		}
		var above []uint32
		for _, m := range w.acts(n) {
			k := e.g.NodeKey(m &^ mark)
			if k.Org == e.g.NodeKey(n).Org && k.Kind != authz.KindTeam {
				above = append(above, m)
			}
		}
		e.above[n] = above
		e.groups[n] = e.groupGains(n, above)
	}
}

// joinHubs takes together what the members of each hub gain.
func (e *Escalations) joinHubs() {
	add := func(at Place, list []edge) { e.hubs[at] = append(e.hubs[at], list...) }
	for i := range e.classes {
		c := &e.classes[i]
		p, org := c.Members[0], e.g.orgIndex[e.g.principals[c.Members[0]].Key.Org]
		if e.g.mayBeClient(p) {
			add(e.orgHub(org, HubClients), c.gains)
		}
		if !e.g.mayBeUser(p) {
			continue
		}
		for _, live := range []bool{true, false} {
			if (live && !e.g.principals[p].Live) || (!live && !e.g.kept(p)) {
				continue
			}
			add(e.usersOf(org, AnyDivision, live), c.gains)
			if d := e.g.principals[p].Division; d != NoDivision {
				add(e.usersOf(org, d, live), c.gains)
				continue
			}
			for d := range e.g.orgs[org].divs.All() {
				add(e.usersOf(org, d, live), c.gains)
			}
		}
	}
	for n, list := range e.groups {
		add(e.orgHub(e.g.orgIndex[e.g.NodeKey(n).Org], HubGroups), list)
	}
	for at, list := range e.hubs {
		e.hubs[at] = e.tidy(list)
	}
}

// Class returns the number of a principal's class; ok is false for who gains
// nothing.
func (e *Escalations) Class(p uint32) (class uint32, ok bool) {
	class, ok = e.classOf[p]
	return class, ok
}

// ActsAs returns what who joins a group acts as: the group itself, and those
// that hold it; nil for a group that cannot be joined.
func (e *Escalations) ActsAs(n uint32) []uint32 {
	var out []uint32
	for _, m := range e.above[n] {
		out = append(out, m&^mark)
	}
	return out
}

// Reaching returns who has the access that a query asks for, live or not, and
// the groups that give it to whoever joins them.
func (e *Escalations) Reaching(q Query) (principals Set, groups map[uint32]bool) {
	groups = map[uint32]bool{}
	o := e.g.orgOf(q.Org)
	if o == nil || len(q.Permissions) == 0 || q.Divisions.Empty() {
		return NewSet(len(e.g.principals)), groups
	}
	a := e.newWhoAsked(o, q)
	for n, level := range a.groups {
		if level != None {
			groups[uint32(n)] = true
		}
	}
	return a.holders.All(), groups
}

// Undetermined returns the roles of an organization that were not read wholly
// and that nobody holds today, if there is somebody whom escalation could lead to
// them: such a role may give anything.
func (e *Escalations) Undetermined(orgID string) []Undetermined {
	gains := func(p uint32) bool { return e.g.principals[p].Key.Org == orgID && e.mayGain(p) }
	if !slices.ContainsFunc(slices.Collect(e.g.acting.All()), gains) {
		return nil
	}
	var out []Undetermined
	for _, u := range e.g.idle {
		if u.Org == orgID {
			out = append(out, u)
		}
	}
	return out
}

// HubsOf returns the hubs that stand for a principal.
func (e *Escalations) HubsOf(p uint32) []Place {
	return e.hubsOf(e.g.orgIndex[e.g.principals[p].Key.Org], p)
}
