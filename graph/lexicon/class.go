package lexicon

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// The classes of permissions, by what they show or change.
const (
	ClassContent       = "content"       // what was said, written, recorded, or assessed of it
	ClassSecurity      = "security"      // who may do what, and the record of it
	ClassPerformance   = "performance"   // figures about queues and people
	ClassPeople        = "people"        // persons and their working time
	ClassConfiguration = "configuration" // how the contact centre works
)

// Classes returns the classes, the most sensitive first.
func Classes() []string {
	return []string{ClassContent, ClassSecurity, ClassPerformance, ClassPeople, ClassConfiguration}
}

// What a permission carries.
const (
	CarriesTenant       = "tenant"       // it shows or changes what belongs to a division
	CarriesOrganization = "organization" // it shows or changes what all share
)

// Class returns the class of p, or "" if it is not known. A wildcard has the
// most sensitive class of those that it could stand for.
func (l *Lexicon) Class(p authz.Pattern) string {
	if many(p) {
		return l.widestClass(p)
	}
	r, _ := l.classes.best(p)
	return r.value
}

func (l *Lexicon) widestClass(p authz.Pattern) string {
	if p == authz.Admin {
		return ClassSecurity
	}
	for _, c := range Classes() {
		if slices.ContainsFunc(l.classes, func(r row[string]) bool { return r.value == c && r.family.meets(p) }) {
			return c
		}
	}
	return ""
}

// Carries returns [CarriesTenant] or [CarriesOrganization]. Where the data is
// silent, a permission that is known not to be division-aware carries what all
// share, and any other what belongs to a division. A wildcard carries what
// belongs to a division if anything that it could stand for does.
func (l *Lexicon) Carries(p authz.Pattern, aware authz.Tri) string {
	if many(p) && slices.ContainsFunc(l.carries, func(r row[string]) bool { return r.value == CarriesTenant && r.family.meets(p) }) {
		return CarriesTenant
	}
	if r, ok := l.carries.best(p); ok {
		return r.value
	}
	if aware == authz.False {
		return CarriesOrganization
	}
	return CarriesTenant
}

// CarriesReason returns why the data says what p carries, or "" where it is
// silent.
func (l *Lexicon) CarriesReason(p authz.Pattern) string {
	r, _ := l.carries.best(p)
	return r.reason
}
