package analyzer_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// The analyzer and the reference evaluator, written apart from the same text,
// put every principal into the same tenant by the same facts, fill the same
// cells of the matrix and answer "who can" alike, on random organizations with
// random configurations.
func TestTenantsAgree(t *testing.T) {
	t.Parallel()
	seen := newTally()
	t.Run("organizations", func(t *testing.T) {
		const parts = 4
		for part := range int64(parts) {
			t.Run(fmt.Sprint(part), func(t *testing.T) {
				t.Parallel()
				for seed := part; seed < organizations; seed += parts {
					tenantsAgree(t, seed, seen)
				}
			})
		}
	})
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
	s := randomSetup(seed)
	diff := tenantDisagreements(t, s, seen)
	if len(diff) == 0 {
		return
	}
	small := s.shrink(func(s setup) bool { return len(tenantDisagreements(t, s, nil)) > 0 })
	t.Fatalf("seed %d:\n%s\n%s", seed, strings.Join(tenantDisagreements(t, small, nil), "\n"), small)
}

// tenantDisagreements compares everything that both say of tenants. A
// configuration that the analyzer refuses has nothing to compare.
func tenantDisagreements(t testing.TB, s setup, seen *tally) []string {
	t.Helper()
	c := s.parsed(t)
	m, err := analyzer.Build(s.records, analyzer.Options{Config: c, Now: s.now()})
	if err != nil {
		seen.add("refused")
		return nil
	}
	lex := lexicon.Default()
	ref := reference.New(s.records, reference.Options{Aware: lex.Aware, Resolve: lex.Resolve, EnforceDeny: s.deny})
	a := &tenantAgreement{m: m, ref: ref, want: ref.Tenancy(referenceConfig(t, c, m)), seen: seen, perms: map[string][]authz.Pattern{}}
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

// referenceConfig says the same to the reference.
func referenceConfig(t testing.TB, c *config.Config, m *analyzer.Model) reference.TenantConfig {
	t.Helper()
	patterns := func(names []string) []authz.Pattern {
		var out []authz.Pattern
		for _, n := range names {
			p, err := m.Pattern(n)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, p)
		}
		return out
	}
	out := reference.TenantConfig{
		Clients: c.Naming.Clients, Now: m.Now,
		Carries: func(p authz.Pattern, aware authz.Tri) bool {
			return m.Lexicon.Carries(p, aware) == lexicon.CarriesTenant
		},
	}
	for _, v := range c.Tenants {
		out.Tenants = append(out.Tenants, reference.TenantEntry{
			Name: v.Name, Divisions: v.Divisions, EmailDomains: v.EmailDomains, Groups: v.Groups, Clients: v.Clients,
			Principals: v.Principals, Organizations: v.Organizations,
		})
	}
	for _, v := range c.Shared {
		out.Shared = append(out.Shared, reference.SharedEntry{Division: v.Division, Permissions: patterns(v.Permissions)})
	}
	for _, v := range c.Allow {
		out.Allow = append(out.Allow, reference.AllowEntry{
			From: v.From, Principals: v.Principals, AtMost: v.AtMost, To: v.To, Permissions: patterns(v.Permissions), Until: v.Until,
		})
	}
	return out
}

// tenantAgreement holds both.
type tenantAgreement struct {
	m    *analyzer.Model
	ref  *reference.Model
	want *reference.Tenancy
	seen *tally
	out  []string
	// index is the analyzer's number of each of the reference's tenants.
	index []int
	perms map[string][]authz.Pattern // by verb and organization
}

func (a *tenantAgreement) differ(format string, args ...any) {
	a.out = append(a.out, fmt.Sprintf(format, args...))
}

func (a *tenantAgreement) same(what string, want, got any) {
	if w, g := fmt.Sprint(want), fmt.Sprint(got); w != g {
		a.differ("%s: analyzer %s; reference %s", what, g, w)
	}
}

