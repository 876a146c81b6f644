package analyzer

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph"
)

// Rows answers what many principals can do, once for each class of principals
// that are alike. Not for use by several goroutines at once.
type Rows struct {
	m     *Model
	class []int32 // principal → class, or -1: alone in it
	left  []int   // class → members that were not asked about yet
	rows  map[int32][]AccessRow
}

// AllRows returns the rows of the principals, for questions about each of them.
func (m *Model) AllRows(of graph.Set) *Rows {
	r := &Rows{m: m, class: make([]int32, m.Graph.Principals()), rows: map[int32][]AccessRow{}}
	for i, c := range m.Graph.Alike() {
		r.left = append(r.left, 0)
		for _, p := range c.Members {
			r.class[p] = int32(i)
			if of.Has(p) {
				r.left[i]++
			}
		}
	}
	return r
}

// Of returns the rows of a principal, those of [Model.Access]. They are shared:
// nobody may write to them.
func (r *Rows) Of(p uint32) []AccessRow {
	c := r.class[p]
	r.left[c]--
	if rows, ok := r.rows[c]; ok {
		if r.left[c] <= 0 {
			delete(r.rows, c) // nobody will ask again
		}
		return rows
	}
	out, own := []AccessRow{}, false
	if !r.m.Graph.Principal(p).Acts {
		return out
	}
	for _, row := range r.m.Graph.Access(p) {
		// What leaves the principal itself leaves another in the rows of its like.
		own = own || slices.Contains(row.Things, p)
		out = append(out, r.m.accessRow(p, row, false))
	}
	if !own && r.left[c] > 0 {
		r.rows[c] = out
	}
	return out
}
