package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/internal/parallel"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/certificate"
	"github.com/grantgraph/grantgraph/report/html"
	"github.com/grantgraph/grantgraph/report/markdown"
	"github.com/grantgraph/grantgraph/report/oscal"
	"github.com/grantgraph/grantgraph/report/sarif"
	"github.com/grantgraph/grantgraph/report/xlsx"
)

// reportOptions are what "report" is told.
type reportOptions struct {
	ask
	forms    []string
	out      string
	tenant   string
	baseline string
	full     bool
	failOn   choice
}

// reportForms are the forms of a report.
func reportForms() []string {
	return []string{"html", "xlsx", "csv", "json", "jsonl", "markdown", "sarif", "oscal"}
}

// certificateForms are the forms of a tenant's certificate.
func certificateForms() []string { return []string{"html", "json"} }

func newReportCmd(p *process) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use:   "report",
		Short: "The audit as a page to open, a workbook, or a file for other tools",
		Long: `Runs the audit and writes it into a folder, in each of the forms asked for:

  html      report.html, one page that opens from disk
  xlsx      report.xlsx; lists that are too long for a sheet stand as CSV beside it
  csv       every list of the workbook as a CSV file
  json      report.json: findings, matrix, roles, classes and principals, each once
  jsonl     report.jsonl: a finding a line
  markdown  report.md, for a ticket
  sarif     report.sarif, SARIF 2.1.0 for code scanning dashboards
  oscal     report.oscal.json, OSCAL 1.1.3 assessment results

Files of these names are replaced. Who can see what is written by classes of equal
access where it is more than 200,000 rows; --full writes it one by one.

With --tenant it writes certificate.html instead: one page for the tenant's own
client, with who reaches the tenant from outside, what was checked and what is not
known, and without the names of the others.

Exit status 1: there are findings at or above --fail-on.`,
		Example: `  grantgraph report -o report
  grantgraph report --form html,json,sarif -o report --snapshot november.db
  grantgraph report --form markdown -o ticket --fail-on critical
  grantgraph report --baseline previous --form html,sarif -o report
  grantgraph report --form csv --full -o lists
  grantgraph report --tenant BPO_A -o for-bpo-a`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("form") && o.tenant != "" {
				o.forms = []string{"html"}
			}
			return runReport(cmd.Context(), p, o)
		},
	}
	o.flags(c)
	f := c.Flags()
	f.StringSliceVar(&o.forms, "form", []string{"html", "xlsx"}, "the forms: "+strings.Join(reportForms(), ", "))
	f.StringVarP(&o.out, "out", "o", "grantgraph-report", "the `FOLDER` to write into")
	f.StringVar(&o.tenant, "tenant", "", "write the certificate of one tenant, by `NAME`")
	f.BoolVar(&o.full, "full", false, "write who can see what one by one, however many rows that is")
	f.StringVar(&o.baseline, "baseline", "", "an earlier snapshot `FILE`, or previous: says what is new, open and fixed")
	o.failOn = choice{value: "none", of: []string{"critical", "high", "medium", "low", "info", "none"}}
	choose(c, &o.failOn, "fail-on", "", "exit 1 if a finding is at least so bad")
	complete(c, "form", reportForms)
	return c
}

func (o reportOptions) check() error {
	known := reportForms()
	if o.tenant != "" {
		known = certificateForms()
	}
	for _, f := range o.forms {
		if !slices.Contains(known, f) {
			return fmt.Errorf("--form: unknown form %q: want %s", f, oneOf(known))
		}
	}
	if len(o.forms) == 0 {
		return fmt.Errorf("--form: want %s", oneOf(known))
	}
	return nil
}

func runReport(ctx context.Context, p *process, o reportOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	o.forms = slices.Compact(slices.Sorted(slices.Values(o.forms)))
	m, r, err := p.audit(ctx, o.ask, auditRun{baseline: o.baseline, listed: report.Listed})
	if err != nil {
		return err
	}
	d, err := report.New(m, r, report.Options{Tool: toolName()})
	if err != nil {
		return err
	}
	write := func(create creator) error { return writeForms(d, o.forms, o.full, create) }
	if o.tenant != "" {
		c, err := certificateOf(m, d, o.tenant)
		if err != nil {
			return err
		}
		write = func(create creator) error { return writeCertificate(c, o.forms, create) }
	}
	paths, err := writeFiles(o.out, write)
	if err != nil {
		return err
	}
	for _, path := range paths {
		p.say(path)
	}
	p.note("%s", totalsLine(r))
	return p.finish(d.Head, failsOn(r, o.failOn.value), o.allowGaps)
}

