package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/internal/sample"
)

func small(t *testing.T) *report.Document {
	t.Helper()
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// files keeps what is written beside a workbook.
type files map[string]*file

type file struct {
	bytes.Buffer
	closed bool
}

func (f *file) Close() error { f.closed = true; return nil }

// beside guards all files of a test: several are written at the same time.
var beside sync.Mutex

func (f files) open(name string) (io.WriteCloser, error) {
	beside.Lock()
	defer beside.Unlock()
	f[name] = &file{}
	return f[name], nil
}

// book writes a document and opens the workbook.
func workbook(t *testing.T, d *report.Document, limit int, side files) (*excelize.File, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, d, Options{Beside: side.open}, limit); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, b.Bytes()
}

func rowsOfSheet(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSheetsAndCounts(t *testing.T) {
	t.Parallel()
	d := small(t)
	f, _ := workbook(t, d, MostRows, files{})
	want := []string{
		"Summary", "Findings", "Tenant matrix", "Effective access", "Who can see", "Grants", "Principals", "Roles", "OAuth clients",
		"Escalation paths", "Stale", "Coverage", "Undetermined", "Dangling grants", "Allowed", "About",
	}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	for sheet, n := range map[string]int{
		"Findings": len(d.Findings) + len(d.Accepted) + len(d.Fixed), "Escalation paths": len(d.Escalation.Paths), "Stale": len(d.Stale), "Tenant matrix": len(d.Matrix.Cells), "Who can see": d.Counts.WhoCanSee, "Grants": d.Counts.Grants,
		"Principals": d.Counts.Principals, "Roles": d.Counts.Roles, "OAuth clients": d.Counts.Clients, "Coverage": len(d.Coverage), "Dangling grants": len(d.Dangling),
	} {
		if got := len(rowsOfSheet(t, f, sheet)) - 1; got != n {
			t.Errorf("sheet %s has %d rows; want %d", sheet, got, n)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("sheet %s: panes %+v, %v; want a frozen first row", sheet, panes, err)
		}
		tables, err := f.GetTables(sheet)
		if err != nil || len(tables) != 1 {
			t.Errorf("sheet %s has %d tables, %v; want one, with its filters", sheet, len(tables), err)
		}
	}
}

// TestSummarySaysTheRows reads the summary's list of sheets back and compares it
// with the sheets, and follows its links.
func TestSummarySaysTheRows(t *testing.T) {
	t.Parallel()
	d := small(t)
	f, _ := workbook(t, d, MostRows, files{})
	rows := rowsOfSheet(t, f, summarySheet)
	seen := 0
	for i, r := range rows {
		if len(r) < 3 {
			continue
		}
		at, err := f.GetSheetIndex(r[0])
		if err != nil || at < 1 {
			continue
		}
		seen++
		n, err := strconv.Atoi(r[2])
		if err != nil || n != len(rowsOfSheet(t, f, r[0]))-1 {
			t.Errorf("the summary says %q rows of %s; the sheet has %d", r[2], r[0], len(rowsOfSheet(t, f, r[0]))-1)
		}
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if ok, target, err := f.GetCellHyperLink(summarySheet, cell); !ok || err != nil || target != "'"+r[0]+"'!A1" {
			t.Errorf("%s links to %q, %v", r[0], target, err)
		}
	}
	if seen != len(f.GetSheetList())-1 {
		t.Errorf("the summary lists %d sheets; want %d", seen, len(f.GetSheetList())-1)
	}
}

// TestNoFormulas looks into the file itself: no cell is a formula, whatever its text.
func TestNoFormulas(t *testing.T) {
	t.Parallel()
	f, raw := workbook(t, small(t), MostRows, files{})
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(part, []byte("<f>")) || bytes.Contains(part, []byte("<f ")) {
			t.Errorf("%s has a formula", e.Name)
		}
		if bytes.Contains(part, []byte(`TargetMode="External"`)) {
			t.Errorf("%s leads outside", e.Name)
		}
	}
	names := map[string]bool{}
	for i, r := range rowsOfSheet(t, f, "Principals") {
		names[r[0]] = true
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if kind, err := f.GetCellType("Principals", cell); err != nil || (kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString) {
			t.Errorf("%s is of type %v, %v; want text", cell, kind, err)
		}
	}
	for _, name := range sample.Hostile() {
		if !names[text(name)] {
			t.Errorf("no principal is named %.60q", text(name))
		}
	}
}

