package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// cutOptions are what "cut" is told.
type cutOptions struct {
	ask
	view
	from, to string
	again    string // the command, but for how it is shown
	verb     string
	weights  []string
	changes  string // file

	could, sure bool
}

func newCutCmd(p *process) *cobra.Command {
	var o cutOptions
	c := &cobra.Command{
		Use:   "cut FROM TO",
		Short: "The smallest set of changes that ends a reach",
		Long: `Finds the smallest set of changes after which nobody of FROM can see TO, and says
what each change takes away elsewhere. Of the smallest sets it is the one on which
the least rests elsewhere. The answer is verified: access is evaluated again with
the changes made, and nothing is printed if anybody still has the reach.

FROM is a tenant, outside:TENANT, or a principal. TO is a tenant, division, queue,
flow, other resource or user. What is to end is what "who can see TO" lists of FROM;
--verb says otherwise: another verb, or a permission. --could ends the ways, too, by
which somebody of FROM could come to it: what "who could see TO" lists.

The changes are those of a file of changes (docs/changes.md): revoke-grant,
remove-member, leave-team, disable-client, disable-trust, drop-policy,
drop-inheritance and, where TO is a queue or other resource, move-resource. Each costs 1 unless
--weights, or weights in the configuration, says otherwise; never leaves a kind out.
--changes writes them to a file that grantgraph whatif tries out.`,
		Example: `  grantgraph cut BPO_A BPO_B
  grantgraph cut user:maria@bpo-a.example division:BPO_B --verb edit
  grantgraph cut BPO_A BPO_B --could --sure
  grantgraph cut outside:BPO_B BPO_B --weights drop-policy=never,remove-member=2`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.from, o.to = args[0], args[1]
			o.again = again(cmd, args, "output", "limit", "changes")
			return runCut(cmd.Context(), p, o)
		},
		ValidArgsFunction: p.completeArgs(&o.ask, pathSources, targets),
	}
	o.ask.flags(c)
	o.view.flags(c)
	f := c.Flags()
	f.StringVar(&o.verb, "verb", "see", "what FROM is no longer to do to TO: a `VERB`, or a permission")
	f.StringSliceVar(&o.weights, "weights", nil, "prices of changes: `KIND=N`, or KIND=never; comma-separated, or repeated")
	f.BoolVar(&o.could, "could", false, "end what FROM could come to by escalation, too: see who could")
	sureFlag(c, &o.sure, "with --could: ")
	f.StringVar(&o.changes, "changes", "", "write the changes to a new `FILE` (YAML): grantgraph whatif --file FILE tries them out")
	p.completeModel(c, &o.ask, "verb", verbs)
	complete(c, "weights", func() []string {
		var out []string
		for _, k := range analyzer.CutKinds() {
			out = append(out, string(k)+"=")
		}
		return out
	})
	return c
}

