package rules

import (
	"context"
	"fmt"
)

// compare says of each finding whether an earlier snapshot had it, and which
// findings of that one are no more. Fingerprints tell: they stay the same while
// the cause is the same.
func (r *Result) compare(ctx context.Context, set *Set, o AuditOptions, now []*draft) error {
	was, err := Audit(ctx, o.Before.Model, set, AuditOptions{Extra: o.Before.Extra, Evidence: o.Evidence, Reasons: -1, Principals: o.Principals, Workers: o.Workers})
	if err != nil {
		return fmt.Errorf("auditing the earlier snapshot: %w", err)
	}
	r.Baseline = o.Before.Model.Graph.Info().ID
	then := was.prints()
	for i := range r.Findings {
		if f := &r.Findings[i]; !then[f.Fingerprint] {
			f.Status = "new"
			r.Totals.New++
		}
	}
	today := map[string]bool{}
	for _, d := range now {
		today[d.print] = true
	}
	for _, f := range was.Findings {
		if !today[f.Fingerprint] {
			f.Status, f.Members = "fixed", nil
			r.Fixed = append(r.Fixed, f)
		}
	}
	r.Totals.Fixed = len(r.Fixed)
	return nil
}

// prints are the fingerprints of all findings, accepted and covered ones too.
func (r *Result) prints() map[string]bool {
	out := map[string]bool{}
	add := func(f Finding) {
		out[f.Fingerprint] = true
		for _, c := range f.Covers {
			out[c.Fingerprint] = true
		}
	}
	for _, f := range r.Findings {
		add(f)
	}
	for _, a := range r.Accepted {
		add(a.Finding)
	}
	return out
}
