package analyzer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// lying is a queue in a that two can see, and places to which it can be moved: one
// of a's holders also holds b, and somebody else holds c.
const lying = `
division a name=A
division b name=B
division c name=C
division d name=D
catalogue routing:queue:view aware
catalogue routing:queue:edit aware
role r name=Reader
role r routing:queue:view
user ada name=Ada
user bob name=Bob
user eve name=Eve
queue q in a name=Q
grant ada r a
grant bob r a
grant bob r b
grant eve r c
`

// A queue is moved where that costs less than taking the access away, and where
// fewest gain it.
func TestCutThatMoves(t *testing.T) {
	t.Parallel()
	const revoke, move, line = change.RevokeGrant, change.MoveResource, change.DropPolicy
	for _, tt := range []struct {
		name, records string
		weights       map[change.Kind]int
		o             analyzer.CutOptions
		want          string
		bound         int
	}{
		{"to where nobody is", lying, map[change.Kind]int{move: 1, line: 0}, analyzer.CutOptions{}, "move-resource D", 1},
		{"never, where it is not to be proposed", lying, map[change.Kind]int{move: 0, line: 0}, analyzer.CutOptions{}, "revoke-grant A, revoke-grant A", 2},
		{"not, where it costs as much", lying, map[change.Kind]int{move: 2, line: 0}, analyzer.CutOptions{}, "revoke-grant A, revoke-grant A", 2},
		{"not, where it costs as much as one line", lying, map[change.Kind]int{move: 1}, analyzer.CutOptions{}, "drop-policy ", 1},
		{"it is dear, and what it saves is dearer", lying, map[change.Kind]int{move: 3, line: 0, revoke: 2}, analyzer.CutOptions{}, "move-resource D", 3},
		{"not of what could be come to", lying, map[change.Kind]int{move: 1, line: 0}, analyzer.CutOptions{Could: true}, "revoke-grant A, revoke-grant A", 2},
		{"to where one gains it", strings.ReplaceAll(lying, "division d name=D\n", ""), map[change.Kind]int{move: 1, line: 0}, analyzer.CutOptions{}, "move-resource C", 1},
		{"to the first of those where nobody is", lying + "division e name=E\n", map[change.Kind]int{move: 1, line: 0}, analyzer.CutOptions{}, "move-resource D", 1},
		{"to where fewer gain it, be it the last", strings.ReplaceAll(lying, "division d name=D\n", "") + "division e name=E\n", map[change.Kind]int{move: 1, line: 0}, analyzer.CutOptions{}, "move-resource E", 1},
		{"to where it ends at once, and not where one still has it", lying + "grant bob r d\ndivision e name=E\n", map[change.Kind]int{move: 1, line: 0, revoke: 3}, analyzer.CutOptions{}, "move-resource E", 1},
		{
			"not, where it costs as much with what is still to be ended",
			strings.ReplaceAll(strings.ReplaceAll(lying, "division c name=C\n", ""), "division d name=D\n", "") + "user cyd\ngrant cyd r a\ngrant ada r b\n",
			map[change.Kind]int{move: 1, line: 0},
			analyzer.CutOptions{},
			"revoke-grant A, revoke-grant A, revoke-grant A", 3,
		},
		{
			"of two where one still has it, to where nobody gains it", // eve in c
			strings.ReplaceAll(lying, "division d name=D\n", "division d name=D\nuser cyd\n") + "grant cyd r a\ngrant eve r b\ngrant bob r c\ngrant bob r d\n",
			map[change.Kind]int{move: 1, line: 0},
			analyzer.CutOptions{},
			"move-resource D, revoke-grant D", 2,
		},
		{
			"not, where one of them has it by what cannot be ended", // in b by a role assignment
			"division a\ndivision b\ncatalogue routing:queue:view aware\nrole r routing:queue:view\nuser ada\nuser bob\nuser cyd\nuser eve\n" +
				"team t1 ada\nteam t2 bob\nteam t3 cyd\nqueue q in a\ngrant t1 r a\ngrant t2 r a\ngrant t3 r a\ngrant bob r b\n",
			map[change.Kind]int{move: 1, line: 0, revoke: 0},
			analyzer.CutOptions{},
			"leave-team , leave-team , leave-team ", 3,
		},
		{
			"to where one of them has it, and that is ended, too", strings.ReplaceAll(lying, "division d name=D\n", "") + "grant ada r c\ngrant bob r c\ngrant ada r *\n",
			map[change.Kind]int{move: 1, line: 0, revoke: 2},
			analyzer.CutOptions{},
			"move-resource B, revoke-grant *, revoke-grant B", 5,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			records := authztest.Parse(t, tt.records)
			m, err := analyzer.Build(records, analyzer.Options{})
			must(t, err)
			to, _, err := m.FindTarget("queue:q")
			must(t, err)
			from := analyzer.Source{Ref: analyzer.TargetRef{Name: "some"}, Principals: m.Graph.Acting().Clone()}
			eve, _, err := m.FindPrincipal("eve")
			must(t, err)
			from.Principals.Remove(eve)
			o := tt.o
			o.Weights, o.Source = tt.weights, records
			a, err := m.Cut(from, to, o)
			must(t, err)
			if got := changesText(a); got != tt.want || a.Bound != tt.bound || !a.Exact || !a.Verified {
				t.Errorf("%s (bound %d, exact %v, verified %v); want %s (%d)", got, a.Bound, a.Exact, a.Verified, tt.want, tt.bound)
			}
		})
	}
}

