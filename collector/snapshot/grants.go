package snapshot

import (
	"cmp"
	"errors"
	"math/bits"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A grant is a grant in few bytes: two million of them wait in memory until
// the file is sealed, so that they can be sorted and merged before they are written.
type grant struct {
	subject, role, division authz.Ref
	madeBy                  uint32 // number in grants.makers
	at                      int64  // milliseconds since 1970; 0 is unknown
	source                  uint32 // a bit for each of grants.sources
	raw                     uint32
}

// grants gathers grants.
type grants struct {
	rows    []grant
	makers  []string // the one at 0 is empty
	makerNo map[string]uint32
	sources []string
}

func newGrants() *grants {
	return &grants{makers: make([]string, 1), makerNo: map[string]uint32{"": 0}}
}

// maker returns the number of a name.
func (g *grants) maker(name string) uint32 {
	n, ok := g.makerNo[name]
	if !ok {
		n = uint32(len(g.makers))
		g.makerNo[name], g.makers = n, append(g.makers, name)
	}
	return n
}

var errSources = errors.New("grants from more than 32 different sources")

// source returns the bit of a source.
func (g *grants) source(name string) (uint32, error) {
	i := slices.Index(g.sources, name)
	if i < 0 {
		i = len(g.sources)
		g.sources = append(g.sources, name)
	}
	if i >= 32 {
		return 0, errSources
	}
	return 1 << i, nil
}

// sourceNames returns the names of a set of sources, sorted.
func (g *grants) sourceNames(set uint32) []string {
	var names []string
	for ; set != 0; set &= set - 1 {
		names = append(names, g.sources[bits.TrailingZeros32(set)])
	}
	slices.Sort(names)
	return names
}

// merge sorts the grants by subject, role and division, and makes one of those
// that were told more than once.
func (g *grants) merge(keys int) {
	g.rows = bySubject(g.rows, keys)
	for from := 0; from < len(g.rows); {
		to := from + 1
		for to < len(g.rows) && g.rows[to].subject == g.rows[from].subject {
			to++
		}
		slices.SortStableFunc(g.rows[from:to], compareGrants)
		from = to
	}
	g.rows = g.fold()
}

func compareGrants(a, b grant) int {
	return cmp.Or(cmp.Compare(a.subject, b.subject), cmp.Compare(a.role, b.role), cmp.Compare(a.division, b.division))
}

// bySubject sorts by counting, since subjects are dense numbers. It keeps the
// order of what has the same subject.
func bySubject(rows []grant, keys int) []grant {
	if slices.IsSortedFunc(rows, func(a, b grant) int { return cmp.Compare(a.subject, b.subject) }) {
		return rows
	}
	next := make([]int, keys+1)
	for i := range rows {
		next[rows[i].subject+1]++
	}
	for i := range keys {
		next[i+1] += next[i]
	}
	out := make([]grant, len(rows))
	for i := range rows {
		s := rows[i].subject
		out[next[s]] = rows[i]
		next[s]++
	}
	return out
}

// fold makes one grant of each run of equal ones.
func (g *grants) fold() []grant {
	out := g.rows[:0]
	for _, r := range g.rows {
		if n := len(out); n > 0 && compareGrants(out[n-1], r) == 0 {
			g.join(&out[n-1], r)
			continue
		}
		out = append(out, r)
	}
	return out
}

// join adds what another source says of the same grant: the earliest date, and
// every source. Of two makers the first by name stays, so that the order in
// which they were told does not matter.
func (g *grants) join(to *grant, from grant) {
	if from.at != 0 && (to.at == 0 || from.at < to.at) {
		to.at = from.at
	}
	if from.madeBy != 0 && (to.madeBy == 0 || g.makers[from.madeBy] < g.makers[to.madeBy]) {
		to.madeBy = from.madeBy
	}
	to.source |= from.source
	if to.raw == 0 {
		to.raw = from.raw
	}
}
