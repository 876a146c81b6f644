package graph

import (
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// noNode is the number of no node.
const noNode = ^uint32(0)

// An index finds nodes by organization and id, whatever their kind. It is two
// flat slices, so that an [Image] holds it as it is: a table of chains by hash,
// and for each node the next one of its chain, ascending.
type index struct {
	first []uint32 // a power of two of them
	next  []uint32
}

// newIndex indexes n nodes.
func newIndex(n int, key func(uint32) authz.Key) index {
	size := 1
	for size < n+n/2 {
		size *= 2
	}
	x := index{first: make([]uint32, size), next: make([]uint32, n)}
	for i := range x.first {
		x.first[i] = noNode
	}
	parallel.Blocks(n, someMany, func(from, to int) {
		for i := from; i < to; i++ {
			k := key(uint32(i))
			x.next[i] = x.place(k.Org, k.ID)
		}
	})
	for i := n - 1; i >= 0; i-- {
		at := &x.first[x.next[i]]
		x.next[i], *at = *at, uint32(i)
	}
	return x
}

// place is where a key's chain begins.
func (x index) place(org, id string) uint32 { return hashOf(org, id) & uint32(len(x.first)-1) }

func (x index) chain(org, id string) *uint32 { return &x.first[x.place(org, id)] }

// hashOf is FNV-1a: an index that is kept needs the same hash tomorrow.
func hashOf(org, id string) uint32 {
	const prime = 16777619
	h := uint32(2166136261)
	for i := range len(org) {
		h = (h ^ uint32(org[i])) * prime
	}
	h *= prime
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * prime
	}
	return h ^ h>>15
}

// find returns the node with a key.
func (g *Graph) find(k authz.Key) (uint32, bool) {
	if len(g.index.first) == 0 {
		return 0, false
	}
	for n := *g.index.chain(k.Org, k.ID); n != noNode; n = g.index.next[n] {
		if g.NodeKey(n) == k {
			return n, true
		}
	}
	return 0, false
}

// withID returns the nodes of an organization that have an id, ascending. A
// trustee organization is not among them: its id is that of no principal's record.
func (g *Graph) withID(org, id string) []uint32 {
	if len(g.index.first) == 0 {
		return nil
	}
	var out []uint32
	for n := *g.index.chain(org, id); n != noNode; n = g.index.next[n] {
		if k := g.NodeKey(n); k.ID == id && k.Org == org && k.Kind != authz.KindTrusteeOrganization {
			out = append(out, n)
		}
	}
	return out
}
