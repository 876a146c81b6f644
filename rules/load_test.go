package rules_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/rules"
)

var update = flag.Bool("update", false, "write golden files")

// sound is a rule in which nothing is wrong; tests replace lines of it.
const sound = `pack: p
version: 1
rules:
  - id: XX-001
    title: T
    severity: low
    fact: grant
    select: {live: true}
    when: grant.age > params.max_age
    key: [role]
    covers: []
    message: "{principals} {role}"
    why: W
    fix: F
    controls: [C]
    params: {max_age: 2h}
    tests:
      - {base: told, finds: ["user:a"]}
      - {base: clean, finds: []}
`

func loadOne(text string) error {
	_, err := rules.Load([]rules.Source{{Name: "p.yaml", Data: []byte(text)}}, rules.LoadOptions{})
	return err
}

func TestLoadSound(t *testing.T) {
	t.Parallel()
	if err := loadOne(sound); err != nil {
		t.Fatal(err)
	}
}

// TestLoadErrors replaces one line of a sound pack each time.
func TestLoadErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, want string }{
		{"empty", sound, "", `p.yaml:1:1: the pack is empty: want pack, version and rules`},
		{"unknown key of a pack", "version: 1", "version: 1\ncolour: red", `p.yaml:3:1: unknown key "colour" in the pack: want one of pack, rules, version`},
		{"unknown key of a rule", "title: T", "title: T\n    titel: U", `p.yaml:6:5: unknown key "titel" in the rule: want one of controls, covers, fact, fix, id, key, message, params, select, severity, tests, title, when, why`},
		{"duplicate key", "title: T", "title: T\n    title: U", `p.yaml:6:5: the key "title" of the rule stands twice: want it once; the first is at p.yaml:5:5`},
		{"no title", "    title: T\n", "", `p.yaml:4:5: the rule XX-001 lacks title: want title: …`},
		{"no why", "    why: W\n", "", `p.yaml:4:5: the rule XX-001 lacks why: want why: …`},
		{"no tests", "    tests:\n      - {base: told, finds: [\"user:a\"]}\n      - {base: clean, finds: []}\n", "", `p.yaml:4:5: the rule XX-001 lacks tests: want tests: …`},
		{"version", "version: 1", "version: one", `p.yaml:2:10: version is the text "one": want a whole number from 1`},
		{"id", "id: XX-001", "id: mine", `p.yaml:4:9: the id is "mine": want letters, a dash and three digits, such as TI-001`},
		{"wrong type", "title: T", "title: [T]", `p.yaml:5:12: title is a list: want text`},
		{"severity word", "severity: low", "severity: bad", `p.yaml:6:15: severity is "bad": want critical, high, medium, low or info`},
		{"severity type", "severity: low", "severity: 3", `p.yaml:6:15: severity is the number 3: want critical, high, medium, low or info, or a list of when and severity`},
		{"severity without end", "severity: low", "severity: [{when: grant.live, severity: low}]", `p.yaml:6:16: the last severity has a condition: want one without, for the rest`},
		{"unknown fact", "fact: grant", "fact: grants", `p.yaml:7:11: there is no fact "grants": want one of ` + facts()},
		{"fact to come", "fact: grant", "fact: engage", `p.yaml:7:11: the fact "engage" is not available in this version: want one of ` + facts()},
		{"unknown selector", "{live: true}", "{alive: true}", `p.yaml:8:14: the fact grant has no selector "alive": want one of administration, all_divisions, dangling, dormant, elevated, holder, live, role_builtin, subject_kind`},
		{"selector value", "{live: true}", "{live: maybe}", `p.yaml:8:20: the selector live is the text "maybe": want true or false`},
		{"selector list", "{live: true}", "{live: [true]}", `p.yaml:8:20: the selector live is a list: want true or false`},
		{"selector word", "{live: true}", "{subject_kind: [user, dog]}", `p.yaml:8:35: the selector subject_kind is the text "dog": want some of user, group, team, oauth_client, trustee_user, trustee_group, unknown`},
		{"key", "key: [role]", "key: [roll]", `p.yaml:10:11: key names "roll", which the fact grant lacks: want some of ` + grantFields()},
		{"key of an age", "key: [role]", "key: [age]", `p.yaml:10:11: key names "age", which changes from day to day: want fields that stay the same while the cause does`},
		{"empty key", "key: [role]", "key: []", `p.yaml:10:10: key is empty: want the fields that make two findings the same`},
		{"covers", "covers: []", "covers: [YY-001]", `p.yaml:11:14: covers names "YY-001": want the id of another rule, of these packs or of those that ship`},
		{"placeholder", `{role}"`, `{rolle}"`, `p.yaml:12:14: the message has the placeholder {rolle}: want principals, records, count, facts, ONE|SEVERAL, params.NAME or one of ` + grantFields()},
		{"open placeholder", `{role}"`, `{role"`, `p.yaml:12:14: the message has an open {: want {principals}, or {FIELD}`},
		{"parameter of no type", "{max_age: 2h}", "{max_age: {a: b}}", `p.yaml:16:14: the parameter "max_age" is a mapping: want a duration such as 90d, a number, a text or a list of texts` + "\n" + `p.yaml:9:23: the rule has no parameter "max_age": want it under params, with its default`},
		{"parameter unused", "{max_age: 2h}", "{max_age: 2h, other: 3}", `p.yaml:16:27: the parameter "other" is used by nothing: want params.other in an expression or the message`},
		{"field", "grant.age >", "grant.years >", `p.yaml:9:11: the fact grant has no field "years": want one of ` + grantFields()},
		{"field of another fact", "grant.age >", "grant.live && access.role ==", `p.yaml:9:25: a rule on the fact grant cannot read access.role: want fields of grant`},
		{"types", "grant.age > params.max_age", "grant.role > params.max_age", `p.yaml:9:22: the expression is wrong: found no matching overload for '_>_' applied to '(string, duration)': want CEL`},
		{"types in quotes", "when: grant.age > params.max_age", `when: "grant.role > params.max_age"`, `p.yaml:9:23: the expression is wrong: found no matching overload for '_>_' applied to '(string, duration)': want CEL`},
		{"types in a block", "when: grant.age > params.max_age", "when: |\n      grant.live &&\n        grant.role > params.max_age", `p.yaml:11:20: the expression is wrong: found no matching overload for '_>_' applied to '(string, duration)': want CEL`},
		{"syntax of an expression", "grant.age > params.max_age", "grant.age >", `p.yaml:9:22: the expression is wrong: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}: want CEL`},
		{"not a condition", "grant.age > params.max_age", "params.max_age", `p.yaml:9:11: when gives duration: want an expression that is true or false`},
		{"holds of a grant", "grant.age > params.max_age", "holds(grant.role, 'x') && grant.age > params.max_age", `p.yaml:9:16: the expression is wrong: found no matching overload for 'holds' applied to '(string, string)': want CEL`},
		{"test without base", "{base: clean, finds: []}", "{finds: []}", `p.yaml:19:9: the test lacks base: want the name of an organization such as told or clean`},
		{"test without finds", "{base: clean, finds: []}", "{base: clean}", `p.yaml:19:9: the test lacks finds: want finds: [] or whom the rule must name`},
		{"no test fires", `finds: ["user:a"]`, `finds: []`, `p.yaml:18:7: no test fires: want one whose finds is not empty`},
		{"no near miss", "      - {base: clean, finds: []}\n", "", `p.yaml:18:7: every test fires: want a near miss too, with finds: []`},
		{"change", "{base: clean, finds: []}", "{base: clean, change: [{grand: {}}], finds: []}", `p.yaml:19:33: there is no change "grand": want one of ` + changes()},
		{"change without a field", "{base: clean, finds: []}", "{base: clean, change: [{grant: {subject: a}}], finds: []}", `p.yaml:19:33: the change grant lacks role: want role: …`},
		{"change of wrong type", "{base: clean, finds: []}", "{base: clean, change: [{user: {id: a, last_token: soon}}], finds: []}", `p.yaml:19:59: last_token is the text "soon": want a moment such as 2026-11-01T08:00:00Z, an age such as 90d ago, or never`},
		{"not YAML", "title: T", "title: [T", `p.yaml:6:5: ',' or ']' must be specified: want YAML`},
		{"twice", sound, sound + strings.TrimPrefix(sound, "pack: p\nversion: 1\nrules:\n"), `p.yaml:20:5: the rule XX-001 stands twice: want each id once; the first is at p.yaml:4:5`},
		{"an alias", "title: T", "title: &a T", `p.yaml:5:12: title is an anchor or an alias: want text`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(sound, tt.old) {
				t.Fatalf("the sound pack has no %q", tt.old)
			}
			err := loadOne(strings.Replace(sound, tt.old, tt.new, 1))
			if err == nil {
				t.Fatal("Load gives no error")
			}
			want := strings.Split(tt.want, "\n")
			if diff := cmp.Diff(sortedLines(want), sortedLines(strings.Split(err.Error(), "\n"))); diff != "" {
				t.Errorf("Load (-want +got):\n%s", diff)
			}
		})
	}
}

