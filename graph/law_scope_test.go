package graph_test

import (
	"strconv"
	"testing"
)

// lawFloor is the organization of the tables of section 5:
//
//	ada, bob in a; cyd in b; out (inactive) in a
//	leads holds ada, out and inner, and bob owns it; inner (inactive) holds cyd
//	red (a team) lists bob
//	q1 in a lists the group leads, q2 in b lists ada, q3 in a lists the team red, q4 everywhere lists leads without a type
//
// ada and bot have the role s, whose lines each test gives.
const lawFloor = `
division a
division b
user ada in a
user bob in a
user cyd in b
user out in a state=inactive
client bot
group leads ada inner out owners=bob
group inner cyd state=inactive
group other
team red bob
queue q1 in a lists=GROUP:leads
queue q2 in b ada
queue q3 in a lists=TEAM:red
queue q4 lists=leads
view v queues=q1 users=bob
view w queues=q2
catalogue routing:queue:view aware
catalogue directory:user:view aware
catalogue routing:skill:view aware
grant ada s
grant bot s
`

// lawNarrowed is the floor with three lines that something narrows: about
// queues, about users and about neither.
func lawNarrowed(how string) string {
	return lawFloor + "role s routing:queue:view " + how + "\nrole s directory:user:view " + how + "\nrole s routing:skill:view " + how + "\n"
}

