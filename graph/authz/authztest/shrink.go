package authztest

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Shrink returns records as small as it can make them while fails still reports
// true: it drops records, then members, policies and fields, until nothing more
// can go. It does not change r; fails must not change what it is given. If r
// itself does not fail, it is returned as it is.
func Shrink(r *authz.Records, fails func(*authz.Records) bool) *authz.Records {
	if !fails(r) {
		return r
	}
	s := &shrinker{best: r.Clone(), fails: fails}
	for s.changed = true; s.changed; {
		s.changed = false
		s.records()
		s.fields()
	}
	return s.best
}

type shrinker struct {
	best    *authz.Records
	fails   func(*authz.Records) bool
	changed bool
}

// try keeps a candidate that still fails.
func (s *shrinker) try(change func(*authz.Records)) bool {
	c := s.best.Clone()
	change(c)
	if !s.fails(c) {
		return false
	}
	s.best, s.changed = c, true
	return true
}

func (s *shrinker) records() {
	shorten(s, func(r *authz.Records) *[]authz.Organization { return &r.Organization })
	shorten(s, func(r *authz.Records) *[]authz.Grant { return &r.Grant })
	shorten(s, func(r *authz.Records) *[]authz.Role { return &r.Role })
	shorten(s, func(r *authz.Records) *[]authz.User { return &r.User })
	shorten(s, func(r *authz.Records) *[]authz.Group { return &r.Group })
	shorten(s, func(r *authz.Records) *[]authz.MemberList { return &r.Member })
	shorten(s, func(r *authz.Records) *[]authz.Team { return &r.Team })
	shorten(s, func(r *authz.Records) *[]authz.Client { return &r.Client })
	shorten(s, func(r *authz.Records) *[]authz.Resource { return &r.Resource })
	shorten(s, func(r *authz.Records) *[]authz.View { return &r.View })
	shorten(s, func(r *authz.Records) *[]authz.Trust { return &r.Trust })
	shorten(s, func(r *authz.Records) *[]authz.AccessPolicy { return &r.AccessPolicy })
	shorten(s, func(r *authz.Records) *[]authz.Permission { return &r.Permission })
	shorten(s, func(r *authz.Records) *[]authz.Division { return &r.Division })
	shorten(s, func(r *authz.Records) *[]authz.Usage { return &r.Usage })
	shorten(s, func(r *authz.Records) *[]authz.Other { return &r.Other })
}

// shorten drops parts of a list: halves first, then smaller pieces.
func shorten[T any](s *shrinker, list func(*authz.Records) *[]T) {
	for size := len(*list(s.best)); size > 0; size /= 2 {
		for at := 0; at < len(*list(s.best)); {
			end := min(at+size, len(*list(s.best)))
			dropped := s.try(func(r *authz.Records) { l := list(r); *l = slices.Delete(slices.Clone(*l), at, end) })
			if !dropped {
				at += size
			}
		}
	}
}

