package simulator

import (
	"math/rand/v2"
)

// An assignment says which pairs every ordinary user holds directly, without
// keeping them: personas are kept, and what a user has besides is drawn again
// each time.
type assignment struct {
	crew    *crew
	book    *roleBook
	shape   Shape
	persona []int32  // of each user, a position in pairs; -1: none
	pairs   [][]pair // of each persona
	extra   *dice
	more    int // the first so many active users get one pair more
	// Of the flat shape: how many pairs there are for how many users.
	total, people int
	scratch       []pair
}

// assign spreads total grants over the active users. What does not fit exactly
// is left to the first users.
func assign(c *crew, b *roleBook, total int) *assignment {
	a := &assignment{crew: c, book: b, shape: c.o.Shape, extra: newDice(c.o.Seed, "extra"), total: total}
	a.persona = make([]int32, len(c.ids))
	for i := range a.persona {
		a.persona[i] = -1
		if c.active[i] && !a.isAdmin(i) {
			a.persona[i] = 0
			a.people++
		}
	}
	if a.shape == ShapeReal {
		a.total -= a.extras()
		a.choose()
		a.calibrate()
	}
	return a
}

// isAdmin reports whether a user holds administration instead of a persona.
func (a *assignment) isAdmin(i int) bool {
	first := a.crew.lay.internal().first
	return i >= first && i < first+admins(len(a.crew.ids))
}

// extras returns how many pairs users hold beside their personas.
func (a *assignment) extras() int {
	n := 0
	for i, p := range a.persona {
		if p >= 0 {
			n += extras(a.extra.at(i))
		}
	}
	return n
}

// extras draws how many pairs a user holds beside a persona: one person in five
// holds one to three.
func extras(rng *rand.Rand) int {
	if rng.IntN(5) != 0 {
		return 0
	}
	return 1 + rng.IntN(3)
}

// choose makes personas, a few for each unit and more for the large ones, and
// gives each user one: the first persona of a unit to many, the last to few.
func (a *assignment) choose() {
	rng := stream(a.crew.o.Seed, "persona")
	units := a.crew.lay.units
	for u := range units {
		n := personas(units[u].Users)
		zipf := rand.NewZipf(rng, 1.2, 4, uint64(n-1))
		for i := units[u].first; i < units[u].end; i++ {
			if a.persona[i] >= 0 {
				a.persona[i] = int32(len(a.pairs)) + int32(zipf.Uint64())
			}
		}
		a.pairs = append(a.pairs, make([][]pair, n)...)
	}
}

// personas returns how many personas a unit of n users has.
func personas(n int) int { return min(max(n/65, 4), 1500) }

// calibrate draws the pairs of each persona so that all users together hold the
// wanted number.
func (a *assignment) calibrate() {
	holders := make([]int, len(a.pairs))
	for _, p := range a.persona {
		if p >= 0 {
			holders[p]++
		}
	}
	lengths := a.lengths(holders)
	rng := stream(a.crew.o.Seed, "pairs")
	at := 0
	for u := range a.crew.lay.units {
		unit := &a.crew.lay.units[u]
		c := newChooser(scopeOf(unit, a.book), rng, a.shape)
		for k := range personas(unit.Users) {
			a.pairs[at] = c.add(a.shared(unit, k, lengths[at]), lengths[at]-len(a.shared(unit, k, lengths[at])), k%3)
			at++
		}
	}
}

// shared returns what people from outside hold in the shared divisions: the
// directory of queues, and every third persona the flows.
func (a *assignment) shared(u *unit, k, length int) []pair {
	var list []pair
	if u.External && length > 1 {
		list = append(list, pair{a.book.transfer, atDirectory})
	}
	if u.External && length > 2 && k%3 == 1 {
		list = append(list, pair{a.book.flowViewer, atShared})
	}
	return list
}

// lengths returns how many pairs each persona has: around the mean, then mended
// from the most common persona to the rarest until only a rest is left, which
// goes to single users.
func (a *assignment) lengths(holders []int) []int {
	rng := stream(a.crew.o.Seed, "length")
	lengths, most := make([]int, len(holders)), a.most()
	mean := float64(a.total) / float64(max(a.people, 1))
	left := a.total
	for i := range lengths {
		lengths[i] = min(max(int(mean*(0.5+rng.Float64())), 1), most[i])
		left -= lengths[i] * holders[i]
	}
	for _, i := range byHolders(holders) {
		if holders[i] == 0 {
			continue
		}
		change := left / holders[i]
		if left < 0 {
			change = -((-left + holders[i] - 1) / holders[i])
		}
		// No persona takes up the whole difference, or the commonest would be
		// unlike all others.
		change = min(max(change, -lengths[i]/2, 1-lengths[i]), lengths[i], most[i]-lengths[i])
		lengths[i] += change
		left -= change * holders[i]
	}
	a.more = left
	return lengths
}