// Section 5, the table of scopes.
func TestLawOfScopes(t *testing.T) {
	t.Parallel()
	everything := []string{
		"ada routing:queue:view a = whole", "ada directory:user:view b = whole", "ada routing:skill:view * = whole", "bot routing:queue:view a = whole",
	}
	uphold(t, []law{
		{name: "no scope leaves everything", org: lawNarrowed(""), says: everything},
		{name: "scope all leaves everything", org: lawNarrowed("scope=ALL"), says: everything},
		{name: "scope organization leaves everything", org: lawNarrowed(`scope=" Organization "`), says: everything},
		{
			name: "scope group with names leaves who is in those groups, and their queues",
			org:  lawNarrowed("scope=group groups=leads"),
			says: []string{
				"ada routing:queue:view a = limited queue:q1 queue:q4", "ada routing:queue:view b = limited queue:q4",
				// cyd through a group that is not active, out who is not, bob who owns it
				"ada directory:user:view a = limited user:ada user:bob user:out", "ada directory:user:view b = limited user:cyd",
				"ada routing:skill:view a = limited queue:q1 queue:q4 user:ada user:bob user:out",
				"ada directory:user:view * = limited user:ada user:bob user:cyd user:out",
				"bot directory:user:view b = limited user:cyd", "ada routing:queue:view a because ",
			},
		},
		{
			name: "an owner is left only where owners count",
			org:  lawNarrowed("scope=group groups=deep") + "group deep ada owners=cyd include=false",
			says: []string{"ada directory:user:view a = limited user:ada", "ada directory:user:view b = none", "ada routing:queue:view a = none"},
		},
		{
			name: "several named groups unite",
			org:  lawNarrowed("scope=group groups=inner,small") + "group small bob",
			says: []string{"ada directory:user:view * = limited user:bob user:cyd"},
		},
		{
			name: "with no group named, those count that the principal acts as",
			org:  lawNarrowed("scope=group") + "grant cyd s\ngroup mine bot\nqueue q5 in b lists=GROUP:mine",
			says: []string{
				"ada routing:queue:view a = limited queue:q1 queue:q4",
				"cyd routing:queue:view a = none", // inner is not active, so that leads is not acted as
				"bot routing:queue:view b = limited queue:q5", "bot directory:user:view a = none",
			},
		},
		{
			name: "with no group named, one where roles are switched off counts too",
			org:  lawNarrowed("scope=group") + "group off bob roles=false\nqueue q6 in a lists=GROUP:off\ngrant bob s",
			says: []string{"bob routing:queue:view a = limited queue:q1 queue:q4 queue:q6"},
		},
		{
			name: "scope team with names leaves who is in those teams, and their queues",
			org:  lawNarrowed("scope=team teams=red"),
			says: []string{
				"ada routing:queue:view a = limited queue:q3", "ada routing:queue:view b = none",
				"ada directory:user:view a = limited user:bob", "ada directory:user:view b = none",
			},
		},
		{
			name: "with no team named, those count that list the principal",
			org:  lawNarrowed("scope=team") + "grant bob s",
			says: []string{"ada routing:queue:view a = none", "bob routing:queue:view a = limited queue:q3", "bob directory:user:view a = limited user:bob"},
		},
		{
			name: "scope view leaves what its views hold",
			org:  lawNarrowed("scope=view views=v,w"),
			says: []string{
				"ada routing:queue:view a = limited queue:q1", "ada routing:queue:view b = limited queue:q2",
				"ada directory:user:view a = limited user:bob", "ada routing:queue:view * = limited queue:q1 queue:q2",
			},
		},
		{
			name: "scope assigned leaves the user itself, and the queues that list it or what holds it",
			org:  lawNarrowed("scope=assigned") + "grant bob s\ngrant cyd s",
			says: []string{
				"ada routing:queue:view a = limited queue:q1 queue:q4", "ada routing:queue:view b = limited queue:q2 queue:q4",
				"ada directory:user:view a = limited user:ada", "ada directory:user:view b = none",
				"bob routing:queue:view a = limited queue:q1 queue:q3 queue:q4",
				// through a group that is not active: routing is not roles
				"cyd routing:queue:view a = limited queue:q1 queue:q4", "bot routing:queue:view a = none", "bot directory:user:view a = none",
			},
		},
		{
			name: "scope assigned does not ask whether roles are switched on",
			org:  lawNarrowed("scope=assigned") + "group off bob roles=false\nqueue q6 in b lists=GROUP:off\ngrant bob s",
			says: []string{"bob routing:queue:view b = limited queue:q4 queue:q6"},
		},
		{
			name: "scope assigned leaves a client the queues of its groups",
			org:  lawNarrowed("scope=assigned") + "group mine bot\nqueue q5 in a lists=GROUP:mine",
			says: []string{"bot routing:queue:view a = limited queue:q5", "bot directory:user:view a = none"},
		},
		{
			name: "scope self leaves the user itself",
			org:  lawNarrowed("scope=self"),
			says: []string{
				"ada directory:user:view a = limited user:ada", "ada directory:user:view b = none", "ada routing:queue:view a = none",
				"ada routing:skill:view a = limited user:ada",
			},
		},
		{
			name: "scope self leaves a client or a trustee nothing",
			org:  lawNarrowed("scope=self") + "user eve trustee=T\ngrant eve s",
			says: []string{"bot directory:user:view a = none", "eve directory:user:view a = none", "eve routing:skill:view a = none"},
		},
	})
}

