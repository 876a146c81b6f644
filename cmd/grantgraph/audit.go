package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/internal/parallel"
	"github.com/grantgraph/grantgraph/rules"
)

// auditOptions are what "audit" is told.
type auditOptions struct {
	ask
	view
	failOn   choice
	rules    []string
	baseline string
}

func newAuditCmd(p *process) *cobra.Command {
	var o auditOptions
	c := &cobra.Command{
		Use:   "audit",
		Short: "Findings of the rule packs, worst first",
		Long: `Runs the rule packs over a snapshot and lists what is wrong, worst first.

Exit status 1: there are findings at or above --fail-on.`,
		Example: `  grantgraph audit
  grantgraph audit --fail-on critical -o json > findings.json
  grantgraph audit --rule TI-003 --rule TI-004
  grantgraph audit --baseline previous`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAudit(cmd.Context(), p, o) },
	}
	o.ask.flags(c)
	o.view.flags(c)
	o.failOn = choice{value: "high", of: []string{"critical", "high", "medium", "low", "info", "none"}}
	choose(c, &o.failOn, "fail-on", "", "exit 1 if a finding is at least so bad")
	c.Flags().StringVar(&o.baseline, "baseline", "", "an earlier snapshot `FILE`, or previous (the one before, in the snapshot's folder): says what is new, open and fixed")
	c.Flags().StringArrayVar(&o.rules, "rule", nil, "run only the rule with this `ID`; may be given several times")
	complete(c, "rule", ruleIDs)
	return c
}

func runAudit(ctx context.Context, p *process, o auditOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	listed := 0
	if f := o.form.value; f != formJSON && f != formJSONL {
		listed = 1 // messages name the first, and counts tell the rest
	}
	_, r, err := p.audit(ctx, o.ask, auditRun{only: o.rules, baseline: o.baseline, listed: listed})
	if err != nil {
		return err
	}
	err = p.show(o.view, answer{
		document: r, stream: func(w io.Writer) error { return writeFindings(w, r) }, lines: each(r.Findings), columns: findingColumns(), rows: rowsOf(r.Findings, findingCSV),
		table: func(t *term.Printer) { auditTable(t, o, r) },
	})
	if err != nil {
		return err
	}
	return p.finish(r.Head, failsOn(r, o.failOn.value), o.allowGaps)
}

// An auditRun says what an audit looks at; the zero value: everything.
type auditRun struct {
	only     []string // rules
	baseline string   // an earlier snapshot
	listed   int      // the most principals that a finding lists; 0: all
}

// audit builds the model and runs the packs that its configuration asks for.
func (p *process) audit(ctx context.Context, a ask, o auditRun) (*analyzer.Model, *rules.Result, error) {
	cfg, err := readConfig(a.config)
	if err != nil {
		return nil, nil, err
	}
	var set, whole *rules.Set
	var m *analyzer.Model
	var extra *rules.Extra
	var unread error
	parallel.Do(
		func() { set, whole, err = loadOnly(cfg, o.only) },
		func() { m, extra, unread = p.loadExtra(ctx, a) },
	)
	if err = cmp.Or(err, unread); err != nil {
		return nil, nil, err
	}
	before, err := p.before(ctx, a, m, o.baseline)
	if err != nil {
		return nil, nil, err
	}
	r, err := rules.Audit(ctx, m, set, rules.AuditOptions{Extra: extra, Before: before, Principals: o.listed})
	if err != nil {
		return nil, nil, fmt.Errorf("auditing: %w", err)
	}
	if len(o.only) > 0 {
		r.Deviations = whole.Deviations()
		if r.Deviations == nil {
			r.Deviations = []rules.Deviation{}
		}
		r.Notes = append(r.Notes, "only these rules were run: "+strings.Join(o.only, ", "))
	}
	return m, r, nil
}

// loadExtra builds the model, and reads what rules need beside it.
func (p *process) loadExtra(ctx context.Context, a ask) (*analyzer.Model, *rules.Extra, error) {
	var extra *rules.Extra
	m, err := p.loadWith(ctx, a, func(r *snapshot.Reader) (err error) {
		extra, err = rules.ReadExtra(r)
		return err
	})
	return m, extra, err
}

// previous stands for the snapshot that was taken before the one that is audited.
const previous = "previous"

// before loads the earlier snapshot that an audit is compared with; nil where
// none is named. What the configuration names and it lacks is no error.
func (p *process) before(ctx context.Context, a ask, m *analyzer.Model, named string) (*rules.Before, error) {
	if named == "" {
		return nil, nil
	}
	path := named
	if named == previous {
		now, err := p.findSnapshot(a.snapshot)
		if err != nil {
			return nil, err
		}
		if path, err = earlierThan(filepath.Dir(now), m.Graph.Info().TakenAt); err != nil {
			return nil, err
		}
		p.note("compared with %s", filepath.Base(path))
	}
	cfg, err := readConfig(a.config)
	if err != nil {
		return nil, err
	}
	r, err := snapshot.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	b := &rules.Before{}
	o := analyzer.Options{Config: cfg, Older: true}
	if o.Attributes, err = attributesOf(cfg); err == nil {
		b.Model, err = analyzer.Build(r, o)
	}
	if err == nil {
		b.Extra, err = rules.ReadExtra(r)
	}
	if closed := r.Close(); err == nil && closed != nil {
		err = fmt.Errorf("closing snapshot %s: %w", path, closed)
	}
	if err == nil {
		err = ctx.Err()
	}
	return b, err
}

