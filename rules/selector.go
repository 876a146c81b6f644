package rules

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/graph/authz"
)

type selectorKind uint8

const (
	selFlag     selectorKind = iota // true or false
	selTri                          // true, false or unknown
	selWords                        // some of a list of words
	selOpen                         // words of a list, or any other text (names of tenants)
	selPatterns                     // permission patterns
)

// A selector restricts the rows of a fact before any expression sees them.
type selector struct {
	name  string
	kind  selectorKind
	words []string
	doc   string
}

func (s selector) allowed() []string {
	switch s.kind {
	case selFlag:
		return []string{"true", "false"}
	case selTri:
		return []string{"true", "false", "unknown"}
	default:
		return s.words
	}
}

// A query is what a rule asks of a fact: selections, and which fields it reads.
type query struct {
	rule string
	sel  map[string][]string
	pats map[string][]authz.Pattern
	uses map[string]bool
}

// flag returns the value of a selector that is true or false.
func (q *query) flag(name string) (value, given bool) {
	v, ok := q.sel[name]
	if !ok {
		return false, false
	}
	return v[0] == "true", true
}

// is reports whether a value passes a selector that is true or false.
func (q *query) is(name string, value bool) bool {
	want, given := q.flag(name)
	return !given || want == value
}

// has reports whether a word passes a selector of words.
func (q *query) has(name, word string) bool {
	v, given := q.sel[name]
	return !given || slices.Contains(v, word)
}

// patterns returns the patterns of a selector; nil if it was not given.
func (q *query) patterns(name string) []authz.Pattern { return q.pats[name] }

// selection reads the value of "select".
func (r *reader) selection(n ast.Node, f *fact, q *query) {
	for _, p := range r.pairs(n, "select") {
		s := f.selector(p.key)
		if s == nil {
			r.fail(p.at, fmt.Sprintf("the fact %s has no selector %q", f.name, p.key), "want one of "+joinWords(f.selectorNames()))
			continue
		}
		if p.value == nil {
			r.fail(p.at, fmt.Sprintf("the selector %s has no value", s.name), "want "+s.wants())
			continue
		}
		r.selected(p.value, s, q)
	}
}

func (s *selector) wants() string {
	switch s.kind {
	case selOpen:
		return "some of " + joinWords(s.words) + ", or names of tenants"
	case selPatterns:
		return "permissions such as routing:queue:view"
	case selFlag, selTri:
		return joinOr(s.allowed())
	default:
		return "some of " + joinWords(s.words)
	}
}

func (r *reader) selected(n ast.Node, s *selector, q *query) {
	nodes := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		nodes = list.Values
		if len(nodes) == 0 || s.kind == selFlag || s.kind == selTri {
			r.fail(r.pos(n), fmt.Sprintf("the selector %s is %s", s.name, describe(n)), "want "+s.wants())
			return
		}
	}
	for _, item := range nodes {
		word, ok := word(item)
		if !ok || !s.takes(word) {
			r.fail(r.pos(item), fmt.Sprintf("the selector %s is %s", s.name, describe(item)), "want "+s.wants())
			continue
		}
		q.sel[s.name] = append(q.sel[s.name], word)
		if s.kind == selPatterns {
			p, _ := authz.ParsePattern(word)
			q.pats[s.name] = append(q.pats[s.name], p)
		}
	}
}

func (s *selector) takes(word string) bool {
	switch s.kind {
	case selOpen:
		return word != ""
	case selPatterns:
		_, err := authz.ParsePattern(word)
		return err == nil
	default:
		return slices.Contains(s.allowed(), word)
	}
}

// word returns a scalar that may stand without quotes as text.
func word(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.BoolNode:
		return fmt.Sprint(v.Value), true
	default:
		return "", false
	}
}
