package report

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
)

// A Class is principals of one tenant that have equal access.
type Class struct {
	Tenant   string
	External bool
	Kind     string
	// Members are indexes of [Document.Principals], ascending; the first stands for
	// the class.
	Members []int
	Holds   []ClassHolding
	// Permissions is how many permissions the roles give anywhere, narrowed or not,
	// Elevated how many of them are elevated.
	Permissions, Elevated int
	// Reaches are the other tenants whose divisions the members reach.
	Reaches []ClassReach
}

// A ClassHolding is a role that the members of a class hold, and where.
type ClassHolding struct {
	// Role is an index of [Document.Roles].
	Role      int
	Divisions []string
	// Doubtful says that it comes only through a group that is not role-enabled.
	Doubtful bool
}

// A ClassReach is how far a class reaches into another tenant.
type ClassReach struct {
	Tenant      string
	Reach       graph.Level
	Permissions int
}

// addClasses sorts the live principals that hold a role into classes of equal
// access. Those with most members come first within a tenant.
func (b *builder) addClasses() {
	reaches := b.reachesByPrincipal()
	tenant := func(p uint32) int { return b.m.Tenants.Of(p).Tenant }
	var order []int
	for _, c := range b.g.Classes(func(p uint32) uint64 { return uint64(tenant(p)) }) {
		first := c.Members[0]
		holdings := b.g.Holdings(first)
		if !b.g.Acting().Has(first) || len(holdings) == 0 {
			continue
		}
		p := &b.d.Principals[first]
		out := Class{
			Tenant: p.Tenant, External: p.External, Kind: p.Kind.String(), Members: make([]int, len(c.Members)),
			Elevated: p.Elevated, Reaches: reaches[int(first)],
		}
		for i, m := range c.Members {
			out.Members[i] = int(m)
		}
		out.Holds, out.Permissions = b.holds(p.Org, holdings)
		b.d.Classes = append(b.d.Classes, out)
		order = append(order, tenant(first))
	}
	at := make([]int, len(order))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(x, y int) int {
		return cmp.Or(cmp.Compare(order[x], order[y]), -cmp.Compare(len(b.d.Classes[x].Members), len(b.d.Classes[y].Members)))
	})
	sorted := make([]Class, len(at))
	for i, n := range at {
		sorted[i] = b.d.Classes[n]
		for _, m := range sorted[i].Members {
			b.d.Principals[m].Class = i + 1
		}
	}
	b.d.Classes = sorted
}

// holds tells the roles of some holdings, which are sorted by role, and counts
// the permissions that they give.
func (b *builder) holds(org string, list []graph.Holding) (out []ClassHolding, permissions int) {
	all := graph.NewSet(len(b.g.Universe(org)))
	for i, h := range list {
		if i == 0 || list[i-1].Role != h.Role {
			out = append(out, ClassHolding{Role: int(h.Role), Doubtful: true})
			r := b.g.Role(h.Role)
			if r.Admin && r.Key.Org == org {
				permissions = len(b.g.Universe(org))
			}
			or(all, r.Permissions)
			or(all, r.Narrowed)
		}
		last := &out[len(out)-1]
		last.Divisions = append(last.Divisions, b.divisionName(h.Division))
		last.Doubtful = last.Doubtful && h.Doubtful
	}
	return out, max(permissions, all.Len())
}

// reachesByPrincipal turns the matrix round: where each principal reaches.
func (b *builder) reachesByPrincipal() map[int][]ClassReach {
	out := map[int][]ClassReach{}
	for i := range b.d.Matrix.Cells {
		c := &b.d.Matrix.Cells[i]
		for _, h := range c.Holders {
			if h.Principal >= 0 {
				out[h.Principal] = append(out[h.Principal], ClassReach{c.To, h.Reach, h.Permissions})
			}
		}
	}
	return out
}
