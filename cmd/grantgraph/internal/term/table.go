package term

import (
	"io"
	"strings"
)

// A Style colours text; the zero Style leaves it alone.
type Style string

// The styles.
const (
	Bold   Style = "1"
	Dim    Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
	Cyan   Style = "36"
)

// A Printer writes text for people. Its first error stays: the caller asks for
// it once, at the end.
type Printer struct {
	w       io.Writer
	color   bool
	columns int
	err     error
}

// NewPrinter returns a printer on w. Sentences are wrapped to so many columns; 0
// is for what is no terminal, where they stay on their lines.
func NewPrinter(w io.Writer, color bool, columns int) *Printer {
	return &Printer{w: w, color: color, columns: columns}
}

// Err returns the first error of writing.
func (p *Printer) Err() error { return p.err }

// Text writes text as it is: the caller cleans names in it.
func (p *Printer) Text(parts ...string) {
	for _, s := range parts {
		if p.err == nil {
			_, p.err = io.WriteString(p.w, s)
		}
	}
}

// Line writes text and ends the line.
func (p *Printer) Line(parts ...string) { p.Text(append(parts, "\n")...) }

// Paint returns a text in a style, if colours are wanted.
func (p *Printer) Paint(st Style, s string) string {
	if !p.color || st == "" || s == "" {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}

// A Cell is a name or number in a table, and how it looks.
type Cell struct {
	Text  string
	Style Style
	Right bool // aligned to the right
}

// C returns a cell.
func C(s string) Cell { return Cell{Text: s} }

// A Table is rows in columns. Every cell is cleaned when it is written.
type Table struct {
	Head []string
	// Max limits the width of columns; missing or 0 is no limit.
	Max    []int
	Rows   [][]Cell
	Indent string
}

// Add appends a row.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, cells) }

// Table writes a table; one without rows is nothing.
func (p *Printer) Table(t *Table) {
	if len(t.Rows) == 0 {
		return
	}
	widths, texts := t.layout()
	if len(t.Head) > 0 {
		head := make([]Cell, len(t.Head))
		for i, h := range t.Head {
			head[i] = Cell{Text: h, Style: Bold, Right: i < len(t.Rows[0]) && t.Rows[0][i].Right}
		}
		p.row(t.Indent, head, t.Head, widths)
	}
	for i, row := range t.Rows {
		p.row(t.Indent, row, texts[i], widths)
	}
}

func (t *Table) layout() (widths []int, texts [][]string) {
	grow := func(i, w int) {
		for len(widths) <= i {
			widths = append(widths, 0)
		}
		widths[i] = max(widths[i], w)
	}
	for i, h := range t.Head {
		grow(i, Width(h))
	}
	for _, row := range t.Rows {
		line := make([]string, len(row))
		for i, c := range row {
			limit := 0
			if i < len(t.Max) {
				limit = t.Max[i]
			}
			line[i] = Fit(c.Text, limit)
			grow(i, Width(line[i]))
		}
		texts = append(texts, line)
	}
	return widths, texts
}

func (p *Printer) row(indent string, cells []Cell, texts []string, widths []int) {
	p.Text(indent)
	pending := 0
	for i, c := range cells {
		pad := widths[i] - Width(texts[i])
		if c.Right {
			pending += pad
			pad = 0
		}
		if texts[i] != "" {
			p.Text(strings.Repeat(" ", pending), p.Paint(c.Style, texts[i]))
			pending = 0
		}
		pending += pad + 2
	}
	p.Line()
}
