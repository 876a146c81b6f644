package graph

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A First finds one derivation for each of many principals: of the first
// permission that a principal has whole, over the first division over which it
// has. It looks at each role once, then at the subjects of the assignments that give
// what comes first, one after the other: nobody's assignments are gone through. It
// is safe for use by several goroutines.
type First struct {
	g     *Graph
	perms []Perm
	divs  []uint32
	at    []int32 // by division: its place; -1: not asked for
	roles []firstRole
	lines []firstLines // by role
	gives []firstCell  // in the order of what they give, then of roles and divisions
	// by is, by principal, the first of these cells that it has, counted from 1, twice,
	// and one more if it is not assigned to it itself; 0: none, lookAtLines.
	by []uint32
}

// lookAtLines stands for a principal of which a role's lines have to be looked at.
const lookAtLines = ^uint32(0)

// A firstCell is a role in a division, and the first permission that it gives whole,
// over the first division.
type firstCell struct {
	perm, div int32
	cell      *cell
}

func (x firstCell) compare(y firstCell) int {
	return cmp.Or(cmp.Compare(x.perm, y.perm), cmp.Compare(x.div, y.div))
}

// A firstRole is what one role gives of the permissions.
type firstRole struct {
	// any is the place of the first permission that the role gives, free that of the
	// first that no division limits; -1: none.
	any, free int32
	// lines says that lines have to be looked at for each principal: some are
	// narrowed, or were not read.
	lines bool
}

// firstLines are the first lines that give these.
type firstLines struct{ any, free firstLine }

type firstLine struct {
	inherits []uint32
	line     *line
}

// A FirstReason is what [First.Of] finds.
type FirstReason struct {
	Perm, Division int // places in what was asked for
	// Reason is the derivation that [Graph.Reasons] tells first, if Own: a grant of
	// the principal's own gives it.
	Reason Reason
	Own    bool
}

// First prepares for an organization's permissions and divisions, in the order in
// which they are asked for; nil if derivations cannot be found that way, because
// access policies speak of them or a permission is not of the universe.
func (g *Graph) First(orgID string, perms []Perm, divs []uint32) *First {
	o := g.orgOf(orgID)
	if o == nil || len(o.policies) > 0 || len(divs) == 0 {
		return nil
	}
	place := make([]int, len(o.uni.perms)) // by permission, from 1
	want, free := NewSet(len(o.uni.perms)), NewSet(len(o.uni.perms))
	for i, p := range perms {
		if p.ID == OutsideUniverse {
			return nil
		}
		if place[p.ID] == 0 {
			place[p.ID] = i + 1
		}
		want.Add(p.ID)
		if p.Aware == authz.False {
			free.Add(p.ID)
		}
	}
	f := &First{g: g, perms: perms, divs: divs, at: make([]int32, len(g.divisions)), roles: make([]firstRole, len(g.roles)), lines: make([]firstLines, len(g.roles))}
	for i := range f.at {
		f.at[i] = -1
	}
	for i, d := range divs {
		f.at[d] = int32(i)
	}
	for _, n := range o.roles {
		f.look(n, want, free, place)
	}
	f.findAll(o)
	return f
}

// findAll goes through the cells, those that give what comes first before others.
func (f *First) findAll(o *org) {
	g := f.g
	f.by = make([]uint32, len(g.principals))
	for _, p := range g.trusteeOrganizations(o) { // what the trust lets in is no role's
		f.by[p] = lookAtLines
	}
	for i := range g.cells {
		c := &g.cells[i]
		if g.roles[c.role].org != o {
			continue
		}
		if f.roles[c.role].lines {
			f.markAll(c)
		} else if perm, div, ok := f.best(c); ok {
			f.gives = append(f.gives, firstCell{perm, div, c})
		}
	}
	slices.SortStableFunc(f.gives, firstCell.compare)
	for i := 0; i < len(f.gives); {
		end := i + 1
		for end < len(f.gives) && f.gives[end].compare(f.gives[i]) == 0 {
			end++
		}
		f.found(i, end)
		i = end
	}
}

// trusteeOrganizations returns the trustee organizations among the principals of an
// organization, which stand side by side.
func (g *Graph) trusteeOrganizations(o *org) (out []uint32) {
	first, _ := slices.BinarySearchFunc(g.principals, o.id, func(p Principal, id string) int {
		return cmp.Or(cmp.Compare(p.Key.Org, id), compareKinds(p.Key.Kind, authz.KindTrusteeOrganization))
	})
	for p := first; p < len(g.principals) && g.principals[p].Key.Org == o.id && g.principals[p].Key.Kind == authz.KindTrusteeOrganization; p++ {
		out = append(out, uint32(p))
	}
	return out
}

