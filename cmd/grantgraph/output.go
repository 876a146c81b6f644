package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
)

// An answer is something that can be shown in each form.
type answer struct {
	// document is what -o json prints.
	document any
	// stream writes the document piece by piece; nil where it is never large.
	stream func(w io.Writer) error
	// lines are what -o jsonl prints, one a line, without the head.
	lines func(yield func(any) bool)
	// columns and rows are what -o csv prints.
	columns []string
	rows    func(yield func([]string) bool)
	// table prints the answer for people.
	table func(*term.Printer)
}

// show prints an answer in the form asked for.
func (p *process) show(v view, a answer) error {
	if err := p.render(v.form.value, a); err != nil {
		return surroundings(fmt.Errorf("writing the answer: %w", err))
	}
	return nil
}

func (p *process) render(form string, a answer) error {
	switch form {
	case formJSON:
		if a.stream != nil {
			return a.stream(p.out)
		}
		return writeJSON(p.out, a.document)
	case formJSONL:
		return writeLines(p.out, a.lines)
	case formCSV:
		return writeCSV(p.out, a)
	default:
		t := p.printer()
		a.table(t)
		return t.Err()
	}
}

// writeJSON writes one document, indented, readable and harmless.
func writeJSON(w io.Writer, document any) error {
	e := json.NewEncoder(term.NewJSONWriter(w))
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

func writeLines(w io.Writer, lines func(yield func(any) bool)) error {
	e := json.NewEncoder(term.NewJSONWriter(w))
	e.SetEscapeHTML(false)
	for v := range lines {
		if err := e.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

func writeCSV(w io.Writer, a answer) error {
	c := term.NewCSV(w)
	if err := c.Row(a.columns...); err != nil {
		return err
	}
	for row := range a.rows {
		if err := c.Row(row...); err != nil {
			return err
		}
	}
	return c.Close()
}

// printer returns what tables are written with.
func (p *process) printer() *term.Printer {
	return term.NewPrinter(p.out, p.outTTY && !p.noColor && p.getenv("NO_COLOR") == "", p.columns)
}

// each yields the elements of a list as lines.
func each[T any](list []T) func(yield func(any) bool) {
	return func(yield func(any) bool) {
		for _, v := range list {
			if !yield(v) {
				return
			}
		}
	}
}

// rowsOf yields the rows that the elements of a list make.
func rowsOf[T any](list []T, row func(T) []string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for _, v := range list {
			if !yield(row(v)) {
				return
			}
		}
	}
}

// finish returns how a command ends whose answer was printed: bad news come
// before an incomplete answer, whose gaps standard error tells either way.
func (p *process) finish(h analyzer.Head, bad, allowGaps bool) error {
	if h.Incomplete() && !allowGaps {
		p.tellMissing(h)
	}
	switch {
	case bad:
		return exit(statusBad)
	case h.Incomplete() && !allowGaps:
		return exit(statusIncomplete)
	default:
		return nil
	}
}
