package simulator

import (
	"cmp"
	"slices"
)

// most returns, for each persona, how many pairs its scope has to give, with
// some left for what single users hold besides.
func (a *assignment) most() []int {
	var list []int
	for u := range a.crew.lay.units {
		unit := &a.crew.lay.units[u]
		room := max(scopeOf(unit, a.book).size()-spare, 1)
		list = append(list, slices.Repeat([]int{room}, personas(unit.Users))...)
	}
	return list
}

// spare is how many pairs of a scope personas leave to single users.
const spare = 6

// byHolders returns positions from the most common to the rarest.
func byHolders(holders []int) []int {
	order := make([]int, len(holders))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(holders[y], holders[x]) })
	return order
}

// each calls yield with the direct pairs of every ordinary user, in order. The
// list is valid during the call only.
func (a *assignment) each(yield func(user int, list []pair) error) error {
	nth := 0
	for u := range a.crew.lay.units {
		unit := &a.crew.lay.units[u]
		c := newChooser(scopeOf(unit, a.book), a.extra.rng, a.shape)
		for i := unit.first; i < unit.end; i++ {
			list := a.of(i, nth, c)
			if a.persona[i] >= 0 {
				nth++
			}
			if len(list) == 0 {
				continue
			}
			if err := yield(i, list); err != nil {
				return err
			}
		}
	}
	return nil
}

// of returns the pairs of user i, the nth that has a persona.
func (a *assignment) of(i, nth int, c *chooser) []pair {
	a.scratch = a.scratch[:0]
	switch {
	case a.isAdmin(i):
		return append(a.scratch, pair{a.book.admin, everywhere})
	case a.persona[i] < 0:
		return nil
	case a.shape == ShapeFlat:
		a.extra.at(i)
		a.scratch = c.add(a.scratch, a.total*(nth+1)/a.people-a.total*nth/a.people, 0)
	default:
		n := extras(a.extra.at(i)) + a.rest(nth)
		a.scratch = append(a.scratch, a.pairs[a.persona[i]]...)
		a.scratch = c.add(a.scratch, n, 0)
	}
	return a.scratch
}

// rest returns what the nth user takes of the pairs that fitted no persona.
func (a *assignment) rest(nth int) int {
	if nth < a.more {
		return 1
	}
	return 0
}
