package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// A reachRow is who of one tenant reaches another one, by permissions that
// carry tenant data.
type reachRow struct {
	from, to    int
	members     []uint32
	open        map[uint32]bool // those whose reach no exception covers
	permissions []string
	classes     []string
	widest      graph.Level
}

func reachFact() *fact {
	type row = reachRow
	f := &fact{
		name: "reach", rows: reachRows,
		doc: "tenant by tenant: live principals of one that reach the divisions of another by permissions that carry tenant data, through divisions",
	}
	f.fields = []field{
		text("from", "tenant of the principals", func(x *index, r *row) string { return x.tenantName(r.from) }),
		text("to", "tenant that they reach", func(x *index, r *row) string { return x.tenantName(r.to) }),
		flag("from_external", "whether the first is an outside party", func(x *index, r *row) bool { return x.external(r.from) }),
		flag("to_external", "whether the second is an outside party", func(x *index, r *row) bool { return x.external(r.to) }),
		texts("permissions", "the permissions", func(_ *index, r *row) []string { return r.permissions }),
		texts("classes", "their classes", func(_ *index, r *row) []string { return r.classes }),
		number("principals", "the number of principals", func(_ *index, r *row) int { return len(r.members) }),
		text("widest", "the widest reach: whole, conditional or limited", func(_ *index, r *row) string { return r.widest.String() }),
		number("not_allowed", "the number of principals of whose reach a part is covered by no allow entry", func(_ *index, r *row) int { return len(r.open) }),
		flag("allowed", "whether allow entries in force cover all of it", func(_ *index, r *row) bool { return len(r.open) == 0 }),
	}
	f.selectors = []selector{
		{name: "from", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "tenant of the principals"},
		{name: "allowed", kind: selFlag, doc: "whether allow entries in force cover all of it"},
	}
	f.members = func(_ *index, r any) []uint32 { return r.(*row).members }
	f.org = func(*index, any) string { return "" }
	f.tenant = func(x *index, r any) string { return x.tenantName(r.(*row).from) }
	return f
}

func reachRows(x *index, q *query, visit func(any) error) error {
	if x.reach == nil {
		if err := x.gatherReach(); err != nil {
			return err
		}
	}
	from := &query{sel: map[string][]string{}}
	if want, given := q.sel["from"]; given {
		from.sel["holder"] = want
	}
	for _, r := range x.reach {
		if !x.inHolder(from, r.from) || !q.is("allowed", len(r.open) == 0) {
			continue
		}
		if err := visit(r); err != nil {
			return err
		}
	}
	return nil
}

// gatherReach asks about access as a rule would, and adds up by tenants.
func (x *index) gatherReach() error {
	q := &query{
		sel: map[string][]string{
			"carries": {lexicon.CarriesTenant}, "target": {"other_tenant"},
			"through": {throughDivision, throughAll, throughAdmin, throughUnread, throughTrust},
		},
		uses: map[string]bool{},
	}
	rows := map[[2]int]*reachRow{}
	add := func(a *accessRow) {
		k := [2]int{a.holder, a.target.tenant}
		r := rows[k]
		if r == nil {
			r = &reachRow{from: a.holder, to: a.target.tenant, open: map[uint32]bool{}}
			rows[k] = r
			x.reach = append(x.reach, r)
		}
		r.add(a)
	}
	j := &job{rule: &rule{query: q, fact: accessFact()}, each: func(row any) error { add(row.(*accessRow)); return nil }}
	x.reach = []*reachRow{}
	if err := accessGroup(x, []*job{j}); err != nil {
		return err
	}
	for _, r := range x.reach {
		r.finish()
	}
	slices.SortFunc(x.reach, func(a, b *reachRow) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to
	})
	return nil
}

func (r *reachRow) add(a *accessRow) {
	r.widest = max(r.widest, a.level)
	r.classes = append(r.classes, classWord(a.info().class))
	for _, id := range a.perms {
		r.permissions = append(r.permissions, a.org.perms[id].Name)
	}
	r.members = append(r.members, a.list...)
	if len(r.members) > 1<<16 || len(r.permissions) > 1<<12 {
		r.finish()
	}
	if !a.allowed {
		for _, p := range a.list {
			r.open[p] = true
		}
	}
}

func (r *reachRow) finish() {
	slices.Sort(r.members)
	r.members = slices.Compact(r.members)
	slices.Sort(r.permissions)
	r.permissions = slices.Compact(r.permissions)
	slices.Sort(r.classes)
	r.classes = slices.Compact(r.classes)
}
