package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A groupRow is one group or team.
type groupRow struct{ graph.Group }

func groupFact() *fact {
	type row = groupRow
	f := &fact{name: "group", doc: "a group or team of the organization, with roles or without", rows: groupRows}
	f.fields = []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.Key.Org }),
		text("kind", "group or team", func(_ *index, r *row) string { return r.Key.Kind.String() }),
		text("id", "id", func(_ *index, r *row) string { return r.Key.ID }),
		named("name", "name", func(_ *index, r *row) string { return r.Name }, func(_ *index, r *row) string { return r.Key.ID }),
		flag("active", "whether it is active", func(_ *index, r *row) bool { return r.Active }),
		flag("roles_enabled", "whether roles that it holds reach its members for sure", func(_ *index, r *row) bool { return r.RolesEnabled }),
		flag("read", "whether all its members were read", func(_ *index, r *row) bool { return r.MembersRead }),
		number("members", "the number of principals in it, live or not", func(x *index, r *row) int { return len(x.g.Members(r.Node)) }),
		number("live_members", "the number of live principals in it", func(x *index, r *row) int { return len(x.live(r.Node)) }),
		texts("roles", "names of the roles that it holds itself", func(x *index, r *row) []string { return x.rolesHeldBy(r.Node) }),
		flag("elevated", "whether one of these roles gives an elevated permission", func(x *index, r *row) bool {
			return slices.ContainsFunc(x.g.GrantsOf(r.Node), func(g graph.Grant) bool { return x.roles[g.Role].elevated })
		}),
		flag("administration", "whether one of these roles gives administration", func(x *index, r *row) bool {
			return slices.ContainsFunc(x.g.GrantsOf(r.Node), func(g graph.Grant) bool { return x.roles[g.Role].administration })
		}),
		texts("owners", "ids of its owners", func(_ *index, r *row) []string {
			if r.Record == nil {
				return nil
			}
			return sorted(r.Record.Owners)
		}),
		flag("dynamic", "whether rules, not people, decide who is in it", func(_ *index, r *row) bool { return r.Record != nil && r.Record.Dynamic == authz.True }),
		texts("tenants", "tenants of its live members", func(x *index, r *row) []string {
			var out []string
			for _, s := range x.split(x.live(r.Node)) {
				out = append(out, x.tenantName(s.tenant))
			}
			return sorted(out)
		}),
	}
	f.selectors = []selector{
		{name: "kind", kind: selWords, words: []string{"group", "team"}, doc: "group or team"},
		{name: "granted", kind: selFlag, doc: "whether it holds a role itself"},
	}
	f.members = func(x *index, r any) []uint32 { return x.live(r.(*row).Node) }
	f.records = func(_ *index, r any) []record {
		g := r.(*row)
		return []record{{g.Key.Org, analyzer.TargetRef{Kind: g.Key.Kind, ID: g.Key.ID, Name: g.Name}}}
	}
	f.causes = func(x *index, r any, add func(cause)) {
		for _, g := range x.g.GrantsOf(r.(*row).Node) {
			add(cause{g.Role, g.Division})
		}
	}
	f.org = func(_ *index, r any) string { return r.(*row).Key.Org }
	return f
}

func groupRows(x *index, q *query, visit func(any) error) error {
	for _, g := range x.g.Groups() {
		if !g.Known || !q.has("kind", g.Key.Kind.String()) || !q.is("granted", len(x.g.GrantsOf(g.Node)) > 0) {
			continue
		}
		if err := visit(&groupRow{g}); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) rolesHeldBy(n uint32) []string {
	var out []string
	for _, g := range x.g.GrantsOf(n) {
		out = append(out, x.roleName(g.Role))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
