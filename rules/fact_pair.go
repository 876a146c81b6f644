package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// A pairRow is the principals of one tenant that hold both permissions of a
// toxic combination in one division.
type pairRow struct {
	org      *orgIndex
	pair     *lexicon.Pair
	division uint32
	share
	causes []cause
}

func pairFact() *fact {
	type row = pairRow
	f := &fact{
		name: "pair", rows: pairRows,
		doc: "live principals of one tenant that hold both permissions of a toxic combination in one division; those with total control are left out, since they hold every pair",
	}
	f.fields = []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.org.id }),
		text("name", "name of the combination", func(_ *index, r *row) string { return r.pair.Name }),
		text("a", "one permission", func(_ *index, r *row) string { return r.pair.A.String() }),
		text("b", "the other permission", func(_ *index, r *row) string { return r.pair.B.String() }),
		text("reason", "why one principal must not hold both", func(_ *index, r *row) string { return r.pair.Reason }),
		named("division", "the division; \"all divisions\" where both reach all", func(x *index, r *row) string { return x.divisionName(r.division) }, func(x *index, r *row) string { return x.g.DivisionKey(r.org.id, r.division).ID }),
		text("holder_tenant", "tenant of the principals", func(x *index, r *row) string { return x.tenantName(r.tenant) }),
		flag("external", "whether that tenant is an outside party", func(x *index, r *row) bool { return x.external(r.tenant) }),
		flag("administration", "whether one of the two is administration", func(x *index, r *row) bool {
			_, a := x.m.Lexicon.Administration(r.pair.A)
			_, b := x.m.Lexicon.Administration(r.pair.B)
			return a || b
		}),
		number("members", "the number of principals", func(_ *index, r *row) int { return len(r.list) }),
	}
	f.selectors = []selector{
		{name: "holder", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "tenant of the principals"},
	}
	f.members = func(_ *index, r any) []uint32 { return r.(*row).list }
	f.causes = func(_ *index, r any, add func(cause)) {
		for _, c := range r.(*row).causes {
			add(c)
		}
	}
	f.org = func(_ *index, r any) string { return r.(*row).org.id }
	f.tenant = func(x *index, r any) string { return x.tenantName(r.(*row).tenant) }
	return f
}

// A side is where one permission of a pair is held.
type side struct {
	cells []graph.Cell
	free  bool // no division limits it
}

func pairRows(x *index, q *query, visit func(any) error) error {
	pairs := x.m.Lexicon.Toxic()
	for _, o := range x.orgs {
		total := x.totalHolders(o)
		for i := range pairs {
			a, b := x.sideOf(o, &pairs[i], true), x.sideOf(o, &pairs[i], false)
			if len(a.cells) == 0 || len(b.cells) == 0 {
				continue
			}
			if err := x.pairIn(o, &pairs[i], a, b, total, q, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// totalHolders are the principals with total control.
func (x *index) totalHolders(o *orgIndex) graph.Set {
	s := graph.NewSet(x.g.Principals())
	for n := range x.roles {
		if x.roles[n].org == o && (x.roles[n].rec.Admin || x.roles[n].maybe) {
			s.Or(x.roleSet(uint32(n)))
		}
	}
	return s
}

func (x *index) sideOf(o *orgIndex, p *lexicon.Pair, first bool) side {
	wanted := graph.NewSet(len(o.perms))
	s := side{free: true}
	for i := range o.perms {
		a, b := p.Sides(o.perms[i].Pattern)
		if first && a || !first && b {
			wanted.Add(o.perms[i].ID)
			s.free = s.free && o.perms[i].Aware == authz.False
		}
	}
	for n := range x.roles {
		if r := &x.roles[n]; r.org == o && !r.rec.Admin && r.perms.Meets(wanted) {
			s.cells = append(s.cells, x.cells[n]...)
		}
	}
	return s
}

// at returns the principals that hold a side in a division.
func (x *index) at(s side, d uint32) (graph.Set, []cause) {
	set := graph.NewSet(x.g.Principals())
	var cells []graph.Cell
	var causes []cause
	for _, c := range s.cells {
		if s.free || c.Division == d || c.Division == graph.AnyDivision {
			cells = append(cells, c)
			causes = append(causes, cause{c.Role, c.Division})
		}
	}
	x.addHolders(set, cells)
	return set, causes
}

func (x *index) pairIn(o *orgIndex, p *lexicon.Pair, a, b side, total graph.Set, q *query, visit func(any) error) error {
	divs := []uint32{graph.AnyDivision}
	if !a.free || !b.free {
		for _, c := range slices.Concat(a.cells, b.cells) {
			divs = append(divs, c.Division)
		}
	}
	slices.SortFunc(divs, func(x, y uint32) int { return int(int64(y) - int64(x)) }) // all divisions first
	everywhere := graph.NewSet(x.g.Principals())
	for _, d := range slices.Compact(divs) {
		both, causes := x.at(a, d)
		others, more := x.at(b, d)
		both.And(others)
		both.AndNot(total)
		both.AndNot(everywhere)
		if d == graph.AnyDivision {
			everywhere = both.Clone()
		}
		row := pairRow{org: o, pair: p, division: d, causes: append(causes, more...)}
		for _, s := range x.split(slices.Collect(both.All())) {
			if row.share = s; !x.inHolder(q, s.tenant) {
				continue
			}
			if err := visit(&row); err != nil {
				return err
			}
		}
	}
	return nil
}
