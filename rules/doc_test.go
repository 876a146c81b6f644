package rules_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/rules"
)

const (
	guide = "../docs/rules.md"
	cases = "../docs/cases.md"
)

// reference is the part of the guide that is made from the program.
func reference() map[string]string {
	var changes, functions, facts strings.Builder
	for _, c := range rules.Changes() {
		fmt.Fprintf(&changes, "- `%s` %s: %s\n", c.Name, c.Doc, strings.Join(c.Fields, ", "))
	}
	for _, f := range rules.Functions() {
		fmt.Fprintf(&functions, "- `%s`: %s\n", f.Signature, f.Doc)
	}
	for _, f := range rules.Facts() {
		fmt.Fprintf(&facts, "\n### %s\n\n%s.\n\n| field | type | is |\n|---|---|---|\n", f.Name, f.Doc)
		for _, c := range f.Fields {
			fmt.Fprintf(&facts, "| `%s` | %s | %s |\n", c.Name, c.Type, strings.ReplaceAll(c.Doc, "|", "\\|"))
		}
		for _, s := range f.Selectors {
			fmt.Fprintf(&facts, "\n`select: %s` %s", s.Name, s.Doc)
			if len(s.Values) > 0 && len(s.Values) < 12 {
				fmt.Fprintf(&facts, " (%s)", strings.Join(s.Values, ", "))
			}
			facts.WriteString(".\n")
		}
	}
	return map[string]string{"changes": changes.String(), "functions": functions.String(), "facts": facts.String()}
}

// TestGuideReference compares the tables of the guide with the program.
func TestGuideReference(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for name, want := range reference() {
		head, rest, ok := strings.Cut(text, "<!-- "+name+" -->\n")
		got, tail, closed := strings.Cut(rest, "<!-- end -->\n")
		if !ok || !closed {
			t.Fatalf("%s has no part %s", guide, name)
		}
		if got != want && !*update {
			t.Errorf("%s: the part %s is not what the program says (go test ./rules -run Guide -update)", guide, name)
		}
		text = head + "<!-- " + name + " -->\n" + want + "<!-- end -->\n" + tail
	}
	if *update {
		if err := os.WriteFile(guide, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGuideExample runs the guide's worked example: as it stands it is refused
// with the place that the guide shows; mended, it loads and its tests pass.
func TestGuideExample(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "```yaml\n")
	example, rest, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the guide has no example")
	}
	src := rules.Source{Name: "ours.yaml", Data: []byte(example)}
	_, err = rules.Load([]rules.Source{src}, rules.LoadOptions{})
	told := regexp.MustCompile(`error: (ours\.yaml:\d+:\d+: .*): want one of …`).FindStringSubmatch(rest)
	if err == nil || told == nil || !strings.Contains(err.Error(), told[1]) {
		t.Fatalf("the example fails with %v; the guide says %q", err, told)
	}
	src.Data = []byte(strings.Replace(example, "access.all_divisions_reached", "access.through == 'all_divisions'", 1))
	set, err := rules.Load([]rules.Source{src}, rules.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	results, err := rules.Test(t.Context(), set, bases(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d tests passed, 0 failed", len(results)); !strings.Contains(rest, want) {
		t.Errorf("the guide does not say %q", want)
	}
	for _, r := range results {
		if !r.OK {
			t.Errorf("test %d: %s", r.Case, r.Detail)
		}
	}
}

// TestCases shows that each rule that the table of cases names ships with tests
// that fire and tests that must not, or is said to be pending.
func TestCases(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(cases)
	if err != nil {
		t.Fatal(err)
	}
	ships := map[string]int{}
	for _, r := range shipped(t).Rules() {
		ships[r.ID] = r.Tests
	}
	named := regexp.MustCompile(`\b(TI|ES|SE|OA|RH|AR)-\d{3}\b`).FindAllString(string(data), -1)
	for _, id := range named {
		if ships[id] < 2 {
			t.Errorf("%s names %s, which has %d tests", cases, id, ships[id])
		}
	}
	if len(named) < 40 {
		t.Errorf("%s names %d rules", cases, len(named))
	}
}
