package rules

import (
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A principalRow is one principal.
type principalRow struct {
	n uint32
	p *graph.Principal
}

func principalFact() *fact {
	f := &fact{
		name: "principal", doc: "a user, OAuth client, or trustee's user or group, live or not",
		rows: principalRows,
	}
	f.fields = principalFields()
	f.selectors = []selector{
		{name: "kind", kind: selWords, words: principalKinds(), doc: "kind of the principal"},
		{name: "live", kind: selFlag, doc: "whether it can act today"},
		{name: "elevated", kind: selFlag, doc: "whether it holds an elevated permission, directly or through groups"},
		{name: "administration", kind: selFlag, doc: "whether it holds administration, directly or through groups"},
		{name: "holder", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "its tenant"},
		{name: "in_home", kind: selFlag, doc: "whether its division is Home"},
		{name: "lacking", kind: selFlag, doc: "whether it lacks a permission that its work needs"},
	}
	f.members = func(_ *index, r any) []uint32 { return []uint32{r.(*principalRow).n} }
	f.org = func(_ *index, r any) string { return r.(*principalRow).p.Key.Org }
	f.tenant = func(x *index, r any) string { return x.tenantName(x.tenant[r.(*principalRow).n]) }
	return f
}

func principalKinds() []string {
	return []string{"user", "oauth_client", "trustee_user", "trustee_group", "trustee_organization", "unknown"}
}

func principalFields() []field {
	type row = principalRow
	user := func(name, doc string, get func(u *authz.User) string) field {
		return text(name, doc, func(_ *index, r *row) string {
			if r.p.User() == nil {
				return ""
			}
			return get(r.p.User())
		})
	}
	by := func(name, fact, doc string) field {
		return text(name, doc, func(x *index, r *row) string { return x.tenantBy(r.n, fact) })
	}
	return []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.p.Key.Org }),
		text("kind", "user, oauth_client, trustee_user, trustee_group, trustee_organization, unknown", func(_ *index, r *row) string { return r.p.Key.Kind.String() }),
		text("id", "id", func(_ *index, r *row) string { return r.p.Key.ID }),
		named("name", "name", func(_ *index, r *row) string { return r.p.Name }, func(_ *index, r *row) string { return r.p.Key.String() }),
		text("email", "e-mail address", func(_ *index, r *row) string { return r.p.Email }),
		text("state", "active, inactive, deleted or another word of the platform", func(_ *index, r *row) string { return stateWord(r.p.State) }),
		flag("live", "whether it can act today", func(_ *index, r *row) bool { return r.p.Live }),
		named("division", "its division; empty if it has none", func(x *index, r *row) string { return r.division(x, false) }, func(x *index, r *row) string { return r.division(x, true) }),
		flag("in_home", "whether its division is Home", func(x *index, r *row) bool {
			return r.p.Division != graph.NoDivision && x.g.Divisions()[r.p.Division].Home
		}),
		text("tenant", "its tenant", func(x *index, r *row) string { return x.tenantName(x.tenant[r.n]) }),
		text("tenant_by", "what decided on the tenant: name, group, email, division, convention, grants, organization or none", func(x *index, r *row) string { return x.m.Tenants.Of(r.n).By }),
		by("tenant_by_name", "name", "the tenant that its name says; empty if it says none"),
		by("tenant_by_group", "group", "the tenant that a group says; empty if none does"),
		by("tenant_by_email", "email", "the tenant that its e-mail says; empty if it says none"),
		by("tenant_by_division", "division", "the tenant that its division says; empty if it says none"),
		flag("disputed", "whether two of these name different tenants", func(x *index, r *row) bool { return x.m.Tenants.Of(r.n).Disputed() }),
		flag("external", "whether its tenant is an outside party", func(x *index, r *row) bool { return x.external(x.tenant[r.n]) }),
		texts("groups", "names of the groups that it acts as", func(x *index, r *row) []string { return x.containers(r.n, authz.KindGroup) }),
		texts("teams", "names of the teams that it acts as", func(x *index, r *row) []string { return x.containers(r.n, authz.KindTeam) }),
		texts("roles", "names of the roles that it holds, directly or through groups", func(x *index, r *row) []string { return x.rolesOf(r.n) }),
		flag("elevated", "whether it holds an elevated permission, directly or through groups", func(x *index, r *row) bool { return x.elevatedSet(false).Has(r.n) }),
		flag("administration", "whether it holds administration, directly or through groups", func(x *index, r *row) bool { return x.elevatedSet(true).Has(r.n) }),
		moment("last_seen", "the later of the last token and the last password sign-in; ask last_seen_known first", func(_ *index, r *row) time.Time { return r.p.LastSeen() }),
		flag("last_seen_known", "whether the snapshot says when it was last seen", func(_ *index, r *row) bool { return !r.p.LastSeen().IsZero() }),
		user("region", "its region, where a source has one", func(u *authz.User) string { return u.Region }),
		text("bpo", "the flag bpo, or the attribute bpo of the configuration where the platform has none: true, false or unknown; empty for what is no user",
			func(x *index, r *row) string { return x.flagOf(r.n, r.p) }),
		texts("attributes", "names of the configuration's attributes that are true of it, and name=text of those that are texts", func(x *index, r *row) []string { return x.attributesOf(r.n) }),
		texts("attributes_unknown", "names of the configuration's attributes that nobody can tell, because the snapshot lacks what they ask for; empty for what is no user",
			func(x *index, r *row) []string { return x.attributesUnknown(r.n, r.p) }),
		texts("licences", "its licences, where a source has them", func(_ *index, r *row) []string {
			if r.p.User() == nil {
				return nil
			}
			return r.p.User().Licences
		}),
		user("manager", "id of its manager", func(u *authz.User) string { return u.Manager }),
		user("cloned_from", "id of the organization that the account was cloned from", func(u *authz.User) string { return u.ClonedFrom }),
		text("trustee", "name of the organization that lets it in by a trust; empty for the organization's own", func(x *index, r *row) string { return x.trusteeOf(r.p) }),
		text("bpo_expected", "what the flag bpo should be by licence and tenant: true or false; empty where nobody can say, or where the organization does not use the flag",
			func(x *index, r *row) string { return x.expectedFlag(r.n) }),
		text("tenant_region", "the region of its tenant; empty if the configuration states none", func(x *index, r *row) string { return x.m.Tenants.Tenants[x.tenant[r.n]].Region }),
		texts("crosses_regions", "regions, other than its tenant's, of tenants in whose divisions it holds what no allow entry covers", func(x *index, r *row) []string { return x.crossing(r.n) }),
		text("provisioned", "how it is known that the account is new: audit (the audit log says so), baseline (an earlier snapshot lacks it), or empty", func(x *index, r *row) string { return x.provisioned(r.p) }),
		text("provisioned_by", "the client or user that made the account, if the audit log says so", func(x *index, r *row) string { return x.provisioner(r.p) }),
		texts("personas", "personas of the configuration that it has, by the roles that it holds", func(x *index, r *row) []string { return x.personasOf(r.n) }),
		texts("own_personas", "personas of the configuration that it has by roles assigned to itself, not through a group", func(x *index, r *row) []string { return x.ownPersonas(r.n) }),
		texts("lacks", "permissions that its work needs and that it lacks, each with what needs it", func(x *index, r *row) []string { return x.lacking()[r.n] }),
		texts("beyond_persona", "permissions that it holds beyond the baselines of its personas", func(x *index, r *row) []string { return x.beyondPersona(r.n) }),
		flag("total", "whether it holds total control", func(x *index, r *row) bool { return x.total(r.n) }),
		flag("approved", "whether allow entries that are in force name it, and cover everything administrative that it holds", func(x *index, r *row) bool { return x.approvedPrincipal(r.n) }),
		nodes("joins", "names of the groups that it may put itself into, by permission or as an owner, and that hold more than it does", func(x *index, r *row) []uint32 { return x.joinable()[r.n] }),
		nodes("satisfies", "names of rule-based groups that hold more than it does, and whose rule it may satisfy: it assigns skills or languages, or edits profiles", func(x *index, r *row) []uint32 { return x.satisfiable()[r.n] }),
		texts("moves_between", "tenants of which it may edit queues, flows or users, its own included; others only where no allow entry covers it", func(x *index, r *row) []string { return x.tenantNames(x.movers()[r.n]) }),
		nodes("widened_by", "names of the groups whose roles give it more than its own role assignments do", func(x *index, r *row) []uint32 { return x.widened(r.n) }),
		texts("default_admin_roles", "built-in roles with administration that it holds", func(x *index, r *row) []string { return x.defaultAdmin(r.n) }),
	}
}

