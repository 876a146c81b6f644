package xlsx

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxCell is how much text a cell holds, counted as the format counts: in units
// of UTF-16.
const maxCell = 32_767

// text makes a text that a cell can hold: what XML cannot carry is replaced by
// a visible sign, and what is too long is cut with a visible mark.
func text(s string) string { return cut(printable(s)) }

func printable(s string) string {
	if ascii(s) {
		return s
	}
	clean := utf8.ValidString(s)
	for i := 0; clean && i < len(s); i++ {
		clean = s[i] >= 0x20 && s[i] != 0x7f && s[i] < 0xef || s[i] == '\n'
	}
	if clean {
		return s
	}
	return strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD"))
}

// ascii reports whether a text is of printable ASCII alone, as most are.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// visible replaces a control character by its picture. Tab and line feed are
// kept: cells hold them. A carriage return would not come back as it was.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r < 0x20:
		return 0x2400 + r
	case r == 0x7f:
		return 0x2421
	case r == 0xFFFE || r == 0xFFFF:
		return utf8.RuneError
	default:
		return r
	}
}

// cut shortens a text to what a cell holds, and says how much is missing.
func cut(s string) string {
	if len(s) <= maxCell {
		return s
	}
	if units(s) <= maxCell {
		return s
	}
	room := maxCell - len(" … [cut: 2147483647 characters left out]")
	n, at := 0, 0
	for i, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
		if n > room {
			at = i
			break
		}
	}
	return fmt.Sprintf("%s … [cut: %d characters left out]", s[:at], utf8.RuneCountInString(s[at:]))
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// sheetCSV is the name of the file with a sheet's full rows.
func sheetCSV(sheet string) string {
	return strings.ReplaceAll(strings.ToLower(sheet), " ", "-") + ".csv"
}
