package authztest

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Silence stands for no line in the ledger at all.
const Silence authz.Status = ""

// Without returns a copy of the records that lacks a list of one organization:
// its records, and what the ledger says of it, which becomes the status.
func Without(r *authz.Records, org string, l authz.List, s authz.Status) *authz.Records {
	r = r.Clone()
	r.CoverageLedger = slices.DeleteFunc(r.CoverageLedger, func(c authz.Coverage) bool { return c.Org == org && c.List == l })
	if s != Silence {
		r.CoverageLedger = append(r.CoverageLedger, authz.Coverage{Org: org, List: l, Status: s})
	}
	leaveOut(org, &r.Organization, l == authz.ListOrganization, func(v authz.Organization) string { return v.ID }, nil)
	leaveOut(org, &r.Division, l == authz.ListDivisions, func(v authz.Division) string { return v.Org }, nil)
	leaveOut(org, &r.Permission, l == authz.ListPermissions, func(v authz.Permission) string { return v.Org }, nil)
	leaveOut(org, &r.Role, l == authz.ListRoles, func(v authz.Role) string { return v.Org }, nil)
	people := func(v authz.User) bool { return (v.Trustee == "") == (l == authz.ListUsers) }
	leaveOut(org, &r.User, l == authz.ListUsers || l == authz.ListTrusteeUsers, func(v authz.User) string { return v.Org }, people)
	groups := func(v authz.Group) bool { return (v.Trustee == "") == (l == authz.ListGroups) }
	leaveOut(org, &r.Group, l == authz.ListGroups || l == authz.ListTrusteeGroups, func(v authz.Group) string { return v.Org }, groups)
	leaveOut(org, &r.Team, l == authz.ListTeams, func(v authz.Team) string { return v.Org }, nil)
	leaveOut(org, &r.Member, true, func(v authz.MemberList) string { return v.Container.Org }, func(v authz.MemberList) bool { return authz.MembersListOf(v.Container.Kind) == l })
	leaveOut(org, &r.Client, l == authz.ListClients, func(v authz.Client) string { return v.Org }, nil)
	leaveOut(org, &r.Usage, l == authz.ListClientUsage, func(v authz.Usage) string { return v.Org }, nil)
	// A client's role-divisions are told with the client.
	leaveOut(org, &r.Grant, l == authz.ListClients, func(v authz.Grant) string { return v.Org }, func(v authz.Grant) bool { return v.Source == "client" })
	leaveOut(org, &r.Grant, l == authz.ListGrants, func(v authz.Grant) string { return v.Org }, func(v authz.Grant) bool { return v.Source != "client" })
	leaveOut(org, &r.Resource, true, func(v authz.Resource) string { return v.Org }, func(v authz.Resource) bool { return authz.ListOf(v.Kind) == l })
	leaveOut(org, &r.View, l == authz.ListViews, func(v authz.View) string { return v.Org }, nil)
	leaveOut(org, &r.Trust, l == authz.ListTrustees, func(v authz.Trust) string { return v.Org }, nil)
	leaveOut(org, &r.AccessPolicy, l == authz.ListAccessPolicies, func(v authz.AccessPolicy) string { return v.Org }, nil)
	leaveOut(org, &r.Other, true, func(v authz.Other) string { return v.Org }, func(v authz.Other) bool { return v.List == l })
	return r
}

func leaveOut[T any](org string, list *[]T, when bool, orgOf func(T) string, only func(T) bool) {
	if when {
		*list = slices.DeleteFunc(slices.Clone(*list), func(v T) bool { return orgOf(v) == org && (only == nil || only(v)) })
	}
}
