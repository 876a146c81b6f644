package analyzer

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A CutAnswer is the smallest set of changes that was found after which principals
// of From have no reach into To.
type CutAnswer struct {
	Head
	From TargetRef `json:"from"`
	To   TargetRef `json:"to"`
	// Mode is can or could; Verb a verb, or a permission.
	Mode string `json:"mode"`
	Verb string `json:"verb"`
	// Principals is the number of principals of From that have the reach now.
	Principals int `json:"principals"`
	// Changes are in the order in which they can be made; each alone does no harm
	// that is not told as its collateral.
	Changes []CutChange `json:"changes"`
	// Size is the number of changes, Price what they cost together.
	Size  int `json:"size"`
	Price int `json:"price"`
	// Exact says that no set of changes costs less; Bound is a price that none is
	// below.
	Exact bool `json:"exact"`
	Bound int  `json:"bound"`
	// Verified says that access was evaluated again with the changes made, from the
	// records of the snapshot, and that nobody of From had the reach any more.
	Verified bool `json:"verified"`
	// Collateral is what all changes together take away besides.
	Collateral Collateral `json:"collateral"`
	// Redundant are role assignments by which principals of From have the reach, and
	// that add nothing: whoever has them has as much by others.
	Redundant []RedundantGrant `json:"redundant"`
}

// A CutChange is one change of a cut.
type CutChange struct {
	ChangeRef
	Price int `json:"price"`
	// Collateral is what this change alone takes away besides the reach of From into To.
	Collateral Collateral `json:"collateral"`

	change change.Change
}

// Made returns the change itself.
func (c CutChange) Made() change.Change { return c.change }

// A RedundantGrant is a role assignment that adds nothing.
type RedundantGrant struct {
	ChangeRef
	Subject  TargetRef `json:"subject"`
	Role     Named     `json:"role"`
	Division Named     `json:"division"`
}

// CutOptions say what a cut is to end, and what it may do.
type CutOptions struct {
	// Verb is what From is no longer to do to To, as for [Model.Who]; empty is see.
	Verb string
	// Permissions, where there are any, are what is to end instead of a verb; the
	// answer's verb is then their list.
	Permissions []string
	// Could ends what From could come to by escalation, too; Sure follows documented
	// escalations only.
	Could, Sure bool
	// Weights are the prices of kinds of changes, in place of those of the
	// configuration; 0: a kind is not to be proposed. What neither names costs 1.
	Weights map[change.Kind]int
	// Source is what the model was built from. The answer is verified by building
	// it again with the changes made. Nil: by taking away from the graph.
	Source graph.Source
}

// CutKinds are the kinds of changes that a cut proposes.
func CutKinds() []change.Kind {
	return []change.Kind{
		change.RevokeGrant, change.RemoveMember, change.LeaveTeam, change.DisableClient, change.DisableTrust,
		change.DropPolicy, change.DropInheritance, change.MoveResource,
	}
}

// ErrNoCut says that changes of the kinds that may be proposed cannot end a reach.
var ErrNoCut = errors.New("no changes of the kinds that may be proposed end this reach")

// Cut finds the smallest set of changes after which principals of From have no
// reach into a target. The error is [ErrNoCut] if there is none.
func (m *Model) Cut(from Source, t Target, o CutOptions) (*CutAnswer, error) {
	if o.Verb == "" {
		o.Verb = "see"
	}
	picks, err := m.cutPickers(o, t)
	if err != nil {
		return nil, err
	}
	a := &CutAnswer{
		Head: m.Head("cut", question(t), t.Org), From: from.Ref, To: t.Ref, Mode: "can", Verb: verbsOf(picks),
		Changes: []CutChange{}, Redundant: []RedundantGrant{}, Exact: true,
	}
	if o.Could {
		a.Mode = "could"
		m.noteCould(&a.Head)
	}
	w := &cutWork{m: m, o: o, a: a, target: t, base: m.Graph}
	for _, org := range m.Graph.Organizations() {
		if t.Org != "" && t.Org != org.ID {
			continue
		}
		q := graph.Query{Org: org.ID, Permissions: m.permissionsOf(org.ID, picks), Divisions: m.divisions(org.ID, t), Thing: t.Thing}
		open := m.Graph.Undetermined(q)
		if o.Could {
			open = m.couldUndetermined(org.ID, open)
		}
		a.Undetermined = append(a.Undetermined, m.undetermined(open)...)
		w.questions = append(w.questions, graph.CutQuery{Query: q, From: from.Principals, Price: w.price})
	}
	if err := w.solve(); err != nil {
		return nil, err
	}
	return a, nil
}

