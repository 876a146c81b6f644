package config

import (
	"cmp"
	"fmt"
	"slices"
)

// A mention is a name that is checked once the whole file was read.
type mention struct {
	name, where string
	at          Pos
}

// check looks at what is wrong between entries.
func (r *reader) check(c *Config) {
	r.tenantNames(c)
	r.overlaps(c)
	r.mentions(c)
	r.trial(c)
}

func (r *reader) tenantNames(c *Config) {
	first := map[string]Tenant{}
	for _, t := range c.Tenants {
		if t.Name == "" {
			continue
		}
		if fold(t.Name, Unassigned) {
			r.fail(t.Pos, fmt.Sprintf("a tenant is named %q", t.Name), "want another name: that one is what belongs to no tenant")
		}
		if was, twice := first[key(t.Name)]; twice {
			r.fail(t.Pos, fmt.Sprintf("tenant %q is named twice", t.Name), fmt.Sprintf("want each tenant once; the first is at %s", was.Pos))
			continue
		}
		first[key(t.Name)] = t
	}
}

// A place is where something was listed first, and by which tenant.
type place struct {
	owner string
	at    Pos
}

// overlaps looks for what two tenants claim.
func (r *reader) overlaps(c *Config) {
	divisions := map[string]place{}
	for _, t := range c.Tenants {
		for i, d := range t.Divisions {
			r.claim(divisions, d, "division", d, "tenant "+quoted(t.Name), t.DivisionPos[i])
		}
	}
	for _, s := range c.Shared {
		if s.Division != "" {
			r.claim(divisions, s.Division, "division", s.Division, "the shared divisions", s.Pos)
		}
	}
	for _, k := range []struct {
		what string
		of   func(Tenant) []string
	}{
		{"principal", func(t Tenant) []string { return t.Principals }},
		{"e-mail domain", func(t Tenant) []string { return t.EmailDomains }},
		{"organization", func(t Tenant) []string { return t.Organizations }},
		{"pattern of group names", func(t Tenant) []string { return t.Groups }},
		{"pattern of client names", func(t Tenant) []string { return t.Clients }},
	} {
		seen := map[string]place{}
		for _, t := range c.Tenants {
			for _, v := range k.of(t) {
				r.claim(seen, key(v), k.what, v, "tenant "+quoted(t.Name), t.Pos)
			}
		}
	}
}

// claim notes who lists something, and reports a second one. Divisions are
// compared as written, since two may differ in case only.
func (r *reader) claim(seen map[string]place, k, what, name, owner string, at Pos) {
	was, twice := seen[k]
	switch {
	case !twice:
		seen[k] = place{owner, at}
	case was.owner == owner:
		r.fail(at, fmt.Sprintf("%s %s is listed twice by %s", what, quoted(name), owner), fmt.Sprintf("want it once; the first is at %s", was.at))
	default:
		r.fail(at, fmt.Sprintf("%s %s is listed by %s and by %s", what, quoted(name), was.owner, owner),
			fmt.Sprintf("want it in one of them; the first is at %s", was.at))
	}
}

// mentions notes names of tenants that other entries use and that the file does
// not have. Such an entry allows nothing, so that a mistyped name cannot hide
// access; it only makes findings. A file that names no tenant makes one of each
// division, whose names are not known here.
func (r *reader) mentions(c *Config) {
	if len(c.Tenants) == 0 {
		return
	}
	for _, a := range c.Allow {
		for _, name := range append([]string{a.From}, a.To...) {
			if name != "" {
				c.note(mention{name, "an allow entry", a.Pos})
			}
		}
	}
	for _, m := range r.named {
		if m.where != "reviewers" || m.name != "default" {
			c.note(m)
		}
	}
	slices.SortStableFunc(c.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
}

func (c *Config) note(m mention) {
	if _, ok := c.Tenant(m.name); ok || fold(m.name, Unassigned) || fold(m.name, Internal) {
		return
	}
	c.Notes = append(c.Notes, Note{m.at, fmt.Sprintf("%s names %s, which is no tenant of this file", m.where, quoted(m.name))})
}

func quoted(s string) string { return fmt.Sprintf("%q", short(s)) }
