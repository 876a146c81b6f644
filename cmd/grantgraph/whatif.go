package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/rules"
)

// whatifOptions are what "whatif" is told.
type whatifOptions struct {
	ask
	view
	spelling
	revoke, grant, member, move []string
	file                        string
	failOnNewReach, noFindings  bool
	again                       string // the command, but for how it is shown
}

func newWhatIfCmd(p *process) *cobra.Command {
	var o whatifOptions
	c := &cobra.Command{
		Use:   "whatif",
		Short: "What changes would do to access, before they are made",
		Long: `Evaluates the snapshot again as it would be after some changes: which access
would be gained and lost, which new reach into other tenants there would be, and
which findings would come and go. The snapshot itself is not changed.

A file of changes takes more kinds than the flags: see docs/changes.md.

Exit status 1 with --fail-on-new-reach: principals would gain another tenant's
data that nothing shares or allows.`,
		Example: `  grantgraph whatif --revoke 'maria@bpo-a.example/BPO_Partner_Supervisor/*'
  grantgraph whatif --grant group:QA/Supervisor/BPO_B --member QA+ada@bpo-a.example
  grantgraph whatif --file changes.yaml --fail-on-new-reach`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.again = again(cmd, args, "output", "limit", "form")
			return runWhatIf(cmd.Context(), p, o)
		},
	}
	o.ask.flags(c)
	o.view.flags(c)
	o.spelling.flags(c)
	f := c.Flags()
	f.StringArrayVar(&o.revoke, "revoke", nil, "revoke a role assignment: `SUBJECT/ROLE/DIVISION`, or SUBJECT/ROLE in every division")
	f.StringArrayVar(&o.grant, "grant", nil, "assign a role: `SUBJECT/ROLE/DIVISION`, * for all divisions")
	f.StringArrayVar(&o.member, "member", nil, "`GROUP+USER` joins a group or team, GROUP-USER leaves it")
	f.StringArrayVar(&o.move, "move", nil, "move a queue, flow, other object or user: `RECORD=DIVISION`")
	f.StringVar(&o.file, "file", "", "a `FILE` of changes (YAML), made before those of the flags")
	f.BoolVar(&o.failOnNewReach, "fail-on-new-reach", false, "exit 1 if principals would gain another tenant's data that nothing shares or allows")
	f.BoolVar(&o.noFindings, "no-findings", false, "do not run the rule packs before and after")
	subjects := func(m *analyzer.Model) []string { return ending(append(principals(m), groupNames(m)...), "/") }
	p.completeModel(c, &o.ask, "revoke", subjects)
	p.completeModel(c, &o.ask, "grant", subjects)
	p.completeModel(c, &o.ask, "member", func(m *analyzer.Model) []string { return ending(groupNames(m), "+", "-") })
	p.completeModel(c, &o.ask, "move", func(m *analyzer.Model) []string { return ending(targets(m), "=") })
	return c
}

// groupNames offers groups and teams.
func groupNames(m *analyzer.Model) []string {
	var out []string
	for _, g := range m.Graph.Groups() {
		out = append(out, g.Key.Kind.String()+":"+display(g.Name, g.Key.ID))
	}
	return out
}

// ending returns words with each of some endings.
func ending(words []string, ends ...string) []string {
	var out []string
	for _, w := range words {
		for _, e := range ends {
			out = append(out, w+e)
		}
	}
	return out
}

func (o whatifOptions) check() error {
	if err := o.view.check(); err != nil {
		return err
	}
	if o.file == "" && len(o.revoke)+len(o.grant)+len(o.member)+len(o.move) == 0 {
		return hint(errors.New("no change was given"), "grantgraph whatif --help")
	}
	return nil
}

// A whatif is two models with what rules find in each.
type whatif struct {
	c        *analyzer.Comparison
	list     []change.Change
	findings *findingChanges
}

// findingChanges are the findings that come and go.
type findingChanges struct {
	New  []findingRef `json:"new"`
	Gone []findingRef `json:"gone"`
}

