package analyzer

import (
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph"
)

// A cutMove is a cut that begins with moving the resource that From is not to reach.
type cutMove struct {
	change   change.Change
	question graph.CutQuery // of the division that it is moved to
	cut      graph.Cut
	graph    *graph.Graph
	price    int // of everything
	gained   int // principals beside From that gain it
	lost     int
}

// move looks for a division in which the target, a resource, is reached by fewer, so
// that a cut that moves it there costs less than one that does not. It returns nil if
// there is none, and in any case a price that none with a move is below.
func (w *cutWork) move(price int) (best *cutMove, bound int) {
	t, cost := w.target, w.priceOf(change.MoveResource)
	if t.Resource == nil || w.o.Could || cost < 1 || len(w.questions) != 1 || price <= cost {
		return nil, price
	}
	q, key := w.questions[0], t.Resource.Key()
	before := w.m.Graph.Who(q.Query).All()
	bound = price
	for d := range w.m.Graph.DivisionsOf(q.Org).All() {
		if q.Divisions.Has(d) || !w.m.Graph.Divisions()[d].Known {
			continue
		}
		g := w.m.Graph.Moved(key, d)
		there := q
		there.Divisions = graph.NewSet(len(g.Divisions()))
		there.Divisions.Add(d)
		after := g.Who(there.Query).All()
		x := &cutMove{question: there, graph: g, cut: graph.Cut{Possible: true}, price: cost}
		x.change = change.Change{Kind: change.MoveResource, Record: key, Division: g.Divisions()[d].Key.ID}
		if reaching := after.Clone(); reaching.Meets(q.From) {
			if cost+1 >= price || (best != nil && cost+1 > best.price) {
				bound = min(bound, cost+1)
				continue
			}
			x.cut = g.Cut(there)
			x.price += w.priceAll(x.cut)
		}
		bound = min(bound, cost+min(x.cut.Bound, price)) // where none ends it, there is no bound
		x.gained, x.lost = beside(after, before, q.From), beside(before, after, q.From)
		if x.cut.Possible && x.price < price && (best == nil || x.price < best.price || (x.price == best.price && x.gained+x.lost < best.gained+best.lost)) {
			best = x
		}
	}
	return best, bound
}

// beside counts the principals of one set that another lacks, but for some.
func beside(s, other, but graph.Set) int {
	s = s.Clone()
	s.AndNot(other)
	s.AndNot(but)
	return s.Len()
}

func (w *cutWork) priceAll(c graph.Cut) int {
	sum := 0
	for _, r := range c.Removals {
		sum += w.price(r)
	}
	return sum
}

// moved puts the move in front of the changes.
func (w *cutWork) moved(x *cutMove) {
	w.questions[0] = x.question
	w.base = x.graph
	w.before = append(w.before, x.change)
	w.a.Changes = append(w.a.Changes, CutChange{
		ChangeRef: w.m.changeRef(x.change), Price: w.priceOf(change.MoveResource), change: x.change,
		Collateral: Collateral{Principals: x.lost, Cells: x.lost, Gained: x.gained, Classes: []CollateralClass{}},
	})
	w.a.Price += w.priceOf(change.MoveResource)
}
