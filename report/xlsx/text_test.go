package xlsx

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"=1+1", "=1+1"},
		{"tab\tand\nline", "tab\tand\nline"},
		{"null\x00 escape\x1b[31m", "null\u2400 escape\u241b[31m"},
		{"return\r", "return\u240d"},
		{"delete\x7f", "delete\u2421"},
		{"bad \xff utf-8", "bad \uFFFD utf-8"},
		{"no \uFFFE char", "no \uFFFD char"},
		{"名前 😀", "名前 😀"},
	} {
		if got := text(c.in); got != c.want {
			t.Errorf("text(%q) = %q; want %q", c.in, got, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	fits := strings.Repeat("a", maxCell)
	if text(fits) != fits {
		t.Error("a text that fits was cut")
	}
	for _, long := range []string{strings.Repeat("a", maxCell+1), strings.Repeat("😀", maxCell), strings.Repeat("é", 3*maxCell)} {
		got := text(long)
		if n := units(got); n > maxCell {
			t.Errorf("%d units; want at most %d", n, maxCell)
		}
		if !strings.Contains(got, "characters left out]") {
			t.Errorf("no mark at the end: %q", got[len(got)-60:])
		}
	}
}

func TestCSVText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "a=b": "a=b", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "\"'\rx\"", "-a,b": "\"'-a,b\"", "a\"b": "\"a\"\"b\"", "'x": "'x"} {
		if got := string(appendText(nil, in)); got != want {
			t.Errorf("%q is written as %q; want %q", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "=1+1", "\x00", "\xff", "😀", strings.Repeat("x", maxCell+5)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := text(s)
		if units(got) > maxCell {
			t.Errorf("%d units", units(got))
		}
		for _, r := range got {
			if r < 0x20 && r != '\t' && r != '\n' {
				t.Errorf("control character %#x", r)
			}
		}
	})
}
