package analyzer_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// What a snapshot lacks is never silently nobody.
//
// Take an organization that was read completely, and leave one list out: its
// records, and its line in the ledger, which then says that it is absent. For
// every live principal p of the complete organization, permission m and division
// d such that p has m over d: the answer to "who can m d" from what is left
//
//   - lists p, or a principal with the id of p that is named unknown; or
//   - has the list among the gaps of its head; or
//   - has an undetermined entry that names somebody whom p acts as, or a role
//     that p has it by.
//
// A division that only the missing list spoke of cannot be asked about any more,
// which is an error of the question and no answer.
//
// Questions are asked of every organization of the snapshot: what a trustee
// organization lacks of its own people is told too.
func TestMissingListIsTold(t *testing.T) {
	t.Parallel()
	for _, l := range authz.Lists() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			for seed := range int64(lacking) {
				r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Complete: true, Users: 6})
				missingIsTold(t, r, l, authz.StatusAbsent)
				missingIsTold(t, r, l, silence)
				if t.Failed() {
					t.Fatalf("seed %d:\n%s", seed, authztest.Format(r))
				}
			}
		})
	}
}

// silence stands for no line in the ledger at all.
const silence authz.Status = ""

func TestToldMissingListIsTold(t *testing.T) {
	t.Parallel()
	r := read(t, simulator.Told())
	for _, l := range authz.Lists() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			missingIsTold(t, r, l, authz.StatusAbsent)
		})
	}
}

