package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Row is one line of what a principal can do: a permission over a division.
// A row with division [AnyDivision] says the same of every division there is
// and will be (a limited one reaches the divisions in which its things lie); a
// row for one division stands beside it where it is wider there.
type Row struct {
	Permission Perm
	Division   uint32
	Level      Level
	// Unresolved says that limited reach may be less than the things.
	Unresolved bool
	// Things are the users and queues of limited reach, sorted.
	Things  []Thing
	Because Because
	// Reasons is the number of derivations behind the row.
	Reasons int
}

// reachCell is the reach of one permission over one division while it is
// gathered: the widest reach, why it is no wider, and the derivations.
type reachCell struct {
	reachOf
	because Because
	reasons int
}

func (c *reachCell) add(r reachOf, why Because) {
	if r.level == None {
		return
	}
	if !r.unresolved {
		why = 0
	}
	c.reasons++
	switch {
	case r.level > c.level:
		c.because = why
	case r.level == c.level:
		c.because |= why
	}
	c.reachOf = c.wider(r)
}

func whole() reachOf       { return reachOf{level: Whole} }
func conditional() reachOf { return reachOf{level: Conditional, unresolved: true} }

// Access returns everything that a principal can do, sorted by permission and
// division. A principal that is not live, or has no access of its own, is
// answered as if it acted: the caller says that it does not.
func (g *Graph) Access(p uint32) []Row { return g.AccessOf(g.actor(p)) }

// AccessOf is [Graph.Access] of a principal with the groups that it joined.
func (g *Graph) AccessOf(a Actor) []Row {
	t := newTable(g, a)
	for _, n := range a.acts {
		for _, gr := range g.grantsOf(n &^ mark) {
			t.add(gr, n&mark != 0)
		}
	}
	if g.principals[a.p].Key.Kind == authz.KindTrusteeOrganization {
		t.everything(BecauseTrust)
	}
	return t.rows()
}

// table gathers one principal's reach: permissions × (the divisions that
// matter to it and, last, all of them).
type table struct {
	g     *Graph
	o     *org
	a     Actor
	divs  []uint32 // sorted
	cells []reachCell
	used  Set
}

func newTable(g *Graph, a Actor) *table {
	o := g.orgOf(g.principals[a.p].Key.Org)
	t := &table{g: g, o: o, a: a, used: NewSet(len(o.uni.perms))}
	everywhere := false
	for _, n := range a.acts {
		for _, gr := range g.grantsOf(n &^ mark) {
			if gr.div != AnyDivision {
				t.divs = append(t.divs, gr.div)
			}
			everywhere = everywhere || g.roles[gr.role].differs(gr.div)
		}
	}
	if everywhere {
		// What a scope or condition leaves may differ in any division.
		t.divs = slices.Collect(o.divs.All())
	}
	slices.Sort(t.divs)
	t.divs = slices.Compact(t.divs)
	t.cells = make([]reachCell, (len(t.divs)+1)*len(o.uni.perms))
	return t
}

// differs reports whether what the role's scopes and conditions leave may differ
// in divisions other than the one that it is granted in.
func (r *role) differs(granted uint32) bool {
	return !r.narrow.Empty() && (granted == AnyDivision || r.narrow.Meets(r.org.uni.free) || r.narrow.Meets(r.org.uni.unknown))
}

func (t *table) cell(perm uint32, div uint32) *reachCell {
	at := len(t.divs)
	if div != AnyDivision {
		at, _ = slices.BinarySearch(t.divs, div)
	}
	t.used.Add(perm)
	return &t.cells[int(perm)*(len(t.divs)+1)+at]
}

// add adds what a grant gives. A derivation is one policy of one grant.
func (t *table) add(gr holding, viaDoubtful bool) {
	r := &t.g.roles[gr.role]
	var doubt Because
	if viaDoubtful {
		doubt = BecauseGroupNotEnabled
	}
	for range r.absent {
		t.everything(doubt | BecauseRoleMissing)
	}
	for _, q := range r.closure {
		for i := range t.g.roles[q].own {
			l := &t.g.roles[q].own[i]
			if l.narrowed != 0 {
				t.narrowed(l, gr.div, doubt)
			} else {
				t.line(l, gr.div, doubt)
			}
		}
	}
}

// line adds what a line gives that nothing narrows.
func (t *table) line(l *line, div uint32, doubt Because) {
	sure := whole()
	if doubt != 0 {
		sure = conditional()
	}
	for id := range t.o.uni.covers[l.pattern].All() {
		s := l.span(t.o.uni.perms[id])
		if div == AnyDivision {
			s.out = s.in
		}
		if s.out == Whole {
			t.cell(id, AnyDivision).add(sure, doubt)
		} else if s.out != None {
			t.cell(id, AnyDivision).add(conditional(), doubt|BecauseUnknownAwareness)
		}
		for _, d := range t.divs {
			switch {
			case d == div || s.out == Whole:
				t.cell(id, d).add(sure, doubt)
			case s.out != None:
				t.cell(id, d).add(conditional(), doubt|BecauseUnknownAwareness)
			}
		}
	}
}

