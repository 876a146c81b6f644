package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Row is one line of what a principal can do: a permission over a division.
// A row with division [AnyDivision] says the same of every division there is
// and will be; a row for one division stands beside it where it is wider there.
type Row struct {
	Permission Perm
	Division   uint32
	Level      Level
	Because    Because
	// Reasons is the number of derivations behind the row.
	Reasons int
}

// reachCell is the reach of one permission over one division while it is
// gathered: the widest level, why it is no wider, and the derivations.
type reachCell struct {
	level   Level
	because Because
	reasons int
}

func (c *reachCell) add(level Level, why Because, n int) {
	if level == None {
		return
	}
	c.reasons += n
	switch {
	case level > c.level:
		c.level, c.because = level, why
	case level == c.level:
		c.because |= why
	}
}

// Access returns everything that a principal can do, sorted by permission and
// division. A principal that is not live, or has no access of its own, is
// answered as if it acted: the caller says that it does not.
func (g *Graph) Access(p uint32) []Row {
	o := g.orgOf(g.principals[p].Key.Org)
	t := newTable(g, o)
	for _, n := range g.acts.of(p) {
		for _, gr := range g.grantsOf(n &^ mark) {
			t.add(gr, n&mark != 0)
		}
	}
	t.trust(p)
	return t.rows(p)
}

// table gathers one principal's reach: permissions × (divisions and, last, all).
type table struct {
	g     *Graph
	o     *org
	width uint32 // divisions of the graph, and one for all of them
	cells []reachCell
	used  Set
}

func newTable(g *Graph, o *org) *table {
	w := uint32(len(g.divisions) + 1)
	return &table{g: g, o: o, width: w, cells: make([]reachCell, int(w)*len(o.uni.perms)), used: NewSet(len(o.uni.perms))}
}

// add adds what a grant gives. A derivation is one policy of one grant.
func (t *table) add(gr grant, viaDoubtful bool) {
	r := &t.g.roles[gr.role]
	var doubt Because
	if viaDoubtful {
		doubt = BecauseGroupNotEnabled
	}
	if r.maybe {
		t.everywhere(func(p Perm) bool { return true }, Conditional, doubt|BecauseRoleMissing)
	}
	for _, q := range r.closure {
		for i := range t.g.roles[q].own {
			t.line(&t.g.roles[q].own[i], gr.div, doubt)
		}
	}
}

func (t *table) line(l *line, div uint32, doubt Because) {
	for id := range t.o.uni.covers[l.pattern].All() {
		p := &t.o.uni.perms[id]
		s := l.span(*p)
		if doubt != 0 {
			s = span{min(s.in, Conditional), min(s.out, Conditional)}
		}
		why := l.narrowed | doubt
		outWhy := why
		if p.Aware == authz.Unknown && l.pattern != authz.Admin {
			outWhy |= BecauseUnknownAwareness
		}
		t.used.Add(id)
		switch {
		case div == AnyDivision:
			t.cell(id, t.width-1).add(s.in, clearWhole(s.in, why), 1)
		case s.out == None:
			t.cell(id, div).add(s.in, clearWhole(s.in, why), 1)
		case s.out == s.in:
			t.cell(id, t.width-1).add(s.out, clearWhole(s.out, outWhy), 1)
		default:
			t.cell(id, t.width-1).add(s.out, clearWhole(s.out, outWhy), 1)
			t.cell(id, div).add(s.in, clearWhole(s.in, why), 0)
		}
	}
}

func clearWhole(l Level, b Because) Because {
	if l == Whole {
		return 0
	}
	return b
}

func (t *table) cell(perm, div uint32) *reachCell { return &t.cells[int(perm)*int(t.width)+int(div)] }

func (t *table) everywhere(want func(Perm) bool, l Level, why Because) {
	for i := range t.o.uni.perms {
		if want(t.o.uni.perms[i]) {
			t.used.Add(uint32(i))
			t.cell(uint32(i), t.width-1).add(l, why, 1)
		}
	}
}

func (t *table) trust(p uint32) {
	if t.g.principals[p].Key.Kind == authz.KindTrusteeOrganization {
		t.everywhere(func(Perm) bool { return true }, Conditional, BecauseTrust)
	}
}

// rows spells the table out: the row for all divisions first, then the
// divisions where the principal reaches further than that.
func (t *table) rows(p uint32) []Row {
	var out []Row
	for id := range t.used.All() {
		all := *t.cell(id, t.width-1)
		policy := t.o.policyOn(t.o.uni.perms[id].Pattern, p)
		if all.level != None {
			out = append(out, t.row(id, AnyDivision, all, policy))
		}
		for d := range t.width - 1 {
			c := *t.cell(id, d)
			if c.level > all.level {
				c.reasons += all.reasons
				out = append(out, t.row(id, d, c, policy))
			}
		}
	}
	return slices.Clip(mergeMarked(out))
}

func (t *table) row(id, div uint32, c reachCell, policy bool) Row {
	if policy && c.level == Whole {
		c.level, c.because = Conditional, BecauseAccessPolicy
	} else if policy {
		c.because |= BecauseAccessPolicy
	}
	return Row{Permission: t.o.uni.perms[id], Division: div, Level: c.level, Because: c.because, Reasons: c.reasons}
}

// mergeMarked leaves out the rows of single divisions that, with an access
// policy's mark, are no wider than the row for all of them.
func mergeMarked(rows []Row) []Row {
	var all Row
	return slices.DeleteFunc(rows, func(r Row) bool {
		if r.Division == AnyDivision {
			all = r
			return false
		}
		return all.Permission.ID == r.Permission.ID && all.Level != None && all.Division == AnyDivision && all.Level >= r.Level
	})
}

func (o *org) policyOn(m authz.Pattern, p uint32) bool {
	return slices.ContainsFunc(o.policies, func(a accessPolicy) bool {
		return a.target.Covers(m) && a.matches.Has(p)
	})
}
