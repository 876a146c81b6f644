package lexicon

import "github.com/grantgraph/grantgraph/graph/authz"

// Concerns reports which of a scope's resources a permission is about: queues,
// users, or both.
func (l *Lexicon) Concerns(p authz.Pattern) (queues, users bool) {
	a := l.About(p)
	return a&Queues != 0, a&Users != 0
}
