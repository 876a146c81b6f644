package genesyscloud

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// How an endpoint gives its entities.
type style int

const (
	numbered style = iota + 1 // pages by number
	after                     // pages by the cursor in nextUri
	cursor                    // pages by the cursor in the body
	whole                     // all in one answer
	single                    // the answer is the entity
	job                       // post, wait, results
)

// An endpoint is one row of the plan.
type endpoint struct {
	// name is that of the row; list is what its entities tell of.
	name string
	list authz.List
	// path has {} where the id goes of what it is asked for.
	path  string
	query []string
	style style
	// sizes are page sizes, the largest first: where the platform refuses one,
	// the next is tried.
	sizes []int
	// permission is what it needs. Where none is declared, the permission
	// decides what the answer holds.
	permission string
	// each names the row for each of whose entities it is asked; empty: once.
	each string
	// instead names the row that serves where this one answers 400.
	instead string
	// aside is set if the endpoint only adds something to records of others.
	aside string
	// kind is the type of its objects, in the word that the platform counts them
	// by in its divisions.
	kind string
	// absentIs404 is set if 404 means that there is none.
	absentIs404 bool
	// beyond says what more than reading the permission allows. The least role
	// goes without it, and a refusal is no gap.
	beyond string
}

// The rows that code refers to.
const (
	rowOrganization  = "organization"
	rowDivisions     = "divisions"
	rowRoles         = "roles"
	rowGroups        = "groups"
	rowGroupMembers  = "group members"
	rowDynamic       = "dynamic groups"
	rowTeams         = "teams"
	rowTeamMembers   = "team members"
	rowSubjects      = "subjects of roles"
	rowGrants        = "grants in divisions"
	rowClients       = "oauth clients"
	rowUsage         = "oauth usage"
	rowApps          = "authorized apps"
	rowQueues        = "queues"
	rowQueueMembers  = "queue members"
	rowTrustees      = "trustees"
	rowCare          = "customer care"
	rowTrusteeUsers  = "trustee users"
	rowTrusteeGroups = "trustee groups"
	rowCloned        = "cloned users"
	rowTrustors      = "trustors"
	rowSkillGroups   = "skill groups"
	rowServices      = "audited services"
	rowAudits        = "audits"
)

// table is the plan: what is read, in the order in which it is told.
func table() []endpoint {
	rows := []endpoint{
		{name: rowOrganization, list: authz.ListOrganization, path: "/api/v2/organizations/me", style: single},
		{name: "settings", list: authz.ListSettings, path: "/api/v2/authorization/roles/settings", style: single, permission: "authorization:settings:view"},
		{name: rowDivisions, list: authz.ListDivisions, path: "/api/v2/authorization/divisions", query: []string{"objectCount", "true"}, style: numbered, sizes: []int{100}},
		{name: "permissions", list: authz.ListPermissions, path: "/api/v2/authorization/permissions", style: numbered, sizes: []int{100}},
		// The number of a role's users is slow to come, and nobody needs it.
		{name: rowRoles, list: authz.ListRoles, path: "/api/v2/authorization/roles", query: []string{"userCount", "false"}, style: numbered, sizes: []int{100}, permission: "authorization:role:view"},
	}
	rows = append(rows, userRows()...)
	rows = append(rows, peopleRows()...)
	rows = append(rows, grantRows()...)
	rows = append(rows, objectRows()...)
	rows = append(rows, trustRows()...)
	return append(rows, otherRows()...)
}

// userExpand is what the model reads of a user beyond what always comes.
const userExpand = "lasttokenissued,dateLastLogin,employerInfo"

// userRows are the users in each state. The plain list fails beyond ten thousand
// users that are not active; the other has no division filter.
func userRows() (rows []endpoint) {
	for _, state := range []string{"active", "inactive", "deleted"} {
		rows = append(rows,
			endpoint{
				name: state + " users", list: authz.ListUsers, path: "/api/v2/users", query: []string{"state", state, "expand", userExpand},
				style: numbered, sizes: []int{500}, permission: "directory:user:view", instead: state + " users by query",
			},
			endpoint{
				name: state + " users by query", list: authz.ListUsers, path: "/api/v2/users/query", query: []string{"state", state, "expand", userExpand},
				style: cursor, sizes: []int{500, 200, 100}, permission: "directory:user:view",
			})
	}
	return rows
}

