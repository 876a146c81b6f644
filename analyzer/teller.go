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
	base    map[[2]uint32]ExplainedReason // one by role and permission, whatever the divisions
	named   map[uint32]*Named             // divisions
	extents map[extentOf]*StepExtent
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

func (m *Model) newTeller() *teller {
	return &teller{m: m, like: map[telling]*told{}, base: map[[2]uint32]ExplainedReason{}, named: map[uint32]*Named{}, extents: map[extentOf]*StepExtent{}}
}

// tell explains a derivation through a principal's own grant.
func (t *teller) tell(key telling, p *WhoRow, perm graph.Perm, r graph.Reason) ExplainedReason {
	like, ok := t.like[key]
	if !ok {
		like = &told{reason: t.explain(key, p, perm, r)}
		s := &like.reason.Steps[0]
		like.tail = s.Record.ID[len(p.Principal.ID):]
		t.like[key] = like
		return like.reason
	}
	e := like.reason
	e.Steps = many(&t.steps, e.Steps)
	s := &e.Steps[0]
	s.Record.ID, s.MadeAt = t.join(p.Principal.ID, like.tail), t.madeAt(r.Grant)
	return e
}

// extentOf is a division that is asked about, and why it is reached.
type extentOf struct {
	division uint32
	why      graph.Extent
}

// explain explains a derivation as [Model.explain] does. What does not depend on the
// divisions is as it was for others.
func (t *teller) explain(key telling, p *WhoRow, perm graph.Perm, r graph.Reason) ExplainedReason {
	e, ok := t.base[[2]uint32{key.role, key.perm}]
	if !ok {
		e = t.m.explain(p.number, perm, key.over, r)
		t.base[[2]uint32{key.role, key.perm}] = e
		return e
	}
	e.Steps = many(&t.steps, e.Steps)
	s, in := &e.Steps[0], t.division(key.division)
	s.Record.ID, s.Record.Name = t.join(p.Principal.ID, "/", s.Role.ID, "/", in.ID), t.join(s.Role.Name, " in ", in.Name)
	s.Division, s.MadeAt = in, t.madeAt(r.Grant)
	e.Steps[len(e.Steps)-1].Extent = t.extent(extentOf{key.over, r.Extent})
	return e
}

func (t *teller) division(d uint32) *Named {
	n, ok := t.named[d]
	if !ok {
		is := t.m.Division(d)
		n = &is
		t.named[d] = n
	}
	return n
}

func (t *teller) extent(k extentOf) *StepExtent {
	x, ok := t.extents[k]
	if !ok {
		x = &StepExtent{Divisions: []Named{t.m.Division(k.division)}, Why: k.why}
		t.extents[k] = x
	}
	return x
}

func (t *teller) madeAt(g graph.Grant) *time.Time {
	if g.MadeAt == 0 {
		return nil
	}
	return &one(&t.times, grantTime(g))[0]
}

// join joins texts. What a builder has built stays as it is while it goes on.
func (t *teller) join(parts ...string) string {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	if t.texts.Cap()-t.texts.Len() < n {
		t.texts = strings.Builder{}
		t.texts.Grow(max(n, textRoom))
	}
	from := t.texts.Len()
	for _, p := range parts {
		t.texts.WriteString(p)
	}
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
