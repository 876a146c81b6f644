package lexicon

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Pair is a toxic combination: two permissions that one principal must not
// hold in one division.
type Pair struct {
	Name   string
	A, B   authz.Pattern
	Reason string
}

// Sides reports of which sides of the pair m is. A wildcard that could stand for
// both is of both: it is the whole combination in one line.
func (p Pair) Sides(m authz.Pattern) (a, b bool) {
	return meets(p.A, m), meets(p.B, m)
}

// Toxic returns the toxic combinations, by name.
func (l *Lexicon) Toxic() []Pair { return slices.Clone(l.toxic) }

// A Need is a permission without which another one is of little use.
type Need struct {
	Name string
	// Holds is what makes a principal need it; Needs is what it then needs.
	Holds, Needs authz.Pattern
	// Shared is set if it is needed in shared divisions and not in the
	// principal's own.
	Shared bool
	Reason string
}

// Needed returns what principals need, by name.
func (l *Lexicon) Needed() []Need { return slices.Clone(l.needs) }

func meets(entry, m authz.Pattern) bool {
	f := family{entry.Domain, entry.Entity, action(entry)}
	return f.covers(m) || (many(m) && f.meets(m))
}
