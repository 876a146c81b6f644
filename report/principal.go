package report

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// shownRoles is how many role assignments a principal's line spells out.
const shownRoles = 3

// principalBlock is how many principals a worker takes at a time.
const principalBlock = 1024

func (b *builder) addPrincipals() {
	n := b.g.Principals()
	b.d.Principals = make([]Principal, n)
	first := make([]shownAssignments, n)
	rank, most := b.rankRoles(), b.mostPermissions()
	parallel.Blocks(n, principalBlock, func(from, to int) {
		w := rolesOf{b: b, rank: rank, elevated: graph.NewSet(most)}
		for p := from; p < to; p++ {
			b.d.Principals[p] = b.principal(uint32(p))
			first[p] = w.add(uint32(p), &b.d.Principals[p])
		}
	})
	lists := map[shownAssignments][]string{}
	for p := range n {
		b.d.Principals[p].Assignments = b.inShort(first[p], lists)
	}
}

// mostPermissions is how many permissions the organization has that has most.
func (b *builder) mostPermissions() int {
	most := 0
	for i := range b.orgs {
		most = max(most, len(b.g.Universe(b.orgs[i].id)))
	}
	return most
}

func (b *builder) principal(p uint32) Principal {
	pr := b.g.Principal(p)
	m := b.m.Tenants.Of(p)
	return Principal{
		PrincipalRef: b.m.Ref(p), Live: pr.Live, Acts: pr.Acts, LastSeen: pr.LastSeen(),
		TenantBy: m.By, Disputed: m.Disputed(),
	}
}

// assignment is a role in a division, however it was given: the role's rank above,
// the division below.
type assignment uint64

func (a assignment) rank() uint32     { return uint32(a >> 32) }
func (a assignment) division() uint32 { return uint32(a) }

// ranking says which roles matter more: those with more elevated permissions.
type ranking struct{ of, role []uint32 } // by role and by rank

func (b *builder) rankRoles() ranking {
	r := ranking{make([]uint32, len(b.roleName)), make([]uint32, len(b.roleName))}
	elevated := make([]int, len(b.roleName))
	for n := range r.role {
		r.role[n], elevated[n] = uint32(n), b.elevated[n].Len()
	}
	slices.SortFunc(r.role, func(x, y uint32) int {
		return cmp.Or(-cmp.Compare(elevated[x], elevated[y]), cmp.Compare(b.roleName[x], b.roleName[y]), cmp.Compare(x, y))
	})
	for rank, n := range r.role {
		r.of[n] = uint32(rank)
	}
	return r
}

// shownAssignments are the first role assignments of a principal.
type shownAssignments struct {
	list [shownRoles]struct{ role, division uint32 }
	n    int
}

// rolesOf adds to principals what roles they have.
type rolesOf struct {
	b        *builder
	rank     ranking
	held     []assignment
	elevated graph.Set
}

func (w *rolesOf) add(p uint32, out *Principal) (first shownAssignments) {
	w.held = w.held[:0]
	for _, n := range w.b.g.Acts(p) {
		for _, gr := range w.b.grantsOf(n) {
			w.held = append(w.held, assignment(w.rank.of[gr.Role])<<32|assignment(gr.Division))
		}
	}
	slices.Sort(w.held)
	held := slices.Compact(w.held)
	clear(w.elevated)
	for i, a := range held {
		role := w.rank.role[a.rank()]
		if i == 0 || held[i-1].rank() != a.rank() {
			out.RoleCount++
			or(w.elevated, w.b.elevated[role])
		}
		if i < shownRoles {
			first.list[i].role, first.list[i].division = role, a.division()
			first.n++
		}
	}
	out.Elevated, out.MoreAssignments = w.elevated.Len(), max(len(held)-shownRoles, 0)
	return first
}

// inShort names the first assignments. Equal ones are one text in memory, and
// equal lists one list.
func (b *builder) inShort(a shownAssignments, lists map[shownAssignments][]string) []string {
	if a.n == 0 {
		return nil
	}
	list, ok := lists[a]
	if !ok {
		for _, x := range a.list[:a.n] {
			list = append(list, b.intern(b.roleName[x.role]+" in "+b.divisionName(x.division)))
		}
		lists[a] = list
	}
	return list
}

func (b *builder) divisionName(d uint32) string {
	n := b.m.Division(d)
	return nameOr(n.Name, n.ID)
}

// reference turns a key into an index of the document's principals; -1 is none.
func (b *builder) reference(ref principalKey) int {
	if n, ok := b.g.FindPrincipal(ref.key()); ok {
		return int(n)
	}
	return -1
}
