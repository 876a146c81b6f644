package rules

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

type kept struct{ authz.Records }

func (m *kept) Put(r authz.Record, raw json.RawMessage) error { return m.Keep(r, raw) }

func (m *kept) Cover(c authz.Coverage) error {
	m.CoverageLedger = append(m.CoverageLedger, c)
	return nil
}

func bundleModel(t testing.TB, fsys fs.FS, conf []byte) *analyzer.Model {
	t.Helper()
	var m kept
	if err := bundle.New(fsys, "bundle", bundle.Options{}).Collect(context.Background(), &m); err != nil {
		t.Fatal(err)
	}
	m.About.TakenAt = simulator.Moment()
	return modelOf(t, &m.Records, conf)
}

func modelOf(t testing.TB, r *authz.Records, conf []byte) *analyzer.Model {
	t.Helper()
	o := analyzer.Options{}
	if conf != nil {
		c, err := config.Parse("grantgraph.yaml", conf)
		if err != nil {
			t.Fatal(err)
		}
		o.Config = c
	}
	m, err := analyzer.Build(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func simulated(t testing.TB, seed uint64, shape simulator.Shape) *analyzer.Model {
	t.Helper()
	var m kept
	plan, err := simulator.Generate(t.Context(), simulator.Options{Size: simulator.SizeS, Seed: seed, Shape: shape, Faults: true}, &m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.About.TakenAt = plan.Now
	return modelOf(t, &m.Records, plan.Config)
}

// TestAccessAgrees compares the rows of the fact access with what the graph
// answers when it is asked who has a permission: over each target, the same
// principals, and no wider reach.
func TestAccessAgrees(t *testing.T) {
	t.Parallel()
	models := map[string]func(*testing.T) *analyzer.Model{
		"told":      func(t *testing.T) *analyzer.Model { return bundleModel(t, simulator.Told(), simulator.ToldConfig()) },
		"clean":     func(t *testing.T) *analyzer.Model { return bundleModel(t, simulator.Clean(), simulator.CleanConfig()) },
		"told bare": func(t *testing.T) *analyzer.Model { return bundleModel(t, simulator.Told(), nil) },
		"unread":    func(t *testing.T) *analyzer.Model { return modelOf(t, unreadRecords(), nil) },
		"simulated": func(t *testing.T) *analyzer.Model { return simulated(t, 7, simulator.ShapeReal) },
		"flat":      func(t *testing.T) *analyzer.Model { return simulated(t, 8, simulator.ShapeFlat) },
	}
	for name, build := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newIndex(build(t))
			got := gatherAccess(t, x)
			for _, o := range x.orgs {
				for i := range o.perms {
					for at, target := range o.targets {
						checkTarget(t, x, o, uint32(i), target, got[accessCell{o.id, uint32(i), at}])
					}
				}
			}
		})
	}
}

type accessCell struct {
	org    string
	perm   uint32
	target int
}

func gatherAccess(t *testing.T, x *index) map[accessCell]map[uint32]graph.Level {
	t.Helper()
	out := map[accessCell]map[uint32]graph.Level{}
	add := func(r *accessRow, at int) {
		for _, perm := range r.perms {
			k := accessCell{r.org.id, perm, at}
			if out[k] == nil {
				out[k] = map[uint32]graph.Level{}
			}
			for _, p := range r.list {
				if x.tenant[p] != r.holder {
					t.Errorf("principal %d is of tenant %d and stands in a row of %d", p, x.tenant[p], r.holder)
				}
				out[k][p] = max(out[k][p], r.level)
			}
		}
	}
	each := func(row any) error {
		r := row.(*accessRow)
		for at, target := range r.org.targets {
			if target == r.target || r.target.organic {
				add(r, at)
			}
		}
		return nil
	}
	q := &query{sel: map[string][]string{}, uses: map[string]bool{}}
	if err := accessGroup(x, []*job{{rule: &rule{query: q}, each: each}}); err != nil {
		t.Fatal(err)
	}
	return out
}

