package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// waysOf spells out why the access of one differs: each cause's ways with the kinds
// of their changes, each once.
func waysOf(d *graph.Difference, id string) string {
	var out []string
	for _, b := range d.Blocks {
		if !slices.ContainsFunc(b.Members, func(m graph.Pair) bool { return m.Key.ID == id }) {
			continue
		}
		for _, c := range b.Changes {
			text := string(c.Cause.Kind) // where there is no way
			if len(c.Cause.Ways) > 0 {
				text = wayTexts(c.Cause.Ways)
			}
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "; ")
}

func wayTexts(ways [][]graph.CauseRecord) string {
	var out []string
	for _, w := range ways {
		var items []string
		for _, r := range w {
			text := string(r.Kind)
			if r.Record.ID != "" {
				text += " " + r.Record.ID
			}
			if r.Of.ID != "" {
				text += " of " + r.Of.ID
			}
			if r.Division != "" {
				text += " in " + r.Division
			}
			items = append(items, text)
		}
		out = append(out, strings.Join(items, " + "))
	}
	return strings.Join(out, " | ")
}

// A wayCase is two organizations, and why Ada's access is not the same in both.
type wayCase struct{ name, both, old, latest, want string }

func checkWays(t *testing.T, list []wayCase) {
	t.Helper()
	for _, tt := range list {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := graph.Options{EnforceDeny: true}
			old, latest := authztest.Parse(t, tt.both+"\n"+tt.old), authztest.Parse(t, tt.both+"\n"+tt.latest)
			if got := waysOf(graph.Compare(build(t, old, o), build(t, latest, o)), "ada"); got != tt.want {
				t.Errorf("ways: %q; want %q", got, tt.want)
			}
		})
	}
}