// changesText tells the changes of a cut in order, with where they are made.
func changesText(a *analyzer.CutAnswer) string {
	var out []string
	for _, c := range a.Changes {
		out = append(out, strings.TrimSuffix(fmt.Sprintf("%s %s", c.Kind, strings.ToUpper(c.Made().Division)), "!"))
	}
	return strings.Join(out, ", ")
}

// A permission that two of the verbs mean is ended once.
func TestCutOfSeveralPermissions(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, strings.ReplaceAll(lying, "role r routing:queue:view\n", "role r routing:queue:view\nrole r routing:queue:edit\n"), "")
	from, _, err := m.FindSource("ada")
	must(t, err)
	to, _, err := m.FindTarget("division:a")
	must(t, err)
	one, err := m.Cut(from, to, analyzer.CutOptions{Permissions: []string{"routing:queue:view"}})
	must(t, err)
	for _, list := range [][]string{{"routing:queue:view", "routing:queue:view"}, {"routing:queue:*", "routing:queue:view"}, {"routing:queue:view", "routing:queue:edit"}} {
		a, err := m.Cut(from, to, analyzer.CutOptions{Permissions: list})
		must(t, err)
		if changesText(a) != changesText(one) || a.Verb != strings.Join(list, ", ") || a.Principals != 1 {
			t.Errorf("%v: %s (%q), of %d principals; want %s", list, changesText(a), a.Verb, a.Principals, changesText(one))
		}
		want := one.Changes[0].Collateral.Cells // edit in a
		if !slices.Contains(list, "routing:queue:view") || slices.Contains(list, "routing:queue:edit") || slices.Contains(list, "routing:queue:*") {
			want = 0
		}
		if got := a.Changes[0].Collateral.Cells; got != want {
			t.Errorf("%v: %d more are lost; want %d", list, got, want)
		}
	}
}

// Who is of From loses beside what is meant to end; who holds and acts as the same,
// and is not, loses everything beside.
func TestCollateralOfEquals(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
catalogue routing:queue:view aware
catalogue routing:queue:edit aware
user a1 in a
user i1 in home
group g a1 i1
role r routing:queue:view
role r routing:queue:edit
grant g r b
`, tenants)
	from, _, err := m.FindSource("BPO_A")
	must(t, err)
	to, _, err := m.FindTarget("BPO_B")
	must(t, err)
	a, err := m.Cut(from, to, analyzer.CutOptions{Weights: map[change.Kind]int{change.RemoveMember: 0, change.DropPolicy: 0}})
	must(t, err)
	if c := a.Collateral; changesText(a) != "revoke-grant B" || c.Principals != 2 || c.Cells != 3 {
		t.Errorf("%s: %d lose %d; want 2 to lose 3, one of them what is not meant", changesText(a), c.Principals, c.Cells)
	}
}

// Every kind of change can be what a cut proposes.
func TestCutOfEachKind(t *testing.T) {
	t.Parallel()
	const base = `
division a name=A
catalogue routing:queue:view aware
role r name=Reader
role r routing:queue:view
role s name=Heir
role s inherits r
user ada name=Ada
`
	for kind, records := range map[change.Kind]string{
		change.RevokeGrant:     "grant ada r a",
		change.RemoveMember:    "group g ada name=G\ngrant g r a",
		change.LeaveTeam:       "team t ada name=T\ngrant t r a",
		change.DisableClient:   "client c type=CLIENT-CREDENTIALS name=C\ngrant client:c r a source=client",
		change.DisableTrust:    "trust T\nuser tom trustee=T name=Tom\ngrant tom r a",
		change.DropPolicy:      "grant ada r a",
		change.DropInheritance: "grant ada s a",
	} {
		weights := map[change.Kind]int{}
		for _, k := range analyzer.CutKinds() {
			weights[k] = 0
		}
		weights[kind] = 1
		r := authztest.Parse(t, base+records)
		m, err := analyzer.Build(r, analyzer.Options{})
		must(t, err)
		to, _, err := m.FindTarget("division:a")
		must(t, err)
		from := analyzer.Source{Ref: analyzer.TargetRef{Name: "all"}, Principals: m.Graph.Acting().Clone()}
		a, err := m.Cut(from, to, analyzer.CutOptions{Weights: weights, Source: r})
		if err != nil || len(a.Changes) != 1 || a.Changes[0].Kind != kind || !a.Verified {
			t.Errorf("%s: %+v (%v)", kind, a, err)
		}
	}
}
