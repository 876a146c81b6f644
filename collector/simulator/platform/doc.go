// Package platform serves an organization over HTTP as the Genesys Cloud
// Platform API v2 does, so that what reads the real API can be tried, tested
// and broken without one.
//
// An [Organization] is read from a bundle ([Load]) or generated ([Generate]).
// A [Server] is one handler for both hosts: the API under /api/v2, and the login
// host's POST /oauth/token. It keeps to what is known of the API: paths,
// parameters and their defaults, the styles of paging and their limits, who may
// call what, lists that are filtered silently by the caller's divisions, rate
// headers, and bodies of errors. It can be told to misbehave ([Fault]).
//
// It is read only: everything else is refused with 405 and noted
// ([Server.Refused]).
//
// # Where the API's behaviour is not known
//
// These are choices, made so that a reader which is right for the simulator is
// not wrong for the platform:
//
//   - Pages hold at most 500 users, groups, queues, flows or grants of a
//     division, 200 of divisions/query and policies, and 100 of everything else.
//   - Lists of users, queues, teams, flows, skill groups and other objects hold
//     what lies in the divisions in which the caller has the permission to view
//     it; so do the members of groups and queues. Objects without a division
//     are seen by everybody. Divisions, roles and grants of a role are not filtered.
//   - Members of a queue are its own (memberBy user) and those of the groups and
//     teams that it lists (memberBy group).
//   - Members of a group hold its owners if includeOwners is set.
//   - Grants in all divisions are told by roles/{id}/subjectgrants with the
//     division "*"; divisions/*/grants is not found unless
//     [Options.AllDivisionGrants] is set.
//   - objectCounts name the types as the call that moves objects does (USER,
//     QUEUE, …); USER counts all that are not deleted.
//   - divisionspermitted answers by divisions alone: conditions, scopes and
//     access policies narrow it by nothing. It knows no access of those who are
//     not active.
//   - The auditor that [Options] describes is in no list.
//   - GET groups/{id}/dynamicsettings is not found for a group without rules.
package platform
