package analyzer_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// cutCase is a question about a cut of a random organization.
type cutCase struct {
	r     *authz.Records
	m     *analyzer.Model
	org   string
	from  analyzer.Source
	to    analyzer.Target
	verb  string
	deny  bool // access policies are enforced
	could bool
	queue authz.Key // the target, where it is a queue
}

func randomCut(t *testing.T, seed int64, users int) (cutCase, bool) {
	t.Helper()
	rng := rand.New(rand.NewSource(seed))
	c := cutCase{r: authztest.Random(rng, authztest.RandomOptions{Users: users, Complete: seed%3 != 0})}
	var err error
	conf := config.Default()
	if c.deny = seed%4 == 0; c.deny {
		conf.AccessPolicies = config.PoliciesEnforceDeny
	}
	if c.m, err = analyzer.Build(c.r, analyzer.Options{Config: conf}); err != nil {
		t.Fatal(err)
	}
	g := c.m.Graph
	orgs := g.Organizations()
	c.org = orgs[rng.Intn(len(orgs))].ID
	div, ok := pickKnown(rng, g, c.org)
	if !ok {
		return c, false
	}
	if c.to, _, err = c.m.FindTarget(c.org + "/division:" + div); err != nil {
		t.Fatal(err)
	}
	c.verb = []string{"see", "edit"}[rng.Intn(2)]
	if u := g.Universe(c.org); rng.Intn(2) == 0 && len(u) > 0 {
		if p := u[rng.Intn(len(u))].Pattern; !p.IsLegacy() && !p.IsWild() {
			c.verb = p.String()
		}
	}
	c.from = analyzer.Source{Ref: analyzer.TargetRef{Name: "some"}, Principals: graph.NewSet(g.Principals())}
	for p := range g.Acting().All() {
		if rng.Intn(2) == 0 {
			c.from.Principals.Add(p)
		}
	}
	return c, true
}

func pickKnown(rng *rand.Rand, g *graph.Graph, org string) (string, bool) {
	var ids []string
	for d := range g.DivisionsOf(org).All() {
		if v := g.Divisions()[d]; v.Known {
			ids = append(ids, v.Key.ID)
		}
	}
	if len(ids) == 0 {
		return "", false
	}
	return ids[rng.Intn(len(ids))], true
}

// asked returns the permissions that the question means: those that there are before
// anything is changed. Who drops the only line that names one of them does not
// make a wildcard give less.
func (c cutCase) asked(t *testing.T) []authz.Pattern {
	t.Helper()
	verb, ok := c.m.Lexicon.Verb(c.verb)
	if !ok {
		pattern, err := c.m.Pattern(c.verb)
		if err != nil {
			t.Fatal(err)
		}
		return []authz.Pattern{pattern}
	}
	var out []authz.Pattern
	for _, p := range c.m.Graph.Universe(c.org) {
		if verb.Covers(p.Pattern) && c.m.Lexicon.Carries(p.Pattern, p.Aware) == lexicon.CarriesTenant {
			out = append(out, p.Pattern)
		}
	}
	return out
}

// reaches reports whether anybody of From has the access after some changes:
// records are read again, as changed.
func (c cutCase) reaches(t *testing.T, list []change.Change) bool {
	t.Helper()
	resolve := func(name string) (authz.Pattern, error) { return c.m.Pattern(name) }
	after, err := graph.Build(change.Overlay(c.r, list, resolve), graph.Options{Names: c.m.Lexicon, EnforceDeny: c.deny})
	if err != nil {
		t.Fatal(err)
	}
	at := c.to.Ref.ID
	q := graph.Query{Org: c.org, Divisions: graph.NewSet(len(after.Divisions()))}
	if c.queue != (authz.Key{}) {
		r, _ := after.FindResource(c.queue)
		thing, _ := after.FindThing(c.queue)
		at, q.Thing = r.Division, &thing
	}
	d, _ := after.FindDivision(authz.Key{Org: c.org, Kind: authz.KindDivision, ID: at})
	q.Divisions.Add(d)
	for _, p := range c.asked(t) {
		q.Permissions = append(q.Permissions, after.Perm(c.org, p))
	}
	has := after.Who(q).All()
	if c.could {
		for _, r := range after.Escalations(c.m.Lexicon.Escalations()).Who(q, false) {
			has.Add(r.Principal)
		}
	}
	for p := range has.All() {
		if before, ok := c.m.Graph.FindPrincipal(after.Principal(p).Key); ok && c.from.Principals.Has(before) {
			return true
		}
	}
	return false
}

