package graph

import (
	"iter"
	"math/bits"
)

// A Set is a set of small numbers (principals, permissions, divisions), as bits.
// The nil Set is empty; operations with sets of different lengths treat what is
// missing as absent.
type Set []uint64

// NewSet returns an empty set for numbers below n.
func NewSet(n int) Set { return make(Set, (n+63)/64) }

// Add puts i into the set, which must be long enough.
func (s Set) Add(i uint32) { s[i>>6] |= 1 << (i & 63) }

// Remove takes i out of the set.
func (s Set) Remove(i uint32) {
	if int(i>>6) < len(s) {
		s[i>>6] &^= 1 << (i & 63)
	}
}

// Has reports whether i is in the set.
func (s Set) Has(i uint32) bool {
	return int(i>>6) < len(s) && s[i>>6]&(1<<(i&63)) != 0
}

// Len returns the number of members.
func (s Set) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Empty reports whether the set has no members.
func (s Set) Empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// Or adds the members of o, which must not be longer than s.
func (s Set) Or(o Set) {
	for i, w := range o {
		s[i] |= w
	}
}

// OrAndNot adds the members of o that not lacks.
func (s Set) OrAndNot(o, not Set) {
	for i, w := range o {
		if i < len(not) {
			w &^= not[i]
		}
		s[i] |= w
	}
}

// And keeps the members that o has too.
func (s Set) And(o Set) {
	for i := range s {
		if i < len(o) {
			s[i] &= o[i]
		} else {
			s[i] = 0
		}
	}
}

// AndNot removes the members of o.
func (s Set) AndNot(o Set) {
	for i := range min(len(s), len(o)) {
		s[i] &^= o[i]
	}
}

// Clone returns a copy.
func (s Set) Clone() Set { return append(Set(nil), s...) }

// Meets reports whether the sets have a member in common.
func (s Set) Meets(o Set) bool {
	for i := range min(len(s), len(o)) {
		if s[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

// All yields the members in ascending order.
func (s Set) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i, w := range s {
			for w != 0 {
				if !yield(uint32(i<<6 + bits.TrailingZeros64(w))) {
					return
				}
				w &= w - 1
			}
		}
	}
}
