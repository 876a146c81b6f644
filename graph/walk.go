package graph

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	library "github.com/dominikbraun/graph"
	"github.com/dominikbraun/graph/draw"
)

// A walk is a small directed graph to look at: its vertices are numbered from 0,
// and there is at most one edge from one to another.
//
// Up to walkLimit vertices it is a graph of the library, whose traps this file
// keeps to itself: a vertex must not have the key 0, each of its algorithms copies
// the whole of its edges, and every order of its is random.
// Beyond, it is a list of edges for each vertex.
type walk struct {
	n   int
	lib library.Graph[int, int] // nil beyond walkLimit
	out [][]int                 // sorted
}

// walkLimit is the number of vertices up to which the library answers while a
// person waits.
const walkLimit = 10_000

// newWalk makes a graph of n vertices from pairs; a pair that is there twice is
// one edge, and a vertex has none to itself.
func newWalk(n int, pairs [][2]int) *walk {
	w := &walk{n: n, out: make([][]int, n)}
	for _, p := range pairs {
		if p[0] != p[1] {
			w.out[p[0]] = append(w.out[p[0]], p[1])
		}
	}
	for v := range w.out {
		slices.Sort(w.out[v])
		w.out[v] = slices.Compact(w.out[v])
	}
	if n >= walkLimit {
		return w
	}
	w.lib = library.New(library.IntHash, library.Directed())
	for v := range n {
		_ = w.lib.AddVertex(v + 1) // fails only for one that is there
	}
	for v, list := range w.out {
		for _, to := range list {
			_ = w.lib.AddEdge(v+1, to+1) // likewise
		}
	}
	return w
}

// from returns in how many edges each vertex is reached from any of some; -1: it
// is not. Back follows the edges against their direction.
func (w *walk) from(starts []int, back bool) []int {
	next := w.neighbours(back)
	dist := make([]int, w.n)
	for v := range dist {
		dist[v] = -1
	}
	queue := slices.Clone(starts)
	for _, v := range starts {
		dist[v] = 0
	}
	for i := 0; i < len(queue); i++ {
		for _, to := range next(queue[i]) {
			if dist[to] < 0 {
				dist[to] = dist[queue[i]] + 1
				queue = append(queue, to)
			}
		}
	}
	return dist
}

// neighbours returns the lists of what is one edge away.
func (w *walk) neighbours(back bool) func(v int) []int {
	if w.lib != nil {
		edges, err := w.lib.AdjacencyMap()
		if back {
			edges, err = w.lib.PredecessorMap()
		}
		if err == nil { // it never fails in memory
			return func(v int) []int {
				var out []int
				for to := range edges[v+1] {
					out = append(out, to-1)
				}
				slices.Sort(out)
				return out
			}
		}
	}
	if !back {
		return func(v int) []int { return w.out[v] }
	}
	in := make([][]int, w.n)
	for v, list := range w.out {
		for _, to := range list {
			in[to] = append(in[to], v)
		}
	}
	return func(v int) []int { return in[v] }
}

// A Drawing is a small graph with texts, to be looked at.
type Drawing struct {
	Vertices []string
	Edges    []DrawnEdge
}

// A DrawnEdge leads from one vertex of a [Drawing] to another.
type DrawnEdge struct {
	From, To int
	Text     string
}

// DOT writes a drawing in the language of Graphviz. Texts come from other people
// and are quoted; the same drawing gives the same bytes.
func (d Drawing) DOT(w io.Writer) error {
	g := library.New(library.StringHash, library.Directed())
	for v, text := range d.Vertices {
		if err := g.AddVertex(vertexName(v), library.VertexAttribute("label", dotText(text))); err != nil {
			return err
		}
	}
	for _, e := range d.Edges {
		err := g.AddEdge(vertexName(e.From), vertexName(e.To), library.EdgeAttribute("label", dotText(e.Text)))
		if err != nil {
			return fmt.Errorf("drawing an edge: %w", err)
		}
	}
	var b bytes.Buffer
	if err := draw.DOT(g, &b, draw.GraphAttribute("rankdir", "LR")); err != nil {
		return err
	}
	return writeSorted(w, b.String())
}

func vertexName(v int) string { return fmt.Sprintf("v%04d", v) }

// writeSorted writes the library's lines, whose order is random, in order.
func writeSorted(w io.Writer, text string) error {
	lines := strings.Split(text, "\n")
	var body []string
	for _, l := range lines[1:] {
		if l = strings.TrimSpace(l); l != "" && l != "}" {
			body = append(body, "  "+l)
		}
	}
	slices.Sort(body)
	_, err := io.WriteString(w, lines[0]+"\n"+strings.Join(body, "\n")+"\n}\n")
	return err
}

// dotText quotes a text for a label in quotation marks: no mark ends it, no
// backslash means anything, and no line breaks it.
func dotText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || (r >= 0x80 && r < 0xA0) || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}
