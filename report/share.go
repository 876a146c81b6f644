package report

import "github.com/grantgraph/grantgraph/analyzer"

// jsonWho names principals: all members of some classes, and others.
type jsonWho struct {
	Count int `json:"count"`
	// Classes are numbers of classes, counted from 1; Principals are indexes.
	Classes    []int `json:"classes"`
	Principals []int `json:"principals"`
	// Gone are those of a fixed finding that the graph does not have, as far as the
	// finding lists them.
	Gone []analyzer.PrincipalRef `json:"gone,omitempty"`
}

// sharer names principals by class where all members of the class are among them: a
// finding can concern everybody.
type sharer struct {
	d *Document
	// members counts those of the current list by class, and is empty between lists.
	members []int
}

func newSharer(d *Document) *sharer { return &sharer{d: d, members: make([]int, len(d.Classes)+1)} }

func (s *sharer) finding(f *Finding, a *Accepted) jsonFinding {
	out := jsonFinding{Finding: f.Finding, Tenants: f.Tenants, Targets: f.Targets, CutNote: f.CutNote, Accepted: acceptance(a)}
	out.Who = s.who(len(f.People), func(i int) int { return f.People[i] })
	out.Who.Count = f.Count
	for i, p := range f.People {
		if p < 0 && i < len(f.Principals) {
			out.Who.Gone = append(out.Who.Gone, f.Principals[i])
		}
	}
	return out
}

func (s *sharer) cell(c *Cell) jsonCell {
	return jsonCell{c.MatrixCell, nonNil(c.Through), s.who(len(c.Holders), func(i int) int { return c.Holders[i].Principal })}
}

// who names n principals, each once; negative ones are left to the caller.
func (s *sharer) who(n int, at func(i int) int) jsonWho {
	out := jsonWho{Count: n, Classes: []int{}, Principals: []int{}}
	for i := range n {
		if p := at(i); p >= 0 {
			s.members[s.d.Principals[p].Class]++
		}
	}
	for i := range n {
		p := at(i)
		if p < 0 {
			continue
		}
		c := s.d.Principals[p].Class
		switch {
		case c > 0 && s.members[c] == len(s.d.Classes[c-1].Members):
			out.Classes = append(out.Classes, c)
			s.members[c] = told
		case c == 0 || s.members[c] != told:
			out.Principals = append(out.Principals, p)
		}
	}
	for i := range n {
		if p := at(i); p >= 0 {
			s.members[s.d.Principals[p].Class] = 0
		}
	}
	return out
}

// told marks a class that is named already.
const told = -1
