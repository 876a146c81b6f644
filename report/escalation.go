package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// The most ways that a report spells out: of one tenant, and vertices of the
// picture. What is beyond is counted.
const (
	shownWays     = 50
	shownCross    = 10 // into one tenant
	shownVertices = 200
)

// Escalation is the ways by which live principals could come to hold everything, or
// come into another tenant, and the graph that they make.
type Escalation struct {
	// Paths are those to everything, and behind them those into another tenant; of
	// each those of external tenants come first, then the shortest.
	Paths []EscalationPath
	// Cross is the number of principals that the listed ways into another tenant
	// begin with. Who could come to everything is not among them: it comes everywhere.
	Cross int
	// Sources is the number of principals that have a way, External the part of
	// them that belongs to external tenants.
	Sources, External int
	// LeftOut is how many more ways to everything there are of at most MaxHops steps; if AtLeast
	// is set, there may be more still.
	LeftOut int
	AtLeast bool
	MaxHops int
	// CrossLeftOut and CrossAtLeast say the same of ways into another tenant.
	CrossLeftOut int
	CrossAtLeast bool
	// Vertices and Edges draw the shortest paths of each source, up to a number of
	// vertices that can be looked at; Undrawn is how many paths are not in the picture.
	Vertices []EscalationVertex
	Edges    []EscalationEdge
	Undrawn  int
}

// An EscalationPath is one way to everything, or into another tenant.
type EscalationPath struct {
	// To are the tenants that it leads into: to a principal of each, or to access to its
	// data. It is empty if the way leads to everything.
	To []string
	// From is an index of [Document.Principals]; Alike is how many other principals
	// of its tenant have the same way: those of its class.
	From, Alike int
	Hops        int
	Certainty   string // documented, or likely if a step of it is
	Steps       []EscalationStep
	// Chain is the whole derivation.
	Chain Chain
	// Vertices are those of the picture that it passes, the first its source; empty
	// if it is not drawn.
	Vertices []int
}

// Text writes the steps as one line.
func (p *EscalationPath) Text() string {
	parts := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		parts[i] = s.Way + ": " + s.Gains
	}
	return strings.Join(parts, "; then ")
}

// Goal says where it leads to.
func (p *EscalationPath) Goal() string {
	switch len(p.To) {
	case 0:
		return "everything"
	case 1:
		return p.To[0]
	default:
		return fmt.Sprintf("%d tenants: %s", len(p.To), strings.Join(p.To, ", "))
	}
}

// journey is from whom and to where a path leads.
type journey struct {
	from int
	to   string
}

func (p *EscalationPath) journey() journey { return journey{p.From, strings.Join(p.To, "\x00")} }

// An EscalationStep is one step of a path: by which way, and what is gained.
type EscalationStep struct {
	Way       string     `json:"way"`   // such as join-group
	Gains     string     `json:"gains"` // its name
	ID        string     `json:"id"`
	Kind      authz.Kind `json:"kind"`
	Certainty string     `json:"certainty"`
	// Over says of how many the gained is one; empty if there is no choice.
	Over string `json:"over,omitempty"`
}

// An EscalationVertex is a class of principals, a group, a tenant, or everything.
type EscalationVertex struct {
	Kind   string // user, group …, tenant or total
	Name   string
	Tenant string // of a source
	// Alike is how many more principals the vertex stands for.
	Alike    int
	Source   bool
	External bool
	// Column is how many steps what is gained is away at least, counted from the left.
	Column int
}

// An EscalationEdge is a step between two vertices.
type EscalationEdge struct {
	From, To int
	Ways     []string // sorted
	Likely   bool     // no way of it is documented
}

// addEscalation asks for the ways of each tenant's principals to everything, and
// into each tenant.
func (b *builder) addEscalation() {
	e := &b.d.Escalation
	e.MaxHops = analyzer.DefaultMaxHops
	to, _, err := b.m.FindDestination(analyzer.Total)
	if err != nil { // it is no name that could be missing
		return
	}
	n := len(b.m.Tenants.Tenants)
	total, into := make([]*analyzer.PathsAnswer, n), make([]*analyzer.PathsAnswer, n)
	parallel.For(2*n, func(i int) {
		if i < n {
			total[i] = b.waysFrom(i, to)
		} else {
			into[i-n] = b.waysInto(i - n)
		}
	})
	for i, a := range total {
		e.LeftOut += a.LeftOut
		e.AtLeast = e.AtLeast || a.AtLeast
		e.Sources += a.Principals
		if b.m.Tenants.Tenants[i].External {
			e.External += a.Principals
		}
		for k := range a.Paths {
			e.Paths = append(e.Paths, b.escalationPath(&a.Paths[k]))
		}
	}
	b.addCrossings(into)
	slices.SortStableFunc(e.Paths, func(x, y EscalationPath) int {
		return cmp.Or(crosses(&x)-crosses(&y), b.inside(x.From)-b.inside(y.From), cmp.Compare(x.Hops, y.Hops), -cmp.Compare(x.Alike, y.Alike), cmp.Compare(x.From, y.From))
	})
	newEscalationDrawer(b.d).draw()
}

