package config

import (
	"strings"
	"unicode"
)

// Match reports whether a glob, in which "*" is any text and "?" any one
// character, matches a whole name. Case does not matter. It takes time in
// proportion to the product of the lengths at worst, whatever the glob.
func Match(glob, name string) bool {
	g, n := folded(glob), folded(name)
	gi, ni, star, mark := 0, 0, -1, 0
	for ni < len(n) {
		switch {
		case gi < len(g) && g[gi] == '*':
			star, mark = gi, ni
			gi++
		case gi < len(g) && (g[gi] == '?' || g[gi] == n[ni]):
			gi++
			ni++
		case star >= 0:
			mark++
			gi, ni = star+1, mark
		default:
			return false
		}
	}
	for gi < len(g) && g[gi] == '*' {
		gi++
	}
	return gi == len(g)
}

// folded is the text in a form in which letters that differ only in case are
// equal, as strings.EqualFold has it.
func folded(s string) []rune {
	runes := []rune(s)
	for i, r := range runes {
		runes[i] = foldRune(r)
	}
	return runes
}

// foldRune returns the smallest of the runes that differ from r only in case.
func foldRune(r rune) rune {
	least := r
	for n := unicode.SimpleFold(r); n != r; n = unicode.SimpleFold(n) {
		least = min(least, n)
	}
	return least
}

func fold(a, b string) bool { return strings.EqualFold(a, b) }

// key is a text that is the same for texts that differ only in case.
func key(s string) string { return string(folded(s)) }