func peopleRows() []endpoint {
	return []endpoint{
		{name: rowGroups, list: authz.ListGroups, path: "/api/v2/groups", style: numbered, sizes: []int{500}, permission: "directory:group:view"},
		{
			name: rowDynamic, list: authz.ListGroups, path: "/api/v2/groups/{}/dynamicsettings", style: single, permission: "directory:group:view",
			each: rowSubjects, absentIs404: true, aside: "whether rules decide who is in a group that holds roles",
		},
		{name: rowGroupMembers, list: authz.ListGroupMembers, path: "/api/v2/groups/{}/members", style: numbered, sizes: []int{500, 100}, permission: "directory:group:view", each: rowGroups},
		{name: rowTeams, list: authz.ListTeams, path: "/api/v2/teams", query: []string{"expand", "entities.division"}, style: after, sizes: []int{100}, permission: "groups:team:view"},
		{name: rowTeamMembers, list: authz.ListTeamMembers, path: "/api/v2/teams/{}/members", style: after, sizes: []int{100}, permission: "groups:team:view", each: rowTeams},
	}
}

func grantRows() []endpoint {
	return []endpoint{
		{name: rowSubjects, list: authz.ListGrants, path: "/api/v2/authorization/roles/{}/subjectgrants", style: numbered, sizes: []int{500, 100}, permission: "authorization:role:view", each: rowRoles},
		{name: rowGrants, list: authz.ListGrants, path: "/api/v2/authorization/divisions/{}/grants", style: numbered, sizes: []int{500, 100}, permission: "authorization:grant:view", each: rowDivisions},
		{name: rowClients, list: authz.ListClients, path: "/api/v2/oauth/clients", style: whole, permission: "oauth:client:view"},
		{name: rowUsage, list: authz.ListClientUsage, path: "/api/v2/oauth/clients/{}/usage/query", style: job, permission: "oauth:client:view", each: rowClients},
		{
			name: rowApps, list: authz.ListAuthorizedApps, path: "/api/v2/oauth/authorizations", style: whole, permission: "oauth:client:authorize",
			beyond: "lets apps be authorized",
		},
	}
}

// objectRows are what lies in divisions. Of a queue's members those are asked for
// that it has itself: the groups that it lists come with the queue.
func objectRows() []endpoint {
	rows := []endpoint{
		{name: rowQueues, list: authz.ListQueues, path: "/api/v2/routing/queues", style: numbered, sizes: []int{500}, permission: "routing:queue:view"},
		{name: rowQueueMembers, list: authz.ListQueueMembers, path: "/api/v2/routing/queues/{}/members", query: []string{"memberBy", "user"}, style: numbered, sizes: []int{100}, permission: "routing:queue:view", each: rowQueues},
		{name: "flows", list: authz.ListFlows, path: "/api/v2/flows", style: numbered, sizes: []int{500}, permission: "architect:flow:view"},
		{name: rowSkillGroups, list: authz.ListObjects, path: "/api/v2/routing/skillgroups", style: after, sizes: []int{100}, permission: "routing:skillGroup:view", kind: "SKILLGROUP"},
	}
	for _, o := range []struct{ name, kind, path, permission string }{
		{"campaigns", "CAMPAIGN", "outbound/campaigns", "outbound:campaign:view"},
		{"contact lists", "CONTACTLIST", "outbound/contactlists", "outbound:contactList:view"},
		{"do-not-call lists", "DNCLIST", "outbound/dnclists", "outbound:dncList:view"},
		{"messaging campaigns", "MESSAGINGCAMPAIGN", "outbound/messagingcampaigns", "outbound:messagingCampaign:view"},
		{"flow milestones", "FLOWMILESTONE", "flows/milestones", "architect:flowMilestone:view"},
		{"flow outcomes", "FLOWOUTCOME", "flows/outcomes", "architect:flowOutcome:view"},
		{"data tables", "DATATABLES", "flows/datatables", "architect:datatable:view"},
		{"call routes", "CALLROUTE", "architect/ivrs", "routing:callRoute:view"},
		{"emergency groups", "EMERGENCYGROUPS", "architect/emergencygroups", "routing:emergencyGroup:view"},
		{"schedules", "ROUTINGSCHEDULES", "architect/schedules", "routing:schedule:view"},
		{"schedule groups", "ROUTINGSCHEDULEGROUPS", "architect/schedulegroups", "routing:scheduleGroup:view"},
		{"extension pools", "EXTENSIONPOOL", "telephony/providers/edges/extensionpools", "telephony:extensionPool:view"},
		{"response libraries", "LIBRARY", "responsemanagement/libraries", "responses:library:view"},
		{"wrap-up codes", "WRAPUPCODE", "routing/wrapupcodes", "routing:wrapupCode:view"},
	} {
		rows = append(rows, endpoint{
			name: o.name, list: authz.ListObjects, path: "/api/v2/" + o.path, style: numbered, sizes: []int{100, 25},
			permission: o.permission, kind: o.kind,
		})
	}
	return rows
}