// narrowed adds what a line gives that a scope or condition narrows: per family
// of permissions, what is the same in all divisions and what is left in each.
func (t *table) narrowed(l *line, div uint32, doubt Because) {
	var perms []Perm
	for id := range t.o.uni.covers[l.pattern].All() {
		perms = append(perms, t.o.uni.perms[id])
	}
	for _, f := range t.g.families(len(t.o.uni.perms), l, perms) {
		t.family(l, f, div, doubt)
	}
}

func (t *table) family(l *line, f family, div uint32, doubt Because) {
	n := t.g.narrow(t.o, l, f.one, t.a)
	free := div == AnyDivision || f.one.Aware == authz.False
	if free {
		t.put(f, AnyDivision, n.everywhere(), 0, doubt)
	} else if f.one.Aware == authz.Unknown {
		t.put(f, AnyDivision, n.everywhere().doubted(), BecauseUnknownAwareness, doubt)
	}
	for _, d := range t.divs {
		switch {
		case free || d == div:
			t.put(f, d, t.g.over(n, d), 0, doubt)
		case f.one.Aware == authz.Unknown:
			t.put(f, d, t.g.over(n, d).doubted(), BecauseUnknownAwareness, doubt)
		}
	}
}

// everywhere is the reach that is the same in every division: all of it, or the
// things wherever they lie.
func (n narrowed) everywhere() reachOf {
	both := n.scope.intersect(n.cond)
	if !both.all && len(both.things) == 0 {
		return reachOf{}
	}
	return made(both, n.why())
}

func (t *table) put(f family, d uint32, r reachOf, why, doubt Because) {
	if doubt != 0 {
		r, why = r.doubted(), why|doubt
	}
	if r.level == None {
		return
	}
	for id := range f.perms.All() {
		t.cell(id, d).add(r, why|r.why)
	}
}

// everything adds a derivation that may give every permission everywhere.
func (t *table) everything(why Because) {
	for i := range t.o.uni.perms {
		t.cell(uint32(i), AnyDivision).add(conditional(), why)
		for _, d := range t.divs {
			t.cell(uint32(i), d).add(conditional(), why)
		}
	}
}

// rows spells the table out: the row for all divisions first, then the
// divisions where the principal reaches further than that.
func (t *table) rows() []Row {
	var out []Row
	for id := range t.used.All() {
		if t.o.denies(t.o.uni.perms[id].Pattern, t.a.p) {
			continue
		}
		policy := t.o.policyOn(t.o.uni.perms[id].Pattern, t.a.p)
		all := t.row(id, AnyDivision, *t.cell(id, AnyDivision), policy)
		if all.Level != None {
			out = append(out, all)
		}
		for _, d := range t.divs {
			one := t.row(id, d, *t.cell(id, d), policy)
			if one.Level != None && one.beyond(all, t.g.lying(all.Things, d)) {
				out = append(out, one)
			}
		}
	}
	return slices.Clip(out)
}

// beyond reports whether a division's row says more than the row for all
// divisions, of whose things only some lie here.
func (r Row) beyond(all Row, here []Thing) bool {
	switch {
	case r.Level != all.Level:
		return r.Level > all.Level
	case r.Level != Limited:
		return false
	default:
		return len(r.Things) != len(here) || r.Unresolved != all.Unresolved
	}
}

func (t *table) row(id, div uint32, c reachCell, policy bool) Row {
	if policy && c.level != None {
		c.because |= BecauseAccessPolicy
		c.unresolved = true
		c.level = min(c.level, Conditional)
	}
	r := Row{
		Permission: t.o.uni.perms[id], Division: div, Level: c.level, Because: c.because, Reasons: c.reasons,
		Unresolved: c.unresolved,
	}
	if c.level == Limited {
		r.Things = c.things
	}
	return r
}

func (o *org) policyOn(m authz.Pattern, p uint32) bool {
	return slices.ContainsFunc(o.policies, func(a accessPolicy) bool {
		return a.target.Covers(m) && a.matches.Has(p)
	})
}

// denies reports whether an enforced deny takes a permission from a principal.
func (o *org) denies(m authz.Pattern, p uint32) bool {
	return slices.ContainsFunc(o.policies, func(a accessPolicy) bool {
		return a.target.Covers(m) && a.denied.Has(p)
	})
}
