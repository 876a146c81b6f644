package bundle

import "github.com/grantgraph/grantgraph/graph/authz"

// readers tell how each list is read, but for the two that say which
// organization it is.
var readers = map[authz.List]func(*file) error{
	authz.ListDivisions:         listOf((*file).division),
	authz.ListPermissions:       listOf((*file).permissions),
	authz.ListRoles:             listOf((*file).role),
	authz.ListUsers:             listOf((*file).user),
	authz.ListGroups:            listOf((*file).group),
	authz.ListGroupMembers:      membersIn(authz.KindGroup),
	authz.ListTeams:             listOf((*file).team),
	authz.ListTeamMembers:       membersIn(authz.KindTeam),
	authz.ListGrants:            (*file).grants,
	authz.ListClients:           listOf((*file).client),
	authz.ListClientUsage:       (*file).usages,
	authz.ListQueues:            listOf((*file).queue),
	authz.ListQueueMembers:      membersIn(authz.KindQueue),
	authz.ListFlows:             listOf((*file).flow),
	authz.ListObjects:           listOf((*file).resource),
	authz.ListViews:             listOf((*file).view),
	authz.ListTrustees:          listOf((*file).trust),
	authz.ListTrusteeUsers:      (*file).trusteeUsers,
	authz.ListTrusteeGroups:     (*file).trusteeGroups,
	authz.ListTrustors:          listOf((*file).other),
	authz.ListAuthorizedApps:    listOf((*file).other),
	authz.ListAccessPolicies:    listOf((*file).accessPolicy),
	authz.ListIdentityProviders: listOf((*file).other),
	authz.ListIntegrations:      listOf((*file).other),
	authz.ListAudits:            listOf((*file).other),
	authz.ListReports:           listOf((*file).other),
	authz.ListProducts:          listOf((*file).other),
	authz.ListUnusedRoles:       listOf((*file).other),
}

func listOf(one func(*file, value) error) func(*file) error {
	return func(f *file) error {
		return f.entities(func(v value) error { return one(f, v) })
	}
}

// needID refuses an entity without an id: nothing could refer to it.
func (v value) needID(id string) error {
	if id == "" {
		return v.fail("want an entity with an id, got one without")
	}
	return nil
}

// decode reads the fields of an entity that must have an id.
func (v value) decode(id *string, fn func(key string, f value) error) error {
	if err := v.fields(func(key []byte, f value) error { return fn(string(key), f) }); err != nil {
		return err
	}
	return v.needID(*id)
}
