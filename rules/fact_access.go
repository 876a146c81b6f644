package rules

import (
	"slices"
	"strings"

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

// accessGroup walks the roles once for all rules that speak of access.
func accessGroup(x *index, jobs []*job) error {
	asks := make([]*ask, len(jobs))
	for i, j := range jobs {
		if j.rule.query.uses["baseline"] {
			x.findBaseline()
		}
		asks[i] = newAsk(x, j)
	}
	for n := range x.roles {
		if len(x.cells[n]) == 0 {
			continue
		}
		h := &holding{x: x, role: uint32(n), cells: x.cells[n]}
		for _, a := range asks {
			if err := a.role(h); err != nil {
				return err
			}
		}
	}
	for _, a := range asks {
		if err := a.trusts(); err != nil {
			return err
		}
	}
	for _, o := range x.orgs {
		if err := x.narrowed(o, asks); err != nil {
			return err
		}
	}
	return nil
}

// An ask is one rule's question about access.
type ask struct {
	x       *index
	job     *job
	perms   map[*orgIndex]graph.Set
	single  bool   // permissions are looked at one by one
	holders []bool // by tenant: whether its principals are asked for
	row     accessRow
	slots   []int
}

func newAsk(x *index, j *job) *ask {
	q := j.rule.query
	a := &ask{x: x, job: j, perms: map[*orgIndex]graph.Set{}, holders: make([]bool, len(x.m.Tenants.Tenants))}
	a.single = q.uses["permission"] || q.uses["domain"] || q.uses["entity"] || q.uses["action"]
	for t := range a.holders {
		a.holders[t] = x.inHolder(q, t)
	}
	for _, o := range x.orgs {
		a.perms[o] = x.permissions(o, q)
	}
	return a
}

// A batch is permissions that are alike, and how wide a role gives them.
type batch struct {
	aware authz.Tri
	level graph.Level
	perms []uint32
}

// batches groups permissions of a role by what the rule can tell apart.
func (a *ask) batches(o *orgIndex, set, wide graph.Set) []batch {
	var out []batch
	if n := 2 * o.kinds; len(a.slots) < n {
		a.slots = make([]int, n)
	}
	clear(a.slots)
	for id := range set.All() {
		b := batch{aware: o.perms[id].Aware, level: graph.Conditional, perms: []uint32{id}}
		slot := 2 * o.alike[id]
		if wide.Has(id) {
			b.level = graph.Whole
			slot++
		}
		if at := a.slots[slot]; at > 0 && !a.single {
			out[at-1].perms = append(out[at-1].perms, id)
			continue
		}
		out = append(out, b)
		a.slots[slot] = len(out)
	}
	return out
}

// role asks about everything that one role gives.
func (a *ask) role(h *holding) error {
	r := &a.x.roles[h.role]
	if !a.job.rule.query.is("role_builtin", r.builtin) {
		return nil
	}
	a.row = accessRow{org: r.org, role: h.role}
	if r.maybe {
		if err := a.everywhere(h, throughUnread, a.batches(r.org, a.perms[r.org], nil)); err != nil {
			return err
		}
	}
	// What a scope or condition narrows is looked at for each principal.
	set := r.rec.Permissions.Clone()
	set.And(a.perms[r.org])
	if set.Empty() {
		return nil
	}
	var limited, free, open, all []batch
	for _, b := range a.batches(r.org, set, r.rec.Permissions) {
		switch {
		case b.aware == authz.False:
			free = append(free, b)
		case r.rec.Admin:
			all = append(all, b)
		default:
			limited = append(limited, b)
			if b.aware == authz.Unknown {
				b.level = graph.Conditional
				open = append(open, b)
			}
		}
	}
	steps := []func() error{
		func() error { return a.limited(h, limited) },
		func() error { return a.organization(h, throughOrganization, free) },
		func() error { return a.organization(h, throughUnknown, open) },
		func() error { return a.everywhere(h, throughAdmin, all) },
	}
	for _, s := range steps {
		if err := s(); err != nil {
			return err
		}
	}
	return nil
}

func (a *ask) asked(through string, list []batch) bool {
	return len(list) > 0 && a.job.rule.query.has("through", through)
}

// limited asks about permissions that divisions limit.
func (a *ask) limited(h *holding, list []batch) error {
	if a.asked(throughDivision, list) {
		for at, t := range a.row.org.targets {
			if err := a.target(throughDivision, t, list, h.in(at)); err != nil {
				return err
			}
		}
	}
	if !a.asked(throughAll, list) {
		return nil
	}
	holders := h.all()
	for _, t := range a.row.org.targets {
		if err := a.target(throughAll, t, list, holders); err != nil {
			return err
		}
	}
	return nil
}

// everywhere asks about permissions that reach every target, whatever division
// their role was granted in.
func (a *ask) everywhere(h *holding, through string, list []batch) error {
	if !a.asked(through, list) {
		return nil
	}
	holders := h.any()
	for _, t := range a.row.org.targets {
		if err := a.target(through, t, list, holders); err != nil {
			return err
		}
	}
	return nil
}

func (a *ask) organization(h *holding, through string, list []batch) error {
	if !a.asked(through, list) {
		return nil
	}
	return a.target(through, a.row.org.everybody, list, h.any())
}

// target yields the rows of some permissions over one target.
func (a *ask) target(through string, t *target, list []batch, h holders) error {
	for i, shares := range [][]share{h.sure, h.perhaps} {
		for _, s := range shares {
			if !a.holders[s.tenant] || !a.inTarget(t, s.tenant) {
				continue
			}
			for _, b := range list {
				level := b.level
				if i == 1 {
					level = graph.Conditional
				}
				if !a.job.rule.query.has("reach", level.String()) {
					continue
				}
				a.row.through, a.row.target, a.row.holder, a.row.level, a.row.perms = through, t, s.tenant, level, b.perms
				if err := a.visit(s.list); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// visit yields one row, or more where the principals are not alike: where an
// access policy speaks of some, or an allow entry covers some.
func (a *ask) visit(list []uint32) error {
	if a.row.info().marked == "" {
		return a.visitAlike(list)
	}
	level := a.row.level
	h := a.x.holders(a.row.org, a.row.perms[0], a.row.target)
	for _, top := range []graph.Level{graph.Whole, graph.Conditional, graph.Limited} {
		var some []uint32
		for _, p := range list {
			if l := h.Level(p); l == top { // none: an enforced policy denies it
				some = append(some, p)
			}
		}
		a.row.level = min(level, top)
		if len(some) == 0 || !a.job.rule.query.has("reach", a.row.level.String()) {
			continue
		}
		if err := a.visitAlike(some); err != nil {
			return err
		}
	}
	a.row.level = level
	return nil
}

// A whoKey is a question that was asked of the graph.
type whoKey struct {
	org  string
	perm uint32
	at   *target
}

// holders answers who has a permission over a target, access policies included.
func (x *index) holders(o *orgIndex, perm uint32, t *target) graph.Holders {
	k := whoKey{o.id, perm, t}
	h, ok := x.who[k]
	if !ok {
		h = x.g.Who(graph.Query{Org: o.id, Permissions: []graph.Perm{o.perms[perm]}, Divisions: t.divs})
		x.who[k] = h
	}
	return h
}

func (a *ask) visitAlike(list []uint32) error {
	allowed := a.x.allowed(&a.row, list)
	for _, part := range []struct {
		list    []uint32
		allowed bool
	}{{allowed, true}, {without(list, allowed), false}} {
		if len(part.list) == 0 {
			continue
		}
		a.row.list, a.row.allowed = part.list, part.allowed
		if err := a.job.visit(&a.row); err != nil {
			return err
		}
	}
	return nil
}

// allowed returns the principals of a row whose access allow entries cover.
func (x *index) allowed(r *accessRow, list []uint32) []uint32 {
	if r.target.tenant < 0 || !strings.Contains(r.info().exceptions, "1") {
		return nil
	}
	key := allowKey{r.info().exceptions, r.target.tenant}
	set, ok := x.allows[key]
	if !ok {
		set = x.m.AllowedSet(r.perm().Pattern, key.to)
		x.allows[key] = set
	}
	var out []uint32
	for _, p := range list {
		if set.Has(p) {
			out = append(out, p)
		}
	}
	return out
}

// An allowKey is what decides which allow entries speak of an access: those that
// name its permission, by [permInfo], and the tenant that it reaches.
type allowKey struct {
	exceptions string
	to         int
}

func without(list, not []uint32) []uint32 {
	if len(not) == 0 {
		return list
	}
	var out []uint32
	at := 0
	for _, p := range list {
		if at < len(not) && not[at] == p { // not is a part of list, in the same order
			at++
			continue
		}
		out = append(out, p)
	}
	return out
}

func (a *ask) inTarget(t *target, holder int) bool {
	q := a.job.rule.query
	own := !t.organic && !t.shared && !t.loose && t.tenant == holder
	if !q.is("crosses", !own) {
		return false
	}
	want, given := q.sel["target"]
	if !given {
		return true
	}
	return slices.ContainsFunc(want, func(w string) bool {
		switch w {
		case "own":
			return own
		case "home":
			return t.home
		case "shared":
			return t.shared
		case "unassigned":
			return t.loose
		case "organization":
			return t.organic
		default: // other_tenant
			return !own && !t.organic && !t.shared && !t.loose
		}
	})
}

// trusts asks about organizations that a trust lets in as a whole.
func (a *ask) trusts() error {
	if !a.job.rule.query.is("role_builtin", false) {
		return nil
	}
	for _, o := range a.x.orgs {
		var list []uint32
		for p := range a.x.g.Acting().All() {
			if k := a.x.g.Principal(p).Key; k.Kind == authz.KindTrusteeOrganization && k.Org == o.id {
				list = append(list, p)
			}
		}
		if len(list) == 0 {
			continue
		}
		a.row = accessRow{org: o, role: noRole}
		batches := a.batches(o, a.perms[o], nil)
		if !a.asked(throughTrust, batches) {
			continue
		}
		for _, t := range o.targets {
			if err := a.target(throughTrust, t, batches, holders{perhaps: a.x.split(list)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// A holding is who holds one role, worked out when first asked for.
type holding struct {
	x         *index
	role      uint32
	cells     []graph.Cell
	byTarget  map[int]holders
	everybody *holders
	whole     *holders
}

// holders are live principals by tenant.
type holders struct{ sure, perhaps []share }

func (h *holding) collect(cells []graph.Cell) holders {
	sure, perhaps := h.x.gather(cells)
	return holders{sure: h.x.split(sure), perhaps: h.x.split(perhaps)}
}

// in returns those who hold the role in a target's divisions.
func (h *holding) in(at int) holders {
	if h.byTarget == nil {
		cells := map[int][]graph.Cell{}
		for _, c := range h.cells {
			if c.Division != graph.AnyDivision {
				t := h.x.roles[h.role].org.targetOf[c.Division]
				cells[t] = append(cells[t], c)
			}
		}
		h.byTarget = map[int]holders{}
		for t, list := range cells {
			h.byTarget[t] = h.collect(list)
		}
	}
	return h.byTarget[at]
}

// all returns those who hold the role in all divisions.
func (h *holding) all() holders {
	if h.whole == nil {
		var cells []graph.Cell
		for _, c := range h.cells {
			if c.Division == graph.AnyDivision {
				cells = append(cells, c)
			}
		}
		all := h.collect(cells)
		h.whole = &all
	}
	return *h.whole
}

// any returns those who hold the role anywhere.
func (h *holding) any() holders {
	if h.everybody == nil {
		all := h.collect(h.cells)
		h.everybody = &all
	}
	return *h.everybody
}
