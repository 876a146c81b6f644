package analyzer

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// nearestPerKind is how many misses of each kind of change are shown.
const nearestPerKind = 5

// miss is a derivation that fails in one step.
type miss struct {
	Nearest
	// cost says how far-reaching the change is: how much else it would give, or
	// how many others it would give it to.
	cost int
}

// misses collects nearest misses by kind of change. Each change, made alone,
// gives the access.
type misses struct {
	m    *Model
	p    uint32
	perm graph.Perm
	t    Target
	divs graph.Set
	acts []uint32
	list map[string][]miss
}

// Groups of changes, the least far-reaching first.
const (
	missReactivate = "reactivate"
	missPolicy     = "access-policy"
	missScope      = "scope"
	missMove       = "move"
	missMember     = "member"
	missGrant      = "grant"
	missRole       = "role"
)

func missKinds() []string {
	return []string{missReactivate, missPolicy, missScope, missMove, missMember, missGrant, missRole}
}

// nearest answers why not: the derivations that fail in exactly one step, each
// with the change that would complete it; and how many were left out.
func (m *Model) nearest(p uint32, perm graph.Perm, t Target, divs graph.Set) ([]Nearest, int) {
	x := &misses{m: m, p: p, perm: perm, t: t, divs: divs, acts: m.Graph.Acts(p), list: map[string][]miss{}}
	x.find()
	out, left := []Nearest{}, 0
	for _, kind := range missKinds() {
		list := x.list[kind]
		slices.SortStableFunc(list, func(a, b miss) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.Change, b.Change)) })
		seen := map[string]bool{}
		n := 0
		for _, v := range list {
			switch {
			case seen[v.Change]:
			case n == nearestPerKind:
				left++
			default:
				out = append(out, v.Nearest)
				n++
			}
			seen[v.Change] = true
		}
	}
	return out, left
}

// find looks for misses. Where one step is missing already, only that step can
// be the change: a principal that is not live, a policy that denies.
func (x *misses) find() {
	pr := x.m.Graph.Principal(x.p)
	denied := x.m.Graph.Denied(x.p, x.perm)
	switch {
	case x.divs.Empty(), !pr.Acts: // no grant would give a client without access of its own any
	case !pr.Live:
		if len(denied) == 0 && len(x.m.reasonsOver(x.p, x.perm, x.t, x.divs)) > 0 {
			x.revive(pr)
		}
	case len(denied) > 0:
		x.denied(denied)
	default:
		x.inactive()
		x.scopes()
		x.moves()
		x.members()
		x.grants()
		x.roles()
	}
}

func (x *misses) add(kind string, cost int, c change.Change, steps ...Step) {
	n := Nearest{
		Change: x.m.changeText(c), Kind: c.Kind, ID: c.ID(), Steps: append([]Step{}, steps...), change: c,
		Record: TargetRef{Kind: c.Record.Kind, ID: c.Record.ID, Name: x.m.named(c.Record)},
	}
	x.list[kind] = append(x.list[kind], miss{n, cost})
}

// gives reports whether a grant would give the access: over the division, and
// of limited reach the target itself.
func (x *misses) gives(g graph.Grant) bool {
	if x.m.Graph.NodeKey(g.Node).Org != x.m.Graph.Principal(x.p).Key.Org {
		return false // a step of the way through a trustee's own organization
	}
	for d := range x.divs.All() {
		if slices.ContainsFunc(x.m.Graph.Would(x.p, g, x.perm, d), func(r graph.Reason) bool { return !x.t.missed(r) }) {
			return true
		}
	}
	return false
}

// reaches reports whether a grant in a division reaches the target by the
// permission, if the role gives it with nothing that narrows it.
func (x *misses) reaches(div uint32) bool {
	return div == graph.AnyDivision || x.divs.Has(div) || x.perm.Aware != authz.True
}

// where is the division that a new grant would be made in.
func (x *misses) where() uint32 {
	for d := range x.divs.All() {
		return d
	}
	return graph.AnyDivision
}

