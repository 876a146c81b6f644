package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/internal/parallel"
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

// cutJob is a finding whose cut is worked out.
type cutJob struct {
	f           *Finding
	who         graph.Set
	to          analyzer.Target
	permissions []string
}

// addCuts gives the findings the smallest sets of changes that end them, several at
// a time: each is worked out for itself.
func (b *builder) addCuts() {
	var jobs []cutJob
	for i := range b.d.Findings {
		f := &b.d.Findings[i]
		j, note := b.cutJob(f)
		switch {
		case note != "":
			f.CutNote = note
		case len(jobs) == mostCuts:
			f.CutNote = noCutLarge
		default:
			jobs = append(jobs, j)
		}
	}
	parallel.For(len(jobs), func(i int) { b.cut(jobs[i]) })
}

// cutJob asks for the cut of a finding; the note says why that is not done.
func (b *builder) cutJob(f *Finding) (cutJob, string) {
	name, permissions, note := cutQuestion(&f.Finding)
	switch {
	case note != "":
		return cutJob{}, note
	case b.g.Grants() > mostCutGrants || len(f.People) > mostCutPeople || len(f.People) < f.Count:
		return cutJob{}, noCutLarge
	}
	who := graph.NewSet(b.g.Principals())
	for _, p := range f.People {
		if p < 0 {
			return cutJob{}, noCutReach
		}
		who.Add(uint32(p))
	}
	to, _, err := b.m.FindTarget(name)
	if err != nil {
		return cutJob{}, "Not worked out: " + err.Error() + "."
	}
	return cutJob{f, who, to, permissions}, ""
}

func (b *builder) cut(j cutJob) {
	a, err := b.m.Cut(analyzer.Source{
		Ref: analyzer.TargetRef{Kind: authz.KindTenant, ID: j.f.Fingerprint, Name: "finding " + j.f.Fingerprint}, Principals: j.who,
	}, j.to, analyzer.CutOptions{Permissions: j.permissions})
	switch {
	case errors.Is(err, analyzer.ErrNoCut):
		j.f.CutNote = noCutNone
	case err != nil:
		j.f.CutNote = "Not worked out: " + err.Error() + "."
	default:
		b.tellCut(j.f, a)
	}
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
