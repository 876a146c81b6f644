package graph

import (
	"reflect"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A blamer finds out why one of two graphs has a principal's derivations that
// the other lacks.
type blamer struct {
	c          *common
	have, lack *lens
	p, other   uint32 // the principal in the graph that has, and in the one that lacks
	alive      []CauseRecord
	held       map[grant][]CauseRecord // what the other lacks of a grant and the way to it
	need       Level                   // what would do in the other graph
	// exact says that of limited reach only the mark differs: derivations that are
	// unresolved matter, and the other graph's must be the same in every way.
	exact bool
}

// An obstacle is what keeps the other graph from a derivation of some permissions.
type obstacle struct {
	perms Set
	items []CauseRecord
	// things are what of limited reach it is in the way of; nil is everything.
	things []Thing
}

// A blamed part is permissions of a change with one cause.
type blamed struct {
	perms    Set
	barriers []barrier
	cause    Cause
}

// blame says why a change in a division (or nowhere) came about.
func (c *common) blame(w *blamers, at uint32, x slotChange) []blamed {
	parts := []blamed{{perms: x.perms}}
	gained, lost := without(x.to.things, x.from.things), without(x.from.things, x.to.things)
	limited := x.to.level == x.from.level
	if limited && len(gained)+len(lost) == 0 {
		parts = c.splitBy(parts, w.marks(at, x), x.from.unresolved)
	}
	if x.to.level > x.from.level || len(gained) > 0 && limited {
		b := w.blamer(true, enough(x.from.level, limited), false)
		parts = c.splitBy(parts, b.obstacles(at, x.perms, x.to, gained), false)
	}
	if x.to.level < x.from.level || len(lost) > 0 && limited {
		b := w.blamer(false, enough(x.to.level, limited), false)
		was := x.from
		if !limited {
			was.level = x.to.level + 1 // all that gave more must have gone
		}
		parts = c.splitBy(parts, b.obstacles(at, x.perms, was, lost), true)
	}
	for i := range parts {
		parts[i].cause = judge(parts[i].barriers, gained)
	}
	return parts
}

// marks returns the obstacles of what makes a limited reach unresolved in one of the
// graphs: derivations that are, and access policies.
func (w *blamers) marks(at uint32, x slotChange) []obstacle {
	reach := x.from
	if x.to.unresolved {
		reach = x.to
	}
	b := w.blamer(x.to.unresolved, Limited, true)
	out := b.obstacles(at, x.perms, reach, nil)
	for _, a := range b.have.policies {
		if in := w.c.scratch.and(x.perms, a.perms); !in.Empty() && a.policy.matches.Has(b.p) {
			out = append(out, obstacle{perms: in, items: []CauseRecord{policyCause(a.policy.rec, b.have, b.lack)}})
		}
	}
	return out
}

// enough is the least level that would have made a difference in the graph that has
// the lesser reach: one more, or as limited a reach to more.
func enough(lesser Level, limited bool) Level {
	if limited {
		return Limited
	}
	return min(lesser+1, Whole)
}

// blamers are those of one principal: what one found out of a way to a grant serves
// for every division.
type blamers struct {
	c    *common
	p    Pair
	made map[blamerKey]*blamer
}

type blamerKey struct {
	came  bool
	need  Level
	exact bool
}

func (w *blamers) blamer(came bool, need Level, exact bool) *blamer {
	k := blamerKey{came, need, exact}
	b, ok := w.made[k]
	if !ok {
		b = w.c.blamer(w.p, k)
		w.made[k] = b
	}
	return b
}

func (c *common) blamer(p Pair, k blamerKey) *blamer {
	b := &blamer{c: c, have: c.latest, lack: c.old, p: p.New, other: p.Old, held: map[grant][]CauseRecord{}, need: k.need, exact: k.exact}
	if !k.came {
		b.have, b.lack, b.p, b.other = c.old, c.latest, p.Old, p.New
	}
	b.alive = b.liveness()
	return b
}

// splitBy splits parts so that each lies in or out of every obstacle.
func (c *common) splitBy(parts []blamed, list []obstacle, lost bool) []blamed {
	for _, o := range list {
		for i := range len(parts) {
			x := &parts[i]
			if !x.perms.Meets(o.perms) {
				continue
			}
			if rest := c.scratch.andNot(x.perms, o.perms); !rest.Empty() {
				x.perms = c.scratch.and(x.perms, o.perms)
				x.barriers = slices.Clip(x.barriers)
				parts = append(parts, blamed{perms: rest, barriers: x.barriers})
				x = &parts[i]
			}
			x.barriers = append(x.barriers, barrier{o.items, o.things, lost})
		}
	}
	return parts
}

// obstacles returns, for each derivation that makes a reach, what keeps the
// other graph from it. Of limited reach only what the other graph does not leave
// matters.
func (b *blamer) obstacles(at uint32, perms Set, reach reachPart, wanted []Thing) []obstacle {
	var out []obstacle
	o := b.have.o
	if o == nil {
		return nil
	}
	here := nowhere
	if at != nowhere {
		here = b.have.div[at]
	}
	if len(wanted) == 0 {
		wanted = reach.things
	}
	for _, n := range b.have.g.acts.of(b.p) {
		for _, gr := range b.have.g.grantsOf(n &^ mark) {
			d := derivation{grant: grant{n &^ mark, gr}, node: n, here: here, at: at, perms: perms, least: reach.level, things: wanted}
			out = append(out, b.wide(d)...)
			out = append(out, b.narrowed(d)...)
			out = append(out, b.missing(d)...)
		}
	}
	if b.have.g.principals[b.p].Key.Kind == authz.KindTrusteeOrganization {
		k := b.have.g.principals[b.p].Key
		k.Kind = authz.KindTrust
		out = append(out, obstacle{perms: perms, items: []CauseRecord{{Kind: CauseTrust, Record: k}}})
	}
	return b.marked(out, perms)
}

// A derivation is a grant that may give some permissions in a division.
type derivation struct {
	grant  grant
	node   uint32 // as acts has it, with its mark
	here   uint32
	at     uint32
	perms  Set
	least  Level   // what it must give to matter
	things []Thing // what of limited reach matters, by the numbers of both graphs
}

func (d derivation) doubtful() bool { return d.node&mark != 0 }

// wide returns the obstacles of what the role gives with nothing that narrows it.
func (b *blamer) wide(d derivation) []obstacle {
	r := b.have.roles[d.grant.role]
	if !r.wide.Meets(d.perms) || (d.doubtful() && d.least == Whole) {
		return nil
	}
	in := d.grant.div == AnyDivision || d.grant.div == d.here
	if !in && !r.wideFree.Meets(d.perms) && (d.least == Whole || !r.wideOpen.Meets(d.perms)) {
		return nil
	}
	given := b.c.scratch.clone(r.wide)
	if !in {
		given = b.c.scratch.clone(r.wideFree)
		if d.least < Whole {
			given.Or(padded(r.wideOpen, given))
		}
	}
	given.And(d.perms)
	if given.Empty() {
		return nil
	}
	return b.split(d, given, b.holding(d), in)
}

func padded(s, like Set) Set {
	if len(s) == 0 {
		return NewSet(0)
	}
	return s[:min(len(s), len(like))]
}

// split separates what the other graph's role gives as well from what it does
// not, and what reaches the division there from what does not.
func (b *blamer) split(d derivation, given Set, base []CauseRecord, in bool) []obstacle {
	role := b.have.g.roles[d.grant.role].key
	n, ok := b.lack.g.roleIndex[role]
	var out []obstacle
	if !ok || b.lack.roles[n] == nil {
		for _, part := range b.edited(d.grant.role, noRole, given) {
			out = append(out, obstacle{perms: part.perms, items: joined(base, part.items)})
		}
		return out
	}
	r := b.lack.roles[n]
	if r.everything && b.need < Whole {
		return []obstacle{{perms: given, items: base}}
	}
	add := func(s Set, more ...CauseRecord) {
		if !s.Empty() {
			out = append(out, obstacle{perms: s, items: joined(base, more)})
		}
	}
	has, rest := b.c.scratch.and(given, r.wide), b.c.scratch.andNot(given, r.wide)
	enough := b.narrowly(d, r, rest)
	add(enough)
	for _, part := range b.edited(d.grant.role, n, b.c.scratch.andNot(rest, enough)) {
		add(part.perms, part.items...)
	}
	if in {
		add(has)
		return out
	}
	far := b.c.scratch.clone(r.wideFree)
	if b.need < Whole {
		far.Or(padded(r.wideOpen, far))
	}
	near := b.c.scratch.andNot(has, far)
	has.And(far)
	add(has)
	if b.lack.g.roles[n].admin != b.have.g.roles[d.grant.role].admin {
		for _, part := range b.empowered(d.grant.role) {
			add(near, part...)
		}
		return out
	}
	add(near, CauseRecord{Kind: CauseCatalogue})
	return out
}

// joined returns two lists as one; it does not write to either.
func joined(a, b []CauseRecord) []CauseRecord {
	if len(a) == 0 {
		return slices.Clip(b)
	}
	return append(slices.Clip(a), b...)
}

// missing returns the obstacles of a role that was not read and may carry
// everything.
func (b *blamer) missing(d derivation) []obstacle {
	r := b.have.roles[d.grant.role]
	if !r.everything || d.least == Whole {
		return nil
	}
	role := b.have.g.roles[d.grant.role].key
	base := b.holding(d)
	n, ok := b.lack.g.roleIndex[role]
	if ok && b.lack.roles[n] != nil && b.lack.roles[n].everything {
		return []obstacle{{perms: d.perms, items: base}}
	}
	var items []CauseRecord
	if ok && b.lack.g.roles[n].known {
		items = b.changedRoles(d.grant.role, n)
	}
	// A role that only a grant names is not in a graph without it.
	if (ok && len(items) == 0) || b.rolesRead(b.have) != b.rolesRead(b.lack) {
		items = append(items, CauseRecord{Kind: CauseCoverage})
	}
	return []obstacle{{perms: d.perms, items: joined(base, items)}}
}

// rolesRead reports whether a role that a graph lacks is one that there is not.
func (b *blamer) rolesRead(l *lens) bool { return l.o != nil && l.o.complete[authz.ListRoles] }

// marked adds the access policies that stand in the way in the other graph. None of
// them does in this one, which has what the other lacks.
func (b *blamer) marked(list []obstacle, perms Set) []obstacle {
	if b.other == NoPrincipal {
		return list
	}
	for _, a := range b.lack.policies {
		stops := a.policy.denied.Has(b.other) || (b.need == Whole && a.policy.matches.Has(b.other))
		if !stops || !a.perms.Meets(perms) {
			continue
		}
		var out []obstacle
		for _, o := range list {
			in, rest := o.perms.Clone(), o.perms.Clone()
			in.And(a.perms)
			rest.AndNot(a.perms)
			if !in.Empty() {
				out = append(out, obstacle{in, append(slices.Clip(o.items), policyCause(a.policy.rec, b.lack, b.have)), o.things})
			}
			if !rest.Empty() {
				out = append(out, obstacle{rest, o.items, o.things})
			}
		}
		list = out
	}
	return list
}

// policyCause says why an access policy speaks of a principal in one graph alone: it is
// another there, or it names a group or team that holds the principal there.
func policyCause(rec authz.AccessPolicy, here, there *lens) CauseRecord {
	out := CauseRecord{Kind: CauseAccessPolicy, Record: rec.Key()}
	same := slices.ContainsFunc(there.policies, func(x policyLens) bool { return reflect.DeepEqual(x.policy.rec, rec) })
	if !same {
		return out
	}
	for _, kind := range []authz.Kind{authz.KindGroup, authz.KindTrusteeGroup, authz.KindTeam} {
		k := authz.Key{Org: rec.Org, Kind: kind, ID: rec.SubjectID}
		n, ok := here.g.find(k)
		if !ok || !policyNames(authz.Fold(rec.SubjectType), kind) {
			continue
		}
		out = CauseRecord{Kind: CauseMembership, Record: k}
		if m, ok := there.g.find(k); ok && !there.g.active(m) && here.g.active(n) {
			out.Kind = CauseState
		}
	}
	return out
}

// without returns the things of a that b lacks; both are sorted.
func without(a, b []Thing) []Thing {
	var out []Thing
	for _, t := range a {
		if _, ok := slices.BinarySearch(b, t); !ok {
			out = append(out, t)
		}
	}
	return out
}
