package rules

import (
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

func coverageFact() *fact {
	type row = authz.Coverage
	f := &fact{name: "coverage", doc: "a line of the snapshot's ledger: what was asked for, what came, and how", rows: coverageRows}
	f.fields = []field{
		text("org", "id of the organization; empty if the line speaks of all", func(_ *index, r *row) string { return r.Org }),
		text("kind", "the list: users, roles, grants …", func(_ *index, r *row) string { return string(r.List) }),
		text("source", "the endpoint or file", func(_ *index, r *row) string { return r.Source }),
		text("status", "complete, partial, refused, failed, absent, not_applicable or reading", func(_ *index, r *row) string { return string(r.Status) }),
		flag("gap", "whether it tells of something that the snapshot lacks", func(_ *index, r *row) bool { return r.IsGap() }),
		flag("touches_access", "whether what it lacks can change who has access", func(_ *index, r *row) bool {
			return slices.Contains(analyzer.Touches(r.List), analyzer.QuestionAccess)
		}),
		number("expected", "the number of records that the source announced; -1 if it announced none", func(_ *index, r *row) int { return int(r.Expected) }),
		flag("expected_known", "whether the source announced a number", func(_ *index, r *row) bool { return r.Expected >= 0 && r.Status != authz.StatusReading }),
		number("received", "the number of records that were kept", func(_ *index, r *row) int { return int(r.Received) }),
		text("numbers", "how many records were kept, and of how many, in words", func(_ *index, r *row) string { return numbers(r) }),
		text("reason", "why", func(_ *index, r *row) string { return r.Reason }),
		text("missing_permission", "the permission that the credential lacked", func(_ *index, r *row) string { return r.MissingPermission }),
	}
	f.selectors = []selector{
		{name: "status", kind: selWords, words: []string{"complete", "partial", "refused", "failed", "absent", "not_applicable", "reading"}, doc: "status of the line"},
		{name: "gap", kind: selFlag, doc: "whether it tells of something that the snapshot lacks"},
	}
	f.members = func(*index, any) []uint32 { return nil }
	f.records = func(_ *index, r any) []record {
		c := r.(*row)
		return []record{{c.Org, analyzer.TargetRef{Kind: authz.KindOther, ID: string(c.List), Name: c.Source}}}
	}
	f.org = func(_ *index, r any) string { return r.(*row).Org }
	return f
}

func coverageRows(x *index, q *query, visit func(any) error) error {
	lines := slices.Clone(x.g.Coverage())
	slices.SortStableFunc(lines, compareCoverage)
	for i := range lines {
		c := &lines[i]
		if !q.has("status", string(c.Status)) || !q.is("gap", c.IsGap()) {
			continue
		}
		if err := visit(c); err != nil {
			return err
		}
	}
	return nil
}

func numbers(c *authz.Coverage) string {
	if c.Expected < 0 {
		return fmt.Sprintf("%d records", c.Received)
	}
	return fmt.Sprintf("%d of %d records", c.Received, c.Expected)
}
