package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An edit is permissions that a role of a closure states, with the roles that
// differ on the way to it and, if it states them no longer, itself.
type edit struct {
	perms Set
	roles []authz.Key
}

// An editKey is what the edits of a role depend on.
type editKey struct {
	came bool
	role uint32
}

// noRole is the number of no role.
const noRole = ^uint32(0)

// edited returns, for permissions that the other graph's version of a role does
// not give, an obstacle for each role of the closure that states them. The other
// graph may lack the role: it is [noRole] then.
func (b *blamer) edited(role, other uint32, perms Set) []obstacle {
	if perms.Empty() {
		return nil
	}
	var out []obstacle
	for _, e := range b.edits(role, other) {
		if in := b.c.scratch.and(perms, e.perms); !in.Empty() {
			out = append(out, obstacle{perms: in, items: b.roleItems(e.roles)})
		}
	}
	return out
}

// editedLine is [blamer.edited] for one line that a scope or condition narrows.
func (b *blamer) editedLine(role uint32, x narrowLens, perms Set) []obstacle {
	k := b.have.g.roles[x.role].key
	own, way := b.ownOf(k), b.differing(role)[x.role]
	wider := b.c.scratch.and(perms, b.stated(b.lack, own))
	rest := b.c.scratch.andNot(perms, wider)
	edited := way
	if !slices.ContainsFunc(own, func(l line) bool { return samePolicy(&l, x.line) }) {
		edited = withRole(way, k)
	}
	var out []obstacle
	for _, e := range []edit{{wider, way}, {rest, edited}} {
		if len(e.roles) == 0 {
			e.roles = []authz.Key{b.have.g.roles[role].key}
		}
		if !e.perms.Empty() {
			out = append(out, obstacle{perms: e.perms, items: b.roleItems(e.roles)})
		}
	}
	return out
}

// empowered returns what keeps the other graph's version of a role from total
// control, for each role of the closure that carries it.
func (b *blamer) empowered(role uint32) [][]CauseRecord {
	total := func(own []line) bool {
		return slices.ContainsFunc(own, func(l line) bool { return l.pattern == authz.Admin })
	}
	var out [][]CauseRecord
	differing := b.differing(role)
	for _, q := range b.have.g.roles[role].closure {
		r := &b.have.g.roles[q]
		if !total(r.own) {
			continue
		}
		roles := slices.Clone(differing[q])
		if !slices.Contains(roles, r.key) && !total(b.ownOf(r.key)) {
			roles = append(roles, r.key)
		}
		if len(roles) > 0 {
			out = append(out, b.roleItems(roles))
		}
	}
	if len(out) == 0 {
		out = append(out, b.roleItems([]authz.Key{b.have.g.roles[role].key}))
	}
	return out
}

// edits returns what a role gives with nothing that narrows it and its version in
// the other graph does not. They are the same for every principal.
func (b *blamer) edits(role, other uint32) []edit {
	k := editKey{b.have == b.c.latest, role}
	out, ok := b.c.edits[k]
	if !ok {
		out = b.findEdits(role, other)
		b.c.edits[k] = out
	}
	return out
}

func (b *blamer) findEdits(role, other uint32) []edit {
	var out []edit
	left := b.have.roles[role].wide.Clone()
	if other != noRole {
		left.AndNot(b.lack.roles[other].wide)
	}
	told := NewSet(len(b.have.perms))
	differing := b.differing(role)
	for _, q := range b.have.g.roles[role].closure {
		r := &b.have.g.roles[q]
		gone, kept := b.stated(b.have, r.own), b.stated(b.lack, b.ownOf(r.key))
		gone.And(left)
		kept.And(gone)
		gone.AndNot(kept)
		way := differing[q]
		for _, e := range []edit{{gone, withRole(way, r.key)}, {kept, way}} {
			if !e.perms.Empty() && len(e.roles) > 0 {
				out = append(out, e)
				told.Or(e.perms)
			}
		}
	}
	left.AndNot(told)
	if !left.Empty() {
		out = append(out, edit{left, []authz.Key{b.have.g.roles[role].key}})
	}
	return out
}

func withRole(list []authz.Key, k authz.Key) []authz.Key {
	if slices.Contains(list, k) {
		return list
	}
	return append(slices.Clip(list), k)
}

// stated returns what lines give with nothing that narrows them.
func (b *blamer) stated(l *lens, own []line) Set {
	out := NewSet(len(l.perms))
	for i := range own {
		if own[i].narrowed == 0 {
			out.Or(l.covered(own[i].pattern))
		}
	}
	return out
}

