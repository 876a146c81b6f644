package graph

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/internal/flow"
)

// A CutQuery asks what ends the access of some principals.
type CutQuery struct {
	Query
	From Set
	// Price is what a removal costs; less than 1: it is not to be proposed. Nil is 1 for each.
	Price func(Removal) int
}

// A Cut is a set of removals after which none of the principals has the access.
type Cut struct {
	// Removals are sorted. On each rest so many (principal, permission, division)
	// elsewhere, counted by derivations: no more than that is lost with it.
	Removals []Removal
	Rests    []int
	// Bound is a price that no set of removals is below.
	Bound int
	// Wide says that some derivations were taken for there that may not be, so that
	// a removal may not be needed.
	Wide bool
	// Possible is false where no removals that may be proposed end the access.
	Possible bool
	// Grants are all by which the principals have the access, their own first.
	Grants []Removal
}

// Cut finds removals that end the access that a query asks for, of the principals
// it names: a minimum cut of the network of their derivations, from principal over
// membership, grant and inherited role to policy. Each derivation is a path of it.
// Where all are paths of removals that each stand in one place, the cut has the
// least price there is, and [Cut.Bound] is that price; of those with the least price
// it is one on which the least rests elsewhere: derivations by it, counted as
// (principal, permission, division). Where scopes and denies depend on who is in
// which group, a search follows that evaluates the graph again at each step.
func (g *Graph) Cut(q CutQuery) Cut {
	if g.orgOf(q.Org) == nil {
		return Cut{Possible: true}
	}
	c := g.cutterOf(q)
	if c.from.Empty() {
		return Cut{Possible: true}
	}
	out := c.solve()
	if !out.Possible && c.wide {
		out = c.piecemeal(out)
	}
	if out.Possible && c.total(out.Removals) > out.Bound {
		out, _ = c.improve(out)
	}
	count := c.g.restCounter(c.o, c.q.Query, c.from)
	for _, r := range out.Removals {
		out.Rests = append(out.Rests, count.rests(r))
	}
	return out
}

// cutterOf returns the network of what principals have today.
func (g *Graph) cutterOf(q CutQuery) *cutter {
	reaching := g.Who(q.Query).All()
	reaching.And(q.From)
	c := newCutter(g, g.orgOf(q.Org), q, reaching)
	for p := range reaching.All() {
		c.addSource(p)
	}
	return c
}

// A cutter makes the network of derivations.
type cutter struct {
	g    *Graph
	o    *org
	q    CutQuery
	from Set // those that have the access

	n       int // vertices; 0 is the source, 1 the sink
	arcs    []cutArc
	labels  []Removal
	labelOf map[Removal]int32
	copies  []int // by label

	holds  map[uint32]int // by node: who has its grants
	passes map[uint32]int // by node: who is in it by way of another
	trusts map[authz.Key]int
	lines  map[lineID]int
	layers map[string]int
	cells  map[[2]uint32]*cutCell
	stated [][]cutLine // by role
	wide   bool

	count  *restCounter
	priced cutPrices // of the labels that there were when it was asked for
}

const (
	cutSource = 0
	cutSink   = 1
	noLabel   = int32(-1)
)

// A cutArc is a step of derivations. Sure is false where it may not be one.
type cutArc struct {
	from, to int
	label    int32
	sure     bool
}

type lineID struct {
	role    uint32
	pattern authz.Pattern
}

// A cutLine is a line of a role, with nothing that narrows it, that gives the
// access by a grant inside the divisions, or by one outside them.
type cutLine struct {
	pattern authz.Pattern
	in, out bool
}

// A cutCell is what a role granted in a division gives of the access.
type cutCell struct {
	inside   bool
	narrowed []narrowUse
	key      string
}

// A narrowUse is a narrowed line that gives the access by some grant.
type narrowUse struct {
	lineID
	sure bool
}

func newCutter(g *Graph, o *org, q CutQuery, from Set) *cutter {
	c := &cutter{
		g: g, o: o, q: q, from: from, n: 2, labelOf: map[Removal]int32{}, holds: map[uint32]int{}, passes: map[uint32]int{},
		trusts: map[authz.Key]int{}, lines: map[lineID]int{}, layers: map[string]int{}, cells: map[[2]uint32]*cutCell{},
		stated: make([][]cutLine, len(g.roles)),
	}
	for _, r := range o.roles {
		c.stated[r] = c.statedBy(r)
	}
	return c
}

// statedBy finds the lines of a role itself, with nothing that narrows them, that
// give the access.
func (c *cutter) statedBy(role uint32) []cutLine {
	var out []cutLine
	for i := range c.g.roles[role].own {
		l := &c.g.roles[role].own[i]
		if l.narrowed != 0 {
			continue
		}
		var s span
		for _, p := range c.q.Permissions {
			if s.out == None && l.pattern.Covers(p.Pattern) {
				s = s.wider(l.span(p))
			}
		}
		if s != (span{}) {
			out = append(out, cutLine{l.pattern, s.in != None, s.out != None})
		}
	}
	return out
}

