package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// accessTable shows an [analyzer.AccessAnswer] to a person.
type accessTable struct {
	m *analyzer.Model
	a *analyzer.AccessAnswer
	o accessOptions
}

// An accessLine is a permission with the divisions that it reaches equally far.
type accessLine struct {
	permission string
	divisions  []string
	reach      graph.Level
	because    []string
	reasons    int
	resources  []string
	rows       []analyzer.AccessRow
}

func (w accessTable) print(t *term.Printer) {
	lines := w.fold()
	t.Line(t.Paint(term.Bold, w.headline(lines)))
	provenance(t, w.a.Head)
	if w.listed() {
		w.domains(t, lines)
	}
	if w.a.Could != nil {
		couldTable{a: w.a, o: w.o}.print(t)
	}
	missing(t, w.o.view, w.a.Head)
	w.next(t, lines)
}

// listed reports whether the rows are shown: what somebody would have is only
// shown to those who ask.
func (w accessTable) listed() bool { return !w.a.Dormant || w.o.includeDormant }

func (w accessTable) headline(lines []accessLine) string {
	name := term.Fit(whoText(w.a.Principal), 80)
	who := fmt.Sprintf("%s, %s of %s,", name, kindWord(w.a.Principal.Kind), term.Fit(w.a.Principal.Tenant, 60))
	distinct := map[string]bool{}
	for _, l := range lines {
		distinct[l.permission] = true
	}
	n := count(len(distinct), "permission")
	switch {
	case w.a.Delegated:
		return who + " has no access of its own: it acts as the user who signs in"
	case w.a.Dormant && w.o.includeDormant:
		return fmt.Sprintf("%s is %s and has no access today; it would have %s", who, term.Clean(w.state()), n)
	case w.a.Dormant:
		return fmt.Sprintf("%s is %s and has no access today; it would have %s (--include-dormant lists them)", who, term.Clean(w.state()), n)
	default:
		return who + " has " + n
	}
}

func (w accessTable) state() string {
	if w.a.Principal.State == "" || w.a.Principal.State == "active" {
		return "not live"
	}
	return w.a.Principal.State
}

// fold joins rows that differ in nothing but the division.
func (w accessTable) fold() []accessLine {
	var out []accessLine
	for _, r := range w.a.Access {
		if n := len(out); n > 0 && out[n-1].permission == r.Permission && out[n-1].same(r) {
			l := &out[n-1]
			l.divisions, l.reasons, l.rows = append(l.divisions, divisionText(r.Division)), l.reasons+r.Reasons, append(l.rows, r)
			l.resources = append(l.resources, r.Resources...)
			continue
		}
		out = append(out, accessLine{
			permission: r.Permission, divisions: []string{divisionText(r.Division)}, reach: r.Reach, because: r.Because,
			reasons: r.Reasons, resources: slices.Clone(r.Resources), rows: []analyzer.AccessRow{r},
		})
	}
	return out
}

func (l accessLine) same(r analyzer.AccessRow) bool {
	return l.reach == r.Reach && strings.Join(l.because, "\n") == strings.Join(r.Because, "\n") &&
		l.rows[0].Division.ID != authz.AllDivisions && r.Division.ID != authz.AllDivisions
}

// domains prints the lines grouped by the domain of their permissions.
func (w accessTable) domains(t *term.Printer, lines []accessLine) {
	shown := w.o.shown(len(lines))
	for from := 0; from < shown; {
		domain, to := domainOf(lines[from].permission), from
		for to < len(lines) && domainOf(lines[to].permission) == domain {
			to++
		}
		t.Line()
		t.Line(t.Paint(term.Bold, titleOf(domain)), fmt.Sprintf(" (%d)", to-from))
		w.domain(t, lines[from:min(to, shown)])
		from = to
	}
	leftOut(t, len(lines)-shown, "")
	if w.o.reasons.value == "all" {
		w.explained(t, lines[:shown])
	}
}

func (w accessTable) domain(t *term.Printer, lines []accessLine) {
	table := term.Table{Max: []int{56, 56, 60, 60}, Indent: "  "}
	for _, l := range lines {
		table.Add(term.C(titleOf(l.permission)), term.Cell{Text: l.permission, Style: term.Dim}, term.C(few(l.divisions, 4)),
			term.Cell{Text: l.reachText(), Style: reachStyle(l.reach)}, term.C(count(l.reasons, "reason")))
	}
	t.Table(&table)
}

func (l accessLine) reachText() string {
	if len(l.resources) > 0 {
		return fmt.Sprintf("%s: %s", l.reach, few(l.resources, 2))
	}
	return l.reach.String()
}

func (w accessTable) explained(t *term.Printer, lines []accessLine) {
	for _, l := range lines {
		for _, r := range l.rows {
			for n, reason := range r.Explained {
				printReason(t, w.a.Principal, reason, n+1)
			}
		}
	}
}

func domainOf(permission string) string {
	domain, _, _ := strings.Cut(permission, ":")
	return authz.Fold(domain)
}

// target names something that a row reaches: of all divisions one of another
// tenant, which is the more telling question.
func (w accessTable) target(d analyzer.Named) string {
	if d.ID != authz.AllDivisions {
		return "division:" + d.ID
	}
	for _, t := range w.m.Tenants.Tenants {
		if t.Name != w.a.Principal.Tenant && !t.Divisions.Empty() {
			return "tenant:" + t.Name
		}
	}
	return "tenant:" + w.a.Principal.Tenant
}

func (w accessTable) next(t *term.Printer, lines []accessLine) {
	var try []string
	who := refArg(w.a.Principal)
	if len(lines) > 0 && w.listed() {
		target := shellQuote(w.target(lines[0].rows[0].Division))
		try = append(try, fmt.Sprintf("grantgraph explain %s %s %s", who, shellQuote(lines[0].permission), target))
	}
	if w.listed() && len(lines) > w.o.shown(len(lines)) {
		try = append(try, fmt.Sprintf("grantgraph access %s -o csv", who))
	}
	w.o.next(t, try)
}
