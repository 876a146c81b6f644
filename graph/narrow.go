package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// part is what a scope or a condition leaves: everything, or certain things.
type part struct {
	all        bool
	unresolved bool
	things     []Thing // sorted; only if not all
}

func everything() part           { return part{all: true} }
func unresolvedEverything() part { return part{all: true, unresolved: true} }

func (a part) unite(b part) part {
	u := a.unresolved || b.unresolved
	if a.all || b.all {
		return part{all: true, unresolved: u}
	}
	return part{things: union(a.things, b.things), unresolved: u}
}

func (a part) intersect(b part) part {
	u := a.unresolved || b.unresolved
	switch {
	case a.all:
		return part{all: b.all, things: b.things, unresolved: u}
	case b.all:
		return part{things: a.things, unresolved: u}
	default:
		return part{things: intersection(a.things, b.things), unresolved: u}
	}
}

func union(a, b []Thing) []Thing {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	out := make([]Thing, 0, len(a)+len(b))
	out = append(append(out, a...), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

func intersection(a, b []Thing) []Thing {
	var out []Thing
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			out = append(out, a[i])
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return out
}

// Scopes of policies, folded.
const (
	scopeGroup    = "group"
	scopeTeam     = "team"
	scopeView     = "view"
	scopeAssigned = "assigned"
	scopeSelf     = "self"
)

func scopeWord(p *authz.Policy) string {
	switch w := authz.Fold(p.Scope); w {
	case "all", "organization":
		return ""
	default:
		return w
	}
}

// scope returns what a policy's scope leaves an actor, of everything: which
// of it the permission is about is not looked at yet.
func (g *Graph) scope(o *org, policy *authz.Policy, a Actor) part {
	lists := g.things.broken[o.id]
	switch scopeWord(policy) {
	case "":
		return everything()
	case scopeGroup:
		if lists.groups || lists.queues {
			return unresolvedEverything()
		}
		return g.containers(o, authz.KindGroup, policy.ScopeGroups, a)
	case scopeTeam:
		if lists.teams || lists.queues {
			return unresolvedEverything()
		}
		return g.containers(o, authz.KindTeam, policy.ScopeTeams, a)
	case scopeView:
		if lists.views {
			return unresolvedEverything()
		}
		return g.viewScope(o, policy.ScopeViews)
	case scopeAssigned:
		if lists.groups || lists.teams || lists.queues {
			return unresolvedEverything()
		}
		return part{things: g.assigned(a)}
	case scopeSelf:
		return part{things: g.self(a.p)}
	default:
		return unresolvedEverything()
	}
}

func (g *Graph) self(p uint32) []Thing {
	if g.mayBeUser(p) {
		return []Thing{p}
	}
	return nil
}

// containers returns the members of groups or teams and the queues that list
// one: those named, or the actor's own.
func (g *Graph) containers(o *org, kind authz.Kind, ids []string, a Actor) part {
	var out []Thing
	for _, id := range ids {
		n, ok := g.find(authz.Key{Org: o.id, Kind: kind, ID: id})
		if !ok || !g.nodes[int(n)-len(g.principals)].known {
			return unresolvedEverything()
		}
		out = g.contents(n, out)
	}
	if len(ids) == 0 {
		for _, n := range a.acts {
			if n &^= mark; sameKind(g.NodeKey(n).Kind, kind) {
				out = g.contents(n, out)
			}
		}
		if kind == authz.KindTeam {
			out = g.teamContents(a.p, out)
		}
	}
	slices.Sort(out)
	return part{things: slices.Compact(out)}
}

// sameKind reports whether a node's kind counts as a group or as a team; a
// trustee's group is a group.
func sameKind(k, kind authz.Kind) bool {
	return k == kind || (kind == authz.KindGroup && k == authz.KindTrusteeGroup)
}

// teamContents adds the contents of every team that lists a principal.
func (g *Graph) teamContents(p uint32, out []Thing) []Thing {
	for _, to := range g.up.of(p) {
		if to &^= mark; g.NodeKey(to).Kind == authz.KindTeam {
			out = g.contents(to, out)
		}
	}
	return out
}

// contents adds the users that a group holds, directly or through groups
// whatever their state, or that a team lists, and the queues that list it.
func (g *Graph) contents(n uint32, out []Thing) []Thing {
	out = append(out, g.things.queues.of(n)...)
	org, team := g.NodeKey(n).Org, g.NodeKey(n).Kind == authz.KindTeam
	seen := map[uint32]bool{n: true}
	queue := []uint32{n}
	for i := 0; i < len(queue); i++ {
		for _, m := range g.things.down.of(queue[i]) {
			if seen[m] {
				continue
			}
			seen[m] = true
			if !team {
				queue = append(queue, m)
			}
			if int(m) < len(g.principals) && g.mayBeUser(m) && g.principals[m].Key.Org == org {
				out = append(out, m)
			}
		}
	}
	return out
}

// mayBeUser reports whether a principal is a user, or is unknown and may be one.
func (g *Graph) mayBeUser(p uint32) bool {
	k := g.principals[p].Key.Kind
	return k == authz.KindUser || k == authz.KindUnknown
}

// assigned returns the principal itself, if it is a user, and the queues that
// list it or a group or team that holds it.
func (g *Graph) assigned(a Actor) []Thing {
	p := a.p
	out := g.self(p)
	seen := map[uint32]bool{p: true}
	queue := []uint32{p}
	for _, n := range a.joined {
		seen[n] = true
		queue = append(queue, n)
	}
	for i := 0; i < len(queue); i++ {
		if g.NodeKey(queue[i]).Org == g.principals[p].Key.Org {
			out = append(out, g.things.queues.of(queue[i])...)
		}
		for _, to := range g.up.of(queue[i]) {
			to &^= mark
			if seen[to] || (i > 0 && g.NodeKey(to).Kind == authz.KindTeam) {
				continue // a team holds what it lists itself
			}
			seen[to] = true
			queue = append(queue, to)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (g *Graph) viewScope(o *org, ids []string) part {
	if len(ids) == 0 {
		return unresolvedEverything()
	}
	var out []Thing
	for _, id := range ids {
		i, ok := g.things.view[o.id][id]
		if !ok {
			return unresolvedEverything()
		}
		for _, q := range g.views[i].Queues {
			t, ok := g.things.queue[o.id][q]
			if !ok {
				return unresolvedEverything()
			}
			out = append(out, t)
		}
		for _, u := range g.views[i].Users {
			t, ok := g.user(o, u)
			if !ok {
				return unresolvedEverything()
			}
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return part{things: slices.Compact(out)}
}

func (g *Graph) user(o *org, id string) (Thing, bool) {
	p, ok := g.FindPrincipal(authz.Key{Org: o.id, Kind: authz.KindUser, ID: id})
	return p, ok && g.principals[p].Known
}

// condition returns what a condition leaves: it speaks of attributes of things,
// not of the principal.
func (g *Graph) condition(o *org, c *authz.Condition) part {
	if c == nil {
		return everything()
	}
	var terms []part
	for i := range c.Terms {
		terms = append(terms, g.condition(o, &c.Terms[i]))
	}
	if len(c.Operands) > 0 {
		terms = append(terms, g.leaf(o, c))
	}
	if len(terms) == 0 {
		return everything()
	}
	out := terms[0]
	for _, t := range terms[1:] {
		if authz.Fold(c.Conjunction) == "and" {
			out = out.intersect(t)
		} else {
			out = out.unite(t)
		}
	}
	return out
}

func (g *Graph) leaf(o *org, c *authz.Condition) part {
	if op := authz.Fold(c.Operator); op != "eq" && op != "in" {
		return unresolvedEverything()
	}
	var out []Thing
	for _, x := range c.Operands {
		more, ok := g.operand(o, x)
		if !ok {
			return unresolvedEverything()
		}
		out = append(out, more...)
	}
	slices.Sort(out)
	return part{things: slices.Compact(out)}
}

func (g *Graph) operand(o *org, x authz.Operand) ([]Thing, bool) {
	first := func(id string) string {
		if id != "" {
			return id
		}
		return x.Value
	}
	switch authz.Fold(x.Type) {
	case "queue":
		t, ok := g.things.queue[o.id][first(x.Queue)]
		return []Thing{t}, ok
	case "user":
		t, ok := g.user(o, first(x.User))
		return []Thing{t}, ok
	case "team":
		lists := g.things.broken[o.id]
		n, ok := g.find(authz.Key{Org: o.id, Kind: authz.KindTeam, ID: first(x.Team)})
		if !ok || lists.teams || lists.queues {
			return nil, false
		}
		return g.contents(n, nil), g.nodes[int(n)-len(g.principals)].known
	default:
		return nil, false
	}
}

// narrowed is what a policy with a scope or condition leaves one principal.
type narrowed struct{ scope, cond part }

// narrow works out what a line leaves an actor of what a permission is about.
func (g *Graph) narrow(o *org, l *line, m Perm, a Actor) narrowed {
	n := narrowed{scope: g.scope(o, l.policy, a), cond: l.cond}
	if !n.scope.all {
		queues, users := g.names.Concerns(m.Pattern)
		if !queues || !users {
			n.scope.things = slices.DeleteFunc(slices.Clone(n.scope.things), func(t Thing) bool {
				if int(t) < len(g.principals) {
					return !users
				}
				return !queues
			})
		}
	}
	return n
}

// A reachOf is the reach of one derivation over a division.
type reachOf struct {
	level      Level
	unresolved bool
	things     []Thing
	why        Because // what it is unresolved for
}

// over returns the reach within a division of the extent.
func (g *Graph) over(n narrowed, d uint32) reachOf {
	left, why := n.scope, n.why()
	if !left.all {
		left.things = g.lying(left.things, d)
		if len(left.things) == 0 {
			return reachOf{}
		}
	}
	if !n.cond.all {
		both := part{all: left.all, things: left.things}.intersect(part{things: g.lying(n.cond.things, d)})
		if len(both.things) == 0 {
			why |= BecauseCondition
		} else {
			left = both
		}
	}
	return made(left, why)
}

// why says what is not resolved, wherever it applies.
func (n narrowed) why() Because {
	var b Because
	if n.scope.unresolved {
		b |= BecauseScope
	}
	if n.cond.unresolved {
		b |= BecauseCondition
	}
	return b
}

func made(left part, why Because) reachOf {
	switch {
	case !left.all:
		return reachOf{level: Limited, unresolved: why != 0, things: left.things, why: why}
	case why != 0:
		return reachOf{level: Conditional, unresolved: true, why: why}
	default:
		return reachOf{level: Whole}
	}
}

// lying returns the things that lie in a division.
func (g *Graph) lying(list []Thing, d uint32) []Thing {
	var out []Thing
	for _, t := range list {
		if at := g.things.division[t]; at == d || at == NoDivision {
			out = append(out, t)
		}
	}
	return out
}