func (c *cutter) vertex() int {
	c.n++
	return c.n - 1
}

func (c *cutter) arc(from, to int, sure bool) {
	c.arcs = append(c.arcs, cutArc{from, to, noLabel, sure})
}

// cuttable adds an arc that a removal cuts.
func (c *cutter) cuttable(from, to int, r Removal, sure bool) {
	l, ok := c.labelOf[r]
	if !ok {
		l = int32(len(c.labels))
		c.labelOf[r] = l
		c.labels, c.copies = append(c.labels, r), append(c.copies, 0)
	}
	c.copies[l]++
	c.arcs = append(c.arcs, cutArc{from, to, l, sure})
}

// addSource adds a principal: what it is itself, and what holds it.
func (c *cutter) addSource(p uint32) {
	v, sure := c.vertex(), !c.mayBeDenied(p)
	pr := &c.g.principals[p]
	switch {
	case pr.Key.Kind == authz.KindClient:
		c.cuttable(cutSource, v, Removal{Kind: RemoveClient, Node: p}, sure)
	case pr.Trustee != "":
		k := c.g.trustKey(p)
		t, ok := c.trusts[k]
		if !ok {
			t = c.vertex()
			c.trusts[k] = t
			c.cuttable(cutSource, t, Removal{Kind: RemoveTrust, Trust: k}, true)
		}
		c.arc(t, v, sure)
	default:
		c.arc(cutSource, v, sure)
	}
	if c.g.LetIn(p) {
		c.arc(v, cutSink, sure)
	}
	c.arc(v, c.holder(p), true)
	c.climb(v, p, true)
}

// mayBeDenied reports whether an enforced deny takes a part of the access from a
// principal: some of its derivations may give nothing.
func (c *cutter) mayBeDenied(p uint32) bool {
	for _, a := range c.o.policies {
		if a.denied.Has(p) && slices.ContainsFunc(c.q.Permissions, func(m Perm) bool { return a.target.Covers(m.Pattern) }) {
			c.wide = true
			return true
		}
	}
	return false
}

// climb adds the groups and teams that hold a node. Teams hold only what they list.
func (c *cutter) climb(v int, n uint32, itself bool) {
	for _, e := range c.g.up.of(n) {
		to := e &^ mark
		k := c.g.NodeKey(to)
		if !c.g.active(to) || (!itself && k.Kind == authz.KindTeam) {
			continue
		}
		at, seen := c.passes[to]
		if !seen {
			at = c.vertex()
			c.passes[to] = at
			inside := c.letIn(at, to)
			if k.Org == c.o.id {
				c.arc(inside, c.holder(to), true)
			}
			c.climb(inside, to, false)
		}
		if k.Org != c.o.id || c.g.NodeKey(n).Org != c.o.id {
			c.arc(v, at, true) // managed at home
			continue
		}
		c.cuttable(v, at, Removal{Kind: RemoveMember, Node: n, Into: to}, true)
	}
}

// letIn leads on from a node that others act as: a trustee's group only while its
// trust is switched on.
func (c *cutter) letIn(v int, n uint32) int {
	if int(n) >= len(c.g.principals) || c.g.principals[n].Trustee == "" {
		return v
	}
	inside := c.vertex()
	c.cuttable(v, inside, Removal{Kind: RemoveTrust, Trust: c.g.trustKey(n)}, true)
	return inside
}

// holder is the vertex of who has a node's grants.
func (c *cutter) holder(n uint32) int {
	v, ok := c.holds[n]
	if ok {
		return v
	}
	v = c.vertex()
	c.holds[n] = v
	for _, gr := range c.g.grantsOf(n) {
		if at := c.layer(gr.role, c.cell(gr.role, gr.div)); at >= 0 {
			c.cuttable(v, at, Removal{Kind: RemoveGrant, Node: n, Role: gr.role, Division: gr.div}, true)
		}
	}
	return v
}

// layer is the vertex of a role granted so that certain of its lines, and of the
// roles that it inherits, give the access; -1: none does.
func (c *cutter) layer(role uint32, cell *cutCell) int {
	key := setKey(Set{uint64(role)}) + cell.key
	v, ok := c.layers[key]
	if !ok {
		l := cutLayer{c: c, cell: cell, at: map[uint32]int{}}
		v = -1
		if l.useful(role) {
			v = l.role(role)
		}
		c.layers[key] = v
	}
	return v
}

// A cutLayer is the roles that a granted role inherits, as far as they matter to
// grants in some place.
type cutLayer struct {
	c    *cutter
	cell *cutCell
	at   map[uint32]int
}

