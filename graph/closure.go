package graph

import (
	"iter"
	"slices"
)

// A Could is everything that a principal could become or take, each with the
// least number of steps.
type Could struct {
	// Source is the principal that was asked about.
	Source uint32
	// Gains are places in the order of their steps, then of their numbers. The
	// source itself may be among them, where it could also take over itself.
	Gains []Gained
	// Total is after how many steps it is total; -1 is never.
	Total int

	e *Escalations
}

// A Gained is a place, and after how many steps it is reached: 0 only for the
// principal itself and for total control that it holds.
type Gained struct {
	At   Place
	Hops int
}

// A climber follows the escalation graph from one principal after the other.
type climber struct {
	e       *Escalations
	sure    bool
	hops    []int32 // by place; -1: not reached
	touched []Place
	level   []Place
	next    []Place
}

func (e *Escalations) climber(sure bool) *climber {
	c := &climber{e: e, sure: sure, hops: make([]int32, e.places())}
	for i := range c.hops {
		c.hops[i] = -1
	}
	return c
}

// Could answers what one principal could become, as if it were live. If sure is
// set, only documented ways are followed.
func (e *Escalations) Could(p uint32, sure bool) *Could { return e.climber(sure).could(p) }

// All yields what every live principal that could become anything could become,
// in the order of the principals.
func (e *Escalations) All(sure bool) iter.Seq[*Could] {
	return func(yield func(*Could) bool) {
		c := e.climber(sure)
		// One answer serves a class, where none of its rights is personal.
		shared := make([]*Could, len(e.classes))
		for p := range e.g.acting.All() {
			at, ok := e.classOf[p]
			if !ok {
				continue
			}
			out := shared[at]
			if out == nil || e.personal {
				out = c.could(p)
				shared[at] = out
			}
			own := *out
			own.Source = p
			if !yield(&own) {
				return
			}
		}
	}
}

func (c *climber) could(p uint32) *Could {
	out := &Could{Source: p, Total: -1, e: c.e}
	if at, ok := c.e.classOf[p]; ok {
		c.climb(p, c.e.classes[at].gains)
	}
	slices.SortFunc(c.touched, func(a, b Place) int {
		if c.hops[a] != c.hops[b] {
			return int(c.hops[a] - c.hops[b])
		}
		return cmpUint(uint32(a), uint32(b))
	})
	for _, at := range c.touched {
		g := Gained{at, int(c.hops[at])}
		out.Gains = append(out.Gains, g)
		if _, node := c.e.Node(at); !node && c.e.Hub(at).Kind == HubTotal {
			out.Total = g.Hops
		}
		c.hops[at] = -1
	}
	c.touched = c.touched[:0]
	return out
}

// climb goes from level to level: what is reached without a step stays on it.
func (c *climber) climb(p uint32, gains []edge) {
	c.level, c.next = c.level[:0], c.next[:0]
	c.follow(gains, 0)
	for hops := int32(0); ; hops++ {
		for i := 0; i < len(c.level); i++ {
			c.follow(c.e.out(c.level[i], p), hops)
		}
		if c.e.personal && slices.ContainsFunc(c.level, c.e.isGroup) && !c.complete(p) {
			// The groups that it joined are its own: what depends on them is seen anew.
			// Of what this gives, only total control is no step.
			c.follow(c.e.gains(c.e.g.As(p, c.joinedGroups(p, hops)), personalRights), hops)
		}
		if len(c.next) == 0 {
			return
		}
		c.level, c.next = c.next, c.level[:0]
		c.level = slices.DeleteFunc(c.level, func(at Place) bool { return c.hops[at] != hops+1 })
	}
}

// out returns the edges of a place that p reached.
func (e *Escalations) out(at Place, p uint32) []edge {
	n, node := e.Node(at)
	switch {
	case !node:
		return e.hubs[at]
	case int(n) >= len(e.g.principals):
		return e.groups[n]
	default:
		if class, ok := e.classOf[n]; ok && n != p {
			return e.classes[class].gains
		}
		return nil
	}
}

// follow takes edges from a level to it, or to the next one.
func (c *climber) follow(edges []edge, hops int32) {
	for _, x := range edges {
		if c.sure && !c.e.documented(x.way) {
			continue
		}
		steps := int32(c.e.steps(x.way))
		was := c.hops[x.to]
		if was >= 0 && was <= hops+steps {
			continue
		}
		if was < 0 {
			c.touched = append(c.touched, x.to)
		}
		c.hops[x.to] = hops + steps
		if steps == 0 {
			c.level = append(c.level, x.to)
		} else {
			c.next = append(c.next, x.to)
		}
	}
}

func (e *Escalations) isGroup(at Place) bool {
	if n, node := e.Node(at); node {
		return int(n) >= len(e.g.principals)
	}
	return e.Hub(at).Kind == HubGroups
}

// complete reports whether nothing is left to be gained in an organization.
func (c *climber) complete(p uint32) bool {
	org := c.e.g.orgIndex[c.e.g.principals[p].Key.Org]
	for _, k := range []HubKind{HubUsers, HubGroups, HubClients, HubTotal} {
		if c.hops[c.e.orgHub(org, k)] < 0 {
			return false
		}
	}
	return true
}

// joinedGroups returns the groups that were reached within some steps.
func (c *climber) joinedGroups(p uint32, within int32) []uint32 {
	var out []uint32
	for _, at := range c.touched {
		if c.hops[at] > within {
			continue
		}
		if n, node := c.e.Node(at); node {
			if int(n) >= len(c.e.g.principals) {
				out = append(out, n)
			}
		} else if c.e.Hub(at).Kind == HubGroups {
			return c.e.groupsOf(c.e.g.principals[p].Key.Org)
		}
	}
	return out
}

// groupsOf returns the groups of an organization that can be joined.
func (e *Escalations) groupsOf(org string) []uint32 {
	var out []uint32
	for n := range e.groups {
		if e.g.NodeKey(n).Org == org {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// Principal returns after how many steps a principal is gained, the source
// itself after none; ok is false if it never is.
func (c *Could) Principal(q uint32) (hops int, ok bool) {
	if q == c.Source {
		return 0, true
	}
	return c.first(func(at Place) bool {
		n, node := c.e.Node(at)
		return (node && n == q && !c.e.isGroup(at)) || (!node && c.e.Hub(at).Kind != HubGroups && c.e.in(at, q))
	})
}

// Group returns after how many steps a group is joined.
func (c *Could) Group(g uint32) (hops int, ok bool) {
	return c.first(func(at Place) bool {
		n, node := c.e.Node(at)
		return (node && n == g && c.e.isGroup(at)) || (!node && c.e.Hub(at).Kind == HubGroups && c.e.in(at, g))
	})
}

func (c *Could) first(is func(Place) bool) (hops int, ok bool) {
	for _, g := range c.Gains { // in the order of their steps
		if is(g.At) {
			return g.Hops, true
		}
	}
	return 0, false
}

// Joined returns the groups that are joined within some number of steps,
// ascending.
func (c *Could) Joined(within int) []uint32 {
	var out []uint32
	for _, x := range c.Gains {
		n, node := c.e.Node(x.At)
		switch {
		case x.Hops > within:
			return out
		case node && int(n) >= len(c.e.g.principals):
			out = append(out, n)
		case !node && c.e.Hub(x.At).Kind == HubGroups:
			return c.e.groupsOf(c.e.g.principals[c.Source].Key.Org)
		}
	}
	slices.Sort(out)
	return out
}
