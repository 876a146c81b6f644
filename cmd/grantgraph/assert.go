package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
)

// assertOptions are what "assert" is told.
type assertOptions struct {
	ask
	view
	statements []string
}

func newAssertCmd(p *process) *cobra.Command {
	var o assertOptions
	c := &cobra.Command{
		Use:   "assert [STATEMENT]...",
		Short: "Whether statements of isolation hold",
		Long: `Checks statements, those of the configuration under assert: or those given:

  no principal of BPO_A can see BPO_B
  no external client could administer
  nobody outside BPO_B can export BPO_B except group:QA
  only HR-Admins can edit Home users
  at most 5 users can "Authorization > Grant > Add"

Each holds, with the number of (principal, permission, division) cells that were
looked at, or fails with the smallest counter-example and its reason. The words
are those of "who"; see docs/configuration.md.

Exit status 0: all hold; 1: one fails; 3: one holds only as far as was read.`,
		Example: `  grantgraph assert
  grantgraph assert "no principal of BPO_A can see BPO_B"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.statements = args
			return runAssert(cmd.Context(), p, o)
		},
	}
	o.ask.flags(c)
	o.view.flags(c)
	return c
}

func runAssert(ctx context.Context, p *process, o assertOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	m, err := p.load(ctx, o.ask)
	if err != nil {
		return err
	}
	list := m.Config.Assert
	if len(o.statements) > 0 {
		list = nil
		for _, s := range o.statements {
			list = append(list, config.Assertion{Statement: s})
		}
	}
	if len(list) == 0 {
		return hint(errors.New("there is nothing to check: no statement was given, and the list assert of the configuration is empty"),
			`grantgraph assert "no principal of BPO_A can see BPO_B"`)
	}
	a, err := m.Assert(list)
	if err != nil {
		return err
	}
	err = p.show(o.view, answer{
		document: a, lines: each(a.Assertions), columns: assertColumns(), rows: rowsOf(a.Assertions, assertCSV),
		table: func(t *term.Printer) { assertTable(t, o, a) },
	})
	if err != nil {
		return err
	}
	return p.finish(a.Head, failing(a) > 0, o.allowGaps)
}

func failing(a *analyzer.AssertAnswer) int {
	n := 0
	for _, r := range a.Assertions {
		if !r.Holds {
			n++
		}
	}
	return n
}

func assertColumns() []string {
	return []string{"statement", "place", "holds", "certain", "cells", "principals", "violations", "kind", "id", "name", "permission", "division", "reach"}
}

func assertCSV(r analyzer.AssertionResult) []string {
	row := []string{
		r.Statement, r.Place, strconv.FormatBool(r.Holds), strconv.FormatBool(r.Certain), strconv.Itoa(r.Cells),
		strconv.Itoa(r.Principals), strconv.Itoa(r.Violations),
	}
	if e := r.CounterExample; e != nil {
		return append(row, e.Principal.Kind.String(), e.Principal.ID, e.Principal.Name, e.Permission, e.Division.Name, e.Reach.String())
	}
	return append(row, "", "", "", "", "", "")
}

func assertTable(t *term.Printer, o assertOptions, a *analyzer.AssertAnswer) {
	bad := failing(a)
	hold := "hold"
	if len(a.Assertions) == 1 {
		hold = "holds"
	}
	t.Line(t.Paint(term.Bold, fmt.Sprintf("%d of %s %s", len(a.Assertions)-bad, count(len(a.Assertions), "assertion"), hold)))
	provenance(t, a.Head)
	for _, r := range a.Assertions {
		printAssertion(t, r)
	}
	missing(t, o.view, a.Head)
	var try []string
	for _, r := range a.Assertions {
		if e := r.CounterExample; e != nil {
			try = append(try, fmt.Sprintf("grantgraph explain %s %s %s", refArg(e.Principal), shellQuote(e.Permission), shellQuote("division:"+e.Division.ID)))
			break
		}
	}
	o.next(t, try)
}

func printAssertion(t *term.Printer, r analyzer.AssertionResult) {
	t.Line()
	word, style := "HOLDS", term.Green
	switch {
	case !r.Holds:
		word, style = "FAILS", term.Red
	case r.Cells == 0:
		word, style = "HOLDS, of nobody", term.Yellow
	case !r.Certain:
		word, style = "HOLDS, as far as was read", term.Yellow
	}
	t.Line(t.Paint(style, word), "  ", t.Paint(term.Bold, term.Fit(r.Statement, 200)))
	t.Line("       ", checkedText(r))
	if e := r.CounterExample; e != nil {
		has := " has "
		if e.Hops > 0 {
			has = fmt.Sprintf(" could have, after %s, ", count(e.Hops, "step"))
		}
		t.Line("       ", term.Fit(whoText(e.Principal), 80), has, permissionText(e.Permission), " over ", term.Fit(divisionText(e.Division), 60), ": ", e.Reach.String())
		printSteps(t, e.Reason.Steps)
	}
}

func checkedText(r analyzer.AssertionResult) string {
	s := fmt.Sprintf("%s checked, of %s", count(r.Cells, "cell"), count(r.Principals, "principal"))
	switch {
	case r.Cells == 0:
		s = "nothing was there to check: no principal that it speaks of, or no permission"
	case r.AtMost > 0:
		s += fmt.Sprintf("; %d of at most %d %s", r.Violations, r.AtMost, r.Mood)
	case !r.Holds:
		s += fmt.Sprintf("; %d %s", r.Violations, r.Mood)
	}
	return s
}
