package simulator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// An estate is what tests ask of a generated organization, worked out as
// plainly as can be.
type estate struct {
	*keeper
	plan     simulator.Plan
	tenant   map[string]string // of each user, client and group, by id
	division map[string]string // tenant of each division, by id; empty for shared ones
	name     map[string]string // of divisions, by id
	role     map[string]authz.Role
	aware    map[authz.Pattern]authz.Tri
}

func newEstate(t *testing.T, o simulator.Options) estate {
	t.Helper()
	plan, k := generated(t, o)
	e := estate{
		keeper: k, plan: plan, tenant: map[string]string{}, division: map[string]string{}, name: map[string]string{},
		role: map[string]authz.Role{}, aware: map[authz.Pattern]authz.Tri{},
	}
	for _, d := range k.Division {
		e.name[d.ID] = d.Name
		for _, tenant := range plan.Tenants {
			if slices.Contains(tenant.Divisions, d.Name) {
				e.division[d.ID] = tenant.Name
			}
		}
	}
	for _, u := range k.User {
		domain, _, _ := strings.Cut(u.Email[strings.Index(u.Email, "@")+1:], ".")
		e.tenant[u.ID] = e.known(strings.ToUpper(strings.ReplaceAll(domain, "-", "_")))
	}
	for _, c := range k.Client {
		e.tenant[c.ID] = e.known(strings.TrimPrefix(c.Name, "Vendor_"))
	}
	for _, g := range k.Group {
		e.tenant[g.ID] = e.known(strings.ReplaceAll(g.Name, "-", "_"))
	}
	for _, r := range k.Role {
		e.role[r.ID] = r
	}
	for _, p := range k.Permission {
		e.aware[p.Pattern()] = p.DivisionAware
	}
	return e
}

// known returns the external tenant that a name begins with, else Internal.
func (e estate) known(name string) string {
	for _, t := range e.plan.Tenants {
		if t.External && (name == t.Name || strings.HasPrefix(name, t.Name+"_")) {
			return t.Name
		}
	}
	return "Internal"
}

func TestSoundOrganizationKeepsTenantsApart(t *testing.T) {
	t.Parallel()
	for _, o := range variants() {
		if o.Faults {
			continue
		}
		t.Run(name(o), func(t *testing.T) {
			t.Parallel()
			e := newEstate(t, o)
			everywhere := 0
			for _, g := range e.Grant {
				if g.Division == authz.AllDivisions {
					everywhere++
				}
				if tenant := e.tenant[g.Subject.ID]; tenant != "Internal" {
					e.checkExternal(t, tenant, g)
				}
			}
			if n := everywhere * 1000 / len(e.Grant); n < 5 || n > 40 {
				t.Errorf("%d of %d grants are in all divisions, want about one in fifty", everywhere, len(e.Grant))
			}
			if len(e.plan.Faults) != 0 {
				t.Errorf("the plan lists %d faults", len(e.plan.Faults))
			}
		})
	}
}

// checkExternal checks a grant of somebody from outside.
func (e estate) checkExternal(t *testing.T, tenant string, g authz.Grant) {
	t.Helper()
	role := e.role[g.Role]
	switch where := e.name[g.Division]; {
	case g.Division == authz.AllDivisions:
		t.Errorf("%s: %s holds %s in all divisions", g.Key(), tenant, role.Name)
	case where == "Shared" && role.Name == "BPO_Flow_Viewer":
	case where == "Public Directory" && role.Name == "BPO_Transfer_Directory":
	case e.division[g.Division] != tenant:
		t.Errorf("%s: %s holds %s in %s", g.Key(), tenant, role.Name, where)
	}
	if role.Default || len(role.Legacy) > 0 || len(role.Inherits) > 0 {
		t.Errorf("%s: %s holds the role %s", g.Key(), tenant, role.Name)
	}
	for _, p := range role.Policies {
		if e.aware[authz.NewPattern(p.Domain, p.Entity, p.Action)] != authz.True {
			t.Errorf("%s: %s holds %s:%s:%s", g.Key(), tenant, p.Domain, p.Entity, p.Action)
		}
	}
}

func TestSoundOrganizationHasNobodyWhoLeft(t *testing.T) {
	t.Parallel()
	for _, o := range variants() {
		if o.Faults {
			continue
		}
		e := newEstate(t, o)
		live, gone := map[string]bool{}, 0
		for _, u := range e.User {
			if u.State == "active" {
				live[u.ID] = true
			} else {
				gone++
			}
		}
		if gone == 0 {
			t.Errorf("%s: nobody has left", name(o))
		}
		for _, g := range e.Grant {
			if g.Subject.Kind == authz.KindUser && !live[g.Subject.ID] {
				t.Errorf("%s: %s is not active", name(o), g.Key())
			}
		}
	}
}

func TestReferencesResolve(t *testing.T) {
	t.Parallel()
	for _, o := range variants() {
		t.Run(name(o), func(t *testing.T) {
			t.Parallel()
			_, k := generated(t, o)
			got := dangling(&k.Records)
			want := 0
			if o.Faults {
				want = 3 // one for each way in which a grant can dangle
			}
			if len(got) != want {
				t.Errorf("dangling: %v, want %d", got, want)
			}
		})
	}
}

func TestGroupsAreSkewed(t *testing.T) {
	t.Parallel()
	_, k := generated(t, simulator.Options{Size: simulator.SizeM, Seed: 1})
	var sizes []int
	total := 0
	for _, m := range k.Member {
		if m.Container.Kind == authz.KindGroup {
			sizes = append(sizes, len(m.Members))
			total += len(m.Members)
		}
	}
	slices.Sort(sizes)
	median, most := sizes[len(sizes)/2], sizes[len(sizes)-1]
	if most < 10*median {
		t.Errorf("the largest group has %d members, the middle one %d", most, median)
	}
	if total < 15_000 || total > 30_000 {
		t.Errorf("%d memberships for 20,000 users", total)
	}
}

func TestPersonasAreShared(t *testing.T) {
	t.Parallel()
	classes := func(shape simulator.Shape) int {
		_, k := generated(t, simulator.Options{Size: simulator.SizeM, Shape: shape, Seed: 1})
		held := map[string][]string{}
		for _, g := range k.Grant {
			if g.Subject.Kind == authz.KindUser {
				held[g.Subject.ID] = append(held[g.Subject.ID], g.Role+"/"+g.Division)
			}
		}
		distinct := map[string]bool{}
		for _, list := range held {
			slices.Sort(list)
			distinct[strings.Join(list, " ")] = true
		}
		return len(distinct)
	}
	shaped, flat := classes(simulator.ShapeReal), classes(simulator.ShapeFlat)
	if shaped*2 > flat {
		t.Errorf("the real shape has %d different holdings, the flat one %d", shaped, flat)
	}
}