func trustRows() []endpoint {
	return []endpoint{
		{name: rowTrustees, list: authz.ListTrustees, path: "/api/v2/orgauthorization/trustees", style: numbered, sizes: []int{100}, permission: "authorization:orgTrustee:view"},
		{name: rowCare, list: authz.ListTrustees, path: "/api/v2/orgauthorization/trustees/care", style: whole, permission: "authorization:orgTrustee:view", absentIs404: true},
		{name: rowTrusteeUsers, list: authz.ListTrusteeUsers, path: "/api/v2/orgauthorization/trustees/{}/users", style: numbered, sizes: []int{100}, permission: "authorization:orgTrusteeUser:view", each: rowTrustees},
		{
			name: rowCloned, list: authz.ListTrusteeUsers, path: "/api/v2/orgauthorization/trustees/{}/clonedusers", style: whole, permission: "directory:user:view",
			each: rowTrustees, absentIs404: true, aside: "which users are clones of a trustee's",
		},
		{name: rowTrusteeGroups, list: authz.ListTrusteeGroups, path: "/api/v2/orgauthorization/trustees/{}/groups", style: numbered, sizes: []int{100}, permission: "authorization:orgTrusteeGroup:view", each: rowTrustees},
		{name: rowTrustors, list: authz.ListTrustors, path: "/api/v2/orgauthorization/trustors", style: numbered, sizes: []int{100}, permission: "authorization:orgTrustor:view"},
		{name: "access policies", list: authz.ListAccessPolicies, path: "/api/v2/authorization/policies", style: after, sizes: []int{200}, permission: "authorization:policy:view"},
	}
}

func otherRows() []endpoint {
	return []endpoint{
		{name: "identity providers", list: authz.ListIdentityProviders, path: "/api/v2/identityproviders", style: whole, permission: "sso:provider:view"},
		{name: "integrations", list: authz.ListIntegrations, path: "/api/v2/integrations", style: numbered, sizes: []int{100}, permission: "integrations:integration:view"},
		{name: rowServices, list: authz.ListAudits, path: "/api/v2/audits/query/servicemapping", style: single, permission: "audits:audit:view"},
		{name: rowAudits, list: authz.ListAudits, path: "/api/v2/audits/query", style: job, sizes: []int{500}, permission: "audits:audit:view", each: rowServices},
		{name: "products", list: authz.ListProducts, path: "/api/v2/authorization/products", style: whole},
	}
}

// source names an endpoint in the ledger.
func (e *endpoint) source() string {
	method := "GET "
	if e.style == job {
		method = "POST "
	}
	return method + strings.ReplaceAll(e.path, "{}", "{id}")
}

// extra are permissions that no endpoint declares and that decide how much of a
// list comes.
func extra() []string { return []string{"directory:privateGroup:view"} }

// Permissions returns the permissions that a complete snapshot needs, sorted.
func Permissions() []string {
	var list []string
	for _, e := range table() {
		if e.permission != "" && e.beyond == "" {
			list = append(list, e.permission)
		}
	}
	list = append(list, extra()...)
	slices.Sort(list)
	return slices.Compact(list)
}

// notOffered are the lists for which the platform has no endpoint.
func notOffered() []authz.List {
	return []authz.List{authz.ListViews, authz.ListReports, authz.ListUnusedRoles}
}

// Lists returns the lists that the platform gives, in their order.
func Lists() []authz.List {
	rows := table()
	return slices.DeleteFunc(authz.Lists(), func(l authz.List) bool {
		return !slices.ContainsFunc(rows, func(e endpoint) bool { return e.list == l })
	})
}
