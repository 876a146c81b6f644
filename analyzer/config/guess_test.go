package config

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

func facts() Facts {
	return Facts{
		Organization: "Example Contact Centre",
		Divisions: []DivisionFact{
			{ID: "d0", Name: "Home", Home: true, Users: 40, EmailDomains: map[string]int{"example.com": 40}},
			{ID: "d1", Name: "BPO_A", Users: 120, EmailDomains: map[string]int{"bpo-a.example": 118, "example.com": 2}},
			{ID: "d2", Name: "BPO_AB", Users: 7, EmailDomains: map[string]int{"bpo-ab.example": 7}},
			{ID: "d3", Name: "Shared"},
			{ID: "d4", Name: "Public Directory"},
			{ID: "d5", Name: "twin", Users: 1},
			{ID: "d6", Name: "Twin", Users: 2},
			{ID: "d7", Name: "=cmd|'/c'!A1\n\u202e<b>", Users: 3},
		},
		Groups:  []string{"BPO-A-Agents", "BPO-A-Leads", "bpo a supervisors", "BPO-AB-Agents", "QA", "BPO_A"},
		Clients: []string{"BPO_A_WFM", "Vendor_X"},
	}
}

func TestGuessGolden(t *testing.T) {
	t.Parallel()
	got := Guess(facts())
	const golden = "testdata/guess.yaml"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("Guess (-want +got):\n%s", diff)
	}
}

func TestGuessSays(t *testing.T) {
	t.Parallel()
	c := parsed(t, string(Guess(facts())))
	a, ok := c.Tenant("BPO_A")
	if !ok {
		t.Fatal("there is no tenant BPO_A")
	}
	if diff := cmp.Diff([]string{"bpo-a.example"}, a.EmailDomains); diff != "" {
		t.Errorf("e-mail domains (-want +got):\n%s", diff)
	}
	for _, name := range []string{"BPO-A-Agents", "bpo a supervisors", "BPO_A"} {
		if !matchesAny(a.Groups, name) {
			t.Errorf("no pattern of %q matches %q", a.Groups, name)
		}
	}
	if matchesAny(a.Groups, "BPO-AB-Agents") {
		t.Errorf("a pattern of %q matches a group of BPO_AB", a.Groups)
	}
	if internal, ok := c.Tenant(Internal); !ok || internal.IsExternal() || internal.Divisions[0] != "Home" {
		t.Errorf("Internal = %+v", internal)
	}
	if len(c.Shared) != 2 {
		t.Errorf("shared = %+v", c.Shared)
	}
}

func matchesAny(globs []string, name string) bool {
	for _, g := range globs {
		if Match(g, name) {
			return true
		}
	}
	return false
}

// TestGuessEdges has facts that differ by the least that matters.
func TestGuessEdges(t *testing.T) {
	t.Parallel()
	most, over := strings.Repeat("m", maxName), strings.Repeat("o", maxName+1)
	domain := strings.Repeat("d", 245) + ".example"
	c := parsed(t, string(Guess(Facts{
		Divisions: []DivisionFact{
			{ID: "most", Name: most, Users: 1, EmailDomains: map[string]int{domain: 1, "x" + domain: 1, "far.example": 4, "near.example": 3}},
			{ID: "over", Name: over, Users: 1, EmailDomains: map[string]int{"far.example": 1, "near.example": 1}},
			{ID: "b", Name: "Same"},
			{ID: "a", Name: "Same"},
			{ID: "Internal"},
			{ID: "Internal"},
			{ID: "short", Name: "BPO"},
			{ID: "long", Name: "BPO_A"},
			{ID: "two", Name: "XY"},
			{ID: "one", Name: "Q"},
			{ID: "abc", Name: "ABC"},
			{ID: "abcd", Name: "ABC D"},
			{ID: "space", Name: "N 1"},
			{ID: "dash", Name: "N-1"},
			{ID: "k", Name: strings.Repeat("k", maxName-2)},
		},
		Groups: []string{"ABC D one", "BPO_A_agents", "BPO_agents", "XY-agents", "Q-agents", "N 1 agents", most + "-agents", strings.Repeat("k", maxName-2) + "-agents"},
	})))
	got := map[string]string{}
	for _, tenant := range c.Tenants {
		got[brief(tenant.Name)] = brief(strings.Join(tenant.Divisions, ",")) + ": " + strings.Join(tenant.Groups, ",")
		if tenant.Name == most && strings.Join(tenant.EmailDomains, ",") != domain+",far.example" {
			t.Errorf("domains %q", tenant.EmailDomains)
		}
	}
	want := map[string]string{
		"BPO": "BPO: BPO_*", "BPO_A": "BPO_A: BPO_A_*", "XY": "XY: XY-*", "Q": "Q: ", // names of one letter begin anything
		"N 1": "N 1: N 1 *", "ABC": "ABC: ", "ABC D": "ABC D: ABC D *", "N-1": "N-1: ", "Same": "a: ", "Same (2)": "b: ", "Internal": ": ", "Internal (2)": "Internal: ",
		"m × 200": "m × 200: ", "over": "over: ", "k × 198": "k × 198: " + strings.Repeat("k", maxName-2) + "-*",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tenants (-want +got):\n%s", diff)
	}
}

