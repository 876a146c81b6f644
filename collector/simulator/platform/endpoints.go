package platform

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An endpoint is a method and path of the API.
type endpoint struct {
	pattern string
	// needs are the permissions that the caller must have in some division: all of
	// them, or one if oneOf is set.
	needs []string
	oneOf bool
	// limit is the largest page; 0 is 100.
	limit int
	// list is the list that is served, if the endpoint serves one as it is.
	list  authz.List
	serve func(*call) (any, error)
}

// wanted are the permissions that an error names that is not deserved. Of an
// endpoint that declares none, it is one that its service may want.
func (e endpoint) wanted() []string {
	switch {
	case len(e.needs) > 0:
		return e.needs
	case e.list == authz.ListUsers:
		return []string{viewUsers}
	case strings.Contains(e.pattern, "/groups"):
		return []string{"directory:group:view"}
	default:
		return []string{"simulator:fault:view"}
	}
}

func get(path string, serve func(*call) (any, error), needs ...string) endpoint {
	return endpoint{pattern: "GET /api/v2/" + path, needs: needs, serve: serve}
}

func post(path string, serve func(*call) (any, error), needs ...string) endpoint {
	return endpoint{pattern: "POST /api/v2/" + path, needs: needs, serve: serve}
}

func (e endpoint) any() endpoint { e.oneOf = true; return e }

func (e endpoint) max(n int) endpoint { e.limit = n; return e }

func (e endpoint) of(list authz.List) endpoint { e.list = list; return e }

// endpoints are all that is served: what reads.
func endpoints() []endpoint {
	var all []endpoint
	for _, family := range [][]endpoint{
		organizationEndpoints(), roleEndpoints(), subjectEndpoints(), divisionEndpoints(), userEndpoints(),
		groupEndpoints(), clientEndpoints(), trustEndpoints(), routingEndpoints(), auditEndpoints(), objectEndpoints(),
	} {
		all = append(all, family...)
	}
	return all
}

func organizationEndpoints() []endpoint {
	return []endpoint{
		get("organizations/me", organizationMe),
		get("organizations/authentication/settings", authenticationSettings, "directory:organization:admin"),
		get("authorization/settings", authorizationSettings, "directory:organization:admin", "authorization:settings:view").any(),
		get("authorization/roles/settings", roleSettings, "directory:organization:admin", "authorization:settings:view").any(),
		get("organizations/limits/namespaces/{namespace}", limits),
		get("authorization/permissions", permissions),
		get("authorization/products", asTheyAre).of(authz.ListProducts),
		get("identityproviders", asTheyAre, "sso:provider:view").of(authz.ListIdentityProviders),
		get("integrations", integrations, "integrations:integration:view").of(authz.ListIntegrations),
		get("integrations/credentials", noneByNumber, "integrations:integration:view"),
		get("authorization/policies", policies, "authorization:policy:view").max(200).of(authz.ListAccessPolicies),
		get("authorization/policies/subject/{subjectId}", policiesOf, "authorization:policy:view").max(200).of(authz.ListAccessPolicies),
		get("authorization/policies/{policyId}", policy, "authorization:policy:view"),
	}
}

func roleEndpoints() []endpoint {
	const view = "authorization:role:view"
	return []endpoint{
		get("authorization/roles", roles, view).of(authz.ListRoles),
		get("authorization/roles/{roleId}", role, view),
		get("authorization/roles/{roleId}/subjectgrants", subjectGrants, view),
		get("authorization/roles/{roleId}/users", roleUsers),
	}
}

func subjectEndpoints() []endpoint {
	const view = "authorization:grant:view"
	return []endpoint{
		get("authorization/subjects/me", subjectMe),
		get("authorization/subjects/rolecounts", roleCounts, view),
		get("authorization/subjects/{subjectId}", subject, view),
		get("authorization/divisions/{divisionId}/grants", divisionGrants, view).max(500),
		get("authorization/divisionspermitted/me", permittedMe),
		get("authorization/divisionspermitted/paged/me", permittedPagedMe),
		get("authorization/divisionspermitted/paged/{subjectId}", permittedPaged),
		get("users/{subjectId}/roles", userRoles, view),
	}
}

func divisionEndpoints() []endpoint {
	return []endpoint{
		get("authorization/divisions", divisionList).of(authz.ListDivisions),
		get("authorization/divisions/query", divisionQuery).max(200).of(authz.ListDivisions),
		get("authorization/divisions/home", divisionHome),
		get("authorization/divisions/limit", divisionLimit),
		get("authorization/divisions/deleted", noneByNumber, "authorization:divisionDeleted:view"),
		get("authorization/divisions/{divisionId}", division),
	}
}

