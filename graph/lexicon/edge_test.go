package lexicon

import (
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// What a permission carries may be said to be the organization's, and a verb
// that is the first of the list be extended like any other.
func TestExtendEdges(t *testing.T) {
	t.Parallel()
	first := Default().Verbs()[0]
	l := extended(t, Extension{
		Carries:       CarriesChange{Add: []CarriesEntry{{Permission: "ours:thing:view", Carries: CarriesOrganization}}},
		DivisionAware: AwareChange{Add: []AwareEntry{{Permission: "ours:*:*", Aware: true}, {Permission: "ours:thing:*", Aware: true}, {Permission: "ours:thing:*", Aware: false}}},
		Toxic:         PairChange{Add: []PairEntry{{Name: "aa", A: "a:b:c", B: "d:e:f"}, {Name: "zz", A: "a:b:c", B: "d:e:f"}}},
		Verbs:         VerbChange{Add: []VerbEntry{{Verb: first, Permissions: []string{"ours:thing:frob"}}}},
	})
	if got := l.Carries(permission(t, "ours:thing:view"), authz.True); got != CarriesOrganization {
		t.Errorf("carries %s", got)
	}
	for name, want := range map[string]authz.Tri{
		"ours:thing:view": authz.False, "ours:other:view": authz.True, "ours:thing:*": authz.False, "ours:*:*": authz.Unknown, "ours:other:*": authz.True,
	} {
		if got := l.Aware(permission(t, name)); got != want {
			t.Errorf("%s is limited by divisions: %v; want %v", name, got, want)
		}
	}
	if !slices.IsSortedFunc(l.Toxic(), func(a, b Pair) int { return compareText(a.Name, b.Name) }) {
		t.Error("the pairs are not in order of their names")
	}
	if got := l.Verbs(); !slices.Equal(got, Default().Verbs()) {
		t.Errorf("verbs = %v", got)
	}
	if v, ok := l.Verb(first); !ok || !v.Covers(permission(t, "ours:thing:frob")) {
		t.Errorf("%s does not cover what was added", first)
	}
}

// A kind of data that follows no class keeps what it lists, whatever the class
// of a permission is or becomes.
func TestDataWithoutClasses(t *testing.T) {
	t.Parallel()
	transcripts := func(l *Lexicon) bool {
		d, ok := l.Data("transcripts")
		return ok && d.Covers(permission(t, "recording:recording:view")) && d.Covers(permission(t, "quality:transcript:view"))
	}
	if !transcripts(Default()) {
		t.Error("a transcript is none")
	}
	l := extended(t, Extension{Carries: CarriesChange{Add: []CarriesEntry{
		{Permission: "recording:recording:view", Class: ClassPeople}, {Permission: "quality:transcript:view", Class: ClassPeople},
	}}})
	if !transcripts(l) {
		t.Error("a transcript is none when its class is another")
	}
}

// Of rows that are as specific the later counts.
func TestLaterRowCounts(t *testing.T) {
	t.Parallel()
	f := family{"a", "b", "*"}
	tab := table[int]{{family{"a", "*", "*"}, 1, ""}, {f, 2, ""}, {f, 3, ""}, {family{"a", "*", "*"}, 4, ""}}
	for name, want := range map[string]int{"a:b:c": 3, "a:x:c": 4} {
		if r, ok := tab.best(permission(t, name)); !ok || r.value != want {
			t.Errorf("%s: %d, %v; want %d", name, r.value, ok, want)
		}
	}
	if _, ok := tab.best(permission(t, "x:b:c")); ok {
		t.Error("a row covers what it does not name")
	}
	if r, ok := (table[int]{{family{"a", "b", "c"}, 1, ""}, {f, 2, ""}}).best(permission(t, "a:b:c")); !ok || r.value != 1 {
		t.Errorf("%d, %v; want the first row, which is more specific", r.value, ok)
	}
}
