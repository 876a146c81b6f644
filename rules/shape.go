package rules

import (
	"fmt"
	"strings"
	"time"
)

// shapeFields is the most fields of which a shape is made.
const shapeFields = 4

// A shape is what an expression can tell apart of a row: a token for each field
// that it reads. It is the same of rows of equal shape, so that of a million
// role assignments a few hundred are evaluated.
type shape [shapeFields]uint64

// shapes remembers what became of an expression, by shape.
type shapes struct {
	program *program
	known   map[shape]bool
	looks   int
}

// newShapes returns what remembers a program, or each of the conditions that it
// joins; those that are cheap to ask come first.
func newShapes(p *program) []*shapes {
	if p == nil {
		return nil
	}
	parts := p.parts
	if parts == nil {
		parts = []*program{p}
	}
	var cheap, rest []*shapes
	for _, part := range parts {
		s := &shapes{program: part}
		if part.whole || len(part.reads) > shapeFields {
			rest = append(rest, s)
			continue
		}
		s.known = map[shape]bool{}
		cheap = append(cheap, s)
	}
	return append(cheap, rest...)
}

// holds reports whether the program is true for the binding's row, asking only
// where no row like it was looked at.
func (s *shapes) holds(b *binding) (bool, error) {
	if s.known == nil {
		return s.program.holds(b)
	}
	var k shape
	for i, f := range s.program.reads {
		k[i] = f.tell(b.value.x, b.value.row)
	}
	held, ok := s.known[k]
	s.looks++
	if ok {
		return held, nil
	}
	held, err := s.program.holds(b)
	if err != nil {
		return false, err
	}
	s.known[k] = held
	// Where hardly two rows are alike, remembering costs more than it saves.
	if s.looks > 1<<12 && len(s.known) > s.looks/2 {
		s.known = nil
	}
	return held, nil
}

// allHold reports whether all of some conditions hold. As with && an error
// counts only where none is false.
func allHold(list []*shapes, b *binding) (bool, error) {
	var wrong error
	for _, s := range list {
		held, err := s.holds(b)
		switch {
		case err != nil:
			wrong = err
		case !held:
			return false, nil
		}
	}
	return wrong == nil, wrong
}

// tell returns a number that two rows share only if the field has the same value
// in both.
func (f *field) tell(x *index, row any) uint64 {
	if f.token != nil {
		return f.token(x, row)
	}
	if f.key != nil && f.id == nil {
		return f.key(x, row)
	}
	if f.text != nil {
		return x.token(f.text(x, row))
	}
	switch v := f.get(x, row).(type) {
	case []string:
		var b strings.Builder
		for _, s := range v {
			fmt.Fprintf(&b, "%d:%s", len(s), s)
		}
		return x.token(b.String())
	case time.Time:
		return x.token(v.Format(time.RFC3339Nano))
	default:
		return x.token(fmt.Sprint(v))
	}
}

// token numbers texts.
func (x *index) token(text string) uint64 {
	n, ok := x.tokens[text]
	if !ok {
		n = uint64(len(x.tokens))
		x.tokens[text] = n
	}
	return n
}
