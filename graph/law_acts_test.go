package graph_test

import "testing"

// Section 3, whom a principal acts as.
func TestLawOfActing(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a principal has its own grants",
			org:  lawRole + "user ada\nuser bo\ngrant ada r a",
			says: []string{"ada routing:queue:view a by r@a", "bo routing:queue:view a = none"},
		},
		{
			// ada in g: g -> r@a
			name: "a member has the grants of its group",
			org:  lawRole + "user ada\ngroup g ada\ngrant g r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by g > r@a"},
		},
		{
			// ada in inner in middle in outer: outer -> r@a
			name: "groups in groups hand on",
			org:  lawRole + "user ada\ngroup inner ada\ngroup middle inner\ngroup outer middle\ngrant outer r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by inner > middle > outer > r@a"},
		},
		{
			// the members of outer are not those of inner
			name: "a group does not act as its members",
			org:  lawRole + "user ada\ngroup inner ada\ngroup outer inner\nuser bo\nmembers group:outer bo\ngrant inner r a",
			says: []string{"ada routing:queue:view a = whole", "bo routing:queue:view a = none"},
		},
		{
			name: "an inactive group on the way hands on nothing",
			org:  lawRole + "user ada\ngroup inner ada\ngroup middle inner state=inactive\ngroup outer middle\ngrant outer r a\ngrant middle r a",
			says: []string{"ada routing:queue:view a = none"},
		},
		{
			name: "one active way is enough",
			org:  lawRole + "user ada\ngroup off ada state=inactive\ngroup on ada\ngroup outer off on\ngrant outer r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by on > outer > r@a"},
		},
		{
			name: "of two ways the shorter one is told, once",
			org:  lawRole + "user ada\ngroup inner ada\ngroup outer inner ada\ngrant outer r a",
			says: []string{"ada routing:queue:view a by outer > r@a"},
		},
		{
			name: "a group that owns a group hands on like a member",
			org:  lawRole + "user ada\ngroup inner ada\ngroup outer owners=inner\ngrant outer r a",
			says: []string{"ada routing:queue:view a by inner > owner of outer > r@a"},
		},
		{
			name: "who is member and owner is told as member",
			org:  lawRole + "user ada\ngroup g ada owners=ada\ngrant g r a",
			says: []string{"ada routing:queue:view a by g > r@a"},
		},
		{
			// g holds h holds g
			name: "a loop of groups ends",
			org:  lawRole + "user ada\ngroup g ada h\ngroup h g h\ngrant h r a",
			says: []string{"ada routing:queue:view a by g > h > r@a"},
		},
		{
			name: "clients, trustees and unknown ones act as a group that lists them",
			org:  lawRole + "client c\nuser eve trustee=T\ngroup tg trustee=T unread\ngroup g c eve tg unknown:odd\ngrant g r a",
			says: []string{
				"c routing:queue:view a = whole", "eve routing:queue:view a = whole", "tg routing:queue:view a = whole", "odd routing:queue:view a = whole",
			},
		},
		{
			name: "answers list neither groups nor teams of our own",
			org:  lawRole + "user ada\ngroup g ada\nteam t ada\ngrant g r a\ngrant t r a",
			says: []string{"acting = user:ada", "group:g routing:queue:view a = none", "ada routing:queue:view a by g > r@a, t > r@a"},
		},
	})
}

