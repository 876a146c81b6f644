package graph

import "sync"

// A scratch hands out sets that are forgotten together: comparing a large
// organization needs millions of small ones, of which few are kept.
type scratch struct {
	words []uint64
	used  int
}

// scratchWords is the least that is asked for at once.
const scratchWords = 1 << 14

// set returns an empty set for numbers below n.
func (s *scratch) set(n int) Set {
	n = (n + 63) / 64
	if s.used+n > len(s.words) {
		s.words, s.used = make([]uint64, max(n, scratchWords)), 0
	}
	out := s.words[s.used : s.used+n : s.used+n]
	s.used += n
	clear(out)
	return out
}

// clone returns a copy of a set.
func (s *scratch) clone(o Set) Set {
	out := s.set(64 * len(o))
	copy(out, o)
	return out
}

// and returns what two sets have in common.
func (s *scratch) and(a, b Set) Set {
	out := s.clone(a)
	out.And(b)
	return out
}

// andNot returns what the first set has and the second lacks.
func (s *scratch) andNot(a, b Set) Set {
	out := s.clone(a)
	out.AndNot(b)
	return out
}

// reset forgets the sets that were handed out.
func (s *scratch) reset() { s.used = 0 }

// kept are the sets and causes of changes, each once: many changes are over the
// same permissions and divisions, and come of the same.
type kept struct {
	mu     sync.Mutex
	sets   map[string]Set
	causes map[string]Cause
}

func newKept() *kept { return &kept{sets: map[string]Set{}, causes: map[string]Cause{}} }

// set returns the kept set that is equal to one.
func (k *kept) set(s Set) Set {
	key := appendSet(make([]byte, 0, 256), s)
	k.mu.Lock()
	defer k.mu.Unlock()
	was, ok := k.sets[string(key)]
	if !ok {
		was = s.Clone()
		k.sets[string(key)] = was
	}
	return was
}

// cause returns the kept cause with the key of one.
func (k *kept) cause(key string, c Cause) Cause {
	k.mu.Lock()
	defer k.mu.Unlock()
	was, ok := k.causes[key]
	if !ok {
		was = c
		k.causes[key] = c
	}
	return was
}