func userEndpoints() []endpoint {
	return []endpoint{
		get("users", users).max(500).of(authz.ListUsers),
		get("users/query", usersQuery, viewUsers).of(authz.ListUsers),
		get("users/{userId}", user),
		get("users/{subjectId}/trustors", noneByNumber, "authorization:orgTrustor:view"),
		{pattern: "GET /scim/v2/users", serve: scimUsers, list: authz.ListUsers},
	}
}

func groupEndpoints() []endpoint {
	return []endpoint{
		get("groups", groups).max(500).of(authz.ListGroups),
		get("groups/{groupId}", group),
		get("groups/{groupId}/members", groupMembers),
		get("groups/{groupId}/individuals", groupIndividuals),
		get("groups/{groupId}/dynamicsettings", dynamicSettings, "directory:group:view"),
		get("teams", teams, viewTeams).of(authz.ListTeams),
		get("teams/{teamId}", team, viewTeams),
		get("teams/{teamId}/members", teamMembers, viewTeams),
	}
}

func clientEndpoints() []endpoint {
	const view, usage = "oauth:client:view", "usage:client:view"
	return []endpoint{
		get("oauth/clients", clients, view).of(authz.ListClients),
		get("oauth/clients/{clientId}", client, view),
		get("oauth/authorizations", asTheyAre, "oauth:client:authorize").of(authz.ListAuthorizedApps),
		get("oauth/scopes", scopes),
		post("oauth/clients/{clientId}/usage/query", usageQuery, view, usage).any(),
		get("oauth/clients/{clientId}/usage/query/results/{executionId}", usageResults, view, usage).any(),
		get("oauth/clients/{clientId}/usage/summary", usageSummary, view, usage).any(),
		get("tokens/me", tokenMe),
	}
}

func trustEndpoints() []endpoint {
	const view, viewUser, viewGroup = "authorization:orgTrustee:view", "authorization:orgTrusteeUser:view", "authorization:orgTrusteeGroup:view"
	return []endpoint{
		get("orgauthorization/trustees", trustees, view).of(authz.ListTrustees),
		get("orgauthorization/trustees/care", noneAtOnce, view, viewUser).any(),
		get("orgauthorization/trustees/default", noTrustee, view, viewUser).any(),
		get("orgauthorization/trustees/{trusteeOrgId}", trustee, view),
		get("orgauthorization/trustees/{trusteeOrgId}/users", trusteeUsers, viewUser),
		get("orgauthorization/trustees/{trusteeOrgId}/users/{trusteeUserId}/roles", trusteeUserRoles, viewUser),
		get("orgauthorization/trustees/{trusteeOrgId}/groups", trusteeGroups, viewGroup),
		get("orgauthorization/trustees/{trusteeOrgId}/groups/{trusteeGroupId}/roles", trusteeGroupRoles, viewGroup),
		get("orgauthorization/trustees/{trusteeOrgId}/clonedusers", clonedUsers, viewUsers),
		get("orgauthorization/trustors", trustors, "authorization:orgTrustor:view").of(authz.ListTrustors),
		get("orgauthorization/trustors/{trustorOrgId}/users", ofTrustor, viewUser),
		get("orgauthorization/trustors/{trustorOrgId}/groups", ofTrustor, viewGroup),
		get("orgauthorization/trustors/{trustorOrgId}/clonedusers", ofTrustor, viewUser),
	}
}

func routingEndpoints() []endpoint {
	return []endpoint{
		get("routing/queues", queues, viewQueues).max(500).of(authz.ListQueues),
		get("routing/queues/divisionviews/all", queuesBySearch, searchQueues).max(500).of(authz.ListQueues),
		get("routing/queues/{queueId}", queue, viewQueues),
		get("routing/queues/{queueId}/members", queueMembers, viewQueues, "routing:queue:edit", "routing:queue:readonly", "routing:queueMember:manage").any(),
		get("flows", flows, viewFlows).max(500).of(authz.ListFlows),
		get("routing/skillgroups", skillGroups, viewSkillGroups).of(authz.ListObjects),
	}
}

func auditEndpoints() []endpoint {
	const view = "audits:audit:view"
	return []endpoint{
		post("audits/query", auditQuery, view),
		get("audits/query/{transactionId}", auditStatus, view),
		get("audits/query/{transactionId}/results", auditResults, view).max(500),
		get("audits/query/servicemapping", serviceMapping, view),
		get("audits/query/realtime/servicemapping", serviceMapping, view),
	}
}

// The permissions by which lists are filtered.
const (
	viewUsers       = "directory:user:view"
	viewTeams       = "groups:team:view"
	viewQueues      = "routing:queue:view"
	searchQueues    = "routing:queue:search"
	viewFlows       = "architect:flow:view"
	viewSkillGroups = "routing:skillGroup:view"
)
