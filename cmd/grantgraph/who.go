package main

import (
	"context"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
)

// whoOptions are what "who can" and "who could" are told.
type whoOptions struct {
	ask
	view
	verb, target     string
	from, outside    string
	data             string
	reasons          choice
	permissions, all bool
	includeDormant   bool
	could, sure      bool
}

func newWhoCmd(p *process) *cobra.Command {
	return newGroupCmd("who", "Who can see, edit, export or administer something",
		"  grantgraph who can see BPO_B\n  grantgraph who could administer BPO_B\n  grantgraph who can routing:queue:edit queue:Sales",
		newWhoCanCmd(p), newWhoCouldCmd(p))
}

func newWhoCanCmd(p *process) *cobra.Command {
	var o whoOptions
	c := &cobra.Command{
		Use:   "can VERB TARGET",
		Short: "Which principals have access to a target today",
		Long: `Lists the principals that can do something to a target today: those from
outside the target's tenant first, the worst of them at the top.

VERB is see, edit, export, administer or impersonate, or a permission such as
routing:queue:view or "Routing > Queue > View". TARGET is a tenant, division,
queue, flow, other resource or user, by id, name or e-mail; kind:value says
which kind is meant (division:BPO_B, queue:Sales).

A verb lists permissions that show or change what belongs to a division.
Permissions that all share are one block at the end, by role.`,
		Example: `  grantgraph who can see BPO_B
  grantgraph who can see BPO_B --from BPO_A --reasons one
  grantgraph who can "Routing > Queue > Edit" queue:Sales -o csv`,
	}
	o.bind(p, c)
	return c
}

func newWhoCouldCmd(p *process) *cobra.Command {
	o := whoOptions{could: true}
	c := &cobra.Command{
		Use:   "could VERB TARGET",
		Short: "Which principals could come to have access to a target",
		Long: `Lists the principals that can do something to a target today, and those that
could come to: by impersonating somebody, setting a password, joining a group,
taking over a client, assigning a role. HOPS is the least number of such steps,
0 for access that is there today.

VERB and TARGET are as for who can. What counts as a step is a data file that
grantgraph.yaml extends (escalations); --sure leaves out what is likely and not
documented. --reasons shows, for who needs steps, one shortest way with the
derivation of each step; grantgraph paths lists others.`,
		Example: `  grantgraph who could see BPO_B
  grantgraph who could see BPO_B --from BPO_A --sure --reasons one
  grantgraph who could administer tenant:Internal -o csv`,
	}
	o.bind(p, c)
	sureFlag(c, &o.sure, "")
	return c
}

// bind gives a command the arguments, flags and run that both modes have.
func (o *whoOptions) bind(p *process, c *cobra.Command) {
	c.Args = cobra.ExactArgs(2)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		o.verb, o.target = args[0], args[1]
		return runWho(cmd.Context(), p, *o)
	}
	c.ValidArgsFunction = p.completeArgs(&o.ask, verbs, targets)
	o.ask.flags(c)
	o.view.flags(c)
	f := c.Flags()
	f.StringVar(&o.from, "from", "", "only principals of this `TENANT`, or this one principal")
	f.StringVar(&o.outside, "outside", "", "only principals outside this `TENANT`")
	f.StringVar(&o.data, "data", "", "only permissions about one `KIND` of data: recordings, transcripts, evaluations, performance, people or exports")
	f.BoolVar(&o.permissions, "permissions", false, "with each principal, the permissions and how far each reaches")
	o.reasons = choice{of: []string{"none", "one", "all"}}
	choose(c, &o.reasons, "reasons", "", "with each principal, no reason, one, or all of them")
	f.BoolVar(&o.all, "all", false, "list the target's own principals too")
	f.BoolVar(&o.includeDormant, "include-dormant", false, "principals too that are not active, and would have the access if they were")
	p.completeModel(c, &o.ask, "from", tenants)
	p.completeModel(c, &o.ask, "outside", tenants)
	p.completeModel(c, &o.ask, "data", func(m *analyzer.Model) []string { return m.Lexicon.DataNames() })
}

func runWho(ctx context.Context, p *process, o whoOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	m, err := p.load(ctx, o.ask)
	if err != nil {
		return err
	}
	t, err := p.target(m, o.target)
	if err != nil {
		return err
	}
	w := analyzer.WhoOptions{
		From: o.from, Outside: o.outside, Data: o.data, Permissions: o.permissions, Dormant: o.includeDormant,
		Could: o.could, Sure: o.sure, Later: true,
	}
	if o.reasons.value != "none" {
		w.Reasons = o.reasons.value
	}
	a, err := m.Who(o.verb, t, w)
	if err != nil {
		return err
	}
	err = p.show(o.view, answer{
		stream: func(w io.Writer) error { return streamWho(term.NewJSONWriter(w), m, a) },
		lines: func(yield func(any) bool) {
			for r := range filled(m, a) {
				if !yield(r) {
					return
				}
			}
		},
		columns: whoColumns(),
		rows: func(yield func([]string) bool) {
			for r := range filled(m, a) {
				if !yield(whoCSV(r)) {
					return
				}
			}
		},
		table: func(w *term.Printer) { newWhoTable(m, a, t, o).print(w) },
	})
	if err != nil {
		return err
	}
	return p.finish(a.Head, false, o.allowGaps)
}

// filledBlock is how many answers have their permissions and reasons at a time.
const filledBlock = 1024

// filled yields the answers with what was asked for beside them, and keeps
// none of it.
func filled(m *analyzer.Model, a *analyzer.WhoAnswer) iter.Seq[analyzer.WhoRow] {
	return func(yield func(analyzer.WhoRow) bool) {
		for some := range slices.Chunk(a.Answers, filledBlock) {
			some = slices.Clone(some)
			m.Fill(a, some)
			for _, r := range some {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// streamWho writes the document of an answer, row by row.
func streamWho(w io.Writer, m *analyzer.Model, a *analyzer.WhoAnswer) error {
	next, stop := iter.Pull(filled(m, a))
	defer stop()
	head := *a
	head.Answers = []analyzer.WhoRow{}
	err := splice(w, "", &head, longList{key: "answers", len: len(a.Answers), write: func(w io.Writer, _ int, prefix string) error {
		r, _ := next()
		text, err := indented(prefix, r)
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	}})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

func whoColumns() []string {
	return []string{"organization", "kind", "id", "name", "email", "division", "tenant", "external", "state", "known", "outside", "dormant", "reach", "hops", "permissions"}
}

func whoCSV(r analyzer.WhoRow) []string {
	var permissions []string
	for _, x := range r.Permissions {
		permissions = append(permissions, x.Permission+"="+x.Reach.String())
	}
	return append(principalCSV(r.Principal), strconv.FormatBool(r.Outside), strconv.FormatBool(r.Dormant), r.Reach.String(), strconv.Itoa(r.Hops), strings.Join(permissions, " "))
}

// principalCSV are the columns from organization to known.
func principalCSV(r analyzer.PrincipalRef) []string {
	return []string{
		r.Org, r.Kind.String(), r.ID, r.Name, r.Email, display(r.Division.Name, r.Division.ID), r.Tenant,
		strconv.FormatBool(r.External), r.State, strconv.FormatBool(r.Known),
	}
}
