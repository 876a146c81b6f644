package reference

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Of returns the tenant of a principal, an index in Tenants: that of the first
// of its facts, else Unassigned.
func (t *Tenancy) Of(p authz.Key) int { return t.of[p] }

func (t *Tenancy) tenantOf(p authz.Key) int {
	if facts := t.Facts(p); len(facts) > 0 {
		return facts[0].Tenant
	}
	return len(t.Tenants) - 1
}

// Facts returns all facts that speak for a tenant of the principal, in the order
// in which they decide. Those that disagree are kept (section 7).
func (t *Tenancy) Facts(p authz.Key) []TenantFact {
	var out []TenantFact
	add := func(by string, says func(i int, v Tenant) bool) {
		for i, v := range t.Tenants {
			if v.Name != Unassigned && says(i, v) {
				out = append(out, TenantFact{by, i})
			}
		}
	}
	add("name", func(_ int, v Tenant) bool { return t.names(v.entry, p) })
	switch p.Kind {
	case authz.KindClient:
		add("name", func(_ int, v Tenant) bool { return !t.names(v.entry, p) && t.namesLike(v.entry, p) })
		add("convention", func(i int, _ Tenant) bool { return i == t.byConvention(p) })
		add("grants", func(_ int, v Tenant) bool { return t.allGrantsIn(v, p) })
		return out
	case authz.KindTrusteeUser, authz.KindTrusteeGroup, authz.KindTrusteeOrganization:
		ofIt := t.ofOrganization(p.Org, t.m.organizationOf(p))
		add("organization", func(i int, _ Tenant) bool { return slices.Contains(ofIt, i) })
	default: // the organization's own
	}
	add("group", func(_ int, v Tenant) bool { return t.inGroup(v.entry, p) })
	add("email", func(_ int, v Tenant) bool { return t.m.hasDomain(v.entry.EmailDomains, p) })
	if u, ok := t.m.user(p); ok && p.Kind == authz.KindUser {
		add("division", func(_ int, v Tenant) bool {
			return v.Divisions[authz.Key{Org: p.Org, Kind: authz.KindDivision, ID: u.Division}]
		})
	}
	return out
}

// names reports whether a tenant names a principal itself.
func (t *Tenancy) names(e TenantEntry, p authz.Key) bool {
	for _, name := range e.Principals {
		if t.m.stands(name)[p] {
			return true
		}
	}
	return false
}

// namesLike reports whether a pattern of a tenant is one of a client's name.
func (t *Tenancy) namesLike(e TenantEntry, p authz.Key) bool {
	c, ok := t.m.client(p)
	return ok && matchesAny(e.Clients, c.Name)
}

// inGroup reports whether a principal acts as a group of our own that a tenant's
// patterns name. What a trustee calls its groups says nothing.
func (t *Tenancy) inGroup(e TenantEntry, p authz.Key) bool {
	for _, as := range t.m.acts[p] {
		if g, ok := t.m.group(as.subject); ok && g.Trustee == "" && (matchesAny(e.Groups, g.Name) || slices.Contains(e.Groups, g.ID)) {
			return true
		}
	}
	return false
}

func (m *Model) hasDomain(domains []string, p authz.Key) bool {
	u := m.person(p)
	at := strings.LastIndex(u.Email, "@")
	for _, d := range domains {
		if at >= 0 && strings.EqualFold(u.Email[at+1:], d) {
			return true
		}
	}
	return false
}

