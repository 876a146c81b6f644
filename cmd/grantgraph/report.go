package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/html"
	"github.com/grantgraph/grantgraph/report/xlsx"
)

// reportOptions are what "report" is told.
type reportOptions struct {
	ask
	forms []string
	out   string
}

// reportForms are the forms of a report.
func reportForms() []string { return []string{"html", "xlsx", "json"} }

func newReportCmd(p *process) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use:   "report",
		Short: "The audit as a page to open, a workbook, or JSON",
		Long: `Runs the audit and writes it as report.html, report.xlsx and report.json into a
folder. Files of these names are replaced. Lists that are too long for a sheet are
written as CSV files beside the workbook.`,
		Example: `  grantgraph report -o report
  grantgraph report --form html,json -o report --snapshot november.db`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runReport(cmd.Context(), p, o) },
	}
	o.flags(c)
	c.Flags().StringSliceVar(&o.forms, "form", []string{"html", "xlsx"}, "the forms: html, xlsx, json")
	c.Flags().StringVarP(&o.out, "out", "o", "grantgraph-report", "the `FOLDER` to write into")
	complete(c, "form", reportForms)
	return c
}

func (o reportOptions) check() error {
	for _, f := range o.forms {
		if !slices.Contains(reportForms(), f) {
			return fmt.Errorf("--form: unknown form %q: want %s", f, oneOf(reportForms()))
		}
	}
	if len(o.forms) == 0 {
		return fmt.Errorf("--form: want %s", oneOf(reportForms()))
	}
	return nil
}

func runReport(ctx context.Context, p *process, o reportOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	m, r, err := p.audit(ctx, o.ask, nil)
	if err != nil {
		return err
	}
	d, err := report.New(m, r, report.Options{Tool: toolName()})
	if err != nil {
		return err
	}
	paths, err := writeReport(d, o.out, o.forms)
	if err != nil {
		return err
	}
	for _, path := range paths {
		p.say(path)
	}
	return p.finish(d.Head, false, o.allowGaps)
}

// writeReport writes the forms of a report into a folder and returns the files. If
// one cannot be written, none of the new ones stays.
func writeReport(d *report.Document, dir string, forms []string) ([]string, error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	var files []*pendingFile
	create := func(name string) (io.WriteCloser, error) {
		f, err := createFile(filepath.Join(dir, filepath.Base(name)))
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		return unclosed{f}, nil
	}
	err := writeForms(d, forms, create)
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
	slices.Sort(paths)
	return paths, nil
}

func writeForms(d *report.Document, forms []string, create func(name string) (io.WriteCloser, error)) error {
	for _, form := range forms {
		w, err := create("report." + strings.ToLower(form))
		if err != nil {
			return err
		}
		switch form {
		case "html":
			err = html.Write(w, d)
		case "xlsx":
			err = xlsx.Write(w, d, create)
		default:
			err = d.WriteJSON(term.NewJSONWriter(w))
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
