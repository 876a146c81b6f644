package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// noRole stands for the role of access that no role gives: a trust lets the
// trustee organization in as a whole.
const noRole = ^uint32(0)

// The ways in which access reaches a target.
const (
	throughDivision     = "division"      // granted in a division of the target
	throughAll          = "all_divisions" // granted in all divisions
	throughOrganization = "organization"  // no division limits the permission
	throughUnknown      = "unknown"       // nobody can tell whether divisions limit it
	throughAdmin        = "admin"         // total control
	throughUnread       = "unread"        // the role was not read and may carry everything
	throughTrust        = "trust"         // the trust itself
)

// An accessRow is: principals of one tenant, some permissions that are alike,
// one role that gives them, one target.
type accessRow struct {
	org     *orgIndex
	role    uint32
	perms   []uint32
	through string
	target  *target
	holder  int
	level   graph.Level
	list    []uint32
	allowed bool
}

func (r *accessRow) info() *permInfo   { return &r.org.info[r.perms[0]] }
func (r *accessRow) perm() *graph.Perm { return &r.org.perms[r.perms[0]] }

func accessFact() *fact {
	f := &fact{
		name: "access",
		doc: "what live principals of one tenant can do to one target through one role. Permissions that no division limits are told once " +
			"for each role, with the target \"*\" (the organization)",
		group: accessGroup,
	}
	f.fields = accessFields()
	f.selectors = accessSelectors()
	f.members = func(_ *index, r any) []uint32 { return r.(*accessRow).list }
	f.org = func(_ *index, r any) string { return r.(*accessRow).org.id }
	f.tenant = func(x *index, r any) string { return x.tenantName(r.(*accessRow).holder) }
	f.causes = func(x *index, r any, add func(cause)) { r.(*accessRow).causes(x, add) }
	f.causing = func(x *index, r any) shape {
		v := r.(*accessRow)
		return shape{uint64(v.role) + 1, x.token(v.through), uint64(v.target.number)}
	}
	f.reasons = func(x *index, r any, limit int) []analyzer.ExplainedReason { return r.(*accessRow).reasons(x, limit) }
	return f
}

func accessFields() []field {
	type row = accessRow
	perm := text("permission", "the permission, as the platform names it", func(_ *index, r *row) string { return r.perm().Name })
	perm.id = func(_ *index, r any) string { return r.(*row).perm().Pattern.String() }
	perm.all = func(_ *index, r any, yield func(string)) {
		for _, id := range r.(*row).perms {
			yield(r.(*row).org.perms[id].Name)
		}
	}
	perm.list = func(r any) *uint32 { return &r.(*row).perms[0] }
	part := func(name, doc string, get func(authz.Pattern) string) field {
		return text(name, doc, func(_ *index, r *row) string { return get(r.perm().Pattern) })
	}
	return []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.org.id }),
		perm,
		part("domain", "the permission's domain, in lower case", func(p authz.Pattern) string { return p.Domain }),
		part("entity", "the permission's entity, in lower case", func(p authz.Pattern) string { return p.Entity }),
		part("action", "the permission's action, in lower case", func(p authz.Pattern) string { return p.Action }),
		text("class", "what it shows or changes: content, security, performance, people, configuration; empty if that is not known",
			func(_ *index, r *row) string { return r.info().class }),
		text("carries", "tenant: what belongs to a division; organization: what all share", func(_ *index, r *row) string { return r.info().carries }),
		flag("division_aware", "whether divisions limit the permission; false also where that is not known", func(_ *index, r *row) bool { return r.info().aware == authz.True }),
		flag("division_aware_known", "whether the snapshot or the shipped data says so", func(_ *index, r *row) bool { return r.info().aware != authz.Unknown }),
		flag("elevated", "whether the permission is listed as elevated", func(_ *index, r *row) bool { return r.info().elevated }),
		flag("administration", "whether the permission is listed as administration", func(_ *index, r *row) bool { return r.info().administration }),
		flag("forbidden", "whether external partners must never hold the permission", func(_ *index, r *row) bool { return r.info().forbidden }),
		flag("baseline", "whether no division limits the permission and every live user of the organization holds it", func(_ *index, r *row) bool { return r.info().baseline }),
		keyed(named("role", "the role that gives it", func(x *index, r *row) string { return x.roleName(r.role) }, func(x *index, r *row) string { return x.roleID(r.role) }), (*row).roleToken),
		flag("role_builtin", "whether the role is a default role of the platform or made from one", func(x *index, r *row) bool { return r.role != noRole && x.roles[r.role].builtin }),
		texts("role_personas", "personas of the configuration that the role belongs to", func(x *index, r *row) []string { return x.rolePersonas(r.role) }),
		flag("edits", "whether the permission changes something", func(_ *index, r *row) bool { return r.info().edits }),
		keyed(text("holder_tenant", "tenant of the principals", func(x *index, r *row) string { return x.tenantName(r.holder) }),
			func(r *row, x *index) uint64 { return x.named[r.holder] }),
		flag("holder_external", "whether that tenant is an outside party", func(x *index, r *row) bool { return x.external(r.holder) }),
		text("target_tenant", "tenant of the target; empty for a shared division, * for the organization", func(x *index, r *row) string { return r.targetTenant(x) }),
		named("division", "the division of the target where it is a single one, else *", func(x *index, r *row) string { return r.division(x) }, func(x *index, r *row) string { return r.divisionID(x) }),
		flag("is_home", "whether the target is the Home division", func(_ *index, r *row) bool { return r.target.home }),
		flag("is_shared", "whether the target is a shared division", func(_ *index, r *row) bool { return r.target.shared }),
		flag("shared_allowed", "whether anyone may hold the permission in this shared division", func(x *index, r *row) bool {
			return r.target.shared && x.m.SharedAllows(r.target.division, r.perm().Pattern)
		}),
		flag("allowed", "whether an allow entry that is in force covers all of it", func(_ *index, r *row) bool { return r.allowed }),
		text("reach", "whole, conditional or limited", func(_ *index, r *row) string { return r.level.String() }),
		text("through", "how it reaches the target: division, all_divisions, organization (no division limits the permission), unknown (nobody can tell whether one does), admin, unread (the role was not read), trust",
			func(_ *index, r *row) string { return r.through }),
		number("members", "the number of principals", func(_ *index, r *row) int { return len(r.list) }),
	}
}

