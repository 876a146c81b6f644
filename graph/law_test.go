package graph_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// The access model, section by section, and the tests that draw its rows as
// small organizations:
//
//	1  missing values             TestLawOfMissingValues
//	   every division             TestLawOfDivisions
//	   missing records, told      TestLawOfTheUndetermined
//	   keys                       TestLawOfKeys
//	2  permissions, patterns      TestLawOfPermissions
//	   the alias table            TestLawOfAliases
//	   the universe, legacy       TestLawOfTheUniverse
//	   division-aware or not      TestLawOfAwareness
//	3  who a principal acts as    TestLawOfActing, TestLawOfTeams
//	   groups without roles       TestLawOfGroupsWithoutRoles
//	   live and dormant           TestLawOfTheLive
//	   absent subjects and roles  TestLawOfTheAbsent
//	4  derivations, inheritance   TestLawOfDerivations
//	   OAuth clients              TestLawOfClients
//	   trustee organizations      TestLawOfTrustees
//	5  scopes                     TestLawOfScopes, TestLawOfUnresolvedScopes
//	   users, queues or both      TestLawOfWhatAPermissionIsAbout
//	   members of queues          TestLawOfQueueMembers
//	   conditions                 TestLawOfConditions
//	   the reach, and why         TestLawOfReach, TestLawOfBecause
//	6  access policies            TestLawOfAccessPolicies
//	   enforce-deny               TestLawOfEnforcedDenials
//	7  tenants                    analyzer: TestTenantOfUser, TestTenantOfClient, TestTenantOfTrustee
//	   shared divisions           analyzer: TestSharedAndStrayDivisions
//	   no configuration           analyzer: TestTenantsWithoutConfiguration
//	   allow, the matrix          analyzer: TestAllow, TestMatrixCells
//	8  each step                  TestLawOfEscalations, TestLawOfOwnEscalations
//	   the closure                TestLawOfTheClosure
//	9  equal principals           TestLawOfEqualPrincipals
//	11 nearest misses             analyzer: TestLawOfNearestMisses
//
//	half sentences              TestLawOfTheRemainingRows, TestLawOfNearMisses
//
// What random organizations found beside these is in TestLawsThatWereBroken, what
// mutants found in TestLawOfSmallThings.

// lawRole is two divisions, and a role with one permission that divisions limit.
const lawRole = `
division a
division b
catalogue routing:queue:view aware
role r routing:queue:view
`

// Null and missing are the same, and switch nothing off.
func TestLawOfMissingValues(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a user without a state is active",
			org:  lawRole + "user ada\ngrant ada r a",
			says: []string{"ada routing:queue:view a = whole", "acting = user:ada"},
		},
		{
			name: "a state is compared without regard to case",
			org:  lawRole + "user ada state=ACTIVE\ngrant ada r a",
			says: []string{"ada routing:queue:view a = whole"},
		},
		{
			name: "any other state switches off",
			org:  lawRole + "user out state=inactive\nuser gone state=deleted\nuser odd state=locked\ngrant out r a\ngrant gone r a\ngrant odd r a",
			says: []string{
				"out routing:queue:view a = none", "gone routing:queue:view a = none", "odd routing:queue:view a = none",
				"acting =", "dormant = user:gone user:odd user:out",
			},
		},
		{
			name: "a group hands on its grants unless told otherwise",
			org:  lawRole + "user ada\ngroup g ada\ngrant g r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by g > r@a"},
		},
		{
			name: "an owner counts unless includeOwners is false",
			org:  lawRole + "user ada\nuser bo\ngroup g owners=ada\ngroup h owners=bo include=false\ngrant g r a\ngrant h r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by owner of g > r@a", "bo routing:queue:view a = none"},
		},
		{
			name: "a trust is enabled unless it is disabled",
			org:  lawRole + "trust T\ntrust U disabled\nuser eve trustee=T\nuser fay trustee=U\ngrant eve r a\ngrant fay r a",
			says: []string{
				"trustee_user:eve routing:queue:view a = whole", "trustee_user:fay routing:queue:view a = none", "dormant = trustee_user:fay",
			},
		},
		{
			name: "an access policy that is not said to be active is not",
			org:  lawRole + "user ada\ngrant ada r a\npolicy p routing:queue:view deny all",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a marked "},
		},
		{
			name: "a grant without a division is over every division",
			org:  lawRole + "user ada\nuser bo\nuser cy\ngrant ada r\ngrant bo r all\ngrant cy r *",
			says: []string{
				"ada routing:queue:view * = whole", "bo routing:queue:view * = whole", "cy routing:queue:view * = whole",
				"ada routing:queue:view b by r@*", "bo routing:queue:view b by r@*",
			},
		},
		{
			name: "one grant told in two ways is one reason",
			org:  lawRole + "user ada\ngrant user:ada r\ngrant subject:ada r all\ngrant ada r *",
			says: []string{"ada routing:queue:view a by r@*"},
		},
		{
			name: "a subject without a type is every subject of that id",
			org:  lawRole + "user x\nclient x\ngroup x y\nuser y\ngrant subject:x r a",
			says: []string{
				"user:x routing:queue:view a = whole", "oauth_client:x routing:queue:view a = whole",
				"y routing:queue:view a = whole", "y routing:queue:view a by x > r@a",
			},
		},
		{
			name: "a subject of an unknown type is a principal of its own",
			org:  lawRole + "user x\ngrant unknown:x r a",
			says: []string{"unknown:x routing:queue:view a = whole", "user:x routing:queue:view a = none"},
		},
		{
			name: "a client without a grant type has access of its own",
			org:  lawRole + "client c\ngrant c r a",
			says: []string{"c routing:queue:view a = whole", "delegated ="},
		},
		{
			name: "names are no keys",
			org:  "division a name=Sales\ndivision b name=SALES\ncatalogue routing:queue:view aware\nrole r routing:queue:view\nuser ada name=Ada\nuser bo name=Ada\ngrant ada r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = none", "bo routing:queue:view a = none"},
		},
	})
}

