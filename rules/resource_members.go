package rules

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// resourceMembers are who a queue's calls go to.
type resourceMembers struct {
	tenants, groupTenants []int
	groups                []uint32 // nodes
}

func (x *index) membersOf(r *resourceRow) *resourceMembers {
	if r.members != nil {
		return r.members
	}
	m := &resourceMembers{}
	r.members = m
	if r.object == nil || r.key.Kind != authz.KindQueue {
		return m
	}
	for _, n := range x.queueMembers()[r.key] {
		if int(n) < x.g.Principals() {
			if x.g.Acting().Has(n) {
				m.tenants = append(m.tenants, x.tenant[n])
			}
			continue
		}
		m.groups = append(m.groups, n)
		for _, p := range x.live(n) {
			m.groupTenants = append(m.groupTenants, x.tenant[p])
		}
	}
	m.groupTenants = distinct(m.groupTenants)
	m.tenants = distinct(slices.Concat(m.tenants, m.groupTenants))
	return m
}

// queueMembers returns the principals, groups and teams that each queue lists.
func (x *index) queueMembers() map[authz.Key][]uint32 {
	if x.queues == nil {
		x.queues = map[authz.Key][]uint32{}
		for n := range x.g.Principals() + len(x.g.Groups()) {
			for _, q := range x.g.QueuesOf(uint32(n)) {
				k := x.g.ThingKey(q)
				x.queues[k] = append(x.queues[k], uint32(n))
			}
		}
	}
	return x.queues
}

func distinct(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}

func (x *index) tenantNames(list []int) []string {
	var out []string
	for _, t := range list {
		out = append(out, x.tenantName(t))
	}
	return sorted(out)
}

func (x *index) groupNames(list []uint32) []string {
	var out []string
	for _, n := range list {
		out = append(out, x.g.NodeName(n))
	}
	return sorted(out)
}

// namedTenant is the tenant that the name of a queue, flow or other object says;
// -1: none.
func (x *index) namedTenant(r *resourceRow) int {
	if r.object == nil {
		return -1
	}
	if re := x.m.Config.Naming.Resources; re != nil {
		m, i := re.FindStringSubmatch(r.name), re.SubexpIndex("tenant")
		if m != nil && i >= 0 {
			if t, ok := x.m.Tenants.Find(m[i]); ok {
				return t
			}
		}
	}
	found, length := -1, 0
	for t, tenant := range x.m.Tenants.Tenants {
		if t != x.m.Tenants.Unassigned() && len(tenant.Name) > length && beginsWith(r.name, tenant.Name) {
			found, length = t, len(tenant.Name)
		}
	}
	return found
}

// beginsWith reports whether a name begins with a word, and the word ends there.
func beginsWith(name, word string) bool {
	if len(name) < len(word) || !strings.EqualFold(name[:len(word)], word) {
		return false
	}
	rest := name[len(word):]
	return rest == "" || strings.ContainsAny(rest[:1], " _-:./")
}

// seemsOf is the tenant that a thing seems to belong to; -1: nobody can say.
func (x *index) seemsOf(r *resourceRow) int {
	if t := x.namedTenant(r); t >= 0 {
		return t
	}
	if t := x.membersOf(r).tenants; len(t) == 1 && x.external(t[0]) {
		return t[0]
	}
	return -1
}

// scopedFrom returns the outside tenants that reach a queue by scope group, team or view
// where it has members of another tenant.
func (x *index) scopedFrom(r *resourceRow) []int {
	members := x.membersOf(r).tenants
	if r.object == nil || len(members) < 2 {
		return nil
	}
	var out []int
	for _, t := range x.scopedReach()[r.key] {
		if x.external(t) && slices.Contains(members, t) {
			out = append(out, t)
		}
	}
	return out
}

// scopedReach says, for each queue, whose principals reach it by a policy with
// scope group, team or view.
func (x *index) scopedReach() map[authz.Key][]int {
	if x.scoped != nil {
		return x.scoped
	}
	x.scoped = map[authz.Key][]int{}
	for _, o := range x.orgs {
		wanted := graph.NewSet(len(o.perms))
		for n := range x.roles {
			if x.roles[n].org == o {
				wanted.Or(x.scopedPermissions(uint32(n)))
			}
		}
		var perms []graph.Perm
		for id := range wanted.All() {
			perms = append(perms, o.perms[id])
		}
		if len(perms) > 0 {
			x.g.EachNarrowed(o.id, perms, o.all, func(set graph.Set, r graph.NarrowedReach) { x.addScoped(set, r) })
		}
	}
	for k := range x.scoped {
		x.scoped[k] = distinct(x.scoped[k])
	}
	return x.scoped
}

func (x *index) addScoped(set graph.Set, r graph.NarrowedReach) {
	if !x.g.Acting().Has(r.Principal) || !set.Meets(x.scopedPermissions(r.Role)) {
		return
	}
	for _, t := range r.Things {
		if k := x.g.ThingKey(t); k.Kind == authz.KindQueue {
			x.scoped[k] = append(x.scoped[k], x.tenant[r.Principal])
		}
	}
}

// scopedPermissions are the permissions that a role gives with scope group, team or view.
func (x *index) scopedPermissions(role uint32) graph.Set {
	s := graph.NewSet(len(x.roles[role].org.perms))
	for _, q := range append([]uint32{role}, x.roles[role].rec.Inherited...) {
		for _, p := range x.roles[q].rec.Record.Policies {
			switch strings.ToLower(p.Scope) {
			case "group", "team", "view":
				s.Or(x.coveredBy(x.roles[role].org, x.linePattern(&p)))
			}
		}
	}
	return s
}

// linePattern is the pattern of a role's line; a name that nobody understands
// covers nothing.
func (x *index) linePattern(p *authz.Policy) authz.Pattern {
	if p.Guide == "" {
		return authz.NewPattern(p.Domain, p.Entity, p.Action)
	}
	c, err := x.m.Pattern(p.Guide)
	if err != nil {
		return authz.Pattern{}
	}
	return c
}

func (x *index) coveredBy(o *orgIndex, c authz.Pattern) graph.Set {
	s := graph.NewSet(len(o.perms))
	for i := range o.perms {
		if c.Covers(o.perms[i].Pattern) {
			s.Add(o.perms[i].ID)
		}
	}
	return s
}
