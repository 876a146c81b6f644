package sample

import (
	"fmt"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

const org = "org-1"

// Hostile returns names that try to become more than names.
func Hostile() []string {
	return []string{
		`<script>window.pwned=1</script>`,
		`"><img src=x onerror="window.pwned=1">`,
		`</script><script>window.pwned=1</script>`,
		`<!--<script>`,
		`' onclick='window.pwned=1`,
		`javascript:window.pwned=1`,
		`{{.}}`,
		`=HYPERLINK("http://evil.example/","x")`,
		`+1+1`,
		`-2+3`,
		`@SUM(A1)`,
		"\tTab",
		"\rReturn",
		"two\nlines",
		"\u202Elive.txt\u202C",
		"line\u2028separator",
		"null\x00 bell\x07 escape\x1b[31mred",
		"not \xff utf-8",
		"_x003D_1",
		"'apostrophe",
		strings.Repeat("long name ", 1_000),
	}
}

const configuration = `version: 1
tenants:
  - {name: BPO_A, divisions: [BPO_A], email_domains: [bpo-a.example], external: true, owner: ops-a@bpo-a.example}
  - {name: BPO_B, divisions: [BPO_B], email_domains: [bpo-b.example], external: true}
  - {name: "<b>Evil & Co</b>/?#", divisions: [evil], email_domains: [evil.example], external: true}
  - {name: Internal, divisions: [Home], email_domains: [corp.example]}
allow:
  - {from: Internal, principals: ["group:QA"], at_most: 3, to: [BPO_A, BPO_B], permissions: ["recording:recording:view"], reason: QA sampling, approved_by: ciso@corp.example, until: 2027-03-31}
  - {from: Internal, to: [BPO_B], permissions: ["routing:queue:view"], reason: "=1+1", approved_by: "<i>x</i>", until: 2026-01-31}
`

func key(k authz.Kind, id string) authz.Key { return authz.Key{Org: org, Kind: k, ID: id} }

// Moment is when the small organization is told.
func Moment() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// Records returns the small organization.
func Records() *authz.Records {
	r := &authz.Records{
		About:        authz.Info{ID: "0123456789ab", TakenAt: Moment(), Digest: strings.Repeat("d1", 32), Seal: strings.Repeat("5e", 32), Source: "bundle"},
		Organization: []authz.Organization{{ID: org, Name: "Summit <Support> & Sons"}},
		Division: []authz.Division{
			{Org: org, ID: "home", Name: "Home", Home: true},
			{Org: org, ID: "a", Name: "BPO_A"},
			{Org: org, ID: "b", Name: "BPO_B"},
			{Org: org, ID: "evil", Name: "</title>\"'=evil"},
		},
		Group: []authz.Group{{Org: org, ID: "qa", Name: "QA"}, {Org: org, ID: "nested", Name: "Everyone <all>"}},
		Team:  []authz.Team{},
	}
	addPeople(r)
	addRoles(r)
	addGrants(r)
	for _, l := range authz.Lists() {
		c := authz.Coverage{Org: org, List: l, Source: string(l) + ".json", Status: authz.StatusComplete, Expected: 3, Received: 3, Started: Moment(), Ended: Moment()}
		if l == authz.ListAudits {
			c.Status, c.Expected, c.Received, c.Reason, c.MissingPermission = authz.StatusRefused, -1, 0, "403 <Forbidden>", "audits:audit:view"
		}
		r.CoverageLedger = append(r.CoverageLedger, c)
	}
	r.CoverageLedger = append(r.CoverageLedger, authz.Coverage{Org: org, List: authz.ListGrants, Status: authz.StatusReading, Expected: -1, Received: 2, Reason: "a grant without a division is read as all divisions"})
	return r
}

func addPeople(r *authz.Records) {
	add := func(id, name, mail, division, state string) {
		r.User = append(r.User, authz.User{Org: org, ID: id, Name: name, Email: mail, Division: division, State: state, LastToken: Moment().AddDate(0, 0, -len(r.User))})
	}
	add("ann", "Ann Agent", "ann@bpo-a.example", "a", "")
	add("bo", "Bo Boss", "bo@bpo-a.example", "a", "")
	add("cy", "Cy Clerk", "cy@bpo-b.example", "b", "")
	add("dee", "Dee Director", "dee@corp.example", "home", "")
	add("eve", "Eve Analyst", "eve@corp.example", "home", "")
	add("off", "Off Former", "off@bpo-b.example", "b", "inactive")
	for i, name := range Hostile() {
		add(fmt.Sprintf("h-%02d", i), name, fmt.Sprintf("h%d@evil.example", i), "evil", "")
	}
	r.Client = []authz.Client{
		{Org: org, ID: "c1", Name: "Vendor <b>WFM</b>", GrantType: "CLIENT-CREDENTIALS", TokenSeconds: 86400, Created: Moment().AddDate(-2, 0, 0), CreatedBy: "dee"},
		{Org: org, ID: "c2", Name: "=Portal()", GrantType: "CODE", Scopes: []string{"users", "analytics"}, Redirects: []string{"https://portal.example/<x>"}},
	}
	r.Member = []authz.MemberList{
		{Container: key(authz.KindGroup, "qa"), Members: []authz.Key{key(authz.KindUser, "eve"), key(authz.KindGroup, "nested")}},
		{Container: key(authz.KindGroup, "nested"), Members: []authz.Key{key(authz.KindUser, "h-00"), key(authz.KindUser, "h-02")}},
	}
}

func addRoles(r *authz.Records) {
	p := func(d, e, a string) authz.Policy { return authz.Policy{Domain: d, Entity: e, Action: a} }
	r.Role = []authz.Role{
		{Org: org, ID: "agent", Name: "Agent", Default: true, Policies: []authz.Policy{p("routing", "queue", "view")}},
		{Org: org, ID: "sup", Name: "Supervisor <script>alert(1)</script>", Policies: []authz.Policy{
			p("routing", "queue", "view"), p("recording", "recording", "view"), p("directory", "group", "edit"),
			{Domain: "quality", Entity: "evaluation", Action: "view", Scope: "group"},
		}},
		{Org: org, ID: "qa", Name: "QA", Policies: []authz.Policy{p("recording", "recording", "view"), p("recording", "*", "*")}},
		{Org: org, ID: "boss", Name: "Master Admin", Legacy: []string{"admin"}},
		{Org: org, ID: "heir", Name: "=Heir", Inherits: []string{"agent"}},
	}
	for _, x := range []struct {
		d, e, a string
		aware   bool
	}{
		{"routing", "queue", "view", true},
		{"recording", "recording", "view", true},
		{"quality", "evaluation", "view", true},
		{"directory", "group", "edit", false},
		{"analytics", "dataExport", "view", false},
	} {
		r.Permission = append(r.Permission, authz.Permission{Org: org, Domain: x.d, Entity: x.e, Action: x.a, DivisionAware: authz.TriOf(x.aware)})
	}
}

func addGrants(r *authz.Records) {
	add := func(subject authz.Key, role, division string) {
		r.Grant = append(r.Grant, authz.Grant{Org: org, Subject: subject, Role: role, Division: division, MadeAt: Moment().AddDate(0, -len(r.Grant), 0)})
	}
	add(key(authz.KindUser, "ann"), "agent", "a")
	add(key(authz.KindUser, "bo"), "sup", "a")
	add(key(authz.KindUser, "bo"), "sup", "b")
	add(key(authz.KindUser, "cy"), "heir", "b")
	add(key(authz.KindUser, "dee"), "boss", "*")
	add(key(authz.KindGroup, "qa"), "qa", "*")
	add(key(authz.KindUser, "off"), "sup", "*")
	add(key(authz.KindClient, "c1"), "qa", "b")
	add(key(authz.KindClient, "c2"), "qa", "b")
	add(key(authz.KindUser, "ghost"), "agent", "a")
	for i := range Hostile() {
		add(key(authz.KindUser, fmt.Sprintf("h-%02d", i)), "agent", "evil")
	}
	add(key(authz.KindUser, "h-01"), "sup", "a")
}

// Small returns the small organization's model and findings.
func Small() (*analyzer.Model, *rules.Result, error) {
	c, err := config.Parse("grantgraph.yaml", []byte(configuration))
	if err != nil {
		return nil, nil, err
	}
	m, err := analyzer.Build(Records(), analyzer.Options{Config: c})
	if err != nil {
		return nil, nil, err
	}
	return m, Findings(m), nil
}

// Findings makes findings about the small organization, as an audit would.
func Findings(m *analyzer.Model) *rules.Result {
	r := &rules.Result{
		Head:       m.Head("findings", analyzer.QuestionRules, ""),
		Packs:      []rules.PackRef{{Name: "tenant-isolation", Version: 1, Digest: strings.Repeat("ab", 32), Rules: 25}},
		Deviations: []rules.Deviation{{Rule: "TI-025", What: "disabled", Reason: "<u>not used</u>"}},
	}
	bo, evil := principal(m, authz.KindUser, "bo"), principal(m, authz.KindUser, "h-01")
	r.Findings = []rules.Finding{
		finding(m, "TI-001/aaaa000000000001", rules.Critical, "Access to another tenant's recordings", "new", bo, "b", "recording:recording:view", "BPO_B"),
		finding(m, "TI-001/aaaa000000000002", rules.High, "Access to another tenant's queues", "open", evil, "a", "routing:queue:view", "BPO_A"),
		{
			Fingerprint: "AR-005/bbbb000000000001", Rule: "AR-005", Severity: rules.Medium, Title: "Role with a wildcard", Status: "open",
			Message: "QA carries recording:*:* </script><script>window.pwned=1</script>", Why: "A wildcard takes in <b>what comes later</b>.", Fix: "=Replace it",
			Controls: []string{"SOC2/CC6.3"}, Principals: everybody(m), Evidence: []rules.Evidence{{Fact: "role", Fields: []rules.Field{{Name: "name", Value: "QA"}, {Name: "wildcards", Value: "recording:*:*"}}}},
			Covers: []rules.Covered{{Fingerprint: "AR-006/cc", Rule: "AR-006", Severity: rules.Low, Title: "covered", Message: "covered <x>", Principals: 2}},
		},
		{Fingerprint: "ST-001/dddd000000000001", Rule: "ST-001", Severity: rules.Low, Title: "Account not used", Status: "open", Message: "Cy has not been seen", Why: "w", Fix: "f", Controls: []string{}},
		{Fingerprint: "ST-002/eeee000000000001", Rule: "ST-002", Severity: rules.Info, Title: "Told only", Status: "new", Message: "m", Why: "w", Fix: "f", Controls: []string{}},
	}
	accepted := r.Findings[3]
	accepted.Fingerprint, accepted.Status = "ST-001/ffff000000000001", "accepted"
	r.Accepted = []rules.Accepted{{Finding: accepted, Reason: "seasonal <staff>", ApprovedBy: "ciso@corp.example", Until: "2027-01-31"}}
	fixed := r.Findings[1]
	fixed.Fingerprint, fixed.Status, fixed.Message = "TI-001/cccc000000000009", "fixed", "gone <b>since</b> then"
	r.Baseline, r.Fixed = "=before<1>.db", []rules.Finding{fixed}
	r.Totals = rules.Totals{Critical: 1, High: 1, Medium: 1, Low: 1, Info: 1, Accepted: 1, Covered: 1, New: 1, Fixed: 1}
	return r
}

func finding(m *analyzer.Model, fp string, s rules.Severity, title, status string, p uint32, division, permission, target string) rules.Finding {
	rule, _, _ := strings.Cut(fp, "/")
	d, _ := m.Graph.FindDivision(key(authz.KindDivision, division))
	pattern, err := authz.ParsePattern(permission)
	if err != nil {
		return rules.Finding{Message: err.Error()}
	}
	ref := m.Ref(p)
	return rules.Finding{
		Fingerprint: fp, Rule: rule, Severity: s, Title: title, Status: status, Message: ref.Name + " holds " + permission + " over " + target,
		Why: "A supplier's people can reach what belongs to another supplier.", Fix: "Admin > People > Roles: take the role away in the other division.",
		Controls: []string{"PCI-DSS-4.0.1/7.2.1", "ISO-27001-2022/A.8.3"}, Principals: []analyzer.PrincipalRef{ref}, Cut: []string{"revoke the role in " + target},
		Evidence: []rules.Evidence{{
			Fact:    "access",
			Fields:  []rules.Field{{Name: "permission", Value: permission}, {Name: "holder_tenant", Value: ref.Tenant}, {Name: "target_tenant", Value: target}},
			Reasons: m.Reasons(p, m.Graph.Perm(org, pattern), d, 2),
		}},
	}
}

func principal(m *analyzer.Model, k authz.Kind, id string) uint32 {
	p, _ := m.Graph.FindPrincipal(key(k, id))
	return p
}

func everybody(m *analyzer.Model) []analyzer.PrincipalRef {
	out := make([]analyzer.PrincipalRef, m.Graph.Principals())
	for p := range out {
		out[p] = m.Ref(uint32(p))
	}
	return out
}

// Document returns the small organization's document.
func Document() (*report.Document, error) {
	m, r, err := Small()
	if err != nil {
		return nil, err
	}
	return report.New(m, r, report.Options{Tool: "grantgraph test"})
}
