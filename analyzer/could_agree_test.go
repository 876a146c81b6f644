package analyzer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// What one principal could become, and what rules about escalation are asked of,
// are what the reference's closure and tenants say, on random organizations with
// random configurations.
func TestCouldAgrees(t *testing.T) {
	t.Parallel()
	seen := newTally()
	agreeOn(t, max(organizations/2, 60), func(t *testing.T, seed int64) {
		s := randomSetupOf(seed, authztest.RandomOptions{Complete: seed%4 == 3, Users: 5, Escalations: true})
		agree(t, seed, s, seen, couldDisagreements)
	})
	for _, name := range []string{"total:0", "total:1", "total:more", "tenant:own", "tenant:other", "tenant:later", "dormant", "sure", "group:unknown"} {
		if seen.times[name] == 0 {
			t.Errorf("no organization has %s", name)
		}
	}
}

func couldDisagreements(t testing.TB, s setup, seen *tally) []string {
	t.Helper()
	c := newAgreement(t, s, seen)
	if c.m == nil && seen == nil {
		return nil
	}
	if len(c.out) > 0 {
		return c.out
	}
	a := &blastAgreement{agreement: c}
	for _, sure := range []bool{false, true} {
		a.closures(sure)
		a.facts(sure)
	}
	return a.out[:min(len(a.out), 8)]
}

// blastAgreement compares what the analyzer says of the future with the reference.
type blastAgreement struct {
	*agreement
	wanted map[uint32]future // of the live principals
}

// future is what the reference says of one principal: after how many steps.
type future struct {
	total              int // -1: never
	principals, groups map[authz.Key]int
}

func futureOf(stages []reference.Stage, self authz.Key) future {
	f := future{total: -1, principals: map[authz.Key]int{}, groups: map[authz.Key]int{}}
	for hops, s := range stages {
		if s.Total && f.total < 0 {
			f.total = hops
		}
		for k := range s.Principals {
			if _, had := f.principals[k]; !had && k != self {
				f.principals[k] = hops
			}
		}
		for k := range s.Groups {
			if _, had := f.groups[k]; !had {
				f.groups[k] = hops
			}
		}
	}
	return f
}

// tenantOf is the name of the reference's tenant of a principal.
func (a *blastAgreement) tenantOf(k authz.Key) string { return a.tenancy.Tenants[a.tenancy.Of(k)].Name }

// closures compares the blast radius of each principal, live or not.
func (a *blastAgreement) closures(sure bool) {
	futures := a.ref.Futures(sure)
	a.wanted = map[uint32]future{}
	for _, k := range append(a.ref.Principals(), a.ref.Dormant()...) {
		p, ok := a.m.Graph.FindPrincipal(k)
		if !ok {
			a.differ("no principal %s", name(k))
			continue
		}
		want := futureOf(futures.Of(k), k)
		if a.m.Graph.Acting().Has(p) {
			a.wanted[p] = want
		} else {
			a.seen.when(len(want.principals) > 0, "dormant")
		}
		a.closure(fmt.Sprintf("%s (sure %v)", name(k), sure), want, a.m.Could(p, sure))
	}
}

func (a *blastAgreement) closure(what string, want future, got *analyzer.CouldAnswer) {
	total := -1
	if got.Total != nil {
		total = *got.Total
	}
	a.same("total of "+what, want.total, total)
	a.seen.when(got.Sure && total > 0, "sure")
	principals, groups := map[string]int{}, map[string]int{}
	for _, x := range got.Principals {
		principals[name(keyOf(x.Principal))] = x.Hops
	}
	for _, x := range got.Groups {
		groups[x.Group.ID] = x.Hops
		a.seen.when(x.Group.Kind == authz.KindUnknown, "group:unknown")
	}
	wantPrincipals, wantGroups := map[string]int{}, map[string]int{}
	for k, hops := range want.principals {
		wantPrincipals[name(k)] = hops
	}
	for k, hops := range want.groups {
		wantGroups[k.ID] = hops
	}
	a.same("principals of "+what, wantPrincipals, principals)
	a.same("number of principals of "+what, len(want.principals), len(got.Principals))
	a.same("groups of "+what, wantGroups, groups)
	a.same("tenants of "+what, a.tenantsOf(want), shownTenants(got.Tenants))
	if !slices.IsSortedFunc(got.Principals, func(x, y analyzer.GainedPrincipal) int { return x.Hops - y.Hops }) {
		a.differ("principals of %s are not in the order of their steps", what)
	}
}

