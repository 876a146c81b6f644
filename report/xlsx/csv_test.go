package xlsx

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/report/internal/sample"
	"github.com/grantgraph/grantgraph/rules"
)

// The CSV files hold what the sheets hold, row by row, and no cell of them is a formula.
func TestWriteCSVEqualsSheets(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	side := files{}
	if _, err := WriteCSV(d, Options{Beside: side.open}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, d, Options{}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if len(side) != len(sheets) || side["class-members.csv"] == nil { // all but the summary, and the members
		t.Errorf("%d files for %d sheets", len(side), len(sheets))
	}
	for _, name := range sheets {
		if name == summarySheet {
			continue
		}
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		file := side[sheetCSV(name)]
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

// TestByClassSaysAsMuch joins the rows by class with the members of the classes, and
// finds as many principals and divisions as there are rows one by one; and it compares
// what the workbook says of the files.
func TestByClassSaysAsMuch(t *testing.T) {
	t.Parallel()
	d := small(t)
	side := files{}
	f, _ := workbook(t, d, 10, side)
	if side["who-can-see.csv"] != nil {
		t.Error("the rows stand one by one, and nobody asked for that")
	}
	members := map[string]int{}
	for _, r := range rowsOfCSV(t, side, "class-members.csv")[1:] {
		members[r[0]]++
	}
	seen := 0
	for _, r := range rowsOfCSV(t, side, "who-can-see-by-class.csv")[1:] {
		divisions := len(strings.Split(r[7], "; "))
		if number(t, r[8]) != divisions {
			t.Errorf("%d divisions of %q", divisions, r)
		}
		if r[0] != "" && members[r[0]] != number(t, r[1]) {
			t.Errorf("class %s has %d members; the row says %s", r[0], members[r[0]], r[1])
		}
		seen += number(t, r[1]) * divisions
	}
	if seen != d.Counts.WhoCanSee {
		t.Errorf("%d principals and divisions by class; want %d", seen, d.Counts.WhoCanSee)
	}
	told := map[string]string{}
	for _, r := range rowsOfSheet(t, f, summarySheet) {
		if len(r) >= 7 && strings.HasSuffix(r[4], ".csv") {
			told[r[4]] = r[6]
		}
	}
	for name := range side {
		if want := fmt.Sprintf("%d rows", len(rowsOfCSV(t, side, name))-1); told[name] != want {
			t.Errorf("the summary says that %s has %q; want %q", name, told[name], want)
		}
	}
}

func rowsOfCSV(t *testing.T, side files, name string) [][]string {
	t.Helper()
	if side[name] == nil {
		t.Fatalf("there is no %s", name)
	}
	rows, err := csv.NewReader(bytes.NewReader(side[name].Bytes())).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	return rows
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestLinksLeftOut lowers the number of links of a sheet: the others stay text, and the
// summary counts them.
func TestLinksLeftOut(t *testing.T) {
	t.Parallel()
	d := small(t)
	var b bytes.Buffer
	if err := write(&b, d, Options{links: 3}, MostRows); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	linked := 0
	for i := range d.Counts.ClassRoles {
		cell, _ := excelize.CoordinatesToCellName(10, i+2)
		if ok, _, err := f.GetCellHyperLink("Effective access", cell); err != nil {
			t.Fatal(err)
		} else if ok {
			linked++
		}
	}
	if linked != 3 {
		t.Errorf("%d cells are links; want 3", linked)
	}
	want := fmt.Sprintf("; %d texts below the first 3 links lead nowhere", d.Counts.ClassRoles-3)
	for _, r := range rowsOfSheet(t, f, summarySheet) {
		if len(r) > 1 && r[0] == "Effective access" && strings.HasSuffix(r[1], want) {
			return
		}
	}
	t.Errorf("the summary does not say %q", want)
}

// TestWrittenBefore makes a workbook beside files that are there already: it does not
// write them, and says of them what it says of its own.
func TestWrittenBefore(t *testing.T) {
	t.Parallel()
	d, side := small(t), files{}
	rows, err := writeCSVs(d, Options{Beside: side.open}, 10)
	if err != nil {
		t.Fatal(err)
	}
	var own, other bytes.Buffer
	if err := write(&own, d, Options{Beside: files{}.open}, 10); err != nil {
		t.Fatal(err)
	}
	err = write(&other, d, Options{Written: rows, Beside: func(name string) (io.WriteCloser, error) {
		t.Errorf("%s is written again", name)
		return nothing{}, nil
	}}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(own.Bytes(), other.Bytes()) {
		t.Error("the workbook says something else of files that were written before")
	}
}

// TestRowsThatBeginAlike writes rows of which many begin as the one before, with values
// that are told by the same pointers and are others, and compares each with the row that
// a new writer makes of it.
func TestRowsThatBeginAlike(t *testing.T) {
	t.Parallel()
	name, other, when := "a", "b,c", day(time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC))
	rows := []row{
		{1, &name, authz.KindUser, true, &when},
		{1, &name, authz.KindUser, true, &when},
		{1, &name, authz.KindUser, false, &other},
		{1, &other, graph.Whole, "x"},
		{1, &other, graph.Level(authz.KindUser), "x"},
		{nil, &other},
		{nil, "b,c"},
		{"1", "b,c"},
		{1, "b,c", 2},
		{1, "b,c"},
		{},
		{int64(1), "b,c"},
		{linked{"=1", "Roles", 2}, 1},
		{linked{"=1", "Roles", 3}, 1},
		{rules.High, 1},
	}
	var all, single bytes.Buffer
	w := csvWriter{out: bufio.NewWriter(&all)}
	for round := range 3 {
		name, when = strings.Repeat("n", round), day(time.Time(when).AddDate(0, 0, 1))
		for _, r := range rows {
			if err := w.add(r); err != nil {
				t.Fatal(err)
			}
			one := csvWriter{out: bufio.NewWriter(&single)}
			if err := errors.Join(one.add(r), one.out.Flush()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.out.Flush(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(single.String(), all.String()); diff != "" {
		t.Errorf("rows alone, and one after the other:\n%s", diff)
	}
}

// TestQuotedAnywhere puts each byte into each place of texts of up to twenty bytes.
func TestQuotedAnywhere(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 20; n++ {
		for at := range n {
			for c := range 256 {
				s := []byte(strings.Repeat("a", n))
				s[at] = byte(c)
				if got, want := quoted(string(s)), bytes.ContainsAny(s, ",\"\r\n"); got != want {
					t.Fatalf("quoted(%q) = %v", s, got)
				}
			}
		}
	}
}
