package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// pathsOptions are what "paths" is told.
type pathsOptions struct {
	ask
	view
	from, to   string
	again      string // the command, but for how much it shows
	all, sure  bool
	choke, dot bool
	svg        bool
	maxHops    int
}

func newPathsCmd(p *process) *cobra.Command {
	var o pathsOptions
	c := &cobra.Command{
		Use:   "paths FROM TO",
		Short: "Ways by which somebody could become more, shortest first",
		Long: `Shows by which steps principals of FROM could come to TO: impersonating somebody,
setting a password, joining a group, taking over a client, assigning a role. The
shortest way is shown with the derivation of each step; --all shows others, up to
--limit ways of at most --max-hops steps, and says how many it left out.

FROM is a tenant, outside:TENANT, or a principal. TO is a principal, a tenant or
division (a principal of it, or access to its data), role:ROLE, group:GROUP, or
total: everything. Who can do everything can do the rest, so that ways to
everything always count.

--choke ranks the role assignments, memberships and ownerships that the ways pass
through: by how many principals have no way left without it. Each is taken away and
all ways are followed again, the most promising first, until --limit are sure.

--dot and --svg draw the ways that would
be printed.`,
		Example: `  grantgraph paths outside:Internal total
  grantgraph paths BPO_A tenant:BPO_B --all --limit 10
  grantgraph paths user:maria@bpo-a.example role:Admin --sure --svg > maria.svg`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.from, o.to = args[0], args[1]
			o.again = again(cmd, args, "output", "limit", "all", "choke")
			return runPaths(cmd.Context(), p, o)
		},
		ValidArgsFunction: p.completeArgs(&o.ask, pathSources, pathTargets),
	}
	o.ask.flags(c)
	o.view.flags(c)
	f := c.Flags()
	f.BoolVar(&o.all, "all", false, "ways beyond the shortest, up to --limit")
	sureFlag(c, &o.sure, "")
	f.IntVar(&o.maxHops, "max-hops", analyzer.DefaultMaxHops, "ways of at most `N` steps")
	f.BoolVar(&o.choke, "choke", false, "rank what the ways pass through, by whom it cuts off")
	f.BoolVar(&o.dot, "dot", false, "draw the ways, in the language of Graphviz")
	f.BoolVar(&o.svg, "svg", false, "draw the ways as a picture")
	return c
}

func pathSources(m *analyzer.Model) []string {
	out := tenants(m)
	for _, t := range tenants(m) {
		out = append(out, "outside:"+t, "tenant:"+t)
	}
	return append(out, principals(m)...)
}

func pathTargets(m *analyzer.Model) []string {
	out := append([]string{analyzer.Total}, tenants(m)...)
	for _, t := range tenants(m) {
		out = append(out, "tenant:"+t)
	}
	for _, d := range m.Graph.Divisions() {
		out = append(out, "division:"+display(d.Name, d.Key.ID))
	}
	for n := range m.Graph.Roles() {
		r := m.Graph.Role(uint32(n))
		out = append(out, "role:"+display(r.Record.Name, r.Key.ID))
	}
	return append(out, principals(m)...)
}

func (o pathsOptions) check() error {
	switch {
	case o.maxHops < 1 || o.maxHops > 20:
		return fmt.Errorf("--max-hops %d: want 1 to 20", o.maxHops)
	case o.dot && o.svg:
		return errors.New("--dot and --svg: want one of them")
	case (o.dot || o.svg) && (o.choke || o.form.value != formTable):
		return errors.New("--dot and --svg: not together with --choke or -o")
	}
	return o.view.check()
}

func runPaths(ctx context.Context, p *process, o pathsOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	m, err := p.load(ctx, o.ask)
	if err != nil {
		return err
	}
	from, note, err := m.FindSource(o.from)
	if err != nil {
		return err
	}
	to, also, err := m.FindDestination(o.to)
	if err != nil {
		return err
	}
	for _, n := range []string{note, also} {
		if n != "" {
			p.note("%s", n)
		}
	}
	q := analyzer.PathsOptions{Sure: o.sure, MaxHops: o.maxHops, Limit: o.wanted()}
	a := m.Paths(from, to, q)
	if o.choke {
		m.Choke(a, from, to, q, o.limit)
	}
	if err := p.showPaths(m, a, o); err != nil {
		return err
	}
	return p.finish(a.Head, false, o.allowGaps)
}

// wanted is how many ways are asked for.
func (o pathsOptions) wanted() int {
	switch {
	case !o.all:
		return 1
	case o.limit == 0:
		return 1000
	default:
		return o.limit
	}
}

func (p *process) showPaths(m *analyzer.Model, a *analyzer.PathsAnswer, o pathsOptions) error {
	if o.dot {
		return drawable(m.DrawPaths(a)).DOT(p.out)
	}
	if o.svg {
		return writeSVG(p.out, m.DrawPaths(a))
	}
	return p.show(o.view, answer{
		document: a, lines: each(a.Paths), columns: pathColumns(), rows: rowsOf(a.Paths, pathCSV),
		table: pathsTable{a: a, o: o}.print,
	})
}