func model(t testing.TB, r *authz.Records) *analyzer.Model {
	t.Helper()
	m, err := analyzer.Build(r, analyzer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func missingIsTold(t *testing.T, r *authz.Records, l authz.List, s authz.Status) {
	t.Helper()
	full := model(t, r.Clone()) // building numbers the records, which other tests share
	for _, lacks := range full.Graph.Organizations() {
		lacking := model(t, without(r, lacks.ID, l, s))
		for _, o := range full.Graph.Organizations() {
			for _, m := range full.Graph.Universe(o.ID) {
				for d := range full.Graph.DivisionsOf(o.ID).All() {
					answerTells(t, full, lacking, m, d, l)
				}
			}
		}
	}
}

// answerTells compares the answers to one question.
func answerTells(t *testing.T, full, lacking *analyzer.Model, m graph.Perm, d uint32, l authz.List) {
	t.Helper()
	div := full.Graph.Divisions()[d].Key
	target, _, err := lacking.FindTarget(div.Org + "/division:" + div.ID)
	if err != nil {
		return
	}
	got, err := lacking.Who(m.Pattern.String(), target, analyzer.WhoOptions{})
	if err != nil && m.Pattern.IsLegacy() && l == authz.ListRoles {
		return // nothing left names it: an error of the question too
	}
	if err != nil {
		t.Fatal(err)
	}
	for p := range full.Graph.Acting().All() {
		k := full.Graph.Principal(p).Key
		if k.Org != div.Org {
			continue
		}
		reasons := full.Graph.Reasons(p, m, d)
		if len(reasons) > 0 && !lists(got, k) && !hasGap(got.Head, l) && !isUndetermined(got.Head, full, p, reasons) {
			t.Errorf("without %s: nothing tells of %s %s, who has %s over %s", l, k.Org, k, m.Pattern, div.ID)
		}
	}
}

func lists(a *analyzer.WhoAnswer, k authz.Key) bool {
	return slices.ContainsFunc(a.Answers, func(r analyzer.WhoRow) bool {
		return r.Principal.ID == k.ID && (r.Principal.Kind == k.Kind || !r.Principal.Known)
	})
}

func hasGap(h analyzer.Head, l authz.List) bool {
	return slices.ContainsFunc(h.Coverage.Gaps, func(g analyzer.Gap) bool { return g.Kind == l })
}

func isUndetermined(h analyzer.Head, full *analyzer.Model, p uint32, reasons []graph.Reason) bool {
	return slices.ContainsFunc(h.Undetermined, func(u analyzer.Undetermined) bool {
		return slices.ContainsFunc(full.Graph.Acts(p), func(n uint32) bool { return full.Graph.NodeKey(n).String() == u.Subject }) ||
			slices.ContainsFunc(reasons, func(r graph.Reason) bool { return r.Trust == "" && full.Graph.Role(r.Grant.Role).Key.ID == u.Role })
	})
}

// without leaves a list of one organization out, and says so in the ledger.
func without(r *authz.Records, org string, l authz.List, s authz.Status) *authz.Records {
	r = r.Clone()
	r.CoverageLedger = slices.DeleteFunc(r.CoverageLedger, func(c authz.Coverage) bool { return c.Org == org && c.List == l })
	if s != silence {
		r.CoverageLedger = append(r.CoverageLedger, authz.Coverage{Org: org, List: l, Status: s})
	}
	drop(org, &r.Organization, l == authz.ListOrganization, func(v authz.Organization) string { return v.ID }, nil)
	drop(org, &r.Division, l == authz.ListDivisions, func(v authz.Division) string { return v.Org }, nil)
	drop(org, &r.Permission, l == authz.ListPermissions, func(v authz.Permission) string { return v.Org }, nil)
	drop(org, &r.Role, l == authz.ListRoles, func(v authz.Role) string { return v.Org }, nil)
	people := func(v authz.User) bool { return (v.Trustee == "") == (l == authz.ListUsers) }
	drop(org, &r.User, l == authz.ListUsers || l == authz.ListTrusteeUsers, func(v authz.User) string { return v.Org }, people)
	groups := func(v authz.Group) bool { return (v.Trustee == "") == (l == authz.ListGroups) }
	drop(org, &r.Group, l == authz.ListGroups || l == authz.ListTrusteeGroups, func(v authz.Group) string { return v.Org }, groups)
	drop(org, &r.Team, l == authz.ListTeams, func(v authz.Team) string { return v.Org }, nil)
	drop(org, &r.Member, true, func(v authz.MemberList) string { return v.Container.Org }, func(v authz.MemberList) bool { return membersIn(v.Container.Kind) == l })
	drop(org, &r.Client, l == authz.ListClients, func(v authz.Client) string { return v.Org }, nil)
	drop(org, &r.Usage, l == authz.ListClientUsage, func(v authz.Usage) string { return v.Org }, nil)
	// A client's role-divisions are told with the client.
	drop(org, &r.Grant, l == authz.ListClients, func(v authz.Grant) string { return v.Org }, func(v authz.Grant) bool { return v.Source == "client" })
	drop(org, &r.Grant, l == authz.ListGrants, func(v authz.Grant) string { return v.Org }, func(v authz.Grant) bool { return v.Source != "client" })
	drop(org, &r.Resource, true, func(v authz.Resource) string { return v.Org }, func(v authz.Resource) bool { return resourcesIn(v.Kind) == l })
	drop(org, &r.View, l == authz.ListViews, func(v authz.View) string { return v.Org }, nil)
	drop(org, &r.Trust, l == authz.ListTrustees, func(v authz.Trust) string { return v.Org }, nil)
	drop(org, &r.AccessPolicy, l == authz.ListAccessPolicies, func(v authz.AccessPolicy) string { return v.Org }, nil)
	drop(org, &r.Other, true, func(v authz.Other) string { return v.Org }, func(v authz.Other) bool { return v.List == l })
	return r
}

func drop[T any](org string, list *[]T, when bool, orgOf func(T) string, only func(T) bool) {
	if when {
		*list = slices.DeleteFunc(slices.Clone(*list), func(v T) bool { return orgOf(v) == org && (only == nil || only(v)) })
	}
}

func membersIn(k authz.Kind) authz.List {
	switch k {
	case authz.KindGroup:
		return authz.ListGroupMembers
	case authz.KindTeam:
		return authz.ListTeamMembers
	case authz.KindQueue:
		return authz.ListQueueMembers
	default:
		return authz.ListTrusteeGroups
	}
}

func resourcesIn(k authz.Kind) authz.List {
	switch k {
	case authz.KindQueue:
		return authz.ListQueues
	case authz.KindFlow:
		return authz.ListFlows
	default:
		return authz.ListObjects
	}
}
