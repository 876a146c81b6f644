package rules_test

import (
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/rules"
)

// TestCheckTellsWhatNeverHolds shows that a condition which holds for nothing in
// the snapshot is told, and one that holds is not.
func TestCheckTellsWhatNeverHolds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, lines, want string }{
		{"a word that nothing is", "fact: principal\nwhen: principal.state == 'retired' && principal.live\nkey: [id]", "the condition principal.state == 'retired' holds for nothing"},
		{"nothing selected", "fact: principal\nselect: {kind: trustee_group}\nkey: [id]", "select leaves nothing of this snapshot"},
		{"it holds", "fact: principal\nwhen: principal.state == 'active' && principal.live\nkey: [id]", ""},
		{"one of two holds", "fact: principal\nwhen: principal.state == 'retired' || principal.live\nkey: [id]", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := "pack: p\nversion: 1\nrules:\n" + rule("XX-001", "severity: low\nmessage: M\n"+tt.lines)
			_, warnings, err := rules.Check([]rules.Source{{Name: "p.yaml", Data: []byte(text)}}, rules.LoadOptions{}, model(t, small(), smallConfig))
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "" && len(warnings) > 0 || tt.want != "" && (len(warnings) != 1 || !strings.Contains(warnings[0].Text, tt.want)) {
				t.Errorf("warnings: %v; want %q", warnings, tt.want)
			}
		})
	}
}
