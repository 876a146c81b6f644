package graph

import (
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A common is what two graphs are asked about in one organization.
type common struct {
	d   *Difference
	org string
	// perms are described as in the new graph, or else as in the old one.
	perms        []Perm
	number       map[authz.Pattern]uint32 // of perms
	inOld, inNew Set
	divs         []uint32 // the organization's, numbers of both graphs
	old, latest  *lens
	all          Set             // every permission
	same         map[uint32]bool // role of the new graph: gives what it gave
	edits        map[editKey][]edit
	scratch      *scratch
	sig          []byte // of the last explanation; kept for its room
	shared       *kept
}

// fork returns a common for another worker: what is worked out on the way is its own.
func (c *common) fork() *common {
	u := *c
	old, latest := *c.old, *c.latest
	u.old, u.latest = &old, &latest
	old.u, latest.u = &u, &u
	old.covers = maps.Clone(c.old.covers)
	latest.covers = old.covers
	u.same, u.edits, u.scratch = map[uint32]bool{}, map[editKey][]edit{}, &scratch{}
	u.sig = nil
	return &u
}

// A lens is one graph as it answers questions about a common.
type lens struct {
	u     *common
	g     *Graph
	o     *org // nil: the graph does not have the organization
	perms []Perm
	// free and unknown are the permissions that no division limits, and those of
	// which it is not known.
	free, unknown Set
	roles         []*roleLens // by number of the graph; nil for other organizations'
	policies      []policyLens
	div           []uint32 // division of both graphs → its number here, or nowhere
	covers        map[authz.Pattern]Set
	dangling      func() map[danglingGrant]bool
	listed        func() map[authz.Key][]authz.Key // by queue
}

// A roleLens is what a role gives of the permissions asked about.
type roleLens struct {
	n                        uint32
	wide, wideFree, wideOpen Set
	narrow                   []narrowLens
	everything               bool // it may carry everything
	differs                  bool // what it leaves may differ by division
}

type narrowLens struct {
	line *line
	role uint32 // where the line stands
	// families are the permissions that it treats alike.
	families []family
}

type policyLens struct {
	policy *accessPolicy
	perms  Set
}

type danglingGrant struct {
	subject        authz.Key
	role, division string
}

// nowhere is the number of a division in which nothing was granted and nothing lies.
const nowhere = ^uint32(0) - 2

// common is what both graphs are asked about in an organization.
func (d *Difference) common(id string) *common {
	u := &common{d: d, org: id, shared: newKept()}
	u.old, u.latest = &lens{u: u, g: d.Old, o: d.Old.orgOf(id)}, &lens{u: u, g: d.New, o: d.New.orgOf(id)}
	for i, v := range d.Divisions {
		if v.Key.Org == id {
			u.divs = append(u.divs, uint32(i))
		}
	}
	u.joinUniverses()
	u.all = NewSet(len(u.perms))
	for i := range u.perms {
		u.all.Add(uint32(i))
	}
	u.old.covers = map[authz.Pattern]Set{}
	u.latest.covers = u.old.covers // both number the permissions alike
	u.old.focus()
	u.latest.focus()
	return u
}

// joinUniverses numbers the permissions of both universes. One that a graph does
// not know is there what the other one says of it.
func (c *common) joinUniverses() {
	type both struct{ old, latest *Perm }
	all := map[authz.Pattern]both{}
	var names []authz.Pattern
	for _, p := range c.d.Old.Universe(c.org) {
		all[p.Pattern] = both{old: &p}
		names = append(names, p.Pattern)
	}
	for _, p := range c.d.New.Universe(c.org) {
		b, ok := all[p.Pattern]
		if !ok {
			names = append(names, p.Pattern)
		}
		b.latest = &p
		all[p.Pattern] = b
	}
	slices.SortFunc(names, func(x, y authz.Pattern) int { return cmpString(x.String(), y.String()) })
	c.inOld, c.inNew = NewSet(len(names)), NewSet(len(names))
	c.number = make(map[authz.Pattern]uint32, len(names))
	for i, name := range names {
		b := all[name]
		c.number[name] = uint32(i)
		if b.old != nil {
			c.inOld.Add(uint32(i))
		} else {
			b.old = c.old.borrow(*b.latest)
		}
		if b.latest != nil {
			c.inNew.Add(uint32(i))
		} else {
			b.latest = c.latest.borrow(*b.old)
		}
		c.old.perms = append(c.old.perms, numbered(*b.old, i))
		c.latest.perms = append(c.latest.perms, numbered(*b.latest, i))
		if c.inNew.Has(uint32(i)) {
			c.perms = append(c.perms, numbered(*b.latest, i))
		} else {
			c.perms = append(c.perms, numbered(*b.old, i))
		}
	}
}

func numbered(p Perm, i int) Perm {
	p.ID = uint32(i)
	return p
}

// borrow describes a permission that the universe lacks as the other graph does.
func (l *lens) borrow(other Perm) *Perm {
	if l.o != nil && other.Aware == authz.Unknown {
		other.Aware = l.g.Perm(l.o.id, other.Pattern).Aware
	}
	return &other
}

// focus works out what the graph's roles and access policies mean for it.
func (l *lens) focus() {
	l.free, l.unknown = NewSet(len(l.perms)), NewSet(len(l.perms))
	for i, p := range l.perms {
		switch p.Aware {
		case authz.False:
			l.free.Add(uint32(i))
		case authz.Unknown:
			l.unknown.Add(uint32(i))
		default:
		}
	}
	l.div = make([]uint32, len(l.u.d.Divisions))
	for i, v := range l.u.d.Divisions {
		l.div[i] = nowhere
		if n, ok := l.g.divIndex[v.Key]; ok {
			l.div[i] = n
		}
	}
	l.dangling, l.listed = sync.OnceValue(l.findDangling), sync.OnceValue(l.g.listedBy)
	l.roles = make([]*roleLens, len(l.g.roles))
	if l.o == nil {
		return
	}
	for _, n := range l.o.roles {
		l.roles[n] = l.role(n)
	}
	for i := range l.o.policies {
		a := &l.o.policies[i]
		l.policies = append(l.policies, policyLens{a, l.covered(a.target)})
	}
}

func (l *lens) findDangling() map[danglingGrant]bool {
	out := map[danglingGrant]bool{}
	for _, d := range l.g.dangling {
		div := d.Division
		if allDivisionID(div) {
			div = authz.AllDivisions
		}
		out[danglingGrant{d.Subject, d.Role, div}] = true
	}
	return out
}

// covered returns the permissions asked about that a pattern covers.
func (l *lens) covered(p authz.Pattern) Set {
	if s, ok := l.covers[p]; ok {
		return s
	}
	s := NewSet(len(l.perms))
	if !p.IsWild() && p != authz.Admin { // it covers itself alone
		if i, ok := l.u.number[p]; ok {
			s.Add(i)
		}
	} else {
		for i := range l.perms {
			if p.Covers(l.perms[i].Pattern) {
				s.Add(uint32(i))
			}
		}
	}
	l.covers[p] = s
	return s
}

func (l *lens) role(n uint32) *roleLens {
	r := &l.g.roles[n]
	out := &roleLens{n: n, wide: NewSet(len(l.perms)), everything: r.maybe()}
	open := l.free.Clone()
	open.Or(l.unknown)
	for _, q := range r.closure {
		for i := range l.g.roles[q].own {
			ln := &l.g.roles[q].own[i]
			if ln.narrowed == 0 {
				out.wide.Or(l.covered(ln.pattern))
				continue
			}
			out.narrow = append(out.narrow, l.narrowed(ln, q))
			out.differs = out.differs || l.covered(ln.pattern).Meets(open)
		}
	}
	if r.admin {
		// Total control knows no divisions.
		out.wideFree, out.wideOpen = out.wide, nil
		return out
	}
	out.wideFree, out.wideOpen = out.wide.Clone(), out.wide.Clone()
	out.wideFree.And(l.free)
	out.wideOpen.And(l.unknown)
	return out
}

// narrowed is a narrowed line of a role.
func (l *lens) narrowed(ln *line, role uint32) narrowLens {
	var perms []Perm
	for id := range l.covered(ln.pattern).All() {
		perms = append(perms, l.perms[id])
	}
	return narrowLens{line: ln, role: role, families: l.g.families(len(l.perms), ln, perms)}
}

// sameRole reports whether a role gives the same in both graphs, whoever holds it.
func (c *common) sameRole(old, latest uint32) bool {
	if same, ok := c.same[latest]; ok {
		return same
	}
	a, b := c.old.roles[old], c.latest.roles[latest]
	same := !a.everything && !b.everything && len(a.narrow) == 0 && len(b.narrow) == 0 &&
		slices.Equal(a.wide, b.wide) && slices.Equal(a.wideFree, b.wideFree) && equalSets(a.wideOpen, b.wideOpen)
	c.same[latest] = same
	return same
}

func equalSets(a, b Set) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for i := range b {
		if i < len(a) && a[i] != b[i] || i >= len(a) && b[i] != 0 {
			return false
		}
	}
	return true
}

// samePolicy reports whether two lines say the same.
func samePolicy(a, b *line) bool {
	if a.pattern != b.pattern || (a.policy == nil) != (b.policy == nil) {
		return false
	}
	return a.policy == nil || sameNarrowing(a.policy, b.policy)
}

func sameNarrowing(a, b *authz.Policy) bool {
	return scopeWord(a) == scopeWord(b) && slices.Equal(a.ScopeGroups, b.ScopeGroups) && slices.Equal(a.ScopeTeams, b.ScopeTeams) &&
		slices.Equal(a.ScopeViews, b.ScopeViews) && reflect.DeepEqual(a.Condition, b.Condition)
}
