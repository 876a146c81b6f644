package rules

import (
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// TestGuidesRolesAreSound makes the roles that the guides recommend, as they write
// them, and assigns them as they say: nothing above low is found that was not
// found before. The same roles assigned wrongly are.
func TestGuidesRolesAreSound(t *testing.T) {
	t.Parallel()
	guide := func(name, scope string, groups ...string) authz.Policy {
		return authz.Policy{Guide: name, Scope: scope, ScopeGroups: groups}
	}
	supervisor := []authz.Policy{guide("Routing > Queue > View", ""), guide("Analytics > Conversation Detail > View", ""), guide("Quality > Evaluation > View", ""), guide("Quality > Evaluation > Add", ""), guide("Directory > User > View", "")}
	support := []authz.Policy{guide("Analytics > Conversation Detail > View", ""), guide("Quality > Evaluation > View", ""), guide("Architect > Flow > View", ""), guide("Routing > Queue > View", ""), guide("Directory > User > View", "")}
	tests := []struct {
		name, role string
		lines      []authz.Policy
		subject    authz.Key
		divisions  []string
		sound      bool
	}{
		{"supervisor in one division", "BPO_Partner_Supervisor", supervisor, user("u-bo"), []string{"BPO_B"}, true},
		{"supervisor everywhere", "BPO_Partner_Supervisor", supervisor, user("u-bo"), []string{"*"}, false},
		{"restricted agent", "BPO Agent - Restricted X", []authz.Policy{
			guide("Telephony > Agent: Access", "All"), guide("Telephony > Call Control: Access", "All"), guide("Routing > Queue: View", "Assigned"),
			guide("Reporting > Reporting Data: View", "Assigned"), guide("Interaction > Transcript: View", "Assigned"), guide("User > Profile: View", "Self"),
		}, user("u-ben"), []string{"BPO_B"}, true},
		{"agent with all figures", "BPO Agent - Restricted X", []authz.Policy{guide("Routing > Queue: View", "Assigned"), guide("Reporting > Reporting Data: View", "All")}, user("u-ben"), []string{"BPO_B"}, false},
		{"integration limited to a group", "Service - BPO Integration", []authz.Policy{
			guide("user:impersonate", "group", "g-bpo-a-agents"), guide("user:read", "group", "g-bpo-a-agents"),
		}, user("u-hanna"), []string{"HR"}, true},
		{"integration for all", "Service - BPO Integration", []authz.Policy{guide("user:impersonate", "all"), guide("user:read", "all")}, user("u-hanna"), []string{"HR"}, false},
		{"telephony manager with scope team", "SS-CX-Telephony-Manager", []authz.Policy{
			guide("telephony_queues:read", ""), guide("telephony_queues:edit", "team"), guide("users:read", ""), guide("reports:read", "organization"), guide("analytics:read", ""),
		}, user("u-hanna"), []string{"HR"}, true},
		{"telephony manager everywhere", "SS-CX-Telephony-Manager", []authz.Policy{guide("telephony_queues:edit", "organization")}, user("u-hanna"), []string{"*"}, false},
		{"support in the partner's divisions", "Partner Support - X", support, user("u-petra"), []string{"Partner_Acme"}, true},
		{"support everywhere", "Partner Support - X", support, user("u-petra"), []string{"*"}, false},
	}
	base := shippedBases(t)["clean"]
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before := map[string]bool{}
			for _, f := range guideFindings(t, base, nil) {
				before[f.Fingerprint] = true
			}
			worst := Severity(0)
			for _, f := range guideFindings(t, base, func(r *authz.Records) {
				org := r.Organization[0].ID
				r.Role = append(r.Role, authz.Role{Org: org, ID: "role-guide", Name: tt.role, Policies: tt.lines})
				tt.subject.Org = org
				for _, name := range tt.divisions {
					id := name
					for _, d := range r.Division {
						if d.Name == name {
							id = d.ID
						}
					}
					r.Grant = append(r.Grant, authz.Grant{Org: org, Subject: tt.subject, Role: "role-guide", Division: id, MadeAt: r.About.TakenAt})
				}
			}) {
				if before[f.Fingerprint] {
					continue
				}
				worst = max(worst, f.Severity)
				if tt.sound && f.Severity > Low {
					t.Errorf("%s %s: %s", f.Severity, f.Rule, f.Message)
				}
			}
			if !tt.sound && worst <= Low {
				t.Error("nothing above low is found")
			}
		})
	}
}

func user(id string) authz.Key { return authz.Key{Kind: authz.KindUser, ID: id} }

func guideFindings(t *testing.T, b Base, change func(*authz.Records)) []Finding {
	t.Helper()
	r := b.Records.Clone()
	if change != nil {
		change(r)
	}
	c, err := config.Parse("clean.yaml", b.Config)
	if err != nil {
		t.Fatal(err)
	}
	c.Naming = config.Naming{} // the guides' names follow conventions of their own
	m, err := analyzer.Build(r, analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	extra, err := ReadExtra(r)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Load(Shipped(), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := Audit(t.Context(), m, set, AuditOptions{Extra: extra, Reasons: -1})
	if err != nil {
		t.Fatal(err)
	}
	return res.Findings
}