// The divisions are those that were listed, and any other that something mentions.
func TestLawOfDivisions(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a division is whatever is mentioned as one",
			org:  "division a\nuser ada in b\nflow f in c\nrole r x:y:z\ngrant ada r d\ngrant ada r all",
			says: []string{"divisions = a b c d"},
		},
		{
			name: "a grant in a division that the complete list lacks still reaches it",
			org:  lawRole + "user ada\ngrant ada r lost",
			says: []string{"ada routing:queue:view lost = whole", "dangling = user:ada r@lost without division"},
		},
		{
			name: "a resource without a division lies in every division",
			org:  lawRole + "queue q1\nqueue q2 in *\nqueue q3 in all\nqueue q4 in a\nview v queues=q1,q2,q3,q4\nrole s routing:queue:view scope=view views=v\nuser ada\ngrant ada s",
			says: []string{
				"ada routing:queue:view a = limited queue:q1 queue:q2 queue:q3 queue:q4",
				"ada routing:queue:view b = limited queue:q1 queue:q2 queue:q3",
			},
		},
		{
			name: "a user without a division lies in every division",
			org:  lawRole + "catalogue directory:user:view aware\nrole s directory:user:view scope=self\nuser ada\ngrant ada s",
			says: []string{"ada directory:user:view a = limited user:ada", "ada directory:user:view b = limited user:ada"},
		},
	})
}

