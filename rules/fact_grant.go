package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A grantRow is one grant, for the principals of one tenant that it reaches.
type grantRow struct {
	graph.Grant
	gone   *graph.Dangling // set for a grant that names what no longer exists
	at     int             // which of those
	tenant int             // -1: reaches nobody
	list   []uint32
}

func grantFact() *fact {
	f := &fact{
		name: "grant",
		doc: "a role assignment, once for each tenant of the live principals that it reaches (a group's may be of several). Assignments that name " +
			"what no longer exists are told only where dangling: true is selected",
		rows: grantRows,
	}
	f.fields = grantFields()
	f.selectors = []selector{
		{name: "elevated", kind: selFlag, doc: "whether the role gives an elevated permission"},
		{name: "administration", kind: selFlag, doc: "whether the role gives administration"},
		{name: "all_divisions", kind: selFlag, doc: "whether it is granted in all divisions"},
		{name: "dangling", kind: selFlag, doc: "whether it names a subject, role or division that no longer exists"},
		{name: "live", kind: selFlag, doc: "whether somebody who can act today has it"},
		{name: "dormant", kind: selFlag, doc: "whether its subject is a principal that is not active"},
		{name: "holder", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "tenant of the principals that it reaches"},
		{name: "role_builtin", kind: selFlag, doc: "whether the role is a default role of the platform or made from one"},
		{name: "subject_kind", kind: selWords, words: []string{"user", "group", "team", "oauth_client", "trustee_user", "trustee_group", "unknown"}, doc: "kind of the subject"},
	}
	f.members = func(_ *index, r any) []uint32 { return r.(*grantRow).list }
	f.records = func(x *index, r any) []record { return r.(*grantRow).records(x) }
	f.org = func(x *index, r any) string { return r.(*grantRow).org(x) }
	f.tenant = func(x *index, r any) string { return x.tenantName(r.(*grantRow).tenant) }
	f.causes = func(_ *index, r any, add func(cause)) {
		if g := r.(*grantRow); g.gone == nil {
			add(cause{g.Role, g.Division})
		}
	}
	return f
}

