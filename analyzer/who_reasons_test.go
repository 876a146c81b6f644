package analyzer_test

import (
	"math/rand"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// With all reasons, who spells out every derivation of every answer, whatever a
// role gives, may give or was not read.
func TestWhoTellsEveryReason(t *testing.T) {
	t.Parallel()
	told := 0
	const seeds int64 = min(organizations, 100)
	for seed := range seeds {
		r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Complete: seed%4 == 3, Users: 4})
		m := model(t, r)
		for d, div := range m.Graph.Divisions() {
			target, _, err := m.FindTarget(div.Key.Org + "/division:" + div.Key.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, perm := range m.Graph.Universe(div.Key.Org) {
				if perm.Pattern.IsWild() {
					continue // it stands for others too
				}
				told += everyReason(t, m, target, perm, uint32(d))
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, authztest.Format(r))
		}
	}
	if told < 1000 {
		t.Errorf("%d reasons were told", told)
	}
}

func everyReason(t *testing.T, m *analyzer.Model, target analyzer.Target, perm graph.Perm, d uint32) (told int) {
	t.Helper()
	a, err := m.Who(perm.Pattern.String(), target, analyzer.WhoOptions{Reasons: "all"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range a.Answers {
		p, _ := m.Graph.FindPrincipal(keyOf(row.Principal))
		if want := len(m.Graph.Reasons(p, perm, d)); want != len(row.Reasons) || want == 0 {
			t.Errorf("%s has %s over %s by %d reasons; %d are told", row.Principal.ID, perm.Pattern, target.Ref.ID, want, len(row.Reasons))
		}
		told += len(row.Reasons)
	}
	return told
}
