package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Hop is one step of a membership path: a principal or group is in Into.
type Hop struct {
	Into  uint32 // node
	Owner bool   // because it owns the group, and owners count as members
	// Joined says that it is not in the group today: it could join it.
	Joined bool
}

// A Reason is one derivation of access: a subject that the principal acts as, a
// grant of that subject, and a policy of the granted role or of one that it
// inherits from.
type Reason struct {
	// Path leads from the principal to the grant's subject; it is empty for the
	// principal's own grants.
	Path  []Hop
	Grant Grant
	// Inherits are the roles on the way from the granted role to the one with
	// the policy, that one included; empty for the granted role's own policies.
	Inherits []uint32
	// Policy is the line that gives the permission. It is nil for a legacy
	// permission, whose name Legacy holds, and for a role that was not read.
	Policy *authz.Policy
	Legacy string
	// Missing is the id or name of the role that was not read and may carry
	// everything.
	Missing string
	// Pattern is the line's permission as it is compared.
	Pattern authz.Pattern
	// Extent says why the division is reached.
	Extent  Extent
	Level   Level
	Because Because
	// Unresolved and Things are as in [Row].
	Unresolved bool
	Things     []Thing
	// AccessPolicies are the active access policies that speak of it.
	AccessPolicies []authz.AccessPolicy
	// Trust is set, and everything above empty, where the trust itself lets the
	// trustee organization in.
	Trust string
}

// An Extent says why a grant reaches a division.
type Extent string

// The extents.
const (
	ExtentDivision     Extent = "division"           // granted in this division
	ExtentAllDivisions Extent = "all-divisions"      // granted in all divisions
	ExtentNotAware     Extent = "not-division-aware" // no division limits the permission
	ExtentAdmin        Extent = "admin"              // total control
	ExtentUnknown      Extent = "unknown"            // nobody can tell from the snapshot
)

// Reasons returns every derivation of a principal's access to a permission over
// a division ([AnyDivision]: over all of them), the widest first, then the
// shortest path. It is empty if there is none.
func (g *Graph) Reasons(p uint32, m Perm, div uint32) []Reason {
	return g.ReasonsOf(g.actor(p), m, div)
}

// ReasonsOf is [Graph.Reasons] of a principal with the groups that it joined.
func (g *Graph) ReasonsOf(a Actor, m Perm, div uint32) []Reason {
	p := a.p
	o := g.orgOf(g.principals[p].Key.Org)
	var out []Reason
	if o.denies(m.Pattern, p) {
		return nil
	}
	for _, n := range a.acts {
		var path []Hop
		for _, gr := range g.grantsOf(n &^ mark) {
			if !g.mayReach(gr, m, div) {
				continue
			}
			found := g.derive(o, a, grant{n &^ mark, gr}, m, div, n&mark != 0)
			if len(found) == 0 {
				continue
			}
			if path == nil && n&^mark != p {
				path = g.path(a, n)
			}
			for i := range found {
				found[i].Path = path
			}
			out = append(out, found...)
		}
	}
	if g.principals[p].Key.Kind == authz.KindTrusteeOrganization {
		out = append(out, Reason{Trust: g.principals[p].Key.ID, Extent: ExtentUnknown, Level: Conditional, Because: BecauseTrust, Unresolved: true})
	}
	g.markPolicies(o, p, m, out)
	slices.SortStableFunc(out, func(x, y Reason) int {
		if x.Level != y.Level {
			return int(y.Level) - int(x.Level)
		}
		return len(x.Path) - len(y.Path)
	})
	return out
}

func (g *Graph) markPolicies(o *org, p uint32, m Perm, reasons []Reason) {
	for _, a := range o.policies {
		if !a.target.Covers(m.Pattern) || !a.matches.Has(p) {
			continue
		}
		for i := range reasons {
			r := &reasons[i]
			r.AccessPolicies = append(r.AccessPolicies, a.rec)
			r.Because |= BecauseAccessPolicy
			r.Level, r.Unresolved = min(r.Level, Conditional), true
		}
	}
}

// derive returns the derivations through one grant.
func (g *Graph) derive(o *org, a Actor, gr grant, m Perm, div uint32, doubtful bool) []Reason {
	r := &g.roles[gr.role]
	base := Reason{Grant: Grant{Node: gr.node, Role: gr.role, Division: gr.div, MadeAt: gr.madeAt}}
	var out []Reason
	add := func(x Reason) {
		if doubtful {
			x.Level, x.Because, x.Unresolved = min(x.Level, Conditional), x.Because|BecauseGroupNotEnabled, true
		}
		out = append(out, x)
	}
	for i, q := range r.closure {
		for j := range g.roles[q].own {
			l := &g.roles[q].own[j]
			if !l.pattern.Covers(m.Pattern) {
				continue
			}
			x := base
			if !g.reach(&x, o, a, l, m, div) {
				continue
			}
			x.Inherits, x.Policy, x.Pattern = g.lineage(r, i), l.policy, l.pattern
			if l.policy == nil {
				x.Legacy = l.name
			}
			add(x)
		}
	}
	for _, name := range r.absent {
		x := base
		x.Missing = name
		x.Extent, x.Level, x.Because, x.Unresolved = ExtentUnknown, Conditional, BecauseRoleMissing, true
		add(x)
	}
	return out
}

