package simulator

import (
	"fmt"
	"strings"
	"time"
)

// A Size names how large a generated organization is.
type Size string

// The sizes, from a small company to more than the platform sells.
const (
	SizeS  Size = "S"
	SizeM  Size = "M"
	SizeL  Size = "L"
	SizeXL Size = "XL"
)

// ParseSize reads a size as people type it, in any case.
func ParseSize(s string) (Size, error) {
	size := Size(strings.ToUpper(s))
	if _, ok := size.Counts(); !ok {
		return "", fmt.Errorf("parse size %q: want S, M, L or XL", s)
	}
	return size, nil
}

// Counts are how many records of each kind an organization has.
type Counts struct{ Users, Groups, Roles, Divisions, Permissions, Grants, Clients int }

// Counts returns the numbers of a size, and whether it is one that exists.
func (s Size) Counts() (Counts, bool) {
	switch s {
	case SizeS:
		return Counts{1_000, 40, 40, 8, 1_500, 4_000, 20}, true
	case SizeM:
		return Counts{20_000, 400, 150, 40, 1_500, 60_000, 100}, true
	case SizeL:
		return Counts{100_000, 2_000, 300, 200, 1_800, 2_000_000, 500}, true
	case SizeXL:
		return Counts{1_000_000, 10_000, 1_000, 500, 2_000, 10_000_000, 2_000}, true
	default:
		return Counts{}, false
	}
}

// tenants returns how many external tenants share an organization of this size.
func (s Size) tenants() int {
	switch s {
	case SizeS:
		return 3
	case SizeM:
		return 8
	case SizeL:
		return 20
	default:
		return 40
	}
}

// A Shape says how roles are spread over people.
type Shape string

const (
	// ShapeReal gives most people of a tenant the same few roles, through
	// personas of which a few are common and most are rare.
	ShapeReal Shape = "real"
	// ShapeFlat draws every grant evenly from what the holder's tenant may have,
	// so that hardly two people are equal: the worst case for grouping them.
	ShapeFlat Shape = "flat"
)

// ParseShape reads a shape as people type it, in any case.
func ParseShape(s string) (Shape, error) {
	switch shape := Shape(strings.ToLower(s)); shape {
	case ShapeReal, ShapeFlat:
		return shape, nil
	default:
		return "", fmt.Errorf("parse shape %q: want real or flat", s)
	}
}

// Options say what [Generate] makes. The same options make the same records in
// the same order.
type Options struct {
	Size  Size
	Shape Shape // empty is real
	Seed  uint64
	// Faults plants one case of many rules into the organization, which is
	// sound without it; the plan lists them.
	Faults bool
	// Now is the moment at which the organization is told. Zero is [Moment].
	Now time.Time
}

// complete fills in what was left out and refuses what does not exist.
func (o Options) complete() (Options, Counts, error) {
	c, ok := o.Size.Counts()
	if !ok {
		return o, c, fmt.Errorf("generate organization: size %q: want S, M, L or XL", string(o.Size))
	}
	if o.Shape == "" {
		o.Shape = ShapeReal
	}
	if _, err := ParseShape(string(o.Shape)); err != nil {
		return o, c, fmt.Errorf("generate organization: %w", err)
	}
	if o.Now.IsZero() {
		o.Now = Moment()
	}
	o.Now = o.Now.UTC().Truncate(time.Millisecond)
	return o, c, nil
}
