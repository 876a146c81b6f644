package lexicon

import "github.com/grantgraph/grantgraph/graph/authz"

// About is the set of the kinds of resources that a permission is about: only
// those count of what a policy's scope leaves.
type About uint8

// The kinds of resources.
const (
	Queues About = 1 << iota
	Users
	Flows
	Other
)

// Has reports whether all of k is in the set.
func (a About) Has(k About) bool { return a&k == k }

// About returns the kinds of resources that p is about. What the data does not
// name is about all of them: nothing that it reaches may be left out.
func (l *Lexicon) About(p authz.Pattern) About {
	if r, ok := l.about.best(p); ok {
		return r.value
	}
	return Queues | Users | Flows | Other
}