// cutPickers are what a cut is to end: a verb, or each of some permissions.
func (m *Model) cutPickers(o CutOptions, t Target) ([]picker, error) {
	words := o.Permissions
	if len(words) == 0 {
		words = []string{o.Verb}
	}
	out := make([]picker, len(words))
	for i, w := range words {
		var err error
		if out[i], err = m.picker(w, t, ""); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func verbsOf(picks []picker) string {
	names := make([]string, len(picks))
	for i, p := range picks {
		names[i] = p.verb
	}
	return strings.Join(names, ", ")
}

// permissionsOf returns the permissions that any of some pickers picks, each once.
func (m *Model) permissionsOf(org string, picks []picker) []graph.Perm {
	if len(picks) == 1 {
		return m.permissions(org, picks[0])
	}
	var out []graph.Perm
	for _, k := range picks {
		for _, p := range m.permissions(org, k) {
			if !slices.ContainsFunc(out, func(q graph.Perm) bool { return q.Pattern == p.Pattern }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// cutWork is a cut while it is worked out.
type cutWork struct {
	m         *Model
	o         CutOptions
	a         *CutAnswer
	questions []graph.CutQuery // one for each organization
	perms     []graph.Set      // those of each question, made when asked for
	target    Target
	before    []change.Change // made before what is removed
	base      *graph.Graph    // with them made, if there are any
	removals  []graph.Removal
	rests     []int // by removal
	spent     int   // principals whose access was compared for collateral
	lessening *graph.Lessening
}

// mostCompared is how many principals are compared for what single changes take
// away; of changes beyond it is told how much it is at most.
const mostCompared = 200_000

func (w *cutWork) solve() error {
	w.a.Collateral = Collateral{Classes: []CollateralClass{}}
	if err := w.findAll(); err != nil {
		return err
	}
	list := w.before
	for i, r := range w.removals {
		c := w.m.changeOf(r)
		price := w.priceOf(c.Kind)
		w.a.Changes = append(w.a.Changes, CutChange{
			ChangeRef: w.m.changeRef(c), Price: price, Collateral: w.alone(i), change: c,
		})
		w.a.Price += price
		list = append(list, c)
	}
	w.a.Size = len(w.a.Changes)
	w.a.Exact = w.a.Price <= w.a.Bound
	if len(w.removals) > 0 {
		w.a.Collateral = w.collateral(w.removals)
	}
	return w.verify(list)
}

// findAll finds the cut of each question, or of the target moved elsewhere.
func (w *cutWork) findAll() error {
	price := 0
	var cuts []graph.Cut
	for _, q := range w.questions {
		w.a.Principals += w.reaching(w.m, q).Len()
		c := w.find(q)
		w.redundant(c.Grants)
		if cuts = append(cuts, c); !c.Possible {
			price = math.MaxInt
			continue
		}
		w.a.Bound += c.Bound
		if price != math.MaxInt {
			price += w.priceAll(c)
		}
	}
	best, bound := w.move(price)
	w.a.Bound = min(w.a.Bound, bound)
	switch {
	case best != nil:
		w.moved(best)
		cuts = []graph.Cut{best.cut}
	case price == math.MaxInt:
		return ErrNoCut
	}
	for _, c := range cuts {
		w.removals, w.rests = append(w.removals, c.Removals...), append(w.rests, c.Rests...)
	}
	return nil
}

// redundant tells of the role assignments that add nothing.
func (w *cutWork) redundant(grants []graph.Removal) {
	g := w.m.Graph
	for _, r := range g.Redundant(grants) {
		role := g.Role(r.Role)
		w.a.Redundant = append(w.a.Redundant, RedundantGrant{
			ChangeRef: w.m.changeRef(w.m.changeOf(r)), Subject: *w.m.nodeRef(r.Node),
			Role: Named{ID: role.Key.ID, Name: role.Record.Name}, Division: w.m.Division(r.Division),
		})
	}
}

// find finds the cut of one question.
func (w *cutWork) find(q graph.CutQuery) graph.Cut {
	if w.o.Could {
		return w.m.Graph.CutCould(q, w.m.Lexicon.Escalations(), w.o.Sure)
	}
	return w.m.Graph.Cut(q)
}

// reaching returns the principals of From that have what a question asks for, or
// could come to it.
func (w *cutWork) reaching(m *Model, q graph.CutQuery) graph.Set {
	s := m.Graph.Who(q.Query).All()
	if w.o.Could {
		for _, r := range m.Escalations().Who(q.Query, w.o.Sure) {
			s.Add(r.Principal)
		}
	}
	s.And(q.From)
	return s
}

// verify evaluates access again with the changes made.
func (w *cutWork) verify(list []change.Change) error {
	after := w.m
	var err error
	switch {
	case len(list) == 0:
	case w.o.Source != nil:
		after, err = w.m.After(w.o.Source, list)
	default:
		o := w.m.options
		o.Config = w.m.Config // the default, where none was given
		after, err = newModel(w.base.Without(w.removals), w.m.Lexicon, w.m.options, o)
	}
	if err != nil {
		return fmt.Errorf("evaluating again with the changes made: %w", err)
	}
	for _, q := range w.questions {
		if n := w.left(after, q); n > 0 {
			return fmt.Errorf("the cut is wrong: with the changes made, %d principals of %s still have reach into %s", n, w.a.From.Name, w.a.To.Name)
		}
	}
	w.a.Verified = true
	return nil
}

// left returns how many of the principals still have the access in another model.
func (w *cutWork) left(after *Model, q graph.CutQuery) int {
	g := w.m.Graph
	there := q.Query
	there.Permissions, there.Divisions = nil, graph.NewSet(len(after.Graph.Divisions()))
	for _, p := range q.Permissions {
		there.Permissions = append(there.Permissions, after.Graph.Perm(q.Org, p.Pattern))
	}
	for d := range q.Divisions.All() {
		if n, ok := after.Graph.FindDivision(g.Divisions()[d].Key); ok {
			there.Divisions.Add(n)
		}
	}
	if q.Thing != nil {
		thing, ok := after.Graph.FindThing(g.ThingKey(*q.Thing))
		if !ok {
			return 0
		}
		there.Thing = &thing
	}
	from := graph.NewSet(after.Graph.Principals())
	for p := range q.From.All() {
		if other, ok := after.Graph.FindPrincipal(g.Principal(p).Key); ok {
			from.Add(other)
		}
	}
	return w.reaching(after, graph.CutQuery{Query: there, From: from}).Len()
}

// price is what a removal costs; 0: it is not to be proposed.
func (w *cutWork) price(r graph.Removal) int { return w.priceOf(w.m.kindOf(r)) }

func (w *cutWork) priceOf(k change.Kind) int {
	if n, ok := w.o.Weights[k]; ok {
		return n
	}
	if n, ok := w.m.Config.Weights[string(k)]; ok {
		return n
	}
	return 1
}

// kindOf is the kind of change that takes something away from the graph.
func (m *Model) kindOf(r graph.Removal) change.Kind {
	switch r.Kind {
	case graph.RemoveGrant:
		return change.RevokeGrant
	case graph.RemoveMember:
		if m.Graph.NodeKey(r.Into).Kind == authz.KindTeam {
			return change.LeaveTeam
		}
		return change.RemoveMember
	case graph.RemoveClient:
		return change.DisableClient
	case graph.RemoveTrust:
		return change.DisableTrust
	case graph.RemovePolicy:
		return change.DropPolicy
	default:
		return change.DropInheritance
	}
}

// changeOf is what is done to take something away from the graph.
func (m *Model) changeOf(r graph.Removal) change.Change {
	g := m.Graph
	c := change.Change{Kind: m.kindOf(r)}
	switch r.Kind {
	case graph.RemoveGrant:
		c.Record, c.Role, c.Division = g.NodeKey(r.Node), g.Role(r.Role).Key.ID, m.Division(r.Division).ID
	case graph.RemoveMember:
		c.Record, c.Member = g.NodeKey(r.Into), g.NodeKey(r.Node)
	case graph.RemoveClient:
		c.Record = g.NodeKey(r.Node)
	case graph.RemoveTrust:
		c.Record = r.Trust
	case graph.RemovePolicy:
		c.Record, c.Permission = g.Role(r.Role).Key, r.Pattern
	default:
		c.Record, c.Role = g.Role(r.Role).Key, r.Heir
	}
	return c
}

// changeRef is a change as answers show it.
func (m *Model) changeRef(c change.Change) ChangeRef {
	return ChangeRef{
		Kind: c.Kind, ID: c.ID(), Text: m.changeText(c),
		Record: TargetRef{Kind: c.Record.Kind, ID: c.Record.ID, Name: m.named(c.Record)},
	}
}
