package report

import (
	"errors"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/internal/parallel"
	"github.com/grantgraph/grantgraph/rules"
)

// Options say what a document is told beside the model and the findings. The
// zero value is useful.
type Options struct {
	// Tool names the program and its version.
	Tool string
	// Now is the moment that the document states; zero is the model's.
	Now time.Time
}

var errNothing = errors.New("making report: no model")

// New puts a model and the result of an audit of it together. Without a result
// the document has no findings, and a note says that no rules were run.
func New(m *analyzer.Model, r *rules.Result, o Options) (*Document, error) {
	if m == nil || m.Graph == nil {
		return nil, errNothing
	}
	b := &builder{m: m, g: m.Graph, d: newDocument(m, o)}
	b.addResult(r)
	b.index()
	b.addPrincipals()
	b.addMatrix()
	b.addFindings(r)
	b.addCuts()
	parallel.Do(b.addClasses, b.addRoles)
	b.addClients()
	b.addStale()
	b.addEscalation()
	b.addLedger()
	b.addExceptions()
	b.addGrants()
	b.addWhoCanSee()
	b.addVerdicts()
	b.count()
	return b.d, nil
}

func newDocument(m *analyzer.Model, o Options) *Document {
	d := &Document{
		Head: m.Head("report", analyzer.QuestionRules, ""), Tool: o.Tool,
		Digest: m.Graph.Info().Digest, Source: m.Graph.Info().Source, Assumed: m.Assumed,
		Verdicts: []Verdict{}, Findings: []Finding{}, Accepted: []Accepted{}, Fixed: []Finding{}, Rules: []RuleCount{}, Statuses: []Count{},
		Principals: []Principal{}, Roles: []Role{}, Clients: []Client{}, Classes: []Class{}, Stale: []Stale{}, Coverage: []Coverage{}, Dangling: []Dangling{},
		Exceptions: []Exception{}, Packs: []rules.PackRef{}, Deviations: []rules.Deviation{},
		GrantCells: []GrantCell{}, SeeCells: []SeeCell{},
	}
	if !o.Now.IsZero() {
		d.Now = o.Now.UTC()
	}
	return d
}

// builder makes a document step by step; later steps use what earlier ones made.
type builder struct {
	m *analyzer.Model
	g *graph.Graph
	d *Document

	orgs     []orgIndex
	roleName []string
	elevated []graph.Set // by role: elevated permissions of its organization
	subjects map[uint32][]graph.Grant
	texts    map[string]string
}

func (b *builder) addResult(r *rules.Result) {
	if r == nil {
		r = &rules.Result{Head: b.d.Head}
		b.d.Notes = append(b.d.Notes, "no rules were run: this report has no findings")
	}
	b.d.Totals = r.Totals
	b.d.Packs = append(b.d.Packs, r.Packs...)
	b.d.Deviations = append(b.d.Deviations, r.Deviations...)
	for _, n := range r.Notes {
		if !slices.Contains(b.d.Notes, n) {
			b.d.Notes = append(b.d.Notes, n)
		}
	}
}

func (b *builder) count() {
	d := b.d
	d.Counts.Principals, d.Counts.Roles, d.Counts.Clients = len(d.Principals), len(d.Roles), len(d.Clients)
	d.Counts.Grants, d.Counts.Gaps = b.g.Grants(), len(d.Head.Coverage.Gaps)
	d.Counts.Live = b.g.Acting().Len()
	for _, div := range b.g.Divisions() {
		if div.Known {
			d.Counts.Divisions++
		}
	}
	for i := range d.Principals {
		if p := &d.Principals[i]; p.External && p.Live && p.Acts {
			d.Counts.External++
		}
	}
	for i := range d.SeeCells {
		c := &d.SeeCells[i]
		d.Counts.WhoCanSee += c.Whole + c.Conditional + c.Limited
	}
}
