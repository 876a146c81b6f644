package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/rules"
)

// rulesCheckOptions are what "rules check" is told.
type rulesCheckOptions struct {
	ask
	files []string
}

func newRulesCheckCmd(p *process) *cobra.Command {
	var o rulesCheckOptions
	c := &cobra.Command{
		Use:   "check FILE...",
		Short: "Whether rule packs are sound",
		Long: `Reads rule packs as an audit would, and names every error with file, line and
column. With --snapshot it also warns of what is probably not meant.`,
		Example: `  grantgraph rules check ours.yaml
  grantgraph rules check ours.yaml --snapshot november.db`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runRulesCheck(cmd.Context(), p, o)
		},
	}
	c.Flags().StringVar(&o.snapshot, "snapshot", "", "snapshot `FILE` to compare with")
	c.Flags().StringVar(&o.config, "config", "", "configuration `FILE` (default: grantgraph.yaml, if there is one)")
	return c
}

func runRulesCheck(ctx context.Context, p *process, o rulesCheckOptions) error {
	sources, err := packFiles(o.files)
	if err != nil {
		return err
	}
	var m *analyzer.Model
	if o.snapshot != "" {
		if m, err = p.load(ctx, o.ask); err != nil {
			return err
		}
	}
	set, warnings, err := rules.Check(sources, rules.LoadOptions{}, m)
	if err != nil {
		return err
	}
	t := p.printer()
	for _, w := range warnings {
		t.Line(term.Clean(w.Position), ": ", term.Clean(w.Rule), ": ", term.Clean(w.Text))
	}
	tests := 0
	for _, r := range set.Rules() {
		tests += r.Tests
	}
	t.Line(fmt.Sprintf("sound: %s in %s, %s, %s", count(len(set.Rules()), "rule"), count(len(set.Packs()), "pack"), count(tests, "test"), count(len(warnings), "warning")))
	return surroundings(t.Err())
}
