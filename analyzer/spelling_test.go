package analyzer

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// What nearest finds with a narrow band and a falling limit is what measuring
// every name in full finds.
func TestNearestNamesAgreeWithFullMeasure(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	word := func(most int) string {
		var b strings.Builder
		for range rng.IntN(most + 1) {
			b.WriteByte("abAB_"[rng.IntN(5)])
		}
		return b.String()
	}
	found := 0
	for range 3000 {
		value := word(15)
		names := make([]string, rng.IntN(12))
		for i := range names {
			names[i] = word(10)
		}
		want := measured(value, names)
		found += len(want)
		if diff := gocmp.Diff(want, nearest(value, names)); diff != "" {
			t.Fatalf("nearest(%q, %q) (-want +got):\n%s", value, names, diff)
		}
	}
	if found < 1000 {
		t.Errorf("%d names found in all: the test looks at too little", found)
	}
}

// measured is nearest, as plainly as can be.
func measured(value string, names []string) []string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	score := func(name string) int {
		a, b := strings.ToLower(value), strings.ToLower(name)
		if d := edits(a, b); !strings.Contains(b, a) || d < 1 {
			return d
		}
		return 1
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" || score(n) > min(max(2, len(value)/2), mostEdits) })
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(score(a), score(b)) })
	if len(names) == 0 {
		return nil
	}
	return slices.Clone(names[:min(3, len(names))])
}

func edits(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	if a[0] == b[0] {
		return edits(a[1:], b[1:])
	}
	return 1 + min(edits(a[1:], b), edits(a, b[1:]), edits(a[1:], b[1:]))
}

// Names are equal but for case where Go says so, whatever their letters' length.
func TestFoldedAgrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 2))
	letters := []rune("kKsSaA\u212a\u017fäÄ_")
	equal := 0
	for range 200_000 {
		word := func() string {
			w := make([]rune, 1+rng.IntN(3))
			for i := range w {
				w[i] = letters[rng.IntN(len(letters))]
			}
			return string(w)
		}
		a, b := word(), word()
		if got, want := folded(a)(b), strings.EqualFold(b, a); got != want {
			t.Fatalf("folded(%q)(%q) = %v", a, b, got)
		} else if got && len(a) != len(b) {
			equal++
		}
	}
	if equal < 100 {
		t.Errorf("%d pairs of different length were equal: too few to tell", equal)
	}
}
