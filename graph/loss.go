package graph

// A Loss is some permissions over some divisions of which a principal has less in
// one graph than in another.
type Loss struct {
	// Permissions are numbers of the universe, Divisions of [Graph.Divisions].
	Permissions, Divisions Set
	// Level is what is left of the reach: a lesser one, or fewer things.
	Level Level
}

// Losses compares the reach of principals in this graph and in what [Graph.Without]
// made of it. The function that it returns tells what one principal has less.
func (g *Graph) Losses(after *Graph) func(p uint32) []Loss { return g.Lessening().Losses(after) }

// A Lessening compares a graph with what [Graph.Without] makes of it, time and again:
// what is the same in all of them is worked out once. It is not safe for use by
// several goroutines.
type Lessening struct {
	g     *Graph
	d     Difference
	bases map[string]*lesseningBase // by organization
}

// A lesseningBase is an organization as it is, compared with itself.
type lesseningBase struct {
	common *common
	ids    []uint32 // number of both graphs → of the universe
}

// Lessening returns what compares the graph with less of it.
func (g *Graph) Lessening() *Lessening {
	l := &Lessening{g: g, d: Difference{Old: g, New: g, commons: map[string]*common{}}, bases: map[string]*lesseningBase{}}
	l.d.joinDivisions()
	l.d.joinThings()
	return l
}

func (l *Lessening) base(org string) *lesseningBase {
	b, ok := l.bases[org]
	if !ok {
		b = &lesseningBase{common: l.d.common(org).fork()}
		for _, m := range b.common.perms {
			b.ids = append(b.ids, l.g.Perm(org, m.Pattern).ID)
		}
		l.bases[org] = b
	}
	return b
}

// Losses compares with one graph that is less: records have the same numbers there,
// and the universe is the same.
func (l *Lessening) Losses(after *Graph) func(p uint32) []Loss {
	d := l.d
	d.New = after
	commons := map[string]*common{}
	return func(p uint32) []Loss {
		key := l.g.principals[p].Key
		b := l.base(key.Org)
		u, ok := commons[key.Org]
		if !ok {
			u = b.common.lessened(&d)
			commons[key.Org] = u
		}
		u.scratch.reset()
		o := u.compare(Pair{Key: key, Old: p, New: p})
		var out []Loss
		for _, s := range o.slots {
			for _, x := range s.changes {
				if l, less := u.loss(o, s.at, x, b.ids); less {
					out = append(out, l)
				}
			}
		}
		return out
	}
}

// lessened returns a common of a graph and itself as one of it and what is less: of
// that, roles are looked at only where they were made anew.
func (c *common) lessened(d *Difference) *common {
	u := *c
	old, latest := *c.old, *c.old
	u.d, u.old, u.latest = d, &old, &latest
	old.u, latest.u = &u, &u
	latest.g, latest.o = d.New, d.New.orgOf(c.org)
	latest.policies = nil
	for i := range latest.o.policies {
		a := &latest.o.policies[i]
		latest.policies = append(latest.policies, policyLens{a, latest.covered(a.target)})
	}
	if n := len(d.Old.roles); n > 0 && &d.Old.roles[0] != &d.New.roles[0] {
		u.same = map[uint32]bool{}
		latest.roles = make([]*roleLens, n)
		for _, r := range latest.o.roles {
			latest.roles[r] = latest.role(r)
		}
	}
	return &u
}

// loss is what is less after a change; less is false if it is more.
func (c *common) loss(o *outcome, at uint32, x slotChange, ids []uint32) (l Loss, less bool) {
	if x.to.level > x.from.level || (x.to.level == x.from.level && within(setOf(x.from.things), setOf(x.to.things))) {
		return Loss{}, false
	}
	l = Loss{Permissions: NewSet(len(ids)), Divisions: NewSet(len(c.d.Divisions)), Level: x.to.level}
	for id := range x.perms.All() {
		l.Permissions.Add(ids[id])
	}
	spread := Change{Divisions: l.Divisions}
	c.spread(&spread, at, o, true)
	return l, !spread.Divisions.Empty()
}

func setOf(list []Thing) Set {
	if len(list) == 0 {
		return nil
	}
	s := NewSet(int(list[len(list)-1]) + 1) // they are sorted
	for _, t := range list {
		s.Add(t)
	}
	return s
}
