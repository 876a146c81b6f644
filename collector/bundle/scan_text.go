package bundle

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

func (s *scanner) skipString() error {
	s.pos++
	for {
		i := s.pos
		for i < len(s.buf) && plain[s.buf[i]] {
			i++
		}
		s.pos = i
		if !s.more() {
			return s.broken()
		}
		if plain[s.buf[s.pos]] {
			continue
		}
		switch c := s.buf[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c == '\\':
			if err := s.skipEscape(); err != nil {
				return err
			}
		case c < ' ':
			return s.fail("a string holds the control character %#02x as it is", c)
		default:
			if err := s.skipRune(); err != nil {
				return err
			}
		}
	}
}

// plain tells the bytes of a string that stand for themselves alone.
var plain = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

func (s *scanner) skipRune() error {
	s.ahead(utf8.UTFMax)
	r, n := utf8.DecodeRune(s.buf[s.pos:])
	if r == utf8.RuneError && n <= 1 {
		return s.fail("a string is not UTF-8: byte %#02x", s.buf[s.pos])
	}
	s.pos += n
	return nil
}

func (s *scanner) skipEscape() error {
	s.ahead(6)
	b := s.buf[s.pos:]
	if len(b) < 2 {
		s.pos = len(s.buf)
		return s.broken()
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos += 2
		return nil
	case 'u':
		if _, ok := hex4(b[2:]); ok {
			s.pos += 6
			return nil
		}
	}
	return s.fail("a string holds an escape that JSON does not have")
}

func (s *scanner) skipWord(word string) error {
	s.ahead(len(word))
	if !bytes.HasPrefix(s.buf[s.pos:], []byte(word)) {
		return s.fail("want a value, got something that begins as %s", word)
	}
	s.pos += len(word)
	return nil
}

func (s *scanner) skipNumber() error {
	if c := s.buf[s.pos]; c != '-' && !isDigit(c) {
		return s.fail("want a value, got %s", byteName(c))
	}
	if s.is('-') {
		s.pos++
	}
	switch {
	case s.is('0'):
		s.pos++
	case !s.digits():
		return s.fail("a number lacks its digits")
	}
	if s.is('.') {
		s.pos++
		if !s.digits() {
			return s.fail("a number lacks its fraction")
		}
	}
	if s.is('e') || s.is('E') {
		s.pos++
		if s.is('+') || s.is('-') {
			s.pos++
		}
		if !s.digits() {
			return s.fail("a number lacks its exponent")
		}
	}
	return nil
}

func (s *scanner) is(c byte) bool { return s.more() && s.buf[s.pos] == c }

// digits passes digits and reports whether there was one.
func (s *scanner) digits() (found bool) {
	for s.more() && isDigit(s.buf[s.pos]) {
		s.pos++
		found = true
	}
	return found
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// byteName names a byte for people: a byte of an unknown file may be anything.
func byteName(c byte) string {
	if c > ' ' && c < utf8.RuneSelf-1 {
		return fmt.Sprintf("%q", rune(c))
	}
	return fmt.Sprintf("byte %#02x", c)
}
