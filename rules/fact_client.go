package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A clientRow is one OAuth client.
type clientRow struct {
	n uint32
	p *graph.Principal
}

func clientFact() *fact {
	type row = clientRow
	f := &fact{name: "client", doc: "an OAuth client, live or not", rows: clientRows}
	f.fields = []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.p.Key.Org }),
		text("id", "id", func(_ *index, r *row) string { return r.p.Key.ID }),
		named("name", "name", func(_ *index, r *row) string { return r.p.Name }, func(_ *index, r *row) string { return r.p.Key.ID }),
		text("grant_type", "client-credentials, code, token (implicit), saml2-bearer or password", func(_ *index, r *row) string { return grantType(r.p.Client) }),
		text("state", "active, disabled or inactive", func(_ *index, r *row) string { return stateWord(r.p.State) }),
		flag("live", "whether it can act today", func(_ *index, r *row) bool { return r.p.Live }),
		flag("own_access", "whether it has access of its own; others act as whoever signs in", func(_ *index, r *row) bool { return r.p.Acts }),
		number("token_seconds", "lifetime of its access tokens in seconds; 0 if it is not known", func(_ *index, r *row) int { return r.p.Client.TokenSeconds }),
		flag("token_seconds_known", "whether that lifetime is known", func(_ *index, r *row) bool { return r.p.Client.TokenSeconds > 0 }),
		texts("scopes", "its OAuth scopes", func(_ *index, r *row) []string { return sorted(r.p.Client.Scopes) }),
		texts("redirects", "its redirect addresses", func(_ *index, r *row) []string { return sorted(r.p.Client.Redirects) }),
		span("created_age", "how long ago it was created; ask created_age_known first", func(x *index, r *row) time.Duration { return x.since(r.p.Client.Created) }),
		flag("created_age_known", "whether the snapshot says when it was created", func(_ *index, r *row) bool { return !r.p.Client.Created.IsZero() }),
		text("tenant", "its tenant", func(x *index, r *row) string { return x.tenantName(x.tenant[r.n]) }),
		flag("external", "whether that tenant is an outside party", func(x *index, r *row) bool { return x.external(x.tenant[r.n]) }),
		text("name_tenant", "the tenant that its name says, by list or by the naming convention; empty if it says none", func(x *index, r *row) string { return x.nameTenant(r.n) }),
		texts("tenants", "tenants of the divisions that it is granted roles in, shared ones left out", func(x *index, r *row) []string { return x.grantTenants(r.n) }),
		flag("all_divisions", "whether it is granted a role in all divisions", func(x *index, r *row) bool { return x.anywhere(r.n) }),
		flag("elevated", "whether it holds an elevated permission", func(x *index, r *row) bool { return x.elevatedSet(false).Has(r.n) }),
		flag("administration", "whether it holds administration", func(x *index, r *row) bool { return x.elevatedSet(true).Has(r.n) }),
		number("permissions", "how many permissions its roles give", func(x *index, r *row) int { return x.permissionCount(r.n) }),
		text("created_by", "id of the user that made it", func(_ *index, r *row) string { return r.p.Client.CreatedBy }),
		texts("permission_list", "the permissions that its roles give", func(x *index, r *row) []string { return x.permissionsOf(r.n) }),
		flag("named_well", "whether its name follows the naming convention; true where the configuration has none", func(x *index, r *row) bool {
			re := x.m.Config.Naming.Clients
			return re == nil || re.MatchString(r.p.Name)
		}),
		span("secret_age", "how long ago its secret was made: by the audit log, else at most since it was created; ask secret_age_known first", func(x *index, r *row) time.Duration { return x.since(x.secretMade(r.p)) }),
		flag("secret_age_known", "whether the snapshot says anything of it", func(x *index, r *row) bool { return !x.secretMade(r.p).IsZero() }),
		flag("secret_age_exact", "whether the audit log says when the secret was made last", func(x *index, r *row) bool { return !x.secretEvent(r.p).IsZero() }),
		moment("last_used", "when it was used last, as far as its usage says; ask used_known first", func(x *index, r *row) time.Time { return x.used(r.p).last }),
		flag("used_known", "whether its usage names a day on which it was used", func(x *index, r *row) bool { return !x.used(r.p).last.IsZero() }),
		span("unused_for", "how long it was not used for sure: since its last use, or since the first day that usage speaks of or it was created; 0 where usage is not known",
			func(x *index, r *row) time.Duration { return x.unusedFor(r.p) }),
		texts("integrations", "names of enabled integrations that name it", func(x *index, r *row) []string { return x.integrationsOf(r.p) }),
		flag("administration_whole", "whether it holds administration that no scope or condition limits", func(x *index, r *row) bool { return x.adminWhole(r.n) }),
		flag("approved", "whether allow entries that are in force name it, and cover everything administrative that it holds", func(x *index, r *row) bool { return x.approvedPrincipal(r.n) }),
		text("creator_state", "that user's state: active, inactive, deleted, gone (a complete list of users lacks it) or unknown", func(x *index, r *row) string { return x.creatorState(r.p) }),
	}
	f.selectors = []selector{
		{name: "grant_type", kind: selWords, words: []string{"client-credentials", "code", "token", "saml2-bearer", "password"}, doc: "grant type"},
		{name: "live", kind: selFlag, doc: "whether it can act today"},
		{name: "elevated", kind: selFlag, doc: "whether it holds an elevated permission"},
		{name: "administration", kind: selFlag, doc: "whether it holds administration"},
		{name: "holder", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "its tenant"},
	}
	f.members = func(_ *index, r any) []uint32 { return []uint32{r.(*row).n} }
	f.causes = func(x *index, r any, add func(cause)) {
		for _, n := range x.g.Acts(r.(*row).n) {
			for _, g := range x.g.GrantsOf(n) {
				add(cause{g.Role, g.Division})
			}
		}
	}
	f.org = func(_ *index, r any) string { return r.(*row).p.Key.Org }
	f.tenant = func(x *index, r any) string { return x.tenantName(x.tenant[r.(*row).n]) }
	return f
}

