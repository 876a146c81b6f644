package graph_test

import "testing"

// Rows of sections 2, 3 and 9 that stand in half a sentence of the law.
func TestLawOfTheRemainingRows(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			// the catalogue was read, and nothing is in it
			name: "a catalogue without an entry is as good as none",
			org:  "division a\ndivision b\nuser ada\nrole r routing:queue:view\nrole r oauth:client:edit\ngrant ada r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = none", "ada oauth:client:edit b = whole"},
		},
		{
			// red lists the trustee's user eve and the trustee's group crew
			name: "a team lists a trustee's people as well",
			org:  lawRole + "trust T\nuser eve trustee=T\ngroup crew trustee=T unread\nteam red eve crew\ngrant red r a",
			says: []string{
				"trustee_user:eve routing:queue:view a by red > r@a", "trustee_group:crew routing:queue:view a by red > r@a",
				"acting = trustee_group:crew trustee_user:eve",
			},
		},
		{
			name: "a role that reaches every division reaches those that only a resource names",
			org:  lawRole + "user ada\nqueue q in late\ngrant ada r",
			says: []string{"ada routing:queue:view late = whole", "divisions = a b late"},
		},
		{
			// v holds q1 and bo; who holds the role sees the same, whoever it is
			name: "a view is the same for everybody",
			org:  lawRole + "user ada in a\nuser bo in b\nqueue q1 in a\nview v queues=q1 users=bo\nrole s routing:queue:view scope=view views=v\ngrant ada s\ngrant bo s",
			says: []string{"classes = ada+bo", "ada routing:queue:view a = limited queue:q1", "bo routing:queue:view a = limited queue:q1"},
		},
		{
			// q lists the team red: ada is in it, bo in none, cy in one that no queue lists
			name: "queues that a team is listed on set its members apart",
			org:  lawRole + "user ada in a\nuser bo in a\nuser cy in a\nteam red ada\nteam blue cy\nqueue q in b lists=TEAM:red\nrole s routing:queue:view scope=assigned\ngrant ada s\ngrant bo s\ngrant cy s",
			says: []string{"ada routing:queue:view b = limited queue:q", "bo routing:queue:view b = none", "cy routing:queue:view b = none"},
		},
	})
}

// Section 8: the near miss of each escalation. ada holds, over everything, what
// comes next to what gives it, and becomes nobody.
func TestLawOfNearMisses(t *testing.T) {
	t.Parallel()
	const around = "\nclient bot\ngroup g bo owners=bo\nrole all legacy admin\ngrant cy all\ngrant ada r\n"
	var laws []couldLaw
	for near, permissions := range map[string][]string{
		"impersonate":                 {"directory:user:impersonate", "user:users:impersonate"},
		"set password":                {"directory:user:view", "directory:user:add", "directory:userPassword:set"},
		"organization administration": {"directory:organization:view"},
		"edit user":                   {"directory:userProfile:edit", "directory:users:edit"},
		"join a group":                {"directory:group:view", "directory:group:add", "directory:group:delete"},
		"grant a role":                {"authorization:grant:view", "authorization:grant:delete"},
		"edit a role":                 {"authorization:role:view", "authorization:role:add", "authorization:role:delete"},
		"admit outsiders":             {"authorization:orgTrusteeUser:view", "authorization:orgTrusteeUser:delete", "authorization:orgTrusteeGroup:view", "authorization:orgTrusteeGroup:delete"},
		"take over a client":          {"oauth:client:view", "oauth:client:add", "oauth:client:delete"},
		"control sign-in":             {"sso:provider:view", "sso:provider:delete"},
	} {
		for _, p := range permissions {
			laws = append(laws, couldLaw{name: near + " is not " + p, org: inA + "role r " + p + around})
		}
	}
	upholdCould(t, laws)
	upholdCould(t, []couldLaw{
		{
			// nobody is in the division empty, and the right to grant there is the right to all
			name:  "total comes from a division in which nobody is",
			org:   inA + "division empty\ncatalogue authorization:grant:add aware\n!role r authorization:grant:add\n!grant ada r empty",
			could: "total 1",
		},
		{
			name:  "whoever is live is impersonated in the divisions of the reach only",
			org:   inA + "catalogue user:user:impersonate aware\nrole r user:user:impersonate\ngrant ada r b",
			could: "user:cy 1",
		},
		{
			// ada is listed by g, and does not own it
			name:  "a member does not own its group",
			org:   inA + "group g ada\ngroup h g owners=bo",
			could: "",
		},
	})
}