// markAll marks everybody who acts as a subject of a cell.
func (f *First) markAll(c *cell) {
	for _, n := range f.g.posting[c.from:c.to] {
		if int(n) < len(f.by) {
			f.by[n] = lookAtLines
		}
		for _, p := range f.g.actors.of(n) {
			f.by[p&^mark] = lookAtLines
		}
	}
}

// found notes who has cells that give the same, and nothing that comes before: first
// those that they are assigned to themselves. Nothing whole comes through a group that
// is not role-enabled.
func (f *First) found(from, to int) {
	g := f.g
	for i := from; i < to; i++ {
		for _, n := range g.posting[f.gives[i].cell.from:f.gives[i].cell.to] {
			if int(n) < len(f.by) && f.by[n] == 0 {
				f.by[n] = uint32(i+1) << 1
			}
		}
	}
	for i := from; i < to; i++ {
		for _, n := range g.posting[f.gives[i].cell.from:f.gives[i].cell.to] {
			if !g.actedFor.Has(n) {
				continue
			}
			for _, p := range g.actors.of(n) {
				if p&mark == 0 && f.by[p] == 0 {
					f.by[p] = uint32(i+1)<<1 | 1
				}
			}
		}
	}
}

func (f *First) look(n uint32, want, free Set, place []int) {
	r := &f.g.roles[n]
	f.roles[n] = firstRole{any: -1, free: -1, lines: r.maybe() || r.narrow.Meets(want)}
	if f.roles[n].lines {
		return
	}
	var known [2]bool
	f.roles[n].any, f.lines[n].any, known[0] = f.given(r, want, place)
	f.roles[n].free, f.lines[n].free, known[1] = f.given(r, free, place)
	f.roles[n].lines = !known[0] || !known[1]
}

// given returns the first of some permissions that a role gives whole, and the
// line; ok is false if no line does so alone.
func (f *First) given(r *role, of Set, place []int) (perm int32, by firstLine, ok bool) {
	both := of.Clone()
	both.And(r.wide)
	first := 0
	for id := range both.All() {
		if first == 0 || place[id] < first {
			first = place[id]
		}
	}
	if first == 0 {
		return -1, by, true
	}
	for i, q := range r.closure {
		own := f.g.roles[q].own
		for j := range own {
			if l := &own[j]; l.narrowed == 0 && l.pattern.Covers(f.perms[first-1].Pattern) {
				return int32(first - 1), firstLine{f.g.lineage(r, i), l}, true
			}
		}
	}
	return -1, by, false
}

// Of looks for a principal's first derivation; ok is false where it has nothing
// whole, and where lines of its roles have to be looked at.
func (f *First) Of(p uint32) (out FirstReason, ok bool) {
	by := f.by[p]
	if by == 0 || by == lookAtLines {
		return out, false
	}
	c := f.gives[by>>1-1]
	out.Perm, out.Division = int(c.perm), int(c.div)
	if by&1 != 0 {
		return out, true
	}
	for _, gr := range f.g.grantsOf(p) {
		if gr.role == c.cell.role && gr.div == c.cell.div {
			out.Reason, out.Own = f.reason(p, gr, out), true
			break
		}
	}
	return out, true
}

// best returns the first permission that a cell gives whole, and the first division
// over which it does.
func (f *First) best(c *cell) (perm, div int32, ok bool) {
	r := &f.roles[c.role]
	if r.any < 0 {
		return 0, 0, false
	}
	if c.div == AnyDivision || f.g.roles[c.role].admin {
		return r.any, 0, true
	}
	at := f.at[c.div]
	switch {
	case r.free >= 0 && (at < 0 || r.free <= r.any):
		return r.free, 0, true
	case at >= 0:
		return r.any, at, true
	default:
		return 0, 0, false
	}
}

// reason spells out a derivation that nothing narrows.
func (f *First) reason(p uint32, gr holding, at FirstReason) Reason {
	from := &f.lines[gr.role].any
	if int(f.roles[gr.role].any) != at.Perm {
		from = &f.lines[gr.role].free
	}
	r := Reason{
		Grant:    Grant{Node: p, Role: gr.role, Division: gr.div, MadeAt: gr.madeAt},
		Inherits: from.inherits, Policy: from.line.policy, Pattern: from.line.pattern, Level: Whole,
		Extent: from.line.extent(f.perms[at.Perm], gr.div, f.divs[at.Division]),
	}
	if r.Policy == nil {
		r.Legacy = from.line.name
	}
	return r
}
