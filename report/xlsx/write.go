package xlsx

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/report"
)

// maxRows is the most rows that a sheet shows one by one. A sheet can hold five
// times as many, but no program opens that with comfort.
const maxRows = 200_000

// Write writes the document as a workbook. Lists that are too long for a sheet
// are counted there and written in full to a CSV file beside it, which sidecar
// opens by name; the files are closed here. Without a sidecar the workbook says
// that the rows were left out.
func Write(w io.Writer, d *report.Document, sidecar func(name string) (io.WriteCloser, error)) error {
	if err := write(w, d, sidecar, maxRows); err != nil {
		return fmt.Errorf("writing XLSX report: %w", err)
	}
	return nil
}

func write(w io.Writer, d *report.Document, sidecar func(name string) (io.WriteCloser, error), limit int) (err error) {
	f := excelize.NewFile().SetZipWriter(newPacker)
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	b := &book{f: f, d: d, sidecar: sidecar, limit: limit}
	if err := b.prepare(); err != nil {
		return err
	}
	if err := b.lists(); err != nil {
		return err
	}
	if err := b.summary(); err != nil {
		return err
	}
	return f.Write(w)
}

// WriteCSV writes the lists of the workbook as CSV files, each in full, which
// create opens by name; they are closed here.
func WriteCSV(d *report.Document, create func(name string) (io.WriteCloser, error)) error {
	b := &book{d: d, sidecar: create}
	if err := b.lists(); err != nil {
		return fmt.Errorf("writing CSV report: %w", err)
	}
	return nil
}

// lists puts all lists, in the order of the sheets.
func (b *book) lists() error {
	for _, sheet := range []func() error{
		b.findings, b.matrix, b.access, b.whoCanSee, b.grants, b.principals, b.roles, b.clients, b.escalation, b.stale, b.coverage, b.undetermined,
		b.dangling, b.exceptions, b.about,
	} {
		if err := sheet(); err != nil {
			return err
		}
	}
	return nil
}

// book is a workbook in the making; without a file it is a set of CSV files.
type book struct {
	f       *excelize.File
	d       *report.Document
	sidecar func(name string) (io.WriteCloser, error)
	limit   int
	style   styles
	sheets  []sheetNote
	// findingRow is where an open finding stands, by its fingerprint.
	findingRow map[string]int
}

// sheetNote is what the summary says of a sheet.
type sheetNote struct {
	name, what string
	rows       int
	// file and fileRows name the CSV file with the full rows, if there is one.
	file     string
	fileRows int
	leftOut  bool
}

// summarySheet stands first and is written last, for it counts the others.
const summarySheet = "Summary"

func (b *book) prepare() error {
	if err := b.f.SetSheetName("Sheet1", summarySheet); err != nil {
		return err
	}
	at := b.d.Snapshot.TakenAt.UTC()
	if at.Year() < 1980 {
		at = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	err := b.f.SetDocProps(&excelize.DocProperties{
		Creator: text(b.d.Tool), LastModifiedBy: text(b.d.Tool), Title: "Effective access report", Subject: "Snapshot " + text(b.d.Snapshot.ID),
		Created: at.Format(time.RFC3339), Modified: at.Format(time.RFC3339),
	})
	if err != nil {
		return err
	}
	b.style, err = newStyles(b.f)
	return err
}
