package graph_test

import (
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// TestCouldFeatures holds the random organizations, on which the closure is
// compared with the reference, to having all of what it follows: a way that
// nobody holds would be compared with nothing.
func TestCouldFeatures(t *testing.T) {
	t.Parallel()
	const seeds, least = 400, 8
	ways := lexicon.Default().Escalations()
	count := map[string]int{}
	for seed := range int64(seeds) {
		r := randomEscalations(seed, 5)
		g, err := graph.Build(r, graph.Options{EnforceDeny: seed%2 == 0})
		if err != nil {
			t.Fatal(err)
		}
		f := &couldFeatures{r: r, g: g, e: g.Escalations(ways), set: map[string]bool{}}
		f.look()
		for name := range f.set {
			count[name]++
		}
	}
	want := []string{
		"owner:user", "owner:oauth_client", "owner:trustee_user",
		"reach:limited", "reach:conditional", "reach:whole", "reach:division", "reach:everywhere",
		"client:live", "client:disabled", "client:left alone",
		"user:dormant", "user:deleted, left alone", "group:left alone",
		"group:nested", "group:used", "principal:used", "denied",
		"total:0", "total:1", "total:2", "total:more",
	}
	for _, w := range ways {
		want = append(want, "way:"+w.Name)
		for _, p := range w.Permissions {
			want = append(want, wayBy(w, p))
		}
	}
	for _, name := range want {
		wanted := least
		if name == "total:more" { // seldom in organizations that are this small
			wanted = 1
		}
		if count[name] < wanted {
			t.Errorf("%s occurs in %d of %d organizations; want %d", name, count[name], seeds, wanted)
		}
	}
}

func wayBy(w authz.Escalation, p authz.Pattern) string { return "way:" + w.Name + " by " + p.String() }

// couldFeatures notes what occurs in the closures of an organization.
type couldFeatures struct {
	r   *authz.Records
	g   *graph.Graph
	e   *graph.Escalations
	set map[string]bool
}

func (f *couldFeatures) look() {
	for p := range f.g.Acting().All() {
		c := f.e.Could(p, false)
		if len(c.Gains) == 0 {
			continue
		}
		f.total(c)
		for n := range uint32(f.g.Nodes()) {
			if _, ok := c.Group(n); ok {
				f.moves(p, f.e.PathToGroup(c, n, false))
			}
			if _, ok := c.Principal(n); ok && n != p {
				f.moves(p, f.e.Path(c, n, false))
				f.principal(n)
			}
		}
		f.leftAlone(c)
	}
}

func (f *couldFeatures) total(c *graph.Could) {
	if c.Total < 0 {
		return
	}
	f.set["total:"+[]string{"0", "1", "2", "more"}[min(c.Total, 3)]] = true
	f.moves(c.Source, f.e.PathToTotal(c, false))
}

func (f *couldFeatures) principal(n uint32) {
	switch pr := f.g.Principal(n); pr.Key.Kind {
	case authz.KindClient:
		f.set["client:live"] = f.set["client:live"] || pr.Live
		f.set["client:disabled"] = f.set["client:disabled"] || !pr.Live
	case authz.KindUser:
		f.set["user:dormant"] = f.set["user:dormant"] || !pr.Live
	default: // the others are gained in one state only
	}
}

// leftAlone notes what a hub does not stand for, though it is of its kind.
func (f *couldFeatures) leftAlone(c *graph.Could) {
	hubs := map[graph.HubKind]bool{}
	for _, x := range c.Gains {
		if _, node := f.e.Node(x.At); !node {
			hubs[f.e.Hub(x.At).Kind] = true
		}
	}
	org := f.g.Principal(c.Source).Key.Org
	for n := range uint32(f.g.Nodes()) {
		k := f.g.NodeKey(n)
		_, principal := c.Principal(n)
		_, group := c.Group(n)
		if k.Org != org || principal || group {
			continue
		}
		switch {
		case k.Kind == authz.KindClient && hubs[graph.HubClients]:
			f.set["client:left alone"] = true
		case k.Kind == authz.KindUser && hubs[graph.HubUsers]:
			f.set["user:deleted, left alone"] = true
		case k.Kind == authz.KindGroup && hubs[graph.HubGroups]:
			f.set["group:left alone"] = true
		}
	}
}

func (f *couldFeatures) moves(p uint32, moves []graph.Move) {
	for _, m := range moves {
		if m.Way < 0 {
			continue
		}
		w := f.e.Ways()[m.Way]
		f.set["way:"+w.Name] = true
		if by := m.By.Principal(); by != p {
			f.set["principal:used"] = true
		}
		f.joined(m.By.Joined())
		if m.Reason == nil {
			f.set["owner:"+f.g.Principal(m.By.Principal()).Key.Kind.String()] = true
			continue
		}
		f.set[wayBy(w, m.Permission.Pattern)] = true
		f.set["reach:"+m.Reason.Level.String()] = true
		if _, node := f.e.Node(m.At); !node {
			every := f.e.Hub(m.At).Division == graph.AnyDivision
			f.set["reach:everywhere"] = f.set["reach:everywhere"] || every
			f.set["reach:division"] = f.set["reach:division"] || !every
		}
		f.set["denied"] = f.set["denied"] || f.denied(m.By.Principal(), w)
	}
}

func (f *couldFeatures) joined(groups []uint32) {
	for _, n := range groups {
		f.set["group:used"] = true
		f.set["group:nested"] = f.set["group:nested"] || len(f.e.ActsAs(n)) > 1
	}
}

// denied reports whether the organization has a policy about a permission of a way.
func (f *couldFeatures) denied(p uint32, w authz.Escalation) bool {
	return slices.ContainsFunc(f.r.AccessPolicy, func(a authz.AccessPolicy) bool {
		m, err := authz.ParsePattern(a.Target)
		return err == nil && a.Effect == "DENY" && a.Active == authz.True && a.Org == f.g.Principal(p).Key.Org &&
			slices.ContainsFunc(w.Permissions, m.Covers)
	})
}