// ownOf returns the lines that the other graph has of a role.
func (b *blamer) ownOf(k authz.Key) []line {
	if n, ok := b.lack.g.roleIndex[k]; ok {
		return b.lack.g.roles[n].own
	}
	return nil
}

// differing returns, for each role of a closure, the roles that differ on a way to
// it over inheritance: on the way with the fewest.
func (b *blamer) differing(role uint32) map[uint32][]authz.Key {
	g := b.have.g
	best := map[uint32][]authz.Key{role: nil}
	queue := []uint32{role}
	for i := 0; i < len(queue); i++ {
		from := queue[i]
		for _, to := range g.inheritsOf(from) {
			way := best[from]
			if k, lacks := b.unlinked(from, to); lacks {
				way = withRole(way, k)
			}
			if was, seen := best[to]; seen && len(was) <= len(way) {
				continue
			}
			best[to] = way
			queue = append(queue, to)
		}
	}
	return best
}

// inheritsOf returns the roles that a role inherits from itself.
func (g *Graph) inheritsOf(role uint32) []uint32 {
	var out []uint32
	for _, entry := range g.roles[role].rec.Inherits {
		out = append(out, g.heirs(role, entry)...)
	}
	return out
}

// unlinked returns the role that differs where one inherits from another in one
// graph only.
func (b *blamer) unlinked(from, to uint32) (authz.Key, bool) {
	parent, child := b.have.g.roles[from].key, b.have.g.roles[to].key
	x, ok := b.lack.g.roleIndex[parent]
	if !ok || !b.lack.g.roles[x].known {
		return parent, true
	}
	y, ok := b.lack.g.roleIndex[child]
	if ok && slices.Contains(b.lack.g.inheritsOf(x), y) {
		return authz.Key{}, false
	}
	if !slices.Equal(b.have.g.roles[from].rec.Inherits, b.lack.g.roles[x].rec.Inherits) {
		return parent, true
	}
	return child, true
}

// roleItems returns the changes that some roles underwent.
func (b *blamer) roleItems(roles []authz.Key) []CauseRecord {
	out := make([]CauseRecord, 0, len(roles))
	for _, k := range roles {
		kind := b.roleChange(k)
		if kind == "" {
			kind = CauseRole
		}
		out = append(out, CauseRecord{Kind: kind, Record: k})
	}
	return out
}

// changedRoles returns the roles of the closures of a role's two versions that are
// not the same in both.
func (b *blamer) changedRoles(role, other uint32) []CauseRecord {
	var out []CauseRecord
	seen := map[authz.Key]bool{}
	for _, side := range []struct {
		g *Graph
		n uint32
	}{{b.have.g, role}, {b.lack.g, other}} {
		for _, q := range side.g.roles[side.n].closure {
			k := side.g.roles[q].key
			if kind := b.roleChange(k); kind != "" && !seen[k] {
				seen[k] = true
				out = append(out, CauseRecord{Kind: kind, Record: k})
			}
		}
	}
	return out
}

// roleChange says what kind of change a role underwent; empty if none.
func (b *blamer) roleChange(k authz.Key) CauseKind {
	i, had := b.have.g.roleIndex[k]
	j, has := b.lack.g.roleIndex[k]
	if !had || !has {
		return CauseRole
	}
	x, y := &b.have.g.roles[i], &b.lack.g.roles[j]
	switch {
	case x.known == y.known && x.rec.LinesMissing == y.rec.LinesMissing && slices.Equal(x.rec.Inherits, y.rec.Inherits) &&
		slices.EqualFunc(x.own, y.own, func(a, b line) bool { return samePolicy(&a, &b) }):
		return ""
	case x.known != y.known:
		return CauseRole
	case x.rec.LinesMissing != y.rec.LinesMissing:
		return CauseCoverage
	case samePatterns(x, y) && slices.Equal(x.rec.Inherits, y.rec.Inherits):
		return CauseScope
	case x.rec.Default && y.rec.Default && b.c.latest.o.rec.Backfill != authz.False:
		return CauseBuiltInRole
	default:
		return CauseRole
	}
}

// samePatterns reports whether two versions of a role name the same permissions.
func samePatterns(x, y *role) bool {
	return slices.EqualFunc(x.own, y.own, func(a, b line) bool { return a.pattern == b.pattern })
}
