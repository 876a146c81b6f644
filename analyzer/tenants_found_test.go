package analyzer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// found are organizations on which the analyzer and the reference evaluator once
// disagreed, made as small as they go, and what both say now.
func found() []struct{ about, records, config, principal, want string } {
	return []struct{ about, records, config, principal, want string }{
		{
			"a division that only a user names is a tenant too", `user ada in stray
role look routing:queue:view
grant ada look other`, "version: 1\n",
			"user:ada", "stray by division; stray → other 1",
		},
		{
			"two divisions of one organization whose names differ in case only are two tenants", `division d1 name=Sales
division d2 name=SALES
catalogue routing:queue:view aware
user ada in d1
role look routing:queue:view
grant ada look d2`, "version: 1\n",
			"user:ada", "Sales by division; Sales → SALES (d2) 1",
		},
		{
			"a division named Internal is not Home", `division h name=Home home
division i name=Internal
catalogue routing:queue:view aware
user ada in i
role look routing:queue:view
grant ada look h`, "version: 1\n",
			"user:ada", "Internal (i) by division; Internal (i) → Internal 1",
		},
		{
			"a shared division is shared without tenants in the configuration too", `division d1
division s
user ada in s`, "version: 1\nshared:\n  - {division: s, permissions: [\"routing:queue:view\"]}\n",
			"user:ada", "Unassigned by none;",
		},
		{
			"two tenants name a trustee, by id and by name: a disagreement", `trust p1 full name="Partner One"`,
			"version: 1\ntenants:\n  - {name: A, organizations: [Partner One]}\n  - {name: B, organizations: [p1]}\n",
			"trustee_organization:p1", "A by organization, disputed;",
		},
		{
			"a trustee's user that a grant names is at home in the snapshot", `trust p1
role r1 routing:queue:view
grant trustee_user:pia r1 *
org p1
user pia email=pia@partner.example`, "version: 1\n",
			"trustee_user:pia", "p1 by organization;",
		},
		{
			"total control alone reaches organization-wide", `division d3
user eve
user lee
group bosses eve
role r1 legacy admin
grant group:bosses r1 d3`, "version: 1\n",
			"user:eve", "Unassigned by none; Unassigned → d3 0 + 1",
		},
		{
			"a permission that everybody may hold through a role that was not read is a baseline", `catalogue user:user:impersonate unlimited
missing roles
user eve
division d
grant eve rx *`, "version: 1\n",
			"user:eve", "Unassigned by none; baseline user:user:impersonate",
		},
		{
			"the first tenant of the configuration decides between two groups", `user ada
group g1 ada name="Other g1"
group g2 ada name=B-g2`, "version: 1\ntenants:\n  - {name: A, groups: [\"b-*\"]}\n  - {name: B, groups: [\"Other g?\"]}\n",
			"user:ada", "A by group, disputed;",
		},
		{
			"a client that a tenant names is not decided by another's pattern", `client c1 name="Bot c1"`,
			"version: 1\ntenants:\n  - {name: A, clients: [\"bot c?\"]}\n  - {name: B, principals: [\"client:c1\"]}\n",
			"oauth_client:c1", "B by name, disputed;",
		},
		{
			"a group of which nobody knows the name matches no pattern", `missing groups users
members group:tx nobody
user ada`, "version: 1\ntenants:\n  - {name: A, groups: [\"*\"]}\n",
			"unknown:nobody", "Unassigned by none;",
		},
	}
}

func TestTenantsFound(t *testing.T) {
	t.Parallel()
	for _, c := range found() {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			r := authztest.Parse(t, c.records)
			if diff := tenantDisagreements(t, setup{records: r, written: c.config}, newTally()); len(diff) > 0 {
				t.Errorf("analyzer and reference disagree:\n%s", strings.Join(diff, "\n"))
			}
			m := mustConfigured(t, c.records, c.config)
			if got := summary(t, m, c.principal); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s; want %s", got, c.want)
			}
		})
	}
}

// summary says where a principal belongs, which cells there are, and what all hold.
func summary(t *testing.T, m *analyzer.Model, principal string) string {
	t.Helper()
	kind, id, _ := strings.Cut(principal, ":")
	k, err := authz.ParseKind(kind)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := m.Graph.FindPrincipal(authz.Key{Org: "o", Kind: k, ID: id})
	if !ok {
		t.Fatalf("no principal %s", principal)
	}
	return summaryOf(m, p)
}

func summaryOf(m *analyzer.Model, p uint32) string {
	of := m.Tenants.Of(p)
	out := m.Tenants.Tenants[of.Tenant].Name + " by " + of.By
	if of.Disputed() {
		out += ", disputed"
	}
	out += ";"
	x := m.Matrix()
	for _, c := range x.Cells {
		out += fmt.Sprintf(" %s → %s %d", c.From, c.To, c.Principals)
		if c.OrganizationWide > 0 {
			out += fmt.Sprintf(" + %d", c.OrganizationWide)
		}
	}
	if len(x.Baseline) > 0 {
		out += " baseline " + strings.Join(x.Baseline, " ")
	}
	return out
}
