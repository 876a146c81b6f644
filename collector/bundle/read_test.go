package bundle

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func key(kind authz.Kind, id string) authz.Key { return authz.Key{Org: "o", Kind: kind, ID: id} }

func day(d int) time.Time { return time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC) }

func userGrant(subject, role, division string) authz.Grant {
	return authz.Grant{Org: "o", Subject: key(authz.KindUser, subject), Role: role, Division: division, Source: "grants"}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, text string
		want             authz.Records
		readings         map[string]int64
	}{
		{
			name: "organization", file: "settings.json", text: `{"authorizationGrantDivisionAware":true,"backfillEnabled":false,"x":1}`,
			want: authz.Records{Organization: []authz.Organization{{ID: "o", GrantDivisionAware: authz.True, Backfill: authz.False}}},
		},
		{
			name: "divisions", file: "divisions.json", text: `[{"id":"d1","name":"Home","homeDivision":true},{"id":"d2","homeDivision":null}]`,
			want: authz.Records{Division: []authz.Division{{Org: "o", ID: "d1", Name: "Home", Home: true}, {Org: "o", ID: "d2"}}},
		},
		{
			name: "permissions", file: "permissions.json",
			text: `{"entities":[{"domain":"routing","permissionMap":{"queue":[
				{"domain":"routing","entityType":"queue","action":"view","label":"See","divisionAware":true,"allowsConditions":false},
				{"action":"edit"}],"skill":[]}},{"domain":"x","permissionMap":null}]}`,
			want: authz.Records{Permission: []authz.Permission{
				{Org: "o", Domain: "routing", Entity: "queue", Action: "view", Label: "See", DivisionAware: authz.True, AllowsConditions: authz.False},
				{Org: "o", Domain: "routing", Entity: "queue", Action: "edit"},
			}},
		},
		{
			name: "role of the API", file: "roles.json",
			text: `[{"permissionPolicies":[{"domain":"routing","entityName":"queue","actionSet":["view","edit","view"],"allowConditions":true,
				"resourceConditionNode":{"conjunction":"AND","terms":[{"variableName":"Conversation.queues","operator":"EQ",
				"operands":[{"type":"QUEUE","queue":{"id":"q1"}},{"type":"SCALAR","value":7},{"user":"u1","team":{"id":"t1"}}]}]}},
				{"domain":"a","entityName":"b","actionSet":[]},{"domain":"a","entityName":"c","actionSet":null}],
				"permissions":["admin","group_creation"],"id":"r1","name":"R","description":"D","default":true,"base":true,"defaultRoleId":"employee"}]`,
			want: func() authz.Records {
				c := &authz.Condition{Conjunction: "AND", Terms: []authz.Condition{{
					Variable: "Conversation.queues", Operator: "EQ",
					Operands: []authz.Operand{{Type: "QUEUE", Queue: "q1"}, {Type: "SCALAR", Value: "7"}, {User: "u1", Team: "t1"}},
				}}}
				return authz.Records{Role: []authz.Role{{
					Org: "o", ID: "r1", Name: "R", Description: "D", Default: true, Base: true, BasedOn: "employee",
					Legacy: []string{"admin", "group_creation"},
					Policies: []authz.Policy{
						{Domain: "routing", Entity: "queue", Action: "view", Condition: c},
						{Domain: "routing", Entity: "queue", Action: "edit", Condition: c},
					},
				}}}
			}(),
			readings: map[string]int64{"a policy without actions gives nothing": 2},
		},
		{
			name: "roles of the guides", file: "roles.json",
			text: `[{"id":"r1","rolePermissions":[{"id":"Routing > Queue","permission":"View","scope":"Assigned"},
				{"id":"Reporting","permission":"View","scope":"View","view":"v1","groups":["g1",{"id":"g2"}],"teams":{"id":"t1"}}]},
				{"id":"r2","permissions":[{"name":"telephony_queues:edit","scope":"team"},"admin"],"inheritsFrom":"None"},
				{"id":"r3","permissionPolicies":[{"domain":"d","entityName":"e","actionSet":["*"],"scope":"view",
				"scopeGroups":["g"],"scopeTeams":[{"id":"t"}],"scopeView":"v"}],"inheritsFrom":["r1",{"id":"r2"},{"name":"Three"},null,"none"]},
				{"id":"r4","permissionPolicies":null},{"id":"r5","permissions":[]}]`,
			want: authz.Records{Role: []authz.Role{
				{Org: "o", ID: "r1", Policies: []authz.Policy{
					{Guide: "Routing > Queue > View", Scope: "Assigned"},
					{Guide: "Reporting > View", Scope: "View", ScopeViews: []string{"v1"}, ScopeGroups: []string{"g1", "g2"}, ScopeTeams: []string{"t1"}},
				}},
				{Org: "o", ID: "r2", Legacy: []string{"admin"}, Policies: []authz.Policy{{Guide: "telephony_queues:edit", Scope: "team"}}},
				{Org: "o", ID: "r3", Inherits: []string{"r1", "r2", "Three"}, Policies: []authz.Policy{
					{Domain: "d", Entity: "e", Action: "*", Scope: "view", ScopeGroups: []string{"g"}, ScopeTeams: []string{"t"}, ScopeViews: []string{"v"}},
				}},
				{Org: "o", ID: "r4", LinesMissing: true},
				{Org: "o", ID: "r5"},
			}},
		},
		{
			name: "users", file: "users.json",
			text: `[{"id":"u1","name":"Ada","email":"a@x","username":"ada","state":"inactive","division":{"id":"d","name":"D"},
				"department":"Dep","title":"T","manager":{"id":"m"},"dateLastLogin":"2026-01-01T00:00:00.000Z",
				"lastTokenIssued":{"dateIssued":"2026-01-02T01:00:00+01:00"},"employerInfo":{"employeeType":"ext"},
				"bpoUser":true,"region":"eu","licenses":["cx1",{"id":"cx2"}],"trustor":{"id":"org2"}},
				{"id":"u2","name":{"firstName":"Off","lastName":"Shore"},"manager":"m2","clonedFrom":"org3","lastTokenIssued":null,"dateLastLogin":""}]`,
			want: authz.Records{User: []authz.User{
				{
					Org: "o", ID: "u1", Name: "Ada", Email: "a@x", Username: "ada", State: "inactive", Division: "d", Department: "Dep",
					Title: "T", Manager: "m", LastLogin: day(1), LastToken: day(2), EmployeeType: "ext", BPO: authz.True,
					Region: "eu", Licences: []string{"cx1", "cx2"}, ClonedFrom: "org2",
				},
				{Org: "o", ID: "u2", Name: "Off Shore", Manager: "m2", ClonedFrom: "org3"},
			}},
		},
		{
			name: "groups", file: "groups.json",
			text: `[{"id":"g1","name":"G","state":"active","type":"official","rolesEnabled":false,"includeOwners":true,"owners":[{"id":"u1"},"u2"],"dynamic":true}]`,
			want: authz.Records{Group: []authz.Group{{
				Org: "o", ID: "g1", Name: "G", State: "active", Type: "official", RolesEnabled: authz.False,
				IncludeOwners: authz.True, Owners: []string{"u1", "u2"}, Dynamic: authz.True,
			}}},
		},
		{
			name: "members of groups", file: "group_members.json",
			text: `{"g1":["u1",{"id":"u2","name":"x"}],"g2":[],"g3":null,"g4":{"entities":[{"id":"u3"}],"total":2},
				"g5":[{"entities":["u4"],"pageNumber":1,"total":2},{"entities":["u5"],"pageNumber":2,"total":2}],
				"g6":[{"id":"c1","subjectType":"PC_OAUTH_CLIENT"}]}`,
			want: authz.Records{Member: []authz.MemberList{
				{Container: key(authz.KindGroup, "g1"), Members: []authz.Key{key(authz.KindSubject, "u1"), key(authz.KindSubject, "u2")}},
				{Container: key(authz.KindGroup, "g2")},
				{Container: key(authz.KindGroup, "g4"), Members: []authz.Key{key(authz.KindSubject, "u3")}, Partial: true},
				{Container: key(authz.KindGroup, "g5"), Members: []authz.Key{key(authz.KindSubject, "u4"), key(authz.KindSubject, "u5")}},
				{Container: key(authz.KindGroup, "g6"), Members: []authz.Key{key(authz.KindClient, "c1")}},
			}},
			readings: map[string]int64{"the members of a container are null: they were not read": 1},
		},
		{
			name: "members of queues", file: "queue_members.json", text: `[{"q1":["u1"]},{"q2":{"entities":[{"id":"u2"}]}}]`,
			want: authz.Records{Member: []authz.MemberList{
				{Container: key(authz.KindQueue, "q1"), Members: []authz.Key{key(authz.KindUser, "u1")}},
				{Container: key(authz.KindQueue, "q2"), Members: []authz.Key{key(authz.KindUser, "u2")}},
			}},
		},
		{
			name: "teams", file: "teams.json", text: `{"id":"t1","name":"T","division":{"id":"d"}}`,
			want: authz.Records{Team: []authz.Team{{Org: "o", ID: "t1", Name: "T", Division: "d"}}},
		},
		{
			name: "members of teams", file: "team_members.json", text: `{"t1":["u1"]}`,
			want: authz.Records{Member: []authz.MemberList{{Container: key(authz.KindTeam, "t1"), Members: []authz.Key{key(authz.KindSubject, "u1")}}}},
		},
		{
			name: "grants of every type", file: "grants.json",
			text: `[{"subjectId":"s","subjectType":"PC_USER","role":{"id":"r"},"division":{"id":"d"},"grantMadeAt":"2026-01-01T00:00:00Z"},
				{"subjectId":"s","subjectType":"PC_GROUP","roleId":"r","divisionId":"d"},
				{"subjectId":"s","subjectType":"PC_TEAM","role":{"id":"r"},"division":{"id":"ALL"}},
				{"subjectId":"s","subjectType":"PC_OAUTH_CLIENT","role":{"id":"r"},"division":{"id":"*"}},
				{"subjectId":"s","subjectType":"PC_TRUSTEE_USER","role":{"id":"r"},"division":null},
				{"subjectId":"s","subjectType":"PC_TRUSTEE_GROUP","role":{"id":"r"},"division":{"id":null}},
				{"subjectId":"s","subjectType":"PC_ROBOT","role":{"id":"r"},"division":{"id":"d"}},
				{"subjectId":"s","subjectType":null,"role":{"id":"r"},"division":{"id":"d"}}]`,
			want: authz.Records{Grant: []authz.Grant{
				{Org: "o", Subject: key(authz.KindUser, "s"), Role: "r", Division: "d", Source: "grants", MadeAt: day(1)},
				{Org: "o", Subject: key(authz.KindGroup, "s"), Role: "r", Division: "d", Source: "grants"},
				{Org: "o", Subject: key(authz.KindTeam, "s"), Role: "r", Division: "*", Source: "grants"},
				{Org: "o", Subject: key(authz.KindClient, "s"), Role: "r", Division: "*", Source: "grants"},
				{Org: "o", Subject: key(authz.KindTrusteeUser, "s"), Role: "r", Division: "*", Source: "grants"},
				{Org: "o", Subject: key(authz.KindTrusteeGroup, "s"), Role: "r", Division: "*", Source: "grants"},
				{Org: "o", Subject: key(authz.KindUnknown, "s"), Role: "r", Division: "d", Source: "grants"},
				{Org: "o", Subject: key(authz.KindSubject, "s"), Role: "r", Division: "d", Source: "grants"},
			}},
			readings: map[string]int64{
				`division "all" is every division`:                                            1,
				"a grant without division is one in every division":                           2,
				`subject type "PC_ROBOT" is not known: the subject is a principal of its own`: 1,
				"a subject without type is every subject with its id":                         1,
			},
		},
		{
			name: "grants by role", file: "grants.json",
			text: `{"r0":null,"r1":{"entities":[{"id":"u1","name":"A","type":"PC_USER","divisions":[{"id":"d1"},"d2"]}],"total":1},"r2":[{"id":"u2","type":"PC_USER"}],"r3":null}
				{"pageSize":1,"entities":[{"more":null,"subjectId":"u3","subjectType":"PC_USER","role":{"id":"r3"},"division":{"id":"d"}}]}`,
			want: authz.Records{Grant: []authz.Grant{
				userGrant("u1", "r1", "d1"), userGrant("u1", "r1", "d2"), userGrant("u2", "r2", "*"), userGrant("u3", "r3", "d"),
			}},
			readings: map[string]int64{
				"a grant without division is one in every division":   1,
				"the subjects of a role are null: they were not read": 2,
			},
		},
		{
			name: "clients", file: "oauth_clients.json",
			text: `[{"id":"c1","name":"C","authorizedGrantType":"CODE","state":"active","accessTokenValiditySeconds":86400,"scope":["s"],
				"registeredRedirectUri":["https://x"],"dateCreated":"2026-01-01T00:00:00Z","dateModified":"2026-01-02T00:00:00Z",
				"createdBy":{"id":"u1"},"modifiedBy":"u2","roleDivisions":[{"roleId":"r","divisionId":"d"}],"secret":"x"},{"id":"c2"}]`,
			want: authz.Records{
				Client: []authz.Client{{
					Org: "o", ID: "c1", Name: "C", GrantType: "CODE", State: "active", TokenSeconds: 86400, Scopes: []string{"s"},
					Redirects: []string{"https://x"}, Created: day(1), Modified: day(2), CreatedBy: "u1", ModifiedBy: "u2",
				}, {Org: "o", ID: "c2"}},
				Grant: []authz.Grant{{Org: "o", Subject: key(authz.KindClient, "c1"), Role: "r", Division: "d", Source: "client"}},
			},
			readings: map[string]int64{"a client without authorizedGrantType counts as CLIENT-CREDENTIALS": 1},
		},
		{
			name: "usage", file: "oauth_usage.json", text: `{"c1":[{"templateUri":"/api/v2/users","httpMethod":"GET","requests":7,"date":"2026-01-01T00:00:00Z"}]}`,
			want: authz.Records{Usage: []authz.Usage{{Org: "o", Client: "c1", Template: "/api/v2/users", Method: "GET", Requests: 7, Date: day(1)}}},
		},
		{
			name: "queues", file: "queues.json", text: `[{"id":"q1","name":"Q","division":{"id":"d"},"memberGroups":[{"id":"g","type":"GROUP"},"g2"]}]`,
			want: authz.Records{Resource: []authz.Resource{{
				Org: "o", ID: "q1", Name: "Q", Kind: authz.KindQueue, Division: "d",
				MemberGroups: []authz.MemberGroup{{ID: "g", Type: "GROUP"}, {ID: "g2"}},
			}}},
		},
		{
			name: "flows", file: "flows.json", text: `[{"id":"f1","type":"INBOUNDCALL"}]`,
			want: authz.Records{Resource: []authz.Resource{{Org: "o", ID: "f1", Kind: authz.KindFlow, Type: "INBOUNDCALL"}}},
		},
		{
			name: "objects", file: "objects.json", text: `[{"id":"x1","type":"campaign","division":"d"}]`,
			want: authz.Records{Resource: []authz.Resource{{Org: "o", ID: "x1", Kind: authz.KindResource, Type: "campaign", Division: "d"}}},
		},
		{
			name: "views", file: "views.json", text: `[{"id":"v1","name":"V","queues":["q1"],"users":[{"id":"u1"}]}]`,
			want: authz.Records{View: []authz.View{{Org: "o", ID: "v1", Name: "V", Queues: []string{"q1"}, Users: []string{"u1"}}}},
		},
		{
			name: "trustees", file: "trustees.json",
			text: `[{"id":"rel","organization":{"id":"org2","name":"Two"},"enabled":false,"dateCreated":"2026-01-01T00:00:00Z","dateExpired":"2026-01-02T00:00:00Z","hasFullAccess":true,"usesDefaultRole":false},{"id":"org3"}]`,
			want: authz.Records{Trust: []authz.Trust{
				{Org: "o", ID: "org2", Name: "Two", Enabled: authz.False, Created: day(1), Expires: day(2), FullAccess: authz.True, DefaultRole: authz.False},
				{Org: "o", ID: "org3"},
			}},
		},
		{
			name: "users of trustees", file: "trustee_users.json", text: `{"org2":[{"id":"u1","name":"U"}],"org3":{"entities":[{"id":"u2"}]}}`,
			want: authz.Records{User: []authz.User{{Org: "o", ID: "u1", Name: "U", Trustee: "org2"}, {Org: "o", ID: "u2", Trustee: "org3"}}},
		},
		{
			name: "groups of trustees", file: "trustee_groups.json", text: `{"org2":[{"id":"g1"}]}`,
			want: authz.Records{Group: []authz.Group{{Org: "o", ID: "g1", Trustee: "org2"}}},
		},
		{
			name: "access policies", file: "access_policies.json",
			text: `[{"id":"p1","name":"P","targetResource":"a:b:c","subject":{"type":"USER","id":"u1"},"effect":"DENY","active":true,"applyToClients":true,"condition":{"all": [1]}},{"id":"p2","condition":null}]`,
			want: authz.Records{AccessPolicy: []authz.AccessPolicy{
				{Org: "o", ID: "p1", Name: "P", Target: "a:b:c", SubjectType: "USER", SubjectID: "u1", Effect: "DENY", Active: authz.True, Clients: authz.True, Condition: `{"all":[1]}`},
				{Org: "o", ID: "p2"},
			}},
		},
		{name: "identity providers", file: "identity_providers.json", text: `[{"id":"x","name":"N"}]`, want: otherRecord(authz.ListIdentityProviders)},
		{name: "integrations", file: "integrations.json", text: `[{"id":"x","name":"N"}]`, want: otherRecord(authz.ListIntegrations)},
		{name: "audits", file: "audits.json", text: `[{"id":"x","name":"N"}]`, want: otherRecord(authz.ListAudits)},
		{name: "reports", file: "reports.json", text: `[{"id":"x","name":"N"}]`, want: otherRecord(authz.ListReports)},
		{name: "products", file: "products.json", text: `[{"id":"x","name":"N"}]`, want: otherRecord(authz.ListProducts)},
		{name: "unused roles", file: "unused_roles.json", text: `[{"id":"x","name":"N"}]`, want: otherRecord(authz.ListUnusedRoles)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := one(t, tt.file, tt.text)
			if len(tt.want.Organization) == 0 {
				tt.want.Organization = []authz.Organization{{ID: "o"}}
			}
			if diff := same(&tt.want, &got.Records); diff != "" {
				t.Errorf("records differ (-want +got):\n%s", diff)
			}
			list := authz.List(tt.file[:len(tt.file)-len(".json")])
			if tt.readings == nil {
				tt.readings = map[string]int64{}
			}
			if diff := cmp.Diff(tt.readings, got.readings(list)); diff != "" {
				t.Errorf("readings differ (-want +got):\n%s", diff)
			}
		})
	}
}

