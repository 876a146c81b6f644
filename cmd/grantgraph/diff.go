package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// diffOptions are what "diff" is told.
type diffOptions struct {
	ask
	view
	spelling
	old, latest string
	again       string // the command, but for how it is shown
}

// A spelling is how differences are spelled out where a document holds them.
type spelling struct{ how choice }

func (s *spelling) flags(c *cobra.Command) {
	s.how = choice{of: []string{"auto", "rows", "factored"}}
	choose(c, &s.how, "form", "", "json: every cell a row, or equal principals together; auto takes rows where they are not too many")
}

func newDiffCmd(p *process) *cobra.Command {
	var o diffOptions
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "What access was gained and lost between two snapshots, and through what",
		Long: `Compares two snapshots: which principals gained, lost or have another reach of
which permissions over which divisions, and why: a role assignment, a
membership, a role that was edited, a queue that moved, a trust, or something
that the platform itself changed. What gives another tenant's data to external
principals comes first.

A cause is a change that alone is enough. What several would have done, each alone,
is told under each of them; where none alone is enough, "only together" names those
that are.

A name that changed, and a wildcard that the platform spelled out, are no change.`,
		Example: `  grantgraph diff acme-20260401T0600Z.db acme-20260701T0600Z.db
  grantgraph diff old.db new.db -o csv > changes.csv`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.old, o.latest = args[0], args[1]
			o.again = again(cmd, args, "output", "limit", "form")
			return runDiff(cmd.Context(), p, o)
		},
	}
	o.otherFlags(c)
	o.view.flags(c)
	o.spelling.flags(c)
	return c
}

func runDiff(ctx context.Context, p *process, o diffOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	cfg, err := readConfig(o.config)
	if err != nil {
		return err
	}
	old, err := loadFile(ctx, o.old, analyzer.Options{Config: cfg, Now: o.now.Time, Older: true}, nil, aidsOff)
	if err != nil {
		return err
	}
	latest, err := loadFile(ctx, o.latest, analyzer.Options{Config: cfg, Now: o.now.Time}, nil, aidsOff)
	if err != nil {
		return err
	}
	if err := p.comparable(old, latest, o); err != nil {
		return err
	}
	c := analyzer.Compare(old, latest)
	a := c.Answer(o.how.value)
	if o.form.value == formJSON {
		c.Fill(a)
	}
	err = p.show(o.view, answer{
		document: a, lines: diffLines(c), columns: diffColumns(), rows: diffRows(c),
		table: func(t *term.Printer) { diffTable(t, o, a) },
	})
	if err != nil {
		return err
	}
	return p.finish(a.Head, false, o.allowGaps)
}

// comparable reports snapshots that have no organization in common, and notes
// that the newer one was named first.
func (p *process) comparable(old, latest *analyzer.Model, o diffOptions) error {
	a, b := old.Graph.Info(), latest.Graph.Info()
	if a.TakenAt.After(b.TakenAt) {
		p.note("%s was taken after %s: what is told as gained came before", o.old, o.latest)
	}
	ids := map[string]bool{}
	for _, v := range old.Graph.Organizations() {
		ids[v.ID] = true
	}
	for _, v := range latest.Graph.Organizations() {
		if ids[v.ID] {
			return nil
		}
	}
	return fmt.Errorf("%s and %s have no organization in common: nothing can be compared", o.old, o.latest)
}

// A diffLine is a row with the way in which access differs.
type diffLine struct {
	Way string `json:"way"`
	analyzer.DiffRow
}

func diffWays() []string {
	return []string{analyzer.WayGained, analyzer.WayLost, analyzer.WayChanged}
}

func diffLines(c *analyzer.Comparison) func(yield func(any) bool) {
	return func(yield func(any) bool) {
		for _, way := range diffWays() {
			for r := range c.Rows(way) {
				if !yield(diffLine{way, r}) {
					return
				}
			}
		}
	}
}

func diffColumns() []string {
	return []string{
		"way", "organization", "kind", "id", "name", "email", "division", "tenant", "external", "state", "known",
		"permission", "over_id", "over", "reach", "was", "resources", "cross_tenant", "cause", "why",
	}
}

func diffRows(c *analyzer.Comparison) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for _, way := range diffWays() {
			for r := range c.Rows(way) {
				if !yield(diffCSV(way, r)) {
					return
				}
			}
		}
	}
}

func diffCSV(way string, r analyzer.DiffRow) []string {
	was := graph.None.String()
	reach := r.Reach.String()
	switch way {
	case analyzer.WayLost:
		was, reach = reach, was
	case analyzer.WayChanged:
		was = r.From.Reach.String()
	}
	return append(append([]string{way}, principalCSV(r.Principal)...),
		r.Permission, r.Division.ID, r.Division.Name, reach, was, strings.Join(r.Resources, " "), strings.Join(r.Into, " "),
		string(r.Cause.Kind), r.Cause.Text)
}

