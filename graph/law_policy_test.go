package graph_test

import "testing"

// lawGuarded is who access policies may speak of: ada in leads (active), cyd in
// leads only through inner (inactive), bob in the team red, pat in the group off
// (not role-enabled), a client, and a trustee's group.
const lawGuarded = lawRole + `
catalogue routing:queue:edit aware
role r routing:queue:edit
user ada
user bob
user cyd
user pat
client bot
group leads ada inner
group inner cyd state=inactive
group off pat roles=false
group tg trustee=T unread
team red bob
grant ada r
grant bob r
grant cyd r
grant pat r
grant bot r
grant tg r
`

// lawOpen is a condition that leaves everything.
const lawOpen = `if="{\"terms\":[{}]}"`

// Section 6, what an access policy marks.
func TestLawOfAccessPolicies(t *testing.T) {
	t.Parallel()
	const deny = lawGuarded + "policy p routing:queue:view deny "
	uphold(t, []law{
		{
			name: "one about all marks everybody but clients, and takes nothing away",
			org:  deny + "all active",
			says: []string{
				"ada routing:queue:view a = conditional", "bob routing:queue:view * = conditional", "tg routing:queue:view a = conditional",
				"bot routing:queue:view a = whole", "ada routing:queue:view a because policy", "ada routing:queue:view a marked p",
				"bot routing:queue:view a marked ",
			},
		},
		{name: "one marks only what its target covers", org: deny + "all active", says: []string{"ada routing:queue:edit a = whole", "ada routing:queue:edit a marked "}},
		{
			name: "a target may be a pattern or a name of guides",
			org:  lawGuarded + "policy p routing:*:view deny all active\npolicy q \"Routing > Queue > Edit\" deny all active",
			says: []string{"ada routing:queue:view a = conditional", "ada routing:queue:edit a = conditional"},
		},
		{
			name: "an allow marks, and gives nothing",
			org:  lawGuarded + "user eve\npolicy p routing:queue:view allow all active",
			says: []string{"ada routing:queue:view a = conditional", "eve routing:queue:view a = none"},
		},
		{name: "an inactive one does nothing", org: deny + "all inactive", says: []string{"ada routing:queue:view a = whole"}},
		{
			name: "limited reach becomes unresolved",
			org:  lawGuarded + "queue q in a\nview v queues=q\nrole s routing:queue:view scope=view views=v\nuser eve\ngrant eve s\npolicy p routing:queue:view deny user:eve active",
			says: []string{"eve routing:queue:view a = limited queue:q ?", "eve routing:queue:view a because policy"},
		},
		{name: "one about a user marks that user", org: deny + "user:ada active", says: []string{"ada routing:queue:view a = conditional", "bob routing:queue:view a = whole"}},
		{
			name: "one about a group marks whom it holds, whatever its state",
			org:  deny + "group:leads active",
			says: []string{"ada routing:queue:view a = conditional", "cyd routing:queue:view a = conditional", "bob routing:queue:view a = whole"},
		},
		{name: "one about a group that is not active marks its members", org: deny + "group:inner active", says: []string{"cyd routing:queue:view a = conditional", "ada routing:queue:view a = whole"}},
		{name: "one about a group where roles are switched off marks its members", org: deny + "group:off active", says: []string{"pat routing:queue:view a = conditional"}},
		{name: "one about a trustee's group marks the group", org: deny + "group:tg active", says: []string{"tg routing:queue:view a = conditional", "ada routing:queue:view a = whole"}},
		{name: "one about a team marks whom it lists", org: deny + "team:red active", says: []string{"bob routing:queue:view a = conditional", "ada routing:queue:view a = whole"}},
		{name: "one about a client marks that client", org: deny + "client:bot active", says: []string{"bot routing:queue:view a = conditional", "ada routing:queue:view a = whole"}},
		{name: "one that applies to clients marks them", org: deny + "all active clients", says: []string{"bot routing:queue:view a = conditional"}},
		{name: "a client in a group is marked only by one that applies to clients", org: deny + "group:robots active\ngroup robots bot", says: []string{"bot routing:queue:view a = whole"}},
		{name: "so it is marked by one that does", org: deny + "group:robots active clients\ngroup robots bot", says: []string{"bot routing:queue:view a = conditional"}},
		{name: "one without a subject marks everybody", org: deny + "none active", says: []string{"ada routing:queue:view a = conditional", "tg routing:queue:view a = conditional"}},
		{name: "one about a subject of an unknown type marks what has the id", org: deny + "badge:ada active", says: []string{"ada routing:queue:view a = conditional", "bob routing:queue:view a = whole"}},
		{name: "one about nobody marks nobody", org: deny + "user:gone active", says: []string{"ada routing:queue:view a = whole"}},
		{name: "the policies that speak of it are all named", org: deny + "all active\npolicy q routing:*:* allow user:ada active", says: []string{"ada routing:queue:view a marked p q", "bob routing:queue:view a marked p"}},
		{
			name: "policies are named in the order of their ids",
			org:  lawGuarded + "policy z routing:queue:view deny user:ada active\n" + "policy p routing:queue:view deny all active",
			says: []string{"ada routing:queue:view a marked p z"},
		},
		{name: "the type of the subject counts", org: deny + "group:ada active\npolicy q routing:queue:view deny user:leads active\npolicy s routing:queue:view deny client:ada active\npolicy t routing:queue:view deny team:leads active\npolicy u routing:queue:view deny group:red active", says: []string{"ada routing:queue:view a = whole", "bob routing:queue:view a = whole"}},
		{
			name: "a type may mean a subject of an unknown type, or a trustee's",
			org: deny + "user:one active\npolicy q routing:queue:view deny group:two active\npolicy s routing:queue:view deny team:three active\n" +
				"policy t routing:queue:view deny client:four active\npolicy u routing:queue:view deny user:five active\npolicy v routing:queue:view deny user:tg active\n" +
				"grant unknown:one r\ngrant unknown:two r\ngrant unknown:three r\ngrant unknown:four r\nuser five trustee=T\ngrant five r",
			says: []string{
				"unknown:one routing:queue:view a = conditional", "unknown:two routing:queue:view a = conditional",
				"unknown:three routing:queue:view a = conditional", "unknown:four routing:queue:view a = conditional",
				"five routing:queue:view a = conditional", "tg routing:queue:view a = whole",
			},
		},
		{
			name: "a condition that leaves everything is marked too",
			org:  deny + "all active\nuser eve\nrole s routing:queue:* " + lawOpen + "\ngrant eve s",
			says: []string{"eve routing:queue:view a = conditional", "eve routing:queue:edit a = whole", "eve routing:queue:nothing a = whole"},
		},
		{
			name: "so it is outside the universe",
			org:  lawGuarded + "policy p routing:*:* deny user:eve active\nuser eve\nuser fay\nrole s routing:queue:* " + lawOpen + "\ngrant eve s\ngrant fay s",
			says: []string{"eve routing:queue:nothing a = conditional", "eve routing:queue:view a = conditional", "fay routing:queue:nothing a = whole"},
		},
		{name: "groups that hold each other do no harm", org: deny + "group:there active\npolicy q routing:queue:view deny group:off active\ngroup here there ada\ngroup there here", says: []string{"ada routing:queue:view a = conditional", "bob routing:queue:view a = whole"}},
		{
			name: "a policy that cannot be read is told for every permission and division",
			org:  lawGuarded + "division c\npolicy p a:b:c:d deny all active",
			says: []string{"undetermined x:y:z c = access_policy:p", "undetermined routing:queue:view c = access_policy:p"},
		},
		{name: "admin is marked too", org: deny + "all active\nuser eve\nrole s legacy admin\ngrant eve s", says: []string{"eve routing:queue:view b = conditional", "eve routing:queue:edit b = whole"}},
	})
}

