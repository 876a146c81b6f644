package graph

import (
	"encoding/binary"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A slot is what a principal reaches in one division.
type slot struct {
	whole, conditional Set // disjoint when done
	// limited are permissions with what they leave; each permission is in one.
	limited []limitedReach
}

type limitedReach struct {
	perms      Set
	things     []Thing // by the numbers of both graphs, sorted
	unresolved bool
}

// spots returns the divisions in which a principal's reach may differ from that
// in a division nobody speaks of, as numbers of both graphs.
func (l *lens) spots(p uint32, out []uint32) []uint32 {
	if l.o == nil || p == NoPrincipal || !l.g.acting.Has(p) {
		return out
	}
	for _, n := range l.g.acts.of(p) {
		for _, gr := range l.g.grantsOf(n &^ mark) {
			r := l.roles[gr.role]
			if len(r.narrow) > 0 && (gr.div == AnyDivision || r.differs) {
				return append(out, l.u.divs...)
			}
			if gr.div != AnyDivision {
				out = append(out, l.both(gr.div))
			}
		}
	}
	return out
}

// both returns the number in both graphs of a division of this one.
func (l *lens) both(div uint32) uint32 {
	i, _ := slices.BinarySearchFunc(l.u.d.Divisions, l.g.divisions[div].Key, func(v Division, k authz.Key) int { return v.Key.Compare(k) })
	return uint32(i)
}

// look returns what a principal reaches in some divisions, in their order, and,
// last, in a division nobody speaks of.
func (l *lens) look(p uint32, divs []uint32) []slot {
	out := make([]slot, len(divs)+1)
	for i := range out {
		out[i] = slot{whole: l.u.scratch.set(len(l.perms)), conditional: l.u.scratch.set(len(l.perms))}
	}
	if l.o == nil || p == NoPrincipal || !l.g.acting.Has(p) {
		return out
	}
	for _, node := range l.g.acts.of(p) {
		for _, gr := range l.g.grantsOf(node &^ mark) {
			l.addGrant(out, divs, p, gr, node&mark != 0)
		}
	}
	if l.g.principals[p].Key.Kind == authz.KindTrusteeOrganization {
		l.addEverything(out)
	}
	for i := range out {
		l.finish(&out[i], p)
	}
	return out
}

func (l *lens) addEverything(out []slot) {
	for i := range out {
		out[i].conditional.Or(l.u.all)
	}
}

// here returns the number in this graph of a slot's division.
func (l *lens) here(divs []uint32, i int) uint32 {
	if i == len(divs) {
		return nowhere
	}
	return l.div[divs[i]]
}

func (l *lens) addGrant(out []slot, divs []uint32, p uint32, gr holding, doubt bool) {
	r := l.roles[gr.role]
	if r.everything {
		l.addEverything(out)
	}
	for i := range out {
		s := &out[i]
		sure := s.whole
		if doubt {
			sure = s.conditional
		}
		here := l.here(divs, i)
		if gr.div == AnyDivision || gr.div == here {
			sure.Or(r.wide)
		} else {
			sure.Or(r.wideFree)
			s.conditional.Or(r.wideOpen)
		}
		for _, x := range r.narrow {
			for _, f := range x.families {
				s.add(l, f, l.narrowReach(x.line, f, p, gr.div, here, doubt))
			}
		}
	}
}

// narrowReach is what a line leaves of a family of permissions in a division.
func (l *lens) narrowReach(ln *line, f family, p, granted, here uint32, doubt bool) reachOf {
	var r reachOf
	switch {
	case granted == AnyDivision || granted == here || f.one.Aware == authz.False:
		r = l.g.over(l.g.narrow(l.o, ln, f.one, l.g.actor(p)), here)
	case f.one.Aware == authz.Unknown:
		r = l.g.over(l.g.narrow(l.o, ln, f.one, l.g.actor(p)), here).doubted()
	}
	if doubt {
		r = r.doubted()
	}
	return r
}

func (s *slot) add(l *lens, f family, r reachOf) {
	switch r.level {
	case Whole:
		s.whole.Or(f.perms)
	case Conditional:
		s.conditional.Or(f.perms)
	case Limited:
		s.limited = append(s.limited, limitedReach{l.u.scratch.clone(f.perms), l.numbers(r.things), r.unresolved})
	default:
	}
}

// numbers returns things by the numbers of both graphs, sorted.
func (l *lens) numbers(list []Thing) []Thing {
	out := slices.Clone(list)
	if l == l.u.old {
		for i, t := range out {
			out[i] = l.u.d.oldThing[t]
		}
		slices.Sort(out)
	}
	return out
}

// finish applies access policies and makes the levels disjoint.
func (l *lens) finish(s *slot, p uint32) {
	for _, a := range l.policies {
		if a.policy.matches.Has(p) {
			hit := l.u.scratch.and(s.whole, a.perms)
			s.conditional.Or(hit)
			s.whole.AndNot(hit)
		}
		if a.policy.denied.Has(p) {
			s.whole.AndNot(a.perms)
			s.conditional.AndNot(a.perms)
			for i := range s.limited {
				s.limited[i].perms.AndNot(a.perms)
			}
		}
	}
	s.conditional.AndNot(s.whole)
	if len(s.limited) > 0 {
		l.uniteLimited(s, p)
	}
}

// uniteLimited puts each permission of limited reach into one entry.
func (l *lens) uniteLimited(s *slot, p uint32) {
	parts := s.limited
	all := l.u.scratch.set(len(l.perms))
	for _, x := range parts {
		all.Or(x.perms)
	}
	all.AndNot(s.whole)
	all.AndNot(s.conditional)
	s.limited = nil
	at := map[string]int{}
	for id := range all.All() {
		var one limitedReach
		for _, x := range parts {
			if x.perms.Has(id) {
				one.things = union(one.things, x.things)
				one.unresolved = one.unresolved || x.unresolved
			}
		}
		for _, a := range l.policies {
			one.unresolved = one.unresolved || (a.policy.matches.Has(p) && a.perms.Has(id))
		}
		k := one.key()
		i, ok := at[k]
		if !ok {
			i = len(s.limited)
			at[k] = i
			one.perms = l.u.scratch.set(len(l.perms))
			s.limited = append(s.limited, one)
		}
		s.limited[i].perms.Add(id)
	}
}

func (r limitedReach) key() string {
	b := make([]byte, 0, 4*len(r.things)+1)
	for _, t := range r.things {
		b = binary.LittleEndian.AppendUint32(b, t)
	}
	if r.unresolved {
		b = append(b, 1)
	}
	return string(b)
}

// A reachPart is permissions of a slot with the same reach.
type reachPart struct {
	perms Set
	level Level
	limitedReach
}

// parts returns the slot by reach, what is not reached first.
func (c *common) parts(s *slot) []reachPart {
	none := c.scratch.andNot(c.all, s.whole)
	none.AndNot(s.conditional)
	out := make([]reachPart, 3, 3+len(s.limited))
	out[0] = reachPart{perms: none}
	out[1] = reachPart{perms: s.whole, level: Whole}
	out[2] = reachPart{perms: s.conditional, level: Conditional, limitedReach: limitedReach{unresolved: true}}
	for _, x := range s.limited {
		none.AndNot(x.perms)
		out = append(out, reachPart{perms: x.perms, level: Limited, limitedReach: x})
	}
	return out
}

// A slotChange is permissions whose reach in one division is not what it was.
type slotChange struct {
	perms    Set
	from, to reachPart
}

// compareSlots returns what differs between two slots.
func (c *common) compareSlots(a, b *slot) []slotChange {
	if len(a.limited) == 0 && len(b.limited) == 0 && slices.Equal(a.whole, b.whole) && slices.Equal(a.conditional, b.conditional) {
		return nil
	}
	var out []slotChange
	to := c.parts(b)
	for _, x := range c.parts(a) {
		for _, y := range to {
			if !x.perms.Meets(y.perms) || x.level == y.level && (x.level != Limited || x.key() == y.key()) {
				continue
			}
			out = append(out, slotChange{c.scratch.and(x.perms, y.perms), x, y})
		}
	}
	return out
}