// brief is a text of which only the length matters where it is long.
func brief(s string) string {
	if len(s) > 20 {
		return fmt.Sprintf("%c × %d", s[0], len(s))
	}
	return s
}

// TestGuessCanBeRead proves that whatever the names are, the file that is
// guessed from them is sound and places each division.
func TestGuessCanBeRead(t *testing.T) {
	t.Parallel()
	hostile := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", " ", "A", "a", "Internal", "internal", "Unassigned", "Shared", "*", "?", "A*", "A-*", "a b", "A_B", "a-b", "K", "\u212a", "ſ", "s", "true", "null", "~", "1", "[",
			"{", "# x", "&a", "*a", "a: b", "- a", "\"", "'", "\\", "\n", "\r", "\x00", "\x7f", "\u0085", "\u2028", "\ufeff", "\u202e", "\xff", "=1+1", "<script>", "😀",
			strings.Repeat("x", 5000), "A (2)", "a (2)",
		}),
		rapid.String(),
	)
	domain := rapid.OneOf(hostile, rapid.SampledFrom([]string{"a.example", "A.example", "b.example", "@a", "a b"}))
	rapid.Check(t, func(t *rapid.T) {
		f := Facts{
			Organization: hostile.Draw(t, "organization"),
			Groups:       rapid.SliceOfN(hostile, 0, 6).Draw(t, "groups"),
			Clients:      rapid.SliceOfN(hostile, 0, 6).Draw(t, "clients"),
		}
		for i := range rapid.IntRange(0, 6).Draw(t, "divisions") {
			name := hostile.Draw(t, "name")
			f.Divisions = append(f.Divisions, DivisionFact{
				ID: strings.Repeat("i", i+1) + "-id", Name: name, Home: i == 0, Users: i,
				EmailDomains: rapid.MapOfN(domain, rapid.IntRange(0, 3), 0, 3).Draw(t, "domains"),
			})
			for _, end := range []string{"", "-x", "_*"} {
				f.Groups = append(f.Groups, name+end)
			}
		}
		text := Guess(f)
		c, err := Parse("g", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		placed := len(c.Shared)
		for _, tenant := range c.Tenants {
			placed += len(tenant.Divisions)
		}
		if placed != len(f.Divisions) {
			t.Fatalf("%d of %d divisions are in the file:\n%s", placed, len(f.Divisions), text)
		}
	})
}

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		glob, name string
		want       bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "anything", true},
		{"BPO-A-*", "bpo-a-agents", true},
		{"BPO-A-*", "BPO-AB-agents", false},
		{"?", "é", true},
		{"?", "", false},
		{"a?c", "ABC", true},
		{"*_Supervisor", "BPO_A_Supervisor", true},
		{"*_Supervisor", "BPO_A_Supervisors", false},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-c-b", false},
		{"ÄRGER", "ärger", true},
		{"[a]", "a", false},
		{"[a]", "[A]", true},
		{strings.Repeat("a*", 200) + "b", strings.Repeat("a", 4000), false},
	}
	for _, tt := range tests {
		if got := Match(tt.glob, tt.name); got != tt.want {
			t.Errorf("Match(%.20q, %.20q) = %v; want %v", tt.glob, tt.name, got, tt.want)
		}
	}
}

// FuzzMatch holds the matcher against the plainest one there is.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?", "axxbc")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, glob, name string) {
		if len(glob) > 12 || len(name) > 12 {
			return
		}
		if got, want := Match(glob, name), plainMatch(folded(glob), folded(name)); got != want {
			t.Errorf("Match(%q, %q) = %v; want %v", glob, name, got, want)
		}
	})
}

func plainMatch(g, n []rune) bool {
	switch {
	case len(g) == 0:
		return len(n) == 0
	case g[0] == '*':
		return plainMatch(g[1:], n) || (len(n) > 0 && plainMatch(g, n[1:]))
	default:
		return len(n) > 0 && (g[0] == '?' || g[0] == n[0]) && plainMatch(g[1:], n[1:])
	}
}
