package analyzer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// spelled are derivations of every kind of step, of permissions in one division.
const spelled = `
division a name=A
division b name=B
catalogue routing:queue:view aware
catalogue routing:queue:edit aware
catalogue routing:queue:add aware
catalogue routing:queue:delete aware
catalogue routing:queue:join aware
catalogue routing:queue:search aware
user ada
user out state=inactive
client web type=CODE
trust T full name=Partner
group g owners=ada name=G
group h ada name=H
team red ada name=Red
queue q1 in a ada
queue q2 in b
role own routing:Queue:View name=Own
role guided guide telephony_queues:edit name=Guided
role titled guide "Routing > Queue > Edit"
role heir inherits base
role base routing:queue:add scope=ALL
role scoped routing:queue:delete scope=Assigned
role cond routing:queue:join if="{\"conjunction\":\"and\",\"terms\":[{\"variableName\":\"v\",\"operator\":\"EQ\",\"operands\":[{\"type\":\"QUEUE\",\"queue\":\"q1\"},{\"type\":\"QUEUE\",\"value\":\"q2\"}]},{\"operator\":\"GT\",\"operands\":[{\"type\":\"SCALAR\"}]}],\"variableName\":\"w\",\"operator\":\"IN\",\"operands\":[{\"type\":\"USER\",\"user\":\"ada\"},{\"type\":\"TEAM\",\"team\":\"red\"}]}"
role sharp routing:queue:search if="{\"operator\":\"EQ\",\"operands\":[{\"type\":\"QUEUE\",\"queue\":\"q1\"}]}"
role old legacy group_creation
role lost unread
grant g own a at=2026-01-02T03:04:05Z
grant h guided a
grant ada titled a
grant red heir a
grant ada scoped a
grant ada cond a
grant ada sharp
role terms routing:queue:manage if="{\"terms\":[{\"operator\":\"GT\",\"operands\":[{\"type\":\"SCALAR\"}]},{\"variableName\":\"v\",\"operator\":\"ANY\"}]}"
catalogue routing:queue:manage aware
grant ada terms a
grant ada old a
grant out own a
grant web own a
policy p1 routing:queue:view deny user:ada active name=Guard
`

// spell writes derivations down: permission, reach, and each step.
func spell(reasons []analyzer.ExplainedReason) []string {
	var out []string
	for _, r := range reasons {
		text := fmt.Sprintf("%s %s %s", r.Permission, r.Reach, strings.Join(r.Resources, ","))
		for _, s := range r.Steps {
			text += fmt.Sprintf(" > %s %s %q", s.Kind, s.Record.ID, s.Record.Name)
			for _, more := range []string{s.Permission, s.Detail} {
				if more != "" {
					text += " " + more
				}
			}
			if s.MadeAt != nil {
				text += " at " + s.MadeAt.Format("2006-01-02T15:04:05Z")
			}
			if s.Extent != nil {
				text += fmt.Sprintf(" over %v by %s", s.Extent.Divisions, s.Extent.Why)
			}
		}
		out = append(out, text)
	}
	return out
}

func explainTo(t *testing.T, m *analyzer.Model, who authz.Key, permission, target string) *analyzer.ExplainAnswer {
	t.Helper()
	p, ok := m.Graph.FindPrincipal(who)
	if !ok {
		t.Fatalf("no principal %s", who)
	}
	to, _, err := m.FindTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Explain(p, permission, to)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Every kind of step is spelled out.
func TestSteps(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, spelled, "")
	ada := authz.Key{Org: "o", Kind: authz.KindUser, ID: "ada"}
	for permission, want := range map[string][]string{
		"routing:queue:view": {
			`routing:queue:view conditional  > owner g "G" > grant g/own/a "Own in A" at 2026-01-02T03:04:05Z > policy own "Own" routing:Queue:View` +
				` > access_policy p1 "Guard" deny over [{a A}] by division`,
		},
		"routing:queue:edit": {
			`routing:queue:edit whole  > grant ada/titled/a " in A" > policy titled "" routing:queue:edit over [{a A}] by division`,
			`routing:queue:edit whole  > member h "H" > grant h/guided/a "Guided in A" > policy guided "Guided" routing:queue:edit` +
				` stated as telephony_queues:edit over [{a A}] by division`,
		},
		"routing:queue:add": {
			`routing:queue:add whole  > team red "Red" > grant red/heir/a " in A" > inherits base "" > policy base "" routing:queue:add over [{a A}] by division`,
		},
		"routing:queue:delete": {
			`routing:queue:delete limited queue:q1 > grant ada/scoped/a " in A" > policy scoped "" routing:queue:delete > scope scoped "" Assigned` +
				` over [{a A}] by division`,
		},
		"routing:queue:join": {
			`routing:queue:join conditional  > grant ada/cond/a " in A" > policy cond "" routing:queue:join` +
				` > condition cond "" (v EQ QUEUE:q1 QUEUE:q2) and (GT SCALAR) and w IN USER:ada TEAM:red over [{a A}] by division`,
		},
		"routing:queue:search": {
			`routing:queue:search limited queue:q1 > grant ada/sharp/* " in all divisions" > policy sharp "" routing:queue:search over [{a A}] by all-divisions`,
		},
		"routing:queue:manage": {
			`routing:queue:manage conditional  > grant ada/terms/a " in A" > policy terms "" routing:queue:manage` +
				` > condition terms "" (GT SCALAR) or (v ANY) over [{a A}] by division`,
		},
		"group_creation": {
			`group_creation whole  > grant ada/old/a " in A" > policy old "" group_creation over [{a A}] by not-division-aware`,
		},
		"routing:*:view": {
			`routing:queue:view conditional  > owner g "G" > grant g/own/a "Own in A" at 2026-01-02T03:04:05Z > policy own "Own" routing:Queue:View` +
				` > access_policy p1 "Guard" deny over [{a A}] by division`,
		},
	} {
		a := explainTo(t, m, ada, permission, "division:a")
		if diff := cmp.Diff(want, spell(a.Reasons)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", permission, diff)
		}
		if !a.Holds || a.Reach != a.Reasons[0].Reach || a.Dormant || a.Delegated {
			t.Errorf("%s: holds %v, reach %v, dormant %v, delegated %v", permission, a.Holds, a.Reach, a.Dormant, a.Delegated)
		}
	}
}