func diffTable(t *term.Printer, o diffOptions, a *analyzer.DiffAnswer) {
	t.Line(t.Paint(term.Bold, diffHeadline(a.Totals)))
	for _, s := range []struct {
		word string
		ref  analyzer.SnapshotRef
	}{{"from", a.Old}, {"to  ", a.New}} {
		t.Line(t.Paint(term.Dim, fmt.Sprintf("%s %s, snapshot %s taken %s", s.word, organizationNames(s.ref), term.Clean(s.ref.ID), s.ref.TakenAt.UTC().Format(timeText))))
	}
	notes(t, a.Head)
	diffCauses(t, o.view, a.Causes)
	t.Line()
	t.Line(t.Paint(term.Bold, "Records"), ": ", recordsText(a.Records))
	missing(t, o.view, a.Head)
	if len(a.Causes) > 0 {
		tryLines(t, []string{o.again + " -o csv"})
	}
}

func organizationNames(s analyzer.SnapshotRef) string {
	names := make([]string, 0, len(s.Organizations))
	for _, v := range s.Organizations {
		names = append(names, term.Fit(display(v.Name, v.ID), 60))
	}
	return strings.Join(names, ", ")
}

// diffHeadline is a comparison in one line.
func diffHeadline(n analyzer.DiffTotals) string {
	if n.Principals == 0 {
		return "No principal gained, lost or has another reach of anything"
	}
	s := fmt.Sprintf("Access of %s differs: %d gained, %d lost, %d with another reach (permissions by division)", count(n.Principals, "principal"), n.Gained, n.Lost, n.Changed)
	if n.CrossTenant == 0 {
		return s + "; no new reach into another tenant"
	}
	s += fmt.Sprintf("; %s gained reach into another tenant", count(n.CrossTenant, "principal"))
	if n.External > 0 {
		s += fmt.Sprintf(", %d of them external", n.External)
	}
	return s
}

// diffCauses prints what differs by cause, in the order of the answer.
func diffCauses(t *term.Printer, v view, list []analyzer.DiffCause) {
	for _, way := range []struct{ word, title string }{
		{analyzer.WayGained, "Gained"}, {analyzer.WayChanged, "Another reach"}, {analyzer.WayLost, "Lost"},
	} {
		var rows []analyzer.DiffCause
		for _, c := range list {
			if c.Way == way.word {
				rows = append(rows, c)
			}
		}
		if len(rows) == 0 {
			continue
		}
		t.Line()
		t.Line(t.Paint(term.Bold, way.title))
		shown := v.shown(len(rows))
		for _, c := range rows[:shown] {
			printCause(t, c)
		}
		leftOut(t, len(rows)-shown, "  ")
	}
}

func printCause(t *term.Printer, c analyzer.DiffCause) {
	style := term.Style("")
	if c.CrossTenantExternal > 0 && c.Way != analyzer.WayLost {
		style = term.Red
	} else if c.CrossTenant > 0 && c.Way != analyzer.WayLost {
		style = term.Yellow
	}
	t.Line("  ", t.Paint(style, term.Fit(capital(c.Cause.Text), 200)), crossText(c))
	names := make([]string, 0, len(c.First))
	for _, r := range c.First {
		names = append(names, term.Fit(whoText(r), 60))
	}
	if more := c.Principals - len(c.First); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	t.Line("      ", strings.Join(names, ", "))
	for _, x := range c.Access {
		t.Line("      ", accessText(x))
	}
	if c.Also > 0 {
		t.Line("      ", t.Paint(term.Dim, alsoText(c)))
	}
}

// alsoText says how much of what a cause did came about in another way as well.
func alsoText(c analyzer.DiffCause) string {
	if c.Also == c.Cells {
		return "all of it in another way as well"
	}
	return fmt.Sprintf("%d of %d (permissions by division) in another way as well", c.Also, c.Cells)
}

// accessText is what a cause is about, on one line.
func accessText(x analyzer.DiffAccess) string {
	reach := x.To.String()
	switch graph.None {
	case x.To:
		reach = x.From.String()
	case x.From:
	default:
		if x.From == x.To {
			reach += ", of other resources than before"
		} else {
			reach = x.From.String() + " before, now " + reach
		}
	}
	var divs, perms []string
	for _, d := range x.Divisions {
		divs = append(divs, term.Fit(divisionText(d), 60))
	}
	for _, name := range x.Permissions {
		perms = append(perms, term.Clean(name))
	}
	return reach + ": " + few(perms, 4) + " over " + few(divs, 4)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func crossText(c analyzer.DiffCause) string {
	if c.CrossTenant == 0 {
		return ""
	}
	s := fmt.Sprintf(" (another tenant's data: %s", count(c.CrossTenant, "principal"))
	if c.CrossTenantExternal > 0 {
		s += fmt.Sprintf(", %d external", c.CrossTenantExternal)
	}
	return s + ")"
}

// recordWord is what people call a kind that is told by its name.
func recordWord(name string) string {
	k, err := authz.ParseKind(name)
	if err != nil {
		return name
	}
	return kindWord(k)
}

// recordsText counts the records that differ, by kind.
func recordsText(r analyzer.DiffRecords) string {
	part := func(word string, m map[string]int) string {
		var list []string
		for _, k := range slices.Sorted(maps.Keys(m)) {
			list = append(list, count(m[k], recordWord(k)))
		}
		if len(list) == 0 {
			return "none " + word
		}
		return strings.Join(list, ", ") + " " + word
	}
	return part("added", r.Added) + "; " + part("removed", r.Removed) + "; " + part("changed", r.Changed)
}