// tenants matches the tenants of both by what they consist of.
func (a *tenantAgreement) tenants() {
	var want, got []string
	for _, v := range a.want.Tenants {
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
		for _, f := range a.want.Facts(k) {
			want = append(want, f.By+" "+a.want.Tenants[f.Tenant].Name)
			a.seen.add(k.Kind.String() + ":" + f.By)
			if f.Tenant != a.want.Facts(k)[0].Tenant {
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
		a.same("tenant of "+name(k), a.index[a.want.Of(k)], of.Tenant)
		a.same("disagreement of "+name(k), decides > 0, of.Disputed())
	}
}

// shared compares what anyone may hold where.
func (a *tenantAgreement) shared() {
	for d, div := range a.m.Graph.Divisions() {
		patterns, got := a.m.Tenants.Shared(uint32(d))
		a.same("shared "+name(div.Key), a.want.Shared(div.Key), got)
		a.seen.when(len(patterns) > 0, "division:shared")
		for _, perm := range a.ref.Permissions(div.Key.Org) {
			a.same(fmt.Sprintf("anyone may hold %s in %s", perm, name(div.Key)), a.want.AnyoneMay(div.Key, perm), a.m.SharedAllows(uint32(d), perm))
		}
	}
}

func name(k authz.Key) string { return k.Org + "/" + k.String() }

func (a *tenantAgreement) matrix() {
	want, got := map[string]string{}, map[string]string{}
	for _, c := range a.want.Matrix() {
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
		for _, p := range a.want.Baseline(o.ID) {
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

func keyOf(p analyzer.PrincipalRef) authz.Key { return authz.Key{Org: p.Org, Kind: p.Kind, ID: p.ID} }

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
		a.seen.when(a.want.Expired(i), "allow:expired")
		a.seen.when(a.want.Outgrown(i), "allow:outgrown")
		a.seen.when(len(e.Allow.Principals) > 0, "allow:principals")
		a.same(fmt.Sprintf("allow entry %d", i+1), fmt.Sprint(a.want.Expired(i), a.want.Outgrown(i), len(a.want.Users(i))),
			fmt.Sprint(e.Expired, e.Outgrown, e.Used))
	}
}

// who compares the answers about each tenant: from everywhere, from one tenant
// and from outside.
func (a *tenantAgreement) who() {
	tenants := a.m.Tenants.Tenants
	for target := range a.want.Tenants {
		i := a.index[target]
		next := (i + 1) % len(tenants)
		for _, verb := range []string{"see", "edit", "impersonate", "routing:queue:view", "Directory > User > *", "recording:nothing:view"} {
			all := a.expected(target, verb)
			a.whoIs(target, verb, analyzer.WhoOptions{}, all, func(authz.Key) bool { return true })
			a.whoIs(target, verb, analyzer.WhoOptions{From: tenants[next].Name}, all, func(k authz.Key) bool { return a.index[a.want.Of(k)] == next })
			a.whoIs(target, verb, analyzer.WhoOptions{Outside: tenants[i].Name}, all, func(k authz.Key) bool { return a.want.Of(k) != target })
		}
	}
}

// expected is what the reference finds of every principal: its reach, whether it
// is from outside, and whether it reaches through divisions.
func (a *tenantAgreement) expected(target int, verb string) map[authz.Key]string {
	out := map[authz.Key]string{}
	for _, p := range a.ref.Principals() {
		if l, through := a.reach(target, verb, p); l > reference.None {
			out[p] = fmt.Sprint(l, a.want.Of(p) != target, through)
			a.seen.add("who:" + verb)
		}
	}
	return out
}

func (a *tenantAgreement) whoIs(target int, verb string, o analyzer.WhoOptions, all map[authz.Key]string, keep func(authz.Key) bool) {
	what := fmt.Sprintf("who can %s %s %+v", verb, a.want.Tenants[target].Name, o)
	t, _, err := a.m.FindTarget("tenant:" + a.want.Tenants[target].Name)
	if err != nil {
		a.differ("%s: %v", what, err)
		return
	}
	answer, err := a.m.Who(verb, t, o)
	if err != nil {
		a.differ("%s: %v", what, err)
		return
	}
	want, got := map[string]string{}, map[string]string{}
	for p, how := range all {
		if keep(p) {
			want[name(p)] = how
		}
	}
	for _, row := range answer.Answers {
		got[name(keyOf(row.Principal))] = fmt.Sprint(row.Reach, row.Outside, row.Through == analyzer.ThroughDivisions)
	}
	a.same(what, want, got)
}

// reach is the widest reach that the reference finds, and whether a permission
// that is not known to be unlimited by divisions reaches.
func (a *tenantAgreement) reach(target int, verb string, p authz.Key) (level reference.Level, through bool) {
	for _, perm := range a.asked(verb, p.Org) {
		for d := range a.want.Tenants[target].Divisions {
			if d.Org != p.Org {
				continue
			}
			if l := a.want.Level(p, perm, d.ID); l > reference.None {
				level = max(level, l)
				through = through || a.ref.Aware(p.Org, perm) != authz.False
			}
		}
	}
	return level, through
}

// asked returns the permissions that a verb or a name stands for.
func (a *tenantAgreement) asked(verb, org string) []authz.Pattern {
	k := verb + "\x00" + org
	if _, known := a.perms[k]; !known {
		a.perms[k] = a.permissions(verb, org)
	}
	return a.perms[k]
}

func (a *tenantAgreement) permissions(verb, org string) []authz.Pattern {
	var out []authz.Pattern
	if v, ok := a.m.Lexicon.Verb(verb); ok {
		for _, p := range a.want.Carrying(org) {
			if v.Covers(p) {
				out = append(out, p)
			}
		}
		return out
	}
	pattern, _ := a.m.Pattern(verb)
	for _, p := range a.ref.Permissions(org) {
		if pattern.Covers(p) {
			out = append(out, p)
		}
	}
	if !slices.Contains(out, pattern) {
		out = append(out, pattern)
	}
	return out
}
