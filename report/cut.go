package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

// A smallest set of changes is worked out for the worst findings, as far as that
// is a matter of moments: each evaluates access anew. The bounds count work and
// not time, so that a report is the same on every machine.
const (
	mostCuts      = 60      // findings
	mostCutPeople = 300     // principals of a finding
	mostCutGrants = 200_000 // grants of the snapshot
)

// Why a finding has no cut.
const (
	noCutReach   = "Not worked out: this finding is not about reach into a tenant or division that changes could end one by one; see the fix."
	noCutTargets = "Not worked out: the finding is about several targets; ask grantgraph cut for each."
	noCutLarge   = "Not worked out in the report, for the snapshot is too large or the finding too wide; grantgraph cut works it out."
	noCutNone    = "No changes that may be proposed end it."
)

// addCuts gives the findings the smallest sets of changes that end them.
func (b *builder) addCuts(r *rules.Result) {
	if r == nil {
		return
	}
	done := 0
	for i := range b.d.Findings {
		f := &b.d.Findings[i]
		if done == mostCuts {
			if _, _, note := cutQuestion(&f.Finding); note == "" {
				f.CutNote = noCutLarge
			} else {
				f.CutNote = note
			}
			continue
		}
		worked, err := b.addCut(f)
		if err != nil {
			f.CutNote = "Not worked out: " + err.Error() + "."
		}
		if worked {
			done++
		}
	}
}

// addCut works out the cut of a finding, and reports whether that was work.
func (b *builder) addCut(f *Finding) (bool, error) {
	name, permissions, note := cutQuestion(&f.Finding)
	switch {
	case note != "":
		f.CutNote = note
		return false, nil
	case b.g.Grants() > mostCutGrants || len(f.People) > mostCutPeople || len(f.People) < f.Count:
		f.CutNote = noCutLarge
		return false, nil
	}
	who := graph.NewSet(b.g.Principals())
	for _, p := range f.People {
		if p < 0 {
			f.CutNote = noCutReach
			return false, nil
		}
		who.Add(uint32(p))
	}
	to, _, err := b.m.FindTarget(name)
	if err != nil {
		return false, err
	}
	a, err := b.m.Cut(analyzer.Source{
		Ref: analyzer.TargetRef{Kind: authz.KindTenant, ID: f.Fingerprint, Name: "finding " + f.Fingerprint}, Principals: who,
	}, to, analyzer.CutOptions{Permissions: permissions})
	if errors.Is(err, analyzer.ErrNoCut) {
		f.CutNote = noCutNone
		return true, nil
	}
	if err != nil {
		return true, err
	}
	b.tellCut(f, a)
	return true, nil
}

func (b *builder) tellCut(f *Finding, a *analyzer.CutAnswer) {
	f.Cut = []string{}
	for _, c := range a.Changes {
		f.Cut = append(f.Cut, c.Text)
	}
	f.CutNote = "Verified: with these changes made, nobody of the finding has the access shown as evidence."
	if a.Exact {
		f.CutNote += " No set of changes costs less."
	} else {
		f.CutNote += fmt.Sprintf(" It costs %d; none costs less than %d.", a.Price, a.Bound)
	}
	if more := f.Finding.Facts - len(f.Evidence); more > 0 {
		f.CutNote += fmt.Sprintf(" %s of the finding are not among the evidence.", plural(more, "more fact", "more facts"))
	}
	if n := a.Collateral.Principals; n > 0 {
		f.CutNote += fmt.Sprintf(" Beside it they take access from %s; grantgraph cut tells which.", plural(n, "principal", "principals"))
	}
}

// cutQuestion is what a finding's access facts ask: into which target, by which
// permissions. The note says why there is no such question.
func cutQuestion(f *rules.Finding) (target string, permissions []string, note string) {
	for i := range f.Evidence {
		e := &f.Evidence[i]
		if e.Fact != "access" {
			return "", nil, noCutReach
		}
		to, permission := "", ""
		for _, x := range e.Fields {
			switch {
			case x.Name == "permission":
				permission = x.Value
			case x.Name == "target_tenant" && x.Value != "":
				to = "tenant:" + x.Value
			case x.Name == "division" && x.Value != "" && to == "":
				to = "division:" + x.Value
			}
		}
		if to == "" || permission == "" {
			return "", nil, noCutReach
		}
		if target != "" && to != target {
			return "", nil, noCutTargets
		}
		target = to
		if !slices.Contains(permissions, permission) {
			permissions = append(permissions, permission)
		}
	}
	if target == "" {
		note = noCutReach
	}
	return target, permissions, note
}
