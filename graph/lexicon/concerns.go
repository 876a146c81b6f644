package lexicon

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Concerns reports which of a scope's resources a permission is about: queues,
// users, or both.
func (l *Lexicon) Concerns(p authz.Pattern) (queues, users bool) {
	a := l.About(p)
	// A name may speak of both (user:queueMember:view): both count then.
	return a&Queues != 0 || strings.HasPrefix(p.Entity, "queue"), a&Users != 0 || p.Domain == "user"
}
