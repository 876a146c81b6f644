package analyzer_test

import (
	"fmt"
	"math/rand"
	"slices"
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

// A group that would give the access is none of the misses if an enforced policy
// denies it to whom the group holds.
func TestNearestMissIsNoDeniedGroup(t *testing.T) {
	t.Parallel()
	r := authztest.Parse(t, `
division a home
user ada in a
user bob in a
group leads bob
group all group:leads group:off
group off ada state=inactive
role r routing:queue:view
catalogue routing:queue:view aware
grant group:leads r a
grant group:all r a
policy p1 routing:queue:view deny group:all active`)
	for _, c := range []struct {
		policies string
		want     []change.Kind
	}{
		{config.PoliciesEnforceDeny, []change.Kind{change.Grant}},
		{config.PoliciesAnnotate, []change.Kind{change.EnableGroup, change.AddMember, change.AddMember, change.Grant}},
	} {
		conf := config.Default()
		conf.AccessPolicies = c.policies
		m, err := analyzer.Build(r, analyzer.Options{Config: conf})
		if err != nil {
			t.Fatal(err)
		}
		var got []change.Kind
		for _, n := range explained(t, m, "user:ada", "routing:queue:view", "division:a").Nearest {
			got = append(got, n.Kind)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("policies %s: %v; want %v", c.policies, got, c.want)
		}
	}
}

// Whether another organization's user is active is for that organization to
// say, though both are in the snapshot.
func TestNearestMissIsNoneAtHome(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about, user string
		want        int
	}{
		{"told at home only", "", 0},
		{"told here, too", "user pu trustee=p state=inactive name=pu", 1},
	} {
		m := mustConfigured(t, `
org p
user pu state=inactive name=pu
org o
trust p enabled
division a home
role r routing:queue:view
catalogue routing:queue:view aware
grant trustee_user:pu r a
`+c.user, "")
		a := explained(t, m, "o/trustee_user:pu", "routing:queue:view", "o/division:a")
		if len(a.Nearest) != c.want {
			t.Errorf("%s: %d nearest misses; want %d: %+v", c.about, len(a.Nearest), c.want, a.Nearest)
		}
	}
}
