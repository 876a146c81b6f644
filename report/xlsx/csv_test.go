package xlsx

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/report/internal/sample"
)

type kept struct{ *bytes.Buffer }

func (kept) Close() error { return nil }

// The CSV files hold what the sheets hold, row by row, and no cell of them is a formula.
func TestWriteCSVEqualsSheets(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*bytes.Buffer{}
	err = WriteCSV(d, func(name string) (io.WriteCloser, error) {
		files[name] = &bytes.Buffer{}
		return kept{files[name]}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, d, nil); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if len(files) != len(sheets)-1 { // all but the summary
		t.Errorf("%d files for %d sheets", len(files), len(sheets))
	}
	for _, name := range sheets {
		if name == summarySheet {
			continue
		}
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		file := files[sheetCSV(name)]
		if file == nil {
			t.Errorf("sheet %s has no file", name)
			continue
		}
		lines, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(lines) != len(rows) {
			t.Errorf("%s: %d lines; the sheet has %d", name, len(lines), len(rows))
		}
		for _, l := range lines {
			for _, cell := range l {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("%s: cell %.20q could be a formula", name, cell)
				}
			}
		}
	}
}
