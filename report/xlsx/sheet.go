package xlsx

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// A column is a heading, how wide it is, and whether its text wraps.
type column struct {
	title string
	width float64
	wrap  bool
}

// A row is the values of a line: string, linked, int, int64, bool, [time.Time], day,
// [rules.Severity], [authz.Kind] or [graph.Level], nil for an empty cell. In lists of
// very many rows, string and day are told by pointers, which cost no memory. A row is
// good until the next one is asked for.
type row []any

// day is a date without its time of day.
type day time.Time

// list is what a sheet shows: rows one by one, or, where they are too many,
// counted.
type list struct {
	name, what string
	columns    []column
	rows       iter.Seq[row]
	count      int
	// Where count is too much for a sheet:
	fewColumns []column
	fewRows    iter.Seq[row]
	fewWhat    string
	// beside are the lists that stand beside the workbook then; nil: the rows as they are.
	beside []list
}

// tooLong reports whether a list's rows stand beside the workbook, and are counted in it.
func (b *book) tooLong(l list) bool { return l.count > b.limit && l.fewRows != nil }

// put writes a sheet.
func (b *book) put(l list) error {
	note := sheetNote{name: l.name, what: l.what, rows: l.count}
	columns, rows := l.columns, l.rows
	if b.tooLong(l) {
		note.what, note.full = l.fewWhat, l.count
		columns, rows = l.fewColumns, l.fewRows
		note.files = b.beside(l)
	}
	n, unlinked, err := b.putSheet(l.name, columns, rows)
	if err != nil {
		return fmt.Errorf("sheet %s: %w", l.name, err)
	}
	if unlinked > 0 {
		note.what += fmt.Sprintf("; %d texts below the first %d links lead nowhere", unlinked, b.o.links)
	}
	note.rows = n
	b.sheets = append(b.sheets, note)
	return nil
}

// putSheet writes a sheet, and returns its rows and the links that it had no room for.
func (b *book) putSheet(name string, columns []column, rows iter.Seq[row]) (n, unlinked int, err error) {
	if _, err := b.f.NewSheet(name); err != nil {
		return 0, 0, err
	}
	if err := errors.Join(b.paper(name), b.repeat(name)); err != nil { // before the stream begins, or it is lost
		return 0, 0, err
	}
	sw, err := b.f.NewStreamWriter(name)
	if err != nil {
		return 0, 0, err
	}
	if err := b.head(sw, columns); err != nil {
		return 0, 0, err
	}
	links := []jump{{"A1", target(summarySheet, 1)}}
	packed, err := newSqueezed()
	if err != nil {
		return 0, 0, err
	}
	w, err := newRowWriter(packed, &b.style, columns)
	if err != nil {
		return 0, 0, err
	}
	for r := range rows {
		n++
		for i, v := range r {
			to, ok := v.(linked)
			if ok && len(links) > b.o.links {
				unlinked++
				r[i] = to.text
			} else if ok {
				links = append(links, jump{w.letters[i] + strconv.Itoa(n+1), target(to.sheet, to.row)})
			}
		}
		if err := w.add(r, height(r, columns)); err != nil {
			return 0, 0, fmt.Errorf("row %d: %w", n+1, err)
		}
	}
	if err := w.flush(); err != nil {
		return 0, 0, err
	}
	b.packed[fmt.Sprintf("xl/worksheets/sheet%d.xml", sw.SheetID)] = packed
	if err := b.table(sw, len(columns), n); err != nil {
		return 0, 0, err
	}
	if err := b.jumps(name, links); err != nil {
		return 0, 0, err
	}
	return n, unlinked, sw.Flush()
}

// paper makes a sheet print on landscape pages, as wide as a page.
func (b *book) paper(name string) error {
	landscape, wide, long, fit := "landscape", 1, 0, true
	if err := b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &long}); err != nil {
		return err
	}
	side, edge, note := 0.4, 0.5, 0.25 // inches
	err := b.f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &edge, Bottom: &edge, Header: &note, Footer: &note})
	if err != nil {
		return err
	}
	return b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit})
}

// repeat prints the headings of a sheet on each page.
func (b *book) repeat(name string) error {
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name})
}

// head sets widths and the frozen first row, which must come before any row.
func (b *book) head(sw *excelize.StreamWriter, columns []column) error {
	titles := make([]any, len(columns))
	for i, c := range columns {
		if err := sw.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		if err := sw.SetColStyle(i+1, i+1, b.style.plain); err != nil {
			return err
		}
		titles[i] = excelize.Cell{StyleID: b.style.head, Value: c.title}
	}
	err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	return sw.SetRow("A1", titles, excelize.RowOpts{Height: 2 * lineHeight})
}

// table makes the rows a table, which has filters. One without rows gets an
// empty one, for a table of headings alone is not sound.
func (b *book) table(sw *excelize.StreamWriter, columns, rows int) error {
	end, err := excelize.CoordinatesToCellName(columns, max(rows, 1)+1)
	if err != nil {
		return err
	}
	stripes := false
	return sw.AddTable(&excelize.Table{
		Range: "A1:" + end, Name: fmt.Sprintf("T%d", len(b.sheets)+1), StyleName: "TableStyleLight1", ShowRowStripes: &stripes,
	})
}

// The measures of a row, in points, and how many of its lines are shown.
const (
	lineHeight = 15
	mostLines  = 8
)

// height is that of a row whose texts wrap; 0 leaves it to the program. Programs
// do not measure the rows of a file that they open.
func height(r row, columns []column) float64 {
	lines := 1
	for i, c := range columns {
		if s, ok := r[i].(string); ok && c.wrap {
			lines = max(lines, min(mostLines, len(s)/int(c.width)+1+strings.Count(s, "\n")))
		}
	}
	if lines == 1 {
		return 0
	}
	return float64(lines * lineHeight)
}

func yes(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}
