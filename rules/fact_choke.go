package rules

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A chokeRow is one role assignment that ways to total control pass through.
type chokeRow struct {
	graph.Grant
	members []uint32 // whose ways they are
	all     int      // how many principals have such a way
	rank    int
}

func chokeFact() *fact {
	type row = chokeRow
	f := &fact{name: "choke", rows: chokeRows, doc: "a role assignment that shortest ways to total control pass through, the one that most pass through first; principals that are total today, or approved, are left out"}
	f.fields = []field{
		text("org", "id of the organization", func(x *index, r *row) string { return x.g.NodeKey(r.Node).Org }),
		named("subject", "whom the role is assigned to", func(x *index, r *row) string { return x.g.NodeName(r.Node) }, func(x *index, r *row) string { return x.g.NodeKey(r.Node).String() }),
		named("role", "the role", func(x *index, r *row) string { return x.roleName(r.Role) }, func(x *index, r *row) string { return x.roleID(r.Role) }),
		named("division", "the division that it is assigned in", func(x *index, r *row) string { return x.divisionName(r.Division) },
			func(x *index, r *row) string { return x.g.DivisionKey(x.g.NodeKey(r.Node).Org, r.Division).ID }),
		number("principals", "the number of principals whose way passes through it", func(_ *index, r *row) int { return len(r.members) }),
		number("of", "the number of principals that have a way at all", func(_ *index, r *row) int { return r.all }),
		number("rank", "1 for the one that most ways pass through", func(_ *index, r *row) int { return r.rank }),
	}
	f.members = func(_ *index, r any) []uint32 { return r.(*row).members }
	f.records = func(x *index, r any) []record {
		v := r.(*row)
		k := x.g.NodeKey(v.Node)
		id := k.ID + "/" + x.roleID(v.Role) + "/" + x.g.DivisionKey(k.Org, v.Division).ID
		return []record{{k.Org, analyzer.TargetRef{Kind: authz.KindGrant, ID: id, Name: x.g.NodeName(v.Node) + ", " + x.roleName(v.Role) + ", " + x.divisionName(v.Division)}}}
	}
	f.causes = func(_ *index, r any, add func(cause)) { add(cause{r.(*row).Role, r.(*row).Division}) }
	f.org = func(x *index, r any) string { return x.g.NodeKey(r.(*row).Node).Org }
	return f
}

func chokeRows(x *index, _ *query, visit func(any) error) error {
	at := map[graph.Grant]*chokeRow{}
	var order []*chokeRow
	all := 0
	for c := range x.m.Escalations().All(false) {
		if c.Total <= 0 || x.approvedPrincipal(c.Source) {
			continue
		}
		all++
		row := escalationRow{c: c}
		for _, m := range row.way(x) {
			if m.Reason == nil {
				continue
			}
			g := m.Reason.Grant
			if at[g] == nil {
				at[g] = &chokeRow{Grant: g}
				order = append(order, at[g])
			}
			at[g].members = append(at[g].members, c.Source)
		}
	}
	slices.SortFunc(order, func(a, b *chokeRow) int {
		return cmp.Or(cmp.Compare(len(b.members), len(a.members)), cmp.Compare(a.Node, b.Node), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Division, b.Division))
	})
	for i, r := range order {
		slices.Sort(r.members)
		r.members, r.all, r.rank = slices.Compact(r.members), all, i+1
		if err := visit(r); err != nil {
			return err
		}
	}
	return nil
}
