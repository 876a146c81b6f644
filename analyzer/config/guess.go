package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Facts is what a first configuration is guessed from.
type Facts struct {
	// Organization is for the head of the file only.
	Organization string
	Divisions    []DivisionFact
	Groups       []string // names
	Clients      []string // names
}

// A DivisionFact is a division and who is in it.
type DivisionFact struct {
	ID, Name string
	Home     bool
	Users    int
	// EmailDomains says how many of its users have an address of each domain.
	EmailDomains map[string]int
}

// A guessed tenant, before it is written.
type guessed struct {
	name      string
	divisions []division
	domains   []string
	groups    []string
	clients   []string
	why       []string
}

// A division, and how the file refers to it.
type division struct {
	DivisionFact
	ref string
}

// guess derives tenants and shared divisions from facts.
type guess struct {
	internal guessed
	tenants  []guessed
	shared   []division
}

func newGuess(f Facts) guess {
	g := guess{internal: guessed{name: Internal}}
	for _, d := range referred(f.Divisions) {
		switch {
		case d.Home:
			g.internal.divisions = append([]division{d}, g.internal.divisions...)
		case fold(d.Name, Internal):
			g.internal.divisions = append(g.internal.divisions, d)
		case isShared(d.Name):
			g.shared = append(g.shared, d)
		default:
			g.tenants = append(g.tenants, guessed{name: tenantName(d), divisions: []division{d}})
		}
	}
	g.rename()
	g.domains()
	g.prefixes(f)
	return g
}

// referred sorts divisions by name, and refers to each by its name, or by its id
// where the name does not say which division is meant.
func referred(all []DivisionFact) []division {
	count := map[string]int{}
	for _, d := range all {
		count[key(clean(d.Name))]++
	}
	list := make([]division, 0, len(all))
	seen := map[string]bool{}
	for _, d := range sortedFacts(all) {
		ref := clean(d.Name)
		if strings.TrimSpace(ref) == "" || ref != d.Name || len(ref) > maxName || count[key(ref)] > 1 || seen[ref] {
			ref = clean(d.ID)
		}
		if strings.TrimSpace(ref) != "" && !seen[ref] {
			seen[ref] = true
			list = append(list, division{d, ref})
		}
	}
	return list
}

