package analyzer

import (
	"math/rand"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// The one reason that is found by a look at each role once is the one that a look
// at every line finds.
func TestFirstReasonAgrees(t *testing.T) {
	t.Parallel()
	own, through := 0, 0
	for seed := range int64(60) {
		r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Complete: seed%4 == 3, Users: 6})
		if seed%2 == 0 {
			r.AccessPolicy = nil // with these nothing is found in this way
		}
		m, err := Build(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range targetsOf(t, m) {
			for _, verb := range []string{"see", "edit", "routing:queue:view", "*:*:view"} {
				a, b := comparedReasons(t, m, target, verb)
				own, through = own+a, through+b
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, authztest.Format(r))
		}
	}
	if own < 500 || through < 50 {
		t.Errorf("%d reasons by own grants, %d through groups; want more of both", own, through)
	}
}

func targetsOf(t *testing.T, m *Model) []Target {
	t.Helper()
	var out []Target
	for _, d := range m.Graph.Divisions() {
		target, _, err := m.FindTarget(d.Key.Org + "/division:" + d.Key.ID)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, target)
	}
	for i := range m.Tenants.Tenants {
		target, _, err := m.FindTarget("tenant:" + m.Tenants.Tenants[i].Name)
		if err == nil {
			out = append(out, target)
		}
	}
	return out
}

func comparedReasons(t *testing.T, m *Model, target Target, verb string) (own, through int) {
	t.Helper()
	a, err := m.Who(verb, target, WhoOptions{Reasons: "one"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Answers {
		row := &a.Answers[i]
		w := a.fill.orgs[row.org]
		if w.first != nil {
			if f, ok := w.first.Of(row.number); ok && row.Reach == graph.Whole {
				if f.Own {
					own++
				} else {
					through++
				}
			}
		}
		slow := WhoRow{number: row.number, org: row.org, Reach: row.Reach}
		m.addReasons(target, w, &slow, false)
		if diff := cmp.Diff(slow.Reasons, row.Reasons); diff != "" {
			t.Errorf("%s %s, %s (-every line +each role once):\n%s", verb, target.Ref.Name, row.Principal.ID, diff)
		}
	}
	return own, through
}