// Which changes are told where what a scope leaves came or went.
func TestWaysOfWhatAScopeLeaves(t *testing.T) {
	t.Parallel()
	const queues = `
division a
user ada in a
catalogue routing:queue:join aware
queue q in a
queue w in a
view q queues=q
view w queues=w
view both queues=q,w
role q routing:queue:join scope=view views=q
role q2 routing:queue:join scope=view views=q
role w routing:queue:join scope=view views=w
role both routing:queue:join scope=view views=both
`
	const users = `
division a
user ada in a
user bob in a
user eve in a
catalogue directory:user:view aware
role g directory:user:view scope=group groups=g
role h directory:user:view scope=group groups=h
role own directory:user:view scope=group
role all directory:user:view
`
	checkWays(t, []wayCase{
		{"a thing is lost, and what is left comes by another grant", queues, "grant ada both a", "grant ada q a", "grant both in a"},
		{"a thing is gained, and what there was goes with another grant", queues, "grant ada q a", "grant ada both a", "grant both in a"},
		{"a thing is gained, and another grant comes that gives what there was", queues, "grant ada q a", "grant ada q a\ngrant ada q2 a\ngrant ada w a", "grant w in a"},
		{"a thing is lost, and another grant goes that gave what is left", queues, "grant ada q a\ngrant ada q2 a\ngrant ada w a", "grant ada q a", "grant w in a"},
		{
			"two leave the group of a scope, and one is left by another", users + "group h bob\ngrant ada g a\ngrant ada h a", "group g bob eve", "group g",
			"membership eve",
		},
		{
			"a whole reach goes, and what a scope left", users + "grant ada g a", "group g bob\ngrant ada all a", "group g",
			"grant all in a + membership bob",
		},
		{
			"a scope speaks of a group that somebody owned, and its grant goes, too", users, "group g owners=ada include=true\ngrant ada own a", "",
			"grant own in a | group g",
		},
		{
			"a role does not inherit a line any more, and the line leaves less", queues + "view v queues=q",
			"role r inherits q\ngrant ada r a", "role r\ngrant ada r a",
			"role r",
		},
		{
			"a role does not inherit a line any more, and what that speaks of went, too", users + "role r routing:queue:edit\ngrant ada r a",
			"role r inherits g\ngroup g bob", "group g",
			"membership bob | role r",
		},
		{
			"a grant in a division that there is no more, of what lies in every division", "division a\nuser ada in a\nqueue q ada\ncatalogue routing:queue:join aware\nrole r routing:queue:join scope=assigned",
			"division b\ngrant ada r b", "",
			"grant r in b",
		},
		{
			"somebody comes to a group of one's own", users + "grant ada own a", "group g ada bob", "group g ada bob eve",
			"membership eve",
		},
		{
			"an owner goes, who is in a team all the time", users + "team t bob\ngrant ada g a", "group g owners=bob include=true", "group g",
			"group g of bob",
		},
		{
			"a member becomes an owner alone, and is counted no more", users + "grant ada own a\ngroup h bob", "group g ada eve", "group g ada owners=eve include=true",
			"",
		},
		{
			"somebody owns a group that a queue lists", queues + "role own routing:queue:join scope=assigned\nqueue x in a lists=GROUP:g\ngrant ada own a", "group g", "group g owners=ada include=true",
			"group g",
		},
		{
			"a queue lists a group now, which somebody joined, too", queues + "role own routing:queue:join scope=assigned\ngrant ada own a", "group g\nqueue x in a", "group g ada\nqueue x in a lists=GROUP:g",
			"membership g + membership x",
		},
		{
			"a queue lists a group all the time, which comes with somebody in it", queues + "role own routing:queue:join scope=assigned\ngrant ada own a\nqueue x in a lists=GROUP:g", "", "group g ada",
			"group g",
		},
		{
			"a group comes with somebody in it, and a queue lists it", queues + "role own routing:queue:join scope=assigned\ngrant ada own a", "queue x in a", "queue x in a lists=GROUP:g\ngroup g ada",
			"group g + membership x",
		},
		{
			"a queue lists somebody, and the group that was joined", queues + "role own routing:queue:join scope=assigned\ngrant ada own a", "group g\nqueue x in a", "group g ada\nqueue x in a ada lists=GROUP:g",
			"membership x",
		},
		{
			"a group that is switched off is on a queue, and somebody joins it", queues + "role own routing:queue:join scope=assigned\nqueue x in a lists=GROUP:g\ngrant ada own a", "group g state=inactive", "group g ada state=inactive",
			"membership x",
		},
		{
			"somebody joins two groups that a queue lists", queues + "role own routing:queue:join scope=assigned\nqueue x in a lists=GROUP:g lists=GROUP:h\ngrant ada own a", "group g\ngroup h", "group g ada\ngroup h ada",
			"membership g",
		},
		{
			"groups are not read any more", users + "group g bob\ngrant ada g a", "", "missing groups",
			"coverage",
		},
		{
			"teams are not read any more, of which a condition names one", "division a\nuser ada in a\nuser bob in a\nteam t bob\nrole r conversation:message:view if=\"{\\\"variableName\\\":\\\"x\\\",\\\"operator\\\":\\\"EQ\\\",\\\"operands\\\":[{\\\"type\\\":\\\"TEAM\\\",\\\"team\\\":\\\"t\\\"}]}\"\ngrant ada r a",
			"", "missing teams",
			"coverage",
		},
		{
			"a grant comes, and its role is narrowed no longer", "division a\nuser ada in a\ncatalogue directory:user:view aware", "role r directory:user:view scope=self", "role r directory:user:view\ngrant ada r a",
			"grant r in a + scope r",
		},
		{
			"a grant comes that would have given as much under its scope", "division a\nuser ada in a\ncatalogue directory:user:view unflagged\nrole s directory:user:view scope=self\ngrant ada s", "role r directory:user:view scope=team teams=none", "role r directory:user:view\ngrant ada r b",
			"grant r in b",
		},
		{
			"a queue of a condition goes, and teams are not read any more, of which the scope was none", "division a\nuser ada in a\nrole r directory:userProfile:edit scope=team teams=none if=\"{\\\"variableName\\\":\\\"x\\\",\\\"operator\\\":\\\"EQ\\\",\\\"operands\\\":[{\\\"type\\\":\\\"QUEUE\\\",\\\"queue\\\":\\\"q\\\"}]}\"\ngrant ada r a",
			"queue q in a", "missing teams",
			"resource q",
		},
		{
			"somebody without a record is in the group", users + "missing users\ngrant ada g a", "group g zed", "group g",
			"resource zed",
		},
		{
			"somebody without a record is in the group, and then users were read", users + "grant ada g a", "missing users\ngroup g zed", "group g",
			"coverage",
		},
	})
}