func grantFields() []field {
	type row = grantRow
	list := []field{
		text("org", "id of the organization", func(x *index, r *row) string { return r.org(x) }),
		by(text("subject_kind", "kind of the subject: user, group, team, oauth_client, trustee_user, trustee_group, unknown", func(x *index, r *row) string { return r.subject(x).Kind.String() }), func(x *index, r *row) uint64 { return uint64(r.subject(x).Kind) }),
		text("subject", "id of the subject", func(x *index, r *row) string { return r.subject(x).ID }),
		text("subject_name", "name of the subject", func(x *index, r *row) string { return r.subjectName(x) }),
		by(named("role", "the role", func(x *index, r *row) string { return r.roleName(x) }, func(x *index, r *row) string { return r.roleID(x) }), func(_ *index, r *row) uint64 { return r.token(uint64(r.Role)) }),
		flag("role_builtin", "whether the role is a default role of the platform or made from one", func(x *index, r *row) bool { return r.gone == nil && x.roles[r.Role].builtin }),
		by(named("division", "the division that it is granted in; \"all divisions\" for all", func(x *index, r *row) string { return r.divisionName(x) }, func(x *index, r *row) string { return r.divisionID(x) }), func(_ *index, r *row) uint64 { return r.token(uint64(r.Division)) }),
		flag("all_divisions", "whether it is granted in all divisions", func(x *index, r *row) bool { return r.divisionID(x) == authz.AllDivisions }),
		moment("made_at", "when it was made; ask age_known first", func(_ *index, r *row) time.Time { return r.madeAt() }),
		span("age", "how long ago it was made; 0 if that is not known", func(x *index, r *row) time.Duration { return r.age(x) }),
		flag("age_known", "whether the snapshot says when it was made", func(_ *index, r *row) bool { return r.MadeAt != 0 }),
		flag("elevated", "whether the role gives an elevated permission", func(x *index, r *row) bool { return r.gone == nil && x.roles[r.Role].elevated }),
		flag("administration", "whether the role gives administration", func(x *index, r *row) bool { return r.gone == nil && x.roles[r.Role].administration }),
		flag("live", "whether somebody who can act today has it", func(x *index, r *row) bool { return r.live(x) }),
		flag("dormant", "whether its subject is a principal that is not active", func(x *index, r *row) bool { return r.dormant(x) }),
		by(text("holder_tenant", "tenant of the principals that it reaches; empty where it reaches none", func(x *index, r *row) string { return x.tenantName(r.tenant) }), func(_ *index, r *row) uint64 { return uint64(r.tenant) }),
		flag("external", "whether that tenant is an outside party", func(x *index, r *row) bool { return x.external(r.tenant) }),
		flag("approved", "whether allow entries that are in force name every principal that it reaches, and everything administrative that the role gives", func(x *index, r *row) bool { return x.approved(r) }),
		number("members", "the number of principals that it reaches", func(_ *index, r *row) int { return len(r.list) }),
		flag("approved_elevated", "whether allow entries that are in force name every principal that it reaches, and everything elevated that the role gives", func(x *index, r *row) bool { return x.covered(r, func(i *permInfo) bool { return i.elevated }) }),
		flag("organization_wide", "whether what it gives of administration no division limits: assigned in all divisions, total control, or a permission without divisions", func(x *index, r *row) bool { return x.adminEverywhere(r) }),
		by(texts("tenants", "tenants whose divisions it reaches by permissions that carry tenant data", func(x *index, r *row) []string { return x.tenantsOf(r) }), func(x *index, r *row) uint64 { return r.tenantsToken(x) }),
		flag("adds_nothing", "whether other role assignments of its subject, its groups' included, give all that it gives", func(x *index, r *row) bool { return r.gone == nil && x.addsNothing(r.Grant) }),
		flag("before_move", "whether it was made before its user's division changed, as far as the audit log or an earlier snapshot says", func(x *index, r *row) bool { return r.gone == nil && x.beforeMove(r.Grant) }),
		flag("marked_unused", "whether the platform itself says that its user does not use the role", func(x *index, r *row) bool { return r.gone == nil && x.markedUnused(r.Grant) }),
		texts("dangling", "which of subject, role and division do not exist", func(_ *index, r *row) []string { return r.dangling() }),
		text("missing", "the first record that does not exist, as kind:id", func(_ *index, r *row) string { return r.missing() }),
	}
	return list
}

// grantRows yields the grants that a query selects.
func grantRows(x *index, q *query, visit func(any) error) error {
	if dangling, given := q.flag("dangling"); given && dangling {
		return danglingRows(x, visit)
	}
	roles := make([]bool, len(x.roles))
	for n := range roles {
		r := &x.roles[n]
		roles[n] = q.is("elevated", r.elevated) && q.is("administration", r.administration) && q.is("role_builtin", r.builtin)
	}
	tenants := make([]bool, len(x.m.Tenants.Tenants)+1) // by tenant + 1: -1 is none
	for t := range tenants {
		tenants[t] = x.inHolder(q, t-1)
	}
	all, everywhere := q.flag("all_divisions")
	live, alive := q.flag("live")
	dormant, asleep := q.flag("dormant")
	_, kinds := q.sel["subject_kind"]
	var row grantRow
	one := []share{{list: make([]uint32, 1)}}
	for g := range x.g.AllGrants() {
		if !roles[g.Role] || everywhere && all != (g.Division == graph.AnyDivision) || kinds && !q.has("subject_kind", x.g.NodeKey(g.Node).Kind.String()) {
			continue
		}
		for _, s := range x.reached(g.Node, one) {
			row = grantRow{Grant: g, tenant: s.tenant, list: s.list}
			if !tenants[s.tenant+1] || alive && live != row.live(x) || asleep && dormant != row.dormant(x) {
				continue
			}
			if err := visit(&row); err != nil {
				return err
			}
		}
	}
	return nil
}

// reached returns the principals that a grant to a node reaches, by tenant: a
// principal itself, live or not, for which the caller lends the memory; a
// group's live members.
func (x *index) reached(n uint32, one []share) []share {
	if x.single(n) || int(n) < x.g.Principals() && !x.g.Acting().Has(n) {
		one[0].tenant, one[0].list[0] = x.tenant[n], n
		return one
	}
	shares, ok := x.shares[n]
	if !ok {
		if shares = x.split(x.live(n)); len(shares) == 0 {
			shares = []share{{tenant: -1}}
		}
		x.shares[n] = shares
	}
	return shares
}

