package graph

import (
	"math"
	"slices"
)

// Bounds of what is added to a network in one round.
const (
	jointWitness = 2000 // principals
	jointMembers = 64   // who have the access, of a hub that was gained
	jointGroups  = 2000 // groups that one principal may join
)

// joint finds removals that end what is had today and the ways to more in one
// network. What is had today is in it from the start; of the ways, those that are
// left by what ends the network so far are added, as paths of what they rest on,
// until none is left. So each round's cut is one of a part of what there is: the
// last one, of a network of which nothing is left out that matters, costs the least
// where every removal stands in one place of it.
func (x *couldCut) joint() Cut {
	c := x.g.cutterOf(x.c.q)
	p := paths{x: x, c: c, at: map[pathStep]int{}, places: map[Place]int{}, arcs: map[[2]int]bool{}, joined: map[Place]bool{}, grouped: map[uint32]bool{}, sure: !x.g.widens(c.o)}
	for range couldRounds {
		w := c.prices()
		chosen, ok := c.cheapest(w)
		if !ok {
			return Cut{Bound: math.MaxInt}
		}
		g := x.g.Without(c.removals(chosen))
		n, possible := 0, true
		x.eachWay(g, func(e *Escalations, q uint32, way *Witness) bool {
			possible = p.addWay(e, q, way)
			n++
			return possible && n < jointWitness
		})
		switch {
		case !possible:
			return Cut{Bound: math.MaxInt}
		case n == 0:
			return c.told(chosen, w)
		}
	}
	return Cut{Bound: c.bound(c.prices())}
}

// paths adds ways to a network, move by move: from what was gained before to what is
// gained next, so that ways that have a place in common lead through one vertex.
type paths struct {
	x       *couldCut
	c       *cutter
	at      map[pathStep]int // the vertex from which a removal leads on to another vertex
	places  map[Place]int
	arcs    map[[2]int]bool
	joined  map[Place]bool  // hubs whose members were added
	grouped map[uint32]bool // principals whose groups were added
	sure    bool
}

type pathStep struct {
	removal Removal
	to      int
}

// addWay adds a way; it reports false for one that rests on nothing that may be taken
// away.
func (p *paths) addWay(e *Escalations, q uint32, w *Witness) bool {
	list := p.x.basisOf(e.g, q, w)
	if len(list) == 0 {
		return false
	}
	if w == nil || !p.single(w) {
		p.add(cutSource, cutSink, list, p.sure)
		return true
	}
	p.addGroups(e, w.Moves[0].By)
	at := cutSource
	for i, m := range w.Moves {
		to := p.place(m.At)
		if w.Total && i == len(w.Moves)-1 {
			to = cutSink
		}
		p.addMove(e, m, at, to)
		at = to
	}
	if at != cutSink {
		p.addLast(e.g, w.By, at)
		p.addMembers(e, w.Moves[len(w.Moves)-1].At)
	}
	return true
}

// addGroups adds, once for each principal, some of the groups that it can join by
// itself, each of which may give the access.
func (p *paths) addGroups(e *Escalations, by Actor) {
	if p.grouped[by.p] {
		return
	}
	p.grouped[by.p] = true
	edges := e.direct(by.p)
	n := 0
	for _, x := range edges {
		group, node := e.Node(x.to)
		if !node || !e.isGroup(x.to) || (p.x.sure && !e.documented(x.way)) {
			continue
		}
		m := Move{By: by, At: x.to, Node: group, Way: int(x.way)}
		e.finish(&m)
		p.addMove(e, m, cutSource, p.place(x.to))
		p.addLast(e.g, e.g.As(by.p, []uint32{group}), p.place(x.to))
		if n++; n == jointGroups {
			return
		}
	}
}

// addMembers adds, once for each hub, the access of some of its members: else each
// round would end one of them, and the next find another.
func (p *paths) addMembers(e *Escalations, at Place) {
	if _, node := e.Node(at); node || p.joined[at] || e.Hub(at).Kind == HubGroups {
		return
	}
	p.joined[at] = true
	q := p.x.c.q.Query
	q.Dormant = true
	n := 0
	for m := range e.g.Who(q).All().All() {
		if e.in(at, m) {
			p.addLast(e.g, e.g.actor(m), p.place(at))
			if n++; n == jointMembers {
				break
			}
		}
	}
}

