package report

import (
	"math/bits"

	"github.com/grantgraph/grantgraph/graph"
)

// A gauge measures how far a principal's grants reach, for one selection of an
// organization's permissions: how many of them, and through which grant.
// Whether a principal has access at all is never decided here: the graph says.
type gauge struct {
	b   *builder
	org *orgIndex
	// in and out are, by role, the permissions that nothing narrows and that reach
	// the granted division, and those that reach all the others too; nil for
	// other organizations' roles.
	in, out []graph.Set
}

func (b *builder) newGauge(x *orgIndex, of graph.Set) *gauge {
	g := &gauge{b: b, org: x, in: make([]graph.Set, b.g.Roles()), out: make([]graph.Set, b.g.Roles())}
	wide := of.Clone()
	wide.And(x.out)
	for n := range g.in {
		r := b.g.Role(uint32(n))
		if r.Key.Org != x.id {
			continue
		}
		switch {
		case r.Admin || b.unread(r):
			g.in[n], g.out[n] = of, of
		default:
			g.in[n], g.out[n] = both(r.Permissions, of), both(r.Permissions, wide)
		}
	}
	return g
}

// unread reports whether a role, or one it inherits from, may carry everything
// since nobody read it.
func (b *builder) unread(r graph.Role) bool {
	if !r.Known {
		return true
	}
	for _, q := range r.Inherited {
		if !b.g.Role(q).Known {
			return true
		}
	}
	return false
}

// held is what one principal holds: its grants, each with the group that it
// comes through ([noGroup]: none).
type held struct {
	graph.Grant
	group uint32
}

const noGroup = ^uint32(0)

// holdings returns a principal's grants, its own first.
func (b *builder) holdings(p uint32, into []held) []held {
	for _, n := range b.g.Acts(p) {
		group := n
		if n == p {
			group = noGroup
		}
		for _, gr := range b.grantsOf(n) {
			into = append(into, held{gr, group})
		}
	}
	return into
}

// measure counts the permissions that some grants carry into any of a set of
// divisions, and picks the way in to show: granted there, else granted
// everywhere, else reaching over from elsewhere; own grants before groups'. What
// a scope or condition leaves is told by rest.
func (g *gauge) measure(list []held, divs graph.Set, rest []leftover, scratch graph.Set) (int, way) {
	clear(scratch)
	best, rank, ways := -1, 0, 0
	for i := range list {
		h := &list[i]
		if g.in[h.Role] == nil {
			continue
		}
		carried, r := g.out[h.Role], 1
		switch {
		case h.Division == graph.AnyDivision:
			carried, r = g.in[h.Role], 2
		case divs.Has(h.Division):
			carried, r = g.in[h.Role], 3
		}
		if carried.Empty() {
			continue
		}
		ways++
		or(scratch, carried)
		if r > rank {
			best, rank = i, r
		}
	}
	for i := range rest {
		or(scratch, rest[i].perms)
		if best < 0 {
			best = through(list, rest[i].role, divs)
			ways = max(ways, 1)
		}
	}
	if best < 0 {
		return 0, way{grant: -1}
	}
	return scratch.Len(), way{best, ways - 1}
}

// through finds the grant of a role that leads into some divisions, or else any
// grant of it; -1 is none.
func through(list []held, role uint32, divs graph.Set) int {
	best := -1
	for i := range list {
		h := &list[i]
		if h.Role != role {
			continue
		}
		if h.Division == graph.AnyDivision || divs.Has(h.Division) {
			return i
		}
		if best < 0 {
			best = i
		}
	}
	return best
}

func both(a, b graph.Set) graph.Set {
	s := a.Clone()
	s.And(b)
	return s
}

func or(s, o graph.Set) {
	for i := range min(len(s), len(o)) {
		s[i] |= o[i]
	}
}

// A way is what reach is shown to come through: a grant by its place in the list, -1
// if there is none, and how many others give reach too.
type way struct{ grant, others int }

// shown spells a way out that is one of a list of grants.
func (b *builder) shown(w way, list []held) Via {
	if w.grant < 0 {
		return Via{}
	}
	v := b.via(list[w.grant])
	v.Others = w.others
	return v
}

func (b *builder) via(h held) Via {
	v := Via{Role: b.roleName[h.Role], Division: b.divisionName(h.Division)}
	if h.group != noGroup {
		v.Group = nameOr(b.g.NodeName(h.group), b.g.NodeKey(h.group).ID)
	}
	return v
}

// lengthOf is the number of members of the intersection of three sets.
func lengthOf(a, b, c graph.Set) int {
	n := 0
	for i := range min(len(a), len(b), len(c)) {
		n += bits.OnesCount64(a[i] & b[i] & c[i])
	}
	return n
}
