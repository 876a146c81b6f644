package analyzer_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// The analyzer and the reference evaluator, written apart from the same text,
// put every principal into the same tenant by the same facts, fill the same
// cells of the matrix and answer "who can" alike, on random organizations with
// random configurations.
func TestTenantsAgree(t *testing.T) {
	t.Parallel()
	seen := newTally()
	agreeOn(t, organizations, func(t *testing.T, seed int64) { tenantsAgree(t, seed, seen) })
	seen.check(t)
}

func FuzzTenantsAgree(f *testing.F) {
	for seed := range int64(8) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed int64) { tenantsAgree(t, seed, newTally()) })
}

func tenantsAgree(t *testing.T, seed int64, seen *tally) {
	t.Helper()
	agree(t, seed, randomSetup(seed), seen, tenantDisagreements)
}

// tenantDisagreements compares everything that both say of tenants.
func tenantDisagreements(t testing.TB, s setup, seen *tally) []string {
	t.Helper()
	c := newAgreement(t, s, seen)
	if c.m == nil && seen == nil {
		return nil
	}
	if len(c.out) > 0 {
		return c.out
	}
	a := &tenantAgreement{
		agreement: c, perms: map[string][]authz.Pattern{},
		dormant:    reference.New(s.records, referenceOptions(s, true)).Tenancy(reference.TenantConfig{}),
		principals: c.ref.Principals(), acts: map[authz.Key]bool{},
	}
	for _, p := range a.principals {
		a.acts[p] = true
	}
	a.tenants()
	if len(a.out) > 0 {
		return a.out // the rest would repeat it
	}
	a.memberships()
	a.shared()
	a.matrix()
	a.exceptions()
	a.who()
	return a.out[:min(len(a.out), 8)]
}

// tenantAgreement compares what both say of tenants.
type tenantAgreement struct {
	*agreement
	// index is the analyzer's number of each of the reference's tenants.
	index []int
	perms map[string][]authz.Pattern // by verb and organization
	// dormant is the reference that judges dormant principals as if they were live.
	dormant *reference.Tenancy
	// principals are those that act, in the reference's order.
	principals []authz.Key
	acts       map[authz.Key]bool
}

// tenants matches the tenants of both by what they consist of.
func (a *tenantAgreement) tenants() {
	var want, got []string
	for _, v := range a.tenancy.Tenants {
		var divs []string
		for d := range v.Divisions {
			divs = append(divs, d.Org+"/"+d.ID)
		}
		slices.Sort(divs)
		want = append(want, fmt.Sprint(v.Name, divs, v.Trustee))
	}
	for _, v := range a.m.Tenants.Tenants {
		var divs []string
		for d := range v.Divisions.All() {
			k := a.m.Graph.Divisions()[d].Key
			divs = append(divs, k.Org+"/"+k.ID)
		}
		slices.Sort(divs)
		got = append(got, fmt.Sprint(v.Name, divs, v.Trustee))
	}
	for _, w := range want {
		a.index = append(a.index, slices.Index(got, w))
	}
	slices.Sort(want)
	slices.Sort(got)
	a.same("tenants", strings.Join(want, "; "), strings.Join(got, "; "))
}

func (a *tenantAgreement) memberships() {
	for _, k := range append(a.ref.Principals(), a.ref.Dormant()...) {
		p, ok := a.m.Graph.FindPrincipal(k)
		if !ok {
			a.differ("no principal %s", name(k))
			continue
		}
		var want, got []string
		decides := 0
		for _, f := range a.tenancy.Facts(k) {
			want = append(want, f.By+" "+a.tenancy.Tenants[f.Tenant].Name)
			a.seen.add(k.Kind.String() + ":" + f.By)
			if f.Tenant != a.tenancy.Facts(k)[0].Tenant {
				decides++
			}
		}
		a.seen.when(decides > 0, "facts:disagree")
		a.seen.when(len(want) == 0, k.Kind.String()+":none")
		of := a.m.Tenants.Of(p)
		for _, f := range of.Facts {
			got = append(got, f.By+" "+a.m.Tenants.Tenants[f.Tenant].Name)
		}
		a.same("facts of "+name(k), want, got)
		a.same("tenant of "+name(k), a.index[a.tenancy.Of(k)], of.Tenant)
		a.same("disagreement of "+name(k), decides > 0, of.Disputed())
	}
}

