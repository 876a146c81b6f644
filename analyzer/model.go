package analyzer

import (
	"cmp"
	"errors"
	"sync"
	"time"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// A Model is a permission graph seen with an organization's configuration: what
// every question is asked of. It is immutable.
type Model struct {
	Graph   *graph.Graph
	Config  *config.Config
	Lexicon *lexicon.Lexicon
	// Now is what ages are measured against.
	Now     time.Time
	Tenants *Tenancy
	// Assumed says that no configuration names tenants: every division other
	// than Home was taken for one, and every one but Internal for external.
	Assumed bool
	// Notes are what was wrong with the configuration and was allowed.
	Notes []string

	allows         []allow
	attributes     []map[string]string // by principal; nil: the configuration has none
	attributeNames []string
	options        Options // what it was built with
	// tenant are the permissions of each organization's universe that carry
	// tenant data: the shipped data is asked once, not for each question.
	tenant map[string]graph.Set

	escalations func() *graph.Escalations
	verbs       sync.Map // see covered
}

// Options say how a model is made.
type Options struct {
	// Config is what the organization says of itself; nil is [config.Default].
	Config *config.Config
	// Lexicon is the shipped data; nil is [lexicon.Default]. The configuration's
	// extensions are applied to it.
	Lexicon *lexicon.Lexicon
	// Now is what ages are measured against; zero is when the snapshot was taken.
	Now time.Time
	// Older says that the snapshot is not the newest one: divisions that the
	// configuration names and the snapshot lacks are notes, not errors.
	Older bool
	// Attributes work out the configuration's attributes of users; nil: there are none.
	Attributes Attributes
	// Image, if not nil, is that of the source's graph: see [graph.OpenImage].
	Image *graph.Image
}

// Build reads a snapshot and makes its model.
func Build(src graph.Source, o Options) (*Model, error) {
	given := o
	given.Image = nil // it serves once
	if o.Config == nil {
		o.Config = config.Default()
	}
	if o.Lexicon == nil {
		o.Lexicon = lexicon.Default()
	}
	lex, err := o.Config.Lexicon(o.Lexicon)
	if err != nil {
		return nil, err
	}
	g, err := graph.Build(src, graph.Options{Names: lex, EnforceDeny: o.Config.AccessPolicies == config.PoliciesEnforceDeny, Image: o.Image})
	if err != nil {
		return nil, err
	}
	return newModel(g, lex, given, o)
}

func newModel(g *graph.Graph, lex *lexicon.Lexicon, given, o Options) (*Model, error) {
	m := &Model{Graph: g, Config: o.Config, Lexicon: lex, Now: o.Now, Assumed: len(o.Config.Tenants) == 0, options: given}
	m.escalations = sync.OnceValue(func() *graph.Escalations { return g.Escalations(lex.Escalations()) })
	if m.Now.IsZero() {
		m.Now = g.Info().TakenAt
	}
	m.tenant = map[string]graph.Set{}
	for _, o := range g.Organizations() {
		universe := g.Universe(o.ID)
		m.tenant[o.ID] = graph.NewSet(len(universe))
		for _, p := range universe {
			if lex.Carries(p.Pattern, p.Aware) == lexicon.CarriesTenant {
				m.tenant[o.ID].Add(p.ID)
			}
		}
	}
	tenants, problems := newTenancy(m)
	m.Tenants = tenants
	if m.Assumed {
		m.Notes = append(m.Notes, "no configuration names tenants: every division but Home is taken for an external tenant (write a grantgraph.yaml with: grantgraph init)")
	}
	var wrong []error
	for _, err := range problems {
		var unknown *UnknownDivisionError
		if o.Older && errors.As(err, &unknown) {
			m.Notes = append(m.Notes, err.Error())
			continue
		}
		wrong = append(wrong, err)
	}
	if err := m.readAttributes(o.Attributes); err != nil {
		wrong = append(wrong, err)
	}
	m.allows = m.resolveAllows(&wrong)
	return m, errors.Join(wrong...)
}

// carriesTenant reports whether a permission shows or changes what belongs to a
// division.
func (m *Model) carriesTenant(org string, p graph.Perm) bool {
	if p.ID == graph.OutsideUniverse {
		return m.Lexicon.Carries(p.Pattern, p.Aware) == lexicon.CarriesTenant
	}
	return m.tenant[org].Has(p.ID)
}

// Ref returns a principal as answers show it.
func (m *Model) Ref(p uint32) PrincipalRef {
	pr := m.Graph.Principal(p)
	t := m.Tenants.Tenants[m.Tenants.Of(p).Tenant]
	ref := PrincipalRef{
		Org: pr.Key.Org, Kind: pr.Key.Kind, ID: pr.Key.ID, Name: pr.Name, Email: pr.Email,
		Tenant: t.Name, External: t.External, State: pr.State, Known: pr.Known,
	}
	if ref.State == "" {
		ref.State = "active"
	}
	if pr.Division != graph.NoDivision {
		d := m.Graph.Divisions()[pr.Division]
		ref.Division = Named{ID: d.Key.ID, Name: d.Name}
	}
	if org := m.trusteeName(pr); org != "" {
		ref.Name += "@" + org
	}
	return ref
}

func (m *Model) trusteeName(p *graph.Principal) string {
	if p.Trustee == "" || p.Key.Kind == authz.KindTrusteeOrganization {
		return ""
	}
	return cmp.Or(m.Graph.TrusteeName(p.Key.Org, p.Trustee), p.Trustee)
}

// Division returns a division as answers show it, [graph.AnyDivision] included.
func (m *Model) Division(d uint32) Named {
	if d >= uint32(len(m.Graph.Divisions())) {
		return Named{ID: authz.AllDivisions, Name: "all divisions"}
	}
	div := m.Graph.Divisions()[d]
	return Named{ID: div.Key.ID, Name: div.Name}
}

// External returns the principals of external tenants.
func (m *Model) External() graph.Set {
	s := graph.NewSet(m.Graph.Principals())
	for _, t := range m.Tenants.Tenants {
		if t.External {
			s.Or(t.Principals)
		}
	}
	return s
}
