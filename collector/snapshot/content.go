package snapshot

import (
	"cmp"
	"iter"
	"slices"
	"strconv"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A leafRow is a record as the digest needs it: its key by number, and its hash.
type leafRow struct {
	ref  authz.Ref
	hash Hash
}

// A usageKey tells lines of usage apart.
type usageKey struct {
	client                 authz.Ref
	template, method, date string
}

// compare orders by the number of the client, template, method and date.
func (k usageKey) compare(o usageKey) int {
	return cmp.Or(cmp.Compare(k.client, o.client), cmp.Compare(k.template, o.template),
		cmp.Compare(k.method, o.method), cmp.Compare(k.date, o.date))
}

type usageLeaf struct {
	usageKey
	hash Hash
}

// A memberList is a list of members without them.
type memberList struct {
	container authz.Ref
	partial   bool
	raw       int64
}

// content is everything that the content digest covers, in a few bytes for each record.
type content struct {
	keys    []authz.Key
	records []leafRow
	lists   []memberList
	members []authz.MemberRow // by container
	usages  []usageLeaf
	grants  []grant  // by subject
	makers  []string // what grant.madeBy numbers
}

// The leaves of these are not those of records in general.
const (
	leafGrant      = "grant"
	leafMemberList = "member_list"
	leafUsage      = "usage"
)

// leaves yields the hash of each leaf in the order of the digest.
func (c *content) leaves() iter.Seq[Hash] {
	return func(yield func(Hash) bool) {
		rank := ranks(c.keys)
		byKind := map[string][]leafRow{}
		for _, l := range c.records {
			kind := c.keys[l.ref].Kind.String()
			byKind[kind] = append(byKind[kind], l)
		}
		names := []string{leafGrant, leafMemberList, leafUsage}
		for name := range byKind {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			var part iter.Seq[Hash]
			switch name {
			case leafGrant:
				part = c.grantLeaves(rank)
			case leafMemberList:
				part = c.listLeaves(rank)
			case leafUsage:
				part = c.usageLeaves(rank)
			default:
				part = recordLeaves(byKind[name], rank)
			}
			for h := range part {
				if !yield(h) {
					return
				}
			}
		}
	}
}

// ranks returns the place of each key in the order of keys.
func ranks(keys []authz.Key) []uint32 {
	order := make([]uint32, len(keys))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return keys[a].Compare(keys[b]) })
	rank := make([]uint32, len(keys))
	for i, n := range order {
		rank[n] = uint32(i)
	}
	return rank
}

func recordLeaves(list []leafRow, rank []uint32) iter.Seq[Hash] {
	return func(yield func(Hash) bool) {
		slices.SortFunc(list, func(a, b leafRow) int { return cmp.Compare(rank[a.ref], rank[b.ref]) })
		for _, l := range list {
			if !yield(l.hash) {
				return
			}
		}
	}
}

func (c *content) usageLeaves(rank []uint32) iter.Seq[Hash] {
	return func(yield func(Hash) bool) {
		list := slices.Clone(c.usages)
		slices.SortFunc(list, func(a, b usageLeaf) int {
			return cmp.Or(cmp.Compare(rank[a.client], rank[b.client]), cmp.Compare(a.template, b.template),
				cmp.Compare(a.method, b.method), cmp.Compare(a.date, b.date))
		})
		for _, l := range list {
			if !yield(l.hash) {
				return
			}
		}
	}
}

func (c *content) listLeaves(rank []uint32) iter.Seq[Hash] {
	return func(yield func(Hash) bool) {
		lists := slices.Clone(c.lists)
		slices.SortFunc(lists, func(a, b memberList) int { return cmp.Compare(rank[a.container], rank[b.container]) })
		var e encoder
		for _, l := range lists {
			e.members(c.keys, l, c.membersOf(l.container), rank)
			if !yield(e.hash()) {
				return
			}
		}
	}
}

// membersOf returns the members of a container in the order of their numbers.
func (c *content) membersOf(container authz.Ref) []authz.MemberRow {
	from, _ := slices.BinarySearchFunc(c.members, container, func(m authz.MemberRow, n authz.Ref) int {
		return cmp.Compare(m.Container, n)
	})
	to := from
	for to < len(c.members) && c.members[to].Container == container {
		to++
	}
	return c.members[from:to]
}

// members writes the leaf of a list of members.
func (e *encoder) members(keys []authz.Key, l memberList, members []authz.MemberRow, rank []uint32) {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b authz.MemberRow) int { return cmp.Compare(rank[a.Member], rank[b.Member]) })
	e.reset()
	e.text(leafMemberList)
	e.key(keys[l.container])
	e.flag(l.partial)
	e.nested(func() {
		for _, m := range members {
			e.key(keys[m.Member])
		}
	})
}

func (c *content) grantLeaves(rank []uint32) iter.Seq[Hash] {
	return func(yield func(Hash) bool) {
		var e encoder
		for _, group := range c.bySubject(rank) {
			slices.SortFunc(group, func(a, b grant) int {
				return cmp.Or(cmp.Compare(rank[a.role], rank[b.role]), cmp.Compare(rank[a.division], rank[b.division]))
			})
			for i := range group {
				e.grant(c.keys, &group[i], c.makers)
				if !yield(e.hash()) {
					return
				}
			}
		}
	}
}

// bySubject returns copies of the grants of each subject, in the order of subjects.
// The copies are made as they are asked for, and share their memory.
func (c *content) bySubject(rank []uint32) iter.Seq2[authz.Ref, []grant] {
	return func(yield func(authz.Ref, []grant) bool) {
		var starts []int
		for i := range c.grants {
			if i == 0 || c.grants[i].subject != c.grants[i-1].subject {
				starts = append(starts, i)
			}
		}
		slices.SortFunc(starts, func(a, b int) int {
			return cmp.Compare(rank[c.grants[a].subject], rank[c.grants[b].subject])
		})
		var scratch []grant
		for _, from := range starts {
			subject := c.grants[from].subject
			scratch = scratch[:0]
			for i := from; i < len(c.grants) && c.grants[i].subject == subject; i++ {
				scratch = append(scratch, c.grants[i])
			}
			if !yield(subject, scratch) {
				return
			}
		}
	}
}

// grant writes the leaf of a grant.
func (e *encoder) grant(keys []authz.Key, g *grant, makers []string) {
	e.reset()
	s, r, d := &keys[g.subject], &keys[g.role], &keys[g.division]
	e.b = appendText(e.b, leafGrant)
	e.b = appendText(e.b, s.Kind.String())
	e.b = appendText(e.b, s.Org)
	e.b = appendText(e.b, s.ID)
	e.b = appendText(e.b, r.Org)
	e.b = appendText(e.b, r.ID)
	e.b = appendText(e.b, d.ID)
	if g.at == 0 {
		e.b = appendText(e.b, "")
	} else {
		at := len(e.b)
		e.b = append(e.b, 0, 0, 0, 0)
		e.b = strconv.AppendInt(e.b, g.at, 10)
		e.b[at+3] = byte(len(e.b) - at - 4)
	}
	e.b = appendText(e.b, makers[g.madeBy])
}