// byConvention returns the tenant that a client's name tells: that of the name,
// else the only one whose name ends with it after "_"; -1 is none.
func (t *Tenancy) byConvention(p authz.Key) int {
	c, ok := t.m.client(p)
	if t.c.Clients == nil || !ok {
		return -1
	}
	group := t.c.Clients.SubexpIndex("tenant")
	match := t.c.Clients.FindStringSubmatch(c.Name)
	if group < 0 || match == nil || match[group] == "" {
		return -1
	}
	if i := t.named(match[group]); i >= 0 {
		return i
	}
	found := -1
	for i, v := range t.Tenants {
		if strings.HasSuffix(strings.ToLower(v.Name), "_"+strings.ToLower(match[group])) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// allGrantsIn reports whether a principal has grants, its own or those of what
// it acts as, and all of them lie in divisions of a tenant. One over every
// division lies in none; a shared division says nothing.
func (t *Tenancy) allGrantsIn(v Tenant, p authz.Key) bool {
	some := false
	for _, as := range t.m.acts[p] {
		for _, g := range t.m.grants {
			division := authz.Key{Org: p.Org, Kind: authz.KindDivision, ID: g.division}
			if g.subject != as.subject || t.sharedEntry(division) != nil || t.m.dangles(g) {
				continue
			}
			if !v.Divisions[division] {
				return false
			}
			some = true
		}
	}
	return some
}

// dangles reports whether a complete list of roles lacks the one that is granted.
func (m *Model) dangles(g grant) bool {
	exists := slices.ContainsFunc(m.rolesOf(g.role.Org), func(r authz.Role) bool { return r.ID == g.role.ID })
	return !exists && m.complete(g.role.Org, authz.ListRoles)
}

// ofOrganization returns the tenants that name a trustee organization, or the
// one that was made for it.
func (t *Tenancy) ofOrganization(org, id string) []int {
	var out []int
	for i, v := range t.Tenants {
		named := v.Trustee != "" && v.Trustee == id
		for _, name := range v.entry.Organizations {
			named = named || id != "" && (name == id || name != "" && strings.EqualFold(name, t.m.organizationName(org, id)))
		}
		if named {
			out = append(out, i)
		}
	}
	return out
}

// person returns what is told of a user: here, else in the trustee's own
// organization.
func (m *Model) person(k authz.Key) authz.User {
	if u, ok := m.user(k); ok || k.Kind != authz.KindTrusteeUser {
		return u
	}
	for _, org := range m.homes(k) {
		if u, ok := m.user(authz.Key{Org: org, Kind: authz.KindUser, ID: k.ID}); ok {
			return u
		}
	}
	return authz.User{}
}

// organizationOf returns the trustee organization of a principal; empty if it
// is no trustee.
func (m *Model) organizationOf(p authz.Key) string {
	switch p.Kind {
	case authz.KindTrusteeOrganization:
		return p.ID
	case authz.KindTrusteeUser, authz.KindTrusteeGroup:
		if id := m.trusteeOf(p); id != "" {
			return id
		}
		for _, org := range m.homes(p) {
			user, group := m.hasNode(org, authz.KindUser, p.ID) || m.hasNode(org, authz.KindUnknown, p.ID), m.hasNode(org, authz.KindGroup, p.ID)
			if (p.Kind == authz.KindTrusteeUser && user) || (p.Kind == authz.KindTrusteeGroup && group) {
				return org
			}
		}
		return unknownTrustee
	default: // our own
	}
	return ""
}

func (m *Model) hasNode(org string, kind authz.Kind, id string) bool {
	return m.nodes[authz.Key{Org: org, Kind: kind, ID: id}]
}

func (m *Model) organizationName(org, id string) string {
	for _, v := range m.r.Trust {
		if v.Org == org && v.ID == id && v.Name != "" {
			return v.Name
		}
	}
	for _, v := range m.r.Organization {
		if v.ID == id && v.Name != "" {
			return v.Name
		}
	}
	if id == unknownTrustee || slices.Contains(m.orgs, id) {
		return id // an organization without a name is called by its id
	}
	return ""
}

// stands returns the principals that a name of the configuration stands for:
// "kind:value", or a value, which is looked up kind by kind. An id beats a name
// or an address, which are compared in any case. A group or team stands for
// those that act as it, anything else for itself.
func (m *Model) stands(ref string) map[authz.Key]bool {
	org, rest, ok := strings.Cut(ref, "/")
	if !ok {
		org, rest = "", ref
	}
	kinds, value := []authz.Kind{
		authz.KindUser, authz.KindClient, authz.KindTrusteeUser, authz.KindTrusteeGroup,
		authz.KindTrusteeOrganization, authz.KindUnknown,
	}, rest
	if word, after, ok := strings.Cut(rest, ":"); ok {
		if k, err := authz.ParseKind(word); err == nil {
			kinds, value = []authz.Kind{k}, after
		}
	}
	for _, kind := range kinds {
		switch found := m.nodesNamed(org, kind, value); len(found) {
		case 0:
		case 1:
			return m.actingAs(found)
		default:
			return nil // several of one kind: nobody knows who is meant
		}
	}
	return nil
}

func (m *Model) nodesNamed(org string, kind authz.Kind, value string) map[authz.Key]bool {
	byID, byName := map[authz.Key]bool{}, map[authz.Key]bool{}
	for k := range m.nodes {
		if k.Kind != kind || (org != "" && k.Org != org) {
			continue
		}
		u := m.person(k)
		g, _ := m.group(k)
		c, _ := m.client(k)
		if k.ID == value {
			byID[k] = true
		}
		for _, name := range []string{u.Name, u.Email, g.Name, c.Name, m.teamName(k)} {
			if name != "" && strings.EqualFold(name, value) {
				byName[k] = true
			}
		}
	}
	if len(byID) > 0 {
		return byID
	}
	return byName
}

func (m *Model) teamName(k authz.Key) string {
	for _, t := range m.r.Team {
		if t.Key() == k {
			return t.Name
		}
	}
	return ""
}

func (m *Model) actingAs(subjects map[authz.Key]bool) map[authz.Key]bool {
	out := map[authz.Key]bool{}
	for k := range subjects {
		if k.Kind != authz.KindGroup && k.Kind != authz.KindTeam {
			return subjects
		}
	}
	for p := range m.nodes {
		for _, as := range m.acts[p] {
			if subjects[as.subject] {
				out[p] = true
			}
		}
	}
	return out
}

func matchesAny(globs []string, name string) bool {
	for _, g := range globs {
		if glob([]rune(strings.ToLower(g)), []rune(strings.ToLower(name))) {
			return true
		}
	}
	return false
}

// glob reports whether a pattern is a whole name.
func glob(pattern, name []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(name) == 0
	case pattern[0] == '*':
		return glob(pattern[1:], name) || len(name) > 0 && glob(pattern, name[1:])
	default:
		return len(name) > 0 && (pattern[0] == '?' || pattern[0] == name[0]) && glob(pattern[1:], name[1:])
	}
}