// trusteeOf names the organization that a principal belongs to, if it is let in by a trust.
func (x *index) trusteeOf(p *graph.Principal) string {
	id := ""
	switch {
	case p.Key.Kind == authz.KindTrusteeOrganization:
		id = p.Key.ID
	case p.User() != nil:
		id = p.User().Trustee
	case p.Group != nil:
		id = p.Group.Trustee
	}
	if name := x.g.TrusteeName(p.Key.Org, id); name != "" {
		return name
	}
	return id
}

func (x *index) defaultAdmin(p uint32) []string {
	var out []string
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			if r := &x.roles[g.Role]; r.builtin && r.administration {
				out = append(out, x.roleName(g.Role))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func principalRows(x *index, q *query, visit func(any) error) error {
	var row principalRow
	elevated, byElevated := q.flag("elevated")
	admin, byAdmin := q.flag("administration")
	for n := range x.g.Principals() {
		p := x.g.Principal(uint32(n))
		if !q.has("kind", p.Key.Kind.String()) || !q.is("live", p.Live) || !x.inHolder(q, x.tenant[n]) {
			continue
		}
		if byElevated && x.elevatedSet(false).Has(uint32(n)) != elevated || byAdmin && x.elevatedSet(true).Has(uint32(n)) != admin {
			continue
		}
		row = principalRow{n: uint32(n), p: p}
		if !x.alsoSelected(q, &row) {
			continue
		}
		if err := visit(&row); err != nil {
			return err
		}
	}
	return nil
}

func stateWord(s string) string {
	if s == "" {
		return "active"
	}
	return s
}

func (r *principalRow) division(x *index, id bool) string {
	switch {
	case r.p.Division == graph.NoDivision:
		return ""
	case id:
		return x.m.Division(r.p.Division).ID
	default:
		return x.m.Division(r.p.Division).Name
	}
}

// tenantBy is the tenant that one kind of fact names for a principal.
func (x *index) tenantBy(p uint32, by string) string {
	for _, f := range x.m.Tenants.Of(p).Facts {
		if f.By == by {
			return x.tenantName(f.Tenant)
		}
	}
	return ""
}

func (x *index) containers(p uint32, kind authz.Kind) []string {
	var out []string
	for _, n := range x.g.Acts(p)[1:] {
		if x.g.NodeKey(n).Kind == kind {
			out = append(out, x.g.NodeName(n))
		}
	}
	slices.Sort(out)
	return out
}

func (x *index) rolesOf(p uint32) []string {
	var out []string
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			out = append(out, x.roleName(g.Role))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// alsoSelected reports whether a principal passes the selectors that cost more.
func (x *index) alsoSelected(q *query, r *principalRow) bool {
	if !q.is("in_home", r.p.Division != graph.NoDivision && x.g.Divisions()[r.p.Division].Home) {
		return false
	}
	want, given := q.flag("lacking")
	return !given || want == (len(x.lacking()[r.n]) > 0)
}