func sortedLines(s []string) map[string]bool {
	out := map[string]bool{}
	for _, l := range s {
		out[l] = true
	}
	return out
}

// TestLoadAllErrors shows that everything that is wrong is told at once, with
// hostile text made harmless.
func TestLoadAllErrors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "wrong.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load([]rules.Source{{Name: "wrong.yaml", Data: data}, {Name: "p.yaml", Data: []byte(sound)}}, rules.LoadOptions{})
	if err == nil || set != nil {
		t.Fatalf("Load = %v, %v; want no set and an error", set, err)
	}
	golden := filepath.Join("testdata", "wrong.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, rerr := os.ReadFile(golden)
	if rerr != nil {
		t.Fatal(rerr)
	}
	if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
}

func TestLoadAcrossPacks(t *testing.T) {
	t.Parallel()
	_, err := rules.Load([]rules.Source{{Name: "a.yaml", Data: []byte(sound)}, {Name: "b.yaml", Data: []byte(sound)}}, rules.LoadOptions{})
	if want := "b.yaml:4:5: the rule XX-001 stands twice: want each id once; the first is at a.yaml:4:5"; err == nil || err.Error() != want {
		t.Errorf("Load = %v; want %s", err, want)
	}
}

func TestLoadOptions(t *testing.T) {
	t.Parallel()
	at := map[string]config.Pos{
		"params/XX-001/max_age": {File: "grantgraph.yaml", Line: 7, Column: 3},
		"disable/ZZ-001":        {File: "grantgraph.yaml", Line: 9, Column: 4},
	}
	tests := []struct {
		name string
		o    rules.LoadOptions
		dev  []rules.Deviation
		err  string
	}{
		{"nothing", rules.LoadOptions{}, nil, ""},
		{"disabled", rules.LoadOptions{Disable: []string{"XX-001"}}, []rules.Deviation{{Rule: "XX-001", What: "disabled"}}, ""},
		{"longer", rules.LoadOptions{Params: params("max_age", "1d12h")}, []rules.Deviation{{Rule: "XX-001", What: "max_age = 1d12h (ships as 2h)"}}, ""},
		{"the same", rules.LoadOptions{Params: params("max_age", "120m")}, nil, ""},
		{"no duration", rules.LoadOptions{Params: params("max_age", "soon"), At: at}, nil, `grantgraph.yaml:7:3: the parameter max_age of XX-001: "soon" is no duration: want one such as 8h or 90d: want a duration`},
		{"a number", rules.LoadOptions{Params: params("max_age", 3)}, nil, `configuration:1:1: the parameter max_age of XX-001: "3" is no duration: want one such as 8h or 90d: want a duration`},
		{"no such parameter", rules.LoadOptions{Params: params("age", "2h")}, nil, `configuration:1:1: the rule XX-001 has no parameter "age": want one of max_age`},
		{"no such rule", rules.LoadOptions{Disable: []string{"ZZ-001"}, At: at}, nil, `grantgraph.yaml:9:4: there is no rule "ZZ-001" in the packs that are loaded: want the id of a rule (rules list shows them)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set, err := rules.Load([]rules.Source{{Name: "p.yaml", Data: []byte(sound)}}, tt.o)
			if got := text(err); got != tt.err {
				t.Fatalf("Load = %s; want %s", got, tt.err)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(tt.dev, set.Deviations()); diff != "" {
				t.Errorf("Deviations (-want +got):\n%s", diff)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func params(name string, v any) map[string]map[string]any {
	return map[string]map[string]any{"XX-001": {name: v}}
}

func TestRules(t *testing.T) {
	t.Parallel()
	set, err := rules.Load([]rules.Source{{Name: "p.yaml", Data: []byte(sound)}}, rules.LoadOptions{Params: params("max_age", "8h")})
	if err != nil {
		t.Fatal(err)
	}
	want := []rules.RuleInfo{{
		ID: "XX-001", Title: "T", Severity: "low", Fact: "grant", Why: "W", Fix: "F", Controls: []string{"C"}, Covers: []string{}, Pack: "p",
		Params:   []rules.ParamInfo{{Name: "max_age", Type: "duration", Default: "2h", Value: "8h"}},
		Position: "p.yaml:4:5", Tests: 2, Source: strings.Join(strings.Split(sound, "\n")[3:], "\n"),
	}}
	if diff := cmp.Diff(want, set.Rules()); diff != "" {
		t.Errorf("Rules (-want +got):\n%s", diff)
	}
}

// TestDocumented shows that every fact, field and selector says what it is.
func TestDocumented(t *testing.T) {
	t.Parallel()
	for _, f := range rules.Facts() {
		if f.Doc == "" || len(f.Fields) == 0 || f.Fields[0].Name == "" {
			t.Errorf("the fact %s is not documented", f.Name)
		}
		seen := map[string]bool{}
		for _, c := range f.Fields {
			if c.Doc == "" || c.Type == "" || seen[c.Name] {
				t.Errorf("the field %s.%s is not documented, or stands twice", f.Name, c.Name)
			}
			seen[c.Name] = true
		}
		for _, s := range f.Selectors {
			if s.Doc == "" {
				t.Errorf("the selector %s of %s is not documented", s.Name, f.Name)
			}
		}
	}
}

// FuzzLoad shows that no text makes the loader panic, and that what it refuses
// has a place.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(sound))
	for _, s := range rules.Shipped() {
		f.Add(s.Data)
	}
	for _, s := range []string{"", "rules: [", "pack: &a [*a]", "- - - -", "rules: {id: ", "? a\n: b", "rules:\n  - {id: XX-001, fact: access, when: 'access.roles.all(x, x.all(y, true))'}", "\x00", "a: !!binary x", "pack: 'p'\nrules:\n- when: |\n   1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := rules.Load([]rules.Source{{Name: "fuzz.yaml", Data: data}}, rules.LoadOptions{})
		if err == nil {
			for _, r := range set.Rules() {
				if r.ID == "" || r.Title == "" || r.Tests < 2 {
					t.Errorf("Load takes an incomplete rule: %+v", r)
				}
			}
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if !strings.HasPrefix(line, "fuzz.yaml:") {
				t.Errorf("an error has no place: %q", line)
			}
		}
	})
}

// The lists that errors name, from the documentation.

func facts() string {
	var names []string
	for _, f := range rules.Facts() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func grantFields() string {
	var names []string
	for _, f := range rules.Facts()[1].Fields {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func changes() string {
	var names []string
	for _, c := range rules.Changes() {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}
