package report

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// principalKey is a reference as answers give it.
type principalKey struct {
	org  string
	kind authz.Kind
	id   string
}

func keyOf(r analyzer.PrincipalRef) principalKey { return principalKey{r.Org, r.Kind, r.ID} }

func (k principalKey) key() authz.Key { return authz.Key{Org: k.org, Kind: k.kind, ID: k.id} }

func (b *builder) addMatrix() {
	a := b.m.Matrix()
	b.d.Undetermined = a.Undetermined
	b.d.Matrix = Matrix{Tenants: a.Tenants, Cells: []Cell{}}
	places := map[string]int{}
	for i, t := range a.Tenants {
		places[t.Name] = i
	}
	for i := range a.Cells {
		b.d.Matrix.Cells = append(b.d.Matrix.Cells, Cell{MatrixCell: a.Cells[i], Row: places[a.Cells[i].From], Column: places[a.Cells[i].To]})
	}
	b.addHolders()
}

// holderBlock is how many principals a worker looks at before it takes others.
const holderBlock = 1024

// addHolders says of everybody who reaches another tenant what they have, and through
// what. It goes by principal, whose grants are listed once for all that it reaches.
func (b *builder) addHolders() {
	s := b.newSurvey()
	n := b.g.Principals()
	parts := make([]surveyed, (n+holderBlock-1)/holderBlock)
	parallel.Blocks(n, holderBlock, func(from, to int) { parts[from/holderBlock] = s.part(uint32(from), uint32(to)) })
	parallel.For(len(b.d.Matrix.Cells), func(i int) {
		c := &b.d.Matrix.Cells[i]
		c.Holders = make([]Holder, 0, c.Principals)
		counts := map[Through]int{}
		for _, p := range parts {
			c.Holders = append(c.Holders, p.holders[i]...)
			for w, n := range p.through[i] {
				counts[b.through(w)] += n
			}
		}
		c.Through = sortedThrough(counts)
	})
}

// A survey is what is asked of each principal about the cells of the matrix.
type survey struct {
	b *builder
	// row are the cells of each tenant's principals, by index.
	row    [][]int
	gauges map[string]*gauge // by organization
	// rest is what narrowed policies leave of each tenant's divisions, by organization.
	rest []map[string]*leftovers
}

// surveyed is what was found of some principals, by cell.
type surveyed struct {
	holders [][]Holder
	through []map[wayIn]int
}

// A wayIn is a role assignment, and the group that it is made to.
type wayIn struct{ role, division, group uint32 }

// notKnown is the way in where there is none to show.
const notKnown = ^uint32(0)

func (b *builder) newSurvey() *survey {
	tenants := b.m.Tenants.Tenants
	s := &survey{b: b, row: make([][]int, len(tenants)), gauges: map[string]*gauge{}, rest: make([]map[string]*leftovers, len(tenants))}
	for i := range b.d.Matrix.Cells {
		c := &b.d.Matrix.Cells[i]
		s.row[c.Row] = append(s.row[c.Row], i)
	}
	for i := range b.orgs {
		s.gauges[b.orgs[i].id] = b.newGauge(&b.orgs[i], b.orgs[i].thru)
	}
	parallel.For(len(tenants), func(column int) {
		s.rest[column] = map[string]*leftovers{}
		for i := range b.orgs {
			x := &b.orgs[i]
			s.rest[column][x.id] = b.leftovers(x, x.thruPerms, both(tenants[column].Divisions, x.divs))
		}
	})
	return s
}

func (s *survey) part(from, to uint32) surveyed {
	cells := s.b.d.Matrix.Cells
	out := surveyed{make([][]Holder, len(cells)), make([]map[wayIn]int, len(cells))}
	var list []held
	scratch := map[string]graph.Set{}
	for id, g := range s.gauges {
		scratch[id] = graph.NewSet(len(g.b.g.Universe(id)))
	}
	for p := from; p < to; p++ {
		list = list[:0]
		for _, i := range s.row[s.b.m.Tenants.Of(p).Tenant] {
			c := &cells[i]
			level, reaches := s.b.m.CellReach(c.MatrixCell, p)
			if !reaches {
				continue
			}
			if len(list) == 0 {
				list = s.b.holdings(p, list)
			}
			h, by := Holder{Principal: int(p), Reach: level}, wayIn{notKnown, notKnown, noGroup}
			org := s.b.g.Principal(p).Key.Org
			if g := s.gauges[org]; g != nil {
				n, way := g.measure(list, s.b.m.Tenants.Tenants[c.Column].Divisions, s.rest[c.Column][org].of(p), scratch[org])
				h.Permissions, h.Via = n, s.b.shown(way, list)
				if way.grant >= 0 {
					w := &list[way.grant]
					by = wayIn{w.Role, w.Division, w.group}
				}
			}
			if out.through[i] == nil {
				out.through[i] = map[wayIn]int{}
			}
			out.through[i][by]++
			out.holders[i] = append(out.holders[i], h)
		}
	}
	return out
}

func (b *builder) through(w wayIn) Through {
	if w.role == notKnown {
		return Through{}
	}
	v := b.via(held{graph.Grant{Role: w.role, Division: w.division}, w.group})
	return Through{Role: v.Role, Division: v.Division, Group: v.Group}
}

func sortedThrough(counts map[Through]int) []Through {
	out := make([]Through, 0, len(counts))
	for t, n := range counts {
		t.Principals = n
		out = append(out, t)
	}
	slices.SortFunc(out, func(x, y Through) int {
		return cmp.Or(-cmp.Compare(x.Principals, y.Principals), cmp.Compare(x.Role, y.Role),
			cmp.Compare(x.Division, y.Division), cmp.Compare(x.Group, y.Group))
	})
	return out
}
