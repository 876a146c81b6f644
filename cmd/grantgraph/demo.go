package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

// demoOptions are what "demo" is told.
type demoOptions struct{ out string }

func newDemoCmd(p *process) *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Everything once, on an organization that comes with the program",
		Long: `Writes an invented organization as a bundle, serves it on this machine as the
platform's API would, takes a snapshot over that, audits it, writes a report as
HTML and XLSX, and says what to look at first. Three
outside companies and their client share the organization; most things that go
wrong with access between tenants have gone wrong in it.

Done again, it replaces its own files and no others.`,
		Example: `  grantgraph demo
  grantgraph demo -o /tmp/demo && cd /tmp/demo && grantgraph audit`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), p, o) },
	}
	c.Flags().StringVarP(&o.out, "out", "o", "grantgraph-demo", "the `FOLDER` to write into")
	return c
}

// demoTarget is what the demo asks about.
const demoTarget = "BPO_B"

func runDemo(ctx context.Context, p *process, o demoOptions) error {
	if err := demoFolder(o.out); err != nil {
		return err
	}
	db, err := demoSnapshot(ctx, o.out)
	if err != nil {
		return err
	}
	a := ask{snapshot: db, config: filepath.Join(o.out, configFile)}
	m, r, err := p.audit(ctx, a, auditRun{listed: report.Listed})
	if err != nil {
		return err
	}
	d, err := report.New(m, r, report.Options{Tool: toolName()})
	if err != nil {
		return err
	}
	if _, err := writeReport(d, o.out, []string{"html", "xlsx"}); err != nil {
		return err
	}
	t, _, err := m.FindTarget(demoTarget)
	if err != nil {
		return err
	}
	who, err := m.Who("see", t, analyzer.WhoOptions{})
	if err != nil {
		return err
	}
	out := p.printer()
	demoTable{o: o, db: db, m: m, r: r, who: newWhoTable(m, who, t, whoOptions{verb: "see", target: demoTarget})}.print(out)
	if _, err := exec.LookPath("grantgraph"); err != nil {
		p.note("to try these, install the program where your shell finds it: go install ./cmd/grantgraph")
	}
	return surroundings(out.Err())
}

// demoMark is the file by which the demo knows its own folder.
const demoMark = ".grantgraph-demo"

// demoFolder makes the folder with the bundle and the configuration. A folder that
// is somebody else's is refused: the demo would replace a configuration in it.
func demoFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, demoMark)); errors.Is(err, fs.ErrNotExist) {
			return hint(fmt.Errorf("folder %s has other files in it", dir), "grantgraph demo -o ANOTHER-FOLDER")
		}
	}
	if err := makeFolder(filepath.Join(dir, "bundle")); err != nil {
		return err
	}
	if err := writeBytes(filepath.Join(dir, demoMark), []byte("The demo made this folder and replaces its files in it.\n")); err != nil {
		return err
	}
	told := simulator.Told()
	names, err := fs.Glob(told, "*.json")
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(told, name)
		if err != nil {
			return err
		}
		if err := writeBytes(filepath.Join(dir, "bundle", name), data); err != nil {
			return err
		}
	}
	return writeBytes(filepath.Join(dir, configFile), simulator.ToldConfig())
}

// demoTable says what was done, what came out, and what to do next.
type demoTable struct {
	o   demoOptions
	db  string
	m   *analyzer.Model
	r   *rules.Result
	who whoTable
}

// demoRows is how many answers and findings the demo shows.
const demoRows = 5

func (d demoTable) print(t *term.Printer) {
	t.Line("An invented organization was written to ", term.Clean(filepath.Join(d.o.out, "bundle")), ", with its tenants in ", configFile, ",")
	t.Line("and read over the platform's API, served on this machine; its snapshot is ", term.Clean(filepath.Base(d.db)), ".")
	t.Line()
	d.answer(t)
	t.Line()
	t.Line(t.Paint(term.Bold, "What is wrong with it? "), totalsLine(d.r), ". The worst, one of each rule:")
	for _, f := range d.worst() {
		printFinding(t, f)
	}
	t.Line()
	t.Line("The report: ", term.Clean(filepath.Join(d.o.out, "report.html")), " and ", term.Clean(filepath.Join(d.o.out, "report.xlsx")))
	tryLines(t, d.next())
}

// worst returns the worst findings of different rules.
func (d demoTable) worst() []rules.Finding {
	var out []rules.Finding
	seen := map[string]bool{}
	for _, f := range d.r.Findings {
		if !seen[f.Rule] && len(out) < demoRows {
			out = append(out, f)
		}
		seen[f.Rule] = true
	}
	return out
}

func (d demoTable) answer(t *term.Printer) {
	outsiders, own := d.who.split()
	t.Line(t.Paint(term.Bold, "Who can see "+demoTarget+"? "), fmt.Sprintf("%s from outside, and %d of its own. The worst:", count(len(outsiders), "principal"), len(own)))
	table := term.Table{Max: []int{48, 24, 0, 90}, Indent: "  "}
	for _, i := range outsiders[:min(demoRows, len(outsiders))] {
		r := d.who.a.Answers[i]
		table.Add(term.C(whoText(r.Principal)), term.C(d.who.tenantText(r)), term.Cell{Text: r.Reach.String(), Style: reachStyle(r.Reach)}, term.C(d.who.via(r).text))
	}
	t.Table(&table)
}

// next are commands that work in the demo's folder.
func (d demoTable) next() []string {
	lines := []string{"cd " + shellQuote(d.o.out), "grantgraph who can see " + demoTarget}
	if outsiders, _ := d.who.split(); len(outsiders) > 0 {
		r := d.who.a.Answers[outsiders[0]]
		if v := d.who.via(r); v.permission != "" {
			lines = append(lines, fmt.Sprintf("grantgraph explain %s %s %s", refArg(r.Principal), shellQuote(v.permission), demoTarget))
		}
	}
	lines = append(lines, "grantgraph matrix", "grantgraph audit")
	if len(d.r.Findings) > 0 {
		lines = append(lines, "grantgraph rules show "+shellQuote(d.r.Findings[0].Rule))
	}
	return lines
}