func (a *blastAgreement) tenantsOf(f future) map[string]string {
	number, least := map[string]int{}, map[string]int{}
	for k, hops := range f.principals {
		t := a.tenantOf(k)
		if was, had := least[t]; !had || hops < was {
			least[t] = hops
		}
		number[t]++
	}
	out := map[string]string{}
	for t, n := range number {
		out[t] = fmt.Sprintf("%d after %d", n, least[t])
	}
	return out
}

func shownTenants(list []analyzer.GainedTenant) map[string]string {
	out := map[string]string{}
	for _, t := range list {
		out[t.Tenant] = fmt.Sprintf("%d after %d", t.Principals, t.Hops)
	}
	return out
}

// facts compares what rules are asked of: every member of a class has the facts
// that the reference gives it, and every principal with a future is a member.
func (a *blastAgreement) facts(sure bool) {
	got, alike := map[uint32]map[string]int{}, map[uint32][]uint32{}
	for f := range a.m.EachEscalation(sure) {
		target := f.ToTenant
		if f.ToTotal {
			target = "everything"
		}
		a.fact(f, target, sure)
		for _, p := range f.Members {
			if got[p] == nil {
				got[p], alike[p] = map[string]int{}, f.Members
			}
			got[p][target] = f.Hops
		}
	}
	for p, want := range a.wanted {
		a.same(fmt.Sprintf("facts of %s (sure %v)", name(a.m.Graph.Principal(p).Key), sure), a.factsOf(want, alike[p]), nonNil(got[p]))
	}
}

func nonNil(m map[string]int) map[string]int {
	if m == nil {
		return map[string]int{}
	}
	return m
}

// factsOf is the least number of steps to everything and to each tenant; those
// that gain the same are nothing to gain for each other.
func (a *blastAgreement) factsOf(f future, alike []uint32) map[string]int {
	out := map[string]int{}
	if f.total >= 0 {
		out["everything"] = f.total
	}
	for k, hops := range f.principals {
		q, _ := a.m.Graph.FindPrincipal(k)
		if slices.Contains(alike, q) {
			continue
		}
		t := a.tenantOf(k)
		if was, had := out[t]; !had || hops < was {
			out[t] = hops
		}
	}
	return out
}

// fact checks what one fact says of itself.
func (a *blastAgreement) fact(f analyzer.EscalationFact, target string, sure bool) {
	what := fmt.Sprintf("fact of %s to %s (sure %v)", name(a.m.Graph.Principal(f.Members[0]).Key), target, sure)
	for _, p := range f.Members {
		a.same(what+": tenant", a.tenantOf(a.m.Graph.Principal(p).Key), f.FromTenant)
	}
	a.same(what+": crosses", !f.ToTotal && f.FromTenant != target, f.CrossesTenants)
	if sure {
		a.same(what+": certainty", lexicon.Documented, f.Certainty)
	}
	steps, certainty := 0, map[string]bool{}
	for _, s := range f.Steps {
		if s.Kind == "escalate" {
			certainty[s.Certainty] = true
			if s.Escalation != "admin" {
				steps++
			}
		}
	}
	if steps < f.Hops || len(f.Steps) == 0 {
		a.differ("%s: %d steps are told of %d", what, steps, f.Hops)
	}
	a.same(what+": likely", certainty[lexicon.Likely], f.Certainty == lexicon.Likely)
	a.seen.when(f.ToTotal, "total:"+[]string{"0", "1", "more"}[min(f.Hops, 2)])
	a.seen.when(!f.ToTotal && !f.CrossesTenants, "tenant:own")
	a.seen.when(f.CrossesTenants, "tenant:other")
	a.seen.when(f.CrossesTenants && f.Hops > 1, "tenant:later")
}
