package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
)

// explainOptions are what "explain" is told.
type explainOptions struct {
	ask
	view
	principal, permission, target string
}

func newExplainCmd(p *process) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain PRINCIPAL PERMISSION TARGET",
		Short: "Every reason why somebody can, or the nearest misses why not",
		Long: `Spells out why a principal has a permission over a target: each way from the
principal through groups, role assignments and inherited roles to the line of a
role that gives it. If it does not, the nearest misses and what would complete them.

Exit status 0: access exists; 1: it does not.`,
		Example: `  grantgraph explain user:maria@bpo-a.example routing:queue:view BPO_B
  grantgraph explain client:Vendor_Acme_WFM "Recording > Recording > View" queue:Sales`,
		Args: cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.principal, o.permission, o.target = args[0], args[1], args[2]
			return runExplain(cmd.Context(), p, o)
		},
		ValidArgsFunction: p.completeArgs(&o.ask, principals, permissions, targets),
	}
	o.ask.flags(c)
	o.view.flags(c)
	return c
}

func runExplain(ctx context.Context, p *process, o explainOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	m, err := p.load(ctx, o.ask)
	if err != nil {
		return err
	}
	n, err := p.principal(m, o.principal)
	if err != nil {
		return err
	}
	t, err := p.target(m, o.target)
	if err != nil {
		return err
	}
	a, err := m.Explain(n, o.permission, t)
	if err != nil {
		return err
	}
	err = p.show(o.view, answer{
		document: a, lines: each(a.Reasons), columns: explainColumns(),
		rows: explainCSV(a), table: func(t *term.Printer) { explainTable(t, o, a) },
	})
	if err != nil {
		return err
	}
	return p.finish(a.Head, !a.Holds, o.allowGaps)
}

func explainTable(t *term.Printer, o explainOptions, a *analyzer.ExplainAnswer) {
	t.Line(t.Paint(term.Bold, explainHeadline(a)))
	provenance(t, a.Head)
	shown := o.shown(len(a.Reasons))
	for n, r := range a.Reasons[:shown] {
		printReason(t, a.Principal, r, n+1)
	}
	leftOut(t, len(a.Reasons)-shown, "")
	nearest(t, a)
	missing(t, o.view, a.Head)
	var try []string
	if a.Holds {
		try = append(try, fmt.Sprintf("grantgraph who can %s %s", shellQuote(a.Permission), shellQuote(o.target)))
	}
	o.next(t, append(try, "grantgraph access "+refArg(a.Principal)))
}

func explainHeadline(a *analyzer.ExplainAnswer) string {
	who := term.Fit(whoText(a.Principal), 80)
	what := permissionText(a.Permission) + " over " + kindWord(a.Target.Kind) + " " + term.Fit(display(a.Target.Name, a.Target.ID), 60)
	ways := count(len(a.Reasons), "reason")
	switch {
	case a.Holds:
		return fmt.Sprintf("Yes: %s has %s: %s, for %s", who, what, a.Reach, ways)
	case a.Delegated:
		return fmt.Sprintf("No: %s has no access of its own: it acts as the user who signs in", who)
	case a.Dormant && len(a.Reasons) > 0:
		return fmt.Sprintf("No: %s is not active; if it were, it would have %s, for %s", who, what, ways)
	default:
		return fmt.Sprintf("No: %s does not have %s", who, what)
	}
}

func nearest(t *term.Printer, a *analyzer.ExplainAnswer) {
	if len(a.Nearest) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Nearest misses"), ": ", "ways that fail in one step, with the change that would complete them")
	for _, n := range a.Nearest {
		t.Line("  - ", term.Clean(n.Change))
		printSteps(t, n.Steps)
	}
	if a.NearestLeftOut > 0 {
		t.Line("  ", t.Paint(term.Dim, fmt.Sprintf("… %d more of the same kinds", a.NearestLeftOut)))
	}
}

func explainColumns() []string {
	return []string{"organization", "kind", "id", "name", "permission", "reach", "role", "role_division", "through", "assigned", "because"}
}

// explainCSV yields a row for each reason.
func explainCSV(a *analyzer.ExplainAnswer) func(yield func([]string) bool) {
	return rowsOf(a.Reasons, func(r analyzer.ExplainedReason) []string {
		var role, division, made string
		var through []string
		for _, s := range r.Steps {
			switch s.Kind {
			case "member", "owner", "team":
				through = append(through, s.Record.Kind.String()+":"+s.Record.ID)
			case "grant":
				role, division = display(s.Role.Name, s.Role.ID), display(s.Division.Name, s.Division.ID)
				if s.MadeAt != nil {
					made = s.MadeAt.UTC().Format("2006-01-02T15:04:05Z")
				}
			}
		}
		return []string{
			a.Principal.Org, a.Principal.Kind.String(), a.Principal.ID, a.Principal.Name, r.Permission, r.Reach.String(),
			role, division, strings.Join(through, " "), made, strings.Join(r.Because, "; "),
		}
	})
}
