package report

import (
	"iter"
	"math/bits"

	"github.com/grantgraph/grantgraph/graph"
)

// A sight says of every principal how far it sees each of some divisions: what the
// graph answers by division, turned round.
type sight struct {
	words int // for a principal
	// levels has two bits for each principal and division.
	levels []uint64
}

// inWord is how many divisions a word of a sight tells of.
const inWord = 32

func (b *builder) newSight(all []seen) *sight {
	s := &sight{words: (len(all) + inWord - 1) / inWord}
	s.levels = make([]uint64, s.words*b.g.Principals())
	for i := range all {
		h := &all[i].holders
		for _, l := range []struct {
			level   graph.Level
			holders graph.Set
		}{{graph.Whole, h.Whole}, {graph.Conditional, h.Conditional}, {graph.Limited, h.Limited}} {
			mark := uint64(l.level) << (2 * (i % inWord))
			for p := range l.holders.All() {
				s.levels[int(p)*s.words+i/inWord] |= mark
			}
		}
	}
	return s
}

// of returns what is said of a principal; equal slices say the same.
func (s *sight) of(p uint32) []uint64 { return s.levels[int(p)*s.words:][:s.words] }

// all yields the divisions that a principal sees, by their places, in order.
func (s *sight) all(p uint32) iter.Seq2[int, graph.Level] {
	return func(yield func(int, graph.Level) bool) {
		for i, w := range s.of(p) {
			for w != 0 {
				at := bits.TrailingZeros64(w) / 2
				if !yield(i*inWord+at, graph.Level(w>>(2*at)&3)) {
					return
				}
				w &^= 3 << (2 * at)
			}
		}
	}
}
