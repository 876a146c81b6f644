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
		{who: "ada", permission: "routing:queue:view", target: "queue:q1", want: []string{
			"move the queue Q1 to A", "move the queue Q1 to C",
			"add the user Ada to the group Nearer", "add the user Ada to the team Red", "add the user Ada to the group Near",
			"assign the role Viewer to the user Ada in B", "assign the role Heir to the user Ada in B",
			"assign the role Pattern to the user Ada in B", "assign the role Total to the user Ada in B",
			"add routing:queue:view to the role Editor",
		}},
		{who: "ada", permission: "routing:queue:view", target: "division:b", want: []string{
			"add the user Ada to the group Nearer", "add the user Ada to the team Red", "add the user Ada to the group Near",
			"assign the role Viewer to the user Ada in B", "assign the role Heir to the user Ada in B",
			"assign the role Pattern to the user Ada in B", "assign the role Total to the user Ada in B",
			"add routing:queue:view to the role Editor",
		}},
		// Narrow would leave another queue: to grant it would not do.
		{who: "bob", permission: "routing:queue:view", target: "queue:q1", want: []string{
			"reactivate the group Off", "add the user Bob to the group Nearer", "add the user Bob to the team Red", "add the user Bob to the group Near",
			"assign the role Viewer to the user Bob in B", "assign the role Heir to the user Bob in B",
			"assign the role Pattern to the user Bob in B", "assign the role Total to the user Bob in B",
		}},
		// what it holds already would change nothing if it were granted again
		{who: "cyd", permission: "routing:queue:view", target: "queue:q1", want: []string{
			"take the scopes and conditions off the lines of the role Narrow that give routing:queue:view",
			"add the user Cyd to the group Nearer", "add the user Cyd to the team Red", "add the user Cyd to the group Near",
			"assign the role Viewer to the user Cyd in B", "assign the role Heir to the user Cyd in B",
			"assign the role Pattern to the user Cyd in B", "assign the role Total to the user Cyd in B",
		}},
		// who is not live lacks that one step, and no other
		{who: "out", permission: "routing:queue:view", target: "queue:q1", want: []string{"reactivate the user Out"}},
		{who: "out", permission: "routing:queue:edit", target: "queue:q1"},
		// of a permission that nobody describes, nobody knows whether divisions limit it
		{who: "eve", permission: "routing:skill:nothing", target: "division:b", want: []string{
			"assign the role Heir to the user Eve in B", "assign the role Pattern to the user Eve in B", "assign the role Total to the user Eve in B",
			"add routing:skill:nothing to the role Free",
		}},
		{who: "eve", permission: "sso:provider:view", target: "division:b"},
		{who: "bob", permission: "sso:provider:view", target: "division:b", want: []string{
			"assign the role Free to the user Bob in B", "assign the role Total to the user Bob in B", "add sso:provider:view to the role Editor",
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