func TestDatesAndNumbers(t *testing.T) {
	t.Parallel()
	f, _ := workbook(t, small(t), MostRows, files{})
	for cell, want := range map[string]string{"H2": "2026-11-20", "D2": "1"} {
		got, err := f.GetCellValue("Grants", cell)
		if err != nil {
			t.Fatal(err)
		}
		kind, err := f.GetCellType("Grants", cell)
		if err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s is of type %v, %v; want a number", cell, kind, err)
		}
		if cell == "D2" && got != want || cell == "H2" && !strings.HasPrefix(got, "202") {
			t.Errorf("%s = %q; want like %q", cell, got, want)
		}
	}
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	d := small(t)
	_, one := workbook(t, d, MostRows, files{})
	_, two := workbook(t, small(t), MostRows, files{})
	if !bytes.Equal(one, two) {
		t.Error("two workbooks of one document differ")
	}
}

// TestLongListsGoBeside lowers the limit so that the long sheets are counted, and
// reads the full rows from the files.
func TestLongListsGoBeside(t *testing.T) {
	t.Parallel()
	d := small(t)
	side := files{}
	var b bytes.Buffer
	if err := write(&b, d, Options{Beside: side.open, Full: true}, 10); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, n := range map[string]int{"grants.csv": d.Counts.Grants, "who-can-see.csv": d.Counts.WhoCanSee, "principals.csv": d.Counts.Principals} {
		s := side[name]
		if s == nil || !s.closed {
			t.Fatalf("%s was not written and closed; there are %d files", name, len(side))
		}
		if lines := strings.Count(s.String(), "\r\n"); lines < n+1 {
			t.Errorf("%s has %d lines that end as they must; want %d or more", name, lines, n+1)
		}
		records, err := csv.NewReader(bytes.NewReader(s.Bytes())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(records)-1 != n {
			t.Errorf("%s has %d rows; want %d", name, len(records)-1, n)
		}
		for _, r := range records {
			for _, v := range r {
				if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
					t.Errorf("%s: %.40q could be taken for a formula", name, v)
				}
			}
		}
	}
	if got, want := len(rowsOfSheet(t, f, "Grants"))-1, len(d.GrantCells); got != want {
		t.Errorf("the sheet Grants has %d rows; want %d, one for each role and division", got, want)
	}
	sum := 0
	for _, r := range rowsOfSheet(t, f, "Who can see")[1:] {
		n, err := strconv.Atoi(r[5])
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	if sum != d.Counts.WhoCanSee {
		t.Errorf("the sheet Who can see counts %d; want %d", sum, d.Counts.WhoCanSee)
	}
	told := false
	for _, r := range rowsOfSheet(t, f, summarySheet) {
		told = told || len(r) >= 5 && r[0] == "Grants" && r[4] == "grants.csv" && r[3] == strconv.Itoa(d.Counts.Grants)
	}
	if !told {
		t.Error("the summary does not name and count grants.csv")
	}
}

func TestNoPlaceForFiles(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := write(&b, small(t), Options{}, 10); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	said := false
	for _, r := range rowsOfSheet(t, f, summarySheet) {
		said = said || strings.Contains(strings.Join(r, " "), "not written")
	}
	if !said {
		t.Error("the summary does not say that rows were left out")
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
func (full) Close() error              { return nil }

func TestErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	err := write(io.Discard, small(t), Options{Beside: func(string) (io.WriteCloser, error) { return full{}, nil }}, 10)
	if !errors.Is(err, errFull) || !strings.Contains(err.Error(), ".csv") {
		t.Errorf("err = %v; want %v, with the file's name", err, errFull)
	}
	if err := Write(full{}, small(t), Options{}); !errors.Is(err, errFull) {
		t.Errorf("err = %v; want %v", err, errFull)
	}
}

func BenchmarkWrite(b *testing.B) {
	d := sample.Large(100_000, 10_000)
	for b.Loop() {
		if err := Write(io.Discard, d, Options{Beside: func(string) (io.WriteCloser, error) { return nothing{}, nil }}); err != nil {
			b.Fatal(err)
		}
	}
}

type nothing struct{}

func (nothing) Write(p []byte) (int, error) { return len(p), nil }
func (nothing) Close() error                { return nil }
