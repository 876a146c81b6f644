package lexicon

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A row says one thing about one family.
type row[T any] struct {
	family family
	value  T
	reason string
}

// A table says things about permissions: of the rows that cover one, the most
// specific counts, the later of equals.
type table[T any] []row[T]

func (t table[T]) best(p authz.Pattern) (row[T], bool) {
	found := -1
	for i := range t {
		r := &t[i]
		if r.family.covers(p) && (found < 0 || r.family.narrower(t[found].family) >= 0) {
			found = i
		}
	}
	if found < 0 {
		return row[T]{}, false
	}
	return t[found], true
}

// add returns a copy with the row at the end; t stays as it is.
func (t table[T]) add(r row[T]) table[T] { return append(slices.Clip(t), r) }

// many reports whether p stands for more than one permission.
func many(p authz.Pattern) bool { return p == authz.Admin || p.IsWild() }