// What was not read is told, and never turns into nobody.
func TestLawOfTheUndetermined(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "members that were not read are told where the role could matter",
			org:  lawRole + "user ada\ngroup g unread\ngrant g r a",
			says: []string{
				"ada routing:queue:view a = none", "undetermined routing:queue:view a = group:g r@a",
				"undetermined routing:queue:view b =", "undetermined routing:queue:edit a =",
			},
		},
		{
			name: "members that were read in part are told, and count",
			org:  lawRole + "user ada\ngroup g ada partial\ngrant g r a",
			says: []string{"ada routing:queue:view a = whole", "undetermined routing:queue:view a = group:g r@a"},
		},
		{
			name: "an empty list was read",
			org:  lawRole + "user ada\ngroup g\ngrant g r a",
			says: []string{"ada routing:queue:view a = none", "undetermined routing:queue:view a ="},
		},
		{
			name: "a team whose members were not read is told",
			org:  lawRole + "team t unread\ngrant t r a",
			says: []string{"undetermined routing:queue:view a = team:t r@a"},
		},
		{
			name: "a group inside whose members were not read is told with the grant of the one outside",
			org:  lawRole + "group outer inner\ngroup inner unread\ngrant outer r a",
			says: []string{"undetermined routing:queue:view a = group:inner r@a"},
		},
		{
			name: "a group that is not active hands on nothing, and is not told",
			org:  lawRole + "group g unread state=inactive\ngrant g r a",
			says: []string{"undetermined routing:queue:view a ="},
		},
		{
			name: "an unread role is told for every permission",
			org:  lawRole + "role s unread\nuser ada\ngrant ada s a",
			says: []string{"ada routing:queue:view a = none", "undetermined routing:queue:view a = any s@a", "undetermined x:y:z a = any s@a"},
		},
		{
			name: "so is one that inherits from such a role",
			org:  lawRole + "role s unread\nrole u inherits s\nuser ada\ngrant ada u a",
			says: []string{"undetermined routing:queue:view a = any u@a"},
		},
		{
			name: "a name in a role that cannot be read is a line that was not read",
			org:  lawRole + "role s guide a:b:c:d\nuser ada\ngrant ada s a",
			says: []string{"ada routing:queue:view a = none", "undetermined routing:queue:view a = any s@a"},
		},
		{
			name: "a skill group on a queue is told only where a scope rests on queues",
			org:  lawRole + "queue q in a lists=SKILLGROUP:k\nrole s routing:queue:edit scope=assigned\ncatalogue routing:queue:edit aware\nuser ada\ngrant ada s a",
			says: []string{
				"undetermined routing:queue:edit a = queue:q", "undetermined routing:queue:edit b =", "undetermined routing:queue:view a =",
			},
		},
		{
			name: "an access policy whose target cannot be read is told",
			org:  lawRole + "user ada\ngrant ada r a\npolicy p a:b:c:d deny all active",
			says: []string{"ada routing:queue:view a = whole", "undetermined routing:queue:view a = access_policy:p"},
		},
	})
}

// Section 2, patterns.
func TestLawOfPermissions(t *testing.T) {
	t.Parallel()
	const held = "division a\ndivision b\nuser ada\ngrant ada r a\n"
	uphold(t, []law{
		{
			name: "a star in a part matches whatever stands there",
			org:  held + "role r routing:*:view\nrole r *:user:edit",
			says: []string{
				"ada routing:queue:view a = whole", "ada routing:queue:edit a = none", "ada directory:user:edit a = whole",
				"ada directory:user:view a = none",
			},
		},
		{
			name: "the actions star and all match each action",
			org:  held + "role r routing:queue:*\nrole r recording:recording:all",
			says: []string{
				"ada routing:queue:delete a = whole", "ada routing:skill:view a = none", "ada recording:recording:view a = whole",
				"ada recording:screen:view a = none",
			},
		},
		{
			name: "all in another part is only a name",
			org:  held + "role r all:all:view",
			says: []string{"ada routing:queue:view a = none", "ada all:all:view a = whole"},
		},
		{
			name: "case and white space do not count",
			org:  held + `role r " Routing":"QUEUE":"vi ew"`,
			says: []string{"ada routing:queue:view a = whole"},
		},
		{
			name: "a pattern covers permissions of three parts only",
			org:  held + "role r *:*:*",
			says: []string{"ada any:thing:atall a = whole", "ada admin a = none", "ada group_creation a = none"},
		},
		{
			name: "admin covers everything, everywhere",
			org:  held + "role r legacy Admin\ncatalogue routing:queue:view aware",
			says: []string{
				"ada routing:queue:view a = whole", "ada routing:queue:view b = whole", "ada routing:queue:view * = whole",
				"ada group_creation b = whole", "ada admin b = whole", "ada routing:queue:view b by r@a > legacy admin",
			},
		},
		{
			name: "another legacy permission is organization-wide, and no pattern covers it",
			org:  held + "role r legacy group_creation",
			says: []string{"ada group_creation b = whole", "ada group_creation * = whole", "ada admin a = none", "ada routing:queue:view a = none"},
		},
		{
			name: "a permission outside the universe is answered by what covers it",
			org:  held + "role r routing:*:*\ncatalogue routing:queue:view aware",
			says: []string{"ada routing:nothing:new a = whole", "ada routing:nothing:new b = conditional", "ada speech:nothing:new a = none"},
		},
		{
			name: "the empty condition and the scopes all and organization narrow nothing",
			org:  held + "role r routing:queue:view scope=All if=\"{}\"\nrole r routing:queue:edit scope=ORGANIZATION",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:edit a = whole"},
		},
	})
}

