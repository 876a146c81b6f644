package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/rules"
)

// TestRowsAsTheLibrary writes values by the row writer and by the library, and compares
// what stands in the sheet.
func TestRowsAsTheLibrary(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 11, 20, 12, 34, 56, 789_000_000, time.UTC)
	name := "by a pointer"
	values := []any{
		"", "plain", "=1+1", "<b>&\"'>", " before", "behind ", "two\nlines\n", "a\tb", "\x01\x7f\xff", "_x0041_", "_x005F_x0041_", "a_x00e9_b", "_x00zz_", "_x004",
		strings.Repeat("é😀<", 9_000), "\u202eright to left", &name, nil, true, false, 0, -5, 1 << 40, int64(7), rules.Critical, rules.Info, rules.Severity(0),
		at, day(at),
		time.Time{},
		day{},
		time.Date(1901, 1, 1, 6, 0, 0, 0, time.UTC), time.Date(1999, 1, 1, 23, 59, 59, 999_999_999, time.UTC),
		linked{"a <link>", summarySheet, 1},
		1.5,
	}
	f := excelize.NewFile()
	defer f.Close()
	style, err := newStyles(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrap := range []bool{false, true} {
		columns := make([]column, len(values))
		for i := range columns {
			columns[i].wrap = wrap
		}
		var got bytes.Buffer
		w, err := newRowWriter(&got, &style, columns)
		if err != nil {
			t.Fatal(err)
		}
		for _, height := range []float64{0, 37.5} {
			if err := w.add(values, height); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.flush(); err != nil {
			t.Fatal(err)
		}
		if want := byLibrary(t, style, values, columns); got.String() != want {
			at := 0
			for at < min(len(want), got.Len()) && want[at] == got.Bytes()[at] {
				at++
			}
			t.Errorf("wrap %t, at %d:\n got … %.120s\nwant … %.120s", wrap, at, got.String()[max(0, at-40):], want[max(0, at-40):])
		}
	}
}

// byLibrary writes the second and third row of a sheet by the library, and returns them.
func byLibrary(t *testing.T, style styles, values []any, columns []column) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if _, err := newStyles(f); err != nil {
		t.Fatal(err)
	}
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	cells := make([]any, len(values))
	for i, v := range values {
		cells[i] = libraryCell(style, v, columns[i])
	}
	for i, o := range []excelize.RowOpts{{}, {Height: 37.5}} {
		at, _ := excelize.CoordinatesToCellName(1, i+2)
		if err := sw.SetRow(at, cells, o); err != nil {
			t.Fatal(err)
		}
	}
	if err := sw.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(sheetXML(t, b.Bytes(), "xl/worksheets/sheet1.xml"), "<sheetData>")
	rows, _, _ := strings.Cut(rest, "</sheetData>")
	return rows
}

func libraryCell(style styles, v any, c column) any {
	plain := excelize.Cell{StyleID: style.plain}
	switch v := v.(type) {
	case nil:
		return nil
	case *string:
		return libraryCell(style, *v, c)
	case string:
		if plain.Value = text(v); c.wrap {
			plain.StyleID = style.wrap
		}
	case linked:
		plain.StyleID, plain.Value = style.link, text(v.text)
	case bool:
		plain.Value = yes(v)
	case rules.Severity:
		if v == 0 {
			return nil
		}
		plain.StyleID, plain.Value = style.severity[v], v.String()
	case day:
		if time.Time(v).IsZero() {
			return nil
		}
		plain.StyleID, plain.Value = style.day, time.Time(v).Truncate(24*time.Hour)
	case time.Time:
		if v.IsZero() {
			return nil
		}
		plain.StyleID, plain.Value = style.moment, v
	case float64:
		plain.Value = "1.5" // no list has such numbers
	default:
		plain.StyleID, plain.Value = style.figure, v
	}
	return plain
}

func sheetXML(t *testing.T, book []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