func runCut(ctx context.Context, p *process, o cutOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	weights, err := readWeights(o.weights)
	if err != nil {
		return err
	}
	path, err := p.findSnapshot(o.snapshot)
	if err != nil {
		return err
	}
	o.snapshot = path
	if err := notThere(o.changes); err != nil {
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
	if note != "" {
		p.note("%s", note)
	}
	to, err := p.target(m, o.to)
	if err != nil {
		return err
	}
	a, err := cutOf(m, path, from, to, analyzer.CutOptions{Verb: o.verb, Could: o.could, Sure: o.sure, Weights: weights})
	if errors.Is(err, analyzer.ErrNoCut) {
		return hint(err, "another price for the kinds that --weights or the configuration leaves out (never)")
	}
	if err != nil {
		return err
	}
	if o.changes != "" && a.Size > 0 {
		if err := writeChanges(m, o.changes, a); err != nil {
			return err
		}
		p.note("wrote %s to %s", count(a.Size, "change"), o.changes)
	}
	err = p.show(o.view, answer{
		document: a, lines: each(a.Changes), columns: cutColumns(), rows: rowsOf(a.Changes, cutCSV),
		table: cutTable{a: a, o: o}.print,
	})
	if err != nil {
		return err
	}
	return p.finish(a.Head, false, o.allowGaps)
}

// cutOf finds the cut, with the snapshot at hand to verify it.
func cutOf(m *analyzer.Model, path string, from analyzer.Source, to analyzer.Target, o analyzer.CutOptions) (*analyzer.CutAnswer, error) {
	r, err := snapshot.Open(path)
	if err != nil {
		return nil, err
	}
	o.Source = r
	a, err := m.Cut(from, to, o)
	if closed := r.Close(); err == nil && closed != nil {
		err = fmt.Errorf("closing snapshot %s: %w", path, closed)
	}
	return a, err
}

// notThere reports a file that there is: one that a person wrote is not replaced.
func notThere(path string) error {
	if path == "" {
		return nil
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("--changes: %s exists: name another file, or remove it", path)
	}
	return nil
}

func writeChanges(m *analyzer.Model, path string, a *analyzer.CutAnswer) error {
	var list []config.WrittenChange
	var texts []string
	for _, c := range a.Changes {
		list, texts = append(list, m.Written(c.Made())), append(texts, capital(c.Text))
	}
	return writeFile(path, func(w io.Writer) error {
		_, err := w.Write(config.FormatChanges(list, texts))
		return err
	})
}

// readWeights reads the prices of changes.
func readWeights(list []string) (map[change.Kind]int, error) {
	out := map[change.Kind]int{}
	for _, text := range list {
		kind, price, ok := strings.Cut(text, "=")
		if !slices.Contains(analyzer.CutKinds(), change.Kind(kind)) {
			var words []string
			for _, k := range analyzer.CutKinds() {
				words = append(words, string(k))
			}
			return nil, fmt.Errorf("--weights %q: want KIND=N with a kind of %s", text, oneOf(words))
		}
		if strings.EqualFold(price, "never") {
			out[change.Kind(kind)] = 0
			continue
		}
		n, err := strconv.Atoi(price)
		if !ok || err != nil || n < 1 || n > maxWeight {
			return nil, fmt.Errorf("--weights %q: want a price from 1 to %d, or never", text, maxWeight)
		}
		out[change.Kind(kind)] = n
	}
	return out, nil
}

// maxWeight is more than anybody means.
const maxWeight = 1000

func cutColumns() []string {
	return []string{"kind", "record_kind", "record_id", "record_name", "id", "text", "price", "principals", "cells", "narrowed"}
}

func cutCSV(c analyzer.CutChange) []string {
	return []string{
		string(c.Kind), c.Record.Kind.String(), c.Record.ID, c.Record.Name, c.ID, c.Text, strconv.Itoa(c.Price),
		strconv.Itoa(c.Collateral.Principals), strconv.Itoa(c.Collateral.Cells), strconv.Itoa(c.Collateral.Narrowed),
	}
}

// cutTable shows a [analyzer.CutAnswer] to a person.
type cutTable struct {
	a *analyzer.CutAnswer
	o cutOptions
}

func (w cutTable) print(t *term.Printer) {
	t.Line(t.Paint(term.Bold, w.headline()))
	provenance(t, w.a.Head)
	shown := w.o.shown(len(w.a.Changes))
	for i, c := range w.a.Changes[:shown] {
		w.change(t, i+1, c)
	}
	leftOut(t, len(w.a.Changes)-shown, "")
	if len(w.a.Changes) > 0 {
		w.summary(t)
	}
	w.redundant(t)
	missing(t, w.o.view, w.a.Head)
	if len(w.a.Changes) > 0 {
		if w.o.changes != "" {
			tryLines(t, []string{"grantgraph whatif --file " + shellQuote(w.o.changes)})
		} else {
			tryLines(t, []string{w.o.again + " --changes changes.yaml", w.o.again + " -o json"})
		}
	}
}

// sentence says that From has no reach into To.
func (w cutTable) sentence() string {
	from, to := term.Fit(display(w.a.From.Name, w.a.From.ID), 60), term.Fit(display(w.a.To.Name, w.a.To.ID), 60)
	verb := w.a.Verb
	if strings.Contains(verb, ":") {
		verb = "use " + verb + " over"
	}
	switch {
	case w.a.From.Kind != authz.KindTenant:
		return fmt.Sprintf("%s %snot %s %s", from, map[string]string{"can": "can", "could": "could "}[w.a.Mode], verb, to)
	case strings.HasPrefix(w.a.From.ID, "outside:"):
		return fmt.Sprintf("nobody %s %s %s %s", from, w.a.Mode, verb, to)
	default:
		return fmt.Sprintf("nobody of %s %s %s %s", from, w.a.Mode, verb, to)
	}
}

func (w cutTable) headline() string {
	if w.a.Principals == 0 {
		return "There is nothing to cut: " + w.sentence()
	}
	made := "After 1 change "
	if w.a.Size > 1 {
		made = fmt.Sprintf("After %d changes ", w.a.Size)
	}
	now := count(w.a.Principals, "principal")
	if w.a.From.Kind != authz.KindTenant {
		now = "it"
	}
	return made + w.sentence() + "; now " + now + " " + w.a.Mode
}

func (w cutTable) change(t *term.Printer, n int, c analyzer.CutChange) {
	t.Line()
	price := ""
	if c.Price != 1 {
		price = fmt.Sprintf("  (price %d)", c.Price)
	}
	t.Line(t.Paint(term.Bold, fmt.Sprintf("%3d. ", n)+term.Fit(capital(c.Text), 200)), price)
	if c.Kind == change.MoveResource {
		t.Line("     ", counted(c.Collateral.Principals, "other principal loses", "other principals lose"), " it, ",
			counted(c.Collateral.Gained, "gains", "gain"), " it where it then lies")
		return
	}
	collateralLines(t, "     ", "takes away besides", c.Collateral)
}

// collateralLines says what is taken away elsewhere, by class.
func collateralLines(t *term.Printer, indent, lead string, c analyzer.Collateral) {
	if c.Principals == 0 {
		t.Line(indent, lead, ": nothing")
		return
	}
	if c.AtMost {
		lead += " at most"
	}
	s := fmt.Sprintf("%s: %s of %s", lead, counted(c.Cells, "permission by division", "permissions by division"), count(c.Principals, "principal"))
	if c.Narrowed > 0 {
		s += fmt.Sprintf(", and leaves less of %d", c.Narrowed)
	}
	t.Line(indent, s)
	const classes = 3
	for _, x := range c.Classes[:min(len(c.Classes), classes)] {
		who := term.Fit(whoText(x.Principal), 60)
		if x.Alike > 0 {
			who += fmt.Sprintf(" and %s alike", count(x.Alike, "other"))
		}
		var divisions []string
		for _, d := range x.Divisions {
			divisions = append(divisions, display(d.Name, d.ID))
		}
		t.Line(indent, "  ", who, ": ", term.Fit(few(x.Permissions, 2), 90), " in ", term.Fit(few(divisions, 3), 60))
	}
	if n := len(c.Classes) - classes; n > 0 {
		t.Line(indent, "  … and ", counted(n, "more class", "more classes"), " (-o json has all)")
	}
}

func (w cutTable) summary(t *term.Printer) {
	t.Line()
	if len(w.a.Changes) > 1 {
		collateralLines(t, "", "Together they take away besides", w.a.Collateral)
	}
	switch {
	case w.a.Exact && w.a.Size == 1:
		t.Line("Exact: it takes at least one change, and none costs less")
	case w.a.Exact:
		t.Line("Exact: no set of changes that costs less than ", strconv.Itoa(w.a.Price), " ends this")
	default:
		t.Line(t.Paint(term.Bold, "Not known to be the smallest"), fmt.Sprintf(": it costs %d, and no set of changes costs less than %d", w.a.Price, w.a.Bound))
	}
	t.Line("Verified: evaluated again with the changes made, ", w.sentence())
}

// redundant lists the role assignments that add nothing.
func (w cutTable) redundant(t *term.Printer) {
	if len(w.a.Redundant) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Redundant"), ": role assignments that give this reach and add nothing to what their holders have by others")
	table := term.Table{Head: []string{"HELD BY", "ROLE", "DIVISION"}, Max: []int{60, 50, 30}}
	shown := w.o.shown(len(w.a.Redundant))
	for _, r := range w.a.Redundant[:shown] {
		table.Add(term.C(display(r.Subject.Name, r.Subject.ID)), term.C(display(r.Role.Name, r.Role.ID)), term.C(divisionText(r.Division)))
	}
	t.Table(&table)
	leftOut(t, len(w.a.Redundant)-shown, "")
}