// Section 2, how far a permission reaches.
func TestLawOfAwareness(t *testing.T) {
	t.Parallel()
	const held = "division a\ndivision b\nuser ada\ngrant ada r a\n"
	uphold(t, []law{
		{
			name: "one that divisions limit stays where the role is granted",
			org:  held + "role r routing:queue:view\ncatalogue routing:queue:view aware",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = none", "ada routing:queue:view * = none"},
		},
		{
			name: "one that divisions do not limit reaches the whole organization",
			org:  held + "role r routing:queue:view\ncatalogue routing:queue:view unlimited",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = whole", "ada routing:queue:view * = whole", "ada routing:queue:view b by r@a"},
		},
		{
			name: "one without a flag reaches the other divisions conditionally",
			org:  held + "role r routing:queue:view\ncatalogue routing:queue:view unflagged",
			says: []string{
				"ada routing:queue:view a = whole", "ada routing:queue:view b = conditional", "ada routing:queue:view * = conditional",
				"ada routing:queue:view b because awareness", "ada routing:queue:view a because ",
			},
		},
		{
			name: "so does one that the catalogue lacks",
			org:  held + "role r routing:queue:view\ncatalogue x:y:z aware",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = conditional"},
		},
		{
			name: "shipped data decides where the catalogue does not",
			org: held + "catalogue x:y:z aware\ncatalogue sso:provider:edit unflagged\nrole r oauth:client:edit\nrole r sso:provider:edit\n" +
				"role r directory:group:edit\nrole r directory:organization:admin\nrole r authorization:role:edit\nrole r authorization:policy:edit\n" +
				"role r authorization:settings:edit\nrole r authorization:orgTrusteeUser:add\nrole r mfa:verifier:edit\nrole r user:user:impersonate\nrole r telephony:trunk:edit",
			says: []string{
				"ada oauth:client:edit b = whole", "ada sso:provider:edit b = whole", "ada directory:group:edit b = whole",
				"ada directory:organization:admin b = whole", "ada authorization:role:edit b = whole", "ada authorization:policy:edit b = whole",
				"ada authorization:settings:edit b = whole", "ada authorization:orgTrusteeUser:add b = whole", "ada mfa:verifier:edit b = whole",
				"ada user:user:impersonate b = none", "ada user:user:impersonate a = whole", "ada telephony:trunk:edit b = none",
			},
		},
		{
			name: "the organization's own catalogue comes before shipped data",
			org:  held + "catalogue oauth:client:edit aware\nrole r oauth:client:edit",
			says: []string{"ada oauth:client:edit a = whole", "ada oauth:client:edit b = none"},
		},
		{
			name: "without a catalogue an unknown one counts as limited, and the ledger has the gap",
			org:  held + "role r routing:queue:view\nmissing permissions",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = none", "gaps = permissions absent"},
		},
		{
			name: "without a catalogue shipped data still counts",
			org:  held + "role r oauth:client:edit\nmissing permissions",
			says: []string{"ada oauth:client:edit b = whole"},
		},
		{
			name: "of two entries the one without limits wins",
			org:  held + "role r routing:queue:view\ncatalogue routing:queue:view aware\ncatalogue Routing:Queue:View unlimited",
			says: []string{"ada routing:queue:view b = whole"},
		},
		{
			name: "a catalogue is an organization's own",
			org:  "org o\n" + held + "role r routing:queue:view\ncatalogue routing:queue:view aware\norg other\ncatalogue routing:queue:view unlimited",
			says: []string{"ada routing:queue:view b = none"},
		},
	})
}

