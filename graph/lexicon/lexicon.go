package lexicon

import (
	"sync"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Lexicon is the shipped knowledge about permissions, with what a
// configuration added. It is immutable and safe for concurrent use.
type Lexicon struct {
	aliases        map[authz.Pattern]authz.Pattern
	aware          table[bool]
	classes        table[string]
	carries        table[string]
	about          table[About]
	verbs          []Verb
	data           []Data
	administration list
	elevated       list
	forbidden      list
	conversation   list
	toxic          []Pair
	needs          []Need
	escalations    []authz.Escalation
	personas       []Persona
}

var shipped = sync.OnceValues(load)

// Default returns the lexicon that ships. Its data is part of the program, and a
// test proves that it parses; should it not, the lexicon is empty.
func Default() *Lexicon {
	l, err := shipped()
	if err != nil {
		return &Lexicon{}
	}
	return l
}

// Administration returns why p is administration: what changes who may do what,
// or takes over an identity. A wildcard is administration if it could stand for
// a permission that is.
func (l *Lexicon) Administration(p authz.Pattern) (reason string, ok bool) {
	return l.administration.reason(p)
}

// Elevated returns why p is elevated: to be reviewed more often than other
// permissions. Administration is elevated.
func (l *Lexicon) Elevated(p authz.Pattern) (reason string, ok bool) {
	if reason, ok = l.administration.reason(p); ok {
		return reason, true
	}
	return l.elevated.reason(p)
}

// Forbidden returns why no external partner may ever hold p.
func (l *Lexicon) Forbidden(p authz.Pattern) (reason string, ok bool) { return l.forbidden.reason(p) }

// ConversationLevel returns why p shows whole conversations: a conversation lies
// in the divisions of every queue and agent that it passed, so that a transfer
// shows it to both sides.
func (l *Lexicon) ConversationLevel(p authz.Pattern) (reason string, ok bool) {
	return l.conversation.reason(p)
}

// Aware returns what the shipped data says of a permission that an
// organization's catalogue lacks: whether divisions limit it. Legacy permissions
// are organization-wide. A wildcard has an answer only where it is the same for
// all that it could stand for.
func (l *Lexicon) Aware(p authz.Pattern) authz.Tri {
	if p == (authz.Pattern{}) {
		return authz.Unknown
	}
	if p.IsLegacy() {
		return authz.False
	}
	r, ok := l.aware.best(p)
	if !ok || (many(p) && l.disputed(p, r)) {
		return authz.Unknown
	}
	return authz.TriOf(r.value)
}

// disputed reports whether a part of what p could stand for is said to be
// otherwise than a row says of the whole. Rows that are no more specific do not
// count: they are overruled.
func (l *Lexicon) disputed(p authz.Pattern, whole row[bool]) bool {
	for _, r := range l.aware {
		if r.value != whole.value && r.family.narrower(whole.family) > 0 && r.family.meets(p) {
			return true
		}
	}
	return false
}
