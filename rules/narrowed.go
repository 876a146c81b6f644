package rules

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// narrowed asks about permissions that a policy's scope or condition narrows:
// how much is left depends on the principal, so that it is looked at one by one.
func (x *index) narrowed(o *orgIndex, asks []*ask) error {
	want := graph.NewSet(len(o.perms))
	for n := range x.roles {
		if x.roles[n].org == o {
			want.Or(x.roles[n].rec.Narrowed)
		}
	}
	asked := graph.NewSet(len(o.perms))
	for _, a := range asks {
		asked.Or(a.perms[o])
	}
	want.And(asked)
	if want.Empty() {
		return nil
	}
	var limited, free []graph.Perm
	for id := range want.All() {
		if o.perms[id].Aware == authz.False {
			free = append(free, o.perms[id])
		} else {
			limited = append(limited, o.perms[id])
		}
	}
	if err := x.narrowedOver(o, asks, free, o.everybody); err != nil {
		return err
	}
	for _, t := range o.targets {
		if err := x.narrowedOver(o, asks, limited, t); err != nil {
			return err
		}
	}
	return nil
}

// A narrowKey is what principals must share to stand in one row.
type narrowKey struct {
	role    uint32
	through string
	holder  int
	level   graph.Level
	perms   string
}

// A narrowCell is one principal's reach by one role's policies on some permissions.
type narrowCell struct {
	p, role uint32
	perms   string
}

func (x *index) narrowedOver(o *orgIndex, asks []*ask, perms []graph.Perm, t *target) error {
	if len(perms) == 0 {
		return nil
	}
	sets := map[string]graph.Set{}
	level := map[narrowCell]graph.Level{}
	x.g.EachNarrowed(o.id, perms, t.divs, func(set graph.Set, r graph.NarrowedReach) {
		if !x.g.Acting().Has(r.Principal) {
			return
		}
		k := narrowCell{r.Principal, r.Role, setKey(set)}
		if _, seen := sets[k.perms]; !seen {
			sets[k.perms] = set.Clone()
		}
		level[k] = max(level[k], r.Level)
	})
	rows := map[narrowKey][]uint32{}
	for c, l := range level {
		aware := o.perms[first(sets[c.perms])].Aware
		k := narrowKey{c.role, x.way(c.p, c.role, aware, t), x.tenant[c.p], l, c.perms}
		rows[k] = append(rows[k], c.p)
	}
	keys := make([]narrowKey, 0, len(rows))
	for k := range rows {
		slices.Sort(rows[k])
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b narrowKey) int {
		return cmp.Or(cmp.Compare(a.role, b.role), cmp.Compare(a.perms, b.perms), cmp.Compare(a.through, b.through),
			cmp.Compare(a.holder, b.holder), cmp.Compare(a.level, b.level))
	})
	for _, a := range asks {
		for _, k := range keys {
			if err := a.narrow(o, t, k, sets[k.perms], rows[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// narrow yields what an ask wants of one group of principals.
func (a *ask) narrow(o *orgIndex, t *target, k narrowKey, set graph.Set, list []uint32) error {
	q := a.job.rule.query
	wanted := set.Clone()
	wanted.And(a.perms[o])
	if wanted.Empty() || !a.holders[k.holder] || !a.inTarget(t, k.holder) || !q.has("through", k.through) ||
		!q.has("reach", k.level.String()) || !q.is("role_builtin", a.x.roles[k.role].builtin) {
		return nil
	}
	for _, b := range a.batches(o, wanted, nil) {
		a.row = accessRow{org: o, role: k.role, through: k.through, target: t, holder: k.holder, level: k.level, perms: b.perms}
		if err := a.visit(list); err != nil {
			return err
		}
	}
	return nil
}

// way says how a principal's role reaches a target.
func (x *index) way(p, role uint32, aware authz.Tri, t *target) string {
	if aware == authz.False {
		return throughOrganization
	}
	way := throughUnknown
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			switch {
			case g.Role != role:
			case g.Division == graph.AnyDivision:
				way = throughAll
			case t.divs.Has(g.Division):
				return throughDivision
			}
		}
	}
	return way
}

func first(s graph.Set) uint32 {
	for id := range s.All() {
		return id
	}
	return 0
}

// setKey is a set as a map key.
func setKey(s graph.Set) string {
	out := make([]byte, 0, 8*len(s))
	for _, w := range s {
		for i := range 8 {
			out = append(out, byte(w>>(8*i)))
		}
	}
	return string(out)
}
