package authztest

import (
	"math/rand"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Change returns a copy of the records with one random change, and what kind of
// record it changed: the cause that a difference of access must have. It is
// empty if there was nothing to change in the way that was drawn.
func Change(rng *rand.Rand, r *authz.Records) (changed *authz.Records, cause string) {
	c := changer{rng: rng, r: r.Clone()}
	all := []struct {
		cause string
		do    func() bool
	}{
		{"grant", c.addGrant},
		{"grant", c.addGrant},
		{"grant", func() bool { return drop(rng, &c.r.Grant) }},
		{"membership", c.addMember},
		{"membership", c.removeMember},
		{"state", c.userState},
		{"state", c.groupState},
		{"group", c.groupRoles},
		{"group", c.groupOwners},
		{"role", c.addPolicy},
		{"role", c.removePolicy},
		{"role", c.inherit},
		{"scope", c.scope},
		{"client", c.grantType},
		{"trust", c.trust},
		{"catalogue", c.flag},
		{"division", c.moveUser},
		{"division", c.moveQueue},
		{"access policy", c.accessPolicy},
		{"principal", func() bool { return drop(rng, &c.r.User) }},
		{"resource", func() bool { return drop(rng, &c.r.Resource) }},
		{"coverage", c.coverage},
		{"role", func() bool { return drop(rng, &c.r.Role) }},
	}
	one := all[rng.Intn(len(all))]
	if !one.do() {
		return c.r, ""
	}
	return c.r, one.cause
}

// changer changes a copy of records.
type changer struct {
	rng *rand.Rand
	r   *authz.Records
}

// drop removes one of a list, with everything of the same key.
func drop[T authz.Record](rng *rand.Rand, list *[]T) bool {
	if len(*list) == 0 {
		return false
	}
	k := (*list)[rng.Intn(len(*list))].Key()
	*list = slices.DeleteFunc(*list, func(v T) bool { return v.Key() == k })
	return true
}

// edit replaces one of a list.
func edit[T any](rng *rand.Rand, list []T, change func(*T)) bool {
	if len(list) == 0 {
		return false
	}
	change(&list[rng.Intn(len(list))])
	return true
}

func (c *changer) addGrant() bool {
	if len(c.r.Grant) == 0 || len(c.r.Role) == 0 {
		return false
	}
	one := c.r.Grant[c.rng.Intn(len(c.r.Grant))]
	other := c.r.Grant[c.rng.Intn(len(c.r.Grant))]
	if one.Org == other.Org {
		one.Role = other.Role
	}
	if other = c.r.Grant[c.rng.Intn(len(c.r.Grant))]; one.Org == other.Org {
		one.Division = other.Division
	}
	for _, g := range c.r.Grant {
		if g.Key() == one.Key() {
			return false
		}
	}
	c.r.Grant = append(c.r.Grant, one)
	return true
}

func (c *changer) addMember() bool {
	if len(c.r.User) == 0 {
		return false
	}
	u := c.r.User[c.rng.Intn(len(c.r.User))]
	return edit(c.rng, c.r.Member, func(l *authz.MemberList) {
		if l.Container.Org == u.Org {
			l.Members = append(slices.Clone(l.Members), authz.Key{Org: u.Org, Kind: authz.KindSubject, ID: u.ID})
		}
	})
}

func (c *changer) removeMember() bool {
	return edit(c.rng, c.r.Member, func(l *authz.MemberList) {
		if n := len(l.Members); n > 0 {
			i := c.rng.Intn(n)
			l.Members = slices.Delete(slices.Clone(l.Members), i, i+1)
		}
	})
}

func other(state string) string {
	if dormant(state) {
		return "active"
	}
	return "inactive"
}

func (c *changer) userState() bool {
	return edit(c.rng, c.r.User, func(u *authz.User) { u.State = other(u.State) })
}

func (c *changer) groupState() bool {
	return edit(c.rng, c.r.Group, func(g *authz.Group) { g.State = other(g.State) })
}

func (c *changer) groupRoles() bool {
	return edit(c.rng, c.r.Group, func(g *authz.Group) { g.RolesEnabled = authz.TriOf(g.RolesEnabled == authz.False) })
}

func (c *changer) groupOwners() bool {
	return edit(c.rng, c.r.Group, func(g *authz.Group) { g.IncludeOwners = authz.TriOf(g.IncludeOwners == authz.False) })
}

func (c *changer) addPolicy() bool {
	if len(c.r.Role) == 0 {
		return false
	}
	from := c.r.Role[c.rng.Intn(len(c.r.Role))]
	if len(from.Policies) == 0 {
		return false
	}
	p := from.Policies[c.rng.Intn(len(from.Policies))]
	return edit(c.rng, c.r.Role, func(r *authz.Role) { r.Policies = append(slices.Clone(r.Policies), p) })
}

func (c *changer) removePolicy() bool {
	return edit(c.rng, c.r.Role, func(r *authz.Role) {
		if n := len(r.Policies); n > 0 {
			i := c.rng.Intn(n)
			r.Policies = slices.Delete(slices.Clone(r.Policies), i, i+1)
		}
	})
}

func (c *changer) inherit() bool {
	if len(c.r.Role) == 0 {
		return false
	}
	from := c.r.Role[c.rng.Intn(len(c.r.Role))]
	return edit(c.rng, c.r.Role, func(r *authz.Role) {
		if len(r.Inherits) > 0 {
			r.Inherits = nil
		} else if r.Org == from.Org {
			r.Inherits = []string{from.ID}
		}
	})
}

func (c *changer) scope() bool {
	return edit(c.rng, c.r.Role, func(r *authz.Role) {
		if len(r.Policies) == 0 {
			return
		}
		r.Policies = slices.Clone(r.Policies)
		p := &r.Policies[c.rng.Intn(len(r.Policies))]
		if p.Scope != "" || p.Condition != nil {
			p.Scope, p.Condition = "", nil
		} else {
			p.Scope = []string{"self", "assigned", "group", "team"}[c.rng.Intn(4)]
		}
	})
}

func (c *changer) grantType() bool {
	return edit(c.rng, c.r.Client, func(v *authz.Client) {
		if v.GrantType == "CODE" {
			v.GrantType = ""
		} else {
			v.GrantType = "CODE"
		}
	})
}

func (c *changer) trust() bool {
	return edit(c.rng, c.r.Trust, func(v *authz.Trust) { v.Enabled = authz.TriOf(v.Enabled == authz.False) })
}

func (c *changer) flag() bool {
	return edit(c.rng, c.r.Permission, func(v *authz.Permission) { v.DivisionAware = authz.TriOf(v.DivisionAware != authz.True) })
}

func (c *changer) someDivision(org string) string {
	for _, d := range c.r.Division {
		if d.Org == org && c.rng.Intn(2) == 0 {
			return d.ID
		}
	}
	return ""
}

func (c *changer) moveUser() bool {
	return edit(c.rng, c.r.User, func(v *authz.User) { v.Division = c.someDivision(v.Org) })
}

func (c *changer) moveQueue() bool {
	return edit(c.rng, c.r.Resource, func(v *authz.Resource) { v.Division = c.someDivision(v.Org) })
}

func (c *changer) accessPolicy() bool {
	return edit(c.rng, c.r.AccessPolicy, func(v *authz.AccessPolicy) { v.Active = authz.TriOf(v.Active != authz.True) })
}

func (c *changer) coverage() bool {
	return edit(c.rng, c.r.CoverageLedger, func(v *authz.Coverage) {
		if v.IsGap() {
			v.Status = authz.StatusComplete
		} else {
			v.Status = authz.StatusPartial
		}
	})
}
