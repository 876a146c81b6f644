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
		case strings.ContainsRune("@:/", r): // mentions and links that need no markup
			fmt.Fprintf(&b, "&#%d;", r)
		case r == '.' || r == ',' || r == ' ':
			b.WriteRune(r)
		case r < 0x80 && (unicode.IsPunct(r) || unicode.IsSymbol(r)):
			b.WriteString(entity(r))
		case !unicode.IsGraphic(r):
			fmt.Fprintf(&b, `\\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return autolink().ReplaceAllString(b.String(), "$1&#46;")
}

// autolink finds what some dialects make a link of without being asked.
func autolink() *regexp.Regexp { return regexp.MustCompile(`(?i)(www)\.`) }

// entity writes a character of ASCII that Markdown might take for markup.
func entity(r rune) string {
	switch r {
	case '<', '>', '&':
		return fmt.Sprintf("&#%d;", r)
	default:
		return `\` + string(r)
	}
}
