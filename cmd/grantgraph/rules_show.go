package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/rules"
)

// rulesShowOptions are what "rules show" is told.
type rulesShowOptions struct {
	form   choice
	config string
	ids    []string
}

func newRulesShowCmd(p *process) *cobra.Command {
	var o rulesShowOptions
	c := &cobra.Command{
		Use:   "show ID...",
		Short: "All there is to say of a rule: why, the fix, its parameters, its text",
		Example: `  grantgraph rules show TI-003
  grantgraph rules show TI-003 ES-006 -o json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.ids = args
			return runRulesShow(cmd.Context(), p, o)
		},
		ValidArgsFunction: func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return beginning(ruleIDs(), begun), cobra.ShellCompDirectiveNoFileComp
		},
	}
	o.form = choice{of: []string{formTable, formJSON, formJSONL}}
	choose(c, &o.form, "output", "o", "form of the answer")
	c.Flags().StringVar(&o.config, "config", "", "configuration `FILE` (default: grantgraph.yaml, if there is one)")
	return c
}

func runRulesShow(_ context.Context, p *process, o rulesShowOptions) error {
	set, err := configuredSet(o.config, nil)
	if err != nil {
		return err
	}
	var list []rules.RuleInfo
	for _, id := range o.ids {
		r, ok := ruleOf(set, id)
		if !ok {
			return hint(fmt.Errorf("no rule %q in the packs that are used", id), "grantgraph rules list")
		}
		list = append(list, r)
	}
	a := answerOf(set, list)
	return p.show(view{form: o.form}, answer{
		document: a, lines: each(a.Rules),
		table: func(t *term.Printer) {
			for i, r := range list {
				if i > 0 {
					t.Line()
				}
				printRule(t, r)
			}
		},
	})
}

func ruleOf(set *rules.Set, id string) (rules.RuleInfo, bool) {
	for _, r := range set.Rules() {
		if strings.EqualFold(r.ID, id) {
			return r, true
		}
	}
	return rules.RuleInfo{}, false
}

func printRule(t *term.Printer, r rules.RuleInfo) {
	t.Line(t.Paint(term.Bold, r.ID+"  "+term.Clean(r.Title)))
	if r.Disabled {
		t.Line("disabled by the configuration")
	}
	table := term.Table{Indent: "  "}
	add := func(name, value string) {
		if value != "" {
			table.Add(term.Cell{Text: name, Style: term.Dim}, term.C(value))
		}
	}
	add("severity", r.Severity)
	add("looks at", r.Fact)
	add("pack", r.Pack+", "+r.Position)
	add("controls", strings.Join(r.Controls, ", "))
	add("covers", strings.Join(r.Covers, ", "))
	for _, p := range r.Params {
		add("parameter", fmt.Sprintf("%s (%s) = %s, ships as %s", p.Name, p.Type, p.Value, p.Default))
	}
	add("tests", fmt.Sprint(r.Tests))
	t.Table(&table)
	for _, part := range []struct{ name, text string }{{"Why", r.Why}, {"Fix", r.Fix}} {
		if part.text != "" {
			t.Line()
			t.Line(t.Paint(term.Bold, part.name), ": ", term.Clean(strings.Join(strings.Fields(part.text), " ")))
		}
	}
	t.Line()
	for _, l := range strings.Split(strings.TrimRight(r.Source, "\n"), "\n") {
		t.Line("    ", term.Clean(l))
	}
}