func danglingRows(x *index, visit func(any) error) error {
	var row grantRow
	list := x.g.Dangling()
	for i := range list {
		row = grantRow{Grant: graph.Grant{MadeAt: list[i].MadeAt}, gone: &list[i], at: i, tenant: -1}
		if err := visit(&row); err != nil {
			return err
		}
	}
	return nil
}

func (r *grantRow) subject(x *index) authz.Key {
	if r.gone != nil {
		return r.gone.Subject
	}
	return x.g.NodeKey(r.Node)
}

// token makes every grant that names what no longer exists unlike all others.
func (r *grantRow) token(v uint64) uint64 {
	if r.gone != nil {
		return 1<<63 | uint64(r.at)
	}
	return v
}

func (r *grantRow) org(x *index) string { return r.subject(x).Org }

func (r *grantRow) subjectName(x *index) string {
	k := r.subject(x)
	if r.gone == nil {
		return x.g.NodeName(r.Node)
	}
	if n, ok := x.g.FindNode(k); ok {
		return x.g.NodeName(n)
	}
	return k.ID
}

func (r *grantRow) roleName(x *index) string {
	if r.gone == nil {
		return x.roleName(r.Role)
	}
	if r.gone.RoleName != "" {
		return r.gone.RoleName
	}
	return r.gone.Role
}

func (r *grantRow) roleID(x *index) string {
	if r.gone != nil {
		return r.gone.Role
	}
	return x.roleID(r.Role)
}

func (r *grantRow) divisionID(x *index) string {
	if r.gone == nil {
		return x.g.DivisionKey(r.org(x), r.Division).ID
	}
	if id := r.gone.Division; id != "" && !strings.EqualFold(id, "all") {
		return id
	}
	return authz.AllDivisions
}

func (r *grantRow) divisionName(x *index) string {
	if r.gone == nil {
		return x.divisionName(r.Division)
	}
	if d, ok := x.g.FindDivision(authz.Key{Org: r.org(x), Kind: authz.KindDivision, ID: r.gone.Division}); ok && x.g.Divisions()[d].Known {
		return x.divisionName(d)
	}
	return r.divisionID(x)
}

func (r *grantRow) madeAt() time.Time {
	if r.MadeAt == 0 {
		return time.Time{}
	}
	return time.UnixMilli(r.MadeAt).UTC()
}

func (r *grantRow) age(x *index) time.Duration {
	if r.MadeAt == 0 {
		return 0
	}
	return x.m.Now.Sub(r.madeAt())
}

func (r *grantRow) live(x *index) bool {
	if r.gone != nil || len(r.list) == 0 {
		return false
	}
	return x.g.Acting().Has(r.list[0])
}

func (r *grantRow) dormant(x *index) bool {
	return r.gone == nil && int(r.Node) < x.g.Principals() && !x.g.Principal(r.Node).Live
}

func (r *grantRow) dangling() []string {
	var out []string
	if r.gone == nil {
		return out
	}
	for _, part := range []struct {
		word string
		gone bool
	}{{"subject", r.gone.MissingSubject}, {"role", r.gone.MissingRole}, {"division", r.gone.MissingDivision}} {
		if part.gone {
			out = append(out, part.word)
		}
	}
	return out
}

func (r *grantRow) missing() string {
	switch {
	case r.gone == nil:
		return ""
	case r.gone.MissingRole:
		return "role:" + r.gone.Role
	case r.gone.MissingSubject:
		return r.gone.Subject.String()
	default:
		return "division:" + r.gone.Division
	}
}

// records names the grant's subject where it is no principal, and a dangling
// grant itself.
func (r *grantRow) records(x *index) []record {
	k := r.subject(x)
	if r.gone != nil {
		id := fmt.Sprintf("%s/%s/%s", k.ID, r.gone.Role, r.gone.Division)
		name := r.subjectName(x) + ", " + r.roleName(x) + ", " + r.divisionName(x)
		return []record{{k.Org, analyzer.TargetRef{Kind: authz.KindGrant, ID: id, Name: name}}}
	}
	if int(r.Node) < x.g.Principals() {
		return nil
	}
	return []record{{k.Org, analyzer.TargetRef{Kind: k.Kind, ID: k.ID, Name: x.g.NodeName(r.Node)}}}
}

