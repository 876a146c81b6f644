package graph

import "iter"

// A RoleSpread is who holds one role over some divisions: live principals that
// act, each once in a list, in no order.
type RoleSpread struct {
	Role uint32
	// In hold it by a grant in one of the divisions or in all; Out hold it by a
	// grant elsewhere. Somebody may be in both.
	In, Out []uint32
	// DoubtIn and DoubtOut hold it only through a group that is not
	// role-enabled: what they have of it is conditional.
	DoubtIn, DoubtOut []uint32
}

// Spread yields, for each role of an organization that anybody holds, who holds
// it over some divisions, sorted by role. The lists are valid until the next.
func (g *Graph) Spread(orgID string, divs Set) iter.Seq[RoleSpread] {
	return func(yield func(RoleSpread) bool) {
		o := g.orgOf(orgID)
		if o == nil {
			return
		}
		w := spreader{g: g, divs: divs, seen: make([]uint8, len(g.principals))}
		for i := 0; i < len(g.cells); {
			role := g.cells[i].role
			end := i
			for end < len(g.cells) && g.cells[end].role == role {
				end++
			}
			if g.roles[role].org == o && !yield(w.role(role, g.cells[i:end])) {
				return
			}
			i = end
		}
	}
}

// A spreader works out one role after the other. Most roles have few holders: it
// looks at these alone, and not at a set of everybody.
type spreader struct {
	g       *Graph
	divs    Set
	seen    []uint8 // by principal: how it holds the role
	touched []uint32
	out     RoleSpread
}

const (
	spreadIn = 1 << iota
	spreadOut
	spreadDoubtIn
	spreadDoubtOut
)

func (w *spreader) role(role uint32, cells []cell) RoleSpread {
	g := w.g
	n := len(g.principals)
	for _, c := range cells {
		sure, doubt := uint8(spreadOut), uint8(spreadDoubtOut)
		if c.div == AnyDivision || w.divs.Has(c.div) {
			sure, doubt = spreadIn, spreadDoubtIn
		}
		for _, node := range g.posting[c.from:c.to] {
			if int(node) < n {
				w.note(node, sure)
			}
			if !g.actedFor.Has(node) {
				continue
			}
			for _, p := range g.actors.of(node) {
				if p&mark != 0 {
					w.note(p&^mark, doubt)
				} else {
					w.note(p, sure)
				}
			}
		}
	}
	return w.sort(role)
}

func (w *spreader) note(p uint32, how uint8) {
	if w.seen[p] == 0 {
		w.touched = append(w.touched, p)
	}
	w.seen[p] |= how
}

// sort puts those who were seen into lists, and forgets them.
func (w *spreader) sort(role uint32) RoleSpread {
	s := RoleSpread{role, w.out.In[:0], w.out.Out[:0], w.out.DoubtIn[:0], w.out.DoubtOut[:0]}
	for _, p := range w.touched {
		how := w.seen[p]
		w.seen[p] = 0
		if !w.g.acting.Has(p) {
			continue
		}
		if how&spreadIn != 0 {
			s.In = append(s.In, p)
		} else if how&spreadDoubtIn != 0 {
			s.DoubtIn = append(s.DoubtIn, p)
		}
		if how&spreadOut != 0 {
			s.Out = append(s.Out, p)
		} else if how&spreadDoubtOut != 0 {
			s.DoubtOut = append(s.DoubtOut, p)
		}
	}
	w.touched = w.touched[:0]
	w.out = s
	return s
}

// RoleSpan returns how far a role carries any of some permissions (numbers of
// its organization's universe): over the divisions that it is granted in, and
// over the others. Policies that a scope or condition narrows are left out (see
// [Graph.EachNarrowed]), and access policies are not looked at.
func (g *Graph) RoleSpan(role uint32, want Set) (in, out Level) {
	r := &g.roles[role]
	free, open := want.Clone(), want.Clone()
	free.And(r.org.uni.free)
	open.And(r.org.uni.unknown)
	s := r.span(want, free, open)
	return s.in, s.out
}

// RolePermissions returns the permissions that a role gives with nothing that
// narrows them, of those wanted: all of them for total control or a role that
// was not read.
func (g *Graph) RolePermissions(role uint32, want Set) Set {
	r := &g.roles[role]
	s := want.Clone()
	if !r.admin && !r.maybe() {
		s.And(r.wide)
	}
	return s
}

// PolicyMarked returns the permissions of an organization that an active access
// policy speaks of.
func (g *Graph) PolicyMarked(orgID string) Set {
	o := g.orgOf(orgID)
	if o == nil {
		return nil
	}
	s := NewSet(len(o.uni.perms))
	for _, a := range o.policies {
		s.Or(a.perms)
	}
	return s
}
