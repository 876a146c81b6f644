package xlsx

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/report"
)

// MostRows is the most rows that a sheet shows one by one. A sheet can hold five
// times as many, but no program opens that with comfort.
const MostRows = 200_000

// Options say what is written beside the workbook.
type Options struct {
	// Beside opens a CSV file by name; the files are closed here. It is called from
	// several goroutines, as files are written at the same time. Without it the
	// workbook says which rows were left out.
	Beside func(name string) (io.WriteCloser, error)
	// Written are files that stand beside the workbook already, by name, with the number
	// of their rows: what [WriteCSV] returned. They are not written again.
	Written map[string]int
	// Full writes who can see what one by one also where that is more than
	// [MostRows]. If it is not set, such a list is written by class, with a file
	// that says who is of which class.
	Full bool

	links int // of a sheet; 0 is maxLinks
}

// Write writes the document as a workbook. Lists that are too long for a sheet
// are counted there and written in full to CSV files beside it.
func Write(w io.Writer, d *report.Document, o Options) error {
	if err := write(w, d, o, MostRows); err != nil {
		return fmt.Errorf("writing XLSX report: %w", err)
	}
	return nil
}

func write(w io.Writer, d *report.Document, o Options, limit int) (err error) {
	rows := map[string]*squeezed{}
	f := excelize.NewFile().SetZipWriter(func(w io.Writer) excelize.ZipWriter { return &packer{w: w, rows: rows} })
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	o.links = cmp.Or(o.links, maxLinks)
	b := &book{f: f, d: d, o: o, limit: limit, packed: rows}
	if err := b.prepare(); err != nil {
		return err
	}
	if err := errors.Join(b.lists(), b.besides.finish()); err != nil {
		return err
	}
	if err := b.summary(); err != nil {
		return err
	}
	return f.Write(w)
}

// WriteCSV writes the lists of the workbook as CSV files, each in full, and who is
// of which class. It returns the number of rows of each file.
func WriteCSV(d *report.Document, o Options) (map[string]int, error) {
	return writeCSVs(d, o, MostRows)
}

func writeCSVs(d *report.Document, o Options, limit int) (map[string]int, error) {
	b := &book{d: d, o: o, limit: limit}
	err := b.lists()
	b.beside(b.classMembers())
	if err = errors.Join(err, b.besides.finish()); err != nil {
		return nil, fmt.Errorf("writing CSV report: %w", err)
	}
	rows := map[string]int{}
	for _, f := range b.besides.list {
		rows[f.name] = f.rows
	}
	return rows, nil
}

// lists puts all lists, in the order of the sheets. What stands beside the workbook is
// begun first: it takes as long as the sheets do.
func (b *book) lists() error {
	all := []list{
		b.findings(), b.matrix(), b.access(), b.whoCanSee(), b.grants(), b.principals(), b.roles(), b.clients(), b.escalation(), b.stale(), b.coverage(),
		b.undetermined(), b.dangling(), b.exceptions(), b.about(),
	}
	for _, l := range all {
		b.beside(l)
	}
	if b.f == nil {
		return nil
	}
	for _, l := range all {
		if err := b.put(l); err != nil {
			return err
		}
	}
	return nil
}

// book is a workbook in the making; without a file it is a set of CSV files.
type book struct {
	f      *excelize.File
	d      *report.Document
	o      Options
	limit  int
	style  styles
	sheets []sheetNote
	// packed are the rows of sheets, by the sheet's place in the file.
	packed map[string]*squeezed
	// besides are the files beside it.
	besides besides
	// findingRow is where an open finding stands, by its fingerprint.
	findingRow map[string]int
}

// sheetNote is what the summary says of a sheet.
type sheetNote struct {
	name, what string
	rows       int
	// full is the number of rows, if they stand beside the workbook, in files; none
	// if no place for them was given.
	full  int
	files []*besideFile
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
