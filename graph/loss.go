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
func (g *Graph) Losses(after *Graph) func(p uint32) []Loss {
	d := &Difference{Old: g, New: after, commons: map[string]*common{}}
	d.joinDivisions()
	d.joinThings()
	ids := map[string][]uint32{} // by organization: number of both graphs → of the universe
	return func(p uint32) []Loss {
		key := g.principals[p].Key
		u, ok := d.commons[key.Org]
		if !ok {
			u = d.common(key.Org).fork()
			d.commons[key.Org] = u
			for _, m := range u.perms {
				ids[key.Org] = append(ids[key.Org], g.Perm(key.Org, m.Pattern).ID)
			}
		}
		u.scratch.reset()
		o := u.compare(Pair{Key: key, Old: p, New: p})
		var out []Loss
		for _, s := range o.slots {
			for _, x := range s.changes {
				if l, less := u.loss(o, s.at, x, ids[key.Org]); less {
					out = append(out, l)
				}
			}
		}
		return out
	}
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
