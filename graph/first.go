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
	at    map[uint32]int // by division: its place
	roles []firstRole
}

// A firstRole is what one role gives of the permissions.
type firstRole struct {
	// lines says that lines have to be looked at for each principal: some are
	// narrowed, or were not read.
	lines bool
	// any is the first permission that the role gives, free the first that no
	// division limits.
	any, free firstGiven
}

// A firstGiven is a permission that a role gives, and the first line that does.
type firstGiven struct {
	perm     int // its place; none if line is nil
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
	f := &First{g: g, perms: perms, divs: divs, at: map[uint32]int{}, roles: make([]firstRole, len(g.roles))}
	for i, d := range divs {
		f.at[d] = i
	}
	for _, n := range o.roles {
		f.roles[n] = f.role(&g.roles[n], want, free, place)
	}
	return f
}

func (f *First) role(r *role, want, free Set, place []int) firstRole {
	out := firstRole{lines: r.maybe() || r.narrow.Meets(want)}
	if out.lines {
		return out
	}
	out.any, out.free = f.given(r, want, place), f.given(r, free, place)
	out.lines = r.wide.Meets(want) && out.any.line == nil || r.wide.Meets(free) && out.free.line == nil
	return out
}

// given returns the first of some permissions that a role gives whole.
func (f *First) given(r *role, of Set, place []int) firstGiven {
	both := of.Clone()
	both.And(r.wide)
	first := 0
	for id := range both.All() {
		if first == 0 || place[id] < first {
			first = place[id]
		}
	}
	if first == 0 {
		return firstGiven{}
	}
	for i, q := range r.closure {
		own := f.g.roles[q].own
		for j := range own {
			if l := &own[j]; l.narrowed == 0 && l.pattern.Covers(f.perms[first-1].Pattern) {
				return firstGiven{perm: first - 1, inherits: f.g.lineage(r, i), line: l}
			}
		}
	}
	return firstGiven{}
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
	at, in := f.at[gr.div]
	switch {
	case r.any.line == nil:
		return 0, 0, false
	case gr.div == AnyDivision:
		return r.any.perm, 0, true
	case r.free.line != nil && (!in || r.free.perm <= r.any.perm):
		return r.free.perm, 0, true
	case in:
		return r.any.perm, at, true
	default:
		return 0, 0, false
	}
}

// reason spells out a derivation that nothing narrows.
func (f *First) reason(p uint32, gr holding, at FirstReason) Reason {
	from := f.roles[gr.role].any
	if from.perm != at.Perm {
		from = f.roles[gr.role].free
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