// Who is not live, or has no access of its own, holds nothing, and the answer says which.
func TestExplainOfTheIdle(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, spelled, "")
	for k, want := range map[authz.Key]string{
		{Org: "o", Kind: authz.KindUser, ID: "out"}:              "holds false dormant true delegated false reasons 1 access 1",
		{Org: "o", Kind: authz.KindClient, ID: "web"}:            "holds false dormant false delegated true reasons 1 access 0",
		{Org: "o", Kind: authz.KindTrusteeOrganization, ID: "T"}: "holds true dormant false delegated false reasons 1 access 8",
	} {
		a := explainTo(t, m, k, "routing:queue:view", "division:a")
		p, _ := m.Graph.FindPrincipal(k)
		access := m.Access(p, true)
		got := fmt.Sprintf("holds %v dormant %v delegated %v reasons %d access %d", a.Holds, access.Dormant, access.Delegated, len(a.Reasons), len(access.Access))
		if got != want || a.Dormant != access.Dormant || a.Delegated != access.Delegated {
			t.Errorf("%s: %s; want %s", k, got, want)
		}
		for _, row := range access.Access {
			if row.Reasons != len(row.Explained) || row.Because == nil {
				t.Errorf("%s %s: %d reasons, %d explained, because %v", k, row.Permission, row.Reasons, len(row.Explained), row.Because)
			}
		}
		if bare := m.Access(p, false); len(bare.Access) > 0 && bare.Access[0].Explained != nil {
			t.Errorf("%s: reasons that were not asked for", k)
		}
	}
	p, _ := m.Graph.FindPrincipal(authz.Key{Org: "o", Kind: authz.KindTrusteeOrganization, ID: "T"})
	got := spell(m.Reasons(p, m.Graph.Universe("o")[0], graph.AnyDivision, 0))
	if want := []string{`group_creation conditional  > trust T "Partner" over [{* all divisions}] by unknown`}; !slices.Equal(got, want) {
		t.Errorf("reasons = %q; want %q", got, want)
	}
}

// At most so many derivations are told.
func TestReasonsLimit(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, spelled, "")
	p, _ := m.Graph.FindPrincipal(authz.Key{Org: "o", Kind: authz.KindUser, ID: "ada"})
	a, _ := m.Graph.FindDivision(authz.Key{Org: "o", Kind: authz.KindDivision, ID: "a"})
	edit := m.Graph.Perm("o", authz.NewPattern("routing", "queue", "edit"))
	for limit, want := range map[int]int{0: 2, 1: 1, 2: 2, 3: 2} {
		if got := len(m.Reasons(p, edit, a, limit)); got != want {
			t.Errorf("limit %d: %d reasons; want %d", limit, got, want)
		}
	}
}

// What is not determined is told to those whom it may concern.
func TestUndeterminedAboutOne(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
org o
division a
user ada
user bo
user cy
group h unread
queue q in a lists=SKILLGROUP:k
role s unread
role r x:y:z
role v routing:queue:view scope=assigned
grant ada s a
grant h r a
grant cy v a
policy p a:b:c:d deny all active
org other
division a
user di
group far unread
role r x:y:z
grant far r a
`, "")
	for name, want := range map[string]string{
		"ada": "access_policy:p  group:h r s", "bo": "access_policy:p  group:h r", "cy": "access_policy:p  group:h r queue:q ",
	} {
		p, _ := m.Graph.FindPrincipal(authz.Key{Org: "o", Kind: authz.KindUser, ID: name})
		var got []string
		for _, u := range m.Access(p, false).Undetermined {
			got = append(got, strings.TrimPrefix(u.Subject+" "+u.Role, " "))
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %q; want %q", name, text, want)
		}
	}
}
