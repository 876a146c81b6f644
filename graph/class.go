package graph

import (
	"encoding/binary"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Class is principals that are equal: they have equal access, up to the
// symbol "self" where a scope leaves each of them itself.
//
// Answers about many principals do not go class by class where sets do the same
// with less: [Graph.Who] and [Graph.Spread] unite the holders of each (role,
// division), of which there are far fewer than classes, with one OR for 64
// principals, and never look at a principal that no scope or condition narrows.
// To sort principals into classes costs a look at every grant of each of them
// first. A class cannot answer for its members where an answer counts or spells
// out derivations (the reasons of who, explain and access): equal principals have
// the same access in different ways. [Graph.Alike] splits classes by the number of
// ways, for lists of everybody's access.
type Class struct {
	// Members are sorted; the first stands for the class.
	Members []uint32
}

// A Holding is a role that a principal holds in a division, itself or through
// what it acts as.
type Holding struct {
	Role     uint32
	Division uint32 // [AnyDivision]: all divisions
	// Doubtful says that it comes only through a group that is not role-enabled.
	Doubtful bool
}

// Holdings returns the roles that a principal holds, each once, sorted by role
// and division. One that it holds in both ways is not doubtful.
func (g *Graph) Holdings(p uint32) []Holding {
	return slices.CompactFunc(g.allHoldings(p), func(a, b Holding) bool { return a.Role == b.Role && a.Division == b.Division })
}

// allHoldings returns the roles in both ways: of equal ones, the doubtful comes second.
func (g *Graph) allHoldings(p uint32) []Holding {
	out := g.eachHolding(nil, p)
	slices.SortFunc(out, compareHoldings)
	return slices.Compact(out)
}

// eachHolding appends what each grant that a principal has lets it hold.
func (g *Graph) eachHolding(out []Holding, p uint32) []Holding {
	n := 0
	for _, m := range g.acts.of(p) {
		n += len(g.grantsOf(m &^ mark))
	}
	out = slices.Grow(out, n)
	for _, n := range g.acts.of(p) {
		for _, gr := range g.grantsOf(n &^ mark) {
			out = append(out, Holding{gr.role, gr.div, n&mark != 0})
		}
	}
	return out
}

func compareHoldings(a, b Holding) int {
	switch {
	case a.Role != b.Role:
		return cmpUint(a.Role, b.Role)
	case a.Division != b.Division:
		return cmpUint(a.Division, b.Division)
	case a.Doubtful == b.Doubtful:
		return 0
	case b.Doubtful:
		return -1
	default:
		return 1
	}
}

// Classes sorts the principals into classes. The label adds facts that only the
// caller knows, such as the tenant: principals with different labels are in
// different classes. It may be nil. Classes are ordered by their first member.
func (g *Graph) Classes(label func(p uint32) uint64) []Class {
	index := make(map[string]int, len(g.principals)/2)
	var out []Class
	needs := g.scopeNeeds()
	var sig []byte
	for i := range g.principals {
		p := uint32(i)
		sig = g.signature(sig[:0], p, needs)
		if label != nil {
			sig = binary.LittleEndian.AppendUint64(sig, label(p))
		}
		at, ok := index[string(sig)]
		if !ok {
			at = len(out)
			index[string(sig)] = at
			out = append(out, Class{})
		}
		out[at].Members = append(out[at].Members, p)
	}
	return out
}

// need says which facts about a principal the scopes of a role's policies
// depend on.
type need struct{ groups, teams, assigned, self bool }

func (g *Graph) scopeNeeds() []need {
	out := make([]need, len(g.roles))
	for i := range g.roles {
		r := &g.roles[i]
		for _, q := range r.closure {
			for j := range g.roles[q].own {
				l := &g.roles[q].own[j]
				if l.narrowed == 0 || g.fixed(r.org, l) {
					continue
				}
				switch scopeWord(l.policy) {
				case scopeGroup:
					out[i].groups = true
				case scopeTeam:
					out[i].teams = true
				case scopeAssigned:
					out[i].assigned, out[i].self = true, true
				case scopeSelf:
					out[i].self = true
				}
			}
		}
	}
	return out
}

// signature appends what equal principals have in common. Every part is
// preceded by its length or of a fixed one, so that no two signatures run into
// each other.
func (g *Graph) signature(sig []byte, p uint32, needs []need) []byte {
	pr := &g.principals[p]
	flags := byte(0)
	if pr.Live {
		flags |= 1
	}
	if pr.Acts {
		flags |= 2
	}
	u32 := binary.LittleEndian.AppendUint32
	sig = append(sig, byte(pr.Key.Kind), flags)
	sig = u32(sig, uint32(g.orgIndex[pr.Key.Org]))
	holdings := g.allHoldings(p)
	sig = u32(sig, uint32(len(holdings)))
	var n need
	for _, h := range holdings {
		doubt := uint32(0)
		if h.Doubtful {
			doubt = 1
		}
		sig = u32(u32(u32(sig, h.Role), h.Division), doubt)
		n.groups = n.groups || needs[h.Role].groups
		n.teams = n.teams || needs[h.Role].teams
		n.assigned = n.assigned || needs[h.Role].assigned
		n.self = n.self || needs[h.Role].self
		if needs[h.Role].self {
			sig = g.selfConditions(sig, p, h.Role)
		}
	}
	for _, a := range g.orgOf(pr.Key.Org).policies {
		m := byte(0)
		if a.matches.Has(p) {
			m = 1
		}
		if a.denied.Has(p) {
			m |= 2
		}
		sig = append(sig, m)
	}
	return g.scopeFacts(sig, p, n)
}

// selfConditions appends whether the conditions beside scopes that leave the
// principal itself name it.
func (g *Graph) selfConditions(sig []byte, p, role uint32) []byte {
	for _, q := range g.roles[role].closure {
		for i := range g.roles[q].own {
			l := &g.roles[q].own[i]
			if l.narrowed == 0 || l.cond.all || g.fixed(g.roles[role].org, l) {
				continue
			}
			if w := scopeWord(l.policy); w != scopeSelf && w != scopeAssigned {
				continue
			}
			named := byte(0)
			if _, ok := slices.BinarySearch(l.cond.things, p); ok {
				named = 1
			}
			sig = append(sig, named)
		}
	}
	return sig
}

// scopeFacts appends the groups, teams and queues that the principal's scopes
// depend on; nothing where none does.
func (g *Graph) scopeFacts(sig []byte, p uint32, n need) []byte {
	list := func(things []uint32) {
		slices.Sort(things)
		things = slices.Compact(things)
		sig = binary.LittleEndian.AppendUint32(sig, uint32(len(things)))
		for _, t := range things {
			sig = binary.LittleEndian.AppendUint32(sig, t)
		}
	}
	ofKind := func(nodes []uint32, kind authz.Kind) []uint32 {
		var out []uint32
		for _, x := range nodes {
			if x &^= mark; sameKind(g.NodeKey(x).Kind, kind) {
				out = append(out, x)
			}
		}
		return out
	}
	if n.groups {
		list(ofKind(g.acts.of(p), authz.KindGroup))
	}
	if n.teams {
		list(ofKind(g.up.of(p), authz.KindTeam))
	}
	if n.self {
		// Where a scope leaves the principal itself, its own division matters.
		sig = binary.LittleEndian.AppendUint32(sig, g.things.division[p])
	}
	if n.assigned {
		list(slices.DeleteFunc(g.assigned(g.actor(p)), func(t Thing) bool { return t == p }))
	}
	return sig
}
