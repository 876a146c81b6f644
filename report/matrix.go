package report

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
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
	rows := map[string]int{}
	for i, t := range a.Tenants {
		rows[t.Name] = i
	}
	gauges := map[string]*gauge{}
	for i := range b.orgs {
		gauges[b.orgs[i].id] = b.newGauge(&b.orgs[i], b.orgs[i].thru)
	}
	for i := range a.Cells {
		b.d.Matrix.Cells = append(b.d.Matrix.Cells, Cell{MatrixCell: a.Cells[i], Row: rows[a.Cells[i].From], Column: rows[a.Cells[i].To]})
	}
	for column := range a.Tenants {
		b.addColumn(column, gauges)
	}
}

// addColumn says of everybody who reaches one tenant what they have, and
// through what.
func (b *builder) addColumn(column int, gauges map[string]*gauge) {
	divs := b.m.Tenants.Tenants[column].Divisions
	rest := map[string]*leftovers{}
	for i := range b.orgs {
		x := &b.orgs[i]
		rest[x.id] = b.leftovers(x, x.thruPerms, both(divs, x.divs))
	}
	for i := range b.d.Matrix.Cells {
		c := &b.d.Matrix.Cells[i]
		if c.Column != column {
			continue
		}
		for _, l := range rest {
			l.rewind()
		}
		b.addHolders(c, divs, gauges, rest)
	}
}

func (b *builder) addHolders(c *Cell, divs graph.Set, gauges map[string]*gauge, rest map[string]*leftovers) {
	counts := map[Through]int{}
	var list []held
	c.Holders = make([]Holder, 0, c.Principals)
	scratch := map[string]graph.Set{}
	for i := range b.orgs {
		scratch[b.orgs[i].id] = graph.NewSet(len(b.g.Universe(b.orgs[i].id)))
	}
	for p, level := range b.m.CellReach(c.MatrixCell) {
		h := Holder{Principal: int(p), Reach: level}
		org := b.g.Principal(p).Key.Org
		if g := gauges[org]; g != nil {
			list = b.holdings(p, list[:0])
			h.Permissions, h.Via = g.measure(list, divs, rest[org].take(p), scratch[org])
		}
		counts[Through{Role: h.Via.Role, Division: h.Via.Division, Group: h.Via.Group}]++
		c.Holders = append(c.Holders, h)
	}
	c.Through = sortedThrough(counts)
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