// Section 3, groups that are not role-enabled.
func TestLawOfGroupsWithoutRoles(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a grant that comes through nothing else is conditional",
			org:  lawRole + "user ada\ngroup g ada roles=false\ngrant g r a",
			says: []string{"ada routing:queue:view a = conditional", "ada routing:queue:view a because group", "ada routing:queue:view b = none"},
		},
		{
			name: "one on the way is enough for doubt",
			org:  lawRole + "user ada\ngroup inner ada roles=false\ngroup outer inner\ngrant outer r a",
			says: []string{"ada routing:queue:view a = conditional", "ada routing:queue:view a by inner > outer > r@a"},
		},
		{
			// ada in off in outer, ada in x in y in outer
			name: "a longer way without doubt is the one that is told",
			org:  lawRole + "user ada\ngroup off ada roles=false\ngroup x ada\ngroup y x\ngroup outer off y\ngrant outer r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by x > y > outer > r@a"},
		},
		{
			name: "a grant without doubt beside it wins, and both are told, the wider first",
			org:  lawRole + "user ada\ngroup off ada roles=false\ngroup on ada\ngrant off r a\ngrant on r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by on > r@a, off > r@a", "ada routing:queue:view a because "},
		},
		{
			name: "limited reach through one stays limited, and is unresolved",
			org:  lawRole + "user ada in a\nqueue q in a ada\nrole s routing:queue:view scope=assigned\ngroup g ada roles=false\ngrant g s a",
			says: []string{"ada routing:queue:view a = limited queue:q ?", "ada routing:queue:view a because group"},
		},
		{
			name: "even total control through one is conditional",
			org:  lawRole + "user ada\nrole s legacy admin\ngroup g ada roles=false\ngrant g s a",
			says: []string{"ada routing:queue:view b = conditional", "ada admin * = conditional"},
		},
	})
}

// Section 3, teams.
func TestLawOfTeams(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a team that holds grants hands them to those whom it lists",
			org:  lawRole + "user ada\nteam t ada\ngrant t r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by t > r@a"},
		},
		{
			name: "a team lists a client as well",
			org:  lawRole + "client c\nteam t c\ngrant t r a",
			says: []string{"c routing:queue:view a = whole"},
		},
		{
			name: "the members of a group that a team lists are not in the team",
			org:  lawRole + "user ada\ngroup g ada\nteam t group:g\ngrant t r a",
			says: []string{"ada routing:queue:view a = none"},
		},
		{
			name: "a team in a group hands on nothing",
			org:  lawRole + "user ada\nteam t ada\ngroup g team:t\ngrant g r a",
			says: []string{"ada routing:queue:view a = none"},
		},
	})
}

// Section 3, live and dormant.
func TestLawOfTheLive(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a user who is not active has nothing today",
			org:  lawRole + "user ada state=inactive\ngroup g ada\ngrant g r a",
			says: []string{"ada routing:queue:view a = none", "acting =", "dormant = user:ada"},
		},
		{
			name: "a client that is not active has nothing today",
			org:  lawRole + "client c state=disabled\ngrant c r a",
			says: []string{"c routing:queue:view a = none", "dormant = oauth_client:c"},
		},
		{
			name: "a trustee's user needs its own state and the trust",
			org:  lawRole + "trust T enabled\ntrust U disabled\nuser eve trustee=T state=inactive\nuser fay trustee=U state=active\nuser gil trustee=T\ngroup g eve fay gil\ngrant g r a",
			says: []string{
				"eve routing:queue:view a = none", "fay routing:queue:view a = none", "gil routing:queue:view a = whole",
				"acting = trustee_user:gil", "dormant = trustee_user:eve trustee_user:fay",
			},
		},
		{
			name: "so does a trustee's group",
			org:  lawRole + "trust T\ntrust U disabled\ngroup x trustee=T unread\ngroup y trustee=U unread\ngroup z trustee=T state=inactive unread\ngrant x r a\ngrant y r a\ngrant z r a",
			says: []string{"x routing:queue:view a = whole", "y routing:queue:view a = none", "z routing:queue:view a = none"},
		},
		{
			name: "a disabled trustee's user gets nothing through our own group",
			org:  lawRole + "trust U disabled\nuser fay trustee=U\ngroup g fay\ngrant g r a",
			says: []string{"fay routing:queue:view a = none"},
		},
	})
}