// Section 5, the last row of the table: everything, unresolved.
func TestLawOfUnresolvedScopes(t *testing.T) {
	t.Parallel()
	unresolved := []string{
		"ada routing:queue:view a = conditional", "ada directory:user:view b = conditional", "ada routing:skill:view * = conditional",
		"bot routing:queue:view a = conditional", "ada routing:queue:view a because scope",
	}
	var laws []law
	for name, org := range map[string]string{
		"a scope that is not known":                   lawNarrowed("scope=galaxy"),
		"a view scope without a view":                 lawNarrowed("scope=view"),
		"a group that the snapshot lacks":             lawNarrowed("scope=group groups=leads,gone"),
		"a team that the snapshot lacks":              lawNarrowed("scope=team teams=red,gone"),
		"a view that the snapshot lacks":              lawNarrowed("scope=view views=v,gone"),
		"a queue in a view that the snapshot lacks":   lawNarrowed("scope=view views=broken") + "view broken queues=q1,gone",
		"a user in a view that the snapshot lacks":    lawNarrowed("scope=view views=broken") + "view broken users=gone",
		"scope group without the list of groups":      lawNarrowed("scope=group groups=leads") + "missing groups",
		"scope group without the members of groups":   lawNarrowed("scope=group groups=leads") + "partial group_members",
		"scope group without the list of queues":      lawNarrowed("scope=group groups=leads") + "missing queues",
		"scope group without the members of queues":   lawNarrowed("scope=group groups=leads") + "missing queue_members",
		"scope group with a group that was not read":  lawNarrowed("scope=group groups=leads") + "group blind unread",
		"scope group with a group read in part":       lawNarrowed("scope=group groups=leads") + "group blind partial",
		"scope group with a queue that was not read":  lawNarrowed("scope=group") + "queue blind unread",
		"scope team without the list of teams":        lawNarrowed("scope=team teams=red") + "silent teams",
		"scope team without the members of teams":     lawNarrowed("scope=team") + "missing team_members",
		"scope team with a team that was not read":    lawNarrowed("scope=team teams=red") + "team blind unread",
		"scope team without the list of queues":       lawNarrowed("scope=team teams=red") + "missing queues",
		"scope team with a queue that was not read":   lawNarrowed("scope=team teams=red") + "queue blind unread",
		"scope assigned without groups":               lawNarrowed("scope=assigned") + "missing groups",
		"scope assigned without members of groups":    lawNarrowed("scope=assigned") + "missing group_members",
		"scope assigned without teams":                lawNarrowed("scope=assigned") + "missing teams",
		"scope assigned without members of teams":     lawNarrowed("scope=assigned") + "missing team_members",
		"scope assigned without queues":               lawNarrowed("scope=assigned") + "missing queues",
		"scope assigned without members of queues":    lawNarrowed("scope=assigned") + "missing queue_members",
		"scope assigned with a queue that was unread": lawNarrowed("scope=assigned") + "queue blind unread",
		"scope view without the list of views":        lawNarrowed("scope=view views=v") + "missing views",
	} {
		laws = append(laws, law{name: name + " leaves everything, unresolved", org: org, says: unresolved})
	}
	uphold(t, laws)
	uphold(t, []law{
		{
			name: "scope group does not rest on teams",
			org:  lawNarrowed("scope=group groups=leads") + "missing teams team_members views",
			says: []string{"ada routing:queue:view a = limited queue:q1 queue:q4"},
		},
		{
			name: "scope team does not rest on groups",
			org:  lawNarrowed("scope=team teams=red") + "missing groups group_members",
			says: []string{"ada routing:queue:view a = limited queue:q3"},
		},
		{
			name: "scopes view and self rest on no members",
			org:  lawNarrowed("scope=view views=v") + "grant bob u\nrole u directory:user:view scope=self\nmissing groups group_members teams team_members queue_members",
			says: []string{"ada routing:queue:view a = limited queue:q1", "bob directory:user:view a = limited user:bob"},
		},
		{
			name: "a member without a record, where all users were read, is left out",
			org:  lawNarrowed("scope=group groups=ghosts") + "group ghosts ada nobody user:nobody2",
			says: []string{"ada directory:user:view * = limited user:ada"},
		},
	})
}

// Section 5, which of a scope's resources a permission is about.
func TestLawOfWhatAPermissionIsAbout(t *testing.T) {
	t.Parallel()
	const both = "division a\nuser ada in a\nqueue q in a\nview v queues=q users=ada\ngrant ada s a\nrole s *:*:* scope=view views=v\n"
	uphold(t, []law{
		{
			name: "queue in front of an entity is about queues",
			org:  both,
			says: []string{"ada routing:queue:view a = limited queue:q", "ada routing:queueMember:view a = limited queue:q"},
		},
		{
			name: "user and profile in front of an entity, and user as a domain, are about users",
			org:  both,
			says: []string{
				"ada directory:user:view a = limited user:ada", "ada directory:userProfile:view a = limited user:ada",
				"ada directory:profile:view a = limited user:ada", "ada user:thing:view a = limited user:ada",
			},
		},
		{
			name: "any other is about both, and so is one that speaks of both",
			org:  both,
			says: []string{
				"ada routing:skill:view a = limited queue:q user:ada", "ada analytics:conversationDetail:view a = limited queue:q user:ada",
				"ada user:queueMember:view a = limited queue:q user:ada",
			},
		},
		{
			name: "it is the same without shipped data", options: askedOptions{plain: true},
			org: both,
			says: []string{
				"ada routing:queue:view a = limited queue:q", "ada directory:profile:view a = limited user:ada",
				"ada routing:skill:view a = limited queue:q user:ada",
			},
		},
		{
			name: "what is left of the wrong kind is nothing",
			org:  "division a\nuser ada in a\nqueue q in a\nview v queues=q\nrole s directory:user:view scope=view views=v\ngrant ada s a",
			says: []string{"ada directory:user:view a = none"},
		},
	})
}

