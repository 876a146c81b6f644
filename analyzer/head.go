package analyzer

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// The questions that a gap can touch.
const (
	QuestionAccess   = "access"   // who, access, explain, matrix
	QuestionResource = "resource" // the same about a queue, flow or other object
	QuestionRules    = "rules"    // audit and report
)

// touchTable says which questions a missing list can change the answer of. A
// list that only rules read touches no question about access.
func touchTable() map[authz.List][]string {
	all := []string{QuestionAccess, QuestionResource, QuestionRules}
	resource := []string{QuestionResource, QuestionRules}
	rules := []string{QuestionRules}
	return map[authz.List][]string{
		authz.ListOrganization:      all,
		authz.ListSettings:          rules,
		authz.ListDivisions:         all,
		authz.ListPermissions:       all,
		authz.ListRoles:             all,
		authz.ListUsers:             all,
		authz.ListGroups:            all,
		authz.ListGroupMembers:      all,
		authz.ListTeams:             all,
		authz.ListTeamMembers:       all,
		authz.ListGrants:            all,
		authz.ListClients:           all,
		authz.ListTrustees:          all,
		authz.ListTrusteeUsers:      all,
		authz.ListTrusteeGroups:     all,
		authz.ListAccessPolicies:    all,
		authz.ListQueues:            resource,
		authz.ListQueueMembers:      resource,
		authz.ListFlows:             resource,
		authz.ListObjects:           resource,
		authz.ListViews:             all,
		authz.ListClientUsage:       rules,
		authz.ListIdentityProviders: rules,
		authz.ListIntegrations:      rules,
		authz.ListAudits:            rules,
		authz.ListReports:           rules,
		authz.ListProducts:          rules,
		authz.ListUnusedRoles:       rules,
		// What others let our people do there, and apps that act with their user's
		// permissions, are recorded; no answer rests on them.
		authz.ListTrustors:       {},
		authz.ListAuthorizedApps: {},
	}
}

// Touches returns the questions that a missing list can change.
func Touches(l authz.List) []string {
	if t, ok := touchTable()[l]; ok {
		return t
	}
	return []string{QuestionAccess, QuestionResource, QuestionRules}
}

// Head returns the head of a document that answers a kind of question about one
// organization (empty: all of them).
func (m *Model) Head(schema, question, org string) Head {
	info := m.Graph.Info()
	h := Head{
		Schema: "grantgraph/" + schema + "/v1",
		Snapshot: SnapshotRef{
			ID: info.ID, TakenAt: info.TakenAt.UTC(), Seal: info.Seal, Organizations: []Named{},
		},
		ConfigDigest: m.Config.Digest(), Now: m.Now.UTC(),
		Coverage:     CoverageRef{Gaps: []Gap{}},
		Undetermined: []Undetermined{}, Notes: slices.Clone(m.Notes),
	}
	if h.Notes == nil {
		h.Notes = []string{}
	}
	for _, o := range m.Graph.Organizations() {
		h.Snapshot.Organizations = append(h.Snapshot.Organizations, Named{ID: o.ID, Name: o.Name})
	}
	h.Coverage.Gaps = m.gaps(question, org)
	h.Coverage.Complete = len(h.Coverage.Gaps) == 0
	return h
}

// gaps returns what the snapshot lacks that a question about an organization
// (empty: all of them) needs: what the ledger tells, and what it says nothing of.
func (m *Model) gaps(question, org string) []Gap {
	out := []Gap{}
	told := map[string]bool{}
	for _, c := range m.Graph.Coverage() {
		touches := Touches(c.List)
		if !c.IsGap() || !slices.Contains(touches, question) || !m.matters(c.List, c.Org, org) {
			continue
		}
		told[c.Org+"/"+string(c.List)] = true
		out = append(out, Gap{
			Org: c.Org, Kind: c.List, Source: c.Source, Status: c.Status, Reason: c.Reason,
			MissingPermission: c.MissingPermission, Touches: touches,
		})
	}
	for _, o := range m.Graph.Organizations() {
		for _, l := range authz.Lists() {
			if m.Graph.Complete(o.ID, l) || told[o.ID+"/"+string(l)] || told["/"+string(l)] ||
				!slices.Contains(Touches(l), question) || !m.matters(l, o.ID, org) {
				continue
			}
			out = append(out, Gap{
				Org: o.ID, Kind: l, Status: authz.StatusAbsent, Touches: Touches(l),
				Reason: "the snapshot's ledger does not say whether this list was read",
			})
		}
	}
	return out
}

// matters reports whether a list of one organization can change an answer about
// another: its own does, and what a trustee organization tells of its people.
func (m *Model) matters(l authz.List, of, asked string) bool {
	if asked == "" || of == "" || of == asked {
		return true
	}
	switch l {
	case authz.ListUsers, authz.ListGroups, authz.ListGroupMembers:
		return slices.Contains(m.Graph.TrusteeOrganizations(asked), of)
	default:
		return false
	}
}

// undetermined renders entries of the graph.
func (m *Model) undetermined(list []graph.Undetermined) []Undetermined {
	out := []Undetermined{}
	for _, u := range list {
		e := Undetermined{Role: u.Role, Division: u.Division, Why: u.Why}
		if u.Subject != (authz.Key{}) {
			e.Subject = u.Subject.String()
		}
		out = append(out, e)
	}
	return out
}

// Incomplete reports whether the snapshot lacks something that the answer needs.
func (h Head) Incomplete() bool { return !h.Coverage.Complete || len(h.Undetermined) > 0 }