// shared compares what anyone may hold where.
func (a *tenantAgreement) shared() {
	for d, div := range a.m.Graph.Divisions() {
		patterns, got := a.m.Tenants.Shared(uint32(d))
		a.same("shared "+name(div.Key), a.tenancy.Shared(div.Key), got)
		a.seen.when(len(patterns) > 0, "division:shared")
		for _, perm := range a.ref.Permissions(div.Key.Org) {
			a.same(fmt.Sprintf("anyone may hold %s in %s", perm, name(div.Key)), a.tenancy.AnyoneMay(div.Key, perm), a.m.SharedAllows(uint32(d), perm))
		}
	}
}

func (a *tenantAgreement) matrix() {
	want, got := map[string]string{}, map[string]string{}
	for _, c := range a.tenancy.Matrix() {
		a.seen.when(len(c.Principals) > 0, "cell:divisions")
		a.seen.when(len(c.OrganizationWide) > 0, "cell:organization-wide")
		a.seen.when(len(c.Allowed) > 0, "cell:allowed")
		a.seen.when(len(c.Allowed) > 0 && len(c.Allowed) < len(c.Principals), "cell:partly-allowed")
		widest, principals := reference.None, map[string]string{}
		for k, l := range c.Principals {
			widest, principals[name(k)] = max(widest, l), l.String()
		}
		a.seen.add("cell:" + widest.String())
		want[a.cell(c.From, c.To)] = fmt.Sprint(principals, widest, patternNames(c.Permissions), len(c.Allowed), len(c.OrganizationWide), patternNames(c.OrganizationWidePermissions))
	}
	answer := a.m.Matrix()
	baseline := map[authz.Pattern]bool{}
	for _, o := range a.m.Graph.Organizations() {
		for _, p := range a.tenancy.Baseline(o.ID) {
			baseline[p] = true
			a.seen.add("baseline")
		}
	}
	a.same("baseline", patternNames(baseline), folded(answer.Baseline))
	for _, c := range answer.Cells {
		from, _ := a.m.Tenants.Find(c.From)
		to, _ := a.m.Tenants.Find(c.To)
		principals := map[string]string{}
		for _, row := range a.m.CellPrincipals(c, 0) {
			principals[name(keyOf(row.Principal))] = row.Reach.String()
		}
		if len(principals) != c.Principals {
			a.differ("%s counts %d principals and lists %d", a.cellName(from, to), c.Principals, len(principals))
		}
		got[a.cellName(from, to)] = fmt.Sprint(principals, c.Widest, folded(c.Permissions), c.Allowed, c.OrganizationWide, folded(c.OrganizationWidePermissions))
	}
	for _, cell := range slices.Sorted(maps.Keys(want)) {
		a.same(cell, want[cell], got[cell])
		delete(got, cell)
	}
	for _, cell := range slices.Sorted(maps.Keys(got)) {
		a.same(cell, "nothing", got[cell])
	}
}

func (a *tenantAgreement) cell(from, to int) string { return a.cellName(a.index[from], a.index[to]) }

func (a *tenantAgreement) cellName(from, to int) string {
	t := a.m.Tenants.Tenants
	return fmt.Sprintf("%s → %s", t[from].Name, t[to].Name)
}

func patternNames(set map[authz.Pattern]bool) []string {
	out := []string{}
	for p := range set {
		out = append(out, p.String())
	}
	slices.Sort(out)
	return out
}

// folded also joins what two organizations write in different ways.
func folded(names []string) []string {
	out := []string{}
	for _, n := range names {
		p, _ := authz.ParsePattern(n)
		out = append(out, p.String())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// exceptions compares how the allow entries stand.
func (a *tenantAgreement) exceptions() {
	for i, e := range a.m.Exceptions() {
		a.seen.when(a.tenancy.Expired(i), "allow:expired")
		a.seen.when(a.tenancy.Outgrown(i), "allow:outgrown")
		a.seen.when(len(e.Allow.Principals) > 0, "allow:principals")
		a.same(fmt.Sprintf("allow entry %d", i+1), fmt.Sprint(a.tenancy.Expired(i), a.tenancy.Outgrown(i), len(a.tenancy.Users(i))),
			fmt.Sprint(e.Expired, e.Outgrown, e.Used))
	}
}
