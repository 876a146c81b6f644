package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A reportRow is a report definition, for the principals of one tenant that it
// is shared with.
type reportRow struct {
	d *definition
	share
}

func reportFact() *fact {
	type row = reportRow
	f := &fact{name: "report", rows: reportRows, doc: "a report or export that somebody defined, once for each tenant of the live principals that it is shared with"}
	f.fields = []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.d.org }),
		text("id", "id", func(_ *index, r *row) string { return r.d.id }),
		named("name", "name", func(_ *index, r *row) string { return r.d.name }, func(_ *index, r *row) string { return r.d.id }),
		texts("filters", "the fields that it is filtered by, in lower case", func(_ *index, r *row) []string { return r.d.filters }),
		text("holder_tenant", "tenant of the principals", func(x *index, r *row) string { return x.tenantName(r.tenant) }),
		flag("external", "whether that tenant is an outside party", func(x *index, r *row) bool { return x.external(r.tenant) }),
		number("members", "the number of principals", func(_ *index, r *row) int { return len(r.list) }),
	}
	f.selectors = []selector{
		{name: "holder", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "tenant of the principals that it is shared with"},
	}
	f.members = func(_ *index, r any) []uint32 { return r.(*row).list }
	f.records = func(_ *index, r any) []record {
		d := r.(*row).d
		return []record{{d.org, analyzer.TargetRef{Kind: authz.KindOther, ID: "reports/" + d.id, Name: d.name}}}
	}
	f.org = func(_ *index, r any) string { return r.(*row).d.org }
	f.tenant = func(x *index, r any) string { return x.tenantName(r.(*row).tenant) }
	return f
}

func reportRows(x *index, q *query, visit func(any) error) error {
	if x.extra == nil {
		return nil
	}
	for i := range x.extra.reports {
		d := &x.extra.reports[i]
		for _, s := range x.split(x.sharedWith(d)) {
			if !x.inHolder(q, s.tenant) {
				continue
			}
			if err := visit(&reportRow{d, s}); err != nil {
				return err
			}
		}
	}
	return nil
}

// sharedWith returns the live principals that a definition is shared with,
// themselves or through a group.
func (x *index) sharedWith(d *definition) []uint32 {
	s := graph.NewSet(x.g.Principals())
	for _, id := range d.shared {
		for _, kind := range []authz.Kind{authz.KindUser, authz.KindGroup, authz.KindTeam, authz.KindClient} {
			if n, ok := x.g.FindNode(authz.Key{Org: d.org, Kind: kind, ID: id}); ok {
				for _, p := range x.live(n) {
					s.Add(p)
				}
			}
		}
	}
	return slices.Collect(s.All())
}
