package html

import (
	"html/template"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/grantgraph/grantgraph/report"
)

// The measures of a picture, in pixels.
const (
	boxWidth   = 420
	boxHeight  = 42
	boxGap     = 20
	margin     = 4
	nameLength = 50 // characters that fit a box
)

// picture is a path as boxes from top to bottom, each an arrow below the other.
type picture struct {
	ID            int
	Width, Height int
	Label         string
	Boxes         []box
	Arrows        []arrow
}

type box struct {
	Kind              string
	X, Y, W, H        int
	TX, Y1, Y2        int
	Label, Name, Full string
}

type arrow struct{ X, L, Y1, Y2 int }

// addPicture draws the first reason of a finding, as long as there is room.
func (d *data) addPicture(out *findingData, f *report.Finding, id int) {
	if len(f.Picture) == 0 {
		return
	}
	if out.Picture = -1; d.boxes+len(f.Picture) <= maxBoxes {
		out.Picture = 1
		d.boxes += len(f.Picture)
		d.pictures = append(d.pictures, draw(id, f.Picture))
	}
}

func draw(id int, links []report.Link) picture {
	p := picture{ID: id, Width: boxWidth + 2*margin, Height: len(links)*(boxHeight+boxGap) - boxGap + 2*margin}
	names := make([]string, len(links))
	for i, l := range links {
		y := margin + i*(boxHeight+boxGap)
		names[i] = l.Label + " " + l.Name
		label := l.Label
		if l.Detail != "" {
			label += " · " + l.Detail
		}
		p.Boxes = append(p.Boxes, box{
			Kind: kindClass(l.Kind), X: margin, Y: y, W: boxWidth, H: boxHeight, TX: margin + 16, Y1: y + 16, Y2: y + 33,
			Label: cut(label, nameLength+14), Name: cut(l.Name, nameLength),
		})
		if b := &p.Boxes[i]; b.Label != label || b.Name != l.Name {
			b.Full = label + ": " + l.Name
		}
		if i > 0 {
			x := margin + 30
			p.Arrows = append(p.Arrows, arrow{X: x, L: x - 4, Y1: y - boxGap, Y2: y - 7})
		}
	}
	p.Label = "Path: " + cut(strings.Join(names, ", then "), 600)
	return p
}

// kindClass is the kind as part of a class name: its letters only.
func kindClass(kind string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, kind)
}

// cut shortens a text for the picture, which cannot wrap it.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n-1]) + "…"
}

func writePictures(w io.Writer, t *template.Template, d *data) error {
	for i := range d.pictures {
		if err := t.ExecuteTemplate(w, "picture", &d.pictures[i]); err != nil {
			return err
		}
	}
	return nil
}
