package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Bounds on what one file may make the reader hold.
const (
	maxDepth   = 200
	maxEntity  = 256 << 20
	windowSize = 64 << 10
)

// A scanner walks a stream of JSON values without holding more of it than one
// entity. It checks the grammar of every byte that it passes, so that what is
// decoded from it later can be trusted to be JSON.
type scanner struct {
	src  io.Reader
	buf  []byte
	pos  int   // of the next byte in buf
	mark int   // start of the bytes to keep, or -1
	base int64 // offset in the file of buf[0]
	err  error // what the source said last, once it said something

	// secret is set when a key that names a secret was passed.
	secret bool
}

func newScanner(r io.Reader) *scanner {
	return &scanner{src: r, buf: make([]byte, 0, windowSize), mark: -1}
}

// A syntaxError is a byte that the grammar does not allow, or a value of the
// wrong kind, at an offset of the file.
type syntaxError struct {
	at  int64
	msg string
}

func (e *syntaxError) Error() string { return e.msg }

func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

func (s *scanner) fail(format string, args ...any) error {
	return &syntaxError{s.offset(), fmt.Sprintf(format, args...)}
}

// broken is the error at the end of what the source gave.
func (s *scanner) broken() error {
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		return &placeError{at: s.offset(), err: s.err}
	}
	return s.fail("the file ends in the middle of a value")
}

// more reads on, and reports whether there is a byte at pos.
func (s *scanner) more() bool {
	for tries := 0; s.pos >= len(s.buf); tries++ {
		if s.err != nil {
			return false
		}
		if tries == 100 {
			s.err = io.ErrNoProgress
			return false
		}
		s.fill()
	}
	return true
}

// fill makes room and reads once.
func (s *scanner) fill() {
	keep := s.pos
	if s.mark >= 0 {
		keep = s.mark
	}
	if keep > 0 {
		n := copy(s.buf[:cap(s.buf)], s.buf[keep:])
		s.buf = s.buf[:n]
		s.base += int64(keep)
		s.pos -= keep
		if s.mark >= 0 {
			s.mark = 0
		}
	}
	if len(s.buf) == cap(s.buf) {
		if len(s.buf) >= maxEntity {
			s.err = fmt.Errorf("an entity is larger than %d MiB", maxEntity>>20)
			return
		}
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	s.err = err
}

// bom passes a byte order mark, and refuses the encodings that are not UTF-8.
func (s *scanner) bom() error {
	s.ahead(3)
	b := s.buf[s.pos:]
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		s.pos += 3
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		return s.fail("the file is UTF-16: want UTF-8")
	}
	return nil
}

// ahead reads on until n bytes are there, or there are no more.
func (s *scanner) ahead(n int) {
	for tries := 0; len(s.buf)-s.pos < n && s.err == nil && tries < 100; tries++ {
		s.fill()
	}
}

// peek passes white space and returns the byte after it, which stays to be read.
func (s *scanner) peek() (byte, error) {
	for {
		for s.pos < len(s.buf) {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\r', '\n':
				s.pos++
			default:
				return c, nil
			}
		}
		if !s.more() {
			return 0, s.broken()
		}
	}
}

// end passes white space and reports whether the file ends there.
func (s *scanner) end() (bool, error) {
	_, err := s.peek()
	if err == nil {
		return false, nil
	}
	if errors.Is(s.err, io.EOF) && s.pos >= len(s.buf) {
		return true, nil
	}
	return false, err
}

// take passes the byte c after white space.
func (s *scanner) take(c byte) error {
	got, err := s.peek()
	if err != nil {
		return err
	}
	if got != c {
		return s.fail("want %q, got %s", c, byteName(got))
	}
	s.pos++
	return nil
}

// raw passes one value and returns it; it is valid until the next call.
func (s *scanner) raw() (value, error) {
	if _, err := s.peek(); err != nil {
		return value{}, err
	}
	if s.mark < 0 {
		s.mark = s.pos
		defer func() { s.mark = -1 }()
	}
	start := s.offset()
	if err := s.skip(0); err != nil {
		return value{}, err
	}
	return s.since(start), nil
}

// since returns the bytes from an offset that is still held.
func (s *scanner) since(start int64) value {
	return value{s.buf[start-s.base : s.pos], start}
}

// skip passes one value of any kind.
func (s *scanner) skip(depth int) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch c {
	case '{', '[':
		if depth >= maxDepth {
			return s.fail("values are nested deeper than %d", maxDepth)
		}
		if c == '{' {
			return s.skipObject(depth + 1)
		}
		return s.skipArray(depth + 1)
	case '"':
		return s.skipString()
	case 't':
		return s.skipWord("true")
	case 'f':
		return s.skipWord("false")
	case 'n':
		return s.skipWord("null")
	default:
		return s.skipNumber()
	}
}

func (s *scanner) skipArray(depth int) error {
	return s.array(func() error { return s.skip(depth) })
}

// array passes an array; fn passes each element.
func (s *scanner) array(fn func() error) error {
	if err := s.take('['); err != nil {
		return err
	}
	if c, err := s.peek(); err != nil || c == ']' {
		s.pos++
		return err
	}
	for {
		if err := fn(); err != nil {
			return err
		}
		c, err := s.peek()
		switch {
		case err != nil:
			return err
		case c == ',':
			s.pos++
		case c == ']':
			s.pos++
			return nil
		default:
			return s.fail("want a comma or the end of the array, got %s", byteName(c))
		}
	}
}

func (s *scanner) skipObject(depth int) error {
	return s.object(func(value) error { return s.skip(depth) })
}

// object passes an object; fn is given each key and passes its value. The key is
// valid until fn reads on.
func (s *scanner) object(fn func(key value) error) error {
	if err := s.take('{'); err != nil {
		return err
	}
	if c, err := s.peek(); err != nil || c == '}' {
		s.pos++
		return err
	}
	for {
		key, err := s.key()
		if err != nil {
			return err
		}
		if err := fn(key); err != nil {
			return err
		}
		c, err := s.peek()
		switch {
		case err != nil:
			return err
		case c == ',':
			s.pos++
		case c == '}':
			s.pos++
			return nil
		default:
			return s.fail("want a comma or the end of the object, got %s", byteName(c))
		}
	}
}

// key passes a key and its colon. The key is held until the value is read.
func (s *scanner) key() (value, error) {
	c, err := s.peek()
	if err != nil {
		return value{}, err
	}
	if c != '"' {
		return value{}, s.fail("want a key in quotes, got %s", byteName(c))
	}
	held := s.mark >= 0
	if !held {
		s.mark = s.pos
	}
	start := s.offset()
	if err := s.skipString(); err != nil {
		return value{}, err
	}
	end := s.offset()
	if err := s.take(':'); err != nil {
		return value{}, err
	}
	if !held {
		s.mark = -1
	}
	key := value{s.buf[start-s.base : end-s.base], start}
	s.secret = s.secret || isSecret(key)
	return key, nil
}
