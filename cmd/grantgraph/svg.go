package main

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph"
)

// The measures of a picture, in pixels.
const (
	svgBox    = 250 // width of a box
	svgHeight = 36
	svgAcross = 200 // between boxes of two columns, where the edge's text stands
	svgDown   = 24
	svgMargin = 12
	svgText   = 34 // characters that fit a box
	svgLabel  = 28 // and that fit beside an arrow
)

// writeSVG draws a graph in columns: what nothing leads to is on the left. Texts
// come from other people: what would end them is escaped.
func writeSVG(w io.Writer, d graph.Drawing) error {
	column, row, columns, rows := place(d)
	x := func(v int) int { return svgMargin + column[v]*(svgBox+svgAcross) }
	y := func(v int) int { return svgMargin + row[v]*(svgHeight+svgDown) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">`+"\n",
		2*svgMargin+columns*svgBox+max(columns-1, 0)*svgAcross, 2*svgMargin+rows*(svgHeight+svgDown))
	b.WriteString(`<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>` + "\n")
	for _, e := range d.Edges {
		x1, y1, x2, y2 := x(e.From)+svgBox, y(e.From)+svgHeight/2, x(e.To), y(e.To)+svgHeight/2
		fmt.Fprintf(&b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#444" marker-end="url(#a)"/>`+"\n", x1, y1, x2, y2)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle" fill="#444" font-size="11">%s</text>`+"\n",
			(x1+x2)/2, (y1+y2)/2-5, svgEscape(e.Text, svgLabel))
	}
	for v, text := range d.Vertices {
		fmt.Fprintf(&b, `<g><title>%s</title><rect x="%d" y="%d" width="%d" height="%d" rx="5" fill="#eef3fa" stroke="#335"/>`,
			svgEscape(text, drawnText), x(v), y(v), svgBox, svgHeight)
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text></g>`+"\n", x(v)+10, y(v)+svgHeight/2+5, svgEscape(text, svgText))
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// place puts each vertex into the column after the farthest that leads to it;
// loops stay where they began.
func place(d graph.Drawing) (column, row []int, columns, rows int) {
	column, row = make([]int, len(d.Vertices)), make([]int, len(d.Vertices))
	for range d.Vertices {
		for _, e := range d.Edges {
			if c := column[e.From] + 1; c > column[e.To] && c < len(d.Vertices) {
				column[e.To] = c
			}
		}
	}
	filled := map[int]int{}
	for v, c := range column {
		row[v] = filled[c]
		filled[c]++
		columns, rows = max(columns, c+1), max(rows, filled[c])
	}
	return column, row, columns, rows
}

func svgEscape(s string, n int) string { return html.EscapeString(cut(term.Clean(s), n)) }