// useful reports whether a role, or one that it inherits, gives the access.
func (l *cutLayer) useful(role uint32) bool {
	r := &l.c.g.roles[role]
	return r.maybe() || slices.ContainsFunc(r.closure, func(q uint32) bool { return len(l.lines(q)) > 0 })
}

// lines returns what lines of a role itself give the access here.
func (l *cutLayer) lines(role uint32) []narrowUse {
	var out []narrowUse
	for _, x := range l.c.stated[role] {
		if (l.cell.inside && x.in) || x.out {
			out = append(out, narrowUse{lineID{role, x.pattern}, true})
		}
	}
	for _, x := range l.cell.narrowed {
		if x.role == role {
			out = append(out, x)
		}
	}
	return out
}

func (l *cutLayer) role(role uint32) int {
	if v, ok := l.at[role]; ok {
		return v
	}
	c := l.c
	v := c.vertex()
	l.at[role] = v
	r := &c.g.roles[role]
	if !r.known {
		c.arc(v, cutSink, true)
	}
	for _, x := range l.lines(role) {
		c.arc(v, c.line(x.lineID), x.sure)
	}
	seen := map[Removal]bool{}
	for _, entry := range r.rec.Inherits {
		heirs, gone := c.g.heirs(role, entry), c.g.inheritance(role, entry)
		if len(heirs) == 0 && !c.o.complete[authz.ListRoles] && !seen[gone] {
			seen[gone] = true
			c.cuttable(v, cutSink, gone, true)
		}
		for _, h := range heirs {
			if l.useful(h) {
				c.cuttable(v, l.role(h), gone, true)
			}
		}
	}
	return v
}

// line is the vertex of the lines of a role that state a pattern.
func (c *cutter) line(id lineID) int {
	v, ok := c.lines[id]
	if !ok {
		v = c.vertex()
		c.lines[id] = v
		c.cuttable(v, cutSink, Removal{Kind: RemovePolicy, Role: id.role, Pattern: id.pattern}, true)
	}
	return v
}

// cell works out what a role granted in a division gives of the access.
func (c *cutter) cell(role, div uint32) *cutCell {
	k := [2]uint32{role, div}
	if x, ok := c.cells[k]; ok {
		return x
	}
	x := &cutCell{inside: div == AnyDivision || c.q.Divisions.Has(div)}
	c.cells[k] = x
	var key strings.Builder
	key.WriteByte(flag(x.inside))
	for _, q := range c.g.roles[role].closure {
		for i := range c.g.roles[q].own {
			l := &c.g.roles[q].own[i]
			if l.narrowed == 0 {
				continue
			}
			if gives, sure := c.narrowed(role, div, l); gives {
				x.narrowed = append(x.narrowed, narrowUse{lineID{q, l.pattern}, sure})
				key.WriteString(setKey(Set{uint64(q)<<32 | uint64(i)<<1 | uint64(flag(sure))}))
			}
		}
	}
	x.key = key.String()
	return x
}

// narrowed reports whether a narrowed line gives the access by a role granted in a
// division, to whoever holds it there, or it may be to somebody: then it is not sure.
func (c *cutter) narrowed(role, div uint32, l *line) (gives, sure bool) {
	for _, f := range c.g.families(len(c.o.uni.perms), l, c.q.Permissions) {
		in, beyond := c.g.extentOf(div, f.one, c.q.Divisions)
		if len(in)+len(beyond) == 0 {
			continue
		}
		if c.g.fixed(c.o, l) {
			if level := c.reach(l, f, Actor{}, in, beyond); level != None {
				gives, sure = true, sure || level != Limited || !restsOnMembers(l)
			}
			continue
		}
		for p := range c.from.All() {
			gives = gives || (c.g.hasRole(p, role, div) && c.reach(l, f, c.g.actor(p), in, beyond) != None)
		}
	}
	c.wide = c.wide || (gives && !sure)
	return gives, sure
}

// reach is how far a narrowed line reaches over the divisions that a grant reaches.
func (c *cutter) reach(l *line, f family, a Actor, in, beyond []uint32) Level {
	r := c.g.reachOver(c.g.narrow(c.o, l, f.one, a), in, beyond)
	if r.level == Limited && c.q.Thing != nil && !slices.Contains(r.things, *c.q.Thing) {
		return None
	}
	return r.level
}

// restsOnMembers reports whether what a line leaves can become less, or more, when
// somebody leaves a group or team.
func restsOnMembers(l *line) bool {
	return restsOnQueues(l) || namesTeam(l.policy.Condition)
}

func namesTeam(c *authz.Condition) bool {
	return c != nil && (slices.ContainsFunc(c.Operands, func(x authz.Operand) bool { return authz.Fold(x.Type) == "team" }) ||
		slices.ContainsFunc(c.Terms, func(t authz.Condition) bool { return namesTeam(&t) }))
}

