package rules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/rules"
)

// caseRow is a line of the table of cases: case, what shows it, what proves it.
var caseRow = regexp.MustCompile(`(?m)^\| (.+?) \| (.+?) \| (.+?) \|$`)

// TestCasesNameTheirTests shows that each case names tests, and that each of them
// is there and is what the table says: one that fires, or one that must not.
func TestCasesNameTheirTests(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(cases)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(data), "## What a snapshot cannot show")
	fires := firing(t)
	goTests := goTestNames(t)
	rows := 0
	for _, m := range caseRow.FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(m[1], "case") || strings.HasPrefix(m[1], "---") || m[3] == "pending" {
			continue
		}
		rows++
		if n := lookUp(t, m[1], m[3], fires, goTests); n == 0 {
			t.Errorf("%q names no test: %s", m[1], m[3])
		}
	}
	if rows < 50 {
		t.Errorf("%s has %d cases with tests", cases, rows)
	}
}

// lookUp checks what proves one case, and returns how many tests it names.
func lookUp(t *testing.T, name, proof string, fires map[string][]bool, goTests map[string]bool) int {
	t.Helper()
	n := 0
	for _, part := range regexp.MustCompile(`(?:([A-Z]{2}-\d{3}) )?(fires|quiet)((?: #\d+)+)`).FindAllStringSubmatch(withIDs(proof), -1) {
		for _, number := range strings.Fields(part[3]) {
			at, _ := strconv.Atoi(number[1:])
			if list := fires[part[1]]; at < 1 || at > len(list) || list[at-1] != (part[2] == "fires") {
				t.Errorf("%q: the rule %s has no test %s that %s", name, part[1], number, part[2])
			}
			n++
		}
	}
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(proof, -1) {
		n++
		if strings.HasSuffix(m[1], ".txtar") {
			if _, err := os.Stat(filepath.Join("..", "cmd", "grantgraph", "testdata", "script", m[1])); err != nil {
				t.Errorf("%q: no script %s", name, m[1])
			}
		} else if !goTests[m[1]] {
			t.Errorf("%q: no test %s", name, m[1])
		}
	}
	return n
}

// withIDs writes "TI-001 fires #1, quiet #2" as "TI-001 fires #1, TI-001 quiet #2".
func withIDs(proof string) string {
	return regexp.MustCompile(`([A-Z]{2}-\d{3}) fires ([^,;]*), quiet`).ReplaceAllString(proof, "$1 fires $2, $1 quiet")
}

// firing says of each test of each rule whether it must name somebody.
func firing(t *testing.T) map[string][]bool {
	t.Helper()
	results, err := rules.Test(t.Context(), shipped(t), bases(t))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]bool{}
	for _, r := range results {
		out[r.Rule] = append(out[r.Rule], len(r.Want) > 0)
	}
	return out
}

// goTestNames are the names of all tests of the module.
func goTestNames(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(data, -1) {
			out[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