func sortedFacts(all []DivisionFact) []DivisionFact {
	return slices.SortedStableFunc(slices.Values(all), func(a, b DivisionFact) int {
		return cmp.Or(cmp.Compare(key(a.Name), key(b.Name)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// tenantName is the division's name, where it can stand in the file.
func tenantName(d division) string {
	if name := clean(d.Name); strings.TrimSpace(name) != "" && len(name) <= maxName {
		return name
	}
	return d.ref
}

// maxName is how long a name may be to stand in the file.
const maxName = 200

// clean returns the text as valid UTF-8: a file can hold nothing else.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// isShared reports whether a division's name says that all use it.
func isShared(name string) bool {
	n := key(name)
	for _, word := range []string{"shared", "public", "common", "global"} {
		if strings.Contains(n, key(word)) {
			return true
		}
	}
	return false
}

// rename makes the tenants' names different from each other and from those that
// mean something.
func (g *guess) rename() {
	taken := map[string]bool{key(Internal): true, key(Unassigned): true}
	for i := range g.tenants {
		t := &g.tenants[i]
		name := t.name
		for n := 2; taken[key(name)]; n++ {
			name = fmt.Sprintf("%s (%d)", t.name, n)
		}
		t.name = name
		taken[key(name)] = true
	}
}

// domains gives an e-mail domain to the tenant in whose divisions nearly all
// people who have it are. A few elsewhere do not matter: people of one company
// that lie in another's division are what an audit is to find.
func (g *guess) domains() {
	total := map[string]int{}
	for _, t := range append([]guessed{g.internal}, g.tenants...) {
		for d, n := range domainCounts(t) {
			total[d] += n
		}
	}
	pickDomains(&g.internal, total)
	for i := range g.tenants {
		pickDomains(&g.tenants[i], total)
	}
}

func pickDomains(t *guessed, total map[string]int) {
	counts := domainCounts(*t)
	for _, d := range sortedKeys(counts) {
		if counts[d]*10 < total[d]*8 {
			continue
		}
		t.domains = append(t.domains, d)
		t.why = append(t.why, fmt.Sprintf("people in its divisions with an address of %s: %d of %d", quoted(d), counts[d], total[d]))
	}
}

func domainCounts(t guessed) map[string]int {
	counts := map[string]int{}
	for _, d := range t.divisions {
		for name, n := range d.EmailDomains {
			if n > 0 && isDomain(name) {
				counts[strings.ToLower(name)] += n
			}
		}
	}
	return counts
}

func isDomain(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for _, r := range s {
		if r > unicode.MaxASCII || (!wordRune(r) && r != '.' && r != '-') {
			return false
		}
	}
	return true
}

// prefixes gives a tenant the patterns of names that begin as its division's name
// does, whatever separates the words.
func (g *guess) prefixes(f Facts) {
	groups, clients := map[string]bool{}, map[string]bool{}
	for i := range g.tenants {
		t := &g.tenants[i]
		var n, m int
		t.groups, n = g.patterns(i, f.Groups, groups)
		t.clients, m = g.patterns(i, f.Clients, clients)
		if n > 0 {
			t.why = append(t.why, fmt.Sprintf("names of groups that begin like its division's: %d", n))
		}
		if m > 0 {
			t.why = append(t.why, fmt.Sprintf("names of OAuth clients that begin like its division's: %d", m))
		}
	}
}

// patterns returns the globs of the names that begin like the tenant's division,
// and how many names they stand for. A name belongs to the tenant with the
// longest beginning; a glob that is taken is not given again.
func (g *guess) patterns(own int, names []string, taken map[string]bool) (globs []string, n int) {
	mine := map[string]bool{}
	for _, name := range names {
		glob := globFor(name, g.tenants[own].divisions[0].Name)
		if glob == "" || len(glob) > maxName || g.longer(own, name) {
			continue
		}
		if taken[key(glob)] && !mine[key(glob)] {
			continue
		}
		n++
		if !mine[key(glob)] {
			globs = append(globs, glob)
		}
		mine[key(glob)], taken[key(glob)] = true, true
	}
	slices.Sort(globs)
	return globs, n
}

// globFor returns a glob of names that begin like the division's, made from one
// of them, or "". There is no way to write a star that is only a star.
func globFor(name, division string) string {
	end := beginning(name, division)
	if end == 0 {
		return ""
	}
	glob := strings.ReplaceAll(clean(name[:end]), "*", "?")
	if last, _ := utf8.DecodeLastRuneInString(name[:end]); wordRune(last) {
		return glob
	}
	return glob + "*"
}

// longer reports whether the name begins like a longer division's name too.
func (g *guess) longer(own int, name string) bool {
	division := g.tenants[own].divisions[0].Name
	for i, t := range g.tenants {
		other := t.divisions[0].Name
		if i != own && len(letters(other)) > len(letters(division)) && beginning(name, other) > 0 {
			return true
		}
	}
	return false
}

// beginning returns where in the name the words of the division end, or 0: they
// must be all there, with any separators, and a separator (which counts to the
// beginning) or the end must follow.
func beginning(name, division string) int {
	want := letters(division)
	if len(want) < 2 {
		return 0
	}
	k := 0
	for i, r := range name {
		switch {
		case k == len(want) && !wordRune(r):
			_, size := utf8.DecodeRuneInString(name[i:])
			return i + size
		case k == len(want):
			return 0
		case !wordRune(r):
		case foldRune(r) != want[k]:
			return 0
		default:
			k++
		}
	}
	if k == len(want) {
		return len(name)
	}
	return 0
}

func letters(s string) []rune {
	var all []rune
	for _, r := range s {
		if wordRune(r) {
			all = append(all, foldRune(r))
		}
	}
	return all
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
