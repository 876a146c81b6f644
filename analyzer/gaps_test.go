package analyzer_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

var update = flag.Bool("update", false, "rewrite files that documentation is compared with")

// The table that people read is the table that decides.
func TestGapTableIsDocumented(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# Which gap touches which question

A list that a snapshot lacks, in whole or in part, is a gap. It is told with each answer that it could change, and such an
answer ends with exit code 3 unless ` + "`--allow-gaps`" + ` is given. What could change which answer:

| list | who, access, explain, matrix | the same about a queue, flow or other object | audit, report |
|---|---|---|---|
`)
	for _, l := range authz.Lists() {
		touches := analyzer.Touches(l)
		fmt.Fprintf(&b, "| `%s`", l)
		for _, q := range []string{analyzer.QuestionAccess, analyzer.QuestionResource, analyzer.QuestionRules} {
			mark := ""
			if slices.Contains(touches, q) {
				mark = "yes"
			}
			fmt.Fprintf(&b, " | %s", mark)
		}
		b.WriteString(" |\n")
	}
	b.WriteString(`
A list without a mark is recorded, and no answer rests on it: the organizations that let people of this one in (what those may
do there only a snapshot of that organization tells), and the apps that were authorized (they act with their user's permissions).

Two more things make an answer incomplete, entry by entry and only where they could change it: a group, team or role whose
members or lines were not read (told as *undetermined*), and a queue that lists a skill group.
`)
	const file = "../docs/gaps.md"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Errorf("%s differs from the table in the code: run go test ./analyzer -update", file)
	}
}
