package analyzer

import (
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph"
)

// A telling is what explanations of equal grants share: all but the subject and
// the date of the grant.
type telling struct{ role, division, perm, over uint32 }

// A teller explains grants of many principals, each like the one before of the same
// telling. What is new of each lies in rooms for many of them: tens of thousands of
// answers are a few thousand pieces of memory. It is used by one goroutine.
type teller struct {
	m       *Model
	like    map[telling]*told
	reasons []ExplainedReason
	steps   []Step
	times   []time.Time
	texts   strings.Builder
}

// told is an explanation, and what follows on the subject in its grant's id.
type told struct {
	reason ExplainedReason
	tail   string
}

// tell explains a derivation through a principal's own grant.
func (t *teller) tell(key telling, p *WhoRow, perm graph.Perm, r graph.Reason) ExplainedReason {
	like, ok := t.like[key]
	if !ok {
		like = &told{reason: t.m.explain(p.number, perm, key.over, r)}
		s := &like.reason.Steps[0]
		like.tail = s.Record.ID[len(p.Principal.ID):]
		t.like[key] = like
		return like.reason
	}
	e := like.reason
	e.Steps = many(&t.steps, e.Steps)
	s := &e.Steps[0]
	s.Record.ID, s.MadeAt = t.join(p.Principal.ID, like.tail), nil
	if r.Grant.MadeAt != 0 {
		s.MadeAt = &one(&t.times, grantTime(r.Grant))[0]
	}
	return e
}

// join joins two texts. What a builder has built stays as it is while it goes on.
func (t *teller) join(x, y string) string {
	if n := len(x) + len(y); t.texts.Cap()-t.texts.Len() < n {
		t.texts = strings.Builder{}
		t.texts.Grow(max(n, textRoom))
	}
	from := t.texts.Len()
	t.texts.WriteString(x)
	t.texts.WriteString(y)
	return t.texts.String()[from:]
}

// How many bytes, and elements, a room has.
const (
	textRoom    = 1 << 14
	elementRoom = 64
)

// one returns a list of one element that lies in a room.
func one[T any](room *[]T, v T) []T {
	*room = withRoom(*room, 1)
	*room = append(*room, v)
	n := len(*room)
	return (*room)[n-1 : n : n]
}

// many returns a copy of a list that lies in a room.
func many[T any](room *[]T, list []T) []T {
	*room = withRoom(*room, len(list))
	n := len(*room)
	*room = append(*room, list...)
	return (*room)[n:len(*room):len(*room)]
}

// withRoom returns a list to which some elements can be appended where it lies: the
// same, or a new one.
func withRoom[T any](list []T, n int) []T {
	if cap(list)-len(list) < n {
		return make([]T, 0, max(n, elementRoom))
	}
	return list
}
