package rules

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

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
	n := 0
	for _, p := range list {
		if set.Has(p) {
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case len(list): // as for most: all of a tenant or none
		return list
	}
	out := make([]uint32, 0, n)
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
	switch len(not) {
	case 0:
		return list
	case len(list):
		return nil
	}
	out := make([]uint32, 0, len(list)-len(not))
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