// single reports whether each move of a way needs no more than what the one before
// gained.
func (p *paths) single(w *Witness) bool {
	for i, m := range w.Moves {
		if (i == 0) != (m.By.p == w.Moves[0].By.p && len(m.By.joined) == 0) || len(m.By.joined) > 1 {
			return false
		}
	}
	return len(w.Moves) > 0 && len(w.By.joined) <= 1
}

func (p *paths) place(at Place) int {
	v, ok := p.places[at]
	if !ok {
		v = p.c.vertex()
		p.places[at] = v
	}
	return v
}

// addMove adds a move by each derivation of its permission.
func (p *paths) addMove(e *Escalations, m Move, from, to int) {
	reasons := []*Reason{m.Reason}
	if m.Reason != nil {
		reasons = e.derivations(m, p.x.sure)
	}
	for _, r := range reasons {
		b := &basis{g: e.g, c: p.x.c}
		if len(m.By.joined) == 0 {
			b.principal(m.By.p)
		}
		m.Reason = r
		b.move(m)
		p.add(from, to, b.list, p.sure && p.fits(m.By, r))
	}
}

// addLast adds the access that who is gained has, by each derivation.
func (p *paths) addLast(g *Graph, by Actor, from int) {
	s := cutSearch{g: g, c: p.x.c}
	s.eachOf(g, by, func(r Reason) {
		b := &basis{g: g, c: p.x.c}
		if len(by.joined) == 0 {
			b.principal(by.p)
		}
		b.reason(by.p, r)
		if r.Level == Limited {
			b.limited(by.p, r)
		}
		p.add(from, cutSink, b.list, p.sure && p.fits(by, &r))
	})
}

// fits reports whether a derivation is that of everybody who gained the same: what a
// group gives may depend on who joins it.
func (p *paths) fits(by Actor, r *Reason) bool {
	return len(by.joined) == 0 || r == nil || r.Level == Whole
}

// add adds a path of removals between two vertices. Paths that end in the same are
// led together, so that a removal stands where it can in one place.
func (p *paths) add(from, to int, list []Removal, sure bool) {
	for _, r := range slices.Backward(list) {
		step := pathStep{r, to}
		v, ok := p.at[step]
		if !ok {
			v = p.before(step, sure)
			p.at[step] = v
		}
		to = v
	}
	if k := [2]int{from, to}; !p.arcs[k] {
		p.arcs[k] = true
		p.c.arc(from, to, sure)
	}
}

// before returns the vertex of a removal that leads to another vertex: of a line
// that ends in the sink, the one that the network has.
func (p *paths) before(step pathStep, sure bool) int {
	if r := step.removal; step.to == cutSink && r.Kind == RemovePolicy {
		if v, ok := p.c.lines[lineID{r.Role, r.Pattern}]; ok {
			return v
		}
	}
	v := p.c.vertex()
	p.c.cuttable(v, step.to, step.removal, sure)
	return v
}

// derivations returns the derivations behind a move, and behind others that the same
// actor gains the same by.
func (e *Escalations) derivations(m Move, sure bool) []*Reason {
	var out []*Reason
	seen := map[uint16]bool{}
	for _, x := range e.edges(m.By, allRights) {
		if x.to == m.At && !seen[x.way] && (!sure || e.documented(x.way)) {
			seen[x.way] = true
			m.Way = int(x.way)
			out = append(out, e.derivationsBy(m)...)
		}
	}
	return out
}

// derivationsBy returns those by the permissions of one way, over the first division
// that there are any for.
func (e *Escalations) derivationsBy(m Move) []*Reason {
	var out []*Reason
	org := e.g.orgIndex[e.g.principals[m.By.p].Key.Org]
	for _, d := range e.over(m.At, org) {
		for _, r := range e.perms[org] {
			if int(r.way) != m.Way {
				continue
			}
			for _, x := range e.g.ReasonsOf(m.By, r.perm, d) {
				if e.explains(&m, x) {
					out = append(out, &x)
				}
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}