func pathColumns() []string {
	return []string{"organization", "kind", "id", "name", "tenant", "alike", "to_kind", "to_id", "to_name", "hops", "certainty", "others", "way"}
}

func pathCSV(r analyzer.PathRow) []string {
	return []string{
		r.From.Org, r.From.Kind.String(), r.From.ID, r.From.Name, r.From.Tenant, strconv.Itoa(r.Alike), r.To.Kind.String(), r.To.ID, r.To.Name,
		strconv.Itoa(r.Hops), r.Certainty, strconv.Itoa(r.Others), wayText(r.Steps),
	}
}

// pathsTable shows a [analyzer.PathsAnswer] to a person.
type pathsTable struct {
	a *analyzer.PathsAnswer
	o pathsOptions
}

func (w pathsTable) print(t *term.Printer) {
	t.Line(t.Paint(term.Bold, w.headline()))
	provenance(t, w.a.Head)
	if w.o.choke {
		w.chokes(t)
	} else {
		for n, r := range w.a.Paths {
			w.path(t, r, n+1)
		}
		w.leftOut(t)
	}
	missing(t, w.o.view, w.a.Head)
	w.next(t)
}

func (w pathsTable) headline() string {
	from, to := term.Fit(display(w.a.From.Name, w.a.From.ID), 60), term.Fit(display(w.a.To.Name, w.a.To.ID), 60)
	if w.a.To.ID == analyzer.Total {
		to = "everything"
	}
	if len(w.a.Paths) == 0 {
		s := fmt.Sprintf("No way from %s to %s of at most %s", from, to, count(w.a.MaxHops, "step"))
		if w.a.AtLeast {
			s += " was found, and not all were followed"
		}
		return s
	}
	if w.a.From.Kind != authz.KindTenant { // nobody else was asked about
		return fmt.Sprintf("%s could come to %s; the shortest way is %s", from, to, count(w.a.Paths[0].Hops, "step"))
	}
	return fmt.Sprintf("%s of %s could come to %s; the shortest way is %s", count(w.a.Principals, "principal"), from, to, count(w.a.Paths[0].Hops, "step"))
}

func (w pathsTable) path(t *term.Printer, r analyzer.PathRow, n int) {
	t.Line()
	t.Line(fmt.Sprintf("%3d. ", n), count(r.Hops, "step"), ", ", r.Certainty, ": ", term.Fit(wayText(r.Steps), 120))
	who := term.Fit(whoText(r.From), 80) + " (" + term.Fit(r.From.Tenant, 40) + ")"
	if r.Alike > 0 {
		who += fmt.Sprintf(", and %s alike,", count(r.Alike, "principal"))
	}
	t.Line("     ", who)
	printSteps(t, r.Steps)
	if r.Others > 0 {
		t.Line("       ", count(r.Others, "other principal"), " would do in place of those named")
	}
}

// leftOut says how many ways are not shown, and how to see them.
func (w pathsTable) leftOut(t *term.Printer) {
	if w.a.LeftOut == 0 && !w.a.AtLeast {
		return
	}
	n := strconv.Itoa(w.a.LeftOut)
	if w.a.AtLeast {
		n = "at least " + n
	}
	t.Line()
	t.Line("… ", n, " more of at most ", count(w.a.MaxHops, "step"), " (--all and --limit show more)")
}

func (w pathsTable) chokes(t *term.Printer) {
	if len(w.a.Choke) == 0 {
		return
	}
	t.Line()
	t.Line("What ways pass through. CUTS OFF: principals that have no way left without it; ON A WAY: those whose shortest way it is on")
	table := term.Table{Head: []string{"CUTS OFF", "ON A WAY", "WHAT", "RECORD", "HELD BY"}, Max: []int{0, 0, 0, 60, 48}}
	words := map[string]string{"grant": "role assignment", "member": "membership", "owner": "ownership", "team": "team"}
	shown := w.o.shown(len(w.a.Choke))
	for _, c := range w.a.Choke[:shown] {
		off := term.C("not counted")
		if c.CutOff != nil {
			off = number(*c.CutOff)
		}
		table.Add(off, number(c.Principals), term.C(words[c.Kind]), term.C(display(c.Record.Name, c.Record.ID)), term.C(display(c.Holder.Name, c.Holder.ID)))
	}
	t.Table(&table)
	leftOut(t, len(w.a.Choke)-shown, "")
}

func (w pathsTable) next(t *term.Printer) {
	if len(w.a.Paths) == 0 {
		return
	}
	lines := []string{"grantgraph access " + refArg(w.a.Paths[0].From) + " --could"}
	if !w.o.all && (w.a.LeftOut > 0 || w.a.AtLeast) {
		lines = append(lines, w.o.again+" --all")
	}
	if !w.o.choke {
		lines = append(lines, w.o.again+" --choke")
	}
	tryLines(t, lines)
}
