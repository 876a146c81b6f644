package analyzer_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// agreeOn runs a comparison on the seeds below a number, in parts that use the
// machine's cores.
func agreeOn(t *testing.T, seeds int64, compare func(t *testing.T, seed int64)) {
	t.Helper()
	const parts = 4
	t.Run("organizations", func(t *testing.T) {
		for part := range int64(parts) {
			t.Run(fmt.Sprint(part), func(t *testing.T) {
				t.Parallel()
				for seed := part; seed < seeds; seed += parts {
					compare(t, seed)
				}
			})
		}
	})
}

// agree fails with what the analyzer and the reference say differently of a
// setup, made as small as it still shows.
func agree(t *testing.T, seed int64, s setup, seen *tally, differences func(testing.TB, setup, *tally) []string) {
	t.Helper()
	if len(differences(t, s, seen)) == 0 {
		return
	}
	small := s.shrink(func(s setup) bool { return len(differences(t, s, nil)) > 0 })
	t.Fatalf("seed %d:\n%s\n%s", seed, strings.Join(differences(t, small, nil), "\n"), small)
}

// agreement holds both evaluators of a setup, and what they say differently.
type agreement struct {
	m       *analyzer.Model
	ref     *reference.Model
	tenancy *reference.Tenancy
	seen    *tally
	out     []string
}

// newAgreement builds both. The analyzer refuses a configuration exactly for the
// tenants that an allow entry names and the reference does not have; what is
// compared then is the configuration without those entries.
func newAgreement(t testing.TB, s setup, seen *tally) *agreement {
	t.Helper()
	ref := reference.New(s.records, referenceOptions(s, false))
	a := &agreement{ref: ref, seen: seen}
	plain := s.parsed(t)
	allow := plain.Allow
	plain.Allow = nil
	m, err := analyzer.Build(s.records, analyzer.Options{Config: plain, Now: s.now()})
	if err != nil {
		return a.refused(err)
	}
	a.m, a.tenancy = m, ref.Tenancy(referenceConfig(t, plain, m))
	if len(allow) == 0 {
		return a
	}
	good, stray := a.strays(allow)
	c := s.parsed(t)
	if m, err = analyzer.Build(s.records, analyzer.Options{Config: c, Now: s.now()}); err != nil {
		seen.add("refused")
		a.same("refused tenants", stray, noTenant(err))
		c.Allow = good
		m, err = analyzer.Build(s.records, analyzer.Options{Config: c, Now: s.now()})
	} else {
		a.same("refused tenants", stray, []string{})
	}
	if err != nil {
		return a.refused(err)
	}
	a.m, a.tenancy = m, ref.Tenancy(referenceConfig(t, c, m))
	return a
}

func referenceOptions(s setup, dormant bool) reference.Options {
	lex := lexicon.Default()
	return reference.Options{Aware: lex.Aware, Resolve: lex.Resolve, EnforceDeny: s.deny, IncludeDormant: dormant}
}

// refused is an agreement that compares nothing. While a setup is made smaller,
// and nothing is counted, a configuration may come to be wrong.
func (a *agreement) refused(err error) *agreement {
	a.out = append(a.out, "the configuration is refused: "+err.Error())
	a.m = nil
	return a
}

// strays parts allow entries into those whose tenants the reference has and the
// names that it has not, in order.
func (a *agreement) strays(allow []config.Allow) (good []config.Allow, stray []string) {
	stray = []string{}
	for _, e := range allow {
		before := len(stray)
		for _, name := range append([]string{e.From}, e.To...) {
			if !slices.ContainsFunc(a.tenancy.Tenants, func(v reference.Tenant) bool { return strings.EqualFold(v.Name, name) }) {
				stray = append(stray, name)
			}
		}
		if len(stray) == before {
			good = append(good, e)
		}
	}
	return good, stray
}

// noTenant returns the tenants that an error calls unknown, and any line of
// it that says something else.
func noTenant(err error) []string {
	out := []string{}
	line := regexp.MustCompile(`^grantgraph\.yaml:\d+:\d+: no tenant "([^"]+)" in the snapshot(; did you mean .*)?$`)
	for _, l := range strings.Split(err.Error(), "\n") {
		if found := line.FindStringSubmatch(l); found != nil {
			l = found[1]
		}
		out = append(out, l)
	}
	return out
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

func (a *agreement) differ(format string, args ...any) {
	a.out = append(a.out, fmt.Sprintf(format, args...))
}

func (a *agreement) same(what string, want, got any) {
	if w, g := fmt.Sprint(want), fmt.Sprint(got); w != g {
		a.differ("%s: analyzer %s; reference %s", what, g, w)
	}
}

func name(k authz.Key) string { return k.Org + "/" + k.String() }

func keyOf(p analyzer.PrincipalRef) authz.Key { return authz.Key{Org: p.Org, Kind: p.Kind, ID: p.ID} }