// reach works out what a line leaves of a permission over a division, and
// reports whether it is anything.
func (g *Graph) reach(x *Reason, o *org, a Actor, l *line, m Perm, div uint32) bool {
	x.Extent = l.extent(m, x.Grant.Division, div)
	if x.Extent == "" {
		return false
	}
	r := whole()
	if l.narrowed != 0 {
		n := g.narrow(o, l, m, a)
		if div == AnyDivision {
			r = n.everywhere()
		} else {
			r = g.over(n, div)
		}
	}
	if x.Extent == ExtentUnknown {
		r = r.doubted()
		x.Because |= BecauseUnknownAwareness
	}
	x.Because |= r.why
	x.Level, x.Unresolved, x.Things = r.level, r.unresolved, r.things
	return r.level != None
}

// extent says why a line granted in one division reaches another; empty if it
// does not.
func (l *line) extent(m Perm, granted, asked uint32) Extent {
	switch {
	case l.pattern == authz.Admin:
		return ExtentAdmin
	case m.Aware == authz.False:
		return ExtentNotAware
	case granted == AnyDivision:
		return ExtentAllDivisions
	case granted == asked:
		return ExtentDivision
	case m.Aware != authz.True:
		return ExtentUnknown
	default:
		return ""
	}
}

// lineage returns the roles from the granted one to position i of its closure.
func (g *Graph) lineage(r *role, i int) []uint32 {
	var out []uint32
	for i > 0 {
		out = append(out, r.closure[i])
		i = slices.Index(r.closure, r.parent[i])
	}
	slices.Reverse(out)
	return out
}

// path returns a shortest membership path from a principal to a node that it
// acts as; the mark on the node allows groups that are not role-enabled.
func (g *Graph) path(a Actor, n uint32) []Hop {
	p := a.p
	target, doubtful := n&^mark, n&mark != 0
	type from struct {
		node          uint32
		owner, joined bool
	}
	came := map[uint32]from{p: {node: p}}
	walk := func(at uint32, next []uint32, home bool) []uint32 {
		for _, edge := range g.up.of(at) {
			to := edge &^ mark
			if _, seen := came[to]; seen || !g.mayPass(to, doubtful) || g.sameGroup(at, to) != home {
				continue
			}
			came[to] = from{node: at, owner: edge&mark != 0}
			next = append(next, to)
		}
		return next
	}
	for level := []uint32{p}; len(level) > 0; {
		if _, found := came[target]; found {
			break
		}
		for i := 0; i < len(level); i++ {
			// From a group at home to the trustee's group that it is here is no step.
			level = walk(level[i], level, true)
		}
		var next []uint32
		for _, at := range level {
			next = walk(at, next, false)
		}
		if level[0] == p {
			for _, to := range a.joined {
				if _, seen := came[to]; !seen && (doubtful || g.enabled(to)) {
					came[to] = from{node: p, joined: true}
					next = append(next, to)
				}
			}
		}
		level = next
	}
	var out []Hop
	for at := target; at != p; {
		f, ok := came[at]
		if !ok {
			return nil
		}
		out = append(out, Hop{Into: at, Owner: f.owner, Joined: f.joined})
		at = f.node
	}
	slices.Reverse(out)
	return g.joinHome(out)
}

// joinHome makes one step of the two that lead into a group at home and to the
// trustee's group that it is here.
func (g *Graph) joinHome(path []Hop) []Hop {
	out := path[:0]
	for _, h := range path {
		if n := len(out); n > 0 && g.sameGroup(out[n-1].Into, h.Into) {
			out[n-1].Into = h.Into
			continue
		}
		out = append(out, h)
	}
	return out
}

func (g *Graph) sameGroup(home, here uint32) bool {
	a, b := g.NodeKey(home), g.NodeKey(here)
	return a.Org != b.Org && a.ID == b.ID && a.Kind == authz.KindGroup && b.Kind == authz.KindTrusteeGroup
}

func (g *Graph) mayPass(n uint32, doubtful bool) bool {
	return g.active(n) && (doubtful || g.enabled(n))
}