// Section 5, what a queue lists.
func TestLawOfQueueMembers(t *testing.T) {
	t.Parallel()
	const x = "division a\nuser ada in a\nuser bo in a\ngroup x ada\nteam x bo\nrole s routing:queue:view scope=assigned\ngrant ada s a\ngrant bo s a\n"
	uphold(t, []law{
		{
			name: "an entry matches by id and type",
			org:  x + "queue q in a lists=GROUP:x\nqueue p in a lists=TEAM:x",
			says: []string{"ada routing:queue:view a = limited queue:q", "bo routing:queue:view a = limited queue:p"},
		},
		{
			name: "an entry of no type matches both kinds",
			org:  x + "queue q in a lists=x",
			says: []string{"ada routing:queue:view a = limited queue:q", "bo routing:queue:view a = limited queue:q"},
		},
		{
			name: "a skill group matches nothing, and is told",
			org:  x + "queue q in a lists=SKILLGROUP:x",
			says: []string{"ada routing:queue:view a = none", "undetermined routing:queue:view a = queue:q"},
		},
		{
			name: "the case of the type does not count",
			org:  x + "queue q in a lists=Group:x",
			says: []string{"ada routing:queue:view a = limited queue:q", "bo routing:queue:view a = none"},
		},
	})
}

// when is the floor with a condition on each line.
func when(json string) string { return lawNarrowed("if=" + strconv.Quote(json)) }

