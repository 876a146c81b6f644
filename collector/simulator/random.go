package simulator

import (
	"hash/fnv"
	"math/rand/v2"
)

// stream returns the random numbers of one section. Each section has its own,
// so that drawing more in one does not change the others.
func stream(seed uint64, section string) *rand.Rand {
	return rand.New(rand.NewPCG(seed, sectionNumber(section)))
}

// sectionNumber turns a section's name into a second seed.
func sectionNumber(section string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(section)) // a hash never fails
	return h.Sum64()
}

// A dice gives each item of a section its own numbers, so that items can be
// drawn twice, or in any order, with the same result.
type dice struct {
	pcg     *rand.PCG
	rng     *rand.Rand
	seed    uint64
	section uint64
}

// newDice returns the dice of a section.
func newDice(seed uint64, section string) *dice {
	pcg := rand.NewPCG(0, 0)
	return &dice{pcg: pcg, rng: rand.New(pcg), seed: seed, section: sectionNumber(section)}
}

// at returns the numbers of item i, valid until the next call.
func (d *dice) at(i int) *rand.Rand {
	d.pcg.Seed(d.seed, mix(d.section^uint64(i)))
	return d.rng
}

// mix spreads a number over all 64 bits; no two numbers give the same
// (the finalizer of splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

const hexDigits = "0123456789abcdef"

// uuid returns the id of the i-th thing of a family: shaped like the platform's
// ids, and the same for the same seed.
func uuid(seed uint64, family string, i int) string {
	hi := mix(mix(seed^sectionNumber(family)) ^ uint64(i))
	lo := mix(hi)
	var b [36]byte
	at := 0
	put := func(x uint64, from, digits int) {
		for k := range digits {
			b[at] = hexDigits[x>>(60-4*(from+k))&15]
			at++
		}
	}
	dash := func() { b[at] = '-'; at++ }
	put(hi, 0, 8)
	dash()
	put(hi, 8, 4)
	dash()
	b[at] = '4'
	at++
	put(hi, 13, 3)
	dash()
	b[at] = hexDigits[8|lo>>60&3]
	at++
	put(lo, 1, 3)
	dash()
	put(lo, 4, 12)
	return string(b[:])
}

// uuids returns the first n ids of a family.
func uuids(seed uint64, family string, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = uuid(seed, family, i)
	}
	return ids
}
