package report

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
)

// A leftover is what a narrowed policy of a role leaves one principal.
type leftover struct {
	principal, role uint32
	perms           graph.Set
}

// leftovers are what narrowed policies leave of some divisions, by principal.
type leftovers struct{ list []leftover }

// leftovers asks the graph what narrowed policies leave of some divisions.
func (b *builder) leftovers(x *orgIndex, perms []graph.Perm, divs graph.Set) *leftovers {
	l := &leftovers{}
	b.g.EachNarrowed(x.id, perms, divs, func(left graph.Set, r graph.NarrowedReach) {
		l.list = append(l.list, leftover{r.Principal, r.Role, left})
	})
	slices.SortStableFunc(l.list, func(x, y leftover) int {
		return cmp.Or(cmp.Compare(x.principal, y.principal), cmp.Compare(x.role, y.role))
	})
	return l
}

// of returns the leftovers of a principal.
func (l *leftovers) of(p uint32) []leftover {
	from, _ := slices.BinarySearchFunc(l.list, p, func(x leftover, p uint32) int { return cmp.Compare(x.principal, p) })
	to := from
	for to < len(l.list) && l.list[to].principal == p {
		to++
	}
	return l.list[from:to]
}
