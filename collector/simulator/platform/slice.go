package platform

import (
	"slices"
	"sort"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A slice is the part of the records that can matter for one subject: itself,
// what it is in, what those were granted.
type slice struct {
	o     *Organization
	r     *authz.Records
	seen  map[authz.Key]bool
	roles map[string]bool
}

// subject adds a subject, its grants, and the groups and teams that hold it.
func (c *slice) subject(k authz.Key) {
	if c.seen[k] {
		return
	}
	c.seen[k] = true
	c.record(k)
	for _, g := range c.o.grants.of(k) {
		role := c.o.grants.roles.names[g.role]
		c.roles[role] = true
		c.r.Grant = append(c.r.Grant, authz.Grant{
			Org: c.o.id, Subject: k, Role: role, Division: c.o.grants.divisions.names[g.division], Source: "grants",
		})
	}
	for _, holder := range c.o.members.holders[k.ID] {
		c.container(holder, k.ID)
		c.subject(holder)
	}
}

// container adds a member to the list of a group or team.
func (c *slice) container(k authz.Key, member string) {
	m := authz.Key{Org: c.o.id, Kind: authz.KindSubject, ID: member}
	for i := range c.r.Member {
		if c.r.Member[i].Container == k {
			c.r.Member[i].Members = append(c.r.Member[i].Members, m)
			return
		}
	}
	c.r.Member = append(c.r.Member, authz.MemberList{Container: k, Members: []authz.Key{m}})
}

// record adds the subject's own record. Owners of groups are members already.
func (c *slice) record(k authz.Key) {
	f := &c.o.facts
	switch k.Kind {
	case authz.KindUser, authz.KindTrusteeUser:
		c.r.User = appendOf(c.r.User, f.User, k)
	case authz.KindGroup, authz.KindTrusteeGroup:
		at := len(c.r.Group)
		c.r.Group = appendOf(c.r.Group, f.Group, k)
		if len(c.r.Group) > at {
			c.r.Group[at].Owners = nil
		}
	case authz.KindTeam:
		c.r.Team = appendOf(c.r.Team, f.Team, k)
	case authz.KindClient:
		c.r.Client = appendOf(c.r.Client, f.Client, k)
	default: // the platform knows no others
	}
}

// appendOf appends the record with a key, if there is one.
func appendOf[T authz.Record](to, from []T, k authz.Key) []T {
	i := slices.IndexFunc(from, func(r T) bool { return r.Key() == k })
	if i < 0 {
		return to
	}
	return append(to, from[i])
}

// copyRoles adds the roles without what narrows them, which is not about
// divisions. If roles inherit, or name permissions as guides do, they are all
// needed to tell what a name means.
func (c *slice) copyRoles() {
	for _, r := range c.o.facts.Role {
		if !c.roles[r.ID] && !c.o.guides {
			continue
		}
		r.Policies = slices.Clone(r.Policies)
		for i := range r.Policies {
			p := &r.Policies[i]
			p.Condition, p.Scope, p.ScopeGroups, p.ScopeTeams, p.ScopeViews = nil, "", nil, nil, nil
		}
		c.r.Role = append(c.r.Role, r)
	}
}

// divisions returns the divisions of the grants, sorted.
func (c *slice) divisions() []string {
	seen := map[string]bool{}
	var out []string
	for _, g := range c.r.Grant {
		if !seen[g.Division] && g.Division != authz.AllDivisions {
			seen[g.Division] = true
			out = append(out, g.Division)
		}
	}
	sort.Strings(out)
	return out
}
