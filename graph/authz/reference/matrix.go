package reference

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Cell is the reach of the principals of one tenant over the divisions of
// another, by permissions that carry tenant data (section 7).
type Cell struct {
	From, To int
	// Principals are those that reach it through divisions, with the widest reach.
	Principals map[authz.Key]Level
	// Permissions are those by which they do.
	Permissions map[authz.Pattern]bool
	// Allowed are those of the principals of whom allow entries cover all of that.
	Allowed map[authz.Key]bool
	// OrganizationWide are those that reach it by permissions that no division
	// limits and that are no baseline.
	OrganizationWide            map[authz.Key]Level
	OrganizationWidePermissions map[authz.Pattern]bool
}

type holding struct {
	principal  authz.Key
	permission authz.Pattern
	division   string
}

// Matrix returns the cells that are not empty; a tenant's reach over itself is none.
func (t *Tenancy) Matrix() []Cell {
	var out []Cell
	for from := range t.Tenants {
		for to := range t.Tenants {
			if from == to {
				continue
			}
			if c := t.cell(from, to); len(c.Principals)+len(c.OrganizationWide) > 0 {
				out = append(out, c)
			}
		}
	}
	return out
}

func (t *Tenancy) cell(from, to int) Cell {
	c := Cell{
		From: from, To: to, Principals: map[authz.Key]Level{}, Permissions: map[authz.Pattern]bool{},
		Allowed: map[authz.Key]bool{}, OrganizationWide: map[authz.Key]Level{}, OrganizationWidePermissions: map[authz.Pattern]bool{},
	}
	for _, p := range t.m.Principals() {
		if t.Of(p) == from {
			t.addReach(&c, p)
		}
	}
	return c
}

func (t *Tenancy) addReach(c *Cell, p authz.Key) {
	allowed := true
	for _, perm := range t.Carrying(p.Org) {
		wide := t.m.Aware(p.Org, perm) == authz.False
		if wide && slices.Contains(t.Baseline(p.Org), perm) {
			continue // named once for all
		}
		level := t.over(p, perm, c.To)
		switch {
		case level == None:
		case wide:
			c.OrganizationWide[p] = max(c.OrganizationWide[p], level)
			c.OrganizationWidePermissions[perm] = true
		default:
			c.Principals[p] = max(c.Principals[p], level)
			c.Permissions[perm] = true
			allowed = allowed && t.allows(c.From, c.To, p, perm)
		}
	}
	if c.Principals[p] > None && allowed {
		c.Allowed[p] = true
	}
}

// over is the widest reach of a permission over a tenant's divisions. A shared
// division is of no tenant.
func (t *Tenancy) over(p authz.Key, perm authz.Pattern, tenant int) Level {
	out := None
	for d := range t.Tenants[tenant].Divisions {
		if d.Org == p.Org {
			out = max(out, t.Level(p, perm, d.ID))
		}
	}
	return out
}

// Level is the reach of a principal over a division; answers are kept, for the
// same questions come again and again.
func (t *Tenancy) Level(p authz.Key, perm authz.Pattern, division string) Level {
	k := holding{p, perm, division}
	if _, known := t.levels[k]; !known {
		t.levels[k] = t.m.Reach(p, perm, division).Level
	}
	return t.levels[k]
}

// Carrying returns the permissions of an organization that carry tenant data:
// of its universe, and the patterns that expand to nothing (section 2).
func (t *Tenancy) Carrying(org string) []authz.Pattern { return t.carrying[org] }

func (t *Tenancy) whatCarries(org string) []authz.Pattern {
	var out []authz.Pattern
	for _, perm := range t.m.Permissions(org) {
		if t.c.Carries(perm, t.m.Aware(org, perm)) {
			out = append(out, perm)
		}
	}
	return out
}

// Permissions returns what all patterns of an organization's roles expand to,
// and the rest of its universe.
func (m *Model) Permissions(org string) []authz.Pattern {
	out := m.Universe(org)
	for _, r := range m.rolesOf(org) {
		lines, _ := m.ownLines(r)
		for _, l := range lines {
			for _, q := range m.Expand(org, l.pattern) {
				if !slices.Contains(out, q) {
					out = append(out, q)
				}
			}
		}
	}
	return out
}

// Baseline returns the permissions of an organization that carry tenant data,
// that no division limits, and that every live principal holds.
func (t *Tenancy) Baseline(org string) []authz.Pattern { return t.baseline[org] }

func (t *Tenancy) whatAllHold(org string) []authz.Pattern {
	var out []authz.Pattern
	for _, perm := range t.Carrying(org) {
		if t.m.Aware(org, perm) == authz.False && t.everybodyHolds(org, perm) {
			out = append(out, perm)
		}
	}
	return out
}

func (t *Tenancy) everybodyHolds(org string, perm authz.Pattern) bool {
	some := false
	for _, p := range t.m.Principals() {
		if p.Org != org {
			continue
		}
		holds := false
		for _, d := range t.m.Divisions(org) {
			holds = holds || t.Level(p, perm, d) != None
		}
		if !holds {
			return false
		}
		some = true
	}
	return some
}

// allows reports whether an allow entry covers a principal's permission today.
func (t *Tenancy) allows(from, to int, p authz.Key, perm authz.Pattern) bool {
	for i, a := range t.c.Allow {
		if t.speaksOf(a, from, to, p, perm) && !t.Expired(i) && !t.Outgrown(i) {
			return true
		}
	}
	return false
}

// speaksOf reports whether an entry is about a principal's permission at all.
func (t *Tenancy) speaksOf(a AllowEntry, from, to int, p authz.Key, perm authz.Pattern) bool {
	if t.named(a.From) != from || !slices.ContainsFunc(a.To, func(name string) bool { return t.named(name) == to }) {
		return false
	}
	listed := len(a.Principals) == 0
	for _, name := range a.Principals {
		listed = listed || t.m.stands(name)[p]
	}
	return listed && slices.ContainsFunc(a.Permissions, func(q authz.Pattern) bool { return q.Covers(perm) })
}

// Expired reports whether the last day of an allow entry has passed.
func (t *Tenancy) Expired(entry int) bool {
	until := t.c.Allow[entry].Until
	return !until.IsZero() && t.c.Now.After(until)
}

// Outgrown reports whether more principals use an allow entry than it speaks of.
func (t *Tenancy) Outgrown(entry int) bool {
	most := t.c.Allow[entry].AtMost
	return most > 0 && len(t.Users(entry)) > most
}

// Users returns the live principals that have cross-tenant reach of which an
// allow entry speaks, through divisions or not.
func (t *Tenancy) Users(entry int) map[authz.Key]bool { return t.users[entry] }

func (t *Tenancy) usersOf(a AllowEntry) map[authz.Key]bool {
	out := map[authz.Key]bool{}
	for _, p := range t.m.Principals() {
		for to := range t.Tenants {
			for _, perm := range t.Carrying(p.Org) {
				if t.Of(p) != to && t.speaksOf(a, t.Of(p), to, p, perm) && t.over(p, perm, to) != None {
					out[p] = true
				}
			}
		}
	}
	return out
}
