package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
)

// accessOptions are what "access" is told.
type accessOptions struct {
	ask
	view
	principal      string
	all            bool
	shape          choice
	shapeGiven     bool
	reasons        choice
	reasonsGiven   bool
	includeDormant bool
	could, sure    bool
}

func newAccessCmd(p *process) *cobra.Command {
	var o accessOptions
	c := &cobra.Command{
		Use:   "access PRINCIPAL",
		Short: "All that one principal can do, and where",
		Long: `Lists the effective access of one principal: each permission, the divisions
that it reaches, how far, and through how many role assignments.

PRINCIPAL is a user, an OAuth client or an authorized organization's user or
group, by id, name or e-mail; kind:value says which kind is meant
(user:maria@bpo-a.example, client:Vendor_Acme_WFM).

--could adds what it could become by escalation, its blast radius: the principals
and clients that it could take over, the groups that it could join, each after
the least number of steps, and the roles that it would come to hold.

--all -o jsonl writes one line for each principal that acts. Above 5,000 principals
a line holds roles and divisions instead of permissions (--form factored).`,
		Example: `  grantgraph access user:maria@bpo-a.example
  grantgraph access client:Vendor_Acme_WFM --could
  grantgraph access client:Vendor_Acme_WFM --reasons all -o json
  grantgraph access --all -o jsonl --form rows > access.jsonl`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.principal = strings.Join(args, "")
			o.shapeGiven, o.reasonsGiven = cmd.Flags().Changed("form"), cmd.Flags().Changed("reasons")
			if err := o.check(len(args)); err != nil {
				return err
			}
			if o.all {
				return runAccessAll(cmd.Context(), p, o)
			}
			return runAccess(cmd.Context(), p, o)
		},
		ValidArgsFunction: p.completeArgs(&o.ask, principals),
	}
	o.ask.flags(c)
	o.view.flags(c)
	c.Flags().BoolVar(&o.all, "all", false, "every principal that acts (with -o jsonl)")
	o.shape = choice{of: []string{"rows", "factored"}}
	choose(c, &o.shape, "form", "", "with --all: permissions spelled out, or roles and divisions")
	o.reasons = choice{of: []string{"count", "all"}}
	choose(c, &o.reasons, "reasons", "", "the number of reasons of each row, or all of them")
	c.Flags().BoolVar(&o.includeDormant, "include-dormant", false, "list the access too that somebody who is not active would have")
	c.Flags().BoolVar(&o.could, "could", false, "what it could become, and hold then")
	sureFlag(c, &o.sure, "with --could: ")
	return c
}

func (o accessOptions) check(args int) error {
	switch {
	case o.all && args > 0:
		return errors.New("--all: want no PRINCIPAL beside it")
	case !o.all && args == 0:
		return hint(errors.New("a PRINCIPAL is missing"), "grantgraph access user:NAME, or grantgraph access --all -o jsonl")
	case o.all && o.form.value != formJSONL:
		return errors.New("--all: want -o jsonl, one line for each principal")
	case o.all && o.reasonsGiven:
		return errors.New("--reasons: not together with --all")
	case o.all && o.could:
		return errors.New("--could: not together with --all")
	case o.sure && !o.could:
		return errors.New("--sure: only together with --could")
	case !o.all && o.shapeGiven:
		return errors.New("--form: only together with --all")
	}
	return o.view.check()
}

func runAccess(ctx context.Context, p *process, o accessOptions) error {
	m, err := p.load(ctx, o.ask)
	if err != nil {
		return err
	}
	n, err := p.principal(m, o.principal)
	if err != nil {
		return err
	}
	a := m.Access(n, o.reasons.value == "all")
	if o.could {
		m.AddCould(a, n, o.sure)
	}
	err = p.show(o.view, answer{
		document: a, lines: each(a.Access), columns: accessColumns(),
		rows:  rowsOf(a.Access, func(r analyzer.AccessRow) []string { return accessCSV(a.Principal, r) }),
		table: accessTable{m: m, a: a, o: o}.print,
	})
	if err != nil {
		return err
	}
	return p.finish(a.Head, false, o.allowGaps)
}

func accessColumns() []string {
	return []string{"organization", "kind", "id", "name", "permission", "division_id", "division", "reach", "unresolved", "resources", "reasons"}
}

func accessCSV(p analyzer.PrincipalRef, r analyzer.AccessRow) []string {
	return []string{
		p.Org, p.Kind.String(), p.ID, p.Name, r.Permission, r.Division.ID, r.Division.Name, r.Reach.String(),
		strconv.FormatBool(r.Unresolved), strings.Join(r.Resources, " "), strconv.Itoa(r.Reasons),
	}
}
