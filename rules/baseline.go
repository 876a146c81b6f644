package rules

import (
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// findBaseline notes the permissions that no division limits and that every live
// user holds: what everybody has says nothing about anybody.
func (x *index) findBaseline() {
	if x.based {
		return
	}
	x.based = true
	holders := make([]graph.Set, len(x.roles))
	for n := range x.roles {
		sure, _ := x.gather(x.cells[n])
		holders[n] = graph.NewSet(x.g.Principals())
		for _, p := range sure {
			holders[n].Add(p)
		}
	}
	for _, o := range x.orgs {
		users := x.liveUsers(o)
		for i := range o.perms {
			if o.info[i].aware == authz.False && !users.Empty() {
				o.info[i].baseline = x.everybody(o, uint32(i), users, holders)
			}
		}
		o.number()
	}
}

func (x *index) liveUsers(o *orgIndex) graph.Set {
	s := graph.NewSet(x.g.Principals())
	for p := range x.g.Acting().All() {
		if k := x.g.Principal(p).Key; k.Kind == authz.KindUser && k.Org == o.id {
			s.Add(p)
		}
	}
	return s
}

func (x *index) everybody(o *orgIndex, perm uint32, users graph.Set, holders []graph.Set) bool {
	left := users.Clone()
	for n := range x.roles {
		if x.roles[n].org == o && x.roles[n].rec.Permissions.Has(perm) {
			left.AndNot(holders[n])
		}
	}
	return left.Empty()
}
