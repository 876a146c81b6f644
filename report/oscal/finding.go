package oscal

import (
	"fmt"
	"slices"
	"strings"

	types "github.com/defenseunicorns/go-oscal/src/types/oscal-1-1-3"

	"github.com/grantgraph/grantgraph/report"
)

// maxEvidence is how many derivations an observation quotes.
const maxEvidence = 3

// maxSubjects is how many principals an observation names; the rest are counted.
const maxSubjects = 100

// observation says what was seen: the message, whom it concerns, and through what.
func (m *maker) observation(f *report.Finding) types.Observation {
	props := []types.Property{
		property("fingerprint", f.Fingerprint), property("rule", f.Rule), property("severity", f.Severity.String()),
		property("status", f.Status), property("principals", fmt.Sprint(f.Count)),
	}
	for _, t := range f.Tenants {
		props = append(props, property("tenant", t))
	}
	o := types.Observation{
		UUID: m.id("observation", f.Fingerprint), Title: line(f.Title, f.Rule), Description: line(f.Message, f.Title),
		Methods: []string{"TEST"}, Types: &[]string{"finding"}, Collected: m.d.Snapshot.TakenAt.UTC(),
		Origins: m.origins(), Props: &props,
	}
	var subjects []types.SubjectReference
	for i := range f.Principals[:min(maxSubjects, len(f.Principals))] {
		p := &f.Principals[i]
		name := string(p.Kind) + ":" + p.ID
		subjects = append(subjects, types.SubjectReference{
			SubjectUuid: m.id("principal", p.Org+"/"+name), Type: "user", Title: line(p.Name, p.ID),
			Props: &[]types.Property{property("principal", name)},
		})
	}
	o.Subjects = some(subjects)
	if left := f.Count - min(maxSubjects, len(f.Principals)); left > 0 {
		o.Remarks = fmt.Sprintf("%d more principals are not listed here.", left)
	}
	o.RelevantEvidence = some(evidence(f))
	return o
}

func evidence(f *report.Finding) []types.RelevantEvidence {
	var out []types.RelevantEvidence
	for _, fact := range f.Facts {
		for _, c := range fact.Chains {
			if len(out) == maxEvidence {
				return out
			}
			out = append(out, types.RelevantEvidence{Description: line(c.Text(), "no derivation")})
		}
	}
	return out
}

func (m *maker) origins() *[]types.Origin {
	return &[]types.Origin{{Actors: []types.OriginActor{{Type: "tool", ActorUuid: m.tool}}}}
}

// finding says that a control is not satisfied.
func (m *maker) finding(f *report.Finding) types.Finding {
	out := types.Finding{
		UUID: m.id("finding", f.Fingerprint), Title: line(f.Title, f.Rule), Description: line(f.Why, f.Title), Origins: m.origins(),
		Target: types.FindingTarget{
			Type: "objective-id", TargetId: token(f.Rule, "rule"), Title: line(f.Title, f.Rule),
			Status: types.ObjectiveStatus{State: "not-satisfied", Reason: "fail"},
		},
		RelatedObservations: &[]types.RelatedObservation{{ObservationUuid: m.id("observation", f.Fingerprint)}},
		RelatedRisks:        &[]types.AssociatedRisk{{RiskUuid: m.id("risk", f.Fingerprint)}},
	}
	if f.Status == "fixed" {
		out.Target.Status = types.ObjectiveStatus{State: "satisfied", Reason: "pass"}
	}
	var props []types.Property
	for _, c := range f.Controls {
		props = append(props, property("control", c))
	}
	out.Props = some(props)
	return out
}

// risk says how bad it is, what to do, and whether somebody accepted it.
func (m *maker) risk(f *report.Finding, a *report.Accepted) types.Risk {
	r := types.Risk{
		UUID: m.id("risk", f.Fingerprint), Title: line(f.Title, f.Rule), Description: line(f.Message, f.Title),
		Statement: line(f.Why, f.Title), Status: "open",
		Characterizations: &[]types.Characterization{{
			Origin: (*m.origins())[0],
			Facets: []types.Facet{{Name: "severity", System: namespace, Value: f.Severity.String()}},
		}},
		Remediations: &[]types.Response{{
			UUID: m.id("remediation", f.Fingerprint), Lifecycle: "recommendation", Title: "Fix", Description: line(f.Fix, "See the rule."),
		}},
		RelatedObservations: &[]types.RelatedObservation{{ObservationUuid: m.id("observation", f.Fingerprint)}},
	}
	switch {
	case a != nil:
		r.Status, r.Deadline = "deviation-approved", moment(a.Until)
		r.MitigatingFactors = &[]types.MitigatingFactor{{
			UUID:        m.id("acceptance", f.Fingerprint),
			Description: line(fmt.Sprintf("Accepted: %s. Approved by %s until %s.", a.Reason, a.ApprovedBy, a.Until), "Accepted."),
		}}
	case f.Status == "fixed":
		r.Status = "closed"
	}
	return r
}

// gaps are observations too: what was not read was not tested.
func (m *maker) gaps() []types.Observation {
	var out []types.Observation
	for _, g := range m.d.Head.Coverage.Gaps {
		props := []types.Property{property("list", string(g.Kind)), property("gap", string(g.Status)), property("source", g.Source)}
		if g.MissingPermission != "" {
			props = append(props, property("missing-permission", g.MissingPermission))
		}
		out = append(out, types.Observation{
			UUID: m.id("gap", g.Org+"\n"+string(g.Kind)+"\n"+g.Source), Title: line("Not read: "+string(g.Kind), "Not read"),
			Description: line(g.Reason, "The snapshot does not say why."), Methods: []string{"EXAMINE"}, Types: &[]string{"gap"},
			Collected: m.d.Snapshot.TakenAt.UTC(), Origins: m.origins(), Props: &props,
		})
	}
	return out
}

// reviewed lists the controls that the findings speak of, by framework.
func (m *maker) reviewed() types.ReviewedControls {
	by := map[string][]string{}
	add := func(f *report.Finding) {
		for _, c := range f.Controls {
			framework, control, _ := strings.Cut(c, "/")
			by[framework] = append(by[framework], control)
		}
	}
	for _, list := range [][]report.Finding{m.d.Findings, m.d.Fixed} {
		for i := range list {
			add(&list[i])
		}
	}
	for i := range m.d.Accepted {
		add(&m.d.Accepted[i].Finding)
	}
	r := types.ReviewedControls{Description: "Controls that rules with findings are about."}
	for _, framework := range sorted(by) {
		var ids []types.AssessedControlsSelectControlById
		controls := by[framework]
		slices.Sort(controls)
		for _, c := range slices.Compact(controls) {
			ids = append(ids, types.AssessedControlsSelectControlById{ControlId: controlID(framework, c)})
		}
		r.ControlSelections = append(r.ControlSelections, types.AssessedControls{Description: framework, IncludeControls: &ids})
	}
	if len(r.ControlSelections) == 0 {
		r.ControlSelections = []types.AssessedControls{{IncludeAll: &types.IncludeAll{}}}
	}
	return r
}

// controlID is a control's id: NIST's own catalogue has "ac-6"; others get the
// framework's name before theirs.
func controlID(framework, control string) string {
	if strings.HasPrefix(framework, "NIST-800-53") {
		return token(control, "control")
	}
	return token(framework+"_"+control, "control")
}

func sorted(by map[string][]string) []string {
	var out []string
	for k := range by {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
