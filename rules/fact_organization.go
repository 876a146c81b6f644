package rules

import (
	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// An organizationRow is one organization of the snapshot.
type organizationRow struct {
	rec authz.Organization
	o   *orgIndex
}

func organizationFact() *fact {
	type row = organizationRow
	f := &fact{name: "organization", rows: organizationRows, doc: "an organization of the snapshot as a whole"}
	f.fields = []field{
		text("org", "id", func(_ *index, r *row) string { return r.rec.ID }),
		text("name", "name", func(_ *index, r *row) string { return r.rec.Name }),
		text("region", "its region, where the source says", func(_ *index, r *row) string { return r.rec.Region }),
		texts("products", "ids and names of its products (licences); empty where the snapshot has none", func(x *index, r *row) []string { return x.products(r.rec.ID) }),
		number("custom_roles", "the number of its own roles that are granted to anybody", func(x *index, r *row) int { return x.customRoles(r.o) }),
		text("grant_division_aware", "whether the right to grant roles is limited to divisions: true, false or unknown", func(_ *index, r *row) string { return r.rec.GrantDivisionAware.String() }),
		text("backfill", "whether the platform adds new permissions to default roles by itself: true, false or unknown", func(_ *index, r *row) string { return r.rec.Backfill.String() }),
	}
	f.members = func(*index, any) []uint32 { return nil }
	f.records = func(_ *index, r any) []record {
		o := r.(*row).rec
		return []record{{o.ID, analyzer.TargetRef{Kind: authz.KindOrganization, ID: o.ID, Name: o.Name}}}
	}
	f.org = func(_ *index, r any) string { return r.(*row).rec.ID }
	return f
}

func organizationRows(x *index, _ *query, visit func(any) error) error {
	for _, o := range x.g.Organizations() {
		if err := visit(&organizationRow{o, x.org[o.ID]}); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) customRoles(o *orgIndex) int {
	n := 0
	for i := range x.roles {
		if r := &x.roles[i]; r.org == o && !r.builtin && len(x.cells[i]) > 0 {
			n++
		}
	}
	return n
}
