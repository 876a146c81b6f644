package term

import "strings"

// narrowest is the least number of columns that a sentence is wrapped to.
const narrowest = 30

// Wrapped writes a line as [Printer.Line] does; what a terminal's line does not
// hold goes on in further lines, indented by so many columns.
func (p *Printer) Wrapped(indent int, parts ...string) {
	line := strings.Join(parts, "")
	if p.columns < indent+narrowest || painted(line) <= p.columns {
		p.Line(line)
		return
	}
	for _, l := range wrap(line, p.columns, indent) {
		p.Line(l)
	}
}

// wrap breaks a line at its spaces. A word that is longer than a line stays whole.
func wrap(line string, columns, indent int) []string {
	var out []string
	var now strings.Builder
	width := 0
	for rest := line; rest != ""; {
		word := wordOf(rest)
		rest = rest[len(word):]
		if w := painted(strings.TrimRight(word, " ")); width+w > columns && width > indent {
			out = append(out, strings.TrimRight(now.String(), " "))
			now.Reset()
			now.WriteString(strings.Repeat(" ", indent))
			width = indent
		}
		now.WriteString(word)
		width += painted(word)
	}
	return append(out, strings.TrimRight(now.String(), " "))
}

// wordOf returns the first word of a text, with the spaces before and behind it.
func wordOf(s string) string {
	i := 0
	for i < len(s) && s[i] == ' ' {
		i++
	}
	for i < len(s) && s[i] != ' ' {
		i++
	}
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return s[:i]
}

// painted is the [Width] of a text without what [Printer.Paint] added.
func painted(s string) int {
	n := 0
	for s != "" {
		before, after, found := strings.Cut(s, "\x1b[")
		n += Width(before)
		if !found {
			break
		}
		_, s, _ = strings.Cut(after, "m")
	}
	return n
}
