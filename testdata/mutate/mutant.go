package main

import (
	"fmt"
	"strings"
)

// A mutant is one small change of a package's source.
type mutant struct {
	ID     int    // counts from 1 over all packages of a run
	Dir    string // of the package, below the module's root: "graph"
	File   string // base name
	Line   int
	Op     string // what kind of change: see operators
	Func   string // function or method around it; "" at the package's level
	Before string // the source text, on one line
	After  string
	Nth    int // 1, or more where a function has the same change several times
}

// operators are the kinds of changes, with what each is about.
var operators = []struct{ name, about string }{
	{"compare", "a < b: a <= b, a >= b; a == b: a != b; cmp.Compare(a, b): the other way round; a case that never matches"},
	{"logic", "a && b: a || b, a, b; the same for ||"},
	{"not", "!a: a; a condition or a returned bool: its negation"},
	{"bool", "true: false"},
	{"arithmetic", "+ and -, * and /, & and |, << and >>, min and max, x++ and x--"},
	{"loop", "break and continue"},
	{"drop", "a call or an assignment that is left out"},
}

// key names the change by what it changes, so that it is the same after lines
// above it come and go.
func (m mutant) key() string {
	nth := ""
	if m.Nth > 1 {
		nth = fmt.Sprintf(" #%d", m.Nth)
	}
	return fmt.Sprintf("%s %s: %s%s%s%s", m.Dir, m.Func, m.Before, arrow, m.After, nth)
}

const arrow = " => "

func (m mutant) String() string {
	return fmt.Sprintf("%s/%s:%d: %s", m.Dir, m.File, m.Line, strings.TrimPrefix(m.key(), m.Dir+" "))
}

// oneLine is source text without line breaks, shortened.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 160
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
