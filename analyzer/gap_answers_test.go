package analyzer_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// No list can be left out so that some other answer becomes less and its head
// says nothing of it: the matrix, the access of one principal, clients that act
// for whoever signs in, what roles give in the whole organization, who could, and
// what a principal could become.
func TestMissingListIsToldByEveryAnswer(t *testing.T) {
	t.Parallel()
	seen := newTally()
	t.Run("lists", func(t *testing.T) {
		for _, l := range authz.Lists() {
			t.Run(string(l), func(t *testing.T) {
				t.Parallel()
				const seeds int64 = max(lacking/3, 2)
				for seed := range seeds {
					s := answeredSetup(seed)
					for _, status := range []authz.Status{authz.StatusAbsent, authztest.Silence} {
						everyAnswerTells(t, s, l, status, seen)
					}
					if t.Failed() {
						t.Fatalf("seed %d:\n%s", seed, s)
					}
				}
			})
		}
	})
	for _, what := range []string{"matrix", "access", "delegated", "organization-wide", "who could", "could"} {
		for _, of := range []string{" told", " the same"} {
			if seen.times[what+of] == 0 {
				t.Errorf("no answer of %s%s", what, of)
			}
		}
	}
}

// answeredSetup is an organization whose configuration names no division, which
// may be gone, and with a role that gives what no division limits and what shows
// nothing of a tenant.
func answeredSetup(seed int64) setup {
	s := randomSetupOf(seed, authztest.RandomOptions{Complete: true, Users: 5, Escalations: seed%4 != 3})
	s.tenants, s.shared, s.allow = s.tenants[:min(len(s.tenants), int(seed%4))], nil, nil
	for _, t := range s.tenants {
		delete(t, "divisions")
	}
	if roles := s.records.Role; len(roles) > 0 {
		roles[0].Policies = append(roles[0].Policies, authz.Policy{Domain: "authorization", Entity: "role", Action: "edit"})
	}
	return s
}

func everyAnswerTells(t *testing.T, s setup, l authz.List, status authz.Status, seen *tally) {
	t.Helper()
	full, err := analyzer.Build(s.records.Clone(), analyzer.Options{Config: s.parsed(t), Now: s.now()})
	if err != nil {
		t.Fatal(err)
	}
	before := everyAnswer(t, full)
	for _, org := range full.Graph.Organizations() {
		lacking, err := analyzer.Build(authztest.Without(s.records, org.ID, l, status), analyzer.Options{Config: s.parsed(t), Now: s.now()})
		if err != nil {
			t.Fatal(err)
		}
		after := everyAnswer(t, lacking)
		for _, what := range slices.Sorted(maps.Keys(before)) {
			was, is := before[what], after[what]
			gone := lost(was.elements, is.elements)
			told := hasGap(is.head, l) || len(is.head.Undetermined) > len(was.head.Undetermined)
			seen.when(len(gone) > 0 && told, was.kind+" told")
			seen.when(len(gone) == 0 && len(was.elements) > 0, was.kind+" the same")
			if len(gone) > 0 && !told && is.kind != "" { // an answer that cannot be asked for any more is an error
				t.Errorf("without %s of %s (%q): %s says nothing of what it lacks: %v", l, org.ID, status, what, gone)
			}
		}
	}
}

// oneAnswer is what one answer lists, and how far each of it goes.
type oneAnswer struct {
	kind     string
	head     analyzer.Head
	elements map[string]int
}

// lost returns what goes less far. What goes as far over all divisions is not
// told for each of them.
func lost(before, after map[string]int) []string {
	var out []string
	for k, n := range before {
		permission, _, _ := strings.Cut(k, " over ")
		if max(after[k], after[permission+" over *"]) < n {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func everyAnswer(t *testing.T, m *analyzer.Model) map[string]oneAnswer {
	t.Helper()
	out := map[string]oneAnswer{"matrix": matrixTold(m)}
	for p := range m.Graph.Acting().All() {
		k := m.Graph.Principal(p).Key
		a := m.Access(p, false)
		m.AddCould(a, p, false)
		access, could := map[string]int{}, map[string]int{}
		for _, r := range a.Access {
			// Limited and conditional count alike: with a condition on a user and a team, a
			// team that was not read leaves the user (TestUnreadQueueTakesNothingAway in graph).
			n := 1
			if r.Reach == graph.Whole {
				n = 2
			}
			access[r.Permission+" over "+r.Division.ID] = n
		}
		for _, x := range a.Could.Principals {
			could[x.Principal.ID] = 1
		}
		for _, x := range a.Could.Groups {
			could["in "+x.Group.ID] = 1
		}
		if a.Could.Total != nil {
			could = map[string]int{"total": 1}
		}
		id := k.Org + " " + k.ID // of whatever kind: it may be unknown
		out["access of "+id] = oneAnswer{"access", a.Head, access}
		out["future of "+id] = oneAnswer{"could", a.Head, could}
	}
	for d := range m.Graph.Divisions() {
		whoTold(t, m, m.Graph.Divisions()[d].Key, out)
	}
	return out
}

func matrixTold(m *analyzer.Model) oneAnswer {
	a := m.Matrix()
	x := oneAnswer{"matrix", a.Head, map[string]int{}}
	for _, c := range a.Cells {
		x.elements[c.From+" → "+c.To] = c.Principals
		x.elements[c.From+" → "+c.To+" organization-wide"] = c.OrganizationWide
	}
	return x
}

func whoTold(t *testing.T, m *analyzer.Model, div authz.Key, out map[string]oneAnswer) {
	t.Helper()
	target, _, err := m.FindTarget(div.Org + "/division:" + div.ID)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Who("edit", target, analyzer.WhoOptions{Could: true})
	if err != nil {
		t.Fatal(err)
	}
	who, wide, delegated := map[string]int{}, map[string]int{}, map[string]int{}
	for _, r := range a.Answers {
		who[r.Principal.ID] = 1
	}
	administer, err := m.Who("administer", target, analyzer.WhoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range administer.OrganizationWide {
		wide[w.Role.ID] = w.Principals
	}
	for _, d := range a.Delegated {
		delegated[d.Client.ID] = 1
	}
	what := fmt.Sprintf(" over %s/%s", div.Org, div.ID)
	out["who could edit"+what] = oneAnswer{"who could", a.Head, who}
	out["organization-wide"+what] = oneAnswer{"organization-wide", administer.Head, wide}
	out["delegated"+what] = oneAnswer{"delegated", a.Head, delegated}
}
