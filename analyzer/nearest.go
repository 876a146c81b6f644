package analyzer

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// nearestPerKind is how many misses of each kind of change are shown.
const nearestPerKind = 5

// miss is a derivation that fails in one step.
type miss struct {
	Nearest
	// cost says how far-reaching the change is: how much else it would give.
	cost int
	key  string
}

// misses collects nearest misses by kind of change.
type misses struct {
	m    *Model
	p    uint32
	perm graph.Perm
	t    Target
	divs graph.Set
	list map[string][]miss
}

// kinds of change, the least far-reaching first.
func changeKinds() []string {
	return []string{"reactivate", "scope", "move-resource", "add-member", "grant-role", "add-permission"}
}

// nearest answers why not: the derivations that fail in exactly one step, each
// with the change that would complete it; and how many were left out.
func (m *Model) nearest(p uint32, perm graph.Perm, t Target, divs graph.Set) ([]Nearest, int) {
	x := &misses{m: m, p: p, perm: perm, t: t, divs: divs, list: map[string][]miss{}}
	switch pr := m.Graph.Principal(p); {
	case !pr.Acts: // a client without access of its own: no grant would give it any
	case !pr.Live: // whatever else is changed, it stays switched off
		x.dormant()
	default:
		x.inactive()
		x.elsewhere()
		x.grants()
		x.roles()
	}
	out, left := []Nearest{}, 0
	for _, kind := range changeKinds() {
		list := x.list[kind]
		slices.SortFunc(list, func(a, b miss) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.key, b.key)) })
		list = slices.CompactFunc(list, func(a, b miss) bool { return a.key == b.key })
		for i, miss := range list {
			if i == nearestPerKind {
				left += len(list) - i
				break
			}
			out = append(out, miss.Nearest)
		}
	}
	return out, left
}

func (x *misses) add(kind string, cost int, change string, steps ...Step) {
	x.list[kind] = append(x.list[kind], miss{Nearest{Change: change, Steps: append([]Step{}, steps...)}, cost, change})
}

// gives reports whether a role gives the permission in whatever way.
func (x *misses) gives(role uint32) bool {
	r := x.m.Graph.Role(role)
	if x.perm.ID == graph.OutsideUniverse {
		return r.Admin || x.stated(role)
	}
	return r.Admin || r.Permissions.Has(x.perm.ID) || r.Narrowed.Has(x.perm.ID)
}

// plain reports whether a role gives a permission of the universe with nothing
// that narrows it.
func (x *misses) plain(role uint32) bool {
	r := x.m.Graph.Role(role)
	return r.Admin || (x.perm.ID != graph.OutsideUniverse && r.Permissions.Has(x.perm.ID))
}

// holds reports whether the principal holds a role over the target: to grant it
// once more would change nothing.
func (x *misses) holds(role uint32) bool {
	return slices.ContainsFunc(x.m.Graph.Holdings(x.p), func(h graph.Holding) bool { return h.Role == role && x.reaches(h.Division) })
}

func (x *misses) stated(role uint32) bool {
	covers := func(n uint32) bool {
		for _, p := range x.m.Graph.Role(n).Record.Policies {
			if p.Guide == "" && authz.NewPattern(p.Domain, p.Entity, p.Action).Covers(x.perm.Pattern) {
				return true
			}
		}
		return false
	}
	return covers(role) || slices.ContainsFunc(x.m.Graph.Role(role).Inherited, covers)
}

// reaches reports whether a grant in a division reaches the target by the
// permission.
func (x *misses) reaches(div uint32) bool {
	return div == graph.AnyDivision || x.divs.Has(div) || x.perm.Aware == authz.False
}

func (x *misses) where() Named {
	for d := range x.divs.All() {
		return x.m.Division(d)
	}
	return Named{}
}

// dormant: everything is there but the principal is not live.
func (x *misses) dormant() {
	if len(x.m.reasonsOver(x.p, x.perm, x.t, x.divs)) > 0 {
		x.add("reactivate", 0, fmt.Sprintf("reactivate %s: its grants come back with it", x.m.Ref(x.p).Name))
	}
}

