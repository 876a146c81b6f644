package simulator

import (
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Tenant is a unit or outside company that shares a generated organization.
type Tenant struct {
	Name      string
	External  bool
	Divisions []string // names
	Users     int
}

// The first divisions of every generated organization, by position.
const (
	atHome = iota
	atHR
	atShared
	atDirectory
	firstOwn // the first division that is a tenant's own
)

// A unit is a tenant with what the generator needs to know of it.
type unit struct {
	Tenant
	domain    string // of e-mail addresses
	region    string
	divisions []int // positions in layout.divisions
	// The users of a unit are those from first to before end, the special
	// ones of planted faults not among them.
	first, end int
}

// A layout is an organization's divisions and the tenants that they belong to.
type layout struct {
	org       string
	divisions []authz.Division
	units     []unit // the external tenants, then Internal
	sandbox   int    // a division of no tenant; 0 is none
}

// internal returns the tenant that owns the organization.
func (l *layout) internal() *unit { return &l.units[len(l.units)-1] }

// external returns the tenants from outside.
func (l *layout) external() []unit { return l.units[:len(l.units)-1] }

// newLayout lays out divisions and tenants, and gives each tenant its share of
// the users.
func newLayout(o Options, c Counts, org string, users int) *layout {
	l := &layout{org: org}
	for i := range o.Size.tenants() {
		name := "BPO_" + letters(i)
		l.units = append(l.units, unit{Tenant: Tenant{Name: name, External: true}, domain: domainOf(name), region: regionOf(i)})
	}
	l.units = append(l.units, unit{Tenant: Tenant{Name: "Internal"}, domain: "internal.example", region: regionOf(0)})
	l.divide(o, c)
	l.people(users)
	return l
}

// divide makes the divisions: four that every organization has, one for each
// tenant, and the rest by turns with a fifth of them internal.
func (l *layout) divide(o Options, c Counts) {
	ids := uuids(o.Seed, "division", c.Divisions)
	add := func(u *unit, name string) {
		i := len(l.divisions)
		l.divisions = append(l.divisions, authz.Division{Org: l.org, ID: ids[i], Name: name, Home: i == atHome})
		if u != nil {
			u.divisions, u.Divisions = append(u.divisions, i), append(u.Divisions, name)
		}
	}
	in := l.internal()
	add(in, "Home")
	add(in, "HR")
	add(nil, "Shared")
	add(nil, "Public Directory")
	ext := l.external()
	for i := range ext {
		add(&ext[i], ext[i].Name)
	}
	if o.Faults {
		l.sandbox = len(l.divisions)
		add(nil, "Sandbox")
	}
	for turn := 0; len(l.divisions) < c.Divisions; turn++ {
		u := in
		if turn%5 != 0 {
			u = &ext[(turn-turn/5-1)%len(ext)]
		}
		add(u, fmt.Sprintf("%s_%02d", u.Name, len(u.Divisions)))
	}
}

// people gives a quarter of the users to Internal and the rest to the tenants,
// the first of them the largest.
func (l *layout) people(users int) {
	ext, weight := l.external(), 0.0
	for i := range ext {
		weight += 1 / float64(i+2)
	}
	at := 0
	for i := range ext {
		n := int(float64(users) * 0.75 / float64(i+2) / weight)
		ext[i].first, ext[i].end, ext[i].Users = at, at+n, n
		at += n
	}
	in := l.internal()
	in.first, in.end, in.Users = at, users, users-at
}

// letters counts A, B … Z, AA, AB ….
func letters(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return letters(i/26-1) + string(rune('A'+i%26))
}

// domainOf returns a tenant's e-mail domain: bpo-a.example for BPO_A.
func domainOf(name string) string { return dashed(strings.ToLower(name)) + ".example" }

// dashed returns a tenant's name as groups spell it: BPO-A for BPO_A.
func dashed(name string) string { return strings.ReplaceAll(name, "_", "-") }

func regionOf(i int) string {
	regions := [...]string{"us-east-1", "eu-west-1", "ap-southeast-2"}
	return regions[i%len(regions)]
}
