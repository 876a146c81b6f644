package sarif

import (
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

// descriptors are the rules that found something, in the order of the report.
type descriptors struct {
	list  []*sarif.ReportingDescriptor
	index map[string]int
	worst map[string]rules.Severity
}

func newDescriptors(d *report.Document) *descriptors {
	x := &descriptors{index: map[string]int{}, worst: map[string]rules.Severity{}}
	each := func(f *report.Finding) { x.worst[f.Rule] = max(x.worst[f.Rule], f.Severity) }
	for _, list := range [][]report.Finding{d.Findings, d.Fixed} {
		for i := range list {
			each(&list[i])
		}
	}
	for i := range d.Accepted {
		each(&d.Accepted[i].Finding)
	}
	for _, list := range [][]report.Finding{d.Findings, d.Fixed} {
		for i := range list {
			x.add(&list[i])
		}
	}
	for i := range d.Accepted {
		x.add(&d.Accepted[i].Finding)
	}
	return x
}

func (x *descriptors) add(f *report.Finding) {
	if _, ok := x.index[f.Rule]; ok {
		return
	}
	x.index[f.Rule] = len(x.list)
	worst := x.worst[f.Rule]
	r := sarif.NewReportingDescriptor().WithID(f.Rule).
		WithShortDescription(text(f.Title)).WithFullDescription(text(f.Why)).WithHelp(text(f.Fix)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level(worst)))
	r.Properties = sarif.NewPropertyBag().Add("security-severity", score(worst)).
		WithTags(append([]string{"security", "access"}, f.Controls...))
	x.list = append(x.list, r)
}

func text(s string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(s)
}

func (x *descriptors) driver(tool string) *sarif.ToolComponent {
	name, version, _ := strings.Cut(tool, " ")
	c := sarif.NewToolComponent().WithName(name)
	if version != "" {
		c = c.WithVersion(version)
	}
	c.Rules = x.list
	return c
}

func (x *descriptors) result(f *report.Finding, compared bool) *sarif.Result {
	r := sarif.NewResult().WithRuleID(f.Rule).WithRuleIndex(x.index[f.Rule]).
		WithLevel(level(f.Severity)).WithKind("fail").WithMessage(sarif.NewTextMessage(f.Message))
	r.Fingerprints = map[string]string{fingerprintName: f.Fingerprint}
	r.PartialFingerprints = map[string]string{fingerprintName: f.Fingerprint}
	if compared {
		r.BaselineState = new(string)
		*r.BaselineState = baselineState(f.Status)
	}
	for i := range f.Principals[:min(maxLocations, len(f.Principals))] {
		r.Locations = append(r.Locations, principal(&f.Principals[i]))
	}
	for _, t := range f.Records {
		r.RelatedLocations = append(r.RelatedLocations, location(string(t.Kind), t.ID, t.Name))
	}
	r.CodeFlows = flows(f)
	r.Properties = properties(f)
	return r
}

func properties(f *report.Finding) *sarif.PropertyBag {
	p := sarif.NewPropertyBag().Add("severity", f.Severity).Add("status", f.Status).Add("principals", f.Count).
		Add("tenants", f.Tenants).Add("targetTenants", f.Targets).Add("controls", f.Controls)
	if left := f.Count - min(maxLocations, len(f.Principals)); left > 0 {
		p.Add("principalsNotListed", left)
	}
	if len(f.Covers) > 0 {
		p.Add("covers", f.Covers)
	}
	if len(f.Cut) > 0 {
		p.Add("cut", f.Cut)
	}
	return p
}

// baselineState is a finding's status in SARIF's words.
func baselineState(status string) string {
	switch status {
	case "new":
		return "new"
	case "fixed":
		return "absent"
	default:
		return "unchanged"
	}
}

func principal(p *analyzer.PrincipalRef) *sarif.Location {
	l := location(string(p.Kind), p.ID, p.Name)
	if p.Tenant != "" {
		l.Properties = sarif.NewPropertyBag().Add("tenant", p.Tenant)
	}
	return l
}

// location names a record: findings are about accounts, not about lines of files.
func location(kind, id, name string) *sarif.Location {
	l := sarif.NewLogicalLocation().WithFullyQualifiedName(kind + ":" + id).WithKind(kind)
	if name != "" {
		l = l.WithName(name)
	}
	return sarif.NewLocation().WithLogicalLocations([]*sarif.LogicalLocation{l})
}

// flows are the first derivations of a finding, a step for each link.
func flows(f *report.Finding) []*sarif.CodeFlow {
	out := []*sarif.CodeFlow{}
	for _, fact := range f.Facts {
		for _, c := range fact.Chains {
			if len(out) == maxFlows {
				return out
			}
			out = append(out, flow(c))
		}
	}
	return out
}

func flow(c report.Chain) *sarif.CodeFlow {
	t := sarif.NewThreadFlow()
	for _, l := range c.Links {
		says := strings.TrimSpace(l.Label + " " + l.Name)
		if l.Detail != "" {
			says += " (" + l.Detail + ")"
		}
		at := sarif.NewLocation().WithMessage(sarif.NewTextMessage(says))
		t.Locations = append(t.Locations, sarif.NewThreadFlowLocation().WithLocation(at))
	}
	return sarif.NewCodeFlow().WithThreadFlows([]*sarif.ThreadFlow{t})
}
