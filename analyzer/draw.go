package analyzer

import (
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// DrawPaths returns the paths of an answer as a drawing: who or what is gained,
// and by which escalation.
func (m *Model) DrawPaths(a *PathsAnswer) graph.Drawing {
	d := &drawer{m: m, vertex: map[string]int{}, edge: map[[2]int]int{}}
	for _, w := range a.ways {
		for _, v := range w.Moves {
			d.move(v)
		}
	}
	return d.out
}

type drawer struct {
	m      *Model
	out    graph.Drawing
	vertex map[string]int
	edge   map[[2]int]int
}

// move draws one step: from who takes it, or from the group that it joined for
// it, to what is gained.
func (d *drawer) move(v graph.Move) {
	from := d.at(d.m.nodeRef(v.By.Principal()))
	if joined := v.By.Joined(); len(joined) > 0 {
		from = d.at(d.m.nodeRef(joined[len(joined)-1]))
	}
	step := d.m.escalateStep(v)
	to := d.at(&step.Record)
	text := step.Escalation
	if step.Certainty != "documented" {
		text += " (" + step.Certainty + ")"
	}
	k := [2]int{from, to}
	i, seen := d.edge[k]
	if !seen {
		d.edge[k] = len(d.out.Edges)
		d.out.Edges = append(d.out.Edges, graph.DrawnEdge{From: from, To: to, Text: text})
	} else if d.out.Edges[i].Text != text {
		d.out.Edges[i].Text += ", " + text
	}
}

// at returns the vertex of a record.
func (d *drawer) at(r *TargetRef) int {
	key := r.Kind.String() + ":" + r.ID
	n, seen := d.vertex[key]
	if !seen {
		n = len(d.out.Vertices)
		d.vertex[key] = n
		name := r.Name
		if name == "" {
			name = r.ID
		}
		text := r.Kind.String() + " " + name
		if r.Kind == authz.KindOrganization {
			text = "everything in " + name
		}
		d.out.Vertices = append(d.out.Vertices, text)
	}
	return n
}
