package simulator

import (
	"math/rand/v2"
	"slices"
)

// everywhere is the position that stands for all divisions in a pair.
const everywhere = -1

// A pair is a role in a division, both by position.
type pair struct{ role, division int }

// A scope is what the people of one unit may be given: each of its roles in
// each of its divisions.
type scope struct {
	roles, divisions []int
	everywhere       bool // whether a grant may be in all divisions
}

// size returns how many different pairs there are without all divisions.
func (s scope) size() int { return len(s.roles) * len(s.divisions) }

// scopeOf returns what the people of a unit may be given.
func scopeOf(u *unit, b *roleBook) scope {
	if u.External {
		return scope{roles: b.external, divisions: u.divisions}
	}
	return scope{roles: b.internal, divisions: u.divisions, everywhere: true}
}

// A chooser draws pairs of a scope: the same few most of the time, or evenly.
type chooser struct {
	scope
	rng             *rand.Rand
	roles, division *rand.Zipf // nil: evenly
}

func newChooser(s scope, rng *rand.Rand, shape Shape) *chooser {
	c := &chooser{scope: s, rng: rng}
	if shape == ShapeReal {
		c.roles = rand.NewZipf(rng, 1.3, 3, uint64(len(s.roles)-1))
		c.division = rand.NewZipf(rng, 1.3, 2, uint64(len(s.divisions)-1))
	}
	return c
}

// draw returns one pair. Of an owner's grants, eight in a hundred are in all
// divisions: with a quarter of the people, two in a hundred of everybody's.
func (c *chooser) draw(turn int) pair {
	p := pair{role: c.scope.roles[c.rng.IntN(len(c.scope.roles))], division: c.divisions[c.rng.IntN(len(c.divisions))]}
	if c.roles != nil {
		p.role = c.scope.roles[(int(c.roles.Uint64())+turn)%len(c.scope.roles)]
		p.division = c.divisions[(int(c.division.Uint64())+turn)%len(c.divisions)]
	}
	if c.everywhere && c.rng.IntN(100) < 8 {
		p.division = everywhere
	}
	return p
}

// add appends n pairs that the list does not have yet. After many draws that it
// had, it takes the first free ones, so that it always ends.
func (c *chooser) add(list []pair, n, turn int) []pair {
	for range n {
		p, ok := c.fresh(list, turn)
		if !ok {
			return list
		}
		list = append(list, p)
	}
	return list
}

// fresh returns a pair that the list does not have, and whether there is one.
func (c *chooser) fresh(list []pair, turn int) (pair, bool) {
	for range 20 {
		if p := c.draw(turn); !slices.Contains(list, p) {
			return p, true
		}
	}
	for _, role := range c.scope.roles {
		for _, division := range c.divisions {
			if p := (pair{role, division}); !slices.Contains(list, p) {
				return p, true
			}
		}
	}
	return pair{}, false
}
