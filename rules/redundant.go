package rules

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// addsNothing reports whether all that a grant gives is given by other grants
// that its subject has, itself or through groups. What a scope or condition
// narrows counts as given only where another gives it whole.
func (x *index) addsNothing(g graph.Grant) bool {
	r := &x.roles[g.Role]
	if r.maybe || r.rec.Admin || r.perms.Empty() {
		return false
	}
	others := x.grantsFor(g.Node)
	if !x.rarestGiven(g, others) {
		return false
	}
	left := append(x.left[:0], r.perms...)
	x.left = left
	// First what divisions limit: few grants reach the same division.
	for _, o := range others {
		if o != g && (o.Division == g.Division || o.Division == graph.AnyDivision || x.roles[o.Role].rec.Admin) {
			x.takeGiven(left, o, g)
		}
	}
	if !within(left, r.org.free) {
		return false
	}
	for _, o := range others {
		if o != g {
			x.takeGiven(left, o, g)
		}
	}
	return left.Empty()
}

// rarest returns the permission of a role that fewest roles give, one that
// divisions limit if there is one. Hardly any other grant gives it, so that most
// grants are told apart by one look for it.
func (x *index) rarest(role uint32) uint32 {
	r := &x.roles[role]
	if r.witnessed {
		return r.witness
	}
	if r.org.given == nil {
		r.org.given = make([]int, len(r.org.perms))
		for n := range x.roles {
			if o := &x.roles[n]; o.org == r.org {
				for id := range o.rec.Permissions.All() {
					r.org.given[id]++
				}
			}
		}
	}
	best := -1
	for id := range r.perms.All() {
		if best < 0 || cmp.Or(compareBool(r.org.free.Has(id), r.org.free.Has(uint32(best))), cmp.Compare(r.org.given[id], r.org.given[best])) < 0 {
			best = int(id)
		}
	}
	r.witnessed, r.witness = true, uint32(best)
	return r.witness
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// rarestGiven reports whether another grant gives the rarest permission of a
// grant's role as far as it does. Most are told apart by their division, without
// a look at their role.
func (x *index) rarestGiven(g graph.Grant, others []graph.Grant) bool {
	id := x.rarest(g.Role)
	free := x.roles[g.Role].org.free.Has(id)
	for i := range others {
		o := &others[i]
		over := o.Division == graph.AnyDivision || o.Division == g.Division
		if !over && !free && !x.admins.Has(o.Role) || *o == g {
			continue
		}
		r := &x.roles[o.Role]
		if r.rec.Admin || over && (o.Role == g.Role || r.rec.Permissions.Has(id)) || r.free.Has(id) {
			return true
		}
	}
	return false
}

// grantsFor returns the grants that a subject has, itself or through groups that
// hand them on for sure. Grants come sorted by subject, so that the last list is kept.
func (x *index) grantsFor(n uint32) []graph.Grant {
	if x.granted.list != nil && x.granted.node == n {
		return x.granted.list
	}
	nodes := []uint32{n}
	if x.single(n) {
		nodes = x.g.Acts(n)
	}
	list := x.granted.list[:0]
	if list == nil {
		list = []graph.Grant{}
	}
	for _, at := range nodes {
		from := len(list)
		list = x.g.AppendGrantsOf(list, at)
		if at != n && x.shaky.Has(n) {
			kept := slices.DeleteFunc(list[from:], func(o graph.Grant) bool { return x.perhaps(n, o.Role, o.Division) })
			list = list[:from+len(kept)]
		}
	}
	x.granted.node, x.granted.list = n, list
	return list
}

// takeGiven takes out of what one grant gives what another gives too.
func (x *index) takeGiven(left graph.Set, o, g graph.Grant) {
	r := &x.roles[o.Role]
	over := o.Division == graph.AnyDivision || o.Division == g.Division
	if r.rec.Admin || over && o.Role == g.Role {
		clear(left)
		return
	}
	if over {
		left.AndNot(r.rec.Permissions)
		return
	}
	left.AndNot(r.free)
}

// widened names the groups whose grants give a principal more than its own
// grants do.
func (x *index) widened(p uint32) []uint32 {
	own := x.g.GrantsOf(p)
	if len(own) == 0 {
		return nil
	}
	var out []uint32
	for _, n := range x.g.Acts(p)[1:] {
		if slices.ContainsFunc(x.g.GrantsOf(n), func(g graph.Grant) bool { return x.widens(own, g) }) {
			out = append(out, n)
		}
	}
	return out
}

func (x *index) widens(own []graph.Grant, g graph.Grant) bool {
	r := &x.roles[g.Role]
	if r.rec.Admin || r.maybe {
		return !slices.ContainsFunc(own, func(o graph.Grant) bool { return x.roles[o.Role].rec.Admin })
	}
	left := r.perms.Clone()
	for _, o := range own {
		x.takeGiven(left, o, g)
	}
	return !left.Empty()
}

// freePermissions returns the permissions that no division limits.
func freePermissions(perms []graph.Perm) graph.Set {
	s := graph.NewSet(len(perms))
	for _, p := range perms {
		if p.Aware == authz.False {
			s.Add(p.ID)
		}
	}
	return s
}

// within reports whether a set has nothing that another lacks.
func within(s, of graph.Set) bool {
	for i, w := range s {
		if i < len(of) && w&^of[i] != 0 || i >= len(of) && w != 0 {
			return false
		}
	}
	return true
}
