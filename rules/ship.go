package rules

import (
	"embed"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

//go:embed packs/*.yaml
var packFiles embed.FS

// Shipped returns the packs that ship, sorted by name.
func Shipped() []Source {
	names, err := fs.Glob(packFiles, "packs/*.yaml")
	if err != nil { // only a malformed pattern, and this one is constant
		return nil
	}
	var out []Source
	for _, name := range names {
		data, err := packFiles.ReadFile(name)
		if err != nil { // the name comes from the same file system
			continue
		}
		out = append(out, Source{Name: strings.TrimPrefix(name, "packs/"), Data: data})
	}
	return out
}

var idLine = regexp.MustCompile(`(?m)^  - id: (\S+)$`)

// shippedIDs returns the ids of the rules that ship.
func shippedIDs() map[string]bool {
	out := map[string]bool{}
	for _, s := range Shipped() {
		for _, m := range idLine.FindAllSubmatch(s.Data, -1) {
			out[string(m[1])] = true
		}
	}
	return out
}

// Named returns the sources whose file has one of the names, with or without
// ".yaml", and the names that none has. With nil names it returns all of them.
func Named(sources []Source, names []string) (kept []Source, unknown []string) {
	if names == nil {
		return sources, nil
	}
	short := func(s Source) string { return strings.TrimSuffix(s.Name, ".yaml") }
	for _, s := range sources {
		if slices.Contains(names, short(s)) || slices.Contains(names, s.Name) {
			kept = append(kept, s)
		}
	}
	for _, n := range names {
		if !slices.ContainsFunc(kept, func(s Source) bool { return s.Name == n || short(s) == n }) {
			unknown = append(unknown, n)
		}
	}
	return kept, unknown
}
