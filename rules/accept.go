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
	if i := slices.IndexFunc(d.members, func(p uint32) bool { return a.x.isApprover(p, e.ApprovedBy) }); i >= 0 {
		return fmt.Sprintf("%s approved it and is one of the principals", inert(e.ApprovedBy))
	}
	if e.named == nil {
		return ""
	}
	var extra []string
	total := 0
	for _, p := range d.members {
		if !e.named.Has(p) {
			if total++; total <= namesShown {
				extra = append(extra, principalName(a.x.m.Ref(p)))
			}
		}
	}
	if total > 0 {
		return "outgrown: it does not name " + listed("principal", extra, total)
	}
	return ""
}

func (x *index) isApprover(p uint32, approver string) bool {
	email := x.g.Principal(p).Email
	return email != "" && strings.EqualFold(email, approver)
}
