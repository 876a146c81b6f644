package report

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// A Class is principals of one tenant that have equal access.
type Class struct {
	Tenant   string
	External bool
	Kind     string
	// Members are numbers of [Document.Principals], ascending; the first stands for
	// the class. What they hold is told by [Document.Holds].
	Members []uint32
	// Roles is how many different roles they hold.
	Roles int
	// Permissions is how many permissions the roles give anywhere, narrowed or not,
	// Elevated how many of them are elevated.
	Permissions, Elevated int
	// Reaches are the other tenants whose divisions the members reach.
	Reaches []ClassReach
}

// A ClassHolding is a role that the members of a class hold, and where.
type ClassHolding struct {
	// Role is an index of [Document.Roles].
	Role      int      `json:"role"`
	Divisions []string `json:"divisions"`
	// Doubtful says that it comes only through a group that is not role-enabled.
	Doubtful bool `json:"doubtful,omitempty"`
}

// A ClassReach is how far a class reaches into another tenant.
type ClassReach struct {
	Tenant      string      `json:"tenant"`
	Reach       graph.Level `json:"reach"`
	Permissions int         `json:"permissions"`
}

// addClasses sorts the live principals that hold a role into classes of equal
// access: by tenant, those with most members first. What they hold is asked for
// when it is written: there can be a class for almost everybody.
func (b *builder) addClasses() {
	tenant := func(p uint32) int { return b.m.Tenants.Of(p).Tenant }
	classes := slices.DeleteFunc(b.g.Classes(func(p uint32) uint64 { return uint64(tenant(p)) }), func(c graph.Class) bool {
		return !b.g.Acting().Has(c.Members[0]) || b.d.Principals[c.Members[0]].RoleCount == 0
	})
	slices.SortStableFunc(classes, func(x, y graph.Class) int {
		return cmp.Or(cmp.Compare(tenant(x.Members[0]), tenant(y.Members[0])), -cmp.Compare(len(x.Members), len(y.Members)))
	})
	b.d.Classes = make([]Class, len(classes))
	parallel.Blocks(len(classes), principalBlock, func(from, to int) {
		scratch := graph.NewSet(b.mostPermissions())
		for i := from; i < to; i++ {
			b.d.Classes[i] = b.class(classes[i], scratch)
			for _, m := range classes[i].Members {
				b.d.Principals[m].Class = i + 1
			}
		}
	})
	for i := range b.d.Classes {
		b.d.Counts.ClassRoles += b.d.Classes[i].Roles
	}
	b.addReaches()
	names := b.divisionNames()
	b.d.holds = func(class int) []ClassHolding { return b.holds(b.d.Classes[class].Members[0], names) }
	b.d.rolesOf = func(class int) (roles []int) {
		for _, h := range b.g.Holdings(b.d.Classes[class].Members[0]) {
			if n := len(roles); n == 0 || roles[n-1] != int(h.Role) {
				roles = append(roles, int(h.Role))
			}
		}
		return roles
	}
}

func (b *builder) class(c graph.Class, scratch graph.Set) Class {
	p := &b.d.Principals[c.Members[0]]
	out := Class{Tenant: p.Tenant, External: p.External, Kind: p.Kind.String(), Members: c.Members, Elevated: p.Elevated}
	out.Roles, out.Permissions = b.permissionsOf(p.Org, b.g.Holdings(c.Members[0]), scratch)
	return out
}

// permissionsOf counts the roles of some holdings, which are sorted by role, and
// the permissions that they give. The scratch set has room for those of any organization.
func (b *builder) permissionsOf(org string, list []graph.Holding, scratch graph.Set) (roles, permissions int) {
	clear(scratch)
	for i, h := range list {
		if i > 0 && list[i-1].Role == h.Role {
			continue
		}
		roles++
		r := b.g.Role(h.Role)
		if r.Admin && r.Key.Org == org {
			permissions = len(b.g.Universe(org))
		}
		or(scratch, r.Permissions)
		or(scratch, r.Narrowed)
	}
	return roles, max(permissions, scratch.Len())
}

// holds tells what a principal holds. All lists of divisions are parts of one.
func (b *builder) holds(p uint32, names []divisionLine) []ClassHolding {
	list := b.g.Holdings(p)
	roles := 0
	for i, h := range list {
		if i == 0 || list[i-1].Role != h.Role {
			roles++
		}
	}
	out, divisions := make([]ClassHolding, 0, roles), make([]string, 0, len(list))
	for i, h := range list {
		if i == 0 || list[i-1].Role != h.Role {
			out = append(out, ClassHolding{Role: int(h.Role), Doubtful: true, Divisions: divisions[i:i]})
		}
		divisions = append(divisions, names[min(int(h.Division), len(names)-1)].name)
		last := &out[len(out)-1]
		last.Divisions = divisions[i-len(last.Divisions) : i+1 : i+1]
		last.Doubtful = last.Doubtful && h.Doubtful
	}
	return out
}

// addReaches turns the matrix round: where each class reaches.
func (b *builder) addReaches() {
	for i := range b.d.Matrix.Cells {
		c := &b.d.Matrix.Cells[i]
		for _, h := range c.Holders {
			if h.Principal < 0 {
				continue
			}
			n := b.d.Principals[h.Principal].Class - 1
			if n >= 0 && b.d.Classes[n].Members[0] == uint32(h.Principal) {
				b.d.Classes[n].Reaches = append(b.d.Classes[n].Reaches, ClassReach{c.To, h.Reach, h.Permissions})
			}
		}
	}
}

// Holds returns the roles that the members of a class hold, sorted by role.
func (d *Document) Holds(class int) []ClassHolding {
	if d.holds == nil {
		return nil
	}
	return d.holds(class)
}

// RolesOf returns the roles that the members of a class hold, as indexes of
// [Document.Roles], ascending.
func (d *Document) RolesOf(class int) []int {
	if d.rolesOf == nil {
		return nil
	}
	return d.rolesOf(class)
}
