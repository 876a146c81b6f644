package graph_test

import "testing"

// What once went wrong: the shortest organization in which the two evaluators,
// or two questions to one of them, gave different answers.
func TestLawsThatWereBroken(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "admin knows no scope, however it is written",
			org: `
				division a
				user ada
				role r guide admin scope=self
				grant ada r`,
			says: []string{"ada routing:queue:view a = whole"},
		},
		{
			name: "a queue that lists a trustee's group is reached by scope group",
			org: `
				division a
				group tg trustee=T
				queue q in a lists=GROUP:tg
				role r routing:queue:view scope=group
				role r routing:queue:edit scope=assigned
				grant tg r`,
			says: []string{"tg routing:queue:view a = limited queue:q", "tg routing:queue:edit a = limited queue:q"},
		},
		{
			name: "a member group of a type that is not known may be any group",
			org: `
				division a
				user ada
				group g ada
				queue q in a lists=WORKTEAM:g
				role r routing:queue:view scope=assigned
				grant ada r`,
			says: []string{"ada routing:queue:view a = limited queue:q"},
		},
		{
			name: "a name in an access policy's target is no alias",
			org: `
				division a
				user ada
				role s telephony:plugin:view
				grant ada s a
				policy p telephony:trunk:edit deny all active`,
			options: askedOptions{deny: true},
			says:    []string{"ada telephony:plugin:view a = whole"},
		},
		{
			name: "a role that is called unknown is no role that was not read",
			org: `
				division a
				division b
				catalogue routing:queue:view aware
				user ada
				user bo
				role r name=unknown
				role r routing:queue:view
				role s inherits unknown
				grant ada s a
				grant bo lost a
				partial roles`,
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = none"},
		},
		{
			name: "space around a state, a division and a grant type means nothing",
			org: `
				division a
				user ada state="active "
				user bo
				client c type=" CODE "
				group g bo state=" Active"
				role r routing:queue:view
				grant ada r " ALL "
				grant g r a
				grant c r a`,
			says: []string{"ada routing:queue:view a = whole", "bo routing:queue:view a = whole", "acting = user:ada user:bo", "delegated = oauth_client:c"},
		},
		{
			name: "a queue's member whom an incomplete list lacks is the principal of that id",
			org: `
				division a
				group g u
				queue q in a u
				role r routing:queue:view scope=assigned
				grant g r
				missing users`,
			says: []string{"unknown:u routing:queue:view a = limited queue:q"},
		},
		{
			name: "a team's trustee group does not hand the team's roles to its own members",
			org: `
				division a
				role r user:user:impersonate
				team t tg
				grant team:t r a
				members trustee_group:tg u`,
			says: []string{"unknown:u user:user:impersonate a = none", "trustee_group:tg user:user:impersonate a = whole"},
		},
		{
			name: "a role that only an empty group holds leaves nothing undetermined",
			org: `
				division a
				role s unread
				group g
				grant g s a`,
			says: []string{"undetermined routing:queue:view a = "},
		},
		{
			name: "a team does not hold the members of the trustee's group that it lists",
			org: `
				division a
				team t tg
				group g u
				queue q in a lists=TEAM:t
				role r recording:recording:view scope=assigned
				role r routing:skill:view
				grant g r
				members trustee_group:tg u
				policy p routing:skill:view deny team:t active`,
			says: []string{"unknown:u recording:recording:view a = limited unknown:u", "unknown:u routing:skill:view a = whole"},
		},
		{
			name: "a trustee's group is a group for scope group, and so for who is equal",
			org: `
				division a
				user ada
				user bo
				user cy
				role r directory:user:view scope=group
				group g ada bo
				grant g r
				members trustee_group:tg ada cy`,
			says: []string{"classes = ada bo cy tg"},
		},
		{
			name: "who may be in an unread group of a trustee's group is not in the team that lists the latter",
			org: `
				division a
				group g unread
				team t tg
				role r routing:queue:view
				grant team:t r a
				members trustee_group:tg g`,
			says: []string{"undetermined routing:queue:view a = "},
		},
		{
			name: "a role of one organization leaves nothing undetermined in the one that its trustee's group is at home in",
			org: `
				org T
				division b
				group tg unread
				org o
				role r unread
				group tg trustee=T unread
				grant trustee_group:tg r *`,
			says: []string{"undetermined routing:queue:view b = "},
		},
	})
}