func accessSelectors() []selector {
	return []selector{
		{name: "class", kind: selWords, words: append(lexicon.Classes(), "unknown"), doc: "class of the permission"},
		{name: "carries", kind: selWords, words: []string{lexicon.CarriesTenant, lexicon.CarriesOrganization}, doc: "what the permission carries"},
		{name: "division_aware", kind: selTri, doc: "whether divisions limit the permission"},
		{name: "permission", kind: selPatterns, doc: "permissions that one of the patterns covers"},
		{name: "verb", kind: selWords, words: lexicon.Default().Verbs(), doc: "permissions that one of the verbs covers"},
		{name: "elevated", kind: selFlag, doc: "permissions that are listed as elevated"},
		{name: "administration", kind: selFlag, doc: "permissions that are listed as administration"},
		{name: "forbidden", kind: selFlag, doc: "permissions that external partners must never hold"},
		{name: "holder", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "tenant of the principals"},
		{name: "target", kind: selWords, words: []string{"own", "other_tenant", "home", "shared", "unassigned", "organization"}, doc: "where the access leads; other_tenant is a tenant other than the holder's, Home included"},
		{name: "crosses", kind: selFlag, doc: "whether the target lies outside the holder's tenant; the organization does"},
		{name: "reach", kind: selWords, words: []string{"whole", "conditional", "limited"}, doc: "how far it reaches"},
		{name: "through", kind: selWords, words: []string{throughDivision, throughAll, throughOrganization, throughUnknown, throughAdmin, throughUnread, throughTrust}, doc: "how it reaches the target"},
		{name: "role_builtin", kind: selFlag, doc: "whether the role is a default role of the platform or made from one"},
	}
}

func (r *accessRow) roleToken(x *index) uint64 {
	if r.role == noRole {
		return x.token("")
	}
	return x.roles[r.role].token
}

func (r *accessRow) targetTenant(x *index) string {
	switch {
	case r.target.organic:
		return authz.AllDivisions
	case r.target.shared:
		return ""
	default:
		return x.tenantName(r.target.tenant)
	}
}

func (r *accessRow) division(x *index) string {
	if r.target.division == graph.AnyDivision {
		return authz.AllDivisions
	}
	return x.divisionName(r.target.division)
}

func (r *accessRow) divisionID(x *index) string {
	return x.g.DivisionKey(r.org.id, r.target.division).ID
}

func (r *accessRow) causes(x *index, add func(cause)) {
	if r.role == noRole {
		return
	}
	for _, c := range x.cells[r.role] {
		switch r.through {
		case throughAll:
			if c.Division == graph.AnyDivision {
				add(cause{r.role, c.Division})
			}
		case throughDivision:
			if c.Division != graph.AnyDivision && r.target.divs.Has(c.Division) {
				add(cause{r.role, c.Division})
			}
		default:
			add(cause{r.role, c.Division})
		}
	}
}

// reasons explains the first principal's access by the first permission.
func (r *accessRow) reasons(x *index, limit int) []analyzer.ExplainedReason {
	p := slices.Min(r.list)
	for d := range r.target.divs.All() {
		if out := x.m.Reasons(p, *r.perm(), d, limit); len(out) > 0 {
			return out
		}
	}
	return nil
}
