package report

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// roleUse is what the cells say of a role.
type roleUse struct {
	holders           graph.Set
	grants, divisions int
	everywhere        bool
}

func (b *builder) roleUses() []roleUse {
	uses := make([]roleUse, b.g.Roles())
	for i := range b.g.Cells() {
		c := b.g.Cell(i)
		u := &uses[c.Role]
		if u.holders == nil {
			u.holders = graph.NewSet(b.g.Principals())
		}
		h := b.g.Holders(c)
		b.addGrantCell(c, h)
		u.holders.Or(h)
		u.grants += len(c.Nodes)
		if c.Division == graph.AnyDivision {
			u.everywhere = true
		} else {
			u.divisions++
		}
	}
	return uses
}

func (b *builder) addRoles() {
	external := b.m.External()
	for n, u := range b.roleUses() {
		r := b.g.Role(uint32(n))
		out := Role{
			Org: r.Key.Org, ID: r.Key.ID, Name: b.roleName[n], Known: r.Known, BuiltIn: r.Record.Default || r.Record.Base,
			BasedOn: r.Record.BasedOn, Admin: r.Admin, Grants: u.grants, Divisions: u.divisions, Everywhere: u.everywhere,
			Elevated: b.elevated[n].Len(), Wildcards: b.wildcards(r), Inherits: []string{}, Tenants: []string{},
		}
		if u.holders != nil {
			u.holders.And(b.g.Acting())
			out.Holders, out.External = u.holders.Len(), lengthOf(u.holders, external, external)
			out.Tenants = b.tenantsOfSet(u.holders)
		}
		out.Permissions, out.Narrowed = b.permissionCounts(r)
		out.Gives = b.gives(r, b.elevated[n])
		for _, q := range r.Inherited {
			out.Inherits = append(out.Inherits, b.roleName[q])
		}
		b.d.Roles = append(b.d.Roles, out)
	}
}

func (b *builder) tenantsOfSet(s graph.Set) []string {
	out := []string{}
	for i := range b.m.Tenants.Tenants {
		if s.Meets(b.m.Tenants.Tenants[i].Principals) {
			out = append(out, b.m.Tenants.Tenants[i].Name)
		}
	}
	slices.Sort(out)
	return out
}

// permissionCounts counts what a role gives, and of that what only narrowed.
func (b *builder) permissionCounts(r graph.Role) (all, narrowed int) {
	if r.Admin {
		return len(b.g.Universe(r.Key.Org)), 0
	}
	only := r.Narrowed.Clone()
	only.AndNot(r.Permissions)
	return r.Permissions.Len() + only.Len(), only.Len()
}

func (b *builder) gives(r graph.Role, elevated graph.Set) []RolePermission {
	if r.Admin {
		return nil
	}
	out := []RolePermission{}
	for _, p := range b.g.Universe(r.Key.Org) {
		if whole := r.Permissions.Has(p.ID); whole || r.Narrowed.Has(p.ID) {
			out = append(out, RolePermission{p.Pattern.String(), !whole, elevated.Has(p.ID)})
		}
	}
	return out
}

// wildcards are the patterns of a role, its own and inherited, that stand for
// more than one permission.
func (b *builder) wildcards(r graph.Role) []string {
	out := wildcardsOf(r.Record, nil)
	for _, q := range r.Inherited {
		out = wildcardsOf(b.g.Role(q).Record, out)
	}
	return distinct(out)
}

func wildcardsOf(r authz.Role, out []string) []string {
	for _, l := range r.Legacy {
		if authz.Legacy(l) == authz.Admin {
			out = append(out, l)
		}
	}
	for i := range r.Policies {
		p := &r.Policies[i]
		name := p.Domain + ":" + p.Entity + ":" + p.Action
		pattern := authz.NewPattern(p.Domain, p.Entity, p.Action)
		if p.Guide != "" {
			name = p.Guide
			var err error
			if pattern, err = authz.ParsePattern(p.Guide); err != nil {
				continue
			}
		}
		if pattern.IsWild() {
			out = append(out, name)
		}
	}
	return out
}
