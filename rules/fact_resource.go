package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A resourceRow is one thing that has a place: a resource, a division, or a
// live principal.
type resourceRow struct {
	key       authz.Key
	name      string
	typ       string
	division  uint32 // graph.NoDivision: in every division
	tenant    int
	shared    bool
	principal int // -1: it is none
	object    *authz.Resource
	members   *resourceMembers // gathered when first asked for
}

func resourceFact() *fact {
	type row = resourceRow
	f := &fact{
		name: "resource", rows: resourceRows,
		doc: "everything that has a place: queues, flows and other objects, divisions themselves, and the live principals",
	}
	f.fields = []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.key.Org }),
		text("kind", "queue, flow, resource, division, or a kind of principal", func(_ *index, r *row) string { return r.key.Kind.String() }),
		text("id", "id", func(_ *index, r *row) string { return r.key.ID }),
		named("name", "name", func(_ *index, r *row) string { return r.name }, func(_ *index, r *row) string { return r.key.String() }),
		text("type", "type of a flow or other object, as the platform names it", func(_ *index, r *row) string { return r.typ }),
		named("division", "its division; empty if it lies in every one", func(x *index, r *row) string { return r.divisionName(x) }, func(x *index, r *row) string { return r.divisionID(x) }),
		text("division_tenant", "tenant of that division; a principal's own tenant", func(x *index, r *row) string { return x.tenantName(r.tenant) }),
		flag("unassigned", "whether it belongs to no tenant and lies in no shared division", func(x *index, r *row) bool { return r.loose(x) }),
		flag("gone", "whether it is a division that only assignments name: the complete list of divisions lacks it", func(x *index, r *row) bool { return r.gone(x) }),
		flag("is_home", "whether its division is Home", func(x *index, r *row) bool {
			return r.division != graph.NoDivision && x.g.Divisions()[r.division].Home
		}),
		flag("is_shared", "whether its division is shared", func(_ *index, r *row) bool { return r.shared }),
		text("name_tenant", "the tenant that its name says, by the naming convention or by beginning with the tenant's name; empty if it says none", func(x *index, r *row) string { return x.tenantName(x.namedTenant(r)) }),
		texts("member_tenants", "tenants of a queue's live members", func(x *index, r *row) []string { return x.tenantNames(x.membersOf(r).tenants) }),
		text("seems_of", "the tenant that its name says, else the one outside tenant of all its members; empty if neither says one", func(x *index, r *row) string { return x.tenantName(x.seemsOf(r)) }),
		texts("member_groups", "names of the groups and teams that a queue lists as members", func(x *index, r *row) []string { return x.groupNames(x.membersOf(r).groups) }),
		texts("member_group_tenants", "tenants of the live members of those groups and teams", func(x *index, r *row) []string { return x.tenantNames(x.membersOf(r).groupTenants) }),
		texts("reached_by_scope_from", "outside tenants whose principals reach the queue by a policy with scope group, team or view, where it has members of another tenant", func(x *index, r *row) []string { return x.tenantNames(x.scopedFrom(r)) }),
	}
	f.selectors = []selector{
		{name: "kind", kind: selWords, words: append([]string{"queue", "flow", "resource", "division"}, principalKinds()...), doc: "kind of the thing"},
		{name: "unassigned", kind: selFlag, doc: "whether it belongs to no tenant and lies in no shared division"},
		{name: "division_tenant", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "tenant of its division"},
	}
	f.members = func(_ *index, r any) []uint32 {
		if p := r.(*row).principal; p >= 0 {
			return []uint32{uint32(p)}
		}
		return nil
	}
	f.records = func(_ *index, r any) []record {
		v := r.(*row)
		if v.principal >= 0 {
			return nil
		}
		return []record{{v.key.Org, analyzer.TargetRef{Kind: v.key.Kind, ID: v.key.ID, Name: v.name}}}
	}
	f.org = func(_ *index, r any) string { return r.(*row).key.Org }
	f.tenant = func(x *index, r any) string { return x.tenantName(r.(*row).tenant) }
	return f
}

func resourceRows(x *index, q *query, visit func(any) error) error {
	tenants := &query{sel: map[string][]string{}}
	if want, given := q.sel["division_tenant"]; given {
		tenants.sel["holder"] = want
	}
	show := func(r *resourceRow) error {
		if !q.has("kind", r.key.Kind.String()) || !q.is("unassigned", r.loose(x)) || !x.inHolder(tenants, r.tenant) {
			return nil
		}
		return visit(r)
	}
	for _, each := range []func(func(*resourceRow) error) error{x.divisionRows, x.objectRows, x.principalPlaces} {
		if err := each(show); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) divisionRows(show func(*resourceRow) error) error {
	for d, div := range x.g.Divisions() {
		r := resourceRow{key: div.Key, name: div.Name, division: uint32(d), tenant: x.m.Tenants.OfDivision(uint32(d)), principal: -1}
		_, r.shared = x.m.Tenants.Shared(uint32(d))
		if err := show(&r); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) objectRows(show func(*resourceRow) error) error {
	var row resourceRow
	for _, o := range x.g.Resources() {
		row = resourceRow{key: o.Key(), name: o.Name, typ: o.Type, division: graph.NoDivision, tenant: x.m.Tenants.Unassigned(), principal: -1, object: &o}
		if d, ok := x.g.FindDivision(authz.Key{Org: o.Org, Kind: authz.KindDivision, ID: o.Division}); ok {
			row.division, row.tenant = d, x.m.Tenants.OfDivision(d)
			_, row.shared = x.m.Tenants.Shared(d)
		}
		if err := show(&row); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) principalPlaces(show func(*resourceRow) error) error {
	var row resourceRow
	for p := range x.g.Principals() {
		pr := x.g.Principal(uint32(p))
		if !pr.Live {
			continue
		}
		row = resourceRow{key: pr.Key, name: pr.Name, division: pr.Division, tenant: x.tenant[p], principal: p}
		if err := show(&row); err != nil {
			return err
		}
	}
	return nil
}

func (r *resourceRow) loose(x *index) bool { return r.tenant == x.m.Tenants.Unassigned() && !r.shared }

func (r *resourceRow) gone(x *index) bool {
	return r.key.Kind == authz.KindDivision && !x.g.Divisions()[r.division].Known && x.g.Complete(r.key.Org, authz.ListDivisions)
}

func (r *resourceRow) divisionName(x *index) string {
	if r.division == graph.NoDivision {
		return ""
	}
	return x.divisionName(r.division)
}

func (r *resourceRow) divisionID(x *index) string {
	if r.division == graph.NoDivision {
		return ""
	}
	return x.m.Division(r.division).ID
}

func compareCoverage(a, b authz.Coverage) int {
	return slices.Compare(
		[]string{a.Org, string(a.List), a.Source, string(a.Status), a.Reason, a.MissingPermission},
		[]string{b.Org, string(b.List), b.Source, string(b.Status), b.Reason, b.MissingPermission},
	)
}