// revive: everything is there but the principal's own life.
func (x *misses) revive(pr *graph.Principal) {
	c := change.Change{Kind: change.EnableUser, Record: pr.Key}
	switch pr.Key.Kind {
	case authz.KindClient:
		c.Kind = change.EnableClient
	case authz.KindTrusteeGroup:
		c.Kind = change.EnableGroup
	default: // a user, or a trustee organization, which its trust alone can switch off
	}
	if trust, off := x.m.Graph.TrustOff(x.p); off {
		if !graph.ActiveState(pr.State) {
			return // two steps
		}
		c = change.Change{Kind: change.EnableTrust, Record: trust}
	} else if !pr.Known || pr.AtHome || (pr.User() == nil && pr.Group == nil && pr.Client == nil) {
		return // only its own organization can do that
	}
	x.add(missReactivate, 0, c)
}

// denied: everything is there but for one access policy.
func (x *misses) denied(list []authz.AccessPolicy) {
	if len(list) != 1 {
		return
	}
	for _, n := range x.acts {
		for _, g := range x.m.Graph.GrantsOf(n) {
			if x.gives(g) {
				x.add(missPolicy, 0, change.Change{Kind: change.DisableAccessPolicy, Record: list[0].Key()}, x.m.grantStep(g))
				return
			}
		}
	}
}

// inactive: a group that holds the principal, and that would give the access, is
// not active.
func (x *misses) inactive() {
	for _, gr := range x.m.Graph.Groups() {
		if gr.Active || !gr.Known || gr.Key.Kind != authz.KindGroup || !x.heldIn(gr.Node) {
			continue
		}
		for _, g := range x.above(gr.Node) {
			if x.gives(g) && !x.deniedIn(gr.Node) {
				x.add(missReactivate, 1, change.Change{Kind: change.EnableGroup, Record: gr.Key}, x.m.grantStep(g))
			}
		}
	}
}

// heldIn reports whether a group lists the principal, or a group that it acts as.
func (x *misses) heldIn(group uint32) bool {
	return slices.ContainsFunc(x.acts, func(n uint32) bool {
		return (n == x.p || x.m.Graph.NodeKey(n).Kind == authz.KindGroup) && slices.Contains(x.m.Graph.HeldBy(n), group)
	})
}

// above returns the grants of a group and of the active groups that hold it.
func (x *misses) above(group uint32) []graph.Grant {
	var out []graph.Grant
	for _, n := range x.holders(group) {
		out = append(out, x.m.Graph.GrantsOf(n)...)
	}
	return out
}

// deniedIn reports whether a policy takes the access away again as soon as the
// group or team holds the principal.
func (x *misses) deniedIn(group uint32) bool {
	return slices.ContainsFunc(x.holders(group), func(n uint32) bool { return x.m.Graph.DeniedIn(x.p, n, x.perm) })
}

