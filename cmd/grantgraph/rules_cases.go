package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

// rulesTestOptions are what "rules test" is told.
type rulesTestOptions struct {
	view
	config string
	files  []string
}

// A casesAnswer is the outcome of the rules' tests.
type casesAnswer struct {
	Schema string             `json:"schema"`
	Passed int                `json:"passed"`
	Failed int                `json:"failed"`
	Cases  []rules.CaseResult `json:"cases"`
}

func newRulesTestCmd(p *process) *cobra.Command {
	var o rulesTestOptions
	c := &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Run the tests that stand beside the rules",
		Long: `Runs each rule's own tests on the two organizations that come with the program:
one in which most things went wrong, and one that does everything right.
Without FILE the packs are those that the configuration uses.

Exit status 1: a test failed.`,
		Example: `  grantgraph rules test
  grantgraph rules test ours.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runRulesTest(cmd.Context(), p, o)
		},
	}
	o.flags(c)
	c.Flags().StringVar(&o.config, "config", "", "configuration `FILE` (default: grantgraph.yaml, if there is one)")
	return c
}

func runRulesTest(ctx context.Context, p *process, o rulesTestOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	set, err := configuredSet(o.config, o.files)
	if err != nil {
		return err
	}
	bases, err := testBases(ctx)
	if err != nil {
		return err
	}
	cases, err := rules.Test(ctx, set, bases)
	if err != nil {
		return fmt.Errorf("testing rules: %w", err)
	}
	a := casesAnswer{Schema: "grantgraph/rules-test/v1", Cases: append([]rules.CaseResult{}, cases...)}
	for i, c := range cases {
		a.Cases[i].Want, a.Cases[i].Got = append([]string{}, c.Want...), append([]string{}, c.Got...)
		if c.OK {
			a.Passed++
		} else {
			a.Failed++
		}
	}
	err = p.show(o.view, answer{
		document: a, lines: each(a.Cases), columns: []string{"rule", "case", "base", "ok", "want", "got", "position", "detail"},
		rows: rowsOf(a.Cases, func(c rules.CaseResult) []string {
			return []string{c.Rule, strconv.Itoa(c.Case), c.Base, strconv.FormatBool(c.OK), strings.Join(c.Want, " "), strings.Join(c.Got, " "), c.Position, c.Detail}
		}),
		table: func(t *term.Printer) { casesTable(t, a) },
	})
	if err != nil {
		return err
	}
	if a.Failed > 0 {
		return exit(statusBad)
	}
	return nil
}

func casesTable(t *term.Printer, a casesAnswer) {
	for _, c := range a.Cases {
		if c.OK {
			continue
		}
		t.Line(t.Paint(term.Red, "failed"), "  ", term.Clean(c.Position), ": ", term.Clean(c.Rule), fmt.Sprintf(", test %d on %s", c.Case, term.Clean(c.Base)))
		t.Line("        want ", listText(c.Want))
		t.Line("        got  ", listText(c.Got))
		if c.Detail != "" {
			t.Line("        ", term.Clean(c.Detail))
		}
	}
	t.Line(fmt.Sprintf("%s passed, %d failed", count(a.Passed, "test"), a.Failed))
}

func listText(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return term.Clean(strings.Join(list, ", "))
}

// testBases reads the organizations that rules' tests start from.
func testBases(ctx context.Context) (map[string]rules.Base, error) {
	out := map[string]rules.Base{}
	for _, b := range []struct {
		name   string
		files  fs.FS
		config []byte
	}{{"told", simulator.Told(), simulator.ToldConfig()}, {"clean", simulator.Clean(), simulator.CleanConfig()}} {
		var s recordSink
		if err := bundle.New(b.files, b.name, bundle.Options{}).Collect(ctx, &s); err != nil {
			return nil, err
		}
		s.About = authz.Info{ID: b.name, TakenAt: simulator.Moment(), Source: b.name}
		for _, o := range s.Organization {
			s.About.Organizations = append(s.About.Organizations, o.ID)
		}
		out[b.name] = rules.Base{Records: &s.Records, Config: b.config}
	}
	return out, nil
}

// A recordSink keeps records in memory.
type recordSink struct{ authz.Records }

// Put implements collector.Sink.
func (s *recordSink) Put(rec authz.Record, raw json.RawMessage) error {
	return s.Keep(rec, raw)
}

// Cover implements collector.Sink.
func (s *recordSink) Cover(line authz.Coverage) error {
	s.CoverageLedger = append(s.CoverageLedger, line)
	return nil
}