// A findingRef is a finding in short.
type findingRef struct {
	Fingerprint string         `json:"fingerprint"`
	Rule        string         `json:"rule"`
	Severity    rules.Severity `json:"severity"`
	Title       string         `json:"title"`
	Message     string         `json:"message"`
	Principals  int            `json:"principals"`
}

// whatifDocument is what -o json prints.
type whatifDocument struct {
	*analyzer.WhatIfAnswer
	Findings *findingChanges `json:"findings,omitempty"`
}

func runWhatIf(ctx context.Context, p *process, o whatifOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	w, err := p.whatif(ctx, &o)
	if err != nil {
		return err
	}
	a := w.c.WhatIf(w.list, o.how.value)
	if o.form.value == formJSON {
		w.c.FillWhatIf(a)
	}
	err = p.show(o.view, answer{
		document: whatifDocument{a, w.findings}, lines: diffLines(w.c), columns: diffColumns(), rows: diffRows(w.c),
		table: func(t *term.Printer) { whatifTable(t, o, a, w.findings) },
	})
	if err != nil {
		return err
	}
	return p.finish(a.Head, o.failOnNewReach && len(a.NewReach) > 0, o.allowGaps)
}

// whatif builds the model as it is and as it would be.
func (p *process) whatif(ctx context.Context, o *whatifOptions) (*whatif, error) {
	path, err := p.findSnapshot(o.snapshot)
	if err != nil {
		return nil, err
	}
	o.snapshot = path
	before, extra, err := p.loadExtra(ctx, o.ask)
	if err != nil {
		return nil, err
	}
	list, err := readChanges(before, *o)
	if err != nil {
		return nil, err
	}
	r, err := snapshot.Open(path)
	if err != nil {
		return nil, err
	}
	after, err := before.After(r, list)
	if closed := r.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, fmt.Errorf("evaluating %s after the changes: %w", path, err)
	}
	w := &whatif{c: analyzer.Compare(before, after), list: list}
	if !o.noFindings {
		w.findings, err = findingsOf(ctx, before, after, extra)
	}
	return w, err
}

// readChanges reads the changes of the file, then those of the flags.
func readChanges(m *analyzer.Model, o whatifOptions) ([]change.Change, error) {
	var list []change.Change
	if o.file != "" {
		data, err := readSmall(o.file)
		if err != nil {
			return nil, fmt.Errorf("reading changes: %w", err)
		}
		written, err := config.ParseChanges(o.file, data)
		if err != nil {
			return nil, err
		}
		if list, err = m.Resolve(written); err != nil {
			return nil, err
		}
	}
	for _, f := range []struct {
		flag string
		text []string
		read func(string) (change.Change, error)
	}{
		{"--revoke", o.revoke, func(s string) (change.Change, error) { return m.ReadGrant(change.RevokeGrant, s) }},
		{"--grant", o.grant, func(s string) (change.Change, error) { return m.ReadGrant(change.Grant, s) }},
		{"--member", o.member, m.ReadMember},
		{"--move", o.move, m.ReadMove},
	} {
		for _, text := range f.text {
			c, err := f.read(text)
			if err != nil {
				return nil, fmt.Errorf("%s %w", f.flag, err)
			}
			list = append(list, c)
		}
	}
	return list, nil
}

// findingsOf runs the rules before and after the changes.
func findingsOf(ctx context.Context, before, after *analyzer.Model, extra *rules.Extra) (*findingChanges, error) {
	set, _, err := loadOnly(before.Config, nil)
	if err != nil {
		return nil, err
	}
	var found [2]*rules.Result
	for i, m := range []*analyzer.Model{before, after} {
		if found[i], err = rules.Audit(ctx, m, set, rules.AuditOptions{Extra: extra, Reasons: -1}); err != nil {
			return nil, fmt.Errorf("auditing: %w", err)
		}
	}
	return &findingChanges{New: beyond(found[1], found[0]), Gone: beyond(found[0], found[1])}, nil
}