// holders returns a group and the active groups that hold it.
func (x *misses) holders(group uint32) []uint32 {
	seen := map[uint32]bool{group: true}
	queue := []uint32{group}
	for i := 0; i < len(queue); i++ {
		for _, to := range x.m.Graph.HeldBy(queue[i]) {
			if !seen[to] && x.m.Graph.ActiveNode(to) && x.m.Graph.NodeKey(to).Kind == authz.KindGroup {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return queue
}

// scopes: a role is granted over the target, and a scope or condition of a line
// with the permission leaves something else.
func (x *misses) scopes() {
	for _, g := range x.held() {
		if !x.reaches(g.Division) {
			continue
		}
		for _, q := range x.m.Graph.Narrowers(g.Role, x.perm) {
			c := change.Change{Kind: change.WidenPolicy, Record: x.m.Graph.Role(q).Key, Permission: x.perm.Pattern}
			x.add(missScope, x.m.Graph.RoleHolders(q).Len(), c, x.m.grantStep(g))
		}
	}
}

// held returns the grants that the principal has.
func (x *misses) held() []graph.Grant {
	var out []graph.Grant
	for _, n := range x.acts {
		out = append(out, x.m.Graph.GrantsOf(n)...)
	}
	return out
}

// moves: a role with the permission is granted elsewhere, and the target could
// lie there.
func (x *misses) moves() {
	if x.t.Resource == nil && x.t.User == nil {
		return
	}
	c := change.Change{Kind: change.MoveResource, Record: authz.Key{Org: x.t.Org, Kind: x.t.Ref.Kind, ID: x.t.Ref.ID}}
	if x.t.User != nil {
		c.Kind = change.MoveUser
	}
	for _, g := range x.held() {
		if g.Division == graph.AnyDivision || x.divs.Has(g.Division) || !x.m.Graph.Divisions()[g.Division].Known {
			continue
		}
		if !slices.ContainsFunc(x.anywhere(g), x.reachesThing) {
			continue
		}
		c.Division = x.m.Division(g.Division).ID
		x.add(missMove, x.m.inDivision(g.Division), c, x.m.grantStep(g))
	}
}

// anywhere returns the derivations that a grant's role would give the principal
// if it were assigned in all divisions.
func (x *misses) anywhere(g graph.Grant) []graph.Reason {
	return x.m.Graph.Would(x.p, graph.Grant{Node: g.Node, Role: g.Role, Division: graph.AnyDivision}, x.perm, graph.AnyDivision)
}

// reachesThing reports whether a derivation reaches the target wherever it lies:
// by its own id, or because nothing narrows it.
func (x *misses) reachesThing(r graph.Reason) bool {
	if r.Level == graph.Limited {
		return x.t.Thing != nil && slices.Contains(r.Things, *x.t.Thing)
	}
	return r.Because&graph.BecauseCondition == 0
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

// members: a group or team has the access, and the principal is not in it.
func (x *misses) members() {
	org := x.m.Graph.Principal(x.p).Key.Org
	for _, gr := range x.m.Graph.Groups() {
		if gr.Key.Org != org || !gr.Active || !gr.Known || slices.Contains(x.acts, gr.Node) {
			continue
		}
		c := change.Change{Kind: change.AddMember, Record: gr.Key, Member: x.m.Graph.Principal(x.p).Key}
		held := x.m.Graph.GrantsOf(gr.Node)
		if gr.Key.Kind == authz.KindTeam {
			c.Kind = change.JoinTeam
		} else {
			held = x.above(gr.Node)
		}
		for _, g := range held {
			if x.gives(g) && !x.deniedIn(gr.Node) {
				x.add(missMember, len(held), c, x.m.grantStep(g))
				break
			}
		}
	}
}

// grants: a role that exists would give the access, and is not granted there. One
// that the principal has elsewhere comes first.
func (x *misses) grants() {
	org := x.m.Graph.Principal(x.p).Key.Org
	elsewhere := map[uint32]graph.Grant{}
	for _, g := range x.held() {
		if _, seen := elsewhere[g.Role]; !seen {
			elsewhere[g.Role] = g
		}
	}
	where := x.where()
	for n := range x.m.Graph.Roles() {
		r := x.m.Graph.Role(uint32(n))
		if r.Key.Org != org || !r.Known || !x.gives(graph.Grant{Node: x.p, Role: uint32(n), Division: where}) {
			continue
		}
		cost := 1 + r.Permissions.Len() + r.Narrowed.Len()
		if r.Admin {
			cost += 1 << 20
		}
		c := change.Change{Kind: change.Grant, Record: x.m.Graph.Principal(x.p).Key, Role: r.Key.ID, Division: x.m.Division(where).ID}
		if g, has := elsewhere[uint32(n)]; has {
			x.add(missGrant, 0, c, x.m.grantStep(g))
			continue
		}
		x.add(missGrant, cost, c, Step{Kind: "policy", Record: x.m.roleRef(uint32(n)), Permission: x.perm.Name})
	}
}

// roles: a role that the principal has over the target lacks the permission.
func (x *misses) roles() {
	for _, g := range x.held() {
		if r := x.m.Graph.Role(g.Role); x.reaches(g.Division) && r.Known && len(x.m.Graph.Narrowers(g.Role, x.perm)) == 0 {
			c := change.Change{Kind: change.AddPolicy, Record: r.Key, Permission: x.perm.Pattern}
			x.add(missRole, x.m.Graph.RoleHolders(g.Role).Len(), c, x.m.grantStep(g))
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
