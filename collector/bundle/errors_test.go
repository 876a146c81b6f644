package bundle

import (
	"strings"
	"testing"
)

// TestErrorsNameThePlace holds the texts of errors: file, line and column, byte,
// entity, field, and what was expected.
func TestErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text, want string }{
		{"empty file", "users.json", "", `users.json:1:1 (byte 0): the file is empty`},
		{"only white space", "users.json", " \n ", `users.json:2:2 (byte 3): the file is empty`},
		{"cut in an entity", "users.json", "[{\"id\":\"u1\"},\n{\"id\":\"u2\",", `users.json:2:12 (byte 25): entity 2: the file ends in the middle of a value`},
		{"cut after an entity", "users.json", `[{"id":"u1"}`, `users.json:1:13 (byte 12): the file ends in the middle of a value`},
		{"cut in a string", "users.json", `[{"id":"u1`, `users.json:1:11 (byte 10): entity 1: the file ends in the middle of a value`},
		{"cut in an escape", "users.json", `[{"id":"u1\`, `users.json:1:12 (byte 11): entity 1: the file ends in the middle of a value`},
		{"cut in a word", "users.json", `[{"id":nul`, `users.json:1:8 (byte 7): entity 1: want a value, got something that begins as null`},
		{"no JSON", "users.json", "<html>", `users.json:1:1 (byte 0): entity 1: want a value, got '<'`},
		{"trailing comma", "users.json", `[{"id":"u1"},]`, `users.json:1:14 (byte 13): entity 2: want a value, got ']'`},
		{"no comma", "users.json", `[{"id":"u1"} {"id":"u2"}]`, `users.json:1:14 (byte 13): want a comma or the end of the array, got '{'`},
		{"rubbish behind", "users.json", `[] x`, `users.json:1:4 (byte 3): entity 1: want a value, got 'x'`},
		{"key without quotes", "users.json", `[{id:1}]`, `users.json:1:3 (byte 2): entity 1: want a key in quotes, got 'i'`},
		{"number for an id", "users.json", `[{"id":"u1"},{"id":17}]`, `users.json:1:20 (byte 19): entity 2: field id: want a string, got a number`},
		{"object for an id", "users.json", `[{"id":{}}]`, `users.json:1:8 (byte 7): entity 1: field id: want a string, got an object`},
		{"no id", "users.json", `[{"name":"x"}]`, `users.json:1:2 (byte 1): entity 1: want an entity with an id, got one without`},
		{"empty id", "users.json", `[{"id":""}]`, `users.json:1:2 (byte 1): entity 1: want an entity with an id, got one without`},
		{"both entity and listing", "integrations.json", `[{"id":"x","entities":[]}]`, `integrations.json:1:2 (byte 1): want an entity or a listing, got an object with both id and entities`},
		{"null for an entity", "users.json", `[null]`, `users.json:1:2 (byte 1): entity 1: want an object, got null`},
		{"string for an entity", "users.json", `["u1"]`, `users.json:1:2 (byte 1): entity 1: want an object, got a string`},
		{"nested field", "users.json", `[{"id":"u1","division":{"id":7}}]`, `users.json:1:30 (byte 29): entity 1 (id "u1"): field division.id: want a string, got a number`},
		{"bad date", "users.json", `[{"id":"u1","dateLastLogin":"yesterday"}]`, `users.json:1:29 (byte 28): entity 1 (id "u1"): field dateLastLogin: want a date as 2006-01-02T15:04:05Z`},
		{"same key twice", "users.json", `[{"id":"u1","\u0069d":"u2"}]`, `users.json:1:13 (byte 12): entity 1 (id "u1"): field "id" is given twice`},
		{"not UTF-8", "users.json", "[{\"id\":\"u\xff\"}]", `users.json:1:10 (byte 9): entity 1: a string is not UTF-8: byte 0xff`},
		{"UTF-16", "users.json", "\xff\xfe[\x00]\x00", `users.json:1:1 (byte 0): the file is UTF-16: want UTF-8`},
		{"control character", "users.json", "[{\"id\":\"a\x1bb\"}]", `users.json:1:10 (byte 9): entity 1: a string holds the control character 0x1b as it is`},
		{"unknown escape", "users.json", `[{"id":"\x41"}]`, `users.json:1:9 (byte 8): entity 1: a string holds an escape that JSON does not have`},
		{"leading zero", "users.json", `[{"n":01}]`, `users.json:1:8 (byte 7): entity 1: want a comma or the end of the object, got '1'`},
		{"no fraction", "users.json", `[{"n":1.}]`, `users.json:1:9 (byte 8): entity 1: a number lacks its fraction`},
		{"hostile id", "users.json", "[{\"id\":\"\\u001b[31m\u202e\",\"name\":1}]", `users.json:1:31 (byte 30): entity 1 (id "\x1b[31m\u202e"): field name: want a string, got a number`},
		{"huge number", "oauth_clients.json", `[{"id":"c","accessTokenValiditySeconds":1e400}]`, `oauth_clients.json:1:41 (byte 40): entity 1 (id "c"): field accessTokenValiditySeconds: want a whole number of at most 64 bits`},
		{"negative seconds", "oauth_clients.json", `[{"id":"c","accessTokenValiditySeconds":-1}]`, `oauth_clients.json:1:41 (byte 40): entity 1 (id "c"): field accessTokenValiditySeconds: want a number of seconds`},
		{"role-division without role", "oauth_clients.json", `[{"id":"c","roleDivisions":[{"divisionId":"d"}]}]`, `oauth_clients.json:1:29 (byte 28): entity 1 (id "c"): field roleDivisions: want a role-division with roleId, got one without`},
		{"grant without subject", "grants.json", "[\n{\"role\":{\"id\":\"r\"}}]", `grants.json:2:1 (byte 2): entity 1: want a grant with subjectId, got one without`},
		{"grant without role", "grants.json", `[{"subjectId":"s"}]`, `grants.json:1:2 (byte 1): entity 1 (id "s"): want a grant with a role's id, got one without`},
		{"grant of two roles", "grants.json", `[{"subjectId":"s","role":{"id":"a"},"roleId":"b"}]`, `grants.json:1:2 (byte 1): entity 1 (id "s"): the two fields for the role disagree`},
		{"empty grant", "grants.json", `[{}]`, `grants.json:1:2 (byte 1): entity 1: want a grant with subjectId, got one without`},
		{"number for a subject", "grants.json", `[{"subjectId":1}]`, `grants.json:1:15 (byte 14): entity 1: field subjectId: want an id, or an object with one, got a number`},
		{"role with something else", "grants.json", `{"r1":[],"r2":7}`, `grants.json:1:15 (byte 14): want a list of the subjects of role "r2", got a number`},
		{"subject of a role without id", "grants.json", `{"r1":[{"type":"PC_USER"}]}`, `grants.json:1:8 (byte 7): entity 1: want an entity with an id, got one without`},
		{"policy without domain", "roles.json", `[{"id":"r","permissionPolicies":[{"entityName":"q","actionSet":["*"]}]}]`, `roles.json:1:34 (byte 33): entity 1 (id "r"): field permissionPolicies: want a policy with domain and entityName, got one without`},
		{"permission of a wrong kind", "roles.json", `[{"id":"r","permissions":[1]}]`, `roles.json:1:27 (byte 26): entity 1 (id "r"): field permissions: want a permission's name, or an object with one, got a number`},
		{"action of a wrong kind", "roles.json", `[{"id":"r","permissionPolicies":[{"domain":"d","entityName":"q","actionSet":"view"}]}]`, `roles.json:1:77 (byte 76): entity 1 (id "r"): field permissionPolicies.actionSet: want an array, got a string`},
		{"members of a wrong kind", "group_members.json", `{"g1":["u1"],"g2":"u2"}`, `group_members.json:1:19 (byte 18): entity 2 (id "g2"): want a list of members, got a string`},
		{"member of a wrong kind", "group_members.json", `{"g1":[7]}`, `group_members.json:1:8 (byte 7): entity 1 (id "g1"): want an id, or an object with one, got a number`},
		{"member without id", "group_members.json", `{"g1":[{"name":"x"}]}`, `group_members.json:1:8 (byte 7): entity 1 (id "g1"): a member has no id`},
		{"members as an object", "group_members.json", `{"g1":{"id":"u1"}}`, `group_members.json:1:7 (byte 6): entity 1 (id "g1"): want members as an array or a listing, got another object`},
		{"container twice", "group_members.json", `{"g1":[],"g1":["u"]}`, `group_members.json:1:10 (byte 9): id "g1" is there twice`},
		{"members as a list", "group_members.json", `["u1"]`, `group_members.json:1:2 (byte 1): want '{', got '"'`},
		{"two organizations", "organization.json", `[{"id":"a"},{"id":"b"}]`, `organization.json:1:13 (byte 12): entity 2 (id "b"): want one organization in the file, got another: several are folders of their own`},
		{"settings as a list of words", "settings.json", `["a"]`, `settings.json:1:2 (byte 1): entity 1: want an object, got a string`},
		{"permission without action", "permissions.json", `[{"domain":"d","permissionMap":{"q":[{}]}}]`, `permissions.json:1:38 (byte 37): entity 1: field permissionMap.q: want a permission with entityType and action, got one without`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			texts := map[string]string{"organization.json": `{"id":"o"}`}
			texts[tt.file] = tt.text
			err := New(files(texts), "", Options{}).Collect(t.Context(), &memory{})
			if err == nil {
				t.Fatal("Collect: no error")
			}
			if want := "reading bundle: " + tt.want; err.Error() != want {
				t.Errorf("error\n got %s\nwant %s", err, want)
			}
		})
	}
}

func TestDeepNesting(t *testing.T) {
	t.Parallel()
	for _, open := range []string{"[", `{"a":`, `{"a":[`} {
		text := `[{"id":"u","x":` + strings.Repeat(open, 100_000)
		texts := map[string]string{"organization.json": `{"id":"o"}`, "users.json": text}
		err := New(files(texts), "", Options{}).Collect(t.Context(), &memory{})
		if err == nil || !strings.Contains(err.Error(), "nested deeper than 200") {
			t.Errorf("Collect(%s…) = %v; want an error about nesting", open, err)
		}
	}
}