// beyond returns the findings of one audit that another does not have.
func beyond(a, b *rules.Result) []findingRef {
	out := []findingRef{}
	there := map[string]bool{}
	for _, f := range b.Findings {
		there[f.Fingerprint] = true
	}
	for _, f := range a.Findings {
		if !there[f.Fingerprint] {
			out = append(out, findingRef{f.Fingerprint, f.Rule, f.Severity, f.Title, f.Message, f.Count})
		}
	}
	return out
}

func whatifTable(t *term.Printer, o whatifOptions, a *analyzer.WhatIfAnswer, f *findingChanges) {
	t.Line(t.Paint(term.Bold, whatifHeadline(a)))
	provenance(t, a.Head)
	t.Line()
	t.Line(t.Paint(term.Bold, "Changes"), ": ", strconv.Itoa(len(a.Changes)))
	shown := o.shown(len(a.Changes))
	for _, c := range a.Changes[:shown] {
		t.Line("  ", term.Fit(capital(c.Text), 200))
	}
	leftOut(t, len(a.Changes)-shown, "  ")
	newReachTable(t, o.view, a.NewReach)
	diffCauses(t, o.view, a.Causes)
	findingLines(t, o.view, f)
	missing(t, o.view, a.Head)
	if len(a.Causes) > 0 {
		tryLines(t, []string{o.again + " -o csv", o.again + " -o json"})
	}
}

func whatifHeadline(a *analyzer.WhatIfAnswer) string {
	n := a.Totals
	if n.Principals == 0 {
		return "These changes would change nobody's access"
	}
	s := fmt.Sprintf("Access of %s would differ: %d gained, %d lost, %d with another reach (permissions by division)",
		count(n.Principals, "principal"), n.Gained, n.Lost, n.Changed)
	if len(a.NewReach) == 0 {
		return s + "; no new reach into another tenant"
	}
	return s + "; new reach into another tenant"
}

// newReachTable lists what would be new of other tenants' data, external
// principals first.
func newReachTable(t *term.Printer, v view, list []analyzer.NewReach) {
	if len(list) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "New reach"), " into another tenant's data that nothing shares or allows")
	rows := slices.Clone(list)
	slices.SortStableFunc(rows, func(x, y analyzer.NewReach) int {
		switch {
		case x.Principal.External == y.Principal.External:
			return int(y.Reach) - int(x.Reach)
		case x.Principal.External:
			return -1
		default:
			return 1
		}
	})
	shown := v.shown(len(rows))
	table := term.Table{Head: []string{"PRINCIPAL", "TENANT", "INTO", "REACH", "PERMISSIONS", "BECAUSE"}, Max: []int{48, 24, 24, 0, 70, 70}}
	for _, r := range rows[:shown] {
		tenant := r.From
		if r.Principal.External {
			tenant += " (external)"
		}
		table.Add(term.C(whoText(r.Principal)), term.C(tenant), term.C(r.To), term.Cell{Text: r.Reach.String(), Style: reachStyle(r.Reach)},
			term.C(few(r.Permissions, 2)), term.C(r.Cause.Text))
	}
	t.Table(&table)
	leftOut(t, len(rows)-shown, "")
}

func findingLines(t *term.Printer, v view, f *findingChanges) {
	if f == nil {
		return
	}
	t.Line()
	if len(f.New)+len(f.Gone) == 0 {
		t.Line(t.Paint(term.Bold, "Findings"), ": none would come or go")
		return
	}
	t.Line(t.Paint(term.Bold, "Findings"), ": ", fmt.Sprintf("%d would come, %d would go", len(f.New), len(f.Gone)))
	for _, part := range []struct {
		sign string
		list []findingRef
	}{{"+ ", f.New}, {"- ", f.Gone}} {
		shown := v.shown(len(part.list))
		for _, x := range part.list[:shown] {
			t.Line("  ", part.sign, t.Paint(severityStyle(x.Severity), fmt.Sprintf("%-8s", x.Severity)), "  ", x.Rule, "  ", term.Fit(x.Title, 80), ": ", term.Fit(x.Message, 160))
		}
		leftOut(t, len(part.list)-shown, "  ")
	}
}