// certificateOf makes the certificate of a tenant, by its name.
func certificateOf(m *analyzer.Model, d *report.Document, name string) (*certificate.Certificate, error) {
	if i, ok := m.Tenants.Find(strings.TrimPrefix(name, "tenant:")); ok {
		name = m.Tenants.Tenants[i].Name
	} else {
		var names []string
		for i := range d.Verdicts {
			names = append(names, d.Verdicts[i].Tenant)
		}
		return nil, fmt.Errorf("--tenant: no tenant is called %q: want %s", name, oneOf(names))
	}
	return certificate.New(d, name)
}

// A creator opens a file of a report by its name. It may be called from several
// goroutines.
type creator = func(name string) (io.WriteCloser, error)

// writeReport writes the forms of a report into a folder and returns the files.
func writeReport(d *report.Document, dir string, forms []string) ([]string, error) {
	return writeFiles(dir, func(create creator) error { return writeForms(d, forms, false, create) })
}

// writeFiles writes files into a folder and returns their names. If one cannot be
// written, none of the new ones stays.
func writeFiles(dir string, write func(creator) error) ([]string, error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	var files []*pendingFile
	var lock sync.Mutex
	create := func(name string) (io.WriteCloser, error) {
		f, err := createFile(filepath.Join(dir, filepath.Base(name)))
		if err != nil {
			return nil, err
		}
		lock.Lock()
		defer lock.Unlock()
		files = append(files, f)
		return unclosed{f}, nil
	}
	err := write(create)
	slices.SortFunc(files, func(x, y *pendingFile) int { return strings.Compare(x.path, y.path) })
	var paths []string
	for _, f := range files {
		if err != nil {
			err = errors.Join(err, f.Abort())
			continue
		}
		if err = f.Close(); err == nil {
			paths = append(paths, f.path)
		}
	}
	if err != nil {
		return nil, surroundings(fmt.Errorf("writing report into %s: %w", dir, err))
	}
	return paths, nil
}

// writeForms writes the forms, each at the same time as the others.
func writeForms(d *report.Document, forms []string, full bool, create creator) error {
	beside := xlsx.Options{Beside: create, Full: full}
	if slices.Contains(forms, "csv") { // the workbook counts the rows of these files
		var err error
		if beside.Written, err = xlsx.WriteCSV(d, beside); err != nil {
			return err
		}
	}
	errs := make([]error, len(forms))
	parallel.For(len(forms), func(i int) {
		if forms[i] == "csv" {
			return
		}
		w, err := create(reportFile(forms[i]))
		if err == nil {
			err = writeForm(w, d, forms[i], beside)
		}
		errs[i] = err
	})
	return errors.Join(errs...)
}

// reportFile is the name of the file of a form.
func reportFile(form string) string {
	switch form {
	case "markdown":
		return "report.md"
	case "oscal":
		return "report.oscal.json"
	default:
		return "report." + form
	}
}

func writeForm(w io.Writer, d *report.Document, form string, beside xlsx.Options) error {
	switch form {
	case "html":
		return html.Write(w, d)
	case "xlsx":
		return xlsx.Write(w, d, beside)
	case "jsonl":
		return d.WriteJSONL(term.NewJSONWriter(w))
	case "markdown":
		return markdown.Write(w, d)
	case "sarif":
		return sarif.Write(term.NewJSONWriter(w), d)
	case "oscal":
		return oscal.Write(term.NewJSONWriter(w), d)
	default:
		return d.WriteJSON(term.NewJSONWriter(w))
	}
}

func writeCertificate(c *certificate.Certificate, forms []string, create creator) error {
	for _, form := range forms {
		w, err := create("certificate." + form)
		if err != nil {
			return err
		}
		if form == "html" {
			err = c.WriteHTML(w)
		} else {
			err = c.WriteJSON(term.NewJSONWriter(w))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unclosed keeps a file open until all files of a report are whole.
type unclosed struct{ io.Writer }

// Close does nothing: the file gets its name with the others.
func (unclosed) Close() error { return nil }
