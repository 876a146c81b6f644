package authztest

import (
	"fmt"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A statement is what is left to read of a line. The first thing that is wrong
// is kept, so that readers need not ask after each word.
type statement struct {
	p       *parser
	words   []token
	options map[string][]token
	err     error
}

func (s *statement) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// finish reports what was wrong, or what nobody read.
func (s *statement) finish() error {
	if s.err != nil {
		return s.err
	}
	if len(s.words) > 0 {
		return fmt.Errorf("unexpected word %q", s.words[0].text)
	}
	var left []string
	for key := range s.options {
		left = append(left, key)
	}
	if len(left) > 0 {
		slices.Sort(left)
		return fmt.Errorf("unknown option %q", left[0])
	}
	return nil
}

func (s *statement) word(what string) string {
	if len(s.words) == 0 {
		s.fail("want %s", what)
		return ""
	}
	w := s.words[0].text
	s.words = s.words[1:]
	return w
}

func (s *statement) rest() []string {
	var out []string
	for len(s.words) > 0 {
		out = append(out, s.word("a word"))
	}
	return out
}

// index finds a word that is not quoted: quotation marks make an id of it.
func (s *statement) index(name string) int {
	return slices.IndexFunc(s.words, func(t token) bool { return t.text == name && !t.quoted })
}

// flag takes a word out of the line.
func (s *statement) flag(name string) bool {
	if i := s.index(name); i >= 0 {
		s.words = slices.Delete(slices.Clone(s.words), i, i+1)
		return true
	}
	return false
}

func (s *statement) either(yes, no string) authz.Tri {
	switch {
	case s.flag(yes):
		return authz.True
	case s.flag(no):
		return authz.False
	default:
		return authz.Unknown
	}
}

// in takes "in DIVISION" out of the line.
func (s *statement) in() string {
	i := s.index("in")
	if i < 0 {
		return ""
	}
	if i+1 == len(s.words) {
		s.fail("want a division after in")
		return ""
	}
	d := s.words[i+1].text
	s.words = slices.Delete(slices.Clone(s.words), i, i+2)
	return d
}

func (s *statement) option(key string) string {
	v := s.options[key]
	delete(s.options, key)
	if len(v) > 1 {
		s.fail("option %q is given twice", key)
	}
	if len(v) == 0 {
		return ""
	}
	return v[0].text
}

func (s *statement) list(key string) []string {
	var out []string
	for _, t := range s.options[key] {
		out = append(out, t.list()...)
	}
	delete(s.options, key)
	return out
}

func (s *statement) tri(key string) authz.Tri {
	switch v := s.option(key); v {
	case "":
		return authz.Unknown
	case "true":
		return authz.True
	case "false":
		return authz.False
	default:
		s.fail("option %q: want true or false, not %q", key, v)
		return authz.Unknown
	}
}

func (s *statement) timeOf(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		s.fail("time %q: want the form 2006-01-02T15:04:05Z", text)
	}
	return t.UTC()
}