// Section 2, the names that guides use.
func TestLawOfAliases(t *testing.T) {
	t.Parallel()
	for guide, want := range map[string]string{
		"users:read": "directory:user:view", "Users > View": "directory:user:view",
		"users:write": "directory:user:edit", "Users > Edit": "directory:user:edit", "Admin > People > Edit": "directory:user:edit",
		"roles:read": "authorization:role:view", "Security > Role > View": "authorization:role:view",
		"roles:write": "authorization:role:edit", "Roles > Edit": "authorization:role:edit", "Admin > Role > Edit": "authorization:role:edit",
		"Admin > Role > Add": "authorization:role:add", "Admin > Role > Assign": "authorization:grant:add",
		"telephony_queues:read": "routing:queue:view", "telephony_queues:edit": "routing:queue:edit",
		"reports:read": "reporting:anything:view", "analytics:read": "analytics:anything:view",
		"Organization > Admin": "directory:organization:admin", "Organization > Edit": "directory:organization:admin", "orgs:admin": "directory:organization:admin",
		"General > Export > Create": "analytics:dataExport:add", "Telephony > Trunk > Edit": "telephony:plugin:anything",
		"Routing > Queue > View": "routing:queue:view", "Routing > Queue: View": "routing:queue:view",
		"user:impersonate": "user:user:impersonate",
	} {
		t.Run(guide+" is "+want, func(t *testing.T) {
			t.Parallel()
			a := mustAsk(t, "division a\nuser ada\nrole r guide \""+guide+"\"\ngrant ada r a", askedOptions{})
			a.uphold(t, "ada "+want+" a = whole")
			a.uphold(t, "ada x:y:z a = none")
		})
	}
	uphold(t, []law{
		{
			name: "an alias is never applied to what the API's own fields say",
			org:  "division a\nuser ada\nrole r users:users:view\ngrant ada r a",
			says: []string{"ada directory:user:view a = none", "ada users:users:view a = whole"},
		},
		{
			name: "an alias is never applied to a name that the organization has",
			org:  "division a\nuser ada\nrole r guide users:read\ncatalogue users:users:read aware\ngrant ada r a",
			says: []string{"ada users:users:read a = whole", "ada directory:user:view a = none"},
		},
		{
			name: "nor to one that another role names",
			org:  "division a\nuser ada\nrole r guide users:read\nrole s users:users:read\ngrant ada r a",
			says: []string{"ada users:users:read a = whole", "ada directory:user:view a = none"},
		},
	})
}

// The universe is the catalogue and every concrete permission that a role
// names; a pattern that covers nothing of it is kept.
func TestLawOfTheUniverse(t *testing.T) {
	t.Parallel()
	a := mustAsk(t, `
catalogue routing:queue:view aware
role r routing:queue:*
role r routing:queue:edit
role r speech:*:view
role r legacy group_creation
role s *:*:*
`, askedOptions{})
	var got []string
	for _, p := range a.g.Universe("o") {
		name := p.Pattern.String()
		if p.Kept {
			name += " kept"
		}
		got = append(got, name)
	}
	want := []string{"group_creation", "routing:queue:edit", "routing:queue:view", "speech:*:view kept"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("universe (-want +got):\n%s", d)
	}
}

// Each reason for doubt has a sentence of its own, and they come in one order.
func TestLawOfBecause(t *testing.T) {
	t.Parallel()
	all := graph.BecauseUnknownAwareness | graph.BecauseGroupNotEnabled | graph.BecauseScope | graph.BecauseCondition |
		graph.BecauseAccessPolicy | graph.BecauseRoleMissing | graph.BecauseTrust
	texts := all.Texts()
	if len(texts) != 7 || len(slices.Compact(slices.Sorted(slices.Values(texts)))) != 7 {
		t.Fatalf("Texts = %q; want seven different sentences", texts)
	}
	want := []string{texts[2], texts[4]}
	if got := (graph.BecauseAccessPolicy | graph.BecauseScope).Texts(); !slices.Equal(got, want) {
		t.Errorf("Texts = %q; want %q", got, want)
	}
	if got := graph.Because(0).Texts(); got != nil {
		t.Errorf("Texts of nothing = %q; want none", got)
	}
}

// A key is an organization, a kind and an id: what one organization says is
// nothing to another.
func TestLawOfKeys(t *testing.T) {
	t.Parallel()
	a := mustAsk(t, "org o\n"+lawRole+"user ada\norg other\ndivision a\nuser ada\nrole r routing:queue:view\ngrant ada r a", askedOptions{})
	a.uphold(t, "ada routing:queue:view a = none")
	other, ok := a.g.FindPrincipal(authz.Key{Org: "other", Kind: authz.KindUser, ID: "ada"})
	if !ok || len(a.g.Access(other)) != 1 {
		t.Errorf("ada of the other organization: found %v, %d rows; want one", ok, len(a.g.Access(other)))
	}
}
