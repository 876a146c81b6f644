package analyzer

import (
	"strings"
	"testing"
	"unicode"
)

// A name that is the same but for case is found, of whatever letters and lengths.
func TestFoldedOfEveryLetter(t *testing.T) {
	t.Parallel()
	found := 0
	for r := range unicode.MaxRune {
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			for _, c := range [][2]string{{string(r), string(f)}, {"a" + string(r), "A" + string(f)}, {"ä" + string(r), "Ä" + string(f)}, {string(r) + "x", string(f)}} {
				if got, want := folded(c[0])(c[1]), strings.EqualFold(c[0], c[1]); got != want {
					t.Errorf("%q is %q but for case: %v; want %v", c[0], c[1], got, want)
				}
			}
			found++
		}
	}
	if found < 2000 {
		t.Errorf("only %d letters have cases", found)
	}
}

// Ids have a form of their own, and no name is close to one.
func TestIDs(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"7f3ca4f0-8f09-431f-a878-c40c3d1b620f":  true,
		"7F3CA4F0-8F09-431F-A878-C40C3D1B620F":  true,
		"7f3ca4f0-8f09-431f-a878-c40c3d1b620":   false,
		"7f3ca4f0-8f09-431f-a878-c40c3d1b620f0": false,
		"7f3ca4f0a8f09-431f-a878-c40c3d1b620f":  false,
		"7f3ca4f0-8f09a431f-a878-c40c3d1b620f":  false,
		"7f3ca4f0-8f09-431faa878-c40c3d1b620f":  false,
		"7f3ca4f0-8f09-431f-a878ac40c3d1b620f":  false,
		"7f3ca4f0-8f09-431f-a878-c40c3d1b62-f":  false,
		"7g3ca4f0-8f09-431f-a878-c40c3d1b620f":  false,
	} {
		if got := isID(value); got != want {
			t.Errorf("%s: %v; want %v", value, got, want)
		}
	}
}