// hasRole reports whether a principal holds a role in a division.
func (g *Graph) hasRole(p, role, div uint32) bool {
	return slices.ContainsFunc(g.acts.of(p), func(n uint32) bool {
		return slices.ContainsFunc(g.grantsOf(n&^mark), func(gr holding) bool { return gr.role == role && gr.div == div })
	})
}

// solve finds the cut.
func (c *cutter) solve() Cut {
	w := c.prices()
	chosen, ok := c.cheapest(w)
	if !ok {
		return Cut{Bound: math.MaxInt, Grants: c.grants()}
	}
	return c.told(chosen, w)
}

// cheapest returns which labels a minimum cut takes; ok is false if none ends it all.
func (c *cutter) cheapest(w cutPrices) (chosen []bool, ok bool) {
	net := flow.New(c.n)
	for _, a := range c.arcs {
		net.Add(a.from, a.to, w.capacity(a.label))
	}
	if net.Max(cutSource, cutSink) >= flow.Never {
		return nil, false
	}
	side := net.Side(cutSource)
	chosen = make([]bool, len(c.labels))
	for _, a := range c.arcs {
		if side(a.from) && !side(a.to) {
			chosen[a.label] = true
		}
	}
	c.takeBack(chosen, w)
	return chosen, true
}

// told makes an answer of what is taken.
func (c *cutter) told(chosen []bool, w cutPrices) Cut {
	out := Cut{Possible: true, Wide: c.wide, Bound: c.bound(w), Grants: c.grants(), Removals: c.removals(chosen)}
	slices.SortFunc(out.Removals, c.g.compareRemovals)
	return out
}

func (c *cutter) removals(chosen []bool) []Removal {
	var out []Removal
	for l, yes := range chosen {
		if yes {
			out = append(out, c.labels[l])
		}
	}
	return out
}

// cutPrices are what removals cost, by label.
type cutPrices struct {
	price, rests []int64
	unit         int64 // more than everything that rests on anything
}

func (c *cutter) prices() cutPrices {
	if c.count == nil {
		c.count = c.g.restCounter(c.o, c.q.Query, c.from)
		c.priced.unit = 1
	}
	w := &c.priced
	for _, r := range c.labels[len(w.price):] {
		// More is more than a person tells apart; of what is equal, the mildest.
		rests := min(int64(c.count.rests(r)), 1<<24)<<3 | mildness(r.Kind)
		w.price, w.rests = append(w.price, int64(c.priceOf(r))), append(w.rests, rests)
		w.unit += rests
	}
	return *w
}

// mildness orders kinds of removals on which as much rests, the mildest first.
func mildness(k RemovalKind) int64 {
	switch k {
	case RemoveGrant:
		return 0
	case RemoveMember:
		return 1
	case RemoveInheritance:
		return 2
	case RemovePolicy:
		return 3
	default:
		return 4 // something is switched off
	}
}

// capacity is a label's price, and within the same price what rests on it.
func (w cutPrices) capacity(l int32) int64 {
	if l == noLabel || w.price[l] < 1 {
		return flow.Never
	}
	return w.price[l]*w.unit + w.rests[l]
}

// bound is a price that no removals are below: that of a cut of what is sure, where
// a removal that stands in several places costs its share in each.
func (c *cutter) bound(w cutPrices) int {
	const unit = 1 << 24
	net := flow.New(c.n)
	for _, a := range c.arcs {
		switch {
		case !a.sure:
		case a.label == noLabel || w.price[a.label] < 1:
			net.Add(a.from, a.to, flow.Never)
		default:
			net.Add(a.from, a.to, w.price[a.label]*unit/int64(c.copies[a.label]))
		}
	}
	return int((net.Max(cutSource, cutSink) + unit - 1) / unit)
}

// grants returns the grants of the network, those of principals before those of groups.
func (c *cutter) grants() []Removal {
	var out []Removal
	for _, r := range c.labels {
		if r.Kind == RemoveGrant {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, c.g.compareRemovals) // the numbers of principals come first
	return out
}

// compareRemovals orders removals by kind, then by what they take away.
func (g *Graph) compareRemovals(x, y Removal) int {
	for _, n := range [...][2]uint32{
		{uint32(x.Kind), uint32(y.Kind)}, {x.Node, y.Node}, {x.Into, y.Into}, {x.Role, y.Role}, {x.Division, y.Division},
	} {
		if n[0] != n[1] {
			return cmpUint(n[0], n[1])
		}
	}
	switch x.Kind {
	case RemovePolicy:
		return cmp.Compare(x.Pattern.String(), y.Pattern.String())
	case RemoveTrust:
		return x.Trust.Compare(y.Trust)
	default:
		return cmp.Compare(x.Heir, y.Heir)
	}
}
