package platform

import (
	"cmp"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A row is a grant with its parties by number.
type row struct {
	subject, role, division uint32
	at                      int64 // milliseconds since 1970; 0 is unknown
}

// A grantTable holds grants, each once, and finds them by role, by division and
// by subject. It is built for two million of them.
type grantTable struct {
	rows       []row // by role, subject, division
	subjects   []authz.Key
	roles      numbers
	divisions  numbers
	subjectNo  map[authz.Key]uint32
	bySubject  [][2]uint32 // for each subject the part of order that is its
	order      []uint32    // rows by subject
	byDivision [][]uint32  // for each division its rows
	starts     [][]uint32  // for each role, where the rows of each subject begin, and where the last ends
}

// numbers gives numbers to names.
type numbers struct {
	names []string
	no    map[string]uint32
}

func (n *numbers) number(name string) uint32 {
	i, ok := n.no[name]
	if !ok {
		if n.no == nil {
			n.no = map[string]uint32{}
		}
		i = uint32(len(n.names))
		n.no[name], n.names = i, append(n.names, name)
	}
	return i
}

func newGrantTable() *grantTable { return &grantTable{subjectNo: map[authz.Key]uint32{}} }

// add adds a grant, told by the list of grants or by a client.
func (t *grantTable) add(g authz.Grant) {
	division := g.Division
	if where(division) == "" {
		division = authz.AllDivisions
	}
	r := row{subject: t.subject(g.Subject), role: t.roles.number(g.Role), division: t.divisions.number(division)}
	if !g.MadeAt.IsZero() {
		r.at = g.MadeAt.UnixMilli()
	}
	t.rows = append(t.rows, r)
}

// subject returns the number of a subject; grants of one come in a row.
func (t *grantTable) subject(k authz.Key) uint32 {
	if n := len(t.rows); n > 0 && t.subjects[t.rows[n-1].subject] == k {
		return t.rows[n-1].subject
	}
	i, ok := t.subjectNo[k]
	if !ok {
		i = uint32(len(t.subjects))
		t.subjectNo[k], t.subjects = i, append(t.subjects, k)
	}
	return i
}

// finish sorts the grants and makes the indexes. KindOf says of what kind a
// subject is that was given without.
func (t *grantTable) finish(kindOf func(id string) authz.Kind) {
	t.resolve(kindOf)
	slices.SortFunc(t.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.role, b.role), cmp.Compare(a.subject, b.subject), cmp.Compare(a.division, b.division), dates(a.at, b.at))
	})
	t.rows = slices.CompactFunc(t.rows, func(a, b row) bool {
		return a.role == b.role && a.subject == b.subject && a.division == b.division
	})
	t.rows = slices.Clip(t.rows)
	t.index()
}

// dates orders known dates before unknown ones, so that of a grant told twice the
// earliest date stays.
func dates(a, b int64) int {
	if (a == 0) != (b == 0) {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

// resolve gives subjects their kinds, so that a grant told with and without is one.
func (t *grantTable) resolve(kindOf func(id string) authz.Kind) {
	same := make([]uint32, len(t.subjects))
	for i, k := range t.subjects {
		same[i] = uint32(i)
		if k.Kind != authz.KindSubject {
			continue
		}
		k.Kind = kindOf(k.ID)
		t.subjects[i] = k
		if j, ok := t.subjectNo[k]; ok {
			same[i] = j
		}
	}
	for i := range t.rows {
		t.rows[i].subject = same[t.rows[i].subject]
	}
}

func (t *grantTable) index() {
	t.starts = make([][]uint32, len(t.roles.names))
	t.byDivision = make([][]uint32, len(t.divisions.names))
	t.bySubject = make([][2]uint32, len(t.subjects))
	t.order = make([]uint32, len(t.rows))
	for i, r := range t.rows {
		if i == 0 || t.rows[i-1].role != r.role || t.rows[i-1].subject != r.subject {
			t.starts[r.role] = append(t.starts[r.role], uint32(i))
		}
		t.byDivision[r.division] = append(t.byDivision[r.division], uint32(i))
		t.order[i] = uint32(i)
	}
	for role, starts := range t.starts {
		if n := len(starts); n > 0 {
			end := starts[n-1]
			for int(end) < len(t.rows) && t.rows[end].role == uint32(role) && t.rows[end].subject == t.rows[starts[n-1]].subject {
				end++
			}
			t.starts[role] = append(starts, end)
		}
	}
	slices.SortFunc(t.order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(t.rows[a].subject, t.rows[b].subject), cmp.Compare(a, b))
	})
	for i, at := range t.order {
		span := &t.bySubject[t.rows[at].subject]
		if span[1] == 0 {
			span[0] = uint32(i)
		}
		span[1] = uint32(i + 1)
	}
}

// subjectsOf returns how many subjects hold a role.
func (t *grantTable) subjectsOf(role string) int {
	i, ok := t.roles.no[role]
	if !ok {
		return 0
	}
	return max(len(t.starts[i])-1, 0)
}

// held returns the grants of a role to the i-th subject that holds it.
func (t *grantTable) held(role string, i int) []row {
	starts := t.starts[t.roles.no[role]]
	return t.rows[starts[i]:starts[i+1]]
}

// inDivision returns the positions of a division's grants.
func (t *grantTable) inDivision(division string) []uint32 {
	i, ok := t.divisions.no[division]
	if !ok {
		return nil
	}
	return t.byDivision[i]
}

// of returns the grants of a subject itself.
func (t *grantTable) of(subject authz.Key) []row {
	i, ok := t.subjectNo[subject]
	if !ok {
		return nil
	}
	span := t.bySubject[i]
	out := make([]row, 0, span[1]-span[0])
	for _, at := range t.order[span[0]:span[1]] {
		out = append(out, t.rows[at])
	}
	return out
}

// madeAt returns the date of a grant, zero if it is unknown.
func (r row) madeAt() time.Time {
	if r.at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(r.at).UTC()
}
