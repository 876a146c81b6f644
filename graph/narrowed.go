package graph

import (
	"slices"
	"sort"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A NarrowedReach is what policies with a scope or condition leave one
// principal of some permissions, by one grant.
type NarrowedReach struct {
	Principal  uint32
	Role       uint32 // the granted role
	Permission Perm   // one of the permissions
	Level      Level
	Unresolved bool
	// Things are what is left if the level is Limited, sorted.
	Things []Thing
}

// fixed reports whether what a line's scope leaves is the same for everybody.
func (g *Graph) fixed(o *org, l *line) bool {
	lists := g.things.broken[o.id]
	switch scopeWord(l.policy) {
	case scopeGroup:
		return len(l.policy.ScopeGroups) > 0 || lists.groups || lists.queues
	case scopeTeam:
		return len(l.policy.ScopeTeams) > 0 || lists.teams || lists.queues
	case scopeAssigned:
		return lists.groups || lists.teams || lists.queues
	case scopeSelf:
		return false
	default:
		return true
	}
}

// A family is permissions that a narrowed line treats alike: as far-reaching,
// and about the same kinds of things.
type family struct {
	perms Set
	one   Perm
}

// families sorts permissions that a line covers into families; n is the number
// of permissions that there are.
func (g *Graph) families(n int, l *line, perms []Perm) []family {
	type kind struct {
		aware         authz.Tri
		queues, users bool
	}
	var out []family
	at := map[kind]int{}
	for _, p := range perms {
		if !l.pattern.Covers(p.Pattern) {
			continue
		}
		k := kind{aware: p.Aware}
		k.queues, k.users = g.names.Concerns(p.Pattern)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, family{perms: NewSet(n), one: p})
		}
		if p.ID != OutsideUniverse {
			out[i].perms.Add(p.ID)
		}
	}
	return out
}

// EachNarrowed yields, for each holder of a role with narrowed policies, what
// they leave of some permissions over some divisions, with the permissions that
// are left so much of. Principals that are not live are yielded too. A principal
// comes as often as it has derivations.
func (g *Graph) EachNarrowed(orgID string, perms []Perm, divs Set, yield func(perms Set, r NarrowedReach)) {
	if o := g.orgOf(orgID); o != nil {
		g.eachNarrowed(o, perms, divs, yield)
	}
}

func (g *Graph) eachNarrowed(o *org, perms []Perm, divs Set, yield func(perms Set, r NarrowedReach)) {
	lines := g.narrowLines(o, perms)
	if len(lines) == 0 {
		return
	}
	for i := range g.cells {
		c := &g.cells[i]
		for _, nl := range lines[c.role] {
			in, beyond := g.extentOf(c.div, nl.family.one, divs)
			if len(in)+len(beyond) > 0 {
				g.eachHolder(o, c, nl, in, beyond, yield)
			}
		}
	}
}

type narrowLine struct {
	line   *line
	family family
}

// narrowLines returns, by role, the narrowed lines that give one of the
// permissions, inherited ones included.
func (g *Graph) narrowLines(o *org, perms []Perm) map[uint32][]narrowLine {
	want := NewSet(len(o.uni.perms))
	outside := false
	for _, p := range perms {
		if p.ID == OutsideUniverse {
			outside = true
		} else {
			want.Add(p.ID)
		}
	}
	out := map[uint32][]narrowLine{}
	for _, n := range o.roles {
		r := &g.roles[n]
		if !outside && !r.narrow.Meets(want) {
			continue
		}
		for _, q := range r.closure {
			for i := range g.roles[q].own {
				l := &g.roles[q].own[i]
				if l.narrowed == 0 {
					continue
				}
				for _, f := range g.families(len(o.uni.perms), l, perms) {
					out[n] = append(out[n], narrowLine{l, f})
				}
			}
		}
	}
	return out
}

// extentOf returns the divisions that a grant reaches: for sure, and those that
// it may reach because nobody knows whether divisions limit the permission.
func (g *Graph) extentOf(granted uint32, p Perm, divs Set) (in, beyond []uint32) {
	for d := range divs.All() {
		switch {
		case granted == AnyDivision || granted == d || p.Aware == authz.False:
			in = append(in, d)
		case p.Aware == authz.Unknown:
			beyond = append(beyond, d)
		}
	}
	return in, beyond
}