func clientRows(x *index, q *query, visit func(any) error) error {
	var row clientRow
	elevated, byElevated := q.flag("elevated")
	admin, byAdmin := q.flag("administration")
	for n := range x.g.Principals() {
		p := x.g.Principal(uint32(n))
		if p.Client == nil || !q.has("grant_type", grantType(p.Client)) || !q.is("live", p.Live) || !x.inHolder(q, x.tenant[n]) {
			continue
		}
		if byElevated && x.elevatedSet(false).Has(uint32(n)) != elevated || byAdmin && x.elevatedSet(true).Has(uint32(n)) != admin {
			continue
		}
		row = clientRow{n: uint32(n), p: p}
		if err := visit(&row); err != nil {
			return err
		}
	}
	return nil
}

// grantType writes a client's grant type in one form; one that was not given
// counts as client-credentials, as everywhere.
func grantType(c *authz.Client) string {
	t := strings.ToLower(strings.ReplaceAll(c.GrantType, "_", "-"))
	switch t {
	case "":
		return "client-credentials"
	case "saml2bearer":
		return "saml2-bearer"
	case "implicit":
		return "token"
	default:
		return t
	}
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}

func (x *index) since(t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return x.m.Now.Sub(t)
}

func (x *index) nameTenant(p uint32) string {
	if t := x.tenantBy(p, "name"); t != "" {
		return t
	}
	return x.tenantBy(p, "convention")
}

func (x *index) grantTenants(p uint32) []string {
	var out []string
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			if _, shared := x.m.Tenants.Shared(g.Division); g.Division != graph.AnyDivision && !shared {
				out = append(out, x.tenantName(x.m.Tenants.OfDivision(g.Division)))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (x *index) anywhere(p uint32) bool {
	return slices.ContainsFunc(x.g.Acts(p), func(n uint32) bool {
		return slices.ContainsFunc(x.g.GrantsOf(n), func(g graph.Grant) bool { return g.Division == graph.AnyDivision })
	})
}

func (x *index) permissionCount(p uint32) int {
	o := x.org[x.g.Principal(p).Key.Org]
	if o == nil {
		return 0
	}
	s := graph.NewSet(len(o.perms))
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			if x.roles[g.Role].org == o {
				s.Or(x.roles[g.Role].perms)
			}
		}
	}
	return s.Len()
}

func (x *index) creatorState(p *graph.Principal) string {
	if p.Client.CreatedBy == "" {
		return "unknown"
	}
	n, ok := x.g.FindPrincipal(authz.Key{Org: p.Key.Org, Kind: authz.KindUser, ID: p.Client.CreatedBy})
	switch {
	case ok && x.g.Principal(n).Known:
		return stateWord(x.g.Principal(n).State)
	case x.g.Complete(p.Key.Org, authz.ListUsers):
		return "gone"
	default:
		return "unknown"
	}
}