// earlierThan returns the last snapshot of a folder that was taken before a moment.
func earlierThan(dir string, moment time.Time) (string, error) {
	list, err := snapshot.List(dir)
	if err != nil {
		return "", err
	}
	best, at := "", time.Time{}
	for _, e := range list {
		if taken := e.Info.TakenAt; e.State == snapshot.StateSealed && taken.Before(moment) && taken.After(at) {
			best, at = e.Path, taken
		}
	}
	if best == "" {
		return "", fmt.Errorf("--baseline: no earlier snapshot in %s", dir)
	}
	return best, nil
}

// failsOn reports whether a finding is at least as bad as a word says.
func failsOn(r *rules.Result, word string) bool {
	worst, err := rules.ParseSeverity(word)
	if err != nil { // none
		return false
	}
	return slices.ContainsFunc(r.Findings, func(f rules.Finding) bool { return f.Severity >= worst })
}

func ruleIDs() []string {
	set, err := rules.Load(rules.Shipped(), rules.LoadOptions{})
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range set.Rules() {
		out = append(out, r.ID)
	}
	return out
}

func findingColumns() []string {
	return []string{"severity", "rule", "title", "message", "principals", "status", "covered", "controls", "fingerprint"}
}

func findingCSV(f rules.Finding) []string {
	return []string{
		f.Severity.String(), f.Rule, f.Title, f.Message, strconv.Itoa(f.Count), f.Status,
		strconv.Itoa(len(f.Covers)), strings.Join(f.Controls, " "), f.Fingerprint,
	}
}

func auditTable(t *term.Printer, o auditOptions, r *rules.Result) {
	t.Line(t.Paint(term.Bold, totalsLine(r)))
	provenance(t, r.Head)
	shown := o.shown(len(r.Findings))
	for _, f := range r.Findings[:shown] {
		printFinding(t, f)
	}
	if shown < len(r.Findings) {
		t.Line()
	}
	leftOut(t, len(r.Findings)-shown, "")
	fixed(t, r)
	deviations(t, r)
	missing(t, o.view, r.Head)
	if len(r.Findings) > 0 {
		given := o.given()
		tryLines(t, []string{
			"grantgraph rules show " + r.Findings[0].Rule, "grantgraph audit --rule " + r.Findings[0].Rule + " -o json" + given,
			"grantgraph report --form html -o report" + given,
		})
	}
}

// totalsLine counts the findings, also those that are not listed.
func totalsLine(r *rules.Result) string {
	n := r.Totals
	var parts []string
	for _, s := range []struct {
		n    int
		word string
	}{{n.Critical, "critical"}, {n.High, "high"}, {n.Medium, "medium"}, {n.Low, "low"}, {n.Info, "info"}} {
		if s.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", s.n, s.word))
		}
	}
	line := count(len(r.Findings), "finding")
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	if r.Baseline != "" {
		line += fmt.Sprintf("; %d new, %d open, %d fixed since %s", n.New, len(r.Findings)-n.New, n.Fixed, r.Baseline)
	}
	if n.Covered > 0 {
		line += fmt.Sprintf("; %d more under them with the same cause", n.Covered)
	}
	return fmt.Sprintf("%s; %d accepted", line, n.Accepted)
}

// findingIndent is where the text of a finding begins, in columns.
const findingIndent = 10

// printFinding prints a finding on two or three lines.
func printFinding(t *term.Printer, f rules.Finding) {
	t.Line()
	status := ""
	if f.Status == "new" {
		status = "new: "
	}
	t.Wrapped(findingIndent, t.Paint(severityStyle(f.Severity), fmt.Sprintf("%-8s", f.Severity)), "  ", f.Rule, "  ",
		t.Paint(term.Bold, status+term.Fit(f.Title, 100)), " (", concerned(f), ")")
	t.Wrapped(findingIndent, "          ", term.Fit(f.Message, 400))
	if len(f.Covers) > 0 {
		t.Wrapped(findingIndent, "          ", t.Paint(term.Dim, "with it: "+coversText(f.Covers)))
	}
}

// concerned counts whom or what a finding is about.
func concerned(f rules.Finding) string {
	if f.Count == 0 && len(f.Records) > 0 {
		return count(len(f.Records), "record")
	}
	return count(f.Count, "principal")
}

// coversText counts the findings that stand under another, by rule.
func coversText(list []rules.Covered) string {
	var order []string
	n := map[string]int{}
	for _, c := range list {
		if n[c.Rule] == 0 {
			order = append(order, c.Rule)
		}
		n[c.Rule]++
	}
	for i, id := range order {
		if n[id] > 1 {
			order[i] = fmt.Sprintf("%s (%d)", id, n[id])
		}
	}
	return strings.Join(order, ", ")
}

func severityStyle(s rules.Severity) term.Style {
	switch {
	case s >= rules.High:
		return term.Red
	case s == rules.Medium:
		return term.Yellow
	default:
		return term.Cyan
	}
}

// fixed lists what the earlier snapshot had and this one has no more.
func fixed(t *term.Printer, r *rules.Result) {
	if len(r.Fixed) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Fixed"), " since ", term.Clean(r.Baseline), ":")
	for _, f := range r.Fixed {
		t.Wrapped(findingIndent+2, "  ", fmt.Sprintf("%-8s", f.Severity), "  ", f.Rule, "  ", term.Fit(f.Message, 200))
	}
}

func deviations(t *term.Printer, r *rules.Result) {
	if len(r.Deviations) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Deviations"), ": rules that the configuration changes")
	for _, d := range r.Deviations {
		t.Line("  ", term.Clean(d.Rule), ": ", term.Fit(d.What, 160))
	}
}
