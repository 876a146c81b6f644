package rules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/grantgraph/grantgraph/rules"
)

// caseRow is a line of the table of cases: case, what shows it, what proves it.
var caseRow = regexp.MustCompile(`(?m)^\| (.+?) \| (.+?) \| (.+?) \|$`)

// A row shows one case. What names more tests of a rule than this, or all that it
// has, points at the rule and not at the case.
const mostTests = 4

// TestCasesNameTheirTests shows that each case names tests, that each of them is
// there and is what the table says: one that fires, or one that must not; and that
// they are those of this case.
func TestCasesNameTheirTests(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(cases)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(data), "## What a snapshot cannot show")
	fires := firing(t)
	goTests := goTestSources(t)
	rows := 0
	for _, section := range strings.Split(text, "\n## ")[1:] {
		pending := strings.Contains(section, "\nPending: ")
		for _, m := range caseRow.FindAllStringSubmatch(section, -1) {
			if strings.HasPrefix(m[1], "case") || strings.HasPrefix(m[1], "---") {
				continue
			}
			if pending != (m[3] == "pending") {
				t.Errorf("%q: is it pending? %s", m[1], m[3])
			}
			if pending {
				continue
			}
			rows++
			if n := lookUp(t, m[1], m[3], fires, goTests); n == 0 {
				t.Errorf("%q names no test: %s", m[1], m[3])
			}
			checkPairs(t, m[1], m[2], m[3])
		}
	}
	if rows < 75 {
		t.Errorf("%s has %d cases with tests", cases, rows)
	}
}

// lookUp checks what proves one case, and returns how many tests it names.
func lookUp(t *testing.T, name, proof string, fires map[string][]bool, goTests map[string]string) int {
	t.Helper()
	n := 0
	named := map[string]map[string]bool{}
	for _, part := range proofs(proof) {
		if named[part.rule] == nil {
			named[part.rule] = map[string]bool{}
		}
		for _, number := range part.numbers {
			at, _ := strconv.Atoi(number[1:])
			if list := fires[part.rule]; at < 1 || at > len(list) || list[at-1] != part.fires {
				t.Errorf("%q: %s has no test %s, or it does the opposite; the row says that it fires: %v", name, part.rule, number, part.fires)
			}
			named[part.rule][number] = true
			n++
		}
	}
	for rule, numbers := range named {
		if len(numbers) > mostTests || len(numbers) == len(fires[rule]) {
			t.Errorf("%q names %d of the %d tests of %s: want those of this case, at most %d", name, len(numbers), len(fires[rule]), rule, mostTests)
		}
	}
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(proof, -1) {
		n++
		test, sub, isSub := strings.Cut(m[1], "/")
		source, ok := goTests[test]
		switch {
		case strings.HasSuffix(m[1], ".txtar"):
			if _, err := os.Stat(filepath.Join("..", "cmd", "grantgraph", "testdata", "script", m[1])); err != nil {
				t.Errorf("%q: no script %s", name, m[1])
			}
		case !ok:
			t.Errorf("%q: no test %s", name, test)
		case isSub && !regexp.MustCompile(`"`+regexp.QuoteMeta(sub)+`\b`).MatchString(source):
			t.Errorf("%q: %s has no case that begins with %s", name, test, sub)
		}
	}
	return n
}

var (
	ruleID = regexp.MustCompile(`[A-Z]{2}-\d{3}`)
	noRule = regexp.MustCompile(`no ([A-Z]{2}-\d{3})`)
)

// checkPairs checks that each rule which shows a case is proved by a test that
// fires and its near miss, and one that must be silent by near misses alone.
func checkPairs(t *testing.T, name, shown, proof string) {
	t.Helper()
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, part := range proofs(proof) {
		if part.fires {
			fires[part.rule] = true
		} else {
			quiet[part.rule] = true
		}
		if !strings.Contains(shown, part.rule) && !strings.Contains(shown, "no finding") {
			t.Errorf("%q: %s proves it and does not show it", name, part.rule)
		}
	}
	silent := map[string]bool{}
	for _, m := range noRule.FindAllStringSubmatch(shown, -1) {
		silent[m[1]] = true
	}
	for _, rule := range ruleID.FindAllString(shown, -1) {
		if fires[rule] == silent[rule] || !quiet[rule] {
			t.Errorf("%q: of %s want %s: %s", name, rule, map[bool]string{true: "near misses only", false: "a test that fires, and its near miss"}[silent[rule]], proof)
		}
	}
}

// A namedTests are tests of a rule that a row names: "TI-004 fires #1 #7".
type namedTests struct {
	rule    string
	fires   bool
	numbers []string
}

func proofs(proof string) []namedTests {
	var out []namedTests
	for _, m := range regexp.MustCompile(`([A-Z]{2}-\d{3}) (fires|quiet)((?: #\d+)+)`).FindAllStringSubmatch(withIDs(proof), -1) {
		out = append(out, namedTests{rule: m[1], fires: m[2] == "fires", numbers: strings.Fields(m[3])})
	}
	return out
}

// withIDs writes "TI-001 fires #1, quiet #2" as "TI-001 fires #1, TI-001 quiet #2".
func withIDs(proof string) string {
	return regexp.MustCompile(`([A-Z]{2}-\d{3}) fires ([^,;]*), quiet`).ReplaceAllString(proof, "$1 fires $2, $1 quiet")
}

// firing says of each test of each rule whether it must name somebody, as the
// packs have it: TestShippedRules runs them.
func firing(t *testing.T) map[string][]bool {
	t.Helper()
	out := map[string][]bool{}
	for _, source := range rules.Shipped() {
		var pack struct {
			Rules []struct {
				ID    string
				Tests []struct{ Finds []string }
			}
		}
		if err := yaml.Unmarshal(source.Data, &pack); err != nil {
			t.Fatal(err)
		}
		for _, r := range pack.Rules {
			for _, c := range r.Tests {
				out[r.ID] = append(out[r.ID], len(c.Finds) > 0)
			}
		}
	}
	return out
}

// goTestSources are all tests of the module, by their names.
func goTestSources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, part := range strings.Split("\n"+string(data), "\nfunc ")[1:] {
			if name, _, _ := strings.Cut(part, "("); strings.HasPrefix(name, "Test") {
				out[name] = part
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
