package main

import (
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
)

// provenance prints where an answer comes from.
func provenance(t *term.Printer, h analyzer.Head) {
	names := make([]string, 0, len(h.Snapshot.Organizations))
	for _, o := range h.Snapshot.Organizations {
		names = append(names, term.Fit(display(o.Name, o.ID), 60))
	}
	t.Line(t.Paint(term.Dim, fmt.Sprintf("%s, snapshot %s taken %s", strings.Join(names, ", "), term.Clean(h.Snapshot.ID), h.Snapshot.TakenAt.UTC().Format(timeText))))
	notes(t, h)
}

func notes(t *term.Printer, h analyzer.Head) {
	for _, n := range h.Notes {
		t.Wrapped(6, t.Paint(term.Dim, "note: "+term.Clean(n)))
	}
}

// missing prints what an answer lacks: at most limit lines of each kind.
func missing(t *term.Printer, v view, h analyzer.Head) {
	if n := len(h.Undetermined); n > 0 {
		t.Line()
		t.Line(t.Paint(term.Bold, "Undetermined"), ": ", count(n, "thing"), " that the snapshot does not say and that could change this answer")
		for _, u := range h.Undetermined[:v.shown(n)] {
			t.Wrapped(4, "  ", undeterminedText(u))
		}
		leftOut(t, n-v.shown(n), "  ")
	}
	if n := len(h.Coverage.Gaps); n > 0 {
		t.Line()
		t.Line(t.Paint(term.Bold, "Gaps"), ": ", count(n, "list"), " that the snapshot lacks and this question needs")
		for _, g := range h.Coverage.Gaps[:v.shown(n)] {
			t.Wrapped(4, "  ", gapText(g))
		}
		leftOut(t, n-v.shown(n), "  ")
	}
}

// leftOut says how many rows are not shown, and how to see them.
func leftOut(t *term.Printer, n int, indent string) {
	if n > 0 {
		t.Line(indent, t.Paint(term.Dim, fmt.Sprintf("… %d more (--limit 0 shows all)", n)))
	}
}

func undeterminedText(u analyzer.Undetermined) string {
	var about []string
	for _, s := range []struct{ word, id string }{{"", u.Subject}, {"role ", u.Role}, {"division ", u.Division}} {
		if s.id != "" {
			about = append(about, term.Fit(s.word+s.id, 80))
		}
	}
	if len(about) == 0 {
		return term.Clean(u.Why)
	}
	return strings.Join(about, ", ") + ": " + term.Clean(u.Why)
}

func gapText(g analyzer.Gap) string {
	s := string(g.Kind) + ": " + string(g.Status)
	if g.Source != "" {
		s += " (" + g.Source + ")"
	}
	if g.Reason != "" {
		s += ": " + g.Reason
	}
	if g.MissingPermission != "" {
		s += "; the permission it takes: " + g.MissingPermission
	}
	return term.Clean(s)
}

// maxTold is how many gaps standard error names.
const maxTold = 10

// tellMissing says on standard error what an answer lacks.
func (p *process) tellMissing(h analyzer.Head) {
	var lines []string
	for _, g := range h.Coverage.Gaps {
		lines = append(lines, gapText(g))
	}
	for _, u := range h.Undetermined {
		lines = append(lines, undeterminedText(u))
	}
	p.tell("grantgraph: the answer is incomplete: the snapshot lacks what could change it\n")
	for _, l := range lines[:min(len(lines), maxTold)] {
		p.tell("  %s\n", l)
	}
	if n := len(lines) - maxTold; n > 0 {
		p.tell("  … %d more\n", n)
	}
	p.tell("try: --allow-gaps, to accept the answer as it is\n")
}