// waysFrom asks for the ways of a tenant's principals.
func (b *builder) waysFrom(tenant int, to analyzer.Destination) *analyzer.PathsAnswer {
	t := &b.m.Tenants.Tenants[tenant]
	live := b.g.Acting().Clone()
	live.And(t.Principals)
	from := analyzer.Source{Ref: analyzer.TargetRef{Kind: authz.KindTenant, ID: t.Name, Name: t.Name}, Principals: live}
	return b.m.Paths(from, to, analyzer.PathsOptions{Limit: shownWays})
}

// waysInto asks by which ways others could come into a tenant; nil if it has no
// divisions.
func (b *builder) waysInto(tenant int) *analyzer.PathsAnswer {
	t := &b.m.Tenants.Tenants[tenant]
	if t.Divisions.Empty() {
		return nil
	}
	to, _, err := b.m.FindDestination("tenant:" + t.Name)
	if err != nil { // it is no name that could be missing
		return nil
	}
	live := b.g.Acting().Clone()
	live.AndNot(t.Principals)
	from := analyzer.Source{Ref: analyzer.TargetRef{Kind: authz.KindTenant, ID: "outside:" + t.Name, Name: "outside " + t.Name}, Principals: live}
	return b.m.Paths(from, to, analyzer.PathsOptions{Limit: shownWays})
}

// addCrossings tells, for each tenant with divisions, by which ways others could come
// into it.
func (b *builder) addCrossings(into []*analyzer.PathsAnswer) {
	e := &b.d.Escalation
	people := map[int]int{} // how many a source stands for
	at := map[string]int{}  // the same way can lead into several tenants
	for i, a := range into {
		if a == nil {
			continue
		}
		e.CrossLeftOut += a.LeftOut
		e.CrossAtLeast = e.CrossAtLeast || a.AtLeast
		shown := 0
		for k := range a.Paths {
			switch row := &a.Paths[k]; {
			case throughTotal(row):
			case shown == shownCross:
				e.CrossLeftOut++
			default:
				shown++
				p := b.escalationPath(row)
				people[p.From] = max(people[p.From], 1+p.Alike)
				k := p.key()
				if _, seen := at[k]; !seen {
					at[k] = len(e.Paths)
					e.Paths = append(e.Paths, p)
				}
				e.Paths[at[k]].To = append(e.Paths[at[k]].To, b.m.Tenants.Tenants[i].Name)
			}
		}
	}
	for _, n := range people {
		e.Cross += n
	}
}

// throughTotal reports whether a way leads through everything: it is told as such.
func throughTotal(row *analyzer.PathRow) bool {
	return slices.ContainsFunc(row.Steps, func(s analyzer.Step) bool { return s.Gains == analyzer.Total })
}

// key is equal for equal steps of one source.
func (p *EscalationPath) key() string {
	parts := []string{strconv.Itoa(p.From)}
	for _, s := range p.Steps {
		parts = append(parts, s.Way, s.Kind.String(), s.ID)
	}
	return strings.Join(parts, "\x00")
}

func crosses(p *EscalationPath) int {
	if len(p.To) == 0 {
		return 0
	}
	return 1
}

func (b *builder) inside(principal int) int {
	if principal >= 0 && b.d.Principals[principal].External {
		return 0
	}
	return 1
}

func (b *builder) escalationPath(row *analyzer.PathRow) EscalationPath {
	out := EscalationPath{From: b.reference(keyOf(row.From)), Alike: row.Alike, Hops: row.Hops, Certainty: row.Certainty}
	out.Chain.Links = []Link{{Kind: "principal", Label: "principal", Name: nameOr(row.From.Name, row.From.ID)}}
	for i := range row.Steps {
		s := &row.Steps[i]
		if s.Kind != "escalate" {
			out.Chain.Links = append(out.Chain.Links, link(s)...)
			continue
		}
		step := EscalationStep{Way: s.Escalation, Gains: nameOr(s.Record.Name, s.Record.ID), ID: s.Record.ID, Kind: s.Record.Kind, Certainty: s.Certainty, Over: s.Over}
		if s.Gains == analyzer.Total {
			step.Kind, step.Gains = authz.KindOrganization, "everything in "+step.Gains
		}
		out.Steps = append(out.Steps, step)
		label := "gains by " + step.Way
		if step.Certainty != lexicon.Documented {
			label += " (" + step.Certainty + ")"
		}
		out.Chain.Links = append(out.Chain.Links, Link{Kind: "reach", Label: label, Name: step.Gains, Detail: s.Detail})
	}
	return out
}

