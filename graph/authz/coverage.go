package authz

import "time"

// A List names a kind of list that sources read, and so a kind of thing that a
// snapshot may lack. The names are those of a bundle's files.
type List string

// The lists.
const (
	ListOrganization      List = "organization"
	ListSettings          List = "settings"
	ListDivisions         List = "divisions"
	ListPermissions       List = "permissions"
	ListRoles             List = "roles"
	ListUsers             List = "users"
	ListGroups            List = "groups"
	ListGroupMembers      List = "group_members"
	ListTeams             List = "teams"
	ListTeamMembers       List = "team_members"
	ListGrants            List = "grants"
	ListClients           List = "oauth_clients"
	ListClientUsage       List = "oauth_usage"
	ListAuthorizedApps    List = "authorized_apps"
	ListQueues            List = "queues"
	ListQueueMembers      List = "queue_members"
	ListFlows             List = "flows"
	ListObjects           List = "objects"
	ListViews             List = "views"
	ListTrustees          List = "trustees"
	ListTrusteeUsers      List = "trustee_users"
	ListTrusteeGroups     List = "trustee_groups"
	ListTrustors          List = "trustors"
	ListAccessPolicies    List = "access_policies"
	ListIdentityProviders List = "identity_providers"
	ListIntegrations      List = "integrations"
	ListAudits            List = "audits"
	ListReports           List = "reports"
	ListProducts          List = "products"
	ListUnusedRoles       List = "unused_roles"
)

// Lists returns every list, in the order in which ledgers show them.
func Lists() []List {
	return []List{
		ListOrganization, ListSettings, ListDivisions, ListPermissions, ListRoles, ListUsers, ListGroups,
		ListGroupMembers, ListTeams, ListTeamMembers, ListGrants, ListClients, ListClientUsage, ListAuthorizedApps,
		ListQueues, ListQueueMembers, ListFlows, ListObjects, ListViews, ListTrustees, ListTrusteeUsers,
		ListTrusteeGroups, ListTrustors, ListAccessPolicies, ListIdentityProviders, ListIntegrations, ListAudits,
		ListReports, ListProducts, ListUnusedRoles,
	}
}

// ListOf returns the list that tells records of a kind: [ListObjects] for what has
// none of its own. An [Other] says itself which list it is of.
func ListOf(k Kind) List {
	switch k {
	case KindOrganization:
		return ListOrganization
	case KindDivision:
		return ListDivisions
	case KindPermission:
		return ListPermissions
	case KindRole:
		return ListRoles
	case KindUser:
		return ListUsers
	case KindTrusteeUser:
		return ListTrusteeUsers
	case KindGroup:
		return ListGroups
	case KindTrusteeGroup:
		return ListTrusteeGroups
	case KindTeam:
		return ListTeams
	case KindClient:
		return ListClients
	case KindQueue:
		return ListQueues
	case KindFlow:
		return ListFlows
	case KindView:
		return ListViews
	case KindTrust:
		return ListTrustees
	case KindAccessPolicy:
		return ListAccessPolicies
	default:
		return ListObjects
	}
}

// MembersListOf returns the list that tells the members of a kind of container:
// they come with the group itself where it is a trustee's.
func MembersListOf(k Kind) List {
	switch k {
	case KindGroup:
		return ListGroupMembers
	case KindTeam:
		return ListTeamMembers
	case KindQueue:
		return ListQueueMembers
	default:
		return ListTrusteeGroups
	}
}

// A Status says how much of a list was read.
type Status string

// The statuses.
const (
	// StatusComplete: all of it.
	StatusComplete Status = "complete"
	// StatusPartial: some of it.
	StatusPartial Status = "partial"
	// StatusRefused: none, the platform said no.
	StatusRefused Status = "refused"
	// StatusFailed: none, reading it failed.
	StatusFailed Status = "failed"
	// StatusAbsent: none, the source does not have it.
	StatusAbsent Status = "absent"
	// StatusNotApplicable: the source does not have it, and nothing else in the
	// snapshot speaks of it: no gap.
	StatusNotApplicable Status = "not_applicable"
	// StatusReading: not about reading a list: a value that was missing or odd
	// and how it was read. Never a gap.
	StatusReading Status = "reading"
)

// Coverage is one line of a snapshot's ledger: what was asked for, what came,
// and how.
type Coverage struct {
	Org    string
	List   List
	Source string // endpoint or file
	Status Status
	// Expected is the number that the source itself announced; -1 is unknown.
	Expected int64
	// Received is the number of records kept; for a reading, how often it was applied.
	Received          int64
	Pages             int64
	Started, Ended    time.Time
	Reason            string
	MissingPermission string
}

// IsGap reports whether the line tells of something that the snapshot lacks.
func (c Coverage) IsGap() bool {
	switch c.Status {
	case StatusComplete, StatusReading, StatusNotApplicable:
		return false
	default:
		return true
	}
}

// Info is what a snapshot says of itself.
type Info struct {
	ID      string // short name: the first 12 hex digits of the seal
	TakenAt time.Time
	// Digest is the content digest (hex SHA-256 over the normalized records);
	// Seal covers digest, coverage and meta.
	Digest, Seal  string
	Source        string
	Tool          string
	Organizations []string // ids, sorted
	Complete      bool     // no gaps
}
