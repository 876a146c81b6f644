package snapshot

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// members gathers lists of members. A list told in parts is the union of the
// parts, and partial if one of them is.
type members struct {
	rows  []authz.MemberRow
	lists []memberList
	at    map[authz.Ref]int // index in lists
}

func newMembers() *members { return &members{at: map[authz.Ref]int{}} }

func (m *members) list(container authz.Ref, partial bool, raw int64) {
	i, ok := m.at[container]
	if !ok {
		m.at[container] = len(m.lists)
		m.lists = append(m.lists, memberList{container, partial, raw})
		return
	}
	l := &m.lists[i]
	l.partial = l.partial || partial
	if l.raw == 0 {
		l.raw = raw
	}
}

// merge sorts, and drops what was told twice.
func (m *members) merge() {
	slices.SortFunc(m.rows, func(a, b authz.MemberRow) int {
		return cmp.Or(cmp.Compare(a.Container, b.Container), cmp.Compare(a.Member, b.Member))
	})
	m.rows = slices.Compact(m.rows)
	slices.SortFunc(m.lists, func(a, b memberList) int { return cmp.Compare(a.container, b.container) })
}
