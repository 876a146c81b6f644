// Package term writes text for people: names that cannot harm a terminal, columns
// that line up, and colours where they are wanted.
package term

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns a name so that printing it changes nothing but one line of text:
// control characters, line breaks, marks that turn the direction of writing and
// whatever else is invisible are shown as escapes, so that names that differ
// still look different. Bytes that are no UTF-8 are escaped too.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case Harmless(r):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
		i += size
	}
	return b.String()
}

// Lines is [Clean] for text of several lines: it keeps line breaks and no other
// control character.
func Lines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Harmless reports whether a character may reach a terminal as it is.
func Harmless(r rune) bool {
	return r == ' ' || (unicode.IsGraphic(r) && !unicode.In(r, unicode.Zl, unicode.Zp, unicode.Co) && !isFiller(r))
}

// isFiller reports whether a character counts as a letter and shows nothing.
func isFiller(r rune) bool {
	return r == '\u115F' || r == '\u1160' || r == '\u3164' || r == '\uFFA0' || r == '\u034F'
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func escape(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return fmt.Sprintf(`\U%08x`, r)
	}
}
