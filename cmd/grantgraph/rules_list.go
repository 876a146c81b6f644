package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/rules"
)

// rulesListOptions are what "rules list" is told.
type rulesListOptions struct {
	view
	config string
}

// A rulesAnswer is the rules that would run.
type rulesAnswer struct {
	Schema     string            `json:"schema"`
	Packs      []rules.PackRef   `json:"packs"`
	Deviations []rules.Deviation `json:"deviations"`
	Rules      []rules.RuleInfo  `json:"rules"`
}

func newRulesListCmd(p *process) *cobra.Command {
	var o rulesListOptions
	c := &cobra.Command{
		Use:   "list",
		Short: "The rules of the packs that are used",
		Example: `  grantgraph rules list
  grantgraph rules list -o csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runRulesList(cmd.Context(), p, o) },
	}
	o.flags(c)
	c.Flags().StringVar(&o.config, "config", "", "configuration `FILE` (default: grantgraph.yaml, if there is one)")
	return c
}

func runRulesList(_ context.Context, p *process, o rulesListOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	set, err := configuredSet(o.config, nil)
	if err != nil {
		return err
	}
	a := answerOf(set, set.Rules())
	return p.show(o.view, answer{
		document: a, lines: each(a.Rules),
		columns: []string{"id", "severity", "fact", "title", "pack", "tests", "disabled", "position"},
		rows: rowsOf(a.Rules, func(r rules.RuleInfo) []string {
			return []string{r.ID, r.Severity, r.Fact, r.Title, r.Pack, strconv.Itoa(r.Tests), strconv.FormatBool(r.Disabled), r.Position}
		}),
		table: func(t *term.Printer) { rulesTable(t, a) },
	})
}

func answerOf(set *rules.Set, list []rules.RuleInfo) rulesAnswer {
	a := rulesAnswer{Schema: "grantgraph/rules/v1", Packs: []rules.PackRef{}, Deviations: []rules.Deviation{}, Rules: []rules.RuleInfo{}}
	a.Packs = append(a.Packs, set.Packs()...)
	a.Deviations = append(a.Deviations, set.Deviations()...)
	a.Rules = append(a.Rules, list...)
	return a
}

// rulesTable lists the rules by pack. It leaves none out: who looks for a rule
// must not miss it.
func rulesTable(t *term.Printer, a rulesAnswer) {
	t.Line(t.Paint(term.Bold, count(len(a.Rules), "rule")+" in "+count(len(a.Packs), "pack")))
	for _, pack := range a.Packs {
		table := term.Table{Max: []int{0, 40, 100}, Indent: "  "}
		for _, r := range a.Rules {
			if r.Pack != pack.Name {
				continue
			}
			title := r.Title
			if r.Disabled {
				title += " (disabled)"
			}
			table.Add(term.C(r.ID), term.Cell{Text: r.Severity, Style: term.Dim}, term.C(title))
		}
		t.Line()
		t.Line(t.Paint(term.Bold, term.Clean(pack.Name)), fmt.Sprintf(" (version %d, %s)", pack.Version, count(pack.Rules, "rule")))
		t.Table(&table)
	}
	if len(a.Rules) > 0 {
		tryLines(t, []string{"grantgraph rules show " + shellQuote(a.Rules[0].ID)})
	}
}
