package graph

import (
	"maps"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// narrowed returns the obstacles of what the role gives under a scope or condition.
func (b *blamer) narrowed(d derivation) []obstacle {
	r := b.have.roles[d.grant.role]
	var out []obstacle
	for _, x := range r.narrow {
		for _, f := range x.families {
			if !f.perms.Meets(d.perms) {
				continue
			}
			reach := b.have.narrowReach(x.line, f, b.p, d.grant.div, d.here, d.doubtful())
			if reach.level < d.least || reach.level == None || (b.exact && !reach.unresolved) {
				continue
			}
			wanted := b.wanted(reach, d)
			if reach.level == Limited && len(wanted) == 0 {
				continue // it leaves nothing of what matters
			}
			given := f.perms.Clone()
			given.And(d.perms)
			out = append(out, b.narrowObstacles(d, x, f, given, reach, wanted)...)
		}
	}
	return out
}

// wanted returns the things of a reach that matter.
func (b *blamer) wanted(r reachOf, d derivation) []Thing {
	if r.level != Limited {
		return nil
	}
	if len(d.things) == 0 { // it gave less than others that are gone, too
		return b.have.numbers(r.things)
	}
	return intersection(b.have.numbers(r.things), d.things)
}

func (b *blamer) narrowObstacles(d derivation, x narrowLens, f family, given Set, reach reachOf, wanted []Thing) []obstacle {
	base := b.holding(d)
	role := b.have.g.roles[d.grant.role].key
	n, ok := b.lack.g.roleIndex[role]
	there := ok && b.lack.roles[n] != nil
	if there && b.other == NoPrincipal {
		return []obstacle{{perms: given, items: base}}
	}
	var out []obstacle
	if there {
		if twin := b.twin(x, n); twin != nil {
			for _, perms := range byFamily(*twin, given) {
				out = append(out, b.leftOut(d, x, *twin, f, perms, reach, wanted, base)...)
			}
			return out
		}
		both := given.Clone()
		if both.And(b.lack.roles[n].wide); !both.Empty() {
			given = given.Clone()
			given.AndNot(both)
			out = append(out, obstacle{perms: both, items: base})
		}
	}
	y, led := b.elsewhere(x) // what keeps it back even where the role leads to the line
	for _, part := range b.editedLine(d.grant.role, x, given) {
		items := joined(base, part.items)
		if led && b.other != NoPrincipal {
			out = append(out, b.leftOut(d, x, y, f, part.perms, reach, wanted, items)...)
		} else {
			out = append(out, obstacle{perms: part.perms, items: items})
		}
	}
	return out
}

// byFamily splits permissions by the families that a line has of them.
func byFamily(x narrowLens, perms Set) []Set {
	var out []Set
	rest := perms.Clone()
	for _, f := range x.families {
		if part := perms.Clone(); f.perms.Meets(perms) {
			part.And(f.perms)
			rest.AndNot(f.perms)
			out = append(out, part)
		}
	}
	if !rest.Empty() {
		out = append(out, rest)
	}
	return out
}

// leftOut returns the obstacles of a line that both graphs have but that leaves
// other things in each: of limited reach, what stands in the way of each thing.
func (b *blamer) leftOut(d derivation, x, twin narrowLens, f family, given Set, reach reachOf, wanted []Thing, base []CauseRecord) []obstacle {
	told := !b.have.g.fixed(b.have.o, x.line) && slices.ContainsFunc(base, ofMembership) // what holds the principal is told already
	with := func(items []CauseRecord) []CauseRecord {
		if told {
			items = slices.DeleteFunc(items, ofMembership)
		}
		return joined(base, items)
	}
	items, each := b.contents(d, x, twin, f, lackingFamily(twin, f, given), reach, wanted)
	if each == nil {
		return []obstacle{{perms: given, items: with(items)}}
	}
	var out []obstacle
	for _, t := range wanted {
		out = append(out, obstacle{given, with(each[t]), []Thing{t}})
	}
	return out
}

func ofMembership(r CauseRecord) bool { return r.Kind == CauseMembership || r.Kind == CauseGroup }

// twin returns the line of the other graph's version of a role that says the same.
func (b *blamer) twin(x narrowLens, role uint32) *narrowLens {
	key := b.have.g.roles[x.role].key
	list := b.lack.roles[role].narrow
	for i := range list {
		if b.lack.g.roles[list[i].role].key == key && samePolicy(list[i].line, x.line) {
			return &list[i]
		}
	}
	return nil
}

// elsewhere returns the same line of the role that has it, whoever inherits that.
func (b *blamer) elsewhere(x narrowLens) (narrowLens, bool) {
	n, ok := b.lack.g.roleIndex[b.have.g.roles[x.role].key]
	if !ok {
		return narrowLens{}, false
	}
	own := b.lack.g.roles[n].own
	i := slices.IndexFunc(own, func(l line) bool { return samePolicy(&l, x.line) })
	if i < 0 {
		return narrowLens{}, false
	}
	return b.lack.narrowed(&own[i], n), true
}

// contents says what differs in what a line leaves in both graphs; of limited
// reach, where things are missing, for each of them.
func (b *blamer) contents(d derivation, x, twin narrowLens, f, lacking family, reach reachOf, wanted []Thing) (all []CauseRecord, each map[Thing][]CauseRecord) {
	granted, there := b.placed(d)
	other := b.lack.narrowReach(twin.line, lacking, b.other, granted, there, d.doubtful())
	missing := without(wanted, b.lack.numbers(other.things))
	switch {
	case b.exact:
		if other.level == reach.level && other.unresolved == reach.unresolved && slices.Equal(b.lack.numbers(other.things), b.have.numbers(reach.things)) {
			return nil, nil
		}
	case other.level > Limited && other.level >= b.need, other.level == Limited && other.level >= b.need && len(missing) == 0 && reach.level == Limited:
		return nil, nil
	}
	switch {
	case f.one.Aware != lacking.one.Aware && d.grant.div != AnyDivision && d.grant.div != d.here:
		return []CauseRecord{{Kind: CauseCatalogue}}, nil
	case b.unread(x.line, twin.line):
		return []CauseRecord{{Kind: CauseCoverage}}, nil
	}
	if reach.level != Limited || len(missing) == 0 {
		missing = b.named(x.line, twin.line)
	} else if !b.exact {
		each = map[Thing][]CauseRecord{}
		for _, t := range missing {
			each[t] = b.causesOf(x.line, twin.line, []Thing{t})
		}
		return nil, each
	}
	return b.causesOf(x.line, twin.line, missing), nil
}

// placed returns the other graph's numbers of the division of a derivation's grant, and
// of the one that is asked about.
func (b *blamer) placed(d derivation) (granted, there uint32) {
	there = nowhere
	if d.at != nowhere {
		there = b.lack.div[d.at]
	}
	granted = nowhere - 1 // nothing lies there, and it is not nowhere
	if d.grant.div == AnyDivision {
		granted = AnyDivision
	} else if n, ok := b.lack.g.divIndex[b.have.g.divisions[d.grant.div].Key]; ok {
		granted = n
	} else if d.here == d.grant.div {
		granted = there
	}
	return granted, there
}

// narrowly returns of some permissions those that the other graph's version of a role
// gives under a scope or condition that narrows nothing there.
func (b *blamer) narrowly(d derivation, r *roleLens, perms Set) Set {
	out := NewSet(len(b.lack.perms))
	if b.other == NoPrincipal {
		return out
	}
	granted, there := b.placed(d)
	for _, x := range r.narrow {
		for _, f := range x.families {
			if !f.perms.Meets(perms) {
				continue
			}
			if reach := b.lack.narrowReach(x.line, f, b.other, granted, there, d.doubtful()); reach.level > Limited && reach.level >= b.need {
				out.Or(f.perms)
			}
		}
	}
	out.And(perms)
	return out
}

// unread reports whether a line leaves something else in one of the graphs for a list
// that could not be read there.
func (b *blamer) unread(x, twin *line) bool {
	if b.have.g.things.broken[b.c.org] == b.lack.g.things.broken[b.c.org] {
		return false
	}
	scope := func(l *lens, ln *line, p uint32) bool { return l.g.scope(l.o, ln.policy, l.g.actor(p)).unresolved }
	return scope(b.have, x, b.p) != scope(b.lack, twin, b.other) || (namesTeam(x.policy.Condition) && x.cond.unresolved != twin.cond.unresolved)
}

// causesOf says why a line does not leave some things in the other graph: what is
// seen to differ about them, or else about what the line speaks of.
func (b *blamer) causesOf(l, twin *line, list []Thing) []CauseRecord {
	out, found := b.thingCauses(l, list)
	if !found {
		if named, ok := b.thingCauses(l, b.named(l, twin)); ok {
			out = named
		}
	}
	if len(out) == 0 {
		return []CauseRecord{{Kind: CauseResource}}
	}
	slices.SortFunc(out, CauseRecord.compare)
	return slices.Compact(out)
}

// thingCauses says why a line does not leave some things in the other graph: of those
// about which something is seen to differ, if there are any.
func (b *blamer) thingCauses(l *line, list []Thing) (out []CauseRecord, found bool) {
	var unseen []CauseRecord
	for _, t := range list {
		items, seen := b.thingCause(l, t)
		if found = found || seen; seen {
			out = append(out, items...)
		} else {
			unseen = append(unseen, items...)
		}
	}
	if !found {
		return unseen, false
	}
	return out, true
}

// named returns the things that a line speaks of in one graph only, and those
// that lie elsewhere in the other.
func (b *blamer) named(x, twin *line) []Thing {
	of := func(l *lens, ln *line, p uint32) []Thing {
		return l.numbers(union(l.g.scope(l.o, ln.policy, l.g.actor(p)).things, ln.cond.things))
	}
	here, there := of(b.have, x, b.p), of(b.lack, twin, b.other)
	out := union(without(here, there), without(there, here))
	for _, t := range intersection(here, there) {
		k := b.c.d.thingKey(t)
		i, _ := thingOf(b.have.g, k)
		j, _ := thingOf(b.lack.g, k)
		if b.have.g.placeOf(i) != b.lack.g.placeOf(j) {
			out = append(out, t)
		}
	}
	return out
}

// lackingFamily returns the family of the other graph that has some permissions of one.
func lackingFamily(twin narrowLens, f family, perms Set) family {
	for _, x := range twin.families {
		if x.perms.Meets(perms) {
			return x
		}
	}
	return f
}

// thingCause says why a line does not leave a thing in the other graph. Found is
// false where nothing about the thing is seen to differ.
func (b *blamer) thingCause(l *line, t Thing) (items []CauseRecord, found bool) {
	k := b.c.d.thingKey(t)
	x, inHave := thingOf(b.have.g, k)
	y, inLack := thingOf(b.lack.g, k)
	if !inHave || !inLack {
		if (inHave && b.have.g.described(x)) || (inLack && b.lack.g.described(y)) || len(b.unlisted()) == 0 {
			return []CauseRecord{{Kind: CauseResource, Record: k}}, true
		}
		return b.unlisted(), true
	}
	if b.have.g.placeOf(x) != b.lack.g.placeOf(y) {
		return []CauseRecord{{Kind: CauseDivision, Record: k}}, true
	}
	if l.policy != nil && scopeWord(l.policy) == scopeView {
		return []CauseRecord{{Kind: CauseResource}}, true
	}
	if l.policy != nil && scopeWord(l.policy) == scopeGroup && len(l.policy.ScopeGroups) == 0 {
		var out []CauseRecord
		for _, n := range b.have.g.acts.of(b.p) {
			if g := b.have.g.NodeKey(n &^ mark); sameKind(g.Kind, authz.KindGroup) {
				out = append(out, b.way(n)...)
			}
		}
		if len(out) > 0 {
			return out, true
		}
	}
	return b.heldOtherwise(k)
}

// heldOtherwise says what differs in who holds a user, or whom a queue lists.
func (b *blamer) heldOtherwise(k authz.Key) (items []CauseRecord, found bool) {
	membership := []CauseRecord{{Kind: CauseMembership, Record: k}}
	if k.Kind == authz.KindQueue {
		if items := b.listedBy(k); len(items) > 0 {
			return items, true
		}
		self := b.have.g.principals[b.p].Key
		return membership, !slices.Equal(b.have.listed()[k], b.lack.listed()[k]) ||
			!maps.Equal(b.have.g.holdersOf(self), b.lack.g.holdersOf(self))
	}
	here, there := b.have.g.holdersOf(k), b.lack.g.holdersOf(k)
	for h, owner := range here {
		if was, ok := there[h]; !ok || was != owner {
			items = append(items, heldBy(k, h, owner || was))
		}
	}
	for h, owner := range there {
		if _, ok := here[h]; !ok {
			items = append(items, heldBy(k, h, owner))
		}
	}
	if len(items) == 0 {
		return membership, false
	}
	return items, true
}

// listedBy says what the other graph lacks of a queue's list by which the principal is
// among those whom it lists: of what it acts as, that which lacks the least.
func (b *blamer) listedBy(queue authz.Key) []CauseRecord {
	var out []CauseRecord
	found := false
	for _, k := range b.have.listed()[queue] {
		n, ok := b.have.g.find(k)
		i := slices.IndexFunc(b.have.g.acts.of(b.p), func(x uint32) bool { return x&^mark == n })
		if !ok || i < 0 {
			continue
		}
		items := b.way(b.have.g.acts.of(b.p)[i])
		if !b.listsToo(queue, k) {
			items = append(slices.Clip(items), CauseRecord{Kind: CauseMembership, Record: queue})
		}
		if !found || len(items) < len(out) {
			out, found = items, true
		}
	}
	return out
}

// listsToo reports whether a queue of the other graph lists somebody, too, be it a group
// or team that is not there.
func (b *blamer) listsToo(queue, k authz.Key) bool {
	if _, known := b.lack.g.find(k); known {
		return slices.Contains(b.lack.listed()[queue], k)
	}
	i, ok := b.lack.g.resIndex[queue]
	return ok && slices.ContainsFunc(b.lack.g.resources[i].MemberGroups, func(m authz.MemberGroup) bool { return m.ID == k.ID })
}

// heldBy is the cause that a group or team holds somebody in one graph alone, be it
// as an owner.
func heldBy(k, h authz.Key, owner bool) CauseRecord {
	if owner {
		return CauseRecord{Kind: CauseGroup, Record: h, Of: k}
	}
	return CauseRecord{Kind: CauseMembership, Record: k}
}

// holdersOf returns the groups and teams that hold a principal, be it by way of
// others, and of each whether it is as an owner.
func (g *Graph) holdersOf(k authz.Key) map[authz.Key]bool {
	out := map[authz.Key]bool{}
	n, ok := g.find(k)
	if !ok {
		return out
	}
	queue := []uint32{n}
	for i := 0; i < len(queue); i++ {
		for _, e := range g.up.of(queue[i]) {
			h := g.NodeKey(e &^ mark)
			if _, seen := out[h]; !seen {
				out[h] = e&mark != 0 || out[g.NodeKey(queue[i])]
				queue = append(queue, e&^mark)
			}
		}
	}
	return out
}

// described reports whether a record tells of a thing.
func (g *Graph) described(t Thing) bool { return int(t) >= len(g.principals) || g.principals[t].Known }

func thingOf(g *Graph, k authz.Key) (Thing, bool) {
	if p, ok := g.FindPrincipal(k); ok {
		return p, true
	}
	i, ok := g.resIndex[k]
	return Thing(len(g.principals) + i), ok
}

// placeOf returns the id of the division that a thing lies in; empty: every one.
func (g *Graph) placeOf(t Thing) string {
	d := g.things.division[t]
	if d == NoDivision {
		return ""
	}
	return g.divisions[d].Key.ID
}
