package reference

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// The lookups below are loops over the records: the plainest thing to trust.

func (m *Model) user(k authz.Key) (authz.User, bool) {
	for _, u := range m.r.User {
		if u.Key() == k {
			return u, true
		}
	}
	return authz.User{}, false
}

func (m *Model) group(k authz.Key) (authz.Group, bool) {
	for _, g := range m.r.Group {
		if g.Key() == k {
			return g, true
		}
	}
	return authz.Group{}, false
}

func (m *Model) team(k authz.Key) bool {
	for _, t := range m.r.Team {
		if t.Key() == k {
			return true
		}
	}
	return false
}

func (m *Model) client(k authz.Key) (authz.Client, bool) {
	for _, c := range m.r.Client {
		if c.Key() == k {
			return c, true
		}
	}
	return authz.Client{}, false
}

func (m *Model) queue(k authz.Key) (authz.Resource, bool) {
	for _, q := range m.r.Resource {
		if q.Key() == k {
			return q, true
		}
	}
	return authz.Resource{}, false
}

func (m *Model) view(org, id string) (authz.View, bool) {
	for _, v := range m.r.View {
		if v.Org == org && v.ID == id {
			return v, true
		}
	}
	return authz.View{}, false
}

func (m *Model) queues(org string) []authz.Resource {
	var out []authz.Resource
	for _, q := range m.r.Resource {
		if q.Org == org && q.Kind == authz.KindQueue {
			out = append(out, q)
		}
	}
	return out
}

func (m *Model) rolesOf(org string) []authz.Role {
	var out []authz.Role
	for _, r := range m.r.Role {
		if r.Org == org {
			out = append(out, r)
		}
	}
	return out
}

// active reads a state: only an explicit other value switches off (section 1).
func active(state string) bool {
	s := strings.TrimSpace(state)
	return s == "" || strings.EqualFold(s, "active")
}

// everywhere reports whether a division that a record names stands for every
// division (section 1).
func everywhere(division string) bool {
	switch strings.ToLower(strings.TrimSpace(division)) {
	case "", "all", authz.AllDivisions:
		return true
	default:
		return false
	}
}

// Divisions returns "every division" of the organization, sorted: those of the
// snapshot and every id that a grant, user or resource names (section 1).
func (m *Model) Divisions(org string) []string {
	set := map[string]bool{}
	add := func(in, id string) {
		if in == org && !everywhere(id) {
			set[id] = true
		}
	}
	for _, d := range m.r.Division {
		add(d.Org, d.ID)
	}
	for _, g := range m.r.Grant {
		add(g.Org, g.Division)
	}
	for _, u := range m.r.User {
		if u.Trustee == "" { // section 7: trustees have no division
			add(u.Org, u.Division)
		}
	}
	for _, q := range m.r.Resource {
		add(q.Org, q.Division)
	}
	return sortedStrings(set)
}
