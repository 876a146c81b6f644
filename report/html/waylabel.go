package html

import "unicode/utf8"

// A spot is a place for the text of an edge: the text begins there, ends there, or
// stands in the middle of it.
type spot struct {
	x, y       int
	start, end bool
}

// A region is a part of the picture that something covers.
type region struct{ left, top, right, bottom int }

func (b region) meets(o region) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

// The size of a letter of an edge's text, and how far it reaches below its line.
const (
	letterWidth  = 6
	letterHeight = 11
	letterBelow  = 2
)

// region is what a text covers at a spot.
func (s spot) region(text string) region {
	width := letterWidth * utf8.RuneCountInString(text)
	left := s.x - width/2
	switch {
	case s.start:
		left = s.x
	case s.end:
		left = s.x - width
	}
	return region{left, s.y + letterBelow - letterHeight, left + width, s.y + letterBelow}
}

// settle puts the text of each edge where it covers no vertex and no other text. Where
// there is no such place the edge has none: its title and the list say the same.
func (n *ways) settle(spots [][]spot) {
	var taken []region
	for i := range n.Nodes {
		v := &n.Nodes[i]
		taken = append(taken, region{v.X, v.Y, v.X + v.W, v.Y + v.H})
	}
	for i := range n.Edges {
		e := &n.Edges[i]
		text := e.Text
		e.Text = ""
		for _, s := range spots[i] {
			b := s.region(text)
			if text == "" || b.left < 0 || b.right > n.Width || met(taken, b) {
				continue
			}
			e.Text, e.TX, e.TY, e.Start, e.End = text, s.x, s.y, s.start, s.end
			taken = append(taken, b)
			break
		}
	}
}

func met(taken []region, b region) bool {
	for _, t := range taken {
		if t.meets(b) {
			return true
		}
	}
	return false
}

// A bow is the curve that an edge is drawn as.
type bow struct{ x1, y1, cx1, cx2, x2, y2 int }

func (c bow) path() string { return curve(c.x1, c.y1, c.cx1, c.y1, c.cx2, c.y2, c.x2, c.y2) }

// at is the point of the curve at a part of its way, in hundredths.
func (c bow) at(part int) (x, y int) {
	t := float64(part) / 100
	u := 1 - t
	point := func(p0, p1, p2, p3 int) int {
		return int(u*u*u*float64(p0) + 3*u*u*t*float64(p1) + 3*u*t*t*float64(p2) + t*t*t*float64(p3))
	}
	return point(c.x1, c.cx1, c.cx2, c.x2), point(c.y1, c.y1, c.y2, c.y2)
}

// spots are the places for the text of a curve from left to right, the best first. Where
// several edges meet, each text stands at the other end of its edge.
func (c bow) spots(leaving, meeting int) []spot {
	start, end := spot{x: c.x1 + 6, y: c.y1 - 5, start: true}, spot{x: c.x2 - 4, y: c.y2 - 5, end: true}
	var out []spot
	switch {
	case meeting > leaving:
		out = append(out, start)
	case leaving > 1:
		out = append(out, end)
	}
	for _, part := range []int{50, 65, 35, 80, 20} {
		x, y := c.at(part)
		out = append(out, spot{x: x, y: y - 4})
	}
	return append(out, start, end)
}

// beside are the places for the text of a curve that goes round, to the right of it.
func (c bow) beside() []spot {
	var out []spot
	for _, part := range []int{50, 65, 35, 80, 20} {
		x, y := c.at(part)
		out = append(out, spot{x: x + 6, y: y + 4, start: true})
	}
	return out
}
