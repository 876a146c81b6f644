package graph

import (
	"maps"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// liveness says what keeps the principal from acting in the other graph.
func (b *blamer) liveness() []CauseRecord {
	if b.p == NoPrincipal {
		return nil
	}
	x := &b.have.g.principals[b.p]
	if b.other == NoPrincipal {
		if !x.Known && len(b.lack.g.withID(x.Key.Org, x.Key.ID)) == 0 {
			return b.unlisted() // there is no record of it that could come or go
		}
		return []CauseRecord{{Kind: CausePrincipal}}
	}
	y := &b.lack.g.principals[b.other]
	switch {
	case x.Live && !y.Live && x.Known != y.Known:
		return []CauseRecord{{Kind: CausePrincipal}}
	case x.Live && !y.Live && activeState(x.State) && !activeState(y.State):
		return []CauseRecord{{Kind: CauseState}}
	case x.Live && !y.Live:
		return []CauseRecord{{Kind: CauseTrust, Record: authz.Key{Org: x.Key.Org, Kind: authz.KindTrust, ID: trusteeID(x)}}}
	case x.Acts && !y.Acts:
		return []CauseRecord{{Kind: CauseClient}}
	default:
		return nil
	}
}

// unlisted says why the other graph lacks a principal that no record describes:
// nothing, where the same lists were read, since something else names it then.
func (b *blamer) unlisted() []CauseRecord {
	if b.lack.o == nil || maps.Equal(b.have.o.complete, b.lack.o.complete) {
		return nil
	}
	return []CauseRecord{{Kind: CauseCoverage}}
}

func trusteeID(p *Principal) string {
	switch {
	case p.User() != nil:
		return p.User().Trustee
	case p.Group != nil:
		return p.Group.Trustee
	default:
		return p.Key.ID
	}
}

// holding says what the other graph lacks of a grant, the way to it and the
// principal itself. Of a principal that it lacks nothing else is said.
func (b *blamer) holding(d derivation) []CauseRecord {
	if b.other == NoPrincipal && len(b.alive) > 0 {
		return b.alive
	}
	k := d.grant
	k.madeAt = 0
	if out, ok := b.held[k]; ok {
		return out
	}
	out := append(slices.Clip(b.alive), b.way(d.node)...)
	if !b.granted(d.grant) {
		out = append(out, b.grantRecord(d.grant))
	}
	b.held[k] = out
	return out
}

func (b *blamer) grantRecord(gr grant) CauseRecord {
	subject := b.have.g.NodeKey(gr.node)
	r := CauseRecord{Kind: CauseGrant, Record: b.have.g.roles[gr.role].key, Of: subject, Division: b.have.g.divisionID(gr.div)}
	if gr.node == b.p {
		r.Of = authz.Key{}
	}
	return r
}

// granted reports whether the other graph has a grant, be it dangling.
func (b *blamer) granted(gr grant) bool {
	subject, role := b.have.g.NodeKey(gr.node), b.have.g.roles[gr.role].key
	div := b.have.g.divisionID(gr.div)
	n, known := b.lack.g.find(subject)
	r, ok := b.lack.g.roleIndex[role]
	if !known || !ok {
		dangling := b.lack.dangling()
		untyped := authz.Key{Org: subject.Org, Kind: authz.KindSubject, ID: subject.ID}
		return dangling[danglingGrant{subject, role.ID, div}] || dangling[danglingGrant{untyped, role.ID, div}]
	}
	want := AnyDivision
	if gr.div != AnyDivision {
		if want, ok = b.lack.g.divIndex[b.have.g.divisions[gr.div].Key]; !ok {
			return false
		}
	}
	return slices.ContainsFunc(b.lack.g.grantsOf(n), func(x holding) bool { return x.role == r && x.div == want })
}

// way says what the other graph lacks of the memberships from the principal to a
// node that it acts as: those of a way with the fewest that it lacks.
func (b *blamer) way(node uint32) []CauseRecord {
	n := node &^ mark
	if n == b.p || b.actsAs(node) {
		return nil
	}
	if out, ok := b.shortest(n, node&mark != 0); ok && len(out) > 0 {
		return out
	} else if ok && b.exact { // all of it is there, and a surer way, too
		return b.surer(b.have.g.NodeKey(n))
	}
	return []CauseRecord{{Kind: CauseMembership, Record: b.have.g.NodeKey(n)}}
}

// surer says what this graph lacks of a way to a node that the principal surely acts
// as in the other graph.
func (b *blamer) surer(node authz.Key) []CauseRecord {
	turned := blamer{c: b.c, have: b.lack, lack: b.have, p: b.other, other: b.p, need: Whole, exact: true}
	n, _ := b.lack.g.find(node)
	out, _ := turned.shortest(n, false)
	return out
}

// actsAs reports whether the principal acts as a node in the other graph, surely
// enough.
func (b *blamer) actsAs(node uint32) bool {
	n, ok := b.lack.g.find(b.have.g.NodeKey(node &^ mark))
	if !ok || b.other == NoPrincipal {
		return false
	}
	for _, x := range b.lack.g.acts.of(b.other) {
		if x&^mark == n {
			if b.exact {
				return x&mark == node&mark
			}
			return x&mark == 0 || b.need < Whole
		}
	}
	return false
}

// shortest walks from the principal to a node over the memberships of the graph
// that has them, those that the other has too first.
func (b *blamer) shortest(target uint32, doubtful bool) ([]CauseRecord, bool) {
	g := b.have.g
	best := map[uint32][]CauseRecord{b.p: {}}
	queue := []uint32{b.p}
	for i := 0; i < len(queue); i++ {
		from := queue[i]
		for _, edge := range g.up.of(from) {
			to := edge &^ mark
			if !g.mayPass(to, doubtful) || (from != b.p && g.NodeKey(to).Kind == authz.KindTeam) {
				continue
			}
			missing := append(slices.Clip(best[from]), b.step(from, to, edge&mark != 0)...)
			if was, seen := best[to]; seen && len(was) <= len(missing) {
				continue
			}
			best[to] = missing
			queue = append(queue, to)
		}
	}
	out, ok := best[target]
	return out, ok
}

// asleep says why a group or team hands nothing on in the other graph: it is
// switched off, or it is a trustee's and its trust is.
func (b *blamer) asleep(here, there uint32, key authz.Key) CauseRecord {
	if x, y := b.have.g, b.lack.g; int(here) < len(x.principals) && int(there) < len(y.principals) {
		if p := &y.principals[there]; activeState(x.principals[here].State) == activeState(p.State) && p.Trustee != "" {
			return CauseRecord{Kind: CauseTrust, Record: authz.Key{Org: key.Org, Kind: authz.KindTrust, ID: p.Trustee}}
		}
	}
	return CauseRecord{Kind: CauseState, Record: key}
}

// step says what the other graph lacks of one membership.
func (b *blamer) step(from, to uint32, owner bool) []CauseRecord {
	g, other := b.have.g, b.lack.g
	key := g.NodeKey(to)
	there, ok := other.find(key)
	if !ok {
		return []CauseRecord{{Kind: CauseGroup, Record: key}}
	}
	var out []CauseRecord
	here, ok := other.find(g.NodeKey(from))
	if ok {
		ok = slices.ContainsFunc(other.up.of(here), func(e uint32) bool { return e&^mark == there })
	}
	if !ok {
		r := CauseRecord{Kind: CauseMembership, Record: key, Of: g.NodeKey(from)}
		if owner {
			r.Kind = CauseGroup
		}
		if from == b.p {
			r.Of = authz.Key{}
		}
		out = append(out, r)
	}
	switch {
	case !other.active(there):
		out = append(out, b.asleep(to, there, key))
	case (b.need == Whole && !other.enabled(there) && g.enabled(to)) || (b.exact && g.enabled(to) != other.enabled(there)):
		out = append(out, CauseRecord{Kind: CauseGroup, Record: key})
	}
	return out
}
