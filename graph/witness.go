package graph

// A Witness is how a principal could come to some access: the moves, and who
// then has the access, unless everything is open to it.
type Witness struct {
	Moves []Move
	// By has the access after the moves: the principal that was asked about, with
	// groups that it joined, or one that it gained.
	By    Actor
	Total bool
}

// Witnesses returns a function that finds, for what [Escalations.Who] told of a
// principal, a shortest way to as wide a reach; ok is false if it needs no step.
func (e *Escalations) Witnesses(q Query, sure bool) func(CouldReach) (Witness, bool) {
	o := e.g.orgOf(q.Org)
	if o == nil {
		return func(CouldReach) (Witness, bool) { return Witness{}, false }
	}
	a := e.newWhoAsked(o, q)
	return func(r CouldReach) (Witness, bool) {
		if r.Hops == 0 {
			return Witness{}, false
		}
		return a.witness(r, sure)
	}
}

func (a *whoAsked) witness(r CouldReach, sure bool) (Witness, bool) {
	c := a.e.Could(r.Principal, sure)
	f := a.e.pathfinder(c, sure)
	if joined := a.joinedFor(c, r); joined != nil {
		w := Witness{By: a.e.g.As(r.Principal, joined)}
		for _, n := range joined {
			w.Moves = append(w.Moves, f.toNode(n, true)...)
		}
		return w, true
	}
	for q := range a.holders.All().All() {
		if a.holders.Level(q) != r.Level {
			continue
		}
		if hops, gained := c.Principal(q); gained && hops == r.Hops && q != r.Principal {
			return Witness{Moves: f.toNode(q, false), By: a.e.g.actor(q)}, true
		}
	}
	if c.Total >= 0 && c.Total == r.Hops {
		return Witness{Moves: a.e.PathToTotal(c, sure), By: a.e.g.actor(r.Principal), Total: true}, true
	}
	return Witness{}, false
}

// joinedFor returns the groups by which the principal itself has the access: one
// if that is enough; nil if it is not by groups.
func (a *whoAsked) joinedFor(c *Could, r CouldReach) []uint32 {
	joined := c.Joined(r.Hops)
	level := func(groups []uint32) Level {
		if a.personal {
			return a.asJoined(c.Source, groups)
		}
		return a.groups[groups[0]]
	}
	for _, n := range joined {
		if level([]uint32{n}) == r.Level {
			return []uint32{n}
		}
	}
	if !a.personal || len(joined) < 2 || level(joined) != r.Level {
		return nil
	}
	return fewest(joined, func(less []uint32) bool { return level(less) == r.Level })
}