func otherRecord(list authz.List) authz.Records {
	return authz.Records{Other: []authz.Other{{Org: "o", ID: "x", Name: "N", List: list}}}
}

func TestForms(t *testing.T) {
	t.Parallel()
	const u1, u2 = `{"id":"u1"}`, `{"id":"u2"}`
	tests := []struct {
		name, text string
		line       authz.Coverage
	}{
		{"array", "[" + u1 + "," + u2 + "]", authz.Coverage{Expected: -1}},
		{"byte order mark", "\ufeff[" + u1 + "," + u2 + "]", authz.Coverage{Expected: -1}},
		{"stream of entities", u1 + "\n" + u2, authz.Coverage{Expected: -1}},
		{"stream of arrays", "[" + u1 + "]\n[" + u2 + "]\n", authz.Coverage{Expected: -1}},
		{"listing", `{"pageNumber":1,"total":2,"entities":[` + u1 + "," + u2 + `],"nextUri":"x"}`, authz.Coverage{Expected: 2, Pages: 1}},
		{"listing without total", `{"entities":[` + u1 + "," + u2 + `]}`, authz.Coverage{Expected: -1, Pages: 1}},
		{"array of pages", `[{"entities":[` + u1 + `],"pageNumber":1,"total":2},{"entities":[` + u2 + `],"pageNumber":2,"total":2}]`, authz.Coverage{Expected: 2, Pages: 2}},
		{"stream of pages", `{"total":2,"entities":[` + u1 + `],"pageNumber":1}{"entities":[` + u2 + `],"pageNumber":2,"total":2}`, authz.Coverage{Expected: 2, Pages: 2}},
		{"two listings", `{"total":1,"entities":[` + u1 + `]}[{"entities":[` + u2 + `],"total":1}]`, authz.Coverage{Expected: 2, Pages: 2}},
		{"empty listing beside", `[{"entities":null,"total":0},` + u1 + "," + u2 + `]`, authz.Coverage{Expected: -1, Pages: 1}},
		{
			"short listing", `{"total":5,"entities":[` + u1 + "," + u2 + `]}`,
			authz.Coverage{Expected: 5, Pages: 1, Status: authz.StatusPartial, Reason: "a listing announces 5 entities and has 2"},
		},
		{
			"last page is missing", `{"total":3,"pageNumber":1,"entities":[` + u1 + `]}{"total":3,"pageNumber":2,"entities":[` + u2 + `]}`,
			authz.Coverage{Expected: 3, Pages: 2, Status: authz.StatusPartial, Reason: "a listing announces 3 entities and has 2"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := one(t, "users.json", tt.text)
			if len(got.User) != 2 || got.User[0].ID != "u1" || got.User[1].ID != "u2" {
				t.Errorf("users = %v; want u1 and u2", got.User)
			}
			want := tt.line
			want.Org, want.List, want.Source, want.Received = "o", authz.ListUsers, "users.json", 2
			if want.Status == "" {
				want.Status = authz.StatusComplete
			}
			if diff := cmp.Diff(want, got.line(t, authz.ListUsers)); diff != "" {
				t.Errorf("line differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFirstFieldOfAGrant: what a grant begins with must not hide that it is one.
func TestFirstFieldOfAGrant(t *testing.T) {
	t.Parallel()
	for _, first := range []string{`"x":null`, `"x":1`, `"x":{"id":"y"}`, `"x":{}`, `"id":"i"`, `"x":null,"y":{"z":[]}`} {
		got := one(t, "grants.json", `[{`+first+`,"subjectId":"u","subjectType":"PC_USER","role":{"id":"r"},"division":{"id":"d"}}]`)
		want := &authz.Records{Organization: []authz.Organization{{ID: "o"}}, Grant: []authz.Grant{userGrant("u", "r", "d")}}
		if diff := same(want, &got.Records); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", first, diff)
		}
	}
}

func TestRawKeepsUnknownFields(t *testing.T) {
	t.Parallel()
	const text = `{"id":"u1", "custom": {"a":[1,null]} }`
	got := one(t, "users.json", "["+text+"]")
	if s := string(got.raws[1]); s != text {
		t.Errorf("raw = %s; want %s", s, text)
	}
}
