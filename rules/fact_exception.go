package rules

import (
	"fmt"
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
		flag("outgrown", "whether more principals use an allow entry than it speaks of; false for the other kinds", func(_ *index, r *row) bool { return r.outgrown }),
		number("used", "the number of principals whose access an allow entry covers; -1 for the other kinds", func(_ *index, r *row) int { return r.used }),
		number("at_most", "the highest number of principals; 0 if none is given", func(_ *index, r *row) int { return r.most }),
	}
	f.selectors = []selector{
		{name: "kind", kind: selWords, words: []string{"allow", "accept", "shared"}, doc: "kind of the entry"},
		{name: "expired", kind: selFlag, doc: "whether its last day has passed"},
	}
	f.members = func(*index, any) []uint32 { return nil }
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
		out = append(out, exceptionRow{
			kind: "allow", approver: e.Allow.ApprovedBy, reason: e.Allow.Reason, until: e.Allow.Until,
			entry:   fmt.Sprintf("%s → %s: %s", e.Allow.From, strings.Join(e.Allow.To, ", "), strings.Join(e.Allow.Permissions, ", ")),
			expired: e.Expired, outgrown: e.Outgrown, used: e.Used, most: e.Allow.AtMost,
		})
	}
	for _, a := range x.m.Config.Accept {
		out = append(out, exceptionRow{
			kind: "accept", entry: a.Finding, approver: a.ApprovedBy, reason: a.Reason, until: a.Until,
			expired: !a.Until.IsZero() && x.m.Now.After(a.Until), used: -1, most: a.AtMost,
		})
	}
	for _, s := range x.m.Config.Shared {
		out = append(out, exceptionRow{kind: "shared", entry: s.Division + ": " + strings.Join(s.Permissions, ", "), used: -1})
	}
	return out
}
