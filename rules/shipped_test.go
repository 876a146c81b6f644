package rules_test

import (
	"testing"

	"github.com/grantgraph/grantgraph/rules"
)

// TestShippedRules runs the tests that stand beside each rule that ships.
func TestShippedRules(t *testing.T) {
	t.Parallel()
	results, err := rules.Test(t.Context(), shipped(t), bases(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if !r.OK {
			t.Errorf("%s, test %d (%s, base %s) names %v; want %v\n%s", r.Rule, r.Case, r.Position, r.Base, r.Got, r.Want, r.Detail)
		}
	}
}
