package reference

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// readUniverse collects the organization's catalogue and every concrete
// permission that any of its roles names (section 2).
func (m *Model) readUniverse(org string) {
	set := map[authz.Pattern]bool{}
	for _, p := range m.r.Permission {
		if p.Org == org {
			set[p.Pattern()] = true
		}
	}
	for _, r := range m.rolesOf(org) {
		lines, _ := m.ownLines(r)
		for _, l := range lines {
			if !l.pattern.IsWild() {
				set[l.pattern] = true
			}
		}
	}
	delete(set, authz.Pattern{})
	m.perms[org] = set
}

// told reports whether the catalogue has a permission or a role names it in the
// platform's own form. It is the universe as far as it can be known before the
// names of guides are read.
func (m *Model) told(org string, q authz.Pattern) bool {
	for _, p := range m.r.Permission {
		if p.Org == org && p.Pattern() == q {
			return true
		}
	}
	for _, r := range m.rolesOf(org) {
		for _, name := range r.Legacy {
			if authz.Legacy(name) == q {
				return true
			}
		}
		for _, p := range r.Policies {
			if p.Guide == "" && authz.NewPattern(p.Domain, p.Entity, p.Action) == q && !q.IsWild() {
				return true
			}
		}
	}
	return false
}

// Universe returns the organization's permissions, sorted.
func (m *Model) Universe(org string) []authz.Pattern {
	var out []authz.Pattern
	for p := range m.perms[org] {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b authz.Pattern) int { return cmp.Compare(a.String(), b.String()) })
	return out
}

// Expand returns the permissions of the universe that a pattern covers; the
// pattern itself where there is none (section 2).
func (m *Model) Expand(org string, p authz.Pattern) []authz.Pattern {
	var out []authz.Pattern
	for _, q := range m.Universe(org) {
		if p.Covers(q) {
			out = append(out, q)
		}
	}
	if len(out) == 0 {
		out = append(out, p)
	}
	return out
}

// Aware reports whether divisions limit a permission (section 2): the
// organization's catalogue says so, else the shipped data; else it is unknown,
// or, where the whole catalogue is missing, taken to be limited.
func (m *Model) Aware(org string, q authz.Pattern) authz.Tri {
	if q.IsLegacy() {
		return authz.False
	}
	entries, flag := 0, authz.Unknown
	for _, p := range m.r.Permission {
		if p.Org != org {
			continue
		}
		entries++
		if p.Pattern() != q || p.DivisionAware == authz.Unknown || flag == authz.False {
			continue
		}
		flag = p.DivisionAware
	}
	if flag == authz.Unknown {
		flag = m.o.Aware(q)
	}
	if flag == authz.Unknown && entries == 0 {
		flag = authz.True
	}
	return flag
}

// reaches reports whether a grant over a division makes a policy reach the
// division asked about, and whether that is certain (sections 2 and 4).
func (m *Model) reaches(org string, pattern, q authz.Pattern, granted, asked string) (reached, certain bool) {
	if pattern == authz.Admin || granted == authz.AllDivisions || granted == asked {
		return true, true
	}
	switch m.Aware(org, q) {
	case authz.False:
		return true, true
	case authz.True:
		return false, false
	default:
		return true, false
	}
}
