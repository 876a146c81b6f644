package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// maxText is the longest text that is written whole, in characters.
const maxText = 2000

// escape returns a text that Markdown shows as it is, on one line: no markup, no
// HTML, no link, no mention of anybody. Characters that are not seen, or that turn
// the direction of writing, are shown as escapes.
func escape(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if n++; n > maxText {
			fmt.Fprintf(&b, "… (%d characters)", len([]rune(s)))
			break
		}
		switch {
		case strings.ContainsRune("\n\r\t\u2028\u2029", r):
			b.WriteByte(' ')
		case strings.ContainsRune("<>&@", r): // markup, and mentions that need none
			fmt.Fprintf(&b, "&#%d;", r)
		case strings.ContainsRune("\\`*_[]|~#!$^", r), n == 1 && strings.ContainsRune("-+=:", r):
			b.WriteString(`\` + string(r))
		case !unicode.IsGraphic(r):
			fmt.Fprintf(&b, `\\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	out := autolink().ReplaceAllString(b.String(), "$1&#46;")
	return numbered().ReplaceAllString(strings.ReplaceAll(out, "://", "&#58;//"), `$1\$2`)
}

// autolink finds what some dialects make a link of without being asked.
func autolink() *regexp.Regexp { return regexp.MustCompile(`(?i)(www)\.`) }

// numbered finds the beginning of a numbered list.
func numbered() *regexp.Regexp { return regexp.MustCompile(`^([0-9]+)([.)])`) }
