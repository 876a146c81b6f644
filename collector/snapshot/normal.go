package snapshot

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// normal returns a record in the form in which it is kept: lists whose order
// means nothing are sorted and have nothing twice. The record that was given,
// and its lists, stay as they are.
func normal(rec authz.Record) authz.Record {
	switch v := rec.(type) {
	case authz.Role:
		v.Inherits, v.Legacy, v.Policies = set(v.Inherits), set(v.Legacy), policySet(v.Policies)
		return v
	case authz.User:
		v.Licences = set(v.Licences)
		return v
	case authz.Group:
		v.Owners = set(v.Owners)
		return v
	case authz.Client:
		v.Scopes, v.Redirects = set(v.Scopes), set(v.Redirects)
		return v
	case authz.Resource:
		v.MemberGroups = memberGroupSet(v.MemberGroups)
		return v
	case authz.View:
		v.Queues, v.Users = set(v.Queues), set(v.Users)
		return v
	default:
		return rec
	}
}

func set(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

func memberGroupSet(list []authz.MemberGroup) []authz.MemberGroup {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b authz.MemberGroup) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Type, b.Type))
	})
	return slices.Compact(list)
}

// policySet sorts the lines of a role by permission and scope, and then by
// their leaves, so that two that differ in anything have an order.
func policySet(list []authz.Policy) []authz.Policy {
	if len(list) == 0 {
		return nil
	}
	type line struct {
		authz.Policy
		leaf string
	}
	lines := make([]line, len(list))
	var e encoder
	for i, p := range list {
		p.ScopeGroups, p.ScopeTeams, p.ScopeViews = set(p.ScopeGroups), set(p.ScopeTeams), set(p.ScopeViews)
		e.reset()
		e.policy(p)
		lines[i] = line{p, string(e.b)}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Action, b.Action),
			cmp.Compare(a.Guide, b.Guide), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.leaf, b.leaf))
	})
	lines = slices.CompactFunc(lines, func(a, b line) bool { return a.leaf == b.leaf })
	out := make([]authz.Policy, len(lines))
	for i, l := range lines {
		out[i] = l.Policy
	}
	return out
}
