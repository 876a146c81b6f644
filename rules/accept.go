package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
)

// An acceptance holds the accept entries of the configuration.
type acceptance struct {
	x       *index
	entries []acceptEntry
	use     []acceptUse
}

// An acceptUse is what became of one entry.
type acceptUse struct {
	findings               int // that it names
	outgrown, selfApproved bool
}

type acceptEntry struct {
	config.Accept
	named   graph.Set // principals that it names; nil: anybody
	missing []string  // references that stand for nobody
}

func newAcceptance(x *index) *acceptance {
	a := &acceptance{x: x}
	for _, c := range x.m.Config.Accept {
		e := acceptEntry{Accept: c}
		if len(c.Principals) > 0 {
			e.named = graph.NewSet(x.g.Principals())
		}
		for _, ref := range c.Principals {
			s, err := x.m.PrincipalsOf(ref)
			if err != nil {
				e.missing = append(e.missing, ref)
				continue
			}
			e.named.Or(s)
		}
		a.entries = append(a.entries, e)
	}
	a.use = make([]acceptUse, len(a.entries))
	return a
}

// judge returns the entry that accepts a finding. Where entries speak of it and
// none does, the finding says why.
func (a *acceptance) judge(d *draft, f *Finding) (*acceptEntry, bool) {
	var why []string
	for i := range a.entries {
		e := &a.entries[i]
		if !e.means(d) {
			continue
		}
		reason := a.refusal(e, d)
		if reason == "" {
			return e, true
		}
		why = append(why, fmt.Sprintf("%s: %s", e.Pos, reason))
	}
	f.Acceptance = clean(strings.Join(why, "; "))
	return nil, false
}

// means reports whether an entry names a finding: by fingerprint, by the
// beginning of one and "…", or by its rule.
func (e *acceptEntry) means(d *draft) bool {
	for _, dots := range []string{"…", "..."} {
		if start, ok := strings.CutSuffix(e.Finding, dots); ok {
			return strings.HasPrefix(d.print, start) && strings.HasPrefix(start, d.rule.id+"/")
		}
	}
	return e.Finding == d.print || e.Finding == d.rule.id
}

// note counts which findings entries name, before any of them is judged.
func (a *acceptance) note(drafts []*draft) {
	for i := range a.entries {
		e := &a.entries[i]
		for _, d := range drafts {
			if !e.means(d) {
				continue
			}
			u := &a.use[i]
			u.findings++
			u.outgrown = u.outgrown || e.AtMost > 0 && len(d.members) > e.AtMost || e.named != nil && len(a.extra(e, d)) > 0
			u.selfApproved = u.selfApproved || a.approver(e, d) >= 0
		}
	}
}

// approver is the position of the entry's approver among a finding's principals; -1: none.
func (a *acceptance) approver(e *acceptEntry, d *draft) int {
	return slices.IndexFunc(d.members, func(p uint32) bool { return a.x.isApprover(p, e.ApprovedBy) })
}

// extra are the principals of a finding that an entry does not name.
func (a *acceptance) extra(e *acceptEntry, d *draft) []uint32 {
	var out []uint32
	for _, p := range d.members {
		if !e.named.Has(p) {
			out = append(out, p)
		}
	}
	return out
}

// refusal says why an entry that names a finding does not accept it.
func (a *acceptance) refusal(e *acceptEntry, d *draft) string {
	switch {
	case e.Reason == "":
		return "the acceptance gives no reason"
	case e.ApprovedBy == "":
		return "nobody approved the acceptance"
	case e.Until.IsZero():
		return "the acceptance has no last day"
	case a.x.m.Now.After(e.Until):
		return "the acceptance expired on " + e.Until.UTC().Format("2006-01-02")
	case e.AtMost > 0 && len(d.members) > e.AtMost:
		return fmt.Sprintf("outgrown: %d principals where at most %d are accepted", len(d.members), e.AtMost)
	}
	if a.approver(e, d) >= 0 {
		return fmt.Sprintf("%s approved it and is one of the principals", inert(e.ApprovedBy))
	}
	if e.named == nil {
		return ""
	}
	extra := a.extra(e, d)
	if len(extra) == 0 {
		return ""
	}
	var names []string
	for _, p := range extra[:min(len(extra), namesShown)] {
		names = append(names, principalName(a.x.m.Ref(p)))
	}
	return "outgrown: it does not name " + listed("principal", names, len(extra))
}

func (x *index) isApprover(p uint32, approver string) bool {
	email := x.g.Principal(p).Email
	return email != "" && strings.EqualFold(email, approver)
}
