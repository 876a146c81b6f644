package reference

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// The names of the tenants that no configuration has to name (section 7).
const (
	Internal   = "Internal"
	Unassigned = "Unassigned"
)

// TenantConfig is what an organization says of its tenants. With no entry in
// Tenants every division other than Home is a tenant, and Home is [Internal].
type TenantConfig struct {
	Tenants []TenantEntry
	Shared  []SharedEntry
	Allow   []AllowEntry
	// Clients is the naming convention of OAuth clients: what its group "tenant"
	// matches is the tenant that the name tells. Nil is no convention.
	Clients *regexp.Regexp
	// Carries tells whether a permission, limited by divisions or not, shows or
	// changes what belongs to a division. Nil: whatever is not known to be
	// unlimited by divisions does.
	Carries func(p authz.Pattern, aware authz.Tri) bool
	// Now is what the last days of entries are compared with.
	Now time.Time
}

// A TenantEntry is one tenant of the configuration.
type TenantEntry struct {
	Name          string
	Divisions     []string // names or ids
	EmailDomains  []string
	Groups        []string // patterns of names: * is any text, ? any one character
	Clients       []string // likewise
	Principals    []string // "kind:value", or a value; the value is an id, a name or an address
	Organizations []string // trustee organizations, by id or name
}

// A SharedEntry is a division of no tenant, and what anyone may hold there.
type SharedEntry struct {
	Division    string // name or id
	Permissions []authz.Pattern
}

// An AllowEntry is cross-tenant access that is meant.
type AllowEntry struct {
	From        string
	Principals  []string // as in TenantEntry; none: anybody of the tenant
	AtMost      int      // 0: any number
	To          []string
	Permissions []authz.Pattern
	Until       time.Time // zero: without end
}

// A Tenant is a party of the organizations.
type Tenant struct {
	Name string
	// Divisions are keys of kind division.
	Divisions map[authz.Key]bool
	// Trustee is the organization of a tenant that stands for a trustee.
	Trustee string
	entry   TenantEntry // zero unless the configuration names it
}

// A TenantFact is a fact that speaks for a tenant: name, group, email,
// division, convention, grants or organization.
type TenantFact struct {
	By     string
	Tenant int
}

// Tenancy is who belongs to whom (section 7).
type Tenancy struct {
	m *Model
	c TenantConfig
	// Tenants are those of the configuration in its order, else those of the
	// divisions; then those of trustees; Unassigned is the last.
	Tenants []Tenant
	// The answers that are asked for again and again.
	levels   map[holding]Level
	of       map[authz.Key]int
	carrying map[string][]authz.Pattern
	baseline map[string][]authz.Pattern
	users    map[int]map[authz.Key]bool
}

// Tenancy reads a configuration.
func (m *Model) Tenancy(c TenantConfig) *Tenancy {
	if c.Carries == nil {
		c.Carries = func(_ authz.Pattern, aware authz.Tri) bool { return aware != authz.False }
	}
	t := &Tenancy{m: m, c: c, levels: map[holding]Level{}, of: map[authz.Key]int{}}
	for _, e := range c.Tenants {
		t.Tenants = append(t.Tenants, Tenant{Name: e.Name, Divisions: m.divisionsNamed(e.Divisions), entry: e})
	}
	if len(c.Tenants) == 0 {
		t.assume()
	}
	t.addTrustees()
	t.addUnassigned()
	t.remember()
	return t
}

// remember answers once what the matrix asks for each permission and division.
func (t *Tenancy) remember() {
	for p := range t.m.nodes {
		t.of[p] = t.tenantOf(p)
	}
	t.carrying, t.baseline, t.users = map[string][]authz.Pattern{}, map[string][]authz.Pattern{}, map[int]map[authz.Key]bool{}
	for _, org := range t.m.orgs {
		t.carrying[org] = t.whatCarries(org)
	}
	for _, org := range t.m.orgs {
		t.baseline[org] = t.whatAllHold(org)
	}
	for i, a := range t.c.Allow {
		t.users[i] = t.usersOf(a)
	}
}

