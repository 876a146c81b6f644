package analyzer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
)

// rowsOf are an organization in which BPO_A reaches the data of BPO_B in every
// way that an answer tells apart.
const rowsOf = places + `
catalogue routing:queue:view aware
catalogue routing:queue:edit aware
catalogue recording:recording:view unlimited
catalogue sso:provider:view unlimited
catalogue architect:flow:view aware
user ada in a name=Ada
user amy in a name=Amy
user bea in b name=Bea
user cyd in home name=Cyd
user dot in a name=Dot state=inactive
client web type=CODE scopes=b,a name=Web
client old type=CODE state=disabled name=Old
client bare type=CODE name=Bare
queue q1 in b
queue q2 in b
flow f1 in b
view v queues=q1
role viewer name=Viewer routing:queue:view
role narrow name=Narrow routing:queue:view scope=view views=v
role editor name=Editor routing:queue:edit
role taper name=Taper recording:recording:view
role sso2 name=Sign-in sso:provider:view
role sso1 name=Sign-in sso:provider:view
role sso3 name=Also sso:provider:view
role sso4 name=Sign-in sso:provider:view
role sso0 name=Zeta sso:provider:view
role flows name=Flows architect:flow:view
grant ada viewer b
grant ada narrow b
grant ada editor b
grant amy narrow b
grant bea viewer b
grant cyd taper home
grant dot viewer b
grant ada flows b
grant ada sso1 a
grant cyd sso2 home
grant cyd sso1 home
grant cyd sso0 home
grant cyd sso4 home
grant amy sso3 a
grant bea sso3 b
grant web viewer b
`

func rowsText(a *analyzer.WhoAnswer) []string {
	var out []string
	for _, i := range a.Worst() {
		r := a.Answers[i]
		text := fmt.Sprintf("%s %s %s", r.Principal.ID, r.Reach, r.Through)
		for _, mark := range []struct {
			on   bool
			word string
		}{{r.Outside, " outside"}, {r.Dormant, " dormant"}} {
			if mark.on {
				text += mark.word
			}
		}
		for _, p := range r.Permissions {
			text += fmt.Sprintf(" %s=%s", p.Permission, p.Reach)
			if len(p.Resources) > 0 {
				text += "(" + strings.Join(p.Resources, ",") + ")"
			}
		}
		if len(r.Reasons) > 0 {
			text += fmt.Sprintf(" by %d", len(r.Reasons))
			for _, x := range r.Reasons {
				text += " " + x.Permission + "=" + x.Reach.String()
			}
		}
		out = append(out, text)
	}
	for _, w := range a.OrganizationWide {
		out = append(out, fmt.Sprintf("wide %s %d/%d %s", w.Role.ID, w.External, w.Principals, strings.Join(w.Permissions, ",")))
	}
	for _, d := range a.Delegated {
		out = append(out, fmt.Sprintf("delegated %s %q %v", d.Client.ID, d.Scopes, d.Scopes == nil))
	}
	return out
}

// The rows of an answer, the worst first, and what stands beside them.
func TestWhoRows(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, rowsOf, tenants)
	delegated := []string{"delegated bare [] false", `delegated web ["a" "b"] false`}
	wide := append([]string{
		"wide sso3 2/2 sso:provider:view", "wide sso1 1/2 sso:provider:view", "wide sso2 0/1 sso:provider:view", "wide sso4 0/1 sso:provider:view",
		"wide sso0 0/1 sso:provider:view",
	}, delegated...)
	for _, c := range []struct {
		name, verb, target string
		options            analyzer.WhoOptions
		want               []string
	}{
		{name: "see a tenant", verb: "see", target: "tenant:BPO_B", want: append([]string{
			"ada whole divisions outside", "amy limited divisions outside", "cyd whole organization outside", "bea whole divisions",
		}, wide...)},
		{name: "with permissions", verb: "routing:queue:*", target: "tenant:BPO_B", options: analyzer.WhoOptions{Permissions: true}, want: append([]string{
			"ada whole divisions outside routing:queue:edit=whole routing:queue:view=whole",
			"amy limited divisions outside routing:queue:view=limited(queue:q1)", "bea whole divisions routing:queue:view=whole",
		}, delegated...)},
		{name: "with the best reason", verb: "routing:queue:*", target: "tenant:BPO_B", options: analyzer.WhoOptions{Reasons: "best"}, want: append([]string{
			"ada whole divisions outside by 1 routing:queue:edit=whole", "amy limited divisions outside by 1 routing:queue:view=limited",
			"bea whole divisions by 1 routing:queue:view=whole",
		}, delegated...)},
		{name: "with all reasons", verb: "routing:queue:*", target: "tenant:BPO_B", options: analyzer.WhoOptions{Reasons: "all", Dormant: true}, want: append([]string{
			"ada whole divisions outside by 3 routing:queue:edit=whole routing:queue:view=whole routing:queue:view=limited",
			"dot whole divisions outside dormant by 1 routing:queue:view=whole", "amy limited divisions outside by 1 routing:queue:view=limited",
			"bea whole divisions by 1 routing:queue:view=whole",
		}, delegated...)},
		{name: "a queue", verb: "see", target: "queue:q1", options: analyzer.WhoOptions{Permissions: true}, want: append([]string{
			"ada whole divisions outside routing:queue:view=whole", "amy limited divisions outside routing:queue:view=limited(queue:q1)",
			"cyd whole organization outside recording:recording:view=whole", "bea whole divisions routing:queue:view=whole",
		}, wide...)},
		{name: "the other queue", verb: "see", target: "queue:q2", options: analyzer.WhoOptions{Permissions: true, Reasons: "all"}, want: append([]string{
			"ada whole divisions outside routing:queue:view=whole by 1 routing:queue:view=whole",
			"cyd whole organization outside recording:recording:view=whole by 1 recording:recording:view=whole",
			"bea whole divisions routing:queue:view=whole by 1 routing:queue:view=whole",
		}, wide...)},
		{name: "a flow", verb: "see", target: "flow:f1", want: append([]string{
			"ada whole divisions outside", "cyd whole organization outside",
		}, wide...)},
		{name: "a user", verb: "see", target: "user:bea", want: append([]string{
			"cyd whole organization outside",
		}, wide...)},
		{name: "a name outside the universe", verb: "routing:skill:view", target: "division:b", want: delegated},
	} {
		to, _, err := m.FindTarget(c.target)
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Who(c.verb, to, c.options)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, rowsText(a)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		for _, r := range a.Answers {
			_, reason, ok := m.Via(a, r)
			if !ok || reason.Reach != r.Reach {
				t.Errorf("%s: via %s %v for %s %v", c.name, reason.Permission, reason.Reach, r.Principal.ID, r.Reach)
			}
		}
	}
}
