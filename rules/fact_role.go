package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A roleRow is one role.
type roleRow struct {
	n       uint32
	holders []share // live principals; gathered when first asked for
	asked   bool
}

func roleFact() *fact {
	type row = roleRow
	f := &fact{name: "role", doc: "a role, granted or not", rows: roleRows}
	f.fields = []field{
		text("org", "id of the organization", func(x *index, r *row) string { return x.roles[r.n].rec.Key.Org }),
		text("id", "id", func(x *index, r *row) string { return x.roleID(r.n) }),
		named("name", "name", func(x *index, r *row) string { return x.roleName(r.n) }, func(x *index, r *row) string { return x.roleID(r.n) }),
		flag("builtin", "whether it is a default role of the platform or made from one", func(x *index, r *row) bool { return x.roles[r.n].builtin }),
		text("based_on", "the platform's name of the default role that it is or was made from", func(x *index, r *row) string { return x.roles[r.n].rec.Record.BasedOn }),
		texts("inherits", "names of the roles that it inherits from, nearest first", func(x *index, r *row) []string { return x.inherits(r.n) }),
		flag("read", "whether its lines, and those of what it inherits from, were read", func(x *index, r *row) bool { return !x.roles[r.n].maybe && !x.roles[r.n].rec.Record.LinesMissing }),
		number("permissions", "how many permissions it gives, wildcards spelled out", func(x *index, r *row) int { return x.roles[r.n].perms.Len() }),
		texts("wildcards", "its own lines that stand for more than one permission", func(x *index, r *row) []string { return x.wildcards(r.n) }),
		flag("elevated", "whether it gives an elevated permission", func(x *index, r *row) bool { return x.roles[r.n].elevated }),
		flag("administration", "whether it gives administration", func(x *index, r *row) bool { return x.roles[r.n].administration }),
		flag("total", "whether it carries the legacy permission admin: total control", func(x *index, r *row) bool { return x.roles[r.n].rec.Admin }),
		flag("granted", "whether it is granted to anybody or anything", func(x *index, r *row) bool { return len(x.cells[r.n]) > 0 }),
		flag("inherits_builtin", "whether it inherits, directly or not, from a default role of the platform or one made from it", func(x *index, r *row) bool { return x.inheritsBuiltin(r.n) }),
		number("depth", "the length of the longest chain of inheritance above it; 0 if it inherits nothing", func(x *index, r *row) int { return x.depth(r.n, map[uint32]bool{}) }),
		texts("permission_list", "the permissions that it gives, wildcards spelled out", func(x *index, r *row) []string { return x.permissionNames(r.n) }),
		flag("wildcards_elevated", "whether one of its own lines that stand for more than one permission is elevated", func(x *index, r *row) bool { return x.wildElevated(r.n) }),
		flag("named_well", "whether its name follows the naming convention; true where the configuration has none", func(x *index, r *row) bool {
			re := x.m.Config.Naming.Roles
			return re == nil || re.MatchString(x.roleName(r.n))
		}),
		texts("personas", "personas of the configuration that it belongs to", func(x *index, r *row) []string { return x.rolePersonas(r.n) }),
		number("direct_users", "the number of live users to whom it is assigned directly", func(x *index, r *row) int { return len(x.directUsers(r.n)) }),
		roles("equal_to", "roles that give the same permissions, in the same way", func(x *index, r *row) []uint32 { return x.equalRoles(r.n) }),
		roles("contained_in", "roles that give more, and that everybody who holds this one holds in the same divisions", func(x *index, r *row) []uint32 { return x.containing(r.n) }),
		flag("changed", "whether an earlier snapshot has the role with other permissions", func(x *index, r *row) bool { return x.changedRole(r.n) }),
		texts("gained", "permissions that it has since an earlier snapshot", func(x *index, r *row) []string { added, _ := x.roleChange(r.n); return added }),
		texts("lost", "permissions that it has lost since an earlier snapshot", func(x *index, r *row) []string { _, gone := x.roleChange(r.n); return gone }),
		number("holders", "the number of live principals that hold it", func(x *index, r *row) int { return len(r.members(x)) }),
		texts("tenants", "tenants of the live principals that hold it", func(x *index, r *row) []string { return r.tenants(x) }),
	}
	f.selectors = []selector{
		{name: "builtin", kind: selFlag, doc: "whether it is a default role of the platform or made from one"},
		{name: "elevated", kind: selFlag, doc: "whether it gives an elevated permission"},
		{name: "administration", kind: selFlag, doc: "whether it gives administration"},
		{name: "granted", kind: selFlag, doc: "whether it is granted to anybody or anything"},
	}
	f.members = func(x *index, r any) []uint32 { return r.(*row).members(x) }
	f.records = func(x *index, r any) []record {
		k := x.roles[r.(*row).n].rec.Key
		return []record{{k.Org, analyzer.TargetRef{Kind: authz.KindRole, ID: k.ID, Name: x.roleName(r.(*row).n)}}}
	}
	f.org = func(x *index, r any) string { return x.roles[r.(*row).n].rec.Key.Org }
	f.causes = func(x *index, r any, add func(cause)) {
		for _, c := range x.cells[r.(*row).n] {
			add(cause{c.Role, c.Division})
		}
	}
	return f
}

func roleRows(x *index, q *query, visit func(any) error) error {
	for n := range x.roles {
		r := &x.roles[n]
		if !q.is("builtin", r.builtin) || !q.is("elevated", r.elevated) || !q.is("administration", r.administration) || !q.is("granted", len(x.cells[n]) > 0) {
			continue
		}
		if err := visit(&roleRow{n: uint32(n)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *roleRow) shares(x *index) []share {
	if !r.asked {
		sure, perhaps := x.gather(x.cells[r.n])
		r.holders, r.asked = x.split(slices.Concat(sure, perhaps)), true
	}
	return r.holders
}

func (r *roleRow) members(x *index) []uint32 {
	var out []uint32
	for _, s := range r.shares(x) {
		out = append(out, s.list...)
	}
	return out
}

func (r *roleRow) tenants(x *index) []string {
	var out []string
	for _, s := range r.shares(x) {
		out = append(out, x.tenantName(s.tenant))
	}
	return out
}

func (x *index) inherits(n uint32) []string {
	var out []string
	for _, q := range x.roles[n].rec.Inherited {
		out = append(out, x.roleName(q))
	}
	return out
}

func (x *index) wildcards(n uint32) []string {
	var out []string
	for _, p := range x.roles[n].rec.Record.Policies {
		if c := authz.NewPattern(p.Domain, p.Entity, p.Action); p.Guide == "" && c.IsWild() {
			out = append(out, c.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
