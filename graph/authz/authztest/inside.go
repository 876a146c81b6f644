package authztest

import (
	"reflect"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// inside replaces each record of a list by smaller ones while the test fails.
// A candidate that is equal to the record is none, so that shrinking ends.
func inside[T any](s *shrinker, list func(*authz.Records) []T, smaller func(T) []T) {
	for i := 0; i < len(list(s.best)); i++ {
		for again := true; again; {
			again = false
			now := list(s.best)[i]
			for _, c := range smaller(now) {
				if reflect.DeepEqual(c, now) {
					continue
				}
				if s.try(func(r *authz.Records) { list(r)[i] = c }) {
					again = true
					break
				}
			}
		}
	}
}