// assume makes the tenants of an organization that says nothing of them. A
// division of the same name in another organization is the same tenant: no
// reach crosses from one to the other. Two of one organization never are.
func (t *Tenancy) assume() {
	t.Tenants = []Tenant{{Name: Internal, Divisions: map[authz.Key]bool{}}}
	for _, k := range t.m.everyDivision() {
		d, told := t.m.division(k)
		if t.sharedEntry(k) != nil {
			continue // of no tenant
		}
		if told && d.Home {
			t.Tenants[0].Divisions[k] = true
			continue
		}
		name := k.ID
		if d.Name != "" {
			name = d.Name
		}
		if i := t.named(name); i > 0 && !t.hasOneOf(i, k.Org) {
			t.Tenants[i].Divisions[k] = true
			continue
		}
		if t.named(name) >= 0 || strings.EqualFold(name, Unassigned) {
			name += " (" + k.ID + ")" // the name is taken
		}
		t.Tenants = append(t.Tenants, Tenant{Name: name, Divisions: map[authz.Key]bool{k: true}})
	}
}

func (t *Tenancy) hasOneOf(tenant int, org string) bool {
	for k := range t.Tenants[tenant].Divisions {
		if k.Org == org {
			return true
		}
	}
	return false
}

// unknownTrustee is the tenant of trustees of whom nobody knows the organization.
const unknownTrustee = "(unknown trustee organization)"

// addTrustees gives every trustee organization that the configuration does not
// name a tenant of its own.
func (t *Tenancy) addTrustees() {
	for _, p := range t.m.sortedNodes() {
		id := t.m.organizationOf(p)
		if id == "" || len(t.ofOrganization(p.Org, id)) > 0 {
			continue
		}
		name := t.m.organizationName(p.Org, id)
		if name == "" || t.named(name) >= 0 {
			name = "trustee " + id // the name is taken, or there is none
		}
		t.Tenants = append(t.Tenants, Tenant{Name: name, Divisions: map[authz.Key]bool{}, Trustee: id})
	}
}

// addUnassigned makes the row and column of all that is in no tenant and is not
// shared.
func (t *Tenancy) addUnassigned() {
	rest := Tenant{Name: Unassigned, Divisions: map[authz.Key]bool{}}
	for _, k := range t.m.everyDivision() {
		if t.ofDivision(k) < 0 && t.sharedEntry(k) == nil {
			rest.Divisions[k] = true
		}
	}
	t.Tenants = append(t.Tenants, rest)
}

func (m *Model) everyDivision() []authz.Key {
	var out []authz.Key
	for _, org := range m.orgs {
		for _, id := range m.Divisions(org) {
			out = append(out, authz.Key{Org: org, Kind: authz.KindDivision, ID: id})
		}
	}
	return out
}

func (m *Model) division(k authz.Key) (authz.Division, bool) {
	for _, d := range m.r.Division {
		if d.Key() == k {
			return d, true
		}
	}
	return authz.Division{}, false
}

// divisionsNamed returns the divisions that names stand for: in each
// organization the one with that id, else those of that name in any case.
func (m *Model) divisionsNamed(names []string) map[authz.Key]bool {
	out := map[authz.Key]bool{}
	for _, name := range names {
		for _, org := range m.orgs {
			if slices.Contains(m.Divisions(org), name) {
				out[authz.Key{Org: org, Kind: authz.KindDivision, ID: name}] = true
				continue
			}
			for _, d := range m.r.Division {
				if d.Org == org && strings.EqualFold(d.Name, name) {
					out[d.Key()] = true
				}
			}
		}
	}
	return out
}

// AnyoneMay reports whether a division is shared and a permission is one that
// anyone may hold there.
func (t *Tenancy) AnyoneMay(d authz.Key, perm authz.Pattern) bool {
	for _, s := range t.c.Shared {
		if t.m.divisionsNamed([]string{s.Division})[d] && slices.ContainsFunc(s.Permissions, func(q authz.Pattern) bool { return q.Covers(perm) }) {
			return true
		}
	}
	return false
}

// Shared reports whether a division is shared.
func (t *Tenancy) Shared(d authz.Key) bool { return t.sharedEntry(d) != nil }

// sharedEntry returns the entry that shares a division, or nil.
func (t *Tenancy) sharedEntry(k authz.Key) *SharedEntry {
	for i, s := range t.c.Shared {
		if t.m.divisionsNamed([]string{s.Division})[k] {
			return &t.c.Shared[i]
		}
	}
	return nil
}

// ofDivision returns the tenant of a division; -1 is none.
func (t *Tenancy) ofDivision(k authz.Key) int {
	return slices.IndexFunc(t.Tenants, func(v Tenant) bool { return v.Divisions[k] })
}

// named returns the tenant with a name, in any case; -1 is none.
func (t *Tenancy) named(name string) int {
	return slices.IndexFunc(t.Tenants, func(v Tenant) bool { return strings.EqualFold(v.Name, name) })
}