// inactive: everything is there but a group is not active.
func (x *misses) inactive() {
	for _, gr := range x.m.Graph.Groups() {
		if gr.Active || !x.m.Graph.Holds(x.p, gr.Node) {
			continue
		}
		for _, g := range x.m.Graph.GrantsOf(gr.Node) {
			if x.gives(g.Role) && x.reaches(g.Division) {
				x.add("reactivate", 1, fmt.Sprintf("reactivate the group %s, which holds it", gr.Name), x.m.grantStep(g))
			}
		}
	}
}

// elsewhere: the principal has a role that gives the permission, but in other
// divisions, or for other things.
func (x *misses) elsewhere() {
	for _, n := range x.m.Graph.Acts(x.p) {
		for _, g := range x.m.Graph.GrantsOf(n) {
			if !x.gives(g.Role) {
				continue
			}
			role, div := x.m.roleRef(g.Role), x.m.Division(g.Division)
			if x.reaches(g.Division) {
				if x.plain(g.Role) {
					continue // no scope keeps it away, but an access policy
				}
				x.add("scope", 0, fmt.Sprintf("widen what the scope of %s leaves: it reaches the division, but not this", role.Name), x.m.grantStep(g))
				continue
			}
			if x.t.Resource != nil || x.t.User != nil {
				x.add("move-resource", x.m.inDivision(g.Division), fmt.Sprintf("move %s %s from %s to %s, where %s is granted",
					x.t.Ref.Kind, x.t.Ref.Name, x.where().Name, div.Name, role.Name), x.m.grantStep(g))
			}
			x.add("grant-role", 0, fmt.Sprintf("grant %s to %s in %s too", role.Name, x.m.Graph.NodeName(n), x.where().Name), x.m.grantStep(g))
		}
	}
}

// inDivision counts the resources of a division.
func (m *Model) inDivision(d uint32) int {
	n := 0
	for _, r := range m.Graph.Resources() {
		if at, ok := m.Graph.FindDivision(authz.Key{Org: r.Org, Kind: authz.KindDivision, ID: r.Division}); ok && at == d {
			n++
		}
	}
	return n
}

// grants: a group or team reaches the target, and the principal is not in it;
// or a role that exists would do, and is not granted.
func (x *misses) grants() {
	org := x.m.Graph.Principal(x.p).Key.Org
	acts := x.m.Graph.Acts(x.p)
	for _, gr := range x.m.Graph.Groups() {
		if gr.Key.Org != org || !gr.Active || slices.Contains(acts, gr.Node) {
			continue
		}
		held := x.m.Graph.GrantsOf(gr.Node)
		for _, g := range held {
			if x.gives(g.Role) && x.reaches(g.Division) {
				x.add("add-member", len(held), fmt.Sprintf("add %s to the %s %s", x.m.Ref(x.p).Name, gr.Key.Kind, gr.Name), x.m.grantStep(g))
			}
		}
	}
	for n := range x.m.Graph.Roles() {
		r := x.m.Graph.Role(uint32(n))
		if r.Key.Org == org && r.Known && x.gives(uint32(n)) && !x.holds(uint32(n)) {
			cost := 1 + r.Permissions.Len() + r.Narrowed.Len()
			if r.Admin {
				cost += 1 << 20
			}
			x.add("grant-role", cost, fmt.Sprintf("grant %s in %s", r.Record.Name, x.where().Name),
				Step{Kind: "policy", Record: x.m.roleRef(uint32(n)), Permission: x.perm.Name})
		}
	}
}

// roles: a role that the principal has over the target lacks the permission.
func (x *misses) roles() {
	for _, n := range x.m.Graph.Acts(x.p) {
		for _, g := range x.m.Graph.GrantsOf(n) {
			if !x.reaches(g.Division) || x.gives(g.Role) {
				continue
			}
			r := x.m.roleRef(g.Role)
			x.add("add-permission", x.m.Graph.RoleHolders(g.Role).Len(), fmt.Sprintf("add %s to the role %s", x.perm.Name, r.Name), x.m.grantStep(g))
		}
	}
}

// reasonsOver returns the derivations over any of a target's divisions.
func (m *Model) reasonsOver(p uint32, perm graph.Perm, t Target, divs graph.Set) []graph.Reason {
	var out []graph.Reason
	for d := range divs.All() {
		for _, r := range m.Graph.Reasons(p, perm, d) {
			if !t.missed(r) {
				out = append(out, r)
			}
		}
	}
	return out
}