// Which changes are told of grants, groups and roles.
func TestWaysOfGrants(t *testing.T) {
	t.Parallel()
	const line = `
division a
user ada in a
catalogue routing:queue:view aware
role r routing:queue:view
role s
`
	checkWays(t, []wayCase{
		{
			"fewer changes stand before more", line + "role t inherits s\ngrant ada r a\ngrant ada t a\ngrant ada u a", "role u", "role a routing:queue:edit\nrole s inherits a\nrole u routing:queue:edit",
			"role u | role a + role s",
		},
		{
			"ways of as many changes stand in the order of what changed", line + "group g ada\ngrant ada s a", "", "grant g r a\nrole s routing:queue:view",
			"grant r of g in a | role s",
		},
		{
			"who has no record, and comes by a grant", "division a\ncatalogue routing:queue:view aware\nrole r routing:queue:view", "", "grant trustee_user:ada r a", "grant r in a",
		},
		{
			"a team that lists somebody, and a trustee's group of theirs", line + "trust T\ngroup g ada trustee=T\ngrant team:t r a", "team t ada trustee_group:g", "team t trustee_group:g", "membership t",
		},
		{
			"a trustee's group joins a team, of which one acts by oneself", line + "trust T\ngroup g ada trustee=T\ngrant team:t r a", "team t", "team t ada trustee_group:g", "membership t",
		},
		{
			"groups that hold each other", line + "grant h r a", "group h\ngroup f g\ngroup g f", "group h g\ngroup f g\ngroup g f ada", "membership g + membership h of g",
		},
		{
			"somebody becomes able to act, and a line is no longer narrowed that left everything", "division a\ncatalogue odd:thing:view unflagged\ngrant ada r b",
			"role r odd:thing:view scope=team teams=none\nclient ada type=CODE", "role r odd:thing:view\nclient ada type=CLIENT-CREDENTIALS", "client",
		},
		{
			"a role that is inherited gives total control no longer", line + "division b\nrole r inherits t\ngrant ada r b", "role t legacy admin", "role t",
			"role t",
		},
		{
			"two roles that are inherited give total control", line + "division b\nrole r inherits t u\ngrant ada r b", "role t\nrole u", "role t legacy admin\nrole u legacy admin",
			"role t | role u",
		},
		{
			"a role inherits total control no longer", line + "division b\nrole t legacy admin\ngrant ada r b", "role r inherits t", "",
			"role r",
		},
		{
			"a role that inherits one that was not read", line + "role m inherits n\ngrant ada m a", "role n unread", "role n routing:queue:view",
			"coverage n",
		},
		{
			"a role that inherits one that there was no record of", line + "cover roles partial\nrole m inherits n\ngrant ada m a", "", "role n",
			"role n",
		},
	})
}

