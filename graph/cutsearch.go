package graph

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// searchWork bounds a search for a cheaper cut: how many grants are looked at, over
// all graphs that are evaluated. A search in small organizations never meets it.
const searchWork = 20_000_000

// A cutSearch looks for a cheaper cut than one that is known: of a derivation that
// is left, one of the things that it rests on must go, whichever else go. So it
// branches over them, and evaluates the graph again at each step.
type cutSearch struct {
	g     *Graph
	c     *cutter
	limit int // a cut must cost less
	best  []Removal
	seen  map[string]bool
	left  int // evaluations
	over  bool
}

// improve looks for a cut that costs less than one that is known, and at least its
// bound. It reports whether there surely is none that is cheaper than the result.
func (c *cutter) improve(known Cut) (better Cut, exact bool) {
	price := c.total(known.Removals)
	s := &cutSearch{g: c.g, c: c, left: max(50, searchWork/(len(c.g.grants)+100*len(c.g.principals)+1000))}
	s.left = min(s.left, 20_000)
	for limit := known.Bound + 1; limit <= price; limit++ {
		s.limit, s.seen = limit, map[string]bool{}
		s.branch(nil, 0)
		if s.over {
			known.Bound = limit - 1
			return known, false
		}
		if s.best != nil {
			known.Removals, known.Bound = s.best, c.total(s.best)
			return known, true
		}
	}
	known.Bound = price
	return known, true
}

// piecemeal looks for a cut where the network has none: what a scope leaves, it does
// not know, may go with who leaves a group. It takes away all that some derivations
// rest on, until none is left, and then takes back what is not needed. Each look at the
// graph ends something: it does not give up, for that would be to say that there is no cut.
func (c *cutter) piecemeal(none Cut) Cut {
	s := &cutSearch{g: c.g, c: c}
	var gone []Removal
	for {
		g, left := c.leaves(gone)
		if left.Empty() {
			return c.needed(none, gone)
		}
		before := len(gone)
		for _, list := range s.derivations(g, left) {
			if len(list) == 0 {
				return none
			}
			for _, r := range list {
				if !slices.Contains(gone, r) {
					gone = append(gone, r)
				}
			}
		}
		if len(gone) == before {
			return none
		}
	}
}

// leaves returns the graph after removals, and who still has the access.
func (c *cutter) leaves(gone []Removal) (*Graph, Set) {
	g := c.g.Without(gone)
	left := g.Who(c.q.Query).All()
	left.And(c.q.From)
	return g, left
}

// needed is a cut of those of some removals without which it is none.
func (c *cutter) needed(none Cut, gone []Removal) Cut {
	for i := len(gone) - 1; i >= 0; i-- {
		less := slices.Delete(slices.Clone(gone), i, i+1)
		if _, left := c.leaves(less); left.Empty() {
			gone = less
		}
	}
	slices.SortFunc(gone, c.g.compareRemovals)
	bound := min(c.bound(c.prices()), c.total(gone))
	return Cut{Possible: true, Removals: gone, Wide: true, Bound: bound, Grants: none.Grants}
}

func (c *cutter) priceOf(r Removal) int {
	if c.q.Price == nil {
		return 1
	}
	return c.q.Price(r)
}

func (c *cutter) total(list []Removal) int {
	sum := 0
	for _, r := range list {
		sum += c.priceOf(r)
	}
	return sum
}

// branch goes on from what is removed already, at a price.
func (s *cutSearch) branch(gone []Removal, price int) {
	key := removalsKey(gone)
	if s.best != nil || s.over || s.seen[key] {
		return
	}
	s.seen[key] = true
	if s.left--; s.left < 0 {
		s.over = true
		return
	}
	g, left := s.c.leaves(gone)
	if left.Empty() {
		s.best = gone
		return
	}
	list := s.derivations(g, left)
	if len(list) == 0 { // access without a derivation: nothing to branch over
		s.over = true
		return
	}
	if price+s.packed(list) >= s.limit {
		return
	}
	for _, r := range list[0] {
		if p := price + s.c.priceOf(r); p < s.limit {
			s.branch(insert(gone, r, s.g), p)
		}
	}
}

func insert(list []Removal, r Removal, g *Graph) []Removal {
	i, _ := slices.BinarySearchFunc(list, r, g.compareRemovals)
	return slices.Insert(slices.Clone(list), i, r)
}

func removalsKey(list []Removal) string {
	var b []byte
	for _, r := range list {
		b = append(b, byte(r.Kind))
		for _, n := range []uint32{r.Node, r.Into, r.Role, r.Division} {
			b = binary.LittleEndian.AppendUint32(b, n)
		}
		b = append(b, r.Pattern.String()+"\x00"+r.Heir+"\x00"+r.Trust.ID+"\x00"...)
	}
	return string(b)
}

// derivations returns one derivation of each principal that has the access, as the
// removals that can end it, the one with the fewest first.
func (s *cutSearch) derivations(g *Graph, left Set) [][]Removal {
	var out [][]Removal
	for p := range left.All() {
		if best, found := s.fewest(g, g.actor(p), func(r Reason) []Removal { return s.restsOn(g, p, r) }); found {
			out = append(out, best)
		}
		if len(out) >= 64 { // enough to tell how many it takes
			break
		}
	}
	slices.SortStableFunc(out, func(x, y []Removal) int { return cmp.Compare(len(x), len(y)) })
	return out
}

