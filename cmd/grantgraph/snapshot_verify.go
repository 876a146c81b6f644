package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

// verifyOptions are what "snapshot verify" is told.
type verifyOptions struct {
	view
	snapshot string
}

// A verifyAnswer says whether a snapshot is as it was sealed.
type verifyAnswer struct {
	Schema  string       `json:"schema"`
	File    string       `json:"file"`
	ID      string       `json:"id"`
	TakenAt time.Time    `json:"taken_at"`
	Seal    string       `json:"seal"`
	Intact  bool         `json:"intact"`
	Parts   []verifyPart `json:"parts"`
}

type verifyPart struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Stored   string `json:"stored"`
	Computed string `json:"computed"`
	Problem  string `json:"problem"`
}

func newSnapshotVerifyCmd(p *process) *cobra.Command {
	var o verifyOptions
	c := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Whether a snapshot is as it was sealed",
		Long: `Reads the whole file and computes its digests anew. The analysis aid that
questions about a large snapshot leave beside it (FILE.aid) is made anew, too,
and compared.

Exit status 0: intact; 1: it is not, and the parts that differ are named.`,
		Example: `  grantgraph snapshot verify
  grantgraph snapshot verify summit-20261120T1200Z.db -o json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := snapshotArg(&o.snapshot, args); err != nil {
				return err
			}
			return runSnapshotVerify(cmd.Context(), p, o)
		},
	}
	o.flags(c)
	c.Flags().StringVar(&o.snapshot, "snapshot", "", "snapshot `FILE` (default: GRANTGRAPH_SNAPSHOT, else the newest in this folder)")
	return c
}

func runSnapshotVerify(ctx context.Context, p *process, o verifyOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	path, err := p.findSnapshot(o.snapshot)
	if err != nil {
		return err
	}
	r, err := snapshot.Verify(ctx, path)
	if err != nil {
		return err
	}
	a := verifyAnswer{
		Schema: "grantgraph/snapshot-verify/v1", File: path, ID: r.Info.ID, TakenAt: r.Info.TakenAt.UTC(),
		Seal: r.Info.Seal, Intact: r.Intact, Parts: []verifyPart{},
	}
	for _, part := range r.Parts {
		a.Parts = append(a.Parts, verifyPart(part))
	}
	if r.Intact {
		part, err := verifyAid(path)
		if err != nil {
			return err
		}
		if part != nil {
			a.Parts, a.Intact = append(a.Parts, *part), part.OK
		}
	}
	err = p.show(o.view, answer{
		document: a, lines: each(a.Parts), columns: []string{"part", "ok", "stored", "computed", "problem"},
		rows: rowsOf(a.Parts, func(x verifyPart) []string {
			return []string{x.Name, strconv.FormatBool(x.OK), x.Stored, x.Computed, x.Problem}
		}),
		table: func(t *term.Printer) { verifyTable(t, a) },
	})
	if err != nil {
		return err
	}
	if !a.Intact {
		return exit(statusBad)
	}
	return nil
}

func verifyTable(t *term.Printer, a verifyAnswer) {
	verdict, style := "intact", term.Green
	if !a.Intact {
		verdict, style = "not intact", term.Red
	}
	t.Line("Snapshot ", term.Clean(a.ID), " (", term.Clean(a.File), "): ", t.Paint(style, verdict))
	t.Line()
	table := term.Table{Head: []string{"PART", "", "DIGEST"}}
	for _, part := range a.Parts {
		state := "ok"
		if !part.OK {
			state = "differs"
		}
		table.Add(term.C(part.Name), term.C(state), term.C(partText(part)))
	}
	t.Table(&table)
}

func partText(p verifyPart) string {
	switch {
	case p.Problem != "":
		return p.Problem
	case !p.OK:
		return fmt.Sprintf("sealed as %s, is %s", p.Stored, p.Computed)
	default:
		return p.Stored
	}
}

func twoSnapshots(flag, arg string) error {
	return fmt.Errorf("--snapshot %s and the argument %s: want one of the two", flag, arg)
}
