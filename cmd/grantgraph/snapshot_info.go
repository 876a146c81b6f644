package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// infoOptions are what "snapshot info" is told.
type infoOptions struct {
	view
	snapshot  string
	allowGaps bool
}

// An infoAnswer says what a snapshot holds and lacks.
type infoAnswer struct {
	analyzer.Head
	Digest   string      `json:"digest"`
	Source   string      `json:"source"`
	Tool     string      `json:"tool"`
	Counts   []infoCount `json:"counts"`
	Ledger   []infoLine  `json:"ledger"`
	Readings []infoLine  `json:"readings"`
	Meta     []infoMeta  `json:"meta"`
}

type infoCount struct {
	Kind string `json:"kind"`
	Rows int64  `json:"rows"`
}

// An infoLine is a line of the ledger.
type infoLine struct {
	Org      string       `json:"org"`
	List     authz.List   `json:"list"`
	Source   string       `json:"source"`
	Status   authz.Status `json:"status"`
	Expected *int64       `json:"expected"` // null: unknown
	Received int64        `json:"received"`
	Reason   string       `json:"reason"`
}

type infoMeta struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func newSnapshotInfoCmd(p *process) *cobra.Command {
	var o infoOptions
	c := &cobra.Command{
		Use:   "info [FILE]",
		Short: "What a snapshot holds and lacks, and how it came to be",
		Long: `Shows how many records of each kind a snapshot holds, which lists it lacks,
what was missing or odd in its source and how that was read, who took it and how,
its digest and its seal.

Exit status 3: it lacks something.`,
		Example: `  grantgraph snapshot info
  grantgraph snapshot info summit-20261120T1200Z.db -o json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := snapshotArg(&o.snapshot, args); err != nil {
				return err
			}
			return runSnapshotInfo(cmd.Context(), p, o)
		},
	}
	o.flags(c)
	c.Flags().StringVar(&o.snapshot, "snapshot", "", "snapshot `FILE` (default: GRANTGRAPH_SNAPSHOT, else the newest in this folder)")
	c.Flags().BoolVar(&o.allowGaps, "allow-gaps", false, "exit 0 although the snapshot lacks something")
	return c
}

func runSnapshotInfo(_ context.Context, p *process, o infoOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	r, path, err := p.open(o.snapshot)
	if err != nil {
		return err
	}
	defer done(r)
	a, err := snapshotInfo(r)
	if err != nil {
		return fmt.Errorf("reading snapshot %s: %w", path, err)
	}
	err = p.show(o.view, answer{
		document: a, lines: each(a.Ledger), columns: infoColumns(), rows: rowsOf(a.Ledger, infoCSV),
		table: func(t *term.Printer) { infoTable(t, o.view, a) },
	})
	if err != nil {
		return err
	}
	return p.finish(a.Head, false, o.allowGaps)
}

func snapshotInfo(r *snapshot.Reader) (*infoAnswer, error) {
	i := r.Info()
	a := &infoAnswer{
		Digest: i.Digest, Source: i.Source, Tool: i.Tool,
		Counts: []infoCount{}, Ledger: []infoLine{}, Readings: []infoLine{}, Meta: []infoMeta{},
		Head: analyzer.Head{
			Schema:   "grantgraph/snapshot-info/v1",
			Snapshot: analyzer.SnapshotRef{ID: i.ID, TakenAt: i.TakenAt.UTC(), Seal: i.Seal, Organizations: []analyzer.Named{}},
			Now:      i.TakenAt.UTC(), Undetermined: []analyzer.Undetermined{}, Notes: []string{},
			Coverage: analyzer.CoverageRef{Gaps: []analyzer.Gap{}},
		},
	}
	for o, err := range r.Organizations() {
		if err != nil {
			return nil, err
		}
		a.Snapshot.Organizations = append(a.Snapshot.Organizations, analyzer.Named{ID: o.ID, Name: o.Name})
	}
	counts, err := r.Counts()
	if err != nil {
		return nil, err
	}
	for _, c := range counts {
		a.Counts = append(a.Counts, infoCount(c))
	}
	meta, err := r.Meta()
	if err != nil {
		return nil, err
	}
	for _, m := range meta {
		a.Meta = append(a.Meta, infoMeta(m))
	}
	return a, a.ledger(r)
}

// ledger sorts the ledger's lines into lists, readings and gaps.
func (a *infoAnswer) ledger(r *snapshot.Reader) error {
	for c, err := range r.Coverage() {
		if err != nil {
			return err
		}
		line := infoLine{Org: c.Org, List: c.List, Source: c.Source, Status: c.Status, Received: c.Received, Reason: c.Reason}
		if c.Expected >= 0 {
			line.Expected = &c.Expected
		}
		if c.Status == authz.StatusReading {
			a.Readings = append(a.Readings, line)
			continue
		}
		a.Ledger = append(a.Ledger, line)
		if c.IsGap() {
			a.Coverage.Gaps = append(a.Coverage.Gaps, analyzer.Gap{
				Org: c.Org, Kind: c.List, Source: c.Source, Status: c.Status, Reason: c.Reason,
				MissingPermission: c.MissingPermission, Touches: analyzer.Touches(c.List),
			})
		}
	}
	a.Coverage.Complete = len(a.Coverage.Gaps) == 0
	return nil
}

func infoColumns() []string {
	return []string{"organization", "list", "source", "status", "expected", "received", "reason"}
}

func infoCSV(l infoLine) []string {
	expected := ""
	if l.Expected != nil {
		expected = strconv.FormatInt(*l.Expected, 10)
	}
	return []string{l.Org, string(l.List), l.Source, string(l.Status), expected, strconv.FormatInt(l.Received, 10), l.Reason}
}

func infoTable(t *term.Printer, v view, a *infoAnswer) {
	verdict := "complete"
	if n := len(a.Coverage.Gaps); n > 0 {
		verdict = "it lacks " + count(n, "list")
	}
	t.Line(t.Paint(term.Bold, "Snapshot "+term.Clean(a.Snapshot.ID)+": "+verdict))
	provenance(t, a.Head)
	t.Line()
	table := term.Table{Head: []string{"RECORDS", ""}}
	for _, c := range a.Counts {
		table.Add(term.C(strings.ReplaceAll(c.Kind, "_", " ")), term.Cell{Text: strconv.FormatInt(c.Rows, 10), Right: true})
	}
	t.Table(&table)
	infoReadings(t, v, a.Readings)
	missing(t, v, a.Head)
	t.Line()
	about := term.Table{Head: []string{"ABOUT", ""}, Max: []int{0, 110}}
	about.Add(term.C("digest"), term.C(a.Digest))
	about.Add(term.C("seal"), term.C(a.Snapshot.Seal))
	for _, m := range a.Meta {
		about.Add(term.C(strings.ReplaceAll(m.Name, "_", " ")), term.C(m.Value))
	}
	t.Table(&about)
}

func infoReadings(t *term.Printer, v view, list []infoLine) {
	if len(list) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Readings"), ": what was missing or odd in the source, and how it was read")
	shown := v.shown(len(list))
	for _, l := range list[:shown] {
		t.Line("  ", term.Fit(fmt.Sprintf("%s: %s", cmp.Or(l.Source, string(l.List)), l.Reason), 160), fmt.Sprintf(" (%d)", l.Received))
	}
	leftOut(t, len(list)-shown, "  ")
}
