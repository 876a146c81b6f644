package analyzer_test

import (
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A principal of a trustee organization is written name@organization, and who
// has no state is active.
func TestRef(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
trust T name=Partner
trust W full name=All
user ada in a name=Ada
user out in b name=Out state=inactive
user eve trustee=T name=Eve
user fay trustee=U name=Fay
role r x:y:z
grant eve r
grant fay r
`, tenants)
	for k, want := range map[authz.Key][4]string{
		{Org: "o", Kind: authz.KindUser, ID: "ada"}:              {"Ada", "active", "a", "BPO_A"},
		{Org: "o", Kind: authz.KindUser, ID: "out"}:              {"Out", "inactive", "b", "BPO_B"},
		{Org: "o", Kind: authz.KindTrusteeUser, ID: "eve"}:       {"Eve@Partner", "active", "", "Partner"},
		{Org: "o", Kind: authz.KindTrusteeUser, ID: "fay"}:       {"Fay@U", "active", "", "trustee U"},
		{Org: "o", Kind: authz.KindTrusteeOrganization, ID: "W"}: {"All", "active", "", "All"},
	} {
		p, ok := m.Graph.FindPrincipal(k)
		if !ok {
			t.Fatalf("no %s", k)
		}
		r := m.Ref(p)
		if got := [4]string{r.Name, r.State, r.Division.ID, r.Tenant}; got != want {
			t.Errorf("%s: %q; want %q", k, got, want)
		}
		if m.External().Has(p) != r.External {
			t.Errorf("%s is external: %v", k, r.External)
		}
	}
}
