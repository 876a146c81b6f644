package rules_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

const smallConfig = `version: 1
tenants:
  - {name: A, divisions: [A]}
  - {name: B, divisions: [B]}
  - {name: Internal, divisions: [Home]}
`

// small is an organization in which ann and abe of A reach B.
func small() *authz.Records {
	const org = "o"
	key := func(k authz.Kind, id string) authz.Key { return authz.Key{Org: org, Kind: k, ID: id} }
	r := &authz.Records{
		Organization: []authz.Organization{{ID: org, Name: "O"}},
		Division:     []authz.Division{{Org: org, ID: "home", Name: "Home", Home: true}, {Org: org, ID: "a", Name: "A"}, {Org: org, ID: "b", Name: "B"}},
		Permission: []authz.Permission{
			{Org: org, Domain: "recording", Entity: "recording", Action: "view", DivisionAware: authz.True},
			{Org: org, Domain: "routing", Entity: "queue", Action: "view", DivisionAware: authz.True},
			{Org: org, Domain: "routing", Entity: "skill", Action: "view", DivisionAware: authz.False},
		},
		Role: []authz.Role{{Org: org, ID: "r", Name: "Listener", Policies: []authz.Policy{{Domain: "recording", Entity: "recording", Action: "view"}, {Domain: "routing", Entity: "queue", Action: "view"}}}},
	}
	for _, id := range []string{"ann", "abe", "bob"} {
		r.User = append(r.User, authz.User{Org: org, ID: id, Name: id, Email: id + "@example.com", Division: id[:1]})
		if id != "bob" {
			r.Grant = append(r.Grant, authz.Grant{Org: org, Subject: key(authz.KindUser, id), Role: "r", Division: "b", MadeAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
		}
	}
	for _, l := range authz.Lists() {
		r.CoverageLedger = append(r.CoverageLedger, authz.Coverage{Org: org, List: l, Status: authz.StatusComplete, Source: string(l), Expected: -1})
	}
	r.About.TakenAt = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	return r
}

func model(t testing.TB, r *authz.Records, conf string) *analyzer.Model {
	t.Helper()
	c, err := config.Parse("grantgraph.yaml", []byte(conf))
	if err != nil {
		t.Fatal(err)
	}
	m, err := analyzer.Build(r, analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func audit(t testing.TB, m *analyzer.Model, set *rules.Set) *rules.Result {
	t.Helper()
	res, err := rules.Audit(t.Context(), m, set, rules.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// pack makes a pack of one rule of some lines.
func pack(t testing.TB, lines string) *rules.Set {
	t.Helper()
	text := "pack: p\nversion: 1\nrules:\n" + rule("XX-001", lines)
	set, err := rules.Load([]rules.Source{{Name: "p.yaml", Data: []byte(text)}}, rules.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func rule(id, lines string) string {
	return "  - id: " + id + "\n    title: T\n    why: W\n    fix: F\n    tests: [{base: x, finds: [y]}, {base: x, finds: []}]\n    " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n    ") + "\n"
}

const crossing = `
severity: [{when: access.class == 'content', severity: high}, {severity: low}]
fact: access
select: {target: other_tenant}
when: "!access.allowed"
key: [role, target_tenant]
message: "{principals} reach {target_tenant} by {permission} through {role}: {count} principals, {facts} facts"
`

func TestFinding(t *testing.T) {
	t.Parallel()
	res := audit(t, model(t, small(), smallConfig), pack(t, crossing))
	if len(res.Findings) != 1 {
		t.Fatalf("Audit gives %d findings; want 1", len(res.Findings))
	}
	f := res.Findings[0]
	if want := "2 principals: abe and ann reach B by recording:recording:view and routing:queue:view through Listener: 2 principals, 2 facts"; f.Message != want {
		t.Errorf("message = %q; want %q", f.Message, want)
	}
	if f.Severity != rules.High || f.Count != 2 || f.Facts != 2 || f.Status != "open" || len(f.Principals) != 2 || f.Principals[0].ID != "abe" {
		t.Errorf("finding = %+v", f)
	}
	if len(f.Evidence) != 2 || f.Evidence[0].Fields[0] != (rules.Field{Name: "permission", Value: "recording:recording:view"}) {
		t.Errorf("evidence = %+v; want the worst fact first", f.Evidence)
	}
	if r := f.Evidence[0].Reasons; len(r) != 1 || r[0].Permission != "recording:recording:view" {
		t.Errorf("reasons = %+v; want one for the worst fact", r)
	}
	if res.Totals != (rules.Totals{High: 1}) {
		t.Errorf("totals = %+v", res.Totals)
	}
}

// TestFingerprint shows what changes a fingerprint and what does not.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	set := pack(t, crossing)
	fingerprint := func(change func(*authz.Records)) string {
		r := small()
		change(r)
		res := audit(t, model(t, r, smallConfig), set)
		if len(res.Findings) != 1 {
			t.Fatalf("Audit gives %d findings; want 1", len(res.Findings))
		}
		return res.Findings[0].Fingerprint
	}
	same := fingerprint(func(*authz.Records) {})
	if !strings.HasPrefix(same, "XX-001/") || len(same) != len("XX-001/")+12 {
		t.Errorf("fingerprint = %q; want the rule and 12 digits", same)
	}
	for name, change := range map[string]func(*authz.Records){
		"somebody joins": func(r *authz.Records) {
			r.User = append(r.User, authz.User{Org: "o", ID: "al", Name: "Al", Division: "a"})
			r.Grant = append(r.Grant, authz.Grant{Org: "o", Subject: authz.Key{Org: "o", Kind: authz.KindUser, ID: "al"}, Role: "r", Division: "b"})
		},
		"somebody leaves":     func(r *authz.Records) { r.Grant = r.Grant[1:] },
		"the role is renamed": func(r *authz.Records) { r.Role[0].Name = "Hearer" },
		"a permission more": func(r *authz.Records) {
			r.Role[0].Policies = append(r.Role[0].Policies, authz.Policy{Domain: "quality", Entity: "evaluation", Action: "view"})
			r.Permission = append(r.Permission, authz.Permission{Org: "o", Domain: "quality", Entity: "evaluation", Action: "view", DivisionAware: authz.True})
		},
	} {
		if got := fingerprint(change); got != same {
			t.Errorf("%s: fingerprint = %s; want %s as before", name, got, same)
		}
	}
	if got := fingerprint(func(r *authz.Records) {
		r.Role[0].ID = "other"
		for i := range r.Grant {
			r.Grant[i].Role = "other"
		}
	}); got == same {
		t.Errorf("another role has the same fingerprint %s", got)
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	set := pack(t, crossing)
	fingerprint := audit(t, model(t, small(), smallConfig), set).Findings[0].Fingerprint
	tests := []struct {
		name, entry string
		accepted    bool
		why         string
	}{
		{"by fingerprint", "finding: " + fingerprint + ", reason: r, approved_by: c@x.example, until: 2026-12-31", true, ""},
		{"by its beginning", "finding: " + fingerprint[:11] + "…, reason: r, approved_by: c@x.example, until: 2026-12-31", true, ""},
		{"by rule", "finding: XX-001, reason: r, approved_by: c@x.example, until: 2026-11-20", true, ""},
		{"named", `finding: XX-001, principals: ["user:ann", "user:abe"], at_most: 2, reason: r, approved_by: c@x.example, until: 2026-12-31`, true, ""},
		{"another", "finding: XX-001/000000000000, reason: r, approved_by: c@x.example, until: 2026-12-31", false, ""},
		{"expired", "finding: XX-001, reason: r, approved_by: c@x.example, until: 2026-11-19", false, "grantgraph.yaml:7:5: the acceptance expired on 2026-11-19"},
		{"too many", "finding: XX-001, at_most: 1, reason: r, approved_by: c@x.example, until: 2026-12-31", false, "grantgraph.yaml:7:5: outgrown: 2 principals where at most 1 are accepted"},
		{"one beyond", `finding: XX-001, principals: ["user:ann"], reason: r, approved_by: c@x.example, until: 2026-12-31`, false, "grantgraph.yaml:7:5: outgrown: it does not name abe"},
		{"own approval", "finding: XX-001, reason: r, approved_by: Ann@example.com, until: 2026-12-31", false, "grantgraph.yaml:7:5: Ann@example.com approved it and is one of the principals"},
		{"no reason", "finding: XX-001, approved_by: c@x.example, until: 2026-12-31", false, "grantgraph.yaml:7:5: the acceptance gives no reason"},
		{"no approver", "finding: XX-001, reason: r, until: 2026-12-31", false, "grantgraph.yaml:7:5: nobody approved the acceptance"},
		{"no end", "finding: XX-001, reason: r, approved_by: c@x.example", false, "grantgraph.yaml:7:5: the acceptance has no last day"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res := audit(t, model(t, small(), smallConfig+"accept:\n  - {"+tt.entry+"}\n"), set)
			if got := len(res.Accepted) == 1 && len(res.Findings) == 0; got != tt.accepted {
				t.Fatalf("accepted = %v; want %v", got, tt.accepted)
			}
			if tt.accepted {
				if a := res.Accepted[0]; a.Reason != "r" || a.ApprovedBy != "c@x.example" || a.Finding.Status != "accepted" || res.Totals.Accepted != 1 {
					t.Errorf("accepted = %+v, totals %+v", a, res.Totals)
				}
				return
			}
			if got := res.Findings[0].Acceptance; got != tt.why {
				t.Errorf("acceptance = %q; want %q", got, tt.why)
			}
		})
	}
}

// TestCovers shows that a finding goes under another only if its principals and
// the assignments that it rests on are all among the other's.
func TestCovers(t *testing.T) {
	t.Parallel()
	text := "pack: p\nversion: 1\nrules:\n" + rule("XX-001", crossing) + rule("XX-002", `
severity: medium
fact: grant
select: {all_divisions: true}
key: [role]
covers: [XX-001]
message: "{role} everywhere: {principals}"
`)
	set, err := rules.Load([]rules.Source{{Name: "p.yaml", Data: []byte(text)}}, rules.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	everywhere := small()
	for i := range everywhere.Grant {
		everywhere.Grant[i].Division = "*"
	}
	res := audit(t, model(t, everywhere, smallConfig), set)
	if len(res.Findings) != 1 || res.Findings[0].Rule != "XX-002" || len(res.Findings[0].Covers) != 2 || res.Totals.Covered != 2 {
		t.Fatalf("findings = %+v, totals %+v; want one that covers two", res.Findings, res.Totals)
	}
	if f := res.Findings[0]; f.Severity != rules.High {
		t.Errorf("severity = %s; want that of the worst that it covers", f.Severity)
	}
	if c := res.Findings[0].Covers[0]; c.Rule != "XX-001" || c.Principals != 2 || !strings.Contains(c.Message, "reach") {
		t.Errorf("covers %+v", c)
	}
	// One of the two holds the role in B alone: the finding says more than the cover.
	everywhere.Grant[0].Division = "b"
	res = audit(t, model(t, everywhere, smallConfig), set)
	if !slices.ContainsFunc(res.Findings, func(f rules.Finding) bool { return f.Rule == "XX-001" && strings.Contains(f.Message, "reach B") }) {
		t.Errorf("a finding with a cause of its own is covered: %+v", res.Findings)
	}
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	r := small()
	r.User[0].Name = "\u202eevil\x1b[31m\n<b>" + strings.Repeat("x", 500)
	r.Role[0].Name = "=cmd()\u2066\x00"
	res := audit(t, model(t, r, smallConfig), pack(t, crossing))
	for _, s := range []string{res.Findings[0].Message, res.Findings[0].Evidence[0].Fields[1].Value} {
		if strings.ContainsAny(s, "\u202e\x1b\n\x00\u2066") || len(s) > 400 {
			t.Errorf("a hostile name acts: %q", s)
		}
	}
	if !strings.Contains(res.Findings[0].Message, "evil[31m <b>") {
		t.Errorf("message = %q; want the harmless rest of the name", res.Findings[0].Message)
	}
}

func TestAuditErrors(t *testing.T) {
	t.Parallel()
	m := model(t, small(), smallConfig)
	many := "['" + strings.Repeat("x', '", 60) + "x']"
	costly := pack(t, `
severity: low
fact: principal
when: "`+many+`.all(a, `+many+`.all(b, `+many+`.all(c, `+many+`.all(d, a + b + c + d != principal.name))))"
key: [name]
message: m
`)
	_, err := rules.Audit(t.Context(), m, costly, rules.AuditOptions{})
	if err == nil || !strings.Contains(err.Error(), "rule XX-001 (p.yaml:4:5): evaluation of one principal cost more than 1000000") {
		t.Errorf("Audit of a costly rule = %v; want an error that names it", err)
	}
	nobody := pack(t, "severity: low\nfact: principal\nselect: {holder: [C]}\nkey: [name]\nmessage: m")
	_, err = rules.Audit(t.Context(), m, nobody, rules.AuditOptions{})
	if want := `rule XX-001 (p.yaml:4:5): select holder: there is no tenant "C"`; err == nil || err.Error() != want {
		t.Errorf("Audit = %v; want %s", err, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rules.Audit(ctx, m, shipped(t), rules.AuditOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Audit when cancelled = %v", err)
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	m := model(t, small(), smallConfig)
	tests := []struct {
		fact, when string
		want       int
	}{
		{"principal", "holds(principal, 'recording:*:*')", 2},
		{"principal", "holds(principal, 'routing:queue:edit')", 0},
		{"principal", "holds(principal, ['routing:queue:edit', 'recording:*:*'])", 2},
		{"principal", "holds(principal, ['routing:queue:edit', 'routing:queue:add'])", 0},
		{"principal", "holds(principal, [])", 0},
		{"principal", "in_tenant(principal, 'a')", 2},
		{"principal", "!in_tenant(principal, 'A') && principal.kind == 'user'", 1},
		{"access", "matches_permission(access.permission, 'Recording > Recording > *') && access.target_tenant == 'B'", 2},
		{"grant", "grant.age_known && age(grant.made_at) > duration('24h') && age(grant.made_at) == grant.age", 2},
		{"grant", "age(grant.made_at) > duration('9000h')", 0},
		{"reach", "reach.from == 'A' && reach.to == 'B' && reach.principals == 2 && reach.classes == ['configuration', 'content']", 2},
		{"role", "role.holders == 2 && role.permissions == 2 && role.tenants == ['A'] && !role.elevated", 2},
	}
	for _, tt := range tests {
		key := map[string]string{"principal": "org", "access": "org", "grant": "org", "reach": "from", "role": "id"}[tt.fact]
		res := audit(t, m, pack(t, "severity: low\nfact: "+tt.fact+"\nwhen: \""+tt.when+"\"\nkey: ["+key+"]\nmessage: m"))
		got := 0
		for _, f := range res.Findings {
			got += f.Count
		}
		if got != tt.want {
			t.Errorf("%s names %d principals; want %d", tt.when, got, tt.want)
		}
	}
}

// TestDeterministic shows that the order of the records changes nothing.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	set := shipped(t)
	for name, b := range bases(t) {
		var want []byte
		for seed := range uint64(4) {
			r := b.Records.Clone()
			r.About = b.Records.About
			if seed > 0 {
				shuffle(r, rand.New(rand.NewPCG(seed, 1)))
			}
			res := audit(t, model(t, r, string(b.Config)), set)
			res.Head = analyzer.Head{}
			got, err := json.MarshalIndent(res, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if seed == 0 {
				want = got
			} else if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Fatalf("%s, seed %d (-in order +shuffled):\n%s", name, seed, diff)
			}
		}
	}
}

func shuffle(r *authz.Records, rnd *rand.Rand) {
	mix(rnd, r.Division)
	mix(rnd, r.Permission)
	mix(rnd, r.Role)
	mix(rnd, r.User)
	mix(rnd, r.Group)
	mix(rnd, r.Team)
	mix(rnd, r.Member)
	mix(rnd, r.Client)
	mix(rnd, r.Grant)
	mix(rnd, r.Resource)
	mix(rnd, r.View)
	mix(rnd, r.Trust)
	mix(rnd, r.AccessPolicy)
	mix(rnd, r.CoverageLedger)
}

func mix[T any](rnd *rand.Rand, list []T) {
	rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
