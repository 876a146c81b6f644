package analyzer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lawMisses draws an organization for each kind of change that would complete a
// derivation, and for how many are told.
//
//	ada ── grant sup@a          queue q in b          (who asks is always ada, about q)
func lawMisses() []struct{ about, records, want string } {
	const base = "division a\ndivision b\ncatalogue routing:queue:view aware\nqueue q in b\nrole sup routing:queue:view\n"
	return []struct{ about, records, want string }{
		{
			"the role is granted elsewhere: move the queue, or grant there", base + "user ada in a\ngrant ada sup a",
			"move the queue q to a | assign the role sup to the user ada in b",
		},
		{
			"a group would do", base + "user ada in a\nuser bob in a\ngroup leads bob name=Leads\ngrant leads sup b",
			"add the user ada to the group Leads | assign the role sup to the user ada in b",
		},
		{
			"a group that was switched off holds it", base + "user ada in a\ngroup off ada name=Off state=inactive\ngrant off sup b",
			"reactivate the group Off | assign the role sup to the user ada in b",
		},
		{
			"the principal was switched off", base + "user ada in a state=inactive\ngrant ada sup b",
			"reactivate the user ada",
		},
		{
			"a scope leaves other queues", base + "role own routing:queue:view scope=assigned\nuser ada in a\ngrant ada own b",
			"take the scopes and conditions off the lines of the role own that give routing:queue:view | assign the role sup to the user ada in b",
		},
		{
			"a role that is there lacks the permission", base + "role plain routing:queue:edit\nuser ada in a\ngrant ada plain b",
			"assign the role sup to the user ada in b | add routing:queue:view to the role plain",
		},
		{
			"the least far-reaching comes first, total control last", base + "role wide routing:queue:view\nrole wide routing:queue:edit\nrole total legacy admin\nuser ada in a",
			"assign the role sup to the user ada in b | assign the role wide to the user ada in b | assign the role total to the user ada in b",
		},
		{
			"five of each kind, and the rest are counted", base + "role r1 routing:queue:view\nrole r2 routing:queue:view\nrole r3 routing:queue:view\nrole r4 routing:queue:view\nrole r5 routing:queue:view\nrole r6 routing:queue:view\nuser ada in a",
			"assign the role r1 to the user ada in b | assign the role r2 to the user ada in b | assign the role r3 to the user ada in b | assign the role r4 to the user ada in b | assign the role r5 to the user ada in b | and 2 more",
		},
	}
}

func TestLawOfNearestMisses(t *testing.T) {
	t.Parallel()
	for _, c := range lawMisses() {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			m := mustConfigured(t, named(c.records), "")
			a := explained(t, m, "user:ada", "routing:queue:view", "queue:q")
			var got []string
			for _, n := range a.Nearest {
				got = append(got, n.Change)
			}
			if a.NearestLeftOut > 0 {
				got = append(got, fmt.Sprintf("and %d more", a.NearestLeftOut))
			}
			if diff := cmp.Diff(strings.Split(c.want, " | "), got); diff != "" || (a.Holds && !a.Dormant) {
				t.Errorf("holds %v; misses (-want +got):\n%s", a.Holds, diff)
			}
		})
	}
}

// named gives the records of a text their ids as names.
func named(records string) string {
	lines := strings.Split(records, "\n")
	for i, l := range lines {
		f := strings.Fields(l)
		if len(f) > 1 && !strings.Contains(l, "name=") && slices.Contains([]string{"division", "user", "queue"}, f[0]) {
			lines[i] += " name=" + f[1]
		}
		if len(f) > 2 && f[0] == "role" && !strings.Contains(strings.Join(lines[:i], "\n"), "role "+f[1]+" ") {
			lines[i] = "role " + f[1] + " name=" + f[1] + "\n" + l
		}
	}
	return strings.Join(lines, "\n")
}
