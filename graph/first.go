package graph

import (
	"cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A First finds one derivation for each of many principals: of the first
// permission that a principal has whole, over the first division over which it
// has. It looks at each role once, and is safe for use by several goroutines.
type First struct {
	g     *Graph
	perms []Perm
	divs  []uint32
	at    []int32 // by division: its place; -1: not asked for
	roles []firstRole
	lines []firstLines // by role
}

// A firstRole is what one role gives of the permissions. It is small, since it is
// looked at for every role assignment.
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
	return f
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
	if f.g.principals[p].Key.Kind == authz.KindTrusteeOrganization {
		return out, false
	}
	found := false
	for _, n := range f.g.acts.of(p) {
		for _, gr := range f.g.grantsOf(n &^ mark) {
			if f.roles[gr.role].lines {
				return out, false
			}
			if n&mark != 0 {
				continue // nothing whole comes through it
			}
			perm, div, gives := f.best(gr)
			if gives && (!found || cmp.Or(cmp.Compare(perm, out.Perm), cmp.Compare(div, out.Division)) < 0) {
				out.Perm, out.Division, found = perm, div, true
			}
		}
	}
	if !found {
		return out, false
	}
	for _, gr := range f.g.grantsOf(p) {
		if f.g.wholly(gr, f.perms[out.Perm], f.divs[out.Division]) {
			out.Reason, out.Own = f.reason(p, gr, out), true
			break
		}
	}
	return out, true
}

// best returns the first permission that a grant gives whole, and the first
// division over which it does.
func (f *First) best(gr holding) (perm, div int, ok bool) {
	r := &f.roles[gr.role]
	if r.any < 0 {
		return 0, 0, false
	}
	if gr.div == AnyDivision {
		return int(r.any), 0, true
	}
	at := f.at[gr.div]
	switch {
	case r.free >= 0 && (at < 0 || r.free <= r.any):
		return int(r.free), 0, true
	case at >= 0:
		return int(r.any), int(at), true
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