// Section 5, conditions.
func TestLawOfConditions(t *testing.T) {
	t.Parallel()
	const (
		onQ1   = `{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"}]}`
		onQ3   = `{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q3"}]}`
		q1Q3   = `{"operator":"IN","operands":[{"type":"QUEUE","queue":"q1"},{"type":"QUEUE","queue":"q3"}]}`
		beyond = `{"operator":"GT","operands":[{"type":"SCALAR","value":"7"}]}`
	)
	doubt := []string{
		"ada routing:queue:view a = conditional", "ada routing:queue:view b = conditional", "ada routing:queue:view * = conditional",
		"ada routing:queue:view a because condition",
	}
	laws := []law{
		{
			name: "a leaf gives the queues that it names, whatever the permission is about",
			org:  when(onQ1),
			says: []string{
				"ada routing:queue:view a = limited queue:q1", "ada directory:user:view a = limited queue:q1", "ada routing:skill:view a = limited queue:q1",
			},
		},
		{
			name: "where none of its resources lies, it is unresolved",
			org:  when(onQ1),
			says: []string{"ada routing:queue:view b = conditional", "ada routing:queue:view b because condition", "ada routing:queue:view * = limited queue:q1"},
		},
		{
			name: "a leaf gives the users that it names",
			org:  when(`{"operator":"IN","operands":[{"type":"USER","user":"bob"},{"type":"USER","user":"cyd"}]}`),
			says: []string{"ada routing:queue:view a = limited user:bob", "ada routing:queue:view b = limited user:cyd"},
		},
		{
			name: "a leaf with a team gives whom it lists, and its queues",
			org:  when(`{"operator":"EQ","operands":[{"type":"TEAM","team":"red"}]}`),
			says: []string{"ada routing:queue:view a = limited queue:q3 user:bob"},
		},
		{
			name: "an id may stand in value, and words in any case",
			org:  when(`{"operator":"eq","operands":[{"type":"Queue","value":"q1"},{"type":"user","value":"bob"},{"type":"team","value":"red"}]}`),
			says: []string{"ada routing:queue:view a = limited queue:q1 queue:q3 user:bob"},
		},
		{name: "the empty node leaves everything", org: when(`{}`), says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view * = whole"}},
		{
			name: "a node with a conjunction and nothing else leaves everything",
			org:  when(`{"conjunction":"AND","operator":"GT","variableName":"x"}`),
			says: []string{"ada routing:queue:view a = whole"},
		},
		{name: "AND intersects", org: when(`{"conjunction":"AND","terms":[` + q1Q3 + `,` + onQ1 + `]}`), says: []string{"ada routing:queue:view a = limited queue:q1"}},
		{
			name: "what intersects to nothing is unresolved",
			org:  when(`{"conjunction":"AND","terms":[` + onQ3 + `,` + onQ1 + `]}`),
			says: []string{"ada routing:queue:view a = conditional"},
		},
		{
			name: "AND with a term that is unresolved keeps the set, unresolved",
			org:  when(`{"conjunction":"and","terms":[` + beyond + `,` + onQ1 + `]}`),
			says: []string{"ada routing:queue:view a = limited queue:q1 ?", "ada routing:queue:view a because condition"},
		},
		{name: "OR unites", org: when(`{"conjunction":"OR","terms":[` + onQ3 + `,` + onQ1 + `]}`), says: []string{"ada routing:queue:view a = limited queue:q1 queue:q3"}},
		{name: "no conjunction unites", org: when(`{"terms":[` + onQ3 + `,` + onQ1 + `]}`), says: []string{"ada routing:queue:view a = limited queue:q1 queue:q3"}},
		{name: "a conjunction that is not known unites", org: when(`{"conjunction":"XOR","terms":[` + onQ3 + `,` + onQ1 + `]}`), says: []string{"ada routing:queue:view a = limited queue:q1 queue:q3"}},
		{name: "OR with a term that is unresolved is everything, unresolved", org: when(`{"conjunction":"OR","terms":[` + beyond + `,` + onQ1 + `]}`), says: doubt},
		{name: "OR with an empty term is everything", org: when(`{"terms":[{},` + onQ1 + `]}`), says: []string{"ada routing:queue:view a = whole"}},
		{
			name: "a node may have operands and terms",
			org:  when(`{"conjunction":"AND","operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"}],"terms":[` + q1Q3 + `]}`),
			says: []string{"ada routing:queue:view a = limited queue:q1"},
		},
		{
			name: "terms nest",
			org:  when(`{"conjunction":"AND","terms":[{"terms":[` + onQ1 + `,` + onQ3 + `]},` + onQ3 + `]}`),
			says: []string{"ada routing:queue:view a = limited queue:q3"},
		},
		{
			name: "a condition inside a scope leaves what both leave",
			org:  lawNarrowed("scope=group groups=leads if=" + strconv.Quote(`{"operator":"EQ","operands":[{"type":"USER","user":"ada"}]}`)),
			says: []string{
				"ada directory:user:view a = limited user:ada",
				"ada directory:user:view b = limited user:cyd ?",
				"ada routing:queue:view a = limited queue:q1 queue:q4 ?", "ada routing:queue:view b = limited queue:q4 ?",
			},
		},
		{
			name: "a scope that leaves nothing is not widened by a condition",
			org:  lawNarrowed("scope=team teams=red if=" + strconv.Quote(onQ1)),
			says: []string{"ada routing:queue:view b = none", "ada routing:queue:view a = limited queue:q3 ?"},
		},
		{
			name: "a condition under a scope that is unresolved leaves its set, unresolved",
			org:  lawNarrowed("scope=galaxy if=" + strconv.Quote(onQ1)),
			says: []string{"ada routing:queue:view a = limited queue:q1 ?", "ada routing:queue:view b = conditional"},
		},
	}
	for name, json := range map[string]string{
		"a leaf with another operator":                      `{"operator":"GT","operands":[{"type":"QUEUE","queue":"q1"}]}`,
		"a leaf without an operator":                        `{"operands":[{"type":"QUEUE","queue":"q1"}]}`,
		"a leaf with one operand of another type":           `{"operator":"IN","operands":[{"type":"QUEUE","queue":"q1"},{"type":"SCALAR","value":"7"}]}`,
		"a leaf with an operand without a type":             `{"operator":"EQ","operands":[{"queue":"q1"}]}`,
		"a leaf with an operand without an id":              `{"operator":"EQ","operands":[{"type":"QUEUE"}]}`,
		"a leaf with a queue that the snapshot lacks":       `{"operator":"EQ","operands":[{"type":"QUEUE","queue":"gone"}]}`,
		"a leaf with one user that the snapshot lacks":      `{"operator":"IN","operands":[{"type":"USER","user":"bob"},{"type":"USER","user":"gone"}]}`,
		"a leaf with a team that the snapshot lacks":        `{"operator":"EQ","operands":[{"type":"TEAM","team":"gone"}]}`,
		"a leaf that takes a group for a team":              `{"operator":"EQ","operands":[{"type":"TEAM","team":"leads"}]}`,
		"a term that is unresolved, alone":                  `{"conjunction":"AND","terms":[` + beyond + `]}`,
		"AND of a term that is unresolved and an empty one": `{"conjunction":"AND","terms":[` + beyond + `,{}]}`,
	} {
		laws = append(laws, law{name: name + " leaves everything, unresolved", org: when(json), says: doubt})
	}
	laws = append(laws, law{
		name: "a leaf with a team leaves everything, unresolved, where teams were not read",
		org:  when(`{"operator":"EQ","operands":[{"type":"TEAM","team":"red"}]}`) + "missing team_members",
		says: doubt,
	})
	uphold(t, laws)
}

// Section 5, the reach over a division, and the union of several.
func TestLawOfReach(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "conditional is wider than limited",
			org:  lawFloor + "role s routing:queue:view scope=view views=v\nrole s routing:queue:view scope=galaxy",
			says: []string{"ada routing:queue:view a = conditional", "ada routing:queue:view a by s@*, s@*"},
		},
		{
			name: "whole is wider than conditional",
			org:  lawFloor + "role s routing:queue:view scope=galaxy\nrole s routing:queue:view",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a because "},
		},
		{
			name: "limited ones unite",
			org:  lawFloor + "role s routing:queue:view scope=view views=v\nrole s routing:queue:view scope=team teams=red",
			says: []string{"ada routing:queue:view a = limited queue:q1 queue:q3"},
		},
		{
			name: "limited ones that unite are unresolved if one of them is",
			org:  lawFloor + "role s routing:queue:view scope=view views=v\nrole s routing:queue:view scope=galaxy if=" + strconv.Quote(`{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q3"}]}`),
			says: []string{"ada routing:queue:view a = limited queue:q1 queue:q3 ?"},
		},
		{
			name: "limited reach where nobody knows whether divisions limit it is unresolved",
			org:  lawFloor + "role u routing:queue:edit scope=group groups=leads\ngrant bob u a",
			says: []string{"bob routing:queue:edit a = limited queue:q1 queue:q4", "bob routing:queue:edit b = limited queue:q4 ?"},
		},
		{
			name: "a scope narrows what no division limits, division by division",
			org:  lawFloor + "role u routing:queue:delete scope=group groups=leads\ncatalogue routing:queue:delete unlimited\ngrant bob u b",
			says: []string{"bob routing:queue:delete a = limited queue:q1 queue:q4", "bob routing:queue:delete b = limited queue:q4", "bob routing:queue:delete * = limited queue:q1 queue:q4"},
		},
		{
			// the partner's queue lists its own agents and our leads: both teams' figures are in it
			name: "scope group reaches a queue that the group shares with another tenant",
			org: "division ours\ndivision theirs\nuser ada in ours\nuser pia in theirs\ngroup leads ada\nqueue shared in theirs pia lists=GROUP:leads\nqueue own in theirs pia\n" +
				"catalogue reporting:queue:view aware\nrole s reporting:queue:view scope=group\ngrant ada s",
			says: []string{"ada reporting:queue:view theirs = limited queue:shared", "ada reporting:queue:view ours = none"},
		},
	})
}
