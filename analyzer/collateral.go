package analyzer

import (
	"encoding/binary"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
)

// Collateral is what changes take away besides what they are meant to end.
type Collateral struct {
	// Principals is the number of principals that lose access, or part of it, elsewhere.
	Principals int `json:"principals"`
	// Cells is the number of (principal, permission, division) that they lose, and
	// Narrowed that of those in which they keep a lesser reach.
	Cells    int `json:"cells"`
	Narrowed int `json:"narrowed"`
	// Gained is the number of principals beside From that come to reach a resource
	// where it is moved to.
	Gained int `json:"gained,omitempty"`
	// AtMost says that no more than this is lost, and that it was not looked at what
	// principals keep by others: there are too many changes to evaluate each alone.
	// There are no classes then.
	AtMost bool `json:"at_most,omitempty"`
	// Classes are the principals by what they lose, those who lose most first.
	Classes []CollateralClass `json:"classes"`
}

// A CollateralClass is principals that lose the same.
type CollateralClass struct {
	// Principal is the first of them, and Alike the number of the others.
	Principal PrincipalRef `json:"principal"`
	Alike     int          `json:"alike"`
	// Cells and Narrowed are those of each of them.
	Cells       int      `json:"cells"`
	Narrowed    int      `json:"narrowed"`
	Permissions []string `json:"permissions"`
	Divisions   []Named  `json:"divisions"`
}

// collateral evaluates the graph again without what is removed, for the principals
// that it can matter to.
func (w *cutWork) collateral(removals []graph.Removal) Collateral {
	g := w.m.Graph
	x := collateralCount{w: w, before: g, after: g.Without(removals), seen: map[string]*cellLoss{}, at: map[string]int{}}
	if w.lessening == nil {
		w.lessening = g.Lessening()
	}
	x.losses = w.lessening.Losses(x.after)
	for p := range g.Affected(removals).All() {
		x.add(p)
	}
	slices.SortStableFunc(x.out.Classes, func(a, b CollateralClass) int {
		return (b.Cells+b.Narrowed)*(b.Alike+1) - (a.Cells+a.Narrowed)*(a.Alike+1)
	})
	if x.out.Classes == nil {
		x.out.Classes = []CollateralClass{}
	}
	return x.out
}

// alone is what one change takes away alone.
func (w *cutWork) alone(i int) Collateral {
	one := w.removals[i : i+1]
	n := w.m.Graph.Affected(one).Len()
	if w.spent += n + 1000; w.spent > mostCompared { // 1000: to make a graph of the rest
		return Collateral{Principals: n, Cells: w.rests[i], AtMost: true, Classes: []CollateralClass{}}
	}
	return w.collateral(one)
}

type collateralCount struct {
	w             *cutWork
	before, after *graph.Graph
	losses        func(p uint32) []graph.Loss
	seen          map[string]*cellLoss // by what principals act as and hold
	at            map[string]int       // class by what is lost
	out           Collateral
}

// A cellLoss is what one principal loses.
type cellLoss struct {
	cells, narrowed int
	perms, divs     graph.Set
	key             string
}

func (x *collateralCount) add(p uint32) {
	k := x.alike(p)
	l, ok := x.seen[k]
	if !ok {
		l = x.loss(p)
		x.seen[k] = l
	}
	if l.cells+l.narrowed == 0 {
		return
	}
	x.out.Principals++
	x.out.Cells += l.cells
	x.out.Narrowed += l.narrowed
	i, ok := x.at[l.key]
	if ok {
		x.out.Classes[i].Alike++
		return
	}
	x.at[l.key] = len(x.out.Classes)
	m := x.w.m
	c := CollateralClass{Principal: m.Ref(p), Cells: l.cells, Narrowed: l.narrowed, Permissions: []string{}, Divisions: []Named{}}
	universe := x.before.Universe(x.before.Principal(p).Key.Org)
	for id := range l.perms.All() {
		c.Permissions = append(c.Permissions, universe[id].Name)
	}
	for d := range l.divs.All() {
		c.Divisions = append(c.Divisions, m.Division(d))
	}
	x.out.Classes = append(x.out.Classes, c)
}

// alike is the same for principals that act as the same and hold the same grants,
// where nothing depends on who they are.
func (x *collateralCount) alike(p uint32) string {
	u32 := binary.LittleEndian.AppendUint32
	out := u32(nil, 0)
	if x.w.inFrom(p) {
		out = u32(nil, 1)
	}
	if x.before.Personal(p) {
		return string(u32(append(out, 1), p))
	}
	for _, g := range []*graph.Graph{x.before, x.after} {
		if !g.Acting().Has(p) {
			out = u32(out, graph.NoPrincipal)
			continue
		}
		for _, n := range g.Acts(p) {
			if n != p {
				out = u32(out, n)
			}
		}
		out = u32(out, graph.NoPrincipal)
		for _, gr := range g.GrantsOf(p) {
			out = u32(u32(out, gr.Role), gr.Division)
		}
	}
	return string(out)
}

// loss adds up what a principal loses.
func (x *collateralCount) loss(p uint32) *cellLoss {
	g := x.before
	org := g.Principal(p).Key.Org
	l := &cellLoss{perms: graph.NewSet(len(g.Universe(org))), divs: graph.NewSet(len(g.Divisions()))}
	var key []byte
	for _, part := range x.losses(p) {
		for d := range part.Divisions.All() {
			perms := part.Permissions
			if meant := x.w.meant(p, org, d); meant != nil {
				perms = perms.Clone()
				perms.AndNot(meant)
			}
			n := perms.Len()
			if n == 0 {
				continue
			}
			if part.Level == graph.None {
				l.cells += n
			} else {
				l.narrowed += n
			}
			l.perms.Or(perms)
			l.divs.Add(d)
			key = binary.LittleEndian.AppendUint32(append(key, byte(part.Level)), d)
			for _, word := range perms {
				key = binary.LittleEndian.AppendUint64(key, word)
			}
		}
	}
	l.key = string(key)
	return l
}

func (w *cutWork) inFrom(p uint32) bool {
	for _, q := range w.questions {
		if q.From.Has(p) && w.m.Graph.Principal(p).Key.Org == q.Org {
			return true
		}
	}
	return false
}

// meant returns the permissions over a division that the cut is meant to take from
// a principal; nil: none.
func (w *cutWork) meant(p uint32, org string, d uint32) graph.Set {
	for i := range w.questions {
		q := &w.questions[i]
		if q.Org == org && q.From.Has(p) && q.Divisions.Has(d) {
			return w.asked(i)
		}
	}
	return nil
}

// asked returns the permissions of a question.
func (w *cutWork) asked(i int) graph.Set {
	for len(w.perms) <= i {
		q := &w.questions[len(w.perms)]
		s := graph.NewSet(len(w.m.Graph.Universe(q.Org)))
		for _, p := range q.Permissions {
			if p.ID != graph.OutsideUniverse {
				s.Add(p.ID)
			}
		}
		w.perms = append(w.perms, s)
	}
	return w.perms[i]
}
