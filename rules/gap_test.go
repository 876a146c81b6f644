package rules_test

import (
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/rules"
)

// No list can be left out so that a finding is there no more and the audit says
// nothing of the list; and each list that rules read is told, findings or not.
func TestMissingListIsToldByAudit(t *testing.T) {
	t.Parallel()
	base := bases(t)["told"]
	set := shipped(t)
	before := auditOf(t, base, base.Records, set)
	if len(before.Findings) < 20 {
		t.Fatalf("only %d findings", len(before.Findings))
	}
	org := base.Records.Organization[0].ID
	for _, l := range authz.Lists() {
		for _, status := range []authz.Status{authz.StatusAbsent, authz.StatusRefused, authztest.Silence} {
			after := auditOf(t, base, authztest.Without(base.Records, org, l, status), set)
			if after == nil {
				continue // the configuration names what is gone: an error, and no answer
			}
			told := slices.ContainsFunc(after.Coverage.Gaps, func(g analyzer.Gap) bool { return g.Kind == l && g.Org == org })
			var gone []string
			for _, f := range before.Findings {
				if !slices.ContainsFunc(after.Findings, func(g rules.Finding) bool { return g.Fingerprint == f.Fingerprint }) {
					gone = append(gone, f.Rule+" "+f.Title)
				}
			}
			if len(gone) > 0 && !told {
				t.Errorf("without %s (%q) the audit names no gap, and lacks %v", l, status, gone)
			}
			if !told && slices.Contains(analyzer.Touches(l), analyzer.QuestionRules) {
				t.Errorf("without %s (%q) the audit names no gap", l, status)
			}
		}
	}
}

// auditOf is nil if the configuration does not fit the records.
func auditOf(t *testing.T, base rules.Base, r *authz.Records, set *rules.Set) *rules.Result {
	t.Helper()
	c, err := config.Parse("grantgraph.yaml", base.Config)
	if err != nil {
		t.Fatal(err)
	}
	m, err := analyzer.Build(r.Clone(), analyzer.Options{Config: c})
	if err != nil {
		return nil
	}
	res, err := rules.Audit(t.Context(), m, set, rules.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return res
}
