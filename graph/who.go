package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Query asks who has access: any of some permissions, over any of some
// divisions of one organization.
type Query struct {
	Org string
	// Permissions are those of [Graph.Universe] or [Graph.Perm].
	Permissions []Perm
	// Divisions are numbers of [Graph.Divisions]. A resource that lies in every
	// division is asked for with all of them.
	Divisions Set
	// Thing, if not nil, asks about one user or queue: limited reach counts only
	// if it is among what is reached.
	Thing *Thing
	// Dormant includes principals that are not live.
	Dormant bool
}

// Holders are the principals that have the access a [Query] asks for, by the
// widest reach that each has. The sets are disjoint.
type Holders struct{ Whole, Conditional, Limited Set }

// All returns the union of the levels.
func (h Holders) All() Set {
	s := h.Whole.Clone()
	s.Or(h.Conditional)
	s.Or(h.Limited)
	return s
}

// Level returns the reach of one principal.
func (h Holders) Level(p uint32) Level {
	switch {
	case h.Whole.Has(p):
		return Whole
	case h.Conditional.Has(p):
		return Conditional
	case h.Limited.Has(p):
		return Limited
	default:
		return None
	}
}

// span is how far one role's permissions reach: over the division that it is
// granted in, and over the others.
type span struct{ in, out Level }

// Who answers a query.
func (g *Graph) Who(q Query) Holders {
	h := g.emptyHolders()
	o := g.orgOf(q.Org)
	if o == nil || len(q.Permissions) == 0 || q.Divisions.Empty() {
		return h
	}
	plain, marked := o.splitByPolicy(q.Permissions)
	if len(plain) > 0 {
		g.spread(g.spans(o, plain), q.Divisions, h)
	}
	for _, p := range marked {
		g.addMarked(o, p, q.Divisions, h)
	}
	g.addNarrowed(o, q, h)
	for _, t := range o.totals {
		if slices.ContainsFunc(q.Permissions, func(p Perm) bool { return !o.denies(p.Pattern, t) }) {
			h.Conditional.Add(t)
		}
	}
	g.finish(h, q.Dormant)
	return h
}

func (g *Graph) emptyHolders() Holders {
	n := len(g.principals)
	return Holders{Whole: NewSet(n), Conditional: NewSet(n), Limited: NewSet(n)}
}

// finish keeps who may be listed and makes the sets disjoint.
func (g *Graph) finish(h Holders, dormant bool) {
	listed := g.acting
	if dormant {
		listed = listed.Clone()
		listed.Or(g.dormant)
	}
	h.Whole.And(listed)
	h.Conditional.And(listed)
	h.Limited.And(listed)
	h.Conditional.AndNot(h.Whole)
	h.Limited.AndNot(h.Whole)
	h.Limited.AndNot(h.Conditional)
}

// splitByPolicy separates the permissions that no access policy speaks of.
func (o *org) splitByPolicy(perms []Perm) (plain, marked []Perm) {
	if len(o.policies) == 0 {
		return perms, nil
	}
	for _, p := range perms {
		if slices.ContainsFunc(o.policies, func(a accessPolicy) bool { return a.target.Covers(p.Pattern) }) {
			marked = append(marked, p)
		} else {
			plain = append(plain, p)
		}
	}
	return plain, marked
}

// addMarked adds the holders of one permission that access policies speak of:
// for the principals they match, whole becomes conditional.
func (g *Graph) addMarked(o *org, p Perm, divs Set, h Holders) {
	one := g.emptyHolders()
	g.spread(g.spans(o, []Perm{p}), divs, one)
	for _, a := range o.policies {
		if a.target.Covers(p.Pattern) {
			hit := one.Whole.Clone()
			hit.And(a.matches)
			one.Conditional.Or(hit)
			one.Whole.AndNot(hit)
			one.Whole.AndNot(a.denied)
			one.Conditional.AndNot(a.denied)
		}
	}
	h.Whole.Or(one.Whole)
	h.Conditional.Or(one.Conditional)
}

// spans works out, for each role of an organization, how far any of the
// permissions reaches.
func (g *Graph) spans(o *org, perms []Perm) []span {
	want := NewSet(len(o.uni.perms))
	var outside []Perm
	for _, p := range perms {
		if p.ID == OutsideUniverse {
			outside = append(outside, p)
		} else {
			want.Add(p.ID)
		}
	}
	free, open := want.Clone(), want.Clone()
	free.And(o.uni.free)
	open.And(o.uni.unknown)
	out := make([]span, len(g.roles))
	for _, n := range o.roles {
		r := &g.roles[n]
		s := r.span(want, free, open)
		for _, p := range outside {
			s = s.wider(g.spanOf(r, p))
		}
		out[n] = s
	}
	return out
}

