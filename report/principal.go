package report

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
)

// shownRoles is how many role assignments a principal's line spells out.
const shownRoles = 3

func (b *builder) addPrincipals() {
	n := b.g.Principals()
	b.d.Principals = make([]Principal, n)
	for p := range n {
		b.d.Principals[p] = b.principal(uint32(p))
	}
}

func (b *builder) principal(p uint32) Principal {
	pr := b.g.Principal(p)
	m := b.m.Tenants.Of(p)
	out := Principal{
		PrincipalRef: b.m.Ref(p), Live: pr.Live, Acts: pr.Acts, LastSeen: pr.LastSeen(),
		TenantBy: m.By, Disputed: m.Disputed(),
	}
	b.addRolesOf(p, &out)
	return out
}

// assignment is a role in a division, however it was given.
type assignment struct{ role, div uint32 }

func (b *builder) addRolesOf(p uint32, out *Principal) {
	var held []assignment
	for _, n := range b.g.Acts(p) {
		for _, gr := range b.grantsOf(n) {
			held = append(held, assignment{gr.Role, gr.Division})
		}
	}
	if len(held) == 0 {
		return
	}
	slices.SortFunc(held, b.byWeight)
	held = slices.Compact(held)
	elevated := graph.NewSet(len(b.g.Universe(b.g.Principal(p).Key.Org)))
	for i, a := range held {
		if i == 0 || held[i-1].role != a.role {
			out.RoleCount++
			elevated.Or(b.elevated[a.role])
		}
	}
	out.Elevated = elevated.Len()
	out.Assignments, out.MoreAssignments = b.inShort(held), max(len(held)-shownRoles, 0)
}

// byWeight puts what matters more first: roles with more elevated permissions.
func (b *builder) byWeight(x, y assignment) int {
	if x.role != y.role {
		return cmp.Or(
			-cmp.Compare(b.elevated[x.role].Len(), b.elevated[y.role].Len()),
			cmp.Compare(b.roleName[x.role], b.roleName[y.role]), cmp.Compare(x.role, y.role),
		)
	}
	return cmp.Compare(x.div, y.div)
}

// inShort names the first assignments. Equal ones are one text in memory, and
// equal lists one list.
func (b *builder) inShort(held []assignment) []string {
	shown := held[:min(len(held), shownRoles)]
	var k [shownRoles]assignment
	copy(k[:], shown)
	if list, ok := b.short[k]; ok && len(list) == len(shown) {
		return list
	}
	list := make([]string, len(shown))
	for i, a := range shown {
		list[i] = b.intern(b.roleName[a.role] + " in " + b.divisionName(a.div))
	}
	b.short[k] = list
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