// Section 3, what the snapshot lacks.
func TestLawOfTheAbsent(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a subject that the complete list lacks is nobody, and dangling",
			org:  lawRole + "grant user:x r a\ngrant oauth_client:y r a\ngrant group:g r a\ngrant team:t r a",
			says: []string{
				"acting =", "user:x routing:queue:view a = none",
				"dangling = group:g r@a without subject, oauth_client:y r@a without subject, team:t r@a without subject, user:x r@a without subject",
			},
		},
		{
			name: "a user that an incomplete list lacks is a principal",
			org:  lawRole + "grant user:x r a\npartial users",
			says: []string{"user:x routing:queue:view a = whole", "acting = user:x", "dangling =", "gaps = users partial"},
		},
		{
			name: "a list without a line in the ledger is not complete",
			org:  lawRole + "grant user:x r a\nsilent users",
			says: []string{"user:x routing:queue:view a = whole"},
		},
		{
			name: "a line of the ledger about every organization counts for each",
			org:  lawRole + "grant user:x r a\nsilent users\ncover users complete everywhere",
			says: []string{"user:x routing:queue:view a = none"},
		},
		{
			name: "a client that an incomplete list lacks is a principal",
			org:  lawRole + "grant oauth_client:x r a\nmissing oauth_clients",
			says: []string{"oauth_client:x routing:queue:view a = whole"},
		},
		{
			name: "a group or team that an incomplete list lacks is unknown with its id",
			org:  lawRole + "grant group:x r a\ngrant team:y r a\nmissing groups teams",
			says: []string{"unknown:x routing:queue:view a = whole", "unknown:y routing:queue:view a = whole"},
		},
		{
			name: "a group that only its members tell of hands on to them",
			org:  lawRole + "user ada\ngrant group:x r a\nmembers group:x ada\nmissing groups",
			says: []string{"ada routing:queue:view a = whole", "acting = user:ada"},
		},
		{
			name: "a list of members of a group that is gone gives nothing",
			org:  lawRole + "user ada\ngrant group:x r a\nmembers group:x ada",
			says: []string{"ada routing:queue:view a = none", "dangling = group:x r@a without subject"},
		},
		{
			name: "a trustee's subject is a principal whatever lists are complete",
			org:  lawRole + "grant trustee_user:x r a\ngrant trustee_group:y r a",
			says: []string{"trustee_user:x routing:queue:view a = whole", "trustee_group:y routing:queue:view a = whole", "dangling ="},
		},
		{
			name: "an id without a type that nothing has may be a trustee's",
			org:  lawRole + "grant subject:x r a",
			says: []string{"unknown:x routing:queue:view a = whole", "dangling ="},
		},
		{
			name: "an id in a group that complete lists do not have is nobody",
			org:  lawRole + "group g x\ngrant g r a",
			says: []string{"acting =", "undetermined routing:queue:view a ="},
		},
		{
			name: "a listed member may be somebody where a list is not complete",
			org:  lawRole + "group g x\nteam t y user:z\ngrant g r a\ngrant t r a\nmissing users",
			says: []string{
				"unknown:x routing:queue:view a = whole", "unknown:y routing:queue:view a = whole", "user:z routing:queue:view a = whole",
			},
		},
		{
			name: "a role that the complete list lacks gives nothing, and is dangling",
			org:  lawRole + "user ada\ngrant ada x a",
			says: []string{"ada routing:queue:view a = none", "dangling = user:ada x@a without role"},
		},
		{
			name: "a role that an incomplete list lacks may carry everything, everywhere",
			org:  lawRole + "user ada\ngrant ada x a\nmissing roles",
			says: []string{
				"ada routing:queue:view b = conditional", "ada routing:queue:view * = conditional", "ada admin * = conditional",
				"ada routing:queue:view b because role", "ada routing:queue:view b by x@a > missing x",
			},
		},
		{
			name: "so may one that a role inherits and an incomplete list lacks",
			org:  lawRole + "user ada\nrole s inherits x\ngrant ada s a\npartial roles",
			says: []string{"ada routing:queue:view b = conditional", "ada admin b = conditional", "ada admin b by s@a > missing x"},
		},
		{
			name: "what the role says for sure stands beside it",
			org:  lawRole + "user ada\nrole r inherits x\ngrant ada r a\npartial roles",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = conditional", "ada routing:queue:view a by r@a, r@a > missing x"},
		},
	})
}
