package snapshot

import (
	"crypto/sha256"
	"math/bits"
)

// A Hash is a SHA-256 digest.
type Hash = [sha256.Size]byte

// The first byte of what is hashed, so that no leaf can be taken for a node.
const (
	leafTag = 0x00
	nodeTag = 0x01
)

func nodeHash(left, right Hash) Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = nodeTag
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// A tree computes the root over leaves that come one by one: it keeps the roots
// of the perfect trees that the leaves so far make, largest first. If follow is
// at or above zero, it also collects the path of proof of that leaf.
type tree struct {
	n      uint64
	stack  []Hash
	follow int64
	path   []Hash
}

func newTree() *tree { return &tree{follow: -1} }

func (t *tree) add(h Hash) {
	t.stack = append(t.stack, h)
	t.n++
	for level := range bits.TrailingZeros64(t.n) {
		t.join(t.n-1, uint(level))
	}
}

// join replaces the two last roots by their node. The right one has 1<<level
// leaves, of which last is the last.
func (t *tree) join(last uint64, level uint) {
	k := len(t.stack)
	left, right := t.stack[k-2], t.stack[k-1]
	if t.follow >= 0 {
		switch uint64(t.follow) >> level {
		case last >> level:
			t.path = append(t.path, left)
		case last>>level - 1:
			t.path = append(t.path, right)
		}
	}
	t.stack = append(t.stack[:k-2], nodeHash(left, right))
}

// root returns the root over the leaves so far. The tree must not be used after it.
func (t *tree) root() Hash {
	if len(t.stack) == 0 {
		return sha256.Sum256(nil)
	}
	// The last perfect trees are joined from the right. The followed leaf lies
	// in the tree at index at, of those that are left.
	at := t.home()
	h := t.stack[len(t.stack)-1]
	inRight := at == len(t.stack)-1
	for i := len(t.stack) - 2; i >= 0; i-- {
		switch {
		case inRight:
			t.path = append(t.path, t.stack[i])
		case at == i:
			t.path = append(t.path, h)
			inRight = true
		}
		h = nodeHash(t.stack[i], h)
	}
	return h
}

// home returns the index of the perfect tree in which the followed leaf lies, or -1.
func (t *tree) home() int {
	if t.follow < 0 || uint64(t.follow) >= t.n {
		return -1
	}
	first := uint64(0)
	for i, level := 0, 63; level >= 0; level-- {
		if t.n&(1<<level) == 0 {
			continue
		}
		if uint64(t.follow) < first+1<<level {
			return i
		}
		first += 1 << level
		i++
	}
	return -1
}

// rootFrom computes the root that a path of proof leads to, for the leaf at
// index of a tree of n leaves. It reports whether the path has the right length.
func rootFrom(leaf Hash, index, n uint64, path []Hash) (Hash, bool) {
	if index >= n {
		return Hash{}, false
	}
	h, node, last := leaf, index, n-1
	for _, p := range path {
		if last == 0 {
			return Hash{}, false
		}
		if node&1 == 1 || node == last {
			h = nodeHash(p, h)
			for node&1 == 0 && node != 0 {
				node, last = node>>1, last>>1
			}
		} else {
			h = nodeHash(h, p)
		}
		node, last = node>>1, last>>1
	}
	return h, last == 0
}
