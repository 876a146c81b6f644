package analyzer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// missing has whom nothing lets see the queues of b, each but for one step.
const missing = `
org o
division a name=A
division b name=B
division c name=C
catalogue routing:queue:view aware
catalogue routing:queue:edit aware
catalogue sso:provider:view unlimited
user ada name=Ada
user bob name=Bob
user cyd name=Cyd
user out name=Out state=inactive
user eve name=Eve
client web type=CODE
group off bob name=Off state=inactive
group idle name=Idle state=inactive
group near name=Near
group nearer name=Nearer
team red name=Red
queue q1 in b name=Q1
queue q2 in a name=Q2
queue q3 in c name=Q3
queue q4 in c name=Q4
view v queues=q2
role viewer name=Viewer routing:queue:view
role editor name=Editor routing:queue:edit
role narrow name=Narrow routing:queue:view scope=view views=v
role pattern name=Pattern routing:*:*
role guided name=Guided guide "Routing > Skill > View"
role heir name=Heir inherits pattern
role total name=Total legacy admin
role free name=Free sso:provider:view
grant ada viewer a
grant ada viewer c
grant ada editor b
grant bob editor a
grant off viewer b
grant idle viewer b
grant near viewer b
grant near editor b
grant nearer viewer b
grant red viewer b
grant cyd narrow b
grant out viewer b
grant eve free a
org far
division z
user zoe
group strange name=Strange
role viewer name=Far routing:queue:view
grant strange viewer z
`

// The changes that would let somebody in are told, the least far-reaching first
// of each kind, and each once.
func TestNearest(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, missing, "")
	for _, c := range []struct {
		who, permission, target string
		want                    []string
		left                    int
	}{
		{who: "ada", permission: "routing:queue:view", target: "queue:q1", left: 1, want: []string{
			"move queue Q1 from B to A, where Viewer is granted", "move queue Q1 from B to C, where Viewer is granted",
			"add Ada to the group Nearer", "add Ada to the team Red", "add Ada to the group Near", "grant Viewer to Ada in B too", "grant Narrow in B",
			"grant Viewer in B", "grant Heir in B", "grant Pattern in B", "add routing:queue:view to the role Editor",
		}},
		{who: "ada", permission: "routing:queue:view", target: "division:b", left: 1, want: []string{
			"add Ada to the group Nearer", "add Ada to the team Red", "add Ada to the group Near", "grant Viewer to Ada in B too", "grant Narrow in B",
			"grant Viewer in B", "grant Heir in B", "grant Pattern in B", "add routing:queue:view to the role Editor",
		}},
		{who: "bob", permission: "routing:queue:view", target: "queue:q1", want: []string{
			"reactivate the group Off, which holds it", "add Bob to the group Nearer", "add Bob to the team Red", "add Bob to the group Near",
			"grant Narrow in B", "grant Viewer in B", "grant Heir in B", "grant Pattern in B", "grant Total in B",
		}},
		// what it holds already would change nothing if it were granted again
		{who: "cyd", permission: "routing:queue:view", target: "queue:q1", want: []string{
			"widen what the scope of Narrow leaves: it reaches the division, but not this", "add Cyd to the group Nearer", "add Cyd to the team Red",
			"add Cyd to the group Near", "grant Viewer in B", "grant Heir in B", "grant Pattern in B", "grant Total in B",
		}},
		// who is not live lacks that one step, and no other
		{who: "out", permission: "routing:queue:view", target: "queue:q1", want: []string{"reactivate Out: its grants come back with it"}},
		{who: "out", permission: "routing:queue:edit", target: "queue:q1"},
		{who: "eve", permission: "routing:skill:nothing", target: "division:b", want: []string{"grant Heir in B", "grant Pattern in B", "grant Total in B"}},
		{who: "eve", permission: "sso:provider:view", target: "division:b"},
		{who: "bob", permission: "sso:provider:view", target: "division:b", want: []string{
			"grant Free in B", "grant Total in B", "add sso:provider:view to the role Editor",
		}},
	} {
		a := explainTo(t, m, authz.Key{Org: "o", Kind: authz.KindUser, ID: c.who}, c.permission, c.target)
		var got []string
		for _, n := range a.Nearest {
			got = append(got, n.Change)
			if len(n.Steps) > 1 || len(n.Steps) == 1 && n.Steps[0].Record.ID == "" {
				t.Errorf("%s: steps %+v", n.Change, n.Steps)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" || a.NearestLeftOut != c.left {
			t.Errorf("%s %s %s, %d left out; want %d (-want +got):\n%s", c.who, c.permission, c.target, a.NearestLeftOut, c.left, diff)
		}
	}
}
