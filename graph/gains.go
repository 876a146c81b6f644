package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A right is a line of a role's closure that gives an escalation permission.
type right struct {
	way  uint16
	perm Perm
	line *line // nil: a role that was not read and may carry everything
	// personal says that what it gives depends on who holds it: on the
	// principal's own groups, or on an access policy that takes it away.
	personal bool
}

// collector gathers what an actor gains in one step.
type collector struct {
	e   *Escalations
	o   *org
	at  int // index of the organization
	a   Actor
	out []edge
}

// which of the rights are looked at.
type which uint8

const (
	allRights      which = iota
	sharedRights         // those that give the same to whoever holds them
	personalRights       // the others
)

func (w which) takes(r *right) bool {
	return w == allRights || (w == personalRights) == r.personal
}

// gains returns what an actor gains in one step by permissions, tidied.
func (e *Escalations) gains(a Actor, w which) []edge { return e.tidy(e.edges(a, w)) }

// edges returns what an actor gains in one step, by each permission.
func (e *Escalations) edges(a Actor, w which) []edge {
	key := e.g.principals[a.p].Key
	c := &collector{e: e, a: a, at: e.g.orgIndex[key.Org], o: e.g.orgOf(key.Org)}
	for _, n := range a.acts {
		c.add(n&^mark, w)
	}
	if key.Kind == authz.KindTrusteeOrganization && w != personalRights {
		for _, m := range e.perms[c.at] {
			if !c.o.denies(m.perm.Pattern, a.p) {
				c.everything(m.way)
			}
		}
	}
	return c.out
}

// groupGains returns what joining a group gives to whoever joins it, apart from
// personal rights.
func (e *Escalations) groupGains(n uint32, above []uint32) []edge {
	key := e.g.NodeKey(n)
	c := &collector{e: e, a: Actor{}, at: e.g.orgIndex[key.Org], o: e.g.orgOf(key.Org)}
	for _, m := range above {
		c.add(m&^mark, sharedRights)
	}
	return e.tidy(c.out)
}

// add adds what the grants of a node give.
func (c *collector) add(n uint32, w which) {
	for _, gr := range c.e.g.grantsOf(n) {
		rights := c.e.rights[gr.role]
		for i := range rights {
			r := &rights[i]
			if !w.takes(r) || (r.personal && c.o.denies(r.perm.Pattern, c.a.p)) {
				continue
			}
			c.right(r, gr.div)
		}
	}
}

func (c *collector) put(to Place, way uint16) { c.out = append(c.out, edge{to, way}) }

// everything adds what a way gives where it reaches everything.
func (c *collector) everything(way uint16) { c.over(way, AnyDivision) }

// over adds what a way gives where it reaches everything in a division, or in all.
func (c *collector) over(way uint16, d uint32) {
	if way == c.e.holdsTotal() {
		c.put(c.e.orgHub(c.at, HubTotal), way)
		return
	}
	switch c.e.ways[way].Gains {
	case authz.GainLiveUsersInReach:
		c.put(c.e.usersOf(c.at, d, true), way)
	case authz.GainUsersInReach:
		c.put(c.e.usersOf(c.at, d, false), way)
	case authz.GainLiveUsers:
		c.put(c.e.orgHub(c.at, HubLiveUsers), way)
	case authz.GainUsers:
		c.put(c.e.orgHub(c.at, HubUsers), way)
	case authz.GainGroups:
		c.put(c.e.orgHub(c.at, HubGroups), way)
	case authz.GainClients:
		c.put(c.e.orgHub(c.at, HubClients), way)
	case authz.GainTotal:
		c.put(c.e.orgHub(c.at, HubTotal), way)
	case authz.GainOwnedGroups: // given by ownership, not by a permission
	}
}

// right adds what a line gives that is granted in a division.
func (c *collector) right(r *right, granted uint32) {
	if r.line == nil {
		c.everything(r.way)
		return
	}
	everywhere := granted == AnyDivision || r.line.pattern == authz.Admin || r.perm.Aware != authz.True
	if r.line.narrowed == 0 {
		if everywhere {
			granted = AnyDivision
		}
		c.over(r.way, granted)
		return
	}
	n := c.e.g.narrow(c.o, r.line, r.perm, c.a)
	if !everywhere {
		c.left(r.way, granted, c.e.g.over(n, granted))
		return
	}
	c.left(r.way, AnyDivision, n.everywhere())
	for d := range c.o.divs.All() {
		c.left(r.way, d, c.e.g.over(n, d))
	}
}

// left adds what a way gives over what a scope and a condition leave.
func (c *collector) left(way uint16, d uint32, r reachOf) {
	switch {
	case r.level == None:
	case r.level != Limited:
		c.over(way, d)
	case !c.inReach(way):
		c.everything(way)
	default:
		live := c.e.ways[way].Gains == authz.GainLiveUsersInReach
		for _, t := range r.things {
			if int(t) < len(c.e.g.principals) && c.e.g.mayBeUser(t) && c.works(t, live) {
				c.put(Place(t), way)
			}
		}
	}
}

// inReach reports whether a way works only over the users that are reached.
func (c *collector) inReach(way uint16) bool {
	if way == c.e.holdsTotal() {
		return false
	}
	g := c.e.ways[way].Gains
	return g == authz.GainLiveUsersInReach || g == authz.GainUsersInReach
}

func (c *collector) works(p uint32, live bool) bool {
	if live {
		return c.e.g.principals[p].Live
	}
	return c.e.g.kept(p)
}

// readRights finds, for each role, the lines that give an escalation permission.
func (e *Escalations) readRights() {
	e.rights = make([][]right, len(e.g.roles))
	e.perms = make([][]right, len(e.g.orgs))
	for i, o := range e.g.orgs {
		e.perms[i] = e.escalationPerms(o)
		for _, n := range o.roles {
			e.rights[n] = e.rightsOf(o, &e.g.roles[n], e.perms[i])
		}
	}
}

// escalationPerms returns the permissions of an organization that give an
// escalation: those that the data names, whether the universe holds them or
// not, and for a wildcard all that it covers.
func (e *Escalations) escalationPerms(o *org) []right {
	var out []right
	add := func(way int, p Perm) {
		out = append(out, right{way: uint16(way), perm: p, personal: o.mayDeny(p.Pattern)})
	}
	for w, x := range e.ways {
		for _, p := range x.Permissions {
			add(w, e.g.Perm(o.id, p))
			for _, u := range o.uni.perms {
				if p.IsWild() && p != u.Pattern && p.Covers(u.Pattern) && !u.Pattern.IsLegacy() {
					add(w, u)
				}
			}
		}
	}
	add(len(e.ways), e.g.Perm(o.id, authz.Admin))
	return out
}

// mayDeny reports whether an enforced deny takes a permission from anybody.
func (o *org) mayDeny(m authz.Pattern) bool {
	return slices.ContainsFunc(o.policies, func(a accessPolicy) bool { return a.target.Covers(m) && !a.denied.Empty() })
}

func (e *Escalations) rightsOf(o *org, r *role, perms []right) []right {
	var out []right
	for _, m := range perms {
		if r.maybe() {
			out = append(out, m)
		}
		for _, q := range r.closure {
			for i := range e.g.roles[q].own {
				l := &e.g.roles[q].own[i]
				if !l.pattern.Covers(m.perm.Pattern) {
					continue
				}
				x := m
				x.line, x.personal = l, m.personal || (l.narrowed != 0 && !e.g.fixed(o, l))
				out = append(out, x)
			}
		}
	}
	return out
}
