package html

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/grantgraph/grantgraph/report"
)

// The measures of the escalation graph, in pixels.
const (
	nodeWidth  = 232
	nodeHeight = 38
	nodeDown   = 12
	nodeAcross = 150
	nodeName   = 26 // characters that fit a node
	wayLength  = 22 // and an edge
	fewEdges   = 60 // up to so many edges have their text beside them
	sweeps     = 6  // over the columns, to put neighbours side by side
)

func (d *data) addEscalation(doc *report.Document) {
	tenants := map[string]int{}
	for i, t := range d.Tenants {
		tenants[t.Name] = i
	}
	for i := range doc.Escalation.Paths {
		p := &doc.Escalation.Paths[i]
		if p.From < 0 {
			continue
		}
		from := &doc.Principals[p.From]
		w := wayData{
			From: d.row[p.From], Name: d.text(nameOf(&from.PrincipalRef)), Tenant: tenants[from.Tenant], To: []int{}, Alike: p.Alike, Hops: p.Hops,
			Certainty: p.Certainty, Text: d.text(p.Text()), Chain: d.chain(p.Chain).Links, Vertices: append([]int{}, p.Vertices...),
		}
		for _, t := range p.To {
			w.To = append(w.To, tenants[t])
		}
		d.Ways = append(d.Ways, w)
	}
	for _, v := range doc.Escalation.Vertices {
		d.Vertices = append(d.Vertices, vertexData{v.Name, words(v.Kind), v.Tenant, v.Alike})
	}
}

// ways are the escalation graph laid out in columns.
type ways struct {
	Width, Height int
	Nodes         []wayNode
	Edges         []wayEdge

	leaving, meeting []int // edges, by vertex
}

type wayNode struct {
	ID                 int
	X, Y, W, H         int
	TX, Y1, Y2         int
	Class              string
	Label, Name, Title string
}

type wayEdge struct {
	From, To    int
	Path, Tip   string
	TX, TY      int
	Text, Title string
	Start, End  bool // the text begins, or ends, at its place; else it stands in the middle
	Likely      bool
}

func newWays(e *report.Escalation) *ways {
	if len(e.Vertices) == 0 {
		return nil
	}
	columns := layers(e)
	row := make([]int, len(e.Vertices))
	n := &ways{}
	tallest := 0
	for _, c := range columns {
		tallest = max(tallest, len(c))
	}
	n.Width = len(columns)*(nodeWidth+nodeAcross) - nodeAcross + 2*margin
	n.Height = tallest*(nodeHeight+nodeDown) - nodeDown + 2*margin
	for _, c := range columns {
		// All begin at the top: what a tall picture begins with shows sources and goals.
		for i, v := range c {
			row[v] = margin + i*(nodeHeight+nodeDown)
		}
	}
	for v := range e.Vertices {
		n.Nodes = append(n.Nodes, node(v, &e.Vertices[v], row[v]))
	}
	n.leaving, n.meeting = make([]int, len(e.Vertices)), make([]int, len(e.Vertices))
	for i := range e.Edges {
		n.leaving[e.Edges[i].From]++
		n.meeting[e.Edges[i].To]++
	}
	spots := make([][]spot, len(e.Edges))
	for i := range e.Edges {
		var edge wayEdge
		edge, spots[i] = n.edge(&e.Edges[i], len(e.Edges) <= fewEdges)
		n.Edges = append(n.Edges, edge)
	}
	n.settle(spots)
	return n
}

// layers sorts the vertices of each column so that neighbours are near each other.
func layers(e *report.Escalation) [][]int {
	columns := [][]int{}
	for v := range e.Vertices {
		for len(columns) <= e.Vertices[v].Column {
			columns = append(columns, nil)
		}
		columns[e.Vertices[v].Column] = append(columns[e.Vertices[v].Column], v)
	}
	place := make([]float64, len(e.Vertices))
	near := make([][]int, len(e.Vertices))
	// What others lead to stands above what is a beginning.
	first := slices.Repeat([]int{1}, len(e.Vertices))
	for _, x := range e.Edges {
		first[x.To] = 0
		near[x.From], near[x.To] = append(near[x.From], x.To), append(near[x.To], x.From)
	}
	spread := func(c []int) {
		for i, v := range c {
			place[v] = float64(i)
		}
	}
	for _, c := range columns {
		spread(c)
	}
	for range sweeps {
		for i := len(columns) - 1; i >= 0; i-- {
			c := columns[i]
			middle := make(map[int]float64, len(c))
			for _, v := range c {
				middle[v] = mean(place, near[v], place[v])
			}
			slices.SortStableFunc(c, func(x, y int) int { return cmp.Or(first[x]-first[y], cmp.Compare(middle[x], middle[y])) })
			spread(c)
		}
	}
	return columns
}

func mean(place []float64, of []int, otherwise float64) float64 {
	if len(of) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, v := range of {
		sum += place[v]
	}
	return sum / float64(len(of))
}

func node(id int, v *report.EscalationVertex, y int) wayNode {
	x := margin + v.Column*(nodeWidth+nodeAcross)
	n := wayNode{ID: id, X: x, Y: y, W: nodeWidth, H: nodeHeight, TX: x + 12, Y1: y + 15, Y2: y + 30, Class: "v-" + kindClass(v.Kind)}
	label := words(v.Kind)
	switch {
	case v.Kind == "total" || v.Kind == "tenant":
		label = "goal"
		if v.Kind == "tenant" {
			label = "people or data of"
		}
	case v.Source:
		label += " of " + v.Tenant
		if n.Class = "v-source"; v.External {
			n.Class = "v-external"
		}
	}
	if v.Alike > 0 {
		label += " + " + number(v.Alike) + " alike"
	}
	n.Label, n.Name, n.Title = cut(label, nodeName+6), cut(v.Name, nodeName), cut(label+": "+v.Name, 400)
	return n
}

// edge draws a step as a curve from the right of one vertex to the left of
// another; one that does not lead to the right goes round. It returns the places
// where its text can stand, too.
func (n *ways) edge(e *report.EscalationEdge, told bool) (wayEdge, []spot) {
	a, b := &n.Nodes[e.From], &n.Nodes[e.To]
	x1, y1, x2, y2 := a.X+nodeWidth, a.Y+nodeHeight/2, b.X-7, b.Y+nodeHeight/2
	bend := max((x2-x1)/2, 40)
	c := bow{x1, y1, x1 + bend, x2 - bend, x2, y2}
	spots := c.spots(n.leaving[e.From], n.meeting[e.To])
	out := wayEdge{
		From: e.From, To: e.To, Likely: e.Likely, Tip: fmt.Sprintf("M%d %dl8 4l-8 4z", x2, y2-4),
		Title: cut(strings.Join(e.Ways, ", ")+": "+a.Title+" → "+b.Title, 600),
	}
	if b.X <= a.X {
		x2 = b.X + nodeWidth + 7
		out.Tip = fmt.Sprintf("M%d %dl-8 4l8 4z", x2, y2-4)
		c = bow{x1, y1, x1 + nodeAcross/3, x2 + nodeAcross/3, x2, y2}
		spots = c.beside()
	}
	out.Path = c.path()
	if told {
		out.Text = cut(strings.Join(e.Ways, ", "), wayLength)
	}
	return out, spots
}

func curve(n ...int) string {
	var b strings.Builder
	for i, c := range []string{"M", " ", "C", " ", " ", " ", " ", " "} {
		b.WriteString(c)
		b.WriteString(strconv.Itoa(n[i]))
	}
	return b.String()
}