func checkTarget(t *testing.T, x *index, o *orgIndex, perm uint32, target *target, got map[uint32]graph.Level) {
	t.Helper()
	h := x.g.Who(graph.Query{Org: o.id, Permissions: []graph.Perm{o.perms[perm]}, Divisions: target.divs})
	where := fmt.Sprintf("%s over %v", o.perms[perm].Name, target.divs)
	for p := range h.All().All() {
		if got[p] == graph.None {
			t.Errorf("%s: %s has it, and no row says so", where, x.g.Principal(p).Name)
		}
	}
	for p, level := range got {
		if want := h.Level(p); level != want {
			t.Errorf("%s: a row gives %s %s; want %s", where, x.g.Principal(p).Name, level, want)
		}
	}
}

// unreadRecords is an organization in which much was not read: roles, groups,
// a trust that lets a whole organization in.
func unreadRecords() *authz.Records {
	const org = "o"
	user := func(id, div string) authz.User { return authz.User{Org: org, ID: id, Name: id, Division: div} }
	key := func(k authz.Kind, id string) authz.Key { return authz.Key{Org: org, Kind: k, ID: id} }
	line := func(d, e, a string) authz.Policy { return authz.Policy{Domain: d, Entity: e, Action: a} }
	r := &authz.Records{
		Organization: []authz.Organization{{ID: org, Name: "O"}},
		Division:     []authz.Division{{Org: org, ID: "home", Name: "Home", Home: true}, {Org: org, ID: "a", Name: "A"}, {Org: org, ID: "b", Name: "B"}},
		User:         []authz.User{user("ann", "a"), user("bob", "b"), user("hal", "home")},
		Group:        []authz.Group{{Org: org, ID: "off", Name: "Off", RolesEnabled: authz.False}, {Org: org, ID: "on", Name: "On"}},
		Member: []authz.MemberList{
			{Container: key(authz.KindGroup, "off"), Members: []authz.Key{key(authz.KindUser, "ann")}},
			{Container: key(authz.KindGroup, "on"), Members: []authz.Key{key(authz.KindUser, "bob")}},
		},
		Role: []authz.Role{
			{Org: org, ID: "admin", Name: "Admin", Legacy: []string{"admin"}},
			{Org: org, ID: "wild", Name: "Wild", Policies: []authz.Policy{line("routing", "*", "*")}},
			{Org: org, ID: "heir", Name: "Heir", Inherits: []string{"gone"}, Policies: []authz.Policy{line("quality", "evaluation", "view")}},
		},
		Permission: []authz.Permission{
			{Org: org, Domain: "routing", Entity: "queue", Action: "view", DivisionAware: authz.True},
			{Org: org, Domain: "routing", Entity: "skill", Action: "view", DivisionAware: authz.False},
			{Org: org, Domain: "routing", Entity: "thing", Action: "view"},
			{Org: org, Domain: "quality", Entity: "evaluation", Action: "view", DivisionAware: authz.True},
		},
		Trust: []authz.Trust{{Org: org, ID: "t", Name: "T", FullAccess: authz.True}},
		Grant: []authz.Grant{
			{Org: org, Subject: key(authz.KindGroup, "off"), Role: "wild", Division: "b"},
			{Org: org, Subject: key(authz.KindGroup, "on"), Role: "wild", Division: "*"},
			{Org: org, Subject: key(authz.KindUser, "ann"), Role: "heir", Division: "a"},
			{Org: org, Subject: key(authz.KindUser, "bob"), Role: "never-read", Division: "b"},
			{Org: org, Subject: key(authz.KindUser, "hal"), Role: "admin", Division: "home"},
		},
	}
	for _, l := range []authz.List{authz.ListDivisions, authz.ListUsers, authz.ListGroups, authz.ListPermissions} {
		r.CoverageLedger = append(r.CoverageLedger, authz.Coverage{Org: org, List: l, Status: authz.StatusComplete, Expected: -1})
	}
	return r
}
