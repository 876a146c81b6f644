package report

import "github.com/grantgraph/grantgraph/graph"

// A scale measures the reach of one principal over many single divisions: what its
// grants carry everywhere is weighed once. For each division it says what
// [gauge.measure] says.
type scale struct {
	g    *gauge
	list []held
	// at are the grants in each division, by their place in list.
	at map[uint32][]int
	// wide is what the grants carry into every division, whichever they are made in.
	wide graph.Set
	// everywhere and over are the first grant in all divisions and the first that
	// reaches over from any other; -1: none. ways is how many of both there are.
	everywhere, over, ways int
	plain                  int // the number of wide
	scratch                graph.Set
}

// newScale weighs grants. It takes the list and the map over.
func (g *gauge) newScale(list []held, at map[uint32][]int) *scale {
	clear(at)
	n := len(g.b.g.Universe(g.org.id))
	s := &scale{g: g, list: list, at: at, wide: graph.NewSet(n), scratch: graph.NewSet(n), everywhere: -1, over: -1}
	for i := range list {
		h := &list[i]
		if g.in[h.Role] == nil {
			continue
		}
		carried, first := g.out[h.Role], &s.over
		if h.Division == graph.AnyDivision {
			carried, first = g.in[h.Role], &s.everywhere
		} else {
			at[h.Division] = append(at[h.Division], i)
		}
		if carried.Empty() {
			continue
		}
		s.ways++
		or(s.wide, carried)
		if *first < 0 {
			*first = i
		}
	}
	s.plain = s.wide.Len()
	return s
}

// measure counts the permissions that reach a division and picks the way in to
// show, as [gauge.measure] does.
func (s *scale) measure(div uint32, rest []leftover) (int, Via) {
	here := s.at[div]
	best, ways, n := -1, s.ways, s.plain
	if len(here)+len(rest) > 0 {
		copy(s.scratch, s.wide)
		for _, i := range here {
			role := s.list[i].Role
			if !s.g.out[role].Empty() {
				ways--
			}
			if s.g.in[role].Empty() {
				continue
			}
			ways++
			or(s.scratch, s.g.in[role])
			if best < 0 {
				best = i
			}
		}
		for i := range rest {
			or(s.scratch, rest[i].perms)
		}
		n = s.scratch.Len()
	}
	if best < 0 {
		best = s.everywhere
	}
	if best < 0 {
		best = s.over
	}
	if best < 0 && len(rest) > 0 {
		one := graph.NewSet(len(s.g.b.g.Divisions()))
		one.Add(div)
		for i := range rest {
			if best < 0 {
				best = through(s.list, rest[i].role, one)
			}
		}
		ways = max(ways, 1)
	}
	if best < 0 {
		return 0, Via{}
	}
	v := s.g.b.via(s.list[best])
	v.Others = ways - 1
	return n, v
}