// An approval is what an allow entry that is in force says of administration:
// the principals that it names, and the permissions that they may hold.
type approval struct {
	principals graph.Set
	patterns   []authz.Pattern
}

func (x *index) approvals() []approval {
	var out []approval
	for _, e := range x.m.Exceptions() {
		if e.Expired || e.Outgrown || len(e.Allow.Principals) == 0 {
			continue
		}
		a := approval{principals: graph.NewSet(x.g.Principals()), patterns: x.patterns(e.Allow.Permissions)}
		for _, ref := range e.Allow.Principals {
			if s, err := x.m.PrincipalsOf(ref); err == nil {
				a.principals.Or(s)
			}
		}
		out = append(out, a)
	}
	return out
}

// approved reports whether every principal that a grant reaches may hold
// everything administrative that its role gives.
func (x *index) approved(r *grantRow) bool {
	return x.covered(r, func(i *permInfo) bool { return i.administration })
}

// covered reports whether every principal that a grant reaches may hold all
// that its role gives of one kind.
func (x *index) covered(r *grantRow, kind func(*permInfo) bool) bool {
	if r.gone != nil || len(r.list) == 0 {
		return false
	}
	return !slices.ContainsFunc(r.list, func(p uint32) bool { return !x.mayHold(p, r.Role, kind) })
}

func (x *index) mayHold(p, role uint32, kind func(*permInfo) bool) bool {
	var patterns []authz.Pattern
	for _, a := range x.approves {
		if a.principals.Has(p) {
			patterns = append(patterns, a.patterns...)
		}
	}
	if len(patterns) == 0 {
		return false
	}
	r := &x.roles[role]
	for id := range r.perms.All() {
		m := r.org.perms[id].Pattern
		if kind(&r.org.info[id]) && !slices.ContainsFunc(patterns, func(c authz.Pattern) bool { return c.Covers(m) }) {
			return false
		}
	}
	return true
}

// adminEverywhere reports whether a grant of administration is limited by no division.
func (x *index) adminEverywhere(r *grantRow) bool {
	if r.gone != nil || !x.roles[r.Role].administration {
		return false
	}
	ro := &x.roles[r.Role]
	if r.Division == graph.AnyDivision || ro.rec.Admin {
		return true
	}
	for id := range ro.perms.All() {
		if ro.org.info[id].administration && ro.org.free.Has(id) {
			return true
		}
	}
	return false
}

// tenantsOf names the tenants whose divisions a grant reaches.
func (x *index) tenantsOf(r *grantRow) []string {
	if r.gone != nil {
		return nil
	}
	ro := &x.roles[r.Role]
	if !ro.carries {
		return nil
	}
	if r.Division != graph.AnyDivision {
		if _, shared := x.m.Tenants.Shared(r.Division); shared || !ro.org.all.Has(r.Division) {
			return nil
		}
		return []string{x.tenantName(x.m.Tenants.OfDivision(r.Division))}
	}
	var out []string
	for d := range ro.org.all.All() {
		if _, shared := x.m.Tenants.Shared(d); !shared {
			out = append(out, x.tenantName(x.m.Tenants.OfDivision(d)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// tenantsToken is the token of what tenantsOf returns: it depends on the division
// alone, if the role carries what belongs to tenants.
func (r *grantRow) tenantsToken(x *index) uint64 {
	switch {
	case r.gone == nil && !x.roles[r.Role].carries:
		return 0
	case r.Division == graph.AnyDivision:
		return r.token(1<<62 | uint64(r.Role))
	default:
		return r.token(1 + uint64(r.Division))
	}
}

func (x *index) markedUnused(g graph.Grant) bool {
	return x.extra != nil && int(g.Node) < x.g.Principals() && x.extra.unused[x.g.Principal(g.Node).Key][x.roleID(g.Role)]
}
