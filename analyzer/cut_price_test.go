package analyzer_test

import (
	"errors"
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// A pricedCut is a question about a cut where kinds of changes have prices, and where
// the target may be a queue that can be moved.
type pricedCut struct {
	cutCase
	weights map[change.Kind]int
	tries   int // sets that may still be tried out
}

func randomPrices(t *testing.T, seed int64) (pricedCut, bool) {
	t.Helper()
	c, ok := randomCut(t, seed, 4)
	p := pricedCut{cutCase: c, weights: map[change.Kind]int{}, tries: mostSubsets}
	rng := rand.New(rand.NewSource(seed))
	for _, k := range analyzer.CutKinds() {
		p.weights[k] = 1 + rng.Intn(4)
		if rng.Intn(12) == 0 {
			p.weights[k] = 0 // never
		}
	}
	if !ok || rng.Intn(3) == 0 {
		return p, ok
	}
	p.weights[change.MoveResource] = 1 + rng.Intn(3)
	for _, q := range p.r.Resource {
		_, known := p.m.Graph.FindDivision(authz.Key{Org: q.Org, Kind: authz.KindDivision, ID: q.Division})
		if q.Org != p.org || q.Kind != authz.KindQueue || q.Division == "" || !known {
			continue
		}
		to, _, err := p.m.FindTarget(p.org + "/queue:" + q.ID)
		if err != nil {
			continue
		}
		p.to, p.queue = to, q.Key()
		p.verb = []string{"routing:queue:view", "routing:queue:edit"}[rng.Intn(2)]
		return p, true
	}
	return p, true
}

// allowed are the changes that may be proposed, with where the queue can be moved.
func (p pricedCut) allowed() []change.Change {
	list := p.everyChange()
	if p.queue != (authz.Key{}) {
		for d := range p.m.Graph.DivisionsOf(p.org).All() {
			if v := p.m.Graph.Divisions()[d]; v.Known {
				list = append(list, change.Change{Kind: change.MoveResource, Record: p.queue, Division: v.Key.ID})
			}
		}
	}
	return slices.DeleteFunc(list, func(x change.Change) bool { return p.weights[x.Kind] == 0 })
}

// cheaper returns changes of at most some price that end the reach; nil: there are none.
func (p *pricedCut) cheaper(t *testing.T, all, made []change.Change, price int) []change.Change {
	t.Helper()
	if p.tries--; p.tries < 0 {
		return nil
	}
	if !p.reaches(t, made) {
		return made
	}
	for i, x := range all {
		if left := price - p.weights[x.Kind]; left >= 0 {
			if less := p.cheaper(t, all[i+1:], append(slices.Clone(made), x), left); less != nil {
				return less
			}
		}
	}
	return nil
}

// Where kinds of changes have prices, and where a queue can be moved, no set of
// changes is cheaper than a cut, or than the bound that it tells.
func TestCutIsTheCheapest(t *testing.T) {
	t.Parallel()
	compared, tooLarge, moves, none := 0, 0, 0, 0
	for seed := int64(0); compared < cuts/5; seed++ {
		p, ok := randomPrices(t, seed)
		if !ok || !p.reaches(t, nil) {
			continue
		}
		a, err := p.m.Cut(p.from, p.to, analyzer.CutOptions{Verb: p.verb, Weights: p.weights, Source: p.r})
		if errors.Is(err, analyzer.ErrNoCut) {
			none++
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, authztest.Format(p.r))
		}
		price := 0
		var list []change.Change
		for _, x := range a.Changes {
			list = append(list, x.Made())
			price += p.weights[x.Made().Kind]
			if p.weights[x.Made().Kind] != x.Price || x.Price == 0 {
				t.Errorf("seed %d: %v costs %d", seed, x.Made(), x.Price)
			}
		}
		if price != a.Price || p.reaches(t, list) || a.Bound > a.Price || !a.Exact {
			t.Fatalf("seed %d: %v costs %d, told %d, bound %d, exact %v", seed, list, price, a.Price, a.Bound, a.Exact)
		}
		p.writable(t, seed, list)
		less := p.cheaper(t, p.allowed(), nil, a.Price-1)
		if less != nil {
			t.Fatalf("seed %d: %s of %s: %v is a cut, and cheaper than %v (%d, prices %v)\n%s", seed, p.verb, p.to.Ref.ID, less, list, a.Price, p.weights, authztest.Format(p.r))
		}
		if p.tries < 0 {
			tooLarge++
			continue
		}
		if list[0].Kind == change.MoveResource {
			moves++
		}
		compared++
	}
	if cuts >= 500 && moves == 0 {
		t.Error("nothing was moved")
	}
	t.Logf("%d compared, %d of them moves; %d too large; %d without a cut", compared, moves, tooLarge, none)
}