// fields makes what is inside of records smaller.
func (s *shrinker) fields() {
	inside(s, func(r *authz.Records) []authz.MemberList { return r.Member }, func(v authz.MemberList) []authz.MemberList {
		var out []authz.MemberList
		for i := range v.Members {
			c := v
			c.Members = without(v.Members, i)
			out = append(out, c)
		}
		if v.Partial {
			v.Partial = false
			out = append(out, v)
		}
		return out
	})
	inside(s, func(r *authz.Records) []authz.Role { return r.Role }, smallerRoles)
	inside(s, func(r *authz.Records) []authz.Group { return r.Group }, func(v authz.Group) []authz.Group {
		var out []authz.Group
		for i := range v.Owners {
			c := v
			c.Owners = without(v.Owners, i)
			out = append(out, c)
		}
		return append(out, authz.Group{Org: v.Org, ID: v.ID, Trustee: v.Trustee, Owners: v.Owners, State: v.State, RolesEnabled: v.RolesEnabled},
			authz.Group{Org: v.Org, ID: v.ID, Trustee: v.Trustee, Owners: v.Owners, State: v.State, IncludeOwners: v.IncludeOwners},
			authz.Group{Org: v.Org, ID: v.ID, Trustee: v.Trustee, Owners: v.Owners, RolesEnabled: v.RolesEnabled, IncludeOwners: v.IncludeOwners})
	})
	inside(s, func(r *authz.Records) []authz.User { return r.User }, func(v authz.User) []authz.User {
		plain := authz.User{Org: v.Org, ID: v.ID, Trustee: v.Trustee}
		state, division := plain, plain
		state.State, division.Division = v.State, v.Division
		return []authz.User{plain, state, division}
	})
	inside(s, func(r *authz.Records) []authz.Client { return r.Client }, func(v authz.Client) []authz.Client {
		plain := authz.Client{Org: v.Org, ID: v.ID}
		kind, state := plain, plain
		kind.GrantType, state.State = v.GrantType, v.State
		return []authz.Client{plain, kind, state}
	})
	inside(s, func(r *authz.Records) []authz.Resource { return r.Resource }, func(v authz.Resource) []authz.Resource {
		var out []authz.Resource
		for i := range v.MemberGroups {
			c := v
			c.MemberGroups = without(v.MemberGroups, i)
			out = append(out, c)
		}
		v.Division = ""
		return append(out, v)
	})
	inside(s, func(r *authz.Records) []authz.View { return r.View }, func(v authz.View) []authz.View {
		var out []authz.View
		for i := range v.Queues {
			c := v
			c.Queues = without(v.Queues, i)
			out = append(out, c)
		}
		for i := range v.Users {
			c := v
			c.Users = without(v.Users, i)
			out = append(out, c)
		}
		return out
	})
	inside(s, func(r *authz.Records) []authz.Grant { return r.Grant }, func(v authz.Grant) []authz.Grant {
		plain := authz.Grant{Org: v.Org, Subject: v.Subject, Role: v.Role, Division: v.Division}
		wide := plain
		wide.Division = authz.AllDivisions
		return []authz.Grant{wide, plain}
	})
	inside(s, func(r *authz.Records) []authz.Trust { return r.Trust }, func(v authz.Trust) []authz.Trust {
		plain := authz.Trust{Org: v.Org, ID: v.ID}
		enabled, full := plain, plain
		enabled.Enabled, full.FullAccess, full.DefaultRole = v.Enabled, v.FullAccess, v.DefaultRole
		return []authz.Trust{plain, enabled, full}
	})
	inside(s, func(r *authz.Records) []authz.AccessPolicy { return r.AccessPolicy }, func(v authz.AccessPolicy) []authz.AccessPolicy {
		condition, clients := v, v
		condition.Condition, clients.Clients = "", authz.Unknown
		return []authz.AccessPolicy{condition, clients}
	})
	inside(s, func(r *authz.Records) []authz.Coverage { return r.CoverageLedger }, func(v authz.Coverage) []authz.Coverage {
		return []authz.Coverage{{Org: v.Org, List: v.List, Source: v.Source, Status: authz.StatusComplete}}
	})
}

func smallerRoles(v authz.Role) []authz.Role {
	var out []authz.Role
	add := func(change func(*authz.Role)) {
		c := v
		change(&c)
		out = append(out, c)
	}
	for i := range v.Policies {
		add(func(r *authz.Role) { r.Policies = without(v.Policies, i) })
	}
	for i := range v.Legacy {
		add(func(r *authz.Role) { r.Legacy = without(v.Legacy, i) })
	}
	for i := range v.Inherits {
		add(func(r *authz.Role) { r.Inherits = without(v.Inherits, i) })
	}
	if v.LinesMissing {
		add(func(r *authz.Role) { r.LinesMissing = false })
	}
	for i, p := range v.Policies {
		for _, smaller := range smallerPolicies(p) {
			add(func(r *authz.Role) {
				r.Policies = slices.Clone(v.Policies)
				r.Policies[i] = smaller
			})
		}
	}
	return out
}

func smallerPolicies(p authz.Policy) []authz.Policy {
	var out []authz.Policy
	add := func(change func(*authz.Policy)) {
		c := p
		change(&c)
		out = append(out, c)
	}
	if p.Condition != nil {
		add(func(c *authz.Policy) { c.Condition = nil })
		for _, smaller := range smallerConditions(*p.Condition) {
			add(func(c *authz.Policy) { c.Condition = &smaller })
		}
	}
	if p.Scope != "" {
		add(func(c *authz.Policy) { c.Scope, c.ScopeGroups, c.ScopeTeams, c.ScopeViews = "", nil, nil, nil })
	}
	for i := range p.ScopeGroups {
		add(func(c *authz.Policy) { c.ScopeGroups = without(p.ScopeGroups, i) })
	}
	for i := range p.ScopeTeams {
		add(func(c *authz.Policy) { c.ScopeTeams = without(p.ScopeTeams, i) })
	}
	for i := range p.ScopeViews {
		add(func(c *authz.Policy) { c.ScopeViews = without(p.ScopeViews, i) })
	}
	return out
}

func smallerConditions(c authz.Condition) []authz.Condition {
	out := slices.Clone(c.Terms) // a term alone
	for i := range c.Terms {
		v := c
		v.Terms = without(c.Terms, i)
		out = append(out, v)
		for _, smaller := range smallerConditions(c.Terms[i]) {
			v := c
			v.Terms = slices.Clone(c.Terms)
			v.Terms[i] = smaller
			out = append(out, v)
		}
	}
	for i := range c.Operands {
		v := c
		v.Operands = without(c.Operands, i)
		out = append(out, v)
	}
	return out
}

func without[T any](list []T, i int) []T { return slices.Delete(slices.Clone(list), i, i+1) }
