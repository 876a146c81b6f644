package analyzer_test

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// Each nearest miss, its change made and everything evaluated again, gives the
// access that was asked for.
func TestNearestMissesGiveAccess(t *testing.T) {
	t.Parallel()
	kinds := map[change.Kind]int{}
	for seed := range int64(organizations) {
		rng := rand.New(rand.NewSource(seed))
		r := authztest.Random(rng, authztest.RandomOptions{Users: 5, Complete: seed%2 == 0})
		conf := config.Default()
		if seed%3 == 0 {
			conf.AccessPolicies = config.PoliciesEnforceDeny
		}
		m, err := analyzer.Build(r, analyzer.Options{Config: conf})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if problem := missed(m, r, rng, kinds); problem != "" {
				t.Fatalf("seed %d: %s\n%s", seed, problem, authztest.Format(r))
			}
		}
	}
	for _, k := range []change.Kind{
		change.Grant, change.AddMember, change.JoinTeam, change.MoveResource, change.MoveUser, change.WidenPolicy, change.AddPolicy,
		change.EnableUser, change.EnableGroup, change.EnableClient, change.EnableTrust,
	} {
		if kinds[k] == 0 && organizations > 500 {
			t.Errorf("no nearest miss was of kind %s", k)
		}
	}
}

// missed asks about one principal, permission and target, and makes each change
// that is proposed.
func missed(m *analyzer.Model, r *authz.Records, rng *rand.Rand, kinds map[change.Kind]int) string {
	p := uint32(rng.Intn(m.Graph.Principals()))
	org := m.Graph.Principal(p).Key.Org
	universe := m.Graph.Universe(org)
	if len(universe) == 0 {
		return ""
	}
	perm := universe[rng.Intn(len(universe))]
	target, ok := someTarget(m, r, rng, org)
	if !ok || perm.Kept {
		return ""
	}
	a, err := m.Explain(p, perm.Name, target)
	if err != nil || a.Holds {
		return ""
	}
	for _, n := range a.Nearest {
		kinds[n.Kind]++
		after, err := m.After(r, []change.Change{n.Made()})
		if err != nil {
			return err.Error()
		}
		q, ok := after.Graph.FindPrincipal(m.Graph.Principal(p).Key)
		if !ok {
			return fmt.Sprintf("%s: the principal is gone", n.Change)
		}
		again, _, err := after.FindTarget(targetName(target))
		if err != nil {
			return err.Error()
		}
		b, err := after.Explain(q, perm.Name, again)
		if err != nil {
			return err.Error()
		}
		if !b.Holds {
			return fmt.Sprintf("%s has %s over %s not, after: %s", m.Graph.Principal(p).Key, perm.Name, targetName(target), n.Change)
		}
	}
	return ""
}

func someTarget(m *analyzer.Model, r *authz.Records, rng *rand.Rand, org string) (analyzer.Target, bool) {
	var names []string
	for _, d := range r.Division {
		if d.Org == org {
			names = append(names, org+"/division:"+d.ID)
		}
	}
	for _, v := range r.Resource {
		if v.Org == org {
			names = append(names, org+"/"+v.Kind.String()+":"+v.ID, org+"/"+v.Kind.String()+":"+v.ID)
		}
	}
	for _, u := range r.User {
		if u.Org == org && u.Trustee == "" {
			names = append(names, org+"/user:"+u.ID)
		}
	}
	if len(names) == 0 {
		return analyzer.Target{}, false
	}
	t, _, err := m.FindTarget(names[rng.Intn(len(names))])
	return t, err == nil
}

func targetName(t analyzer.Target) string {
	return t.Org + "/" + t.Ref.Kind.String() + ":" + t.Ref.ID
}

// What an enforced policy denies is missed by that policy alone.
func TestNearestMissOfDenied(t *testing.T) {
	t.Parallel()
	r := authztest.Parse(t, `
division a home
user ada in a
role r routing:queue:view
catalogue routing:queue:view aware
grant ada r a
policy p1 routing:queue:view deny user:ada active`)
	conf := config.Default()
	conf.AccessPolicies = config.PoliciesEnforceDeny
	m, err := analyzer.Build(r, analyzer.Options{Config: conf})
	if err != nil {
		t.Fatal(err)
	}
	a := explained(t, m, "user:ada", "routing:queue:view", "division:a")
	if a.Holds || len(a.Nearest) != 1 || a.Nearest[0].Kind != change.DisableAccessPolicy || a.Nearest[0].ID != "p1" {
		t.Fatalf("holds %v, nearest %+v; want one: disable the access policy p1", a.Holds, a.Nearest)
	}
	after, err := m.After(r, []change.Change{a.Nearest[0].Made()})
	if err != nil {
		t.Fatal(err)
	}
	if b := explained(t, after, "user:ada", "routing:queue:view", "division:a"); !b.Holds {
		t.Error("the access does not exist after the change")
	}
}
