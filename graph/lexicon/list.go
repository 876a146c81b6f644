package lexicon

import (
	"errors"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A list is a set of permissions, each with its reason. A row with the value
// false takes out what a wider one put in.
type list struct{ table[bool] }

// reason returns why p is in the list. A wildcard is in it as soon as a row's
// family is among what it could stand for. A row about an action everywhere
// ("*:*:export") does not count for that: else every "routing:queue:*" would be
// an export, though no such action is known there.
func (l list) reason(p authz.Pattern) (string, bool) {
	if r, ok := l.best(p); ok && (r.value || !many(p)) {
		return r.reason, r.value
	}
	if !many(p) {
		return "", false
	}
	for _, r := range l.table {
		if r.value && !r.family.everywhere() && r.family.meets(p) {
			return r.reason, true
		}
	}
	return "", false
}

var errNotListed = errors.New("nothing in the list matches it")

// without returns the list without what f covers. To take out what is not in is
// an error: most likely a name was mistyped, and silence would hide it.
func (l list) without(f family) (list, error) {
	if !slices.ContainsFunc(l.table, func(r row[bool]) bool { return r.value && r.family.overlaps(f) }) {
		return l, errNotListed
	}
	kept := slices.DeleteFunc(slices.Clone(l.table), func(r row[bool]) bool { return r.value && r.family.within(f) })
	return list{kept.add(row[bool]{f, false, ""})}, nil
}

func (l list) with(f family, reason string) list {
	return list{l.add(row[bool]{f, true, reason})}
}