// escalationDrawer makes the paths one graph.
type escalationDrawer struct {
	d      *Document
	e      *Escalation
	vertex map[string]int
	edge   map[[2]int]int
}

func newEscalationDrawer(d *Document) *escalationDrawer {
	return &escalationDrawer{d: d, e: &d.Escalation, vertex: map[string]int{}, edge: map[[2]int]int{}}
}

// draw draws the shortest paths of each source: longer ones lead to and fro, and
// hide what matters.
func (w *escalationDrawer) draw() {
	shortest := map[journey]int{}
	for i := range w.e.Paths {
		p := &w.e.Paths[i]
		if n, seen := shortest[p.journey()]; !seen || p.Hops < n {
			shortest[p.journey()] = p.Hops
		}
	}
	for i := range w.e.Paths {
		if p := &w.e.Paths[i]; p.From < 0 || p.Hops > shortest[p.journey()] || !w.path(p) {
			w.e.Undrawn++
		}
	}
	w.columns()
}

// path adds a path, unless the picture would become too full.
func (w *escalationDrawer) path(p *EscalationPath) bool {
	from := &w.d.Principals[p.From]
	keys := []string{from.Kind.String() + ":" + from.ID}
	steps := p.Steps
	if len(p.To) > 0 {
		steps = append(slices.Clone(steps), EscalationStep{Way: "reaches", Gains: p.Goal(), ID: p.journey().to, Kind: authz.KindTenant, Certainty: lexicon.Documented})
	}
	for _, s := range steps {
		keys = append(keys, s.Kind.String()+":"+s.ID)
	}
	fresh := 0
	for _, k := range keys {
		if _, seen := w.vertex[k]; !seen {
			fresh++
		}
	}
	if len(w.e.Vertices)+fresh > shownVertices {
		return false
	}
	at := w.at(keys[0], EscalationVertex{
		Kind: from.Kind.String(), Name: nameOr(from.Name, from.ID), Tenant: from.Tenant, Alike: p.Alike, Source: true, External: from.External,
	})
	p.Vertices = append(p.Vertices, at)
	for i, s := range steps {
		v := EscalationVertex{Kind: s.Kind.String(), Name: s.Gains}
		if s.Kind == authz.KindOrganization {
			v.Kind = analyzer.Total
		}
		next := w.at(keys[i+1], v)
		if next != at {
			w.link(at, next, s)
			p.Vertices = append(p.Vertices, next)
		}
		at = next
	}
	return true
}

func (w *escalationDrawer) at(key string, v EscalationVertex) int {
	n, seen := w.vertex[key]
	if !seen {
		n = len(w.e.Vertices)
		w.vertex[key] = n
		w.e.Vertices = append(w.e.Vertices, v)
	}
	if v.Source { // it may have been drawn as something that is gained
		w.e.Vertices[n] = v
	}
	return n
}

func (w *escalationDrawer) link(from, to int, s EscalationStep) {
	i, seen := w.edge[[2]int{from, to}]
	if !seen {
		i = len(w.e.Edges)
		w.edge[[2]int{from, to}] = i
		w.e.Edges = append(w.e.Edges, EscalationEdge{From: from, To: to, Likely: true})
	}
	e := &w.e.Edges[i]
	if at, has := slices.BinarySearch(e.Ways, s.Way); !has {
		e.Ways = slices.Insert(e.Ways, at, s.Way)
	}
	e.Likely = e.Likely && s.Certainty != lexicon.Documented
}

// columns places the vertices: everything and the tenants stand on the right, and each vertex as
// many columns to the left of it as it is steps away.
func (w *escalationDrawer) columns() {
	const far = 1 << 30
	away := make([]int, len(w.e.Vertices))
	for i := range away {
		away[i] = far
		if k := w.e.Vertices[i].Kind; k == analyzer.Total || k == authz.KindTenant.String() {
			away[i] = 0
		}
	}
	widest := 0
	for changed := true; changed; {
		changed = false
		for _, e := range w.e.Edges {
			if n := away[e.To] + 1; n < away[e.From] {
				away[e.From], changed = n, true
			}
		}
	}
	for _, n := range away {
		if n < far {
			widest = max(widest, n)
		}
	}
	for i, n := range away {
		w.e.Vertices[i].Column = widest - min(n, widest)
	}
}
