package report

import "github.com/grantgraph/grantgraph/graph"

// A scale measures the reach of one principal after the other over many single
// divisions: what its grants carry everywhere is weighed once. For each division it
// says what [gauge.measure] says.
type scale struct {
	g    *gauge
	list []held
	// first is the first grant in each division, as its place in list counted from 1;
	// next leads from each grant to the next one in its division. 0: none.
	first, next []int32
	// wide is what the grants carry into every division, whichever they are made in.
	wide graph.Set
	// everywhere and over are the first grant in all divisions and the first that
	// reaches over from any other; -1: none. ways is how many of both there are.
	everywhere, over, ways int
	plain                  int // the number of wide
	scratch, one           graph.Set
}

func (g *gauge) newScale() *scale {
	n, divs := len(g.b.g.Universe(g.org.id)), len(g.b.g.Divisions())
	return &scale{g: g, first: make([]int32, divs), wide: graph.NewSet(n), scratch: graph.NewSet(n), one: graph.NewSet(divs)}
}

// weigh turns to the grants of another principal. They must not change until the next.
func (s *scale) weigh(list []held) {
	clear(s.first)
	clear(s.wide)
	s.list, s.next = list, append(s.next[:0], make([]int32, len(list)+1)...)
	s.everywhere, s.over, s.ways = -1, -1, 0
	for i := len(list) - 1; i >= 0; i-- {
		h := &list[i]
		if s.g.in[h.Role] == nil {
			continue
		}
		carried, first := s.g.out[h.Role], &s.over
		if h.Division == graph.AnyDivision {
			carried, first = s.g.in[h.Role], &s.everywhere
		} else {
			s.next[i+1], s.first[h.Division] = s.first[h.Division], int32(i+1)
		}
		if !carried.Empty() {
			s.ways++
			or(s.wide, carried)
			*first = i
		}
	}
	s.plain = s.wide.Len()
}

// measure counts the permissions that reach a division and picks the way in to
// show, as [gauge.measure] does.
func (s *scale) measure(div uint32, rest []leftover) (int, way) {
	best, ways, n := -1, s.ways, s.plain
	if s.first[div] > 0 || len(rest) > 0 {
		copy(s.scratch, s.wide)
		for i := s.first[div]; i > 0; i = s.next[i] {
			role := s.list[i-1].Role
			if !s.g.out[role].Empty() {
				ways--
			}
			if s.g.in[role].Empty() {
				continue
			}
			ways++
			or(s.scratch, s.g.in[role])
			if best < 0 {
				best = int(i - 1)
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
		best, ways = s.remains(div, rest), max(ways, 1)
	}
	if best < 0 {
		return 0, way{grant: -1}
	}
	return n, way{best, ways - 1}
}

// remains finds the grant by which a narrowed policy leads into a division.
func (s *scale) remains(div uint32, rest []leftover) int {
	s.one.Add(div)
	defer s.one.Remove(div)
	for i := range rest {
		if best := through(s.list, rest[i].role, s.one); best >= 0 {
			return best
		}
	}
	return -1
}
