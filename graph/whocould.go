package graph

import (
	"slices"
)

// A CouldReach says after how many steps a principal could have some access,
// and how far it then reaches: the widest after the least number of steps.
type CouldReach struct {
	Principal uint32
	Hops      int
	Level     Level
}

// Who answers who could have the access that a query asks for, in the order of
// the principals. If sure is set, only documented ways are followed.
func (e *Escalations) Who(q Query, sure bool) []CouldReach {
	o := e.g.orgOf(q.Org)
	if o == nil || len(q.Permissions) == 0 || q.Divisions.Empty() {
		return nil
	}
	a := e.newWhoAsked(o, q)
	listed := e.g.acting
	if q.Dormant {
		listed = listed.Clone()
		listed.Or(e.g.dormant)
	}
	c := e.climber(sure)
	shared := map[uint32]CouldReach{}
	var out []CouldReach
	for p := range listed.All() {
		if e.g.principals[p].Key.Org != q.Org {
			continue
		}
		r := CouldReach{Principal: p, Level: a.holders.Level(p)}
		at, gains := e.classOf[p]
		if r.Level == None && gains {
			one, seen := shared[at]
			if !seen || a.personal || e.personal {
				one = a.climbed(c.could(p))
				shared[at] = one
			}
			r.Hops, r.Level = one.Hops, one.Level
		}
		if r.Level != None {
			out = append(out, r)
		}
	}
	return out
}

// whoAsked is a query with what every place gives of it.
type whoAsked struct {
	e       *Escalations
	o       *org
	q       Query
	holders Holders // dormant ones too: an account that is taken over is brought back
	hubs    map[Place]Level
	groups  []Level // by node: what joining it gives
	// personal says that what a joined group gives depends on who joins it.
	personal bool
}

func (e *Escalations) newWhoAsked(o *org, q Query) *whoAsked {
	a := &whoAsked{e: e, o: o, q: q, hubs: map[Place]Level{}, groups: make([]Level, e.nodes())}
	a.q.Dormant = true
	a.holders = e.g.Who(a.q)
	a.personal = a.dependsOnJoiner()
	at := e.g.orgIndex[o.id]
	a.nodes()
	for _, n := range e.groupsOf(o.id) {
		a.raise(e.orgHub(at, HubGroups), a.groups[n])
	}
	for p := range a.holders.All().All() {
		level := a.holders.Level(p)
		if e.g.mayBeClient(p) {
			a.raise(e.orgHub(at, HubClients), level)
		}
		if e.g.mayBeUser(p) {
			a.raiseUsers(at, p, level)
		}
	}
	a.raise(e.orgHub(at, HubTotal), Whole)
	return a
}

func (a *whoAsked) raise(at Place, l Level) { a.hubs[at] = max(a.hubs[at], l) }

func (a *whoAsked) raiseUsers(org int, p uint32, l Level) {
	divs := a.o.divs
	if d := a.e.g.principals[p].Division; d != NoDivision {
		divs = NewSet(len(a.e.g.divisions))
		divs.Add(d)
	}
	for _, live := range []bool{true, false} {
		if (live && !a.e.g.principals[p].Live) || (!live && !a.e.g.kept(p)) {
			continue
		}
		a.raise(a.e.usersOf(org, AnyDivision, live), l)
		for d := range divs.All() {
			a.raise(a.e.usersOf(org, d, live), l)
		}
	}
}

// dependsOnJoiner reports whether the answer for a joined group depends on the
// principal that joins it: on its scopes, or on access policies.
func (a *whoAsked) dependsOnJoiner() bool {
	if _, marked := a.o.splitByPolicy(a.q.Permissions); len(marked) > 0 {
		return true
	}
	for _, lines := range a.e.g.narrowLines(a.o, a.q.Permissions) {
		if slices.ContainsFunc(lines, func(l narrowLine) bool { return !a.e.g.fixed(a.o, l.line) }) {
			return true
		}
	}
	return false
}

// nodes works out what the grants of each group give, then what joining it
// gives: its own and those of the groups that hold it.
func (a *whoAsked) nodes() {
	g := a.e.g
	spans, lines := g.spans(a.o, a.q.Permissions), g.narrowLines(a.o, a.q.Permissions)
	own := make([]Level, len(a.groups))
	for i := range g.cells {
		c := &g.cells[i]
		level := spans[c.role].out
		if c.div == AnyDivision || a.q.Divisions.Has(c.div) {
			level = max(level, spans[c.role].in)
		}
		for _, nl := range lines[c.role] {
			if g.fixed(a.o, nl.line) {
				level = max(level, a.narrowed(c, nl))
			}
		}
		for _, n := range g.posting[c.from:c.to] {
			own[n] = max(own[n], level)
		}
	}
	for n, above := range a.e.above {
		for _, m := range above {
			level := own[m&^mark]
			if m&mark != 0 || !g.enabled(n) {
				level = min(level, Conditional)
			}
			a.groups[n] = max(a.groups[n], level)
		}
	}
}

// narrowed is how far a narrowed line reaches that is the same for everybody.
func (a *whoAsked) narrowed(c *cell, nl narrowLine) Level {
	in, beyond := a.e.g.extentOf(c.div, nl.family.one, a.q.Divisions)
	r := a.e.g.reachOver(a.e.g.narrow(a.o, nl.line, nl.family.one, Actor{}), in, beyond)
	if r.level == Limited && a.q.Thing != nil && !slices.Contains(r.things, *a.q.Thing) {
		return None
	}
	return r.level
}

// climbed returns the widest reach after the least number of steps.
func (a *whoAsked) climbed(c *Could) CouldReach {
	joined := false
	for i := 0; i < len(c.Gains); {
		hops, level := c.Gains[i].Hops, None
		for ; i < len(c.Gains) && c.Gains[i].Hops == hops; i++ {
			level = max(level, a.level(c.Gains[i].At))
			joined = joined || a.e.isGroup(c.Gains[i].At)
		}
		if joined && a.personal && level != Whole {
			level = max(level, a.asJoined(c.Source, c.Joined(hops)))
		}
		if level != None {
			return CouldReach{Principal: c.Source, Hops: hops, Level: level}
		}
	}
	return CouldReach{}
}

// level is what a place gives. What a group gives that depends on who joins it
// is worked out for the whole of its groups.
func (a *whoAsked) level(at Place) Level {
	n, node := a.e.Node(at)
	switch {
	case a.personal && a.e.isGroup(at):
		return None
	case !node:
		return a.hubs[at]
	case int(n) < len(a.e.g.principals):
		return a.holders.Level(n)
	default:
		return a.groups[n]
	}
}

// asJoined is the widest reach of a principal that joined groups.
func (a *whoAsked) asJoined(p uint32, joined []uint32) Level {
	as, out := a.e.g.As(p, joined), None
	for _, m := range a.q.Permissions {
		for d := range a.q.Divisions.All() {
			out = max(out, a.e.g.levelOf(as, m, d, a.q.Thing))
			if out == Whole {
				return out
			}
		}
	}
	return out
}

// levelOf is the widest reach of an actor's permission over a division, where of
// limited reach only that counts which has the thing, if there is one.
func (g *Graph) levelOf(a Actor, m Perm, d uint32, thing *Thing) Level {
	out := None
	for _, r := range g.ReasonsOf(a, m, d) {
		if r.Level == Limited && thing != nil && !slices.Contains(r.Things, *thing) {
			continue
		}
		out = max(out, r.Level)
	}
	return out
}
