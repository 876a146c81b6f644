package rules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Base is an organization that rules' tests start from.
type Base struct {
	Records *authz.Records // never changed
	Config  []byte         // grantgraph.yaml; nil: none
}

// A CaseResult is the outcome of one test of a rule.
type CaseResult struct {
	Rule     string   `json:"rule"`
	Case     int      `json:"case"` // from 1
	Position string   `json:"position"`
	Base     string   `json:"base"`
	Want     []string `json:"want"` // as the pack has it, sorted
	Got      []string `json:"got"`  // kind:id, sorted
	OK       bool     `json:"ok"`
	Detail   string   `json:"detail,omitempty"` // what is wrong
}

// Test runs the tests of every rule of a set, disabled ones too, with the
// parameters that the packs ship. A test that cannot be run is one that fails;
// an error means that nothing was tested.
func Test(ctx context.Context, set *Set, bases map[string]Base) ([]CaseResult, error) {
	configs := map[string]*config.Config{}
	for name, b := range bases {
		configs[name] = config.Default()
		if b.Config == nil {
			continue
		}
		c, err := config.Parse(name+".yaml", b.Config)
		if err != nil {
			return nil, fmt.Errorf("base %s: %w", name, err)
		}
		c.Accept = nil // a test asks what is found, not what is accepted
		configs[name] = c
	}
	var out []CaseResult
	for _, r := range set.rules {
		for i, c := range r.tests {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			res := CaseResult{Rule: r.id, Case: i + 1, Position: c.pos.String(), Base: c.base, Want: sorted(c.finds), Got: []string{}}
			b, ok := bases[c.base]
			if !ok {
				res.Detail = fmt.Sprintf("there is no base %q", c.base)
			} else if err := runCase(ctx, r, c, b, configs[c.base], &res); err != nil {
				res.Detail = err.Error()
			}
			out = append(out, res)
		}
	}
	return out, nil
}

func runCase(ctx context.Context, r *rule, c testCase, b Base, conf *config.Config, res *CaseResult) error {
	o, err := organizationOf(c, b, conf)
	if err != nil {
		return err
	}
	return o.judge(ctx, r, c, res)
}

// A caseOrganization is what a test's changes make of its base.
type caseOrganization struct {
	model   *analyzer.Model
	options AuditOptions
}

func organizationOf(c testCase, b Base, conf *config.Config) (*caseOrganization, error) {
	ch := newChanger(b.Records, conf)
	if err := ch.apply(c.change); err != nil {
		return nil, err
	}
	o := &caseOrganization{options: AuditOptions{Reasons: -1}}
	attributes, err := CompileAttributes(ch.conf.Attributes)
	if err != nil {
		return nil, err
	}
	if o.model, err = analyzer.Build(ch.r, analyzer.Options{Config: ch.conf, Attributes: attributes}); err != nil {
		return nil, fmt.Errorf("building the organization: %w", err)
	}
	if o.options.Extra, err = ReadExtra(ch.r); err != nil {
		return nil, err
	}
	if o.options.Before, err = earlier(c, b, conf); err != nil {
		return nil, fmt.Errorf("building the earlier organization: %w", err)
	}
	return o, nil
}

// judge runs a rule and compares whom it names with whom the test wants.
func (o *caseOrganization) judge(ctx context.Context, r *rule, c testCase, res *CaseResult) error {
	as, err := r.shipped(c.params)
	if err != nil {
		return err
	}
	found, err := Audit(ctx, o.model, &Set{packs: []*pack{r.pack}, rules: []*rule{as}}, o.options)
	if err != nil {
		return err
	}
	got := namedBy(found)
	for _, n := range got {
		res.Got = append(res.Got, n.forms[0])
	}
	return compare(c.finds, got, found, res)
}

// monthBefore is how much older the earlier snapshot of a test is.
const monthBefore = 30 * 24 * time.Hour

// earlier builds the earlier snapshot that a test asks for; nil if it asks for none.
func earlier(c testCase, b Base, conf *config.Config) (*Before, error) {
	if !c.earlier {
		return nil, nil
	}
	ch := newChanger(b.Records, conf)
	if err := ch.apply(c.before); err != nil {
		return nil, err
	}
	ch.r.About.TakenAt = ch.r.About.TakenAt.Add(-monthBefore)
	attributes, err := CompileAttributes(ch.conf.Attributes)
	if err != nil {
		return nil, err
	}
	m, err := analyzer.Build(ch.r, analyzer.Options{Config: ch.conf, Older: true, Attributes: attributes})
	if err != nil {
		return nil, err
	}
	extra, err := ReadExtra(ch.r)
	return &Before{Model: m, Extra: extra}, err
}

// shipped returns the rule as its pack has it: enabled, with its defaults, or
// the values that a test gives.
func (r *rule) shipped(values []param) (*rule, error) {
	n := *r
	n.disabled, n.covers, n.params = false, nil, slices.Clone(r.params)
	for i := range n.params {
		n.params[i].value = n.params[i].def
	}
	for _, v := range values {
		p := n.param(v.name)
		if p == nil || p.typ != v.typ {
			return nil, fmt.Errorf("%s: the rule has no parameter %s of type %s", v.pos, v.name, v.typ)
		}
		p.value = v.value
	}
	return &n, nil
}

// An identity is something that findings name, with the ways to refer to it.
type identity struct{ forms []string }

// namedBy returns what the findings name: their principals, or their records
// where a finding has no principals.
func namedBy(res *Result) []identity {
	var out []identity
	add := func(kind authz.Kind, names ...string) {
		n := identity{}
		for _, v := range names {
			if v != "" {
				n.forms = append(n.forms, kind.String()+":"+v)
			}
		}
		if !slices.ContainsFunc(out, func(o identity) bool { return o.forms[0] == n.forms[0] }) {
			out = append(out, n)
		}
	}
	for _, f := range res.Findings {
		for _, p := range f.Principals {
			first, _, _ := strings.Cut(p.Name, " ")
			add(p.Kind, p.ID, p.Name, p.Email, first)
		}
		if len(f.Principals) > 0 {
			continue
		}
		for _, t := range f.Records {
			add(t.Kind, t.ID, t.Name)
		}
	}
	slices.SortFunc(out, func(a, b identity) int { return strings.Compare(a.forms[0], b.forms[0]) })
	return out
}

// compare pairs what was wanted with what was found.
func compare(want []string, got []identity, res *Result, out *CaseResult) error {
	matched := make([]bool, len(got))
	var wrong []string
	for _, w := range want {
		if rest, ok := strings.CutPrefix(w, "client:"); ok {
			w = "oauth_client:" + rest
		}
		hit := false
		for i, n := range got {
			if slices.ContainsFunc(n.forms, func(f string) bool { return strings.EqualFold(f, w) }) {
				matched[i], hit = true, true
			}
		}
		if !hit {
			wrong = append(wrong, "it does not name "+w)
		}
	}
	for i, n := range got {
		if !matched[i] {
			wrong = append(wrong, "it names "+n.forms[0])
		}
	}
	out.OK = len(wrong) == 0
	if out.OK {
		return nil
	}
	for _, f := range res.Findings {
		wrong = append(wrong, "found: "+f.Message)
	}
	return errors.New(strings.Join(wrong, "; "))
}
