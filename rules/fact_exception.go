package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// An exceptionRow is one entry of the configuration that lets something be.
type exceptionRow struct {
	kind, entry, approver, reason string
	until                         time.Time
	expired, outgrown             bool
	used, most                    int
	at                            string // where it stands
	members                       []uint32
	selfApproved                  bool
	span                          time.Duration // from now to its last day
}

func exceptionFact() *fact {
	type row = exceptionRow
	f := &fact{name: "exception", doc: "an allow or accept entry, or a shared division, of the configuration", rows: exceptionRows}
	f.fields = []field{
		text("kind", "allow, accept or shared", func(_ *index, r *row) string { return r.kind }),
		text("entry", "what the entry is about", func(_ *index, r *row) string { return r.entry }),
		text("approver", "who approved it; empty if nobody is named", func(_ *index, r *row) string { return r.approver }),
		text("reason", "why; empty if no reason is given", func(_ *index, r *row) string { return r.reason }),
		moment("until", "its last moment; ask until_known first", func(_ *index, r *row) time.Time { return r.until }),
		flag("until_known", "whether it has a last day", func(_ *index, r *row) bool { return !r.until.IsZero() }),
		flag("expired", "whether its last day has passed", func(_ *index, r *row) bool { return r.expired }),
		flag("outgrown", "whether it is used by more than it speaks of", func(_ *index, r *row) bool { return r.outgrown }),
		number("used", "the number of principals whose access an allow entry covers, or of findings that an accept entry names; -1 for shared divisions", func(_ *index, r *row) int { return r.used }),
		number("principals", "the number of principals whose access an allow entry covers; 0 for the other kinds", func(_ *index, r *row) int { return len(r.members) }),
		text("at", "where the entry stands: file, line and column", func(_ *index, r *row) string { return r.at }),
		texts("wrong", "what is wrong with it, in words", func(_ *index, r *row) []string { return r.wrong() }),
		flag("self_approved", "whether its approver is one of the principals that it covers", func(_ *index, r *row) bool { return r.selfApproved }),
		span("remaining", "how long until its last day; 0 if it has none or it has passed", func(_ *index, r *row) time.Duration { return max(r.span, 0) }),
		number("at_most", "the highest number of principals; 0 if none is given", func(_ *index, r *row) int { return r.most }),
	}
	f.selectors = []selector{
		{name: "kind", kind: selWords, words: []string{"allow", "accept", "shared"}, doc: "kind of the entry"},
		{name: "expired", kind: selFlag, doc: "whether its last day has passed"},
	}
	f.members = func(_ *index, r any) []uint32 { return r.(*row).members }
	f.records = func(_ *index, r any) []record {
		return []record{{"", analyzer.TargetRef{Kind: authz.KindOther, ID: r.(*row).entry, Name: r.(*row).kind}}}
	}
	f.org = func(*index, any) string { return "" }
	return f
}

func exceptionRows(x *index, q *query, visit func(any) error) error {
	for _, r := range x.exceptions() {
		if !q.has("kind", r.kind) || !q.is("expired", r.expired) {
			continue
		}
		if err := visit(&r); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) exceptions() []exceptionRow {
	var out []exceptionRow
	for _, e := range x.m.Exceptions() {
		r := exceptionRow{
			kind: "allow", approver: e.Allow.ApprovedBy, reason: e.Allow.Reason, until: e.Allow.Until, at: e.Allow.Pos.String(),
			entry:   fmt.Sprintf("%s → %s: %s", e.Allow.From, strings.Join(e.Allow.To, ", "), strings.Join(e.Allow.Permissions, ", ")),
			expired: e.Expired, outgrown: e.Outgrown, used: e.Used, most: e.Allow.AtMost, members: slices.Collect(e.By.All()),
		}
		if len(e.Allow.Principals) > 0 {
			r.entry += " for " + strings.Join(e.Allow.Principals, ", ")
		}
		out = append(out, x.finishException(r))
	}
	for i, a := range x.m.Config.Accept {
		r := exceptionRow{
			kind: "accept", entry: a.Finding, approver: a.ApprovedBy, reason: a.Reason, until: a.Until, at: a.Pos.String(),
			expired: !a.Until.IsZero() && x.m.Now.After(a.Until), most: a.AtMost,
		}
		if x.accepted != nil {
			use := x.accepted.use[i]
			r.used, r.outgrown, r.selfApproved = use.findings, use.outgrown, use.selfApproved
		}
		out = append(out, x.finishException(r))
	}
	for _, s := range x.m.Config.Shared {
		out = append(out, exceptionRow{kind: "shared", entry: s.Division + ": " + strings.Join(s.Permissions, ", "), used: -1, at: s.Pos.String()})
	}
	return out
}

// longTerm is how long an exception may run at most before it is called long.
const longTerm = 366 * 24 * time.Hour

// wrong says why an exception does not stand, for a sentence.
func (r *exceptionRow) wrong() []string {
	var out []string
	for _, w := range []struct {
		is   bool
		what string
	}{
		{r.reason == "", "gives no reason"},
		{r.approver == "", "names no approver"},
		{r.until.IsZero(), "has no last day"},
		{r.expired, "is past its last day"},
		{r.span > longTerm, "runs for more than a year"},
		{r.outgrown, "is used by more than it speaks of"},
		{r.selfApproved, "was approved by one whom it covers"},
		{r.used == 0, "is used by nobody"},
	} {
		if w.is && r.kind != "shared" {
			out = append(out, w.what)
		}
	}
	return out
}

func (x *index) finishException(r exceptionRow) exceptionRow {
	if !r.until.IsZero() {
		r.span = r.until.Sub(x.m.Now)
	}
	if r.approver != "" {
		r.selfApproved = r.selfApproved || slices.ContainsFunc(r.members, func(p uint32) bool { return x.isApprover(p, r.approver) })
	}
	return r
}
