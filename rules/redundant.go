package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A holdingKey is a role in a division.
type holdingKey struct{ role, division uint32 }

// addsNothing reports whether all that a grant gives is given by other grants
// that its subject has, itself or through groups. What a scope or condition
// narrows counts as given only where another gives it whole.
func (x *index) addsNothing(g graph.Grant) bool {
	r := &x.roles[g.Role]
	if r.maybe || r.rec.Admin || r.perms.Empty() {
		return false
	}
	nodes := []uint32{g.Node}
	if x.single(g.Node) {
		nodes = x.g.Acts(g.Node)
	}
	left := r.perms.Clone()
	for _, n := range nodes {
		for _, o := range x.g.GrantsOf(n) {
			if o.Node == g.Node && o.Role == g.Role && o.Division == g.Division || x.perhaps(g.Node, o.Role, o.Division) && n != g.Node {
				continue
			}
			x.takeGiven(left, o, g)
			if left.Empty() {
				return true
			}
		}
	}
	return false
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
	free := r.rec.Permissions.Clone()
	free.And(r.org.free)
	left.AndNot(free)
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
