package config

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// fullText returns the text of the configuration that uses every key.
func fullText(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parsed(t testing.TB, text string) *Config {
	t.Helper()
	c, err := Parse("grantgraph.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParseFull(t *testing.T) {
	t.Parallel()
	c := parsed(t, fullText(t))
	yes, no := true, false
	f := "grantgraph.yaml"
	wantTenants := []Tenant{
		{
			Name: "North", Divisions: []string{"North", "North Overflow"}, DivisionPos: []Pos{{f, 5, 17}, {f, 5, 24}},
			EmailDomains: []string{"north.example"}, Groups: []string{"North-*"}, Clients: []string{"North_*"},
			Principals: []string{"user:ada@north.example"}, Organizations: []string{"north-partner"},
			Region: "us-east-1", External: &yes, Owner: "ops-north@example.com", Pos: Pos{f, 4, 5},
		},
		{Name: "South", Divisions: []string{"South"}, DivisionPos: []Pos{{f, 14, 31}}, External: &yes, Pos: Pos{f, 14, 5}},
		{Name: "Internal", Divisions: []string{"Home", "HR"}, DivisionPos: []Pos{{f, 15, 34}, {f, 15, 40}}, External: &no, Pos: Pos{f, 15, 5}},
	}
	if diff := cmp.Diff(wantTenants, c.Tenants); diff != "" {
		t.Errorf("tenants (-want +got):\n%s", diff)
	}
	wantAllow := []Allow{{
		From: "Internal", Principals: []string{"group:Quality"}, AtMost: 12, To: []string{"North", "South"},
		Permissions: []string{"recording:recording:view"}, Reason: "samples of calls", ApprovedBy: "ciso@example.com",
		Until: time.Date(2027, 3, 31, 23, 59, 59, 999999999, time.UTC), Pos: Pos{f, 20, 5},
	}}
	if diff := cmp.Diff(wantAllow, c.Allow); diff != "" {
		t.Errorf("allow (-want +got):\n%s", diff)
	}
	wantAccept := []Accept{{
		Finding: "TI-006/3f9c…", Principals: []string{"user:bo"}, AtMost: 3, Reason: "known", ApprovedBy: "ciso@example.com",
		Until: time.Date(2026, 12, 31, 23, 59, 59, 999999999, time.UTC), Pos: Pos{f, 29, 5},
	}}
	if diff := cmp.Diff(wantAccept, c.Accept); diff != "" {
		t.Errorf("accept (-want +got):\n%s", diff)
	}
	wantAssert := []Assertion{{"no principal of North can see South", Pos{f, 31, 5}, Pos{f, 31, 6}}}
	if diff := cmp.Diff(wantAssert, c.Assert); diff != "" {
		t.Errorf("assert (-want +got):\n%s", diff)
	}
	if c.AccessPolicies != PoliciesEnforceDeny || c.OAuthScopes != ScopesEnforced {
		t.Errorf("access_policies, oauth_scopes = %s, %s", c.AccessPolicies, c.OAuthScopes)
	}
	if !c.Naming.Roles.MatchString("BPO_x") || c.Naming.Clients.SubexpIndex("tenant") != 1 || c.Naming.Resources != nil {
		t.Errorf("naming = %v", c.Naming)
	}
	wantParams := map[string]map[string]any{
		"SE-001": {"max_age": "8h"},
		"TI-028": {"metadata": []any{"a", "b"}, "strict": true, "depth": int64(2), "share": 0.5, "of": map[string]any{"x": "y"}},
	}
	if diff := cmp.Diff(wantParams, c.Packs.Params); diff != "" {
		t.Errorf("params (-want +got):\n%s", diff)
	}
	if got, want := c.Packs.At["params/SE-001/max_age"], (Pos{f, 56, 21}); got != want {
		t.Errorf("the parameter max_age is at %v; want %v", got, want)
	}
	if len(c.Personas) != 2 || c.Personas[0].Name != "agent" || c.Personas[1].Needed[0] != "directory:user:view" {
		t.Errorf("personas = %+v", c.Personas)
	}
	if c.Weights["drop-policy"] != 3 || c.Reviewers["default"] != "security@example.com" || c.Owners["North"] != "ops-north@example.com" {
		t.Errorf("weights, reviewers, owners = %v, %v, %v", c.Weights, c.Reviewers, c.Owners)
	}
	if c.Attributes["bpo"].Text != `user.employerInfo.employeeType == "BPO"` || len(c.Extension.Escalations.Add) != 1 {
		t.Errorf("attributes, escalations = %v, %v", c.Attributes, c.Extension.Escalations)
	}
	if tenant, ok := c.Tenant("north"); !ok || !tenant.IsExternal() {
		t.Error("the tenant north is not found, or not external")
	}
}

func TestLexicon(t *testing.T) {
	t.Parallel()
	l, err := parsed(t, fullText(t)).Lexicon(lexicon.Default())
	if err != nil {
		t.Fatal(err)
	}
	if reason, ok := l.Elevated(authz.NewPattern("outbound", "campaign", "start")); !ok || reason != "it spends money" {
		t.Errorf("Elevated = %q, %v", reason, ok)
	}
	if _, ok := l.Forbidden(authz.NewPattern("billing", "subscription", "view")); ok {
		t.Error("billing is forbidden still")
	}
	if p, err := l.Resolve("Queues > Look", nil); err != nil || p.String() != "routing:queue:view" {
		t.Errorf("Resolve = %v, %v", p, err)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	const v = "version: 1\n"
	tests := []struct{ name, text, want string }{
		{"empty", "", "g.yaml:1:1: the version is missing: want version: 1"},
		{"comment only", "# nothing\n", "g.yaml:1:1: the version is missing: want version: 1"},
		{"no version", "tenants: []\n", "g.yaml:1:1: the version is missing: want version: 1"},
		{"later version", "version: 2\n", "g.yaml:1:10: version is 2: want 1: this program knows no later one"},
		{"version zero", "version: 0\n", "g.yaml:1:10: version is 0: want a whole number from 1"},
		{"version text", "version: one\n", `g.yaml:1:10: version is the text "one": want a whole number`},
		{"list", "- a\n", "g.yaml:1:1: the configuration is a list: want keys and values\ng.yaml:1:1: the version is missing: want version: 1"},
		{"unknown key", v + "tenant: []\n", `g.yaml:2:1: unknown key "tenant" in the configuration: want one of ` + strings.Join(sortedKeys(withVersion()), ", ")},
		{"duplicate key", v + "assert: []\nassert: []\n", `g.yaml:3:1: key "assert" of the configuration is given twice: want it once; the first is at g.yaml:2:1`},
		{"wrong type", v + "tenants: North\n", `g.yaml:2:10: tenants is the text "North": want a list`},
		{"unknown key of a tenant", v + "tenants:\n  - name: A\n    division: [X]\n", `g.yaml:4:5: unknown key "division" in a tenant: want one of clients, divisions, email_domains, external, groups, name, organizations, owner, principals, region`},
		{"tenant without name", v + "tenants:\n  - divisions: [X]\n", "g.yaml:3:5: a tenant lacks the key name: want name: …"},
		{"number as name", v + "tenants:\n  - name: 007\n", `g.yaml:3:11: the tenant's name is the number 007: want text: write "007"`},
		{"empty name", v + "tenants:\n  - name: ' '\n", "g.yaml:3:11: the tenant's name is empty: want text"},
		{"external text", v + "tenants:\n  - name: A\n    external: maybe\n", `g.yaml:4:15: external is the text "maybe": want true or false`},
		{"tenant twice", v + "tenants:\n  - name: A\n  - name: a\n", `g.yaml:4:5: tenant "a" is named twice: want each tenant once; the first is at g.yaml:3:5`},
		{"reserved name", v + "tenants: [{name: unassigned}]\n", `g.yaml:2:11: a tenant is named "unassigned": want another name: that one is what belongs to no tenant`},
		{
			"division in two tenants", v + "tenants:\n  - {name: A, divisions: [X]}\n  - {name: B, divisions: [Y, X]}\n",
			`g.yaml:4:30: division "X" is listed by tenant "A" and by tenant "B": want it in one of them; the first is at g.yaml:3:27`,
		},
		{
			"division twice", v + "tenants:\n  - {name: A, divisions: [X, X]}\n",
			`g.yaml:3:30: division "X" is listed twice by tenant "A": want it once; the first is at g.yaml:3:27`,
		},
		{
			"division shared too", v + "tenants:\n  - {name: A, divisions: [X]}\nshared:\n  - {division: X}\n",
			`g.yaml:5:5: division "X" is listed by tenant "A" and by the shared divisions: want it in one of them; the first is at g.yaml:3:27`,
		},
		{
			"principal in two tenants", v + "tenants:\n  - {name: A, principals: [\"user:x\"]}\n  - {name: B, principals: [\"user:X\"]}\n",
			`g.yaml:4:5: principal "user:X" is listed by tenant "A" and by tenant "B": want it in one of them; the first is at g.yaml:3:5`,
		},
		{
			"domain in two tenants", v + "tenants:\n  - {name: A, email_domains: [a.example]}\n  - {name: B, email_domains: [A.example]}\n",
			`g.yaml:4:5: e-mail domain "A.example" is listed by tenant "A" and by tenant "B": want it in one of them; the first is at g.yaml:3:5`,
		},
		{"no domain", v + "tenants:\n  - {name: A, email_domains: [\"@a.example\"]}\n", `g.yaml:3:31: "@a.example" is no e-mail domain: want what stands behind the @, such as bpo-a.example`},
		{"shared without division", v + "shared: [{permissions: []}]\n", "g.yaml:2:10: a shared division lacks the key division: want division: …"},
		{"no permission", v + "shared: [{division: S, permissions: [\"a:b:c:d\"]}]\n", `g.yaml:2:38: "a:b:c:d" is no permission: want domain:entity:action, or Domain > Entity > Action`},
		{
			"allow lacks", v + "allow:\n  - {reason: x}\n",
			"g.yaml:3:5: an allow entry lacks the key from: want from: …\n" +
				"g.yaml:3:5: an allow entry lacks the key to: want to: …\n" +
				"g.yaml:3:5: an allow entry lacks the key permissions: want permissions: …",
		},
		{"bad date", v + "accept: [{finding: x, until: 31.3.2027}]\n", `g.yaml:2:30: until is "31.3.2027": want a day such as 2027-03-31`},
		{"no such day", v + "accept: [{finding: x, until: 2027-02-30}]\n", `g.yaml:2:30: until is "2027-02-30": want a day such as 2027-03-31`},
		{"at_most", v + "accept: [{finding: x, at_most: 0}]\n", "g.yaml:2:32: at_most is 0: want a whole number from 1"},
		{"accept without finding", v + "accept: [{reason: x}]\n", "g.yaml:2:10: an accept entry lacks the key finding: want finding: …"},
		{"access_policies", v + "access_policies: enforce\n", `g.yaml:2:18: access_policies is "enforce": want annotate or enforce-deny`},
		{"oauth_scopes", v + "oauth_scopes: 'yes'\n", `g.yaml:2:15: oauth_scopes is "yes": want unknown or enforced`},
		{"naming", v + "naming: {roles: \"(\"}\n", "g.yaml:2:17: roles is \"(\": want a regular expression: \"error parsing regexp: missing closing ): `(`\""},
		{"weights", v + "weights: {revoke: 1}\n", `g.yaml:2:11: unknown key "revoke" in weights: want one of disable-client, disable-trust, drop-inheritance, drop-policy, leave-team, move-resource, remove-member, revoke-grant`},
		{"list entry", v + "elevated: {add: [\"a::b\"]}\n", `g.yaml:2:18: "a::b" is no permission: want domain:entity:action, where a part may end in *`},
		{"nothing to remove", v + "elevated: {remove: [\"routing:queue:view\"]}\n", `g.yaml:2:11: "extending elevated: removing routing:queue:view: nothing in the list matches it": want changes that the shipped data can take`},
		{"entry lacks", v + "elevated: {add: [{reason: x}]}\n", "g.yaml:2:18: an entry lacks the key permission: want permission: …"},
		{
			"pair lacks", v + "toxic: {add: [{reason: x}]}\n",
			"g.yaml:2:15: a toxic pair lacks the key a: want a: …\ng.yaml:2:15: a toxic pair lacks the key b: want b: …",
		},
		{
			"carries lacks", v + "carries: {add: [{reason: x}, {permission: \"a:b:c\", class: content}, x]}\n",
			"g.yaml:2:17: an entry lacks the key permission: want permission: …\ng.yaml:2:17: an entry lacks the key carries: want carries: …\n" +
				`g.yaml:2:69: an entry is the text "x": want keys and values`,
		},
		{
			"verb lacks", v + "verbs: {add: [{help: x}]}\n",
			"g.yaml:2:15: an entry lacks the key verb: want verb: …\ng.yaml:2:15: an entry lacks the key permissions: want permissions: …",
		},
		{
			"alias lacks", v + "aliases: {add: [{}]}\n",
			"g.yaml:2:17: an entry lacks the key name: want name: …\ng.yaml:2:17: an entry lacks the key means: want means: …",
		},
		{
			"escalation lacks", v + "escalations: {add: [{reason: x}]}\n",
			"g.yaml:2:21: an escalation lacks the key name: want name: …\ng.yaml:2:21: an escalation lacks the key permissions: want permissions: …\n" +
				"g.yaml:2:21: an escalation lacks the key gains: want gains: …",
		},
		{
			"attestation lacks", v + "audit_archive: {}\n",
			"g.yaml:2:16: audit_archive lacks the key owner: want owner: …\ng.yaml:2:16: audit_archive lacks the key date: want date: …",
		},
		{"aware lacks", v + "division_aware: {add: [{permission: \"a:b:c\"}]}\n", "g.yaml:2:24: an entry lacks the key aware: want aware: …"},
		{"class", v + "carries: {add: [{permission: \"a:b:c\", class: x}]}\n", `g.yaml:2:46: class is "x": want content or security or performance or people or configuration`},
		{"anchor", v + "assert: &a [\"x\"]\nallow: *a\n", "g.yaml:2:9: there is an anchor, alias, merge or tag: want values as they are"},
		{"alias", v + "assert: *a\n", "g.yaml:2:9: there is an anchor, alias, merge or tag: want values as they are"},
		{"tag", v + "assert: !!seq [\"x\"]\n", "g.yaml:2:9: there is an anchor, alias, merge or tag: want values as they are"},
		{"many tags", strings.Repeat("!a\n", 1<<18), "g.yaml:1:1: there is an anchor, alias, merge or tag: want values as they are"},
		{"merge key", v + "<<: {a: b}\n", "g.yaml:2:1: there is an anchor, alias, merge or tag: want values as they are"},
		{"second document", v + "---\nversion: 1\n", "g.yaml:3:1: a second document begins: want one"},
		{"hostile key", v + "\"\\e[31m\\u202e\": 1\n", `g.yaml:2:1: unknown key "\x1b[31m\u202e" in the configuration: want one of ` + strings.Join(sortedKeys(withVersion()), ", ")},
		{"deep", v + "assert: " + strings.Repeat("[", 100) + "\n", "g.yaml:2:41: values are nested too deeply: want at most 32 levels"},
		{"deep mappings", v + "assert: " + strings.Repeat("{", 33) + "\n", "g.yaml:2:41: values are nested too deeply: want at most 32 levels"},
		{"deep entries", v + "assert:\n" + strings.Repeat("- ", 33) + "x\n", "g.yaml:3:65: values are nested too deeply: want at most 32 levels"},
		{"deep keys", v + strings.Repeat("? ", 33) + "x\n", "g.yaml:2:65: values are nested too deeply: want at most 32 levels"},
		{"deep values", v + strings.Repeat("a: ", 33) + "x\n", "g.yaml:2:98: values are nested too deeply: want at most 32 levels"},
		{"deep indentation", v + "assert:\n" + strings.Repeat(" ", 513) + "- x\n", "g.yaml:3:514: values are nested too deeply: want at most 32 levels"},
		{"permission of the wrong type", v + "elevated: {add: [[x]], remove: [' ']}\n", "g.yaml:2:18: a permission is a list: want text\ng.yaml:2:33: a permission is empty: want text"},
		{"in the order of the line", v + "shared: [{permissions: 3}]\n", "g.yaml:2:10: a shared division lacks the key division: want division: …\ng.yaml:2:24: permissions is the number 3: want a list"},
		{"sixty runes", v + "access_policies: " + strings.Repeat("é", 60) + "\n", `g.yaml:2:18: access_policies is "` + strings.Repeat("é", 60) + `": want annotate or enforce-deny`},
		{"sixty in a list", v + "tenants: " + strings.Repeat("é", 60) + "\n", `g.yaml:2:10: tenants is the text "` + strings.Repeat("é", 60) + `": want a list`},
		{"more in a list", v + "tenants: " + strings.Repeat("é", 61) + "\n", `g.yaml:2:10: tenants is the text "` + strings.Repeat("é", 60) + `…": want a list`},
		{
			"several", "version: 1\nfoo: 1\naccess_policies: 3\nbar: 2\n",
			`g.yaml:2:1: unknown key "foo" in the configuration: want one of ` + strings.Join(sortedKeys(withVersion()), ", ") + "\n" +
				`g.yaml:3:18: access_policies is the number 3: want text: write "3"` + "\n" +
				`g.yaml:4:1: unknown key "bar" in the configuration: want one of ` + strings.Join(sortedKeys(withVersion()), ", "),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := Parse("g.yaml", []byte(tt.text))
			if err == nil {
				t.Fatalf("Parse = %+v; want %s", c, tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// A list that nothing can be taken out of is an error of its own key.
func TestTrials(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]string{
		"elevated": "x:y:z", "administration": "x:y:z", "forbidden": "x:y:z", "toxic": "none", "carries": "x:y:z", "division_aware": "x:y:z",
		"aliases": "Nothing > Such > Here", "verbs": "",
	} {
		entry := `"` + remove + `"`
		if name == "verbs" {
			entry = `{verb: none, permissions: ["x:y:z"]}`
		}
		_, err := Parse("g.yaml", []byte("version: 1\n"+name+": {remove: ["+entry+"]}\n"))
		if err == nil || strings.Count(err.Error(), "\n") != 0 || !strings.Contains(err.Error(), `"extending `+name+`: `) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// withVersion returns the top-level keys.
func withVersion() map[string]field {
	keys := (&reader{}).top(Default())
	keys["version"] = nil
	return keys
}

func TestParseSyntax(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"version: [1\n", "a: b: c\n", "\tversion: 1\n", "version: \"1\n", "{", "]", "\xff\xfe", "version: 1\n  x: 2\n"} {
		_, err := Parse("g.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "g.yaml:") {
			t.Errorf("Parse(%q): %v; want an error with its place", text, err)
		}
	}
}

// What is just not too much is read.
func TestParseMost(t *testing.T) {
	t.Parallel()
	big := "version: 1\n#"
	big += strings.Repeat("x", maxBytes-len(big))
	var keys []string
	for i := range 40 {
		keys = append(keys, "k"+strings.Repeat("x", i)+": y")
	}
	for name, text := range map[string]string{
		"bytes": big, "keys in a line": "version: 1\nowners: {" + strings.Join(keys, ", ") + "}\n",
		"indentation": "version: 1\nassert:\n" + strings.Repeat(" ", 512) + "- x\n",
	} {
		if _, err := Parse("g.yaml", []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Parse("g.yaml", []byte("version: 1\nassert:\n"+strings.Repeat("- ", 32)+"x\n"))
	if err == nil || strings.Contains(err.Error(), "nested") {
		t.Errorf("32 levels: %v", err)
	}
}

// An error of syntax is told where it is, in the words of the YAML package.
func TestParseSyntaxPlace(t *testing.T) {
	t.Parallel()
	_, err := Parse("g.yaml", []byte("version: 1\nassert: [a\nallow: b\n"))
	if err == nil || strings.HasPrefix(err.Error(), "g.yaml:1:1:") || strings.Contains(err.Error(), "the file is not YAML") {
		t.Errorf("Parse: %v", err)
	}
}

func TestParseTooBig(t *testing.T) {
	t.Parallel()
	_, err := Parse("g.yaml", make([]byte, maxBytes+1))
	if err == nil || err.Error() != "g.yaml:1:1: the file has 4194305 bytes: want at most 4194304" {
		t.Errorf("Parse: %v", err)
	}
}

func TestNullsAreMissing(t *testing.T) {
	t.Parallel()
	c := parsed(t, "version: 1\ntenants:\nallow: ~\nnaming: {roles: null}\n")
	if diff := cmp.Diff(Default().Digest(), c.Digest()); diff != "" {
		t.Errorf("digest (-want +got):\n%s", diff)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	c := parsed(t, "version: 1\nowners: {B: x, a: x, D: x}\ntenants: [{name: A}]\nreviewers: {default: x, C: x}\n"+
		"allow: [{from: A, to: [B, Unassigned, Internal], permissions: [\"a:b:c\"]}]\n")
	var got []string
	for _, n := range c.Notes {
		got = append(got, n.String())
	}
	want := []string{
		`grantgraph.yaml:2:10: owners names "B", which is no tenant of this file`,
		`grantgraph.yaml:2:22: owners names "D", which is no tenant of this file`,
		`grantgraph.yaml:4:25: reviewers names "C", which is no tenant of this file`,
		`grantgraph.yaml:5:9: an allow entry names "B", which is no tenant of this file`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if c := parsed(t, "version: 1\nowners: {B: x}\n"); len(c.Notes) != 0 {
		t.Errorf("a file without tenants has the notes %v", c.Notes)
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	text := "version: 1\ntenants:\n  - {name: A, divisions: [X, Y]}\n  - {name: B}\naccess_policies: annotate\n"
	same := "# why\noauth_scopes: unknown\ntenants:\n- name: B\n  external: true\n- divisions:\n  - \"Y\"\n  - X\n  name: 'A'\nversion: 1\n"
	if a, b := parsed(t, text).Digest(), parsed(t, same).Digest(); a != b {
		t.Errorf("digests of the same meaning: %s, %s", a, b)
	}
	seen := map[string]string{parsed(t, text).Digest(): ""}
	for _, more := range []string{
		"shared: [{division: S}]\n", "shared: [{division: S, permissions: [\"a:b:c\"]}]\n", "oauth_scopes: enforced\n",
		"packs: {use: []}\n", "packs: {params: {X: {y: 1}}}\n", "packs: {params: {X: {y: 2}}}\n", "naming: {roles: x}\n",
		"elevated: {add: [\"x:y:z\"]}\n", "allow: [{from: A, to: [B], permissions: [\"a:b:c\"]}]\n",
		"allow: [{from: A, to: [B], permissions: [\"a:b:c\"], until: 2027-01-01}]\n",
		"allow: [{from: A, to: [B], permissions: [\"a:b:c\"], until: 2027-01-02}]\n", "packs: {files: [x]}\n", "packs: {files: [y]}\n", "weights: {revoke-grant: 2}\n",
		"personas: {p: {}}\n", "escalations: {remove: [impersonate]}\n", "reviewers: {default: x}\n", "assert: [x]\n", "attributes: {a: b}\n",
	} {
		d := parsed(t, text+more).Digest()
		if was, ok := seen[d]; ok {
			t.Errorf("%q and %q have the same digest", more, was)
		}
		seen[d] = more
	}
}

func TestExternal(t *testing.T) {
	t.Parallel()
	c := parsed(t, "version: 1\ntenants:\n  - {name: A}\n  - {name: internal}\n  - {name: Own, external: false}\n")
	var got []bool
	for _, tenant := range c.Tenants {
		got = append(got, tenant.IsExternal())
	}
	if diff := cmp.Diff([]bool{true, false, false}, got); diff != "" {
		t.Errorf("external (-want +got):\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(fullText(f)))
	for _, s := range []string{"", "version: 1", "version: [", "- - - - -", "? ? ?", "a: &b *b", "\x00", "version: 1\ntenants: [{name: \"\\u202e\"}]", "%YAML 1.1\n---\n", "a: |\n  b", "!!a !!b c", "{a: {b: {c: {}}}}", "<<: x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("Parse = %v, %v; want one of them", c, err)
		}
		if err == nil {
			if _, err := c.Lexicon(lexicon.Default()); err != nil {
				t.Fatalf("Lexicon: %v", err)
			}
			c.Digest()
		}
	})
}