func (s span) wider(o span) span { return span{max(s.in, o.in), max(s.out, o.out)} }

func (r *role) span(want, free, open Set) span {
	switch {
	case r.admin:
		return span{Whole, Whole}
	case r.maybe():
		s := span{Conditional, Conditional}
		return s.wider(r.stated(want, free, open))
	default:
		return r.stated(want, free, open)
	}
}

// stated is the span of what the role's own and inherited lines say with
// nothing that narrows it.
func (r *role) stated(want, free, open Set) span {
	var s span
	if r.wide.Meets(want) {
		s.in = Whole
		if r.wide.Meets(free) {
			s.out = Whole
		} else if r.wide.Meets(open) {
			s.out = Conditional
		}
	}
	return s
}

// spanOf is the span of one permission, in the universe or not.
func (g *Graph) spanOf(r *role, p Perm) span {
	if r.admin {
		return span{Whole, Whole}
	}
	var s span
	if r.maybe() {
		s = span{Conditional, Conditional}
	}
	for _, q := range r.closure {
		for _, l := range g.roles[q].own {
			if l.narrowed == 0 && l.pattern.Covers(p.Pattern) {
				s = s.wider(l.span(p))
			}
		}
	}
	return s
}

// span is how far a line that covers a permission, and that nothing narrows,
// carries it.
func (l *line) span(p Perm) span {
	if l.pattern == authz.Admin {
		return span{Whole, Whole}
	}
	switch p.Aware {
	case authz.True:
		return span{in: Whole}
	case authz.False:
		return span{Whole, Whole}
	default:
		return span{Whole, Conditional}
	}
}

// spread adds everybody who holds a cell that reaches into the divisions:
// principals cell by cell, and those who act as a group once for each group.
func (g *Graph) spread(spans []span, divs Set, h Holders) {
	principals := uint32(len(g.principals))
	for i := range g.cells {
		c := &g.cells[i]
		level := spans[c.role].over(c.div, divs)
		if level == None {
			continue
		}
		set := h.at(level)
		for _, n := range g.posting[c.from:c.to] {
			if n >= principals {
				break // groups and teams come last
			}
			set.Add(n)
		}
	}
	for _, n := range g.acted {
		level := None
		for _, x := range g.grantsOf(n) {
			level = max(level, spans[x.role].over(x.div, divs))
		}
		if level == None {
			continue
		}
		for _, p := range g.actors.of(n) {
			if p&mark != 0 {
				h.at(min(level, Conditional)).Add(p &^ mark)
			} else {
				h.at(level).Add(p)
			}
		}
	}
}

// over is how far the role reaches by a grant in one division, or in all, over
// the divisions that are asked about.
func (s span) over(div uint32, divs Set) Level {
	if div == AnyDivision || divs.Has(div) {
		return max(s.in, s.out)
	}
	return s.out
}

func (h Holders) at(l Level) Set {
	switch l {
	case Whole:
		return h.Whole
	case Conditional:
		return h.Conditional
	default:
		return h.Limited
	}
}

// Undetermined returns what the snapshot does not say and what could change the
// answer to a query: entries whose role may give one of the permissions in one
// of the divisions.
func (g *Graph) Undetermined(q Query) []Undetermined {
	o := g.orgOf(q.Org)
	if o == nil {
		return nil
	}
	spans := g.spans(o, q.Permissions)
	scoped := g.addNarrowSpans(o, q.Permissions, q.Divisions, spans)
	var out []Undetermined
	for _, u := range g.undetermined {
		if u.Org != q.Org || (u.Scopes && (!scoped || (!u.anyDiv && !q.Divisions.Has(u.div)))) {
			continue
		}
		// A role of which a line was not read may give anything, anywhere.
		if !u.anyRole && g.roles[u.role].unread == "" {
			s := spans[u.role]
			inside := u.anyDiv || u.div == AnyDivision || q.Divisions.Has(u.div)
			if !u.anyDiv && s.out == None && (s.in == None || !inside) {
				continue
			}
		}
		out = append(out, u)
	}
	return out
}

// AllUndetermined returns every entry, whatever it could change.
func (g *Graph) AllUndetermined() []Undetermined { return g.undetermined }
