package config

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FormatChanges writes a file of changes, which [ParseChanges] reads. Texts stand
// above the changes as comments, one for each; they come from other people and stay
// on their line.
func FormatChanges(list []WrittenChange, texts []string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "version: %d\nchanges:\n", Version)
	for i, c := range list {
		if i < len(texts) {
			fmt.Fprintf(&b, "  # %s\n", oneLine(texts[i]))
		}
		words := changeFields()[c.Kind]
		if words == nil {
			fmt.Fprintf(&b, "  - %s: %s\n", c.Kind, strconv.Quote(c.Names["record"].Text))
			continue
		}
		var parts []string
		for _, w := range words {
			w = strings.TrimSuffix(w, "?")
			if name, ok := c.Names[w]; ok {
				parts = append(parts, w+": "+strconv.Quote(name.Text))
			}
		}
		fmt.Fprintf(&b, "  - %s: {%s}\n", c.Kind, strings.Join(parts, ", "))
	}
	return b.Bytes()
}

// oneLine takes out what would end a comment.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || slices.Contains([]rune{0x7f, 0x85, 0x2028, 0x2029, 0xfeff, 0xfffd}, r) {
			return ' '
		}
		return r
	}, s)
}
