package rules

import (
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
)

// TestRest shows that what is beyond the most findings of a rule is told as one
// and loses no fact.
func TestRest(t *testing.T) {
	t.Parallel()
	set, err := Load(Shipped(), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	x := newIndex(bundleModel(t, simulator.Told(), simulator.ToldConfig()))
	facts := func(most int) (total int, drafts []*draft) {
		jobs, err := set.jobs(t.Context(), x, AuditOptions{Evidence: 1})
		if err != nil {
			t.Fatal(err)
		}
		var mine []*job
		for _, j := range jobs {
			if j.rule.id == "TI-001" {
				j.most = most
				mine = append(mine, j)
			}
		}
		if err := run(t.Context(), x, mine, 1); err != nil {
			t.Fatal(err)
		}
		drafts = collect(mine)
		for _, d := range drafts {
			total += d.facts
		}
		return total, drafts
	}
	want, all := facts(mostFindings)
	got, few := facts(3)
	if len(all) < 5 || len(few) != 4 || got != want {
		t.Fatalf("3 at most give %d findings with %d facts; want 4 with %d (of %d)", len(few), got, want, len(all))
	}
	rest := 0
	for _, d := range few {
		if d.rest && strings.HasPrefix(x.message(d), "What is beyond the first ") {
			rest++
		}
	}
	if rest != 1 {
		t.Errorf("%d findings say that they are the rest; want 1", rest)
	}
}

// TestBaseline shows that what every live user holds is told apart.
func TestBaseline(t *testing.T) {
	t.Parallel()
	r := unreadRecords()
	x := newIndex(modelOf(t, r, nil))
	x.findBaseline()
	for i, p := range x.orgs[0].perms {
		if x.orgs[0].info[i].baseline {
			t.Errorf("%s is a baseline; only some hold it", p.Name)
		}
	}
	for _, u := range r.User {
		g := r.Grant[0]
		g.Subject, g.Division = u.Key(), "a"
		r.Grant = append(r.Grant, g)
	}
	x = newIndex(modelOf(t, r, nil))
	x.findBaseline()
	for i, p := range x.orgs[0].perms {
		if got, want := x.orgs[0].info[i].baseline, p.Name == "routing:skill:view"; got != want {
			t.Errorf("%s: baseline = %v; want %v", p.Name, got, want)
		}
	}
}
