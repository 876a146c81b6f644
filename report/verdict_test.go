package report

import (
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
)

func TestVerdict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		v    Verdict
		want Standing
		says string
	}{
		{"nobody, all known", Verdict{}, StandingIsolated, "isolated"},
		{"nobody, a gap", Verdict{Unknown: []string{"users (refused)"}}, StandingUnknown, "Not known: users (refused)."},
		{"all allowed", Verdict{Outside: 2, Allowed: 2, Widest: graph.Whole}, StandingAgreed, "cover all of them"},
		{"all allowed, a gap", Verdict{Outside: 2, Allowed: 2, Widest: graph.Whole, Unknown: []string{"x"}}, StandingUnknown, "Not known: x."},
		{"one not allowed", Verdict{Outside: 3, Allowed: 2, Widest: graph.Whole}, StandingReached, "1 is not allowed"},
		{"conditional only", Verdict{Outside: 1, Widest: graph.Conditional}, StandingReached, "widest reach: conditional"},
		{"organization-wide only", Verdict{OrganizationWide: 4}, StandingWide, "4 outsiders reach its data"},
		{"many unknown", Verdict{Unknown: []string{"a", "b", "c", "d", "e"}}, StandingUnknown, "and 2 more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.v.Tenant = "T"
			c.v.Standing = standing(&c.v)
			if c.v.Standing != c.want {
				t.Errorf("standing %s; want %s", c.v.Standing, c.want)
			}
			s := sentence(&c.v)
			if !strings.Contains(s, c.says) {
				t.Errorf("%q does not say %q", s, c.says)
			}
			if known := c.v.Outside+c.v.OrganizationWide+len(c.v.Unknown) == 0; strings.Contains(s, "isolated") != known {
				t.Errorf("%q: isolated must be said only if nothing speaks against it", s)
			}
		})
	}
}
