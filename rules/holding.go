package rules

import (
	"github.com/grantgraph/grantgraph/graph"
)

// A holding is who holds one role, worked out when first asked for.
type holding struct {
	x         *index
	role      uint32
	cells     []graph.Cell
	byTarget  map[int]holders
	everybody *holders
	whole     *holders
}

// holders are live principals by tenant.
type holders struct{ sure, perhaps []share }

func (h *holding) collect(cells []graph.Cell) holders {
	sure, perhaps := h.x.gather(cells)
	return holders{sure: h.x.split(sure), perhaps: h.x.split(perhaps)}
}

// in returns those who hold the role in a target's divisions.
func (h *holding) in(at int) holders {
	if h.byTarget == nil {
		cells := map[int][]graph.Cell{}
		for _, c := range h.cells {
			if c.Division != graph.AnyDivision {
				t := h.x.roles[h.role].org.targetOf[c.Division]
				cells[t] = append(cells[t], c)
			}
		}
		h.byTarget = map[int]holders{}
		for t, list := range cells {
			h.byTarget[t] = h.collect(list)
		}
	}
	return h.byTarget[at]
}

// all returns those who hold the role in all divisions.
func (h *holding) all() holders {
	if h.whole == nil {
		var cells []graph.Cell
		for _, c := range h.cells {
			if c.Division == graph.AnyDivision {
				cells = append(cells, c)
			}
		}
		all := h.collect(cells)
		h.whole = &all
	}
	return *h.whole
}

// any returns those who hold the role anywhere.
func (h *holding) any() holders {
	if h.everybody == nil {
		all := h.collect(h.cells)
		h.everybody = &all
	}
	return *h.everybody
}
