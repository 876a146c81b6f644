package graph

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// Alike sorts the principals into classes that have, besides equal access, as
// many derivations of it: they hold each role in each division equally often. So
// their rows of [Graph.Access] are the same, but where a row leaves a principal
// itself.
func (g *Graph) Alike() []Class {
	seed := maphash.MakeSeed() // a hash that nobody can aim at
	var held []Holding
	var text []byte
	return g.Classes(func(p uint32) uint64 {
		held, text = g.eachHolding(held[:0], p), text[:0]
		slices.SortFunc(held, compareHoldings)
		for _, h := range held {
			text = binary.LittleEndian.AppendUint32(text, h.Role)
			text = binary.LittleEndian.AppendUint32(text, h.Division)
			doubt := byte(0)
			if h.Doubtful {
				doubt = 1
			}
			text = append(text, doubt)
		}
		return maphash.Bytes(seed, text)
	})
}
