package report

import (
	"iter"
	"time"

	"github.com/grantgraph/grantgraph/graph"
)

func (b *builder) addGrantCell(c graph.Cell, holders graph.Set) {
	r := b.g.Role(c.Role)
	div := b.named(c.Division)
	out := GrantCell{
		Org: r.Key.Org, Role: b.roleName[c.Role], RoleID: r.Key.ID, Division: div.Name, DivisionID: div.ID,
		DivisionTenant: b.divisionTenant(c.Division), Grants: len(c.Nodes), Principals: holders.Len(),
	}
	for _, n := range c.Nodes {
		if int(n) >= b.g.Principals() {
			out.Groups++
		}
	}
	b.d.GrantCells = append(b.d.GrantCells, out)
}

func (b *builder) divisionTenant(d uint32) string {
	if d >= uint32(len(b.g.Divisions())) {
		return ""
	}
	if _, shared := b.m.Tenants.Shared(d); shared {
		return "shared"
	}
	return b.m.Tenants.Tenants[b.m.Tenants.OfDivision(d)].Name
}

// addGrants leaves the grants to a sequence: there can be millions.
func (b *builder) addGrants() { b.d.Grants = b.grants() }

func (b *builder) grants() iter.Seq[Grant] {
	return func(yield func(Grant) bool) {
		divs := b.divisionNames()
		ids := make([]string, b.g.Roles())
		for n := range ids {
			ids[n] = b.g.Role(uint32(n)).Key.ID
		}
		var last Grant // the subject of the grant before: many have several
		node := noGroup
		for i := range b.g.Grants() {
			g := b.g.Grant(i)
			if g.Node != node {
				node, last = g.Node, b.subject(g.Node)
			}
			out := last
			div := divs[min(int(g.Division), len(divs)-1)]
			out.Role, out.RoleID = b.roleName[g.Role], ids[g.Role]
			out.Division, out.DivisionID, out.DivisionTenant = div.name, div.id, div.tenant
			if g.MadeAt != 0 {
				out.MadeAt = time.UnixMilli(g.MadeAt).UTC()
			}
			if !yield(out) {
				return
			}
		}
	}
}

type divisionLine struct{ id, name, tenant string }

// divisionNames lists the divisions by number, and all divisions last.
func (b *builder) divisionNames() []divisionLine {
	n := uint32(len(b.g.Divisions()))
	out := make([]divisionLine, 0, n+1)
	for d := range n {
		out = append(out, divisionLine{b.named(d).ID, b.named(d).Name, b.divisionTenant(d)})
	}
	all := b.named(graph.AnyDivision)
	return append(out, divisionLine{all.ID, all.Name, ""})
}

// subject tells whom a grant is made to.
func (b *builder) subject(n uint32) Grant {
	k := b.g.NodeKey(n)
	out := Grant{Org: k.Org, SubjectKind: k.Kind, SubjectID: k.ID, SubjectName: nameOr(b.g.NodeName(n), k.ID), Members: 1}
	if int(n) >= b.g.Principals() {
		out.Members = len(b.g.Members(n))
		return out
	}
	p := &b.d.Principals[n]
	out.SubjectName = nameOr(p.Name, k.ID)
	out.Tenant, out.Dormant, out.Delegated = p.Tenant, !p.Live, !p.Acts
	return out
}