// Section 6, an organization that is known to enforce denials.
func TestLawOfEnforcedDenials(t *testing.T) {
	t.Parallel()
	const deny = lawGuarded + "policy p routing:queue:view deny "
	enforced := askedOptions{deny: true}
	uphold(t, []law{
		{
			name: "an unconditional deny takes the permission away", options: enforced,
			org: deny + "all active",
			says: []string{
				"ada routing:queue:view a = none", "tg routing:queue:view a = none", "ada routing:queue:edit a = whole", "bot routing:queue:view a = whole",
				"ada routing:queue:view a by ",
			},
		},
		{name: "one with a condition marks", options: enforced, org: deny + "all active if=x", says: []string{"ada routing:queue:view a = conditional"}},
		{name: "the condition null is none", options: enforced, org: deny + "all active if=null", says: []string{"ada routing:queue:view a = none"}},
		{name: "an allow marks under enforcement too", options: enforced, org: lawGuarded + "policy p routing:queue:view allow all active", says: []string{"ada routing:queue:view a = conditional"}},
		{name: "an inactive deny does nothing under enforcement either", options: enforced, org: deny + "all", says: []string{"ada routing:queue:view a = whole"}},
		{
			name: "a group takes away only through active groups, and marks through others", options: enforced,
			org:  deny + "group:leads active",
			says: []string{"ada routing:queue:view a = none", "cyd routing:queue:view a = conditional", "bob routing:queue:view a = whole"},
		},
		{name: "a group that is not role-enabled takes away", options: enforced, org: deny + "group:off active", says: []string{"pat routing:queue:view a = none"}},
		{name: "a team takes away", options: enforced, org: deny + "team:red active", says: []string{"bob routing:queue:view a = none"}},
		{name: "one about a client takes away from that client", options: enforced, org: deny + "client:bot active", says: []string{"bot routing:queue:view a = none"}},
		{name: "a subject of an unknown type takes nothing away", options: enforced, org: deny + "badge:ada active", says: []string{"ada routing:queue:view a = conditional"}},
		{
			name: "what nobody knows the kind of is denied only with everybody", options: enforced,
			org: deny + "all active clients\ngrant unknown:x r", says: []string{"unknown:x routing:queue:view a = none"},
		},
		{
			name: "not with everybody but clients", options: enforced,
			org: deny + "all active\ngrant unknown:x r", says: []string{"unknown:x routing:queue:view a = conditional", "ada routing:queue:view a = none"},
		},
		{
			name: "not with a group that lists it", options: enforced,
			org:  deny + "group:odd active clients\ngroup odd unknown:x ada\ngrant unknown:x r",
			says: []string{"unknown:x routing:queue:view a = conditional", "ada routing:queue:view a = none"},
		},
		{
			name: "a deny takes away what a condition that leaves everything gives", options: enforced,
			org:  deny + "user:eve active\nuser eve\nuser fay\nrole s routing:queue:* " + lawOpen + "\ngrant eve s\ngrant fay s",
			says: []string{"eve routing:queue:view a = none", "eve routing:queue:edit a = whole", "fay routing:queue:view a = whole", "eve routing:queue:nothing a = whole"},
		},
		{name: "a deny takes limited reach away too", options: enforced, org: deny + "user:eve active\nuser eve in a\nrole s routing:queue:view scope=galaxy\ngrant eve s", says: []string{"eve routing:queue:view a = none"}},
		{name: "a deny beats the trust's full access", options: enforced, org: deny + "all active\ntrust F full", says: []string{"F routing:queue:view a = none", "F routing:queue:edit a = conditional"}},
		{name: "without enforcement a deny only marks", org: deny + "all active", says: []string{"ada routing:queue:view a = conditional"}},
	})
}