// fewest returns what the derivation of an actor's access rests on that rests on the
// fewest; found is false if there is none.
func (s *cutSearch) fewest(g *Graph, a Actor, restsOn func(Reason) []Removal) (best []Removal, found bool) {
	s.eachOf(g, a, func(r Reason) {
		list := restsOn(r)
		if !found || len(list) < len(best) {
			best, found = list, true
		}
	})
	return best, found
}

// eachOf yields the derivations of an actor's access.
func (s *cutSearch) eachOf(g *Graph, a Actor, yield func(r Reason)) {
	for _, m := range s.c.q.Permissions {
		for d := range s.c.q.Divisions.All() {
			for _, r := range g.ReasonsOf(a, m, d) {
				if t := s.c.q.Thing; r.Level == Limited && t != nil && !slices.Contains(r.Things, *t) {
					continue
				}
				yield(r)
			}
		}
	}
}

// packed is a price that removals cost at least which end all of some derivations:
// of those that have no removal in common, each costs its cheapest.
func (s *cutSearch) packed(list [][]Removal) int {
	taken := map[Removal]bool{}
	sum := 0
	for _, x := range list {
		if slices.ContainsFunc(x, func(r Removal) bool { return taken[r] }) {
			continue
		}
		least := s.limit // none may be proposed: no cut at all
		for _, r := range x {
			taken[r] = true
			least = min(least, s.c.priceOf(r))
		}
		sum += least
	}
	return sum
}

// restsOn returns the removals that may end a derivation: without one of them it
// stands, whatever else is removed.
func (s *cutSearch) restsOn(g *Graph, p uint32, r Reason) []Removal {
	x := &basis{g: g, c: s.c}
	x.principal(p)
	x.reason(p, r)
	if r.Level == Limited {
		x.limited(p, r)
	}
	return x.list
}

// A basis gathers what a derivation rests on.
type basis struct {
	g    *Graph
	c    *cutter
	list []Removal
}

func (x *basis) add(r Removal) {
	if x.c.priceOf(r) > 0 && !slices.Contains(x.list, r) {
		x.list = append(x.list, r)
	}
}

// reason adds what a derivation rests on, but for the principal.
func (x *basis) reason(p uint32, r Reason) {
	if r.Trust != "" {
		return
	}
	from := p
	for _, h := range r.Path {
		if !h.Joined {
			x.member(from, h.Into)
		}
		x.trust(h.Into)
		from = h.Into
	}
	x.add(Removal{Kind: RemoveGrant, Node: r.Grant.Node, Role: r.Grant.Role, Division: r.Grant.Division})
	x.role(r)
}

// limited adds the memberships by which one of the things of limited reach is among
// them.
func (x *basis) limited(p uint32, r Reason) {
	x.above(p)
	t := r.Things[0]
	if x.c.q.Thing != nil {
		t = *x.c.q.Thing
	}
	if int(t) < len(x.g.principals) {
		x.above(t)
	}
}

func (x *basis) principal(p uint32) {
	if x.g.principals[p].Key.Kind == authz.KindClient {
		x.add(Removal{Kind: RemoveClient, Node: p})
	}
	x.trust(p)
}

// trust adds the trust that lets a trustee's user or group in.
func (x *basis) trust(n uint32) {
	if int(n) < len(x.g.principals) && x.g.principals[n].Trustee != "" {
		x.add(Removal{Kind: RemoveTrust, Trust: x.g.trustKey(n)})
	}
}

// member adds a membership, unless it is managed elsewhere.
func (x *basis) member(n, into uint32) {
	org := x.c.o.id
	if x.g.NodeKey(n).Org != org || x.g.NodeKey(into).Org != org {
		return
	}
	if slices.ContainsFunc(x.g.up.of(n), func(e uint32) bool { return e&^mark == into }) {
		x.add(Removal{Kind: RemoveMember, Node: n, Into: into})
	}
}

// above adds every membership on the way up from a node: what a scope leaves may
// rest on any.
func (x *basis) above(n uint32) {
	seen := map[uint32]bool{n: true}
	queue := []uint32{n}
	for i := 0; i < len(queue); i++ {
		for _, e := range x.g.up.of(queue[i]) {
			to := e &^ mark
			x.member(queue[i], to)
			x.trust(to)
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
}

// role adds the inheritance and the line.
func (x *basis) role(r Reason) {
	at := r.Grant.Role
	way := r.Inherits
	if r.Missing != "" {
		way = x.lacking(r)
	}
	for _, heir := range way {
		x.inherits(at, heir)
		at = heir
	}
	if r.Missing == "" {
		x.add(Removal{Kind: RemovePolicy, Role: at, Pattern: r.Pattern})
	} else if slices.Contains(x.g.roles[at].rec.Inherits, r.Missing) && x.g.roles[at].known {
		x.add(x.c.g.inheritance(at, r.Missing))
	}
}

// inherits adds one entry by which a role inherits from another.
func (x *basis) inherits(role, heir uint32) {
	for _, entry := range x.g.roles[role].rec.Inherits {
		if slices.Contains(x.g.heirs(role, entry), heir) {
			x.add(x.c.g.inheritance(role, entry))
			return
		}
	}
}

// lacking returns the roles that a granted one inherits on the way to the one that
// was not read, or that inherits one that was not.
func (x *basis) lacking(r Reason) []uint32 {
	role := &x.g.roles[r.Grant.Role]
	for i, q := range role.closure {
		here := &x.g.roles[q]
		unknown := !here.known && here.key.ID == r.Missing
		named := slices.Contains(here.rec.Inherits, r.Missing) && len(x.g.heirs(q, r.Missing)) == 0
		if unknown || named {
			return x.g.lineage(role, i)
		}
	}
	return nil
}