// everyChange lists every change that a cut could propose in an organization.
func (c cutCase) everyChange() []change.Change {
	var out []change.Change
	add := func(x change.Change) {
		if x.Record.Org == c.org && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	for _, g := range c.r.Grant {
		div := g.Division
		if div == "" || div == "all" {
			div = authz.AllDivisions
		}
		add(change.Change{Kind: change.RevokeGrant, Record: g.Subject, Role: g.Role, Division: div})
	}
	for _, l := range c.r.Member {
		kind := change.RemoveMember
		switch l.Container.Kind {
		case authz.KindTeam:
			kind = change.LeaveTeam
		case authz.KindQueue:
			continue // who works on a queue is no kind of change
		default:
		}
		for _, m := range l.Members {
			add(change.Change{Kind: kind, Record: l.Container, Member: m})
		}
	}
	for _, v := range c.r.Group {
		for _, id := range v.Owners {
			add(change.Change{Kind: change.RemoveMember, Record: v.Key(), Member: authz.Key{Org: v.Org, Kind: authz.KindSubject, ID: id}})
		}
	}
	for _, v := range c.r.Client {
		add(change.Change{Kind: change.DisableClient, Record: v.Key()})
	}
	for _, v := range c.m.Graph.Trusts() {
		add(change.Change{Kind: change.DisableTrust, Record: v.Key()})
	}
	for p := range c.m.Graph.Principals() {
		if id := c.m.Graph.Principal(uint32(p)).Trustee; id != "" {
			add(change.Change{Kind: change.DisableTrust, Record: authz.Key{Org: c.org, Kind: authz.KindTrust, ID: id}})
		}
	}
	for _, v := range c.r.Role {
		for _, p := range v.Policies {
			pattern := authz.NewPattern(p.Domain, p.Entity, p.Action)
			if p.Guide != "" {
				pattern, _ = c.m.Pattern(p.Guide)
			}
			add(change.Change{Kind: change.DropPolicy, Record: v.Key(), Permission: pattern})
		}
		for _, name := range v.Legacy {
			add(change.Change{Kind: change.DropPolicy, Record: v.Key(), Permission: authz.Legacy(name)})
		}
		for _, name := range v.Inherits {
			add(change.Change{Kind: change.DropInheritance, Record: v.Key(), Role: name})
		}
	}
	return out
}

// mostSubsets is how many sets of changes are tried out for one cut.
const mostSubsets = 400

// A cut is as small as the smallest set of changes that trying out every set
// finds: so any proper subset leaves the reach. Applied, it ends the reach.
func TestCutIsTheSmallest(t *testing.T) {
	t.Parallel()
	sizes := compareCuts(t, false, cuts)
	if cuts >= 500 && (sizes[2] == 0 || sizes[3] == 0) {
		t.Errorf("sizes %v: want some of 2 and 3", sizes)
	}
}

// The same of what principals could come to by escalation.
func TestCutOfEscalationsIsTheSmallest(t *testing.T) {
	t.Parallel()
	compareCuts(t, true, cuts/5)
}

func compareCuts(t *testing.T, could bool, want int) (sizes map[int]int) {
	t.Helper()
	compared, tooLarge, unsure := 0, 0, 0
	sizes = map[int]int{}
	for seed := int64(0); compared < want; seed++ {
		c, ok := randomCut(t, seed, 4)
		c.could = could
		if !ok || !c.reaches(t, nil) {
			continue
		}
		a, err := c.m.Cut(c.from, c.to, analyzer.CutOptions{Verb: c.verb, Could: could, Source: c.r})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, authztest.Format(c.r))
		}
		if !a.Verified || a.Size != len(a.Changes) || a.Price != a.Size || a.Size == 0 || a.Bound > a.Price || a.Exact != (a.Bound == a.Price) {
			t.Fatalf("seed %d: size %d, price %d, bound %d, exact %v, verified %v", seed, a.Size, a.Price, a.Bound, a.Exact, a.Verified)
		}
		var list []change.Change
		for _, x := range a.Changes {
			list = append(list, x.Made())
		}
		c.writable(t, seed, list)
		if c.reaches(t, list) {
			t.Fatalf("seed %d: the reach is left after %v\n%s", seed, list, authztest.Format(c.r))
		}
		all := c.everyChange()
		if subsets(len(all), a.Size-1) > mostSubsets {
			tooLarge++
			continue
		}
		compared++
		sizes[a.Size]++
		less := c.smaller(t, all, nil, a.Size-1)
		switch {
		case less == nil:
		case a.Exact || len(less) < a.Bound:
			t.Fatalf("seed %d: %s of %s: %v is a cut, and smaller than %v (bound %d)\n%s", seed, c.verb, c.to.Ref.ID, less, list, a.Bound, authztest.Format(c.r))
		default:
			unsure++
		}
		if !a.Exact && !could {
			t.Errorf("seed %d: not exact", seed)
		}
	}
	t.Logf("%d compared, by size %v; %d left out; %d not the smallest, and said so", compared, sizes, tooLarge, unsure)
	return sizes
}

// writable checks that changes are the same when they are written to a file and read
// from it.
func (c cutCase) writable(t *testing.T, seed int64, list []change.Change) {
	t.Helper()
	var written []config.WrittenChange
	var texts []string
	for _, x := range list {
		written, texts = append(written, c.m.Written(x)), append(texts, "what\nit: does "+x.String())
	}
	data := config.FormatChanges(written, texts)
	parsed, err := config.ParseChanges("changes.yaml", data)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, data)
	}
	if back, err := c.m.Resolve(parsed); err != nil || !slices.Equal(back, list) {
		t.Fatalf("seed %d: %v: written and read: %v; want %v\n%s", seed, err, back, list, data)
	}
}

// subsets is the number of subsets of at most k of n.
func subsets(n, k int) int {
	sum, c := 0, 1
	for i := 0; i <= k; i++ {
		sum += c
		c = c * (n - i) / (i + 1)
	}
	return sum
}

// smaller returns a set of at most k more changes that ends the reach; nil: none does.
func (c cutCase) smaller(t *testing.T, all, made []change.Change, k int) []change.Change {
	t.Helper()
	if !c.reaches(t, made) {
		return made
	}
	if k == 0 {
		return nil
	}
	for i, x := range all {
		if less := c.smaller(t, all[i+1:], append(slices.Clone(made), x), k-1); less != nil {
			return less
		}
	}
	return nil
}
