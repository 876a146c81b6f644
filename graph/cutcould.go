package graph

import (
	"math"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Bounds of a cut that follows escalations.
const (
	couldRounds  = 400     // evaluations
	couldWitness = 400     // principals whose way is looked at in one evaluation
	hitWork      = 100_000 // sets that are looked at for one that hits all ways
	fewDirect    = 24      // removals that end what is had today, up to which sets that hit all are looked for
)

// CutCould finds removals after which none of the principals could come to have the
// access: today, or by steps. Each way is ended by one of the things that it rests on,
// so it looks for the cheapest set that hits every way found so far, evaluates the
// graph again, and goes on with the ways that are left, until there is none. Ways
// are only added, so that what is found at last costs the least, if each set did.
//
// Where very much is had today, the ways are added to the network of what is had
// instead (see [couldCut.joint]).
func (g *Graph) CutCould(q CutQuery, ways []authz.Escalation, sure bool) Cut {
	return g.cutCould(q, ways, sure, fewDirect)
}

func (g *Graph) cutCould(q CutQuery, ways []authz.Escalation, sure bool, few int) Cut {
	o := g.orgOf(q.Org)
	if o == nil {
		return Cut{Possible: true}
	}
	x := &couldCut{g: g, c: newCutter(g, o, q, q.From), ways: ways, sure: sure, hit: hitter{at: map[Removal]int{}}}
	x.hit.cost = func(r Removal) int64 { return int64(x.c.priceOf(r)) }
	count := g.restCounter(o, q.Query, q.From)
	x.hit.rests = func(r Removal) int64 { return min(int64(count.rests(r)), 1<<24)<<3 | mildness(r.Kind) }
	direct := g.Cut(q)
	out := direct
	switch {
	case !direct.Possible:
		return Cut{Bound: math.MaxInt}
	case len(direct.Removals) > few:
		out = x.joint()
	default:
		out = x.solve()
	}
	out.Rests = nil
	for _, r := range out.Removals {
		out.Rests = append(out.Rests, count.rests(r))
	}
	return out
}

type couldCut struct {
	g    *Graph
	c    *cutter
	ways []authz.Escalation
	sure bool
	hit  hitter
}

func (x *couldCut) solve() Cut {
	var gone []Removal
	exact := !x.g.widens(x.c.o)
	for range couldRounds {
		left, possible := x.left(x.g.Without(gone))
		if !possible {
			return Cut{Bound: math.MaxInt}
		}
		if !left {
			slices.SortFunc(gone, x.g.compareRemovals)
			out := Cut{Possible: true, Removals: gone, Bound: x.c.total(gone)}
			if !exact {
				out.Bound = x.hit.bound()
			}
			return out
		}
		least := false
		gone, least = x.hit.solve()
		exact = exact && least
	}
	// Everything that any way rests on: too much, but it ends them.
	return Cut{Possible: false, Bound: x.hit.bound()}
}

// left adds the ways that a graph still has. It is not possible to end one that
// rests on nothing that may be taken away.
func (x *couldCut) left(g *Graph) (left, possible bool) {
	n := 0
	possible = true
	x.eachWay(g, func(_ *Escalations, p uint32, w *Witness) bool {
		list := x.basisOf(g, p, w)
		if left, possible = true, len(list) > 0; possible {
			x.hit.add(list)
		}
		n++
		return possible && n < couldWitness
	})
	return left, possible
}

// eachWay yields the principals that a graph still leads to the access, with a way
// of each; nil is what it has with no step.
func (x *couldCut) eachWay(g *Graph, yield func(e *Escalations, p uint32, w *Witness) bool) {
	e := g.Escalations(x.ways)
	witness := e.Witnesses(x.c.q.Query, x.sure)
	for _, r := range e.Who(x.c.q.Query, x.sure) {
		if !x.c.q.From.Has(r.Principal) {
			continue
		}
		way := (*Witness)(nil)
		if w, ok := witness(r); ok {
			way = &w
		}
		if !yield(e, r.Principal, way) {
			return
		}
	}
}

// basisOf returns what a way rests on: one of it must go.
func (x *couldCut) basisOf(g *Graph, p uint32, w *Witness) []Removal {
	if w != nil {
		return x.restsOn(g, *w)
	}
	one := NewSet(len(g.principals))
	one.Add(p)
	s := cutSearch{g: g, c: x.c}
	if all := s.derivations(g, one); len(all) > 0 {
		return all[0]
	}
	return nil
}

// restsOn returns the removals that may end a way: those of each step, and of the
// access that who is gained has.
func (x *couldCut) restsOn(g *Graph, w Witness) []Removal {
	b := &basis{g: g, c: x.c}
	s := cutSearch{g: g, c: x.c}
	for _, v := range w.Moves {
		b.principal(v.By.Principal())
		b.move(v)
	}
	if w.Total { // the last move gains everything
		return b.list
	}
	by := w.By.Principal()
	b.principal(by)
	best, _ := s.fewest(g, w.By, func(r Reason) []Removal {
		one := &basis{g: g, c: x.c}
		one.reason(by, r)
		if r.Level == Limited {
			one.limited(by, r)
		}
		return one.list
	})
	for _, r := range best {
		b.add(r)
	}
	return b.list
}

// move adds what a move rests on, but for the principal.
func (x *basis) move(v Move) {
	p := v.By.Principal()
	if v.Reason == nil { // by owning a group
		x.add(Removal{Kind: RemoveMember, Node: p, Into: v.Node})
		return
	}
	x.reason(p, *v.Reason)
	if v.Reason.Level == Limited {
		x.above(p)
		x.above(v.Node)
	}
}

// widens reports whether leaving a group or team may give anybody more: by a deny
// that is enforced, or by a condition that names a team.
func (g *Graph) widens(o *org) bool {
	if slices.ContainsFunc(o.policies, func(a accessPolicy) bool { return !a.denied.Empty() }) {
		return true
	}
	return slices.ContainsFunc(o.roles, func(n uint32) bool {
		return slices.ContainsFunc(g.roles[n].own, func(l line) bool { return l.policy != nil && namesTeam(l.policy.Condition) })
	})
}

// A hitter finds cheap sets that have something in common with each of some sets.
type hitter struct {
	sets  [][]int
	items []Removal
	at    map[Removal]int
	price []int64
	full  []int64 // the price, and within the same price what rests on it
	cost  func(Removal) int64
	rests func(Removal) int64

	best      []int
	bestPrice int64
	work      int
}

// hitUnit is more than everything that rests on the removals of one cut.
const hitUnit = int64(1) << 40

func (h *hitter) add(list []Removal) {
	var set []int
	for _, r := range list {
		i, ok := h.at[r]
		if !ok {
			i = len(h.items)
			h.at[r] = i
			h.items = append(h.items, r)
			h.price = append(h.price, h.cost(r))
			h.full = append(h.full, h.cost(r)*hitUnit+h.rests(r))
		}
		set = append(set, i)
	}
	slices.Sort(set)
	if !slices.ContainsFunc(h.sets, func(s []int) bool { return slices.Equal(s, set) }) {
		h.sets = append(h.sets, set)
	}
}

// solve returns a set that hits all, and whether surely none is cheaper.
func (h *hitter) solve() (list []Removal, least bool) {
	h.best, h.bestPrice, h.work = h.greedy(), 0, hitWork
	for _, i := range h.best {
		h.bestPrice += h.full[i]
	}
	slices.SortStableFunc(h.sets, func(x, y []int) int { return len(x) - len(y) })
	h.branch(nil, make([]int, len(h.items)), 0)
	for _, i := range h.best {
		list = append(list, h.items[i])
	}
	return list, h.work > 0
}

// greedy takes what hits most for its price, again and again.
func (h *hitter) greedy() []int {
	var out []int
	left := slices.Clone(h.sets)
	for len(left) > 0 {
		hits := make([]int64, len(h.items))
		for _, s := range left {
			for _, i := range s {
				hits[i]++
			}
		}
		best := left[0][0]
		for i := range h.items {
			if a, b := hits[i]*h.price[best], hits[best]*h.price[i]; a > b || (a == b && h.full[i] < h.full[best]) {
				best = i
			}
		}
		out = append(out, best)
		left = slices.DeleteFunc(left, func(s []int) bool { return slices.Contains(s, best) })
	}
	return out
}

// branch goes on from what is taken; state is 1 for that, and -1 for what is left out.
func (h *hitter) branch(taken, state []int, price int64) {
	if h.work--; h.work < 0 {
		h.work = 0
		return
	}
	if price >= h.bestPrice {
		return
	}
	first, bound := h.lower(state)
	if first == nil {
		if bound == 0 {
			h.best, h.bestPrice = slices.Clone(taken), price
		}
		return
	}
	if price+bound >= h.bestPrice {
		return
	}
	var tried []int
	for _, i := range first {
		if state[i] != 0 {
			continue
		}
		state[i] = 1
		h.branch(append(slices.Clip(taken), i), state, price+h.full[i])
		state[i] = -1
		tried = append(tried, i)
	}
	for _, i := range tried {
		state[i] = 0
	}
}

// lower returns a set that is not hit yet, the one with the fewest choices, and what
// it costs at least to hit all that are not: those that have no choice in common
// cost their cheapest each. A set without a choice has no bound.
func (h *hitter) lower(state []int) (first []int, bound int64) {
	used := make([]bool, len(h.items))
	fewest := math.MaxInt
	for _, s := range h.sets {
		choices, cheapest, apart, hit := 0, int64(math.MaxInt64), true, false
		for _, i := range s {
			switch state[i] {
			case 1:
				hit = true
			case 0:
				choices++
				cheapest = min(cheapest, h.full[i])
				apart = apart && !used[i]
			}
		}
		switch {
		case hit:
			continue
		case choices == 0:
			return nil, math.MaxInt64
		case choices < fewest:
			first, fewest = s, choices
		}
		if apart {
			bound += cheapest
			for _, i := range s {
				used[i] = used[i] || state[i] == 0
			}
		}
	}
	return first, bound
}

// bound is a price that no set that hits all is below.
func (h *hitter) bound() int {
	used := make([]bool, len(h.items))
	sum := int64(0)
	for _, s := range h.sets {
		if slices.ContainsFunc(s, func(i int) bool { return used[i] }) {
			continue
		}
		least := h.price[s[0]]
		for _, i := range s {
			used[i] = true
			least = min(least, h.price[i])
		}
		sum += least
	}
	return int(sum)
}
