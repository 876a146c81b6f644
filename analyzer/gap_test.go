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
				missingIsTold(t, r, l, authztest.Silence)
				if t.Failed() {
					t.Fatalf("seed %d:\n%s", seed, authztest.Format(r))
				}
			}
		})
	}
}

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
		lacking := model(t, authztest.Without(r, lacks.ID, l, s))
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
