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

func (c *reachCell) add(r reachOf, why Because, n int) {
	if r.level == None {
		return
	}
	if !r.unresolved {
		why = 0
	}
	c.reasons += n
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
func (g *Graph) Access(p uint32) []Row {
	t := newTable(g, p)
	for _, n := range g.acts.of(p) {
		for _, gr := range g.grantsOf(n &^ mark) {
			t.add(gr, n&mark != 0)
		}
	}
	if g.principals[p].Key.Kind == authz.KindTrusteeOrganization {
		t.everything(BecauseTrust)
	}
	return t.rows()
}

// table gathers one principal's reach: permissions × (the divisions that
// matter to it and, last, all of them).
type table struct {
	g     *Graph
	o     *org
	p     uint32
	divs  []uint32 // sorted
	cells []reachCell
	used  Set
}

func newTable(g *Graph, p uint32) *table {
	o := g.orgOf(g.principals[p].Key.Org)
	t := &table{g: g, o: o, p: p, used: NewSet(len(o.uni.perms))}
	conditions := false
	for _, n := range g.acts.of(p) {
		for _, gr := range g.grantsOf(n &^ mark) {
			if gr.div != AnyDivision {
				t.divs = append(t.divs, gr.div)
			}
			conditions = conditions || !g.roles[gr.role].narrow.Empty()
		}
	}
	if conditions {
		// What a scope or condition leaves may differ in any division.
		t.divs = slices.Collect(o.divs.All())
	}
	slices.Sort(t.divs)
	t.divs = slices.Compact(t.divs)
	t.cells = make([]reachCell, (len(t.divs)+1)*len(o.uni.perms))
	return t
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
func (t *table) add(gr grant, viaDoubtful bool) {
	r := &t.g.roles[gr.role]
	var doubt Because
	if viaDoubtful {
		doubt = BecauseGroupNotEnabled
	}
	if r.maybe {
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
		p := &t.o.uni.perms[id]
		switch s := l.span(*p); {
		case div == AnyDivision || s.out == Whole:
			t.cell(id, AnyDivision).add(sure, doubt, 1)
		case s.out == None:
			t.cell(id, div).add(sure, doubt, 1)
		default:
			t.cell(id, AnyDivision).add(conditional(), doubt|BecauseUnknownAwareness, 1)
			t.cell(id, div).add(sure, doubt, 0)
		}
	}
}

// narrowed adds what a line gives that a scope or condition narrows: per family
// of permissions, what is the same in all divisions and where one differs.
func (t *table) narrowed(l *line, div uint32, doubt Because) {
	var perms []Perm
	for id := range t.o.uni.covers[l.pattern].All() {
		perms = append(perms, t.o.uni.perms[id])
	}
	for _, f := range t.g.families(t.o, l, perms) {
		t.family(l, f, div, doubt)
	}
}

func (t *table) family(l *line, f family, div uint32, doubt Because) {
	n := t.g.narrow(t.o, l, f.one, t.p)
	free := div == AnyDivision || f.one.Aware == authz.False
	why := l.narrowed
	var all reachOf
	switch {
	case free:
		all = n.everywhere()
	case f.one.Aware == authz.Unknown:
		all, why = n.everywhere().doubted(), why|BecauseUnknownAwareness
	}
	t.put(f, AnyDivision, all, why, doubt, 1)
	once := 1
	if all.level != None {
		once = 0 // the row for all divisions counts the derivation
	}
	for _, d := range t.divs {
		r := t.g.over(n, d)
		if !free && d != div {
			if f.one.Aware == authz.True {
				continue
			}
			r = r.doubted()
		}
		if !t.implied(all, r, d) {
			t.put(f, d, r, why, doubt, once)
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
	return made(both, both.unresolved)
}

// implied reports whether the row for all divisions says what one for a
// division would.
func (t *table) implied(all, here reachOf, d uint32) bool {
	switch {
	case here.level == None, all.level > Limited && all.level >= here.level:
		return true
	case all.level != Limited || here.level != Limited:
		return false
	default:
		return here.unresolved == all.unresolved && slices.Equal(here.things, t.g.lying(all.things, d))
	}
}

func (t *table) put(f family, d uint32, r reachOf, why, doubt Because, n int) {
	if doubt != 0 {
		r, why = r.doubted(), why|doubt
	}
	if r.level == None {
		return
	}
	for id := range f.perms.All() {
		t.cell(id, d).add(r, why, n)
	}
}

func (t *table) everything(why Because) {
	for i := range t.o.uni.perms {
		t.cell(uint32(i), AnyDivision).add(conditional(), why, 1)
	}
}

// rows spells the table out: the row for all divisions first, then the
// divisions where the principal reaches further than that.
func (t *table) rows() []Row {
	var out []Row
	for id := range t.used.All() {
		if t.o.denies(t.o.uni.perms[id].Pattern, t.p) {
			continue
		}
		policy := t.o.policyOn(t.o.uni.perms[id].Pattern, t.p)
		all := *t.cell(id, AnyDivision)
		row := t.row(id, AnyDivision, all, policy)
		if row.Level != None {
			out = append(out, row)
		}
		for _, d := range t.divs {
			c := *t.cell(id, d)
			if c.level == None {
				continue
			}
			here := all
			if all.level == Limited {
				here.things = t.g.lying(all.things, d)
			}
			c.reasons += all.reasons
			if all.level != Limited || len(here.things) > 0 {
				c.reachOf = c.wider(here.reachOf)
			}
			if one := t.row(id, d, c, policy); one.beyond(row, here.things) {
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