// Which changes are told of access policies.
func TestWaysOfAccessPolicies(t *testing.T) {
	t.Parallel()
	const line = `
division a
user ada in a
catalogue routing:queue:view aware
role r routing:queue:view
grant ada r a
`
	checkWays(t, []wayCase{
		{
			"another comes than there was", line, "policy p directory:user:view deny user:ada active", "policy q routing:queue:view allow user:ada active",
			"access policy q",
		},
		{
			"one that marked now denies", line, "policy p routing:queue:view allow user:ada active", "policy p routing:queue:view deny user:ada active",
			"access policy p",
		},
		{
			"one speaks of another permission now", line, "policy p routing:queue:edit deny user:ada active", "policy p routing:queue:view deny user:ada active",
			"access policy p",
		},
		{
			"one speaks of more now", line + "role r routing:queue:edit", "policy p routing:queue:edit deny user:ada active", "policy p routing:queue:* deny user:ada active",
			"access policy p",
		},
		{
			"one of a group that was joined and of everybody", line, "policy p routing:queue:view deny user:ada active\npolicy q routing:queue:view deny group:g active\ngroup g ada", "policy p routing:queue:view deny user:ada active\npolicy q routing:queue:view deny group:g active\ngroup g ada",
			"",
		},
	})
}

// Where of limited reach only the mark differs, what is told is what it came by.
func TestWaysOfMarks(t *testing.T) {
	t.Parallel()
	const self = `
division a
user ada in a
catalogue directory:user:view aware
role r directory:user:view scope=self
`
	checkWays(t, []wayCase{
		{
			"a condition comes that nobody can resolve", "division a\nuser ada in a\ncatalogue directory:user:view aware\ngrant ada r a", "role r directory:user:view scope=self",
			`role r directory:user:view scope=self if="{\"variableName\":\"x\",\"operator\":\"GT\",\"operands\":[{\"type\":\"QUEUE\",\"queue\":\"q\"}]}"`,
			"scope r",
		},
		{
			"an access policy comes that speaks of it", self + "grant ada r a", "", "policy p directory:user:view allow user:ada active",
			"access policy p",
		},
		{
			"somebody joins a group that an access policy speaks of", self + "grant ada r a\npolicy p directory:user:view allow group:g active", "group g", "group g ada",
			"membership g",
		},
		{
			"two access policies go", self + "grant ada r a", "policy p directory:user:view allow user:ada active\npolicy q directory:user:* allow user:ada active", "",
			"access policy p + access policy q",
		},
		{
			"roles do not surely reach members any more, and a grant goes that gave no more", self + "grant g r a", "group g ada\ngrant g r *", "group g ada roles=false",
			"group g",
		},
		{
			"two groups hand roles on again", self + "grant g r a\ngrant h r a", "group g ada roles=false\ngroup h ada roles=false", "group g ada\ngroup h ada",
			"group g + group h",
		},
		{
			"two groups hand roles on no more", self + "grant g r a\ngrant h r a", "group g ada\ngroup h ada", "group g ada roles=false\ngroup h ada roles=false",
			"group g | group h",
		},
		{
			"the surer of two ways goes", self + "grant h r a\ngroup h g1 g2\ngroup g1 ada roles=false", "group g2 ada", "group g2",
			"membership g2",
		},
		{
			"a group may not hand roles on, and another way comes", self + "grant h r a\ngroup h g1 g2\ngroup g1 ada roles=false", "group g2", "group g2 ada",
			"membership g2",
		},
	})
}

// A role of the platform's own changes by itself, unless the organization says that
// it does not.
func TestWaysOfDefaultRoles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		old, now bool
		backfill authz.Tri
		want     string
	}{
		{"it may", true, true, authz.Unknown, "built-in role r"},
		{"it does", true, true, authz.True, "built-in role r"},
		{"it does not", true, true, authz.False, "role r"},
		{"it was none", false, true, authz.True, "role r"},
		{"it is none any more", true, false, authz.True, "role r"},
	} {
		base := "division a\nuser ada in a\nrole r routing:queue:view\ngrant ada r a\n"
		old, latest := authztest.Parse(t, base), authztest.Parse(t, base+"role r routing:queue:edit")
		old.Role[0].Default, latest.Role[0].Default = tt.old, tt.now
		latest.Organization[0].Backfill = tt.backfill
		if got := waysOf(graph.Compare(build(t, old, graph.Options{}), build(t, latest, graph.Options{})), "ada"); got != tt.want {
			t.Errorf("%s: %q; want %q", tt.name, got, tt.want)
		}
	}
}
