package main

import (
	"unicode/utf8"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph"
)

// drawnText is how many characters of a text a picture keeps.
const drawnText = 400

// drawable returns a drawing whose texts change nothing but one line: what is
// invisible, or turns the direction of writing, is shown as escapes.
func drawable(d graph.Drawing) graph.Drawing {
	out := graph.Drawing{Vertices: make([]string, len(d.Vertices)), Edges: make([]graph.DrawnEdge, len(d.Edges))}
	for i, text := range d.Vertices {
		out.Vertices[i] = cut(term.Clean(text), drawnText)
	}
	for i, e := range d.Edges {
		out.Edges[i] = graph.DrawnEdge{From: e.From, To: e.To, Text: cut(term.Clean(e.Text), drawnText)}
	}
	return out
}

// cut shortens a text to n characters, and shows that it did.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
