package graph

import (
	"cmp"
	"slices"
)

// A Choke is a role assignment, a membership or an ownership that ways to a goal
// pass through.
type Choke struct {
	Removal Removal
	// Owner says that it is an ownership of a group: without it the group is not its.
	Owner bool
	// Shortest is the number of principals whose shortest way, of equal ones the
	// first, passes through it.
	Shortest int
	// CutOff is the number of principals that have a way, and none without it; -1: it
	// was not worked out. Of a role assignment it is at most Shortest.
	CutOff int
	rests  int // how many principals' shortest way could rest on it
}

// ChokeOptions bound a search for what ways pass through.
type ChokeOptions struct {
	Sure    bool
	MaxHops int
	// First is how many are to be found that cut off most; 0: all.
	First int
	// Evaluations is how many are taken away, to count whom it cuts off; 0 is no bound.
	Evaluations int
}

// Chokes ranks what the ways of some principals to a goal pass through: by how many
// principals have no way left without it. Whom one cuts off is counted by taking it
// away and following the ways that are left: first what most ways could rest on, until
// no other role assignment can cut off more. (Of memberships one more could, where a
// scope or condition speaks of the members of groups.)
func (e *Escalations) Chokes(from Set, goal Goal, o ChokeOptions) []Choke {
	c := chokeCount{e: e, o: o, find: e.PathsTo(goal), at: map[Removal]int{}}
	reaching := NewSet(len(e.g.principals))
	e.eachReaching(from, goal, o.Sure, o.MaxHops, func(p uint32, hops int) {
		reaching.Add(p)
		c.add(p, hops)
	})
	slices.SortFunc(c.list, func(x, y Choke) int {
		return cmp.Or(cmp.Compare(y.rests, x.rests), e.g.compareRemovals(x.Removal, y.Removal))
	})
	var known []int // cut off by those that were taken away, most first
	for i := range c.list {
		x := &c.list[i]
		enough := o.First > 0 && len(known) >= o.First && known[o.First-1] >= x.rests
		if enough || (o.Evaluations > 0 && i >= o.Evaluations) {
			break
		}
		left := e.without(x.Removal).ReachingGoal(reaching, goal, o.Sure, o.MaxHops)
		x.CutOff = reaching.Len() - left.Len()
		at, _ := slices.BinarySearchFunc(known, x.CutOff, func(a, b int) int { return b - a })
		known = slices.Insert(known, at, x.CutOff)
	}
	slices.SortStableFunc(c.list, func(x, y Choke) int {
		return cmp.Or(cmp.Compare(y.CutOff, x.CutOff), cmp.Compare(y.Shortest, x.Shortest))
	})
	return c.list
}

// without is the escalation graph without something.
func (e *Escalations) without(r Removal) *Escalations {
	return e.g.Without([]Removal{r}).Escalations(e.ways)
}

// ReachingGoal returns those of some principals that could come to a goal by at most
// some number of steps.
func (e *Escalations) ReachingGoal(from Set, goal Goal, sure bool, maxHops int) Set {
	out := NewSet(len(e.g.principals))
	e.eachReaching(from, goal, sure, maxHops, func(p uint32, _ int) { out.Add(p) })
	return out
}

func (e *Escalations) eachReaching(from Set, goal Goal, sure bool, maxHops int, yield func(p uint32, hops int)) {
	find := e.PathsTo(goal)
	c := e.climber(sure)
	shared := map[uint32][]Gained{} // from the first place on that is the goal, in the order of their steps
	for p := range from.All() {
		class, ok := e.classOf[p]
		if !ok {
			continue
		}
		goals := find.goals(p)
		gains, seen := shared[class]
		if !seen || e.personal {
			gains = c.could(p).Gains
			is := func(x Gained) bool { _, is := goals.places[x.At]; return is }
			gains = gains[max(slices.IndexFunc(gains, is), 0):]
			shared[class] = gains
		}
		i := slices.IndexFunc(gains, func(x Gained) bool { _, is := goals.of(x.At, p); return is })
		if i >= 0 && gains[i].Hops <= maxHops {
			yield(p, gains[i].Hops)
		}
	}
}

// A chokeCount counts what the shortest ways of principals pass through.
type chokeCount struct {
	e    *Escalations
	o    ChokeOptions
	find *Pathfinder
	list []Choke
	at   map[Removal]int
}

// add counts what the shortest way of a principal rests on.
func (c *chokeCount) add(p uint32, hops int) {
	ways := c.find.Paths(p, PathOptions{Sure: c.o.Sure, MaxHops: hops, Limit: 1, first: true})
	if len(ways.Found) == 0 {
		return
	}
	g := c.e.g
	surely := &basis{g: g, c: &cutter{g: g, o: g.orgOf(g.principals[p].Key.Org)}}
	maybe := *surely
	owns := map[Removal]bool{}
	for _, v := range ways.Found[0].Moves {
		maybe.move(v)
		if v.Reason == nil {
			surely.move(v)
			owns[Removal{Kind: RemoveMember, Node: v.By.Principal(), Into: v.Node}] = true
			continue
		}
		surely.reason(v.By.Principal(), *v.Reason)
		c.owners(v, owns)
	}
	for _, r := range maybe.list {
		if r.Kind != RemoveGrant && r.Kind != RemoveMember {
			continue
		}
		i, ok := c.at[r]
		if !ok {
			i = len(c.list)
			c.at[r] = i
			c.list = append(c.list, Choke{Removal: r, Owner: owns[r], CutOff: -1})
		}
		c.list[i].rests++
		if slices.Contains(surely.list, r) {
			c.list[i].Shortest++
		}
	}
}

// owners notes what a move rests on because somebody owns a group.
func (c *chokeCount) owners(v Move, owns map[Removal]bool) {
	from := v.By.Principal()
	for _, h := range v.Reason.Path {
		if h.Owner && !h.Joined {
			owns[Removal{Kind: RemoveMember, Node: from, Into: h.Into}] = true
		}
		from = h.Into
	}
}