func (g *Graph) eachHolder(o *org, c *cell, nl narrowLine, in, beyond []uint32, yield func(Set, NarrowedReach)) {
	var same *reachOf
	if g.fixed(o, nl.line) {
		r := g.reachOver(g.narrow(o, nl.line, nl.family.one, Actor{}), in, beyond)
		same = &r
	}
	each := func(p uint32, doubt bool) {
		r := reachOf{}
		if same != nil {
			r = *same
		} else {
			r = g.reachOver(g.narrow(o, nl.line, nl.family.one, g.actor(p)), in, beyond)
		}
		if doubt {
			r = r.doubted()
		}
		if r.level != None {
			yield(nl.family.perms, NarrowedReach{Principal: p, Role: c.role, Permission: nl.family.one, Level: r.level, Unresolved: r.unresolved, Things: r.things})
		}
	}
	for _, n := range g.posting[c.from:c.to] {
		if int(n) < len(g.principals) {
			each(n, false)
		}
		for _, p := range g.actors.of(n) {
			each(p&^mark, p&mark != 0)
		}
	}
}

// reachOver is the widest reach over any of some divisions.
func (g *Graph) reachOver(n narrowed, in, beyond []uint32) reachOf {
	var r reachOf
	for _, d := range in {
		r = r.wider(g.over(n, d))
	}
	for _, d := range beyond {
		r = r.wider(g.over(n, d).doubted())
	}
	return r
}

// doubted is a reach that nobody can be sure of.
func (r reachOf) doubted() reachOf {
	if r.level == None {
		return r
	}
	r.level, r.unresolved = min(r.level, Conditional), true
	return r
}

// wider is the union of two reaches: the wider one, limited ones united.
func (r reachOf) wider(o reachOf) reachOf {
	switch {
	case r.level > o.level:
		return r
	case r.level < o.level:
		return o
	case r.level == Limited:
		return reachOf{Limited, r.unresolved || o.unresolved, union(r.things, o.things), r.why | o.why}
	default:
		r.why |= o.why
		return r
	}
}

// addNarrowed adds the holders of narrowed policies.
func (g *Graph) addNarrowed(o *org, q Query, h Holders) {
	g.eachNarrowed(o, q.Permissions, q.Divisions, func(perms Set, r NarrowedReach) {
		if r.Level == Limited && q.Thing != nil {
			if _, ok := slices.BinarySearch(r.Things, *q.Thing); !ok {
				return
			}
		}
		if o.allDenied(perms, r) {
			return
		}
		if r.Level == Whole && o.allMarked(perms, r) {
			r.Level = Conditional
		}
		h.at(r.Level).Add(r.Principal)
	})
}

// allMarked reports whether access policies speak of each of the permissions.
func (o *org) allMarked(perms Set, r NarrowedReach) bool {
	if len(o.policies) == 0 || (r.Permission.ID == OutsideUniverse && !o.policyOn(r.Permission.Pattern, r.Principal)) {
		return false
	}
	for id := range perms.All() {
		if !o.policyOn(o.uni.perms[id].Pattern, r.Principal) {
			return false
		}
	}
	return true
}

// allDenied reports whether an enforced deny takes each of the permissions away.
func (o *org) allDenied(perms Set, r NarrowedReach) bool {
	if len(o.policies) == 0 || (r.Permission.ID == OutsideUniverse && !o.denies(r.Permission.Pattern, r.Principal)) {
		return false
	}
	for id := range perms.All() {
		if !o.denies(o.uni.perms[id].Pattern, r.Principal) {
			return false
		}
	}
	return true
}

// addNarrowSpans widens spans by what narrowed lines could give, and reports
// whether one of them that is granted over the divisions has a scope that rests
// on the members of queues.
func (g *Graph) addNarrowSpans(o *org, perms []Perm, divs Set, spans []span) (scoped bool) {
	for n, lines := range g.narrowLines(o, perms) {
		for _, nl := range lines {
			plain := line{pattern: nl.line.pattern}
			s := plain.span(nl.family.one)
			spans[n] = spans[n].wider(s)
			scoped = scoped || (restsOnQueues(nl.line) && g.grantedOver(n, s, divs))
		}
	}
	return scoped
}

// grantedOver reports whether a role is granted so that what spans so far reaches
// one of the divisions.
func (g *Graph) grantedOver(role uint32, s span, divs Set) bool {
	first := sort.Search(len(g.cells), func(i int) bool { return g.cells[i].role >= role })
	for _, c := range g.cells[first:] {
		if c.role != role {
			return false
		}
		if inside := c.div == AnyDivision || divs.Has(c.div); (inside && s.in != None) || s.out != None {
			return true
		}
	}
	return false
}

func restsOnQueues(l *line) bool {
	switch scopeWord(l.policy) {
	case scopeGroup, scopeTeam, scopeAssigned:
		return true
	default:
		return false
	}
}

// Scoped reports whether a principal holds a policy whose scope rests on the
// members of queues.
func (g *Graph) Scoped(p uint32) bool {
	for _, n := range g.acts.of(p) {
		for _, gr := range g.grantsOf(n &^ mark) {
			for _, q := range g.roles[gr.role].closure {
				for i := range g.roles[q].own {
					if l := &g.roles[q].own[i]; l.narrowed != 0 && restsOnQueues(l) {
						return true
					}
				}
			}
		}
	}
	return false
}
