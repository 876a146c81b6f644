package main

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

// listOptions are what "snapshot list" is told.
type listOptions struct {
	view
	dir string
}

type listAnswer struct {
	Schema    string      `json:"schema"`
	Folder    string      `json:"folder"`
	Snapshots []listEntry `json:"snapshots"`
}

// A listEntry is a snapshot of a folder. What is only known of a sealed one is
// empty for the others.
type listEntry struct {
	File          string         `json:"file"`
	State         snapshot.State `json:"state"`
	ID            string         `json:"id"`
	TakenAt       *time.Time     `json:"taken_at"`
	Complete      bool           `json:"complete"`
	Organizations []string       `json:"organizations"`
	Size          int64          `json:"size"`
	Reason        string         `json:"reason"`
}

func newSnapshotListCmd(p *process) *cobra.Command {
	var o listOptions
	c := &cobra.Command{
		Use:   "list [FOLDER]",
		Short: "The snapshots of a folder, the newest first",
		Example: `  grantgraph snapshot list
  grantgraph snapshot list /var/audit -o csv`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = "."
			if len(args) > 0 {
				o.dir = args[0]
			}
			return runSnapshotList(cmd.Context(), p, o)
		},
	}
	o.flags(c)
	return c
}

func runSnapshotList(_ context.Context, p *process, o listOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	entries, err := snapshot.List(o.dir)
	if err != nil {
		return err
	}
	a := listAnswer{Schema: "grantgraph/snapshot-list/v1", Folder: o.dir, Snapshots: []listEntry{}}
	for _, e := range entries {
		a.Snapshots = append(a.Snapshots, listEntryOf(e))
	}
	return p.show(o.view, answer{
		document: a, lines: each(a.Snapshots),
		columns: []string{"file", "state", "id", "taken_at", "complete", "organizations", "size", "reason"},
		rows:    rowsOf(a.Snapshots, listCSV),
		table:   func(t *term.Printer) { listTable(t, o, a) },
	})
}

func listEntryOf(e snapshot.Entry) listEntry {
	l := listEntry{
		File: filepath.Base(e.Path), State: e.State, ID: e.Info.ID, Complete: e.Info.Complete,
		Organizations: append([]string{}, e.Info.Organizations...), Size: e.Size, Reason: e.Reason,
	}
	if !e.Info.TakenAt.IsZero() {
		at := e.Info.TakenAt.UTC()
		l.TakenAt = &at
	}
	return l
}

func listCSV(l listEntry) []string {
	taken := ""
	if l.TakenAt != nil {
		taken = l.TakenAt.Format(time.RFC3339)
	}
	return []string{
		l.File, string(l.State), l.ID, taken, strconv.FormatBool(l.Complete), strings.Join(l.Organizations, " "),
		strconv.FormatInt(l.Size, 10), l.Reason,
	}
}

func listTable(t *term.Printer, o listOptions, a listAnswer) {
	if len(a.Snapshots) == 0 {
		t.Line("No snapshots in ", term.Clean(a.Folder))
		tryLines(t, []string{"grantgraph collect --from FOLDER", "grantgraph demo"})
		return
	}
	shown := o.shown(len(a.Snapshots))
	table := term.Table{Head: []string{"FILE", "TAKEN", "STATE", "COVERAGE", "ID"}, Max: []int{80, 0, 0, 0, 0}}
	for _, s := range a.Snapshots[:shown] {
		taken, coverage := "unknown", "unknown"
		if s.TakenAt != nil {
			taken, coverage = s.TakenAt.Format(timeText), "gaps"
		}
		if s.Complete {
			coverage = "complete"
		}
		table.Add(term.C(s.File), term.C(taken), term.C(string(s.State)), term.C(coverage), term.C(s.ID))
	}
	t.Table(&table)
	leftOut(t, len(a.Snapshots)-shown, "")
	for _, s := range a.Snapshots[:shown] {
		if s.Reason != "" {
			t.Line(term.Fit(s.File, 80), ": ", term.Clean(s.Reason))
		}
	}
}
