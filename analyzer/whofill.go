package analyzer

import (
	"slices"
	"sync"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// A whoFiller adds permissions and reasons to the answers of one question.
type whoFiller struct {
	o    WhoOptions
	orgs map[string]*whoOrg
}

// whoOrg is what was asked of one organization.
type whoOrg struct {
	perms    []graph.Perm
	set      graph.Set // the divisions asked about, and the same as a list
	divs     []uint32
	universe int
	holders  []graph.Holders // of each permission, if permissions are asked for
	first    *graph.First    // finds the one reason of most answers, if one is asked for
}

// filler prepares what is the same for all answers; nil if nothing is to be added.
//
// Permissions do not go class by class (section 9 of the model). One set for each
// permission tells its holders, 64 with one word, where classes cost a look at every
// grant of everybody first; what is left is writing each answer's own list, which
// is as long for classes. Derivations, which cost the most, are looked for only
// where the reach is not whole: there, what a scope leaves may be the principal itself.
func (m *Model) filler(t Target, k picker, o WhoOptions) *whoFiller {
	if !o.Permissions && o.Reasons == "" {
		return nil
	}
	f := &whoFiller{o: o, orgs: map[string]*whoOrg{}}
	for _, org := range m.Graph.Organizations() {
		w := &whoOrg{perms: m.permissions(org.ID, k), set: m.divisions(org.ID, t), universe: len(m.Graph.Universe(org.ID))}
		w.divs = slices.Collect(w.set.All())
		if o.Permissions {
			for _, p := range w.perms {
				h := m.Graph.Who(graph.Query{Org: org.ID, Permissions: []graph.Perm{p}, Divisions: w.set, Thing: t.Thing, Dormant: true})
				w.holders = append(w.holders, slim(h))
			}
		}
		if o.Reasons == "one" && !o.Could {
			w.first = m.Graph.First(org.ID, w.perms, w.divs)
		}
		f.orgs[org.ID] = w
	}
	return f
}

// slim forgets sets without members.
func slim(h graph.Holders) graph.Holders {
	for _, s := range []*graph.Set{&h.Whole, &h.Conditional, &h.Limited} {
		if s.Empty() {
			*s = nil
		}
	}
	return h
}

// Answers are filled in blocks, of which a worker takes one at a time: about so
// many, unless there are too few answers for it.
const (
	fillBlocks = 16
	fillBlock  = 64
)

// Fill adds to some of the answers, or copies of them, the permissions and reasons
// that were asked for. Answers that take steps are filled one after the other,
// others by as many workers as there are processors.
func (m *Model) Fill(a *WhoAnswer, rows []WhoRow) {
	if a.fill == nil {
		return
	}
	tellers := sync.Pool{New: func() any { return m.newTeller() }} // about one for each worker
	fill := func(from, to int) {
		t := tellers.Get().(*teller)
		defer tellers.Put(t)
		for i := from; i < to; i++ {
			m.fillRow(a, &rows[i], t)
		}
	}
	if a.fill.o.Could {
		fill(0, len(rows))
		return
	}
	parallel.Blocks(len(rows), max(fillBlock, len(rows)/fillBlocks), fill)
}

func (m *Model) fillRow(a *WhoAnswer, row *WhoRow, t *teller) {
	w, o := a.fill.orgs[row.org], a.fill.o
	for i, h := range w.holders {
		if level := h.Level(row.number); level != graph.None {
			row.Permissions = append(row.Permissions, m.permissionReach(row.number, w.perms[i], level, w.set, a.target))
		}
	}
	if o.Reasons == "" {
		return
	}
	if o.Could {
		if r, ok := m.CouldReason(a, *row); ok {
			row.Reasons = []ExplainedReason{r}
			return
		}
	}
	if r, ok := m.firstReason(w, row, t); ok {
		row.Reasons = one(&t.reasons, r)
		return
	}
	m.addReasons(a.target, w, row, o.Reasons == "all")
}

// firstReason returns the reason that [Model.addReasons] would find, without a
// look at every line of every role, where the answer is whole; ok is false where
// it has to look.
func (m *Model) firstReason(w *whoOrg, row *WhoRow, t *teller) (e ExplainedReason, ok bool) {
	if w.first == nil || row.Reach != graph.Whole {
		return e, false
	}
	f, ok := w.first.Of(row.number)
	if !ok {
		return e, false
	}
	perm, d := w.perms[f.Perm], w.divs[f.Division]
	if !f.Own {
		return m.explain(row.number, perm, d, m.Graph.Reasons(row.number, perm, d)[0]), true
	}
	return t.tell(telling{f.Reason.Grant.Role, f.Reason.Grant.Division, uint32(f.Perm), d}, row, perm, f.Reason), true
}

// addReasons adds derivations to an answer: all, or one that is as wide as the
// answer. They are a principal's own, so that no class answers for its members:
// what equals have, each has in its own way.
func (m *Model) addReasons(t Target, w *whoOrg, row *WhoRow, all bool) {
	holds := m.holds(row.number, w.universe)
	for _, p := range w.perms {
		if p.ID != graph.OutsideUniverse && !holds.Has(p.ID) {
			continue
		}
		for _, d := range w.divs {
			// One that is whole is all that counts then, and whether there is one
			// is found out faster than what it is.
			if !all && row.Reach == graph.Whole && m.Graph.Reach(row.number, p, d) != graph.Whole {
				continue
			}
			for _, r := range m.Graph.Reasons(row.number, p, d) {
				if t.missed(r) {
					continue
				}
				row.Reasons = append(row.Reasons, m.explain(row.number, p, d, r))
				if !all && r.Level == row.Reach {
					row.Reasons = row.Reasons[len(row.Reasons)-1:]
					return
				}
			}
		}
	}
}
