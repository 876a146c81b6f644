package simulator

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A roleBook is the roles of an organization, and which of them may be given to whom.
type roleBook struct {
	all []authz.Role
	// Positions in all.
	admin, supervisor, flowViewer, transfer int
	external, internal                      []int
	// Roles of planted faults.
	groupAdmin, userAdmin, orgWide, impersonate, inheriting, unused, scopedAll, scopedGroup int
	breakGlass, audit, sharedDesk                                                           int
	nameless, kiosk, actions, unlisted                                                      int
}

// newRoleBook makes n roles from a catalogue: built-in ones, two for what is
// shared, then half for outside people, half for the owner's own.
func newRoleBook(o Options, org string, n int, cat []authz.Permission) *roleBook {
	b := &roleBook{}
	ids := uuids(o.Seed, "role", n)
	rng := stream(o.Seed, "role")
	add := func(name string, policies []authz.Policy) int {
		i := len(b.all)
		b.all = append(b.all, authz.Role{Org: org, ID: ids[i], Name: name, Policies: policies})
		return i
	}
	b.builtIn(add)
	b.flowViewer = add("BPO_Flow_Viewer", lines("architect:flow:view"))
	b.transfer = add("BPO_Transfer_Directory", lines("routing:queue:view"))
	if o.Faults {
		b.faulty(add)
		b.leftover(add)
	}
	own := pick(cat, harmless)
	rest := pick(cat, func(p authz.Permission) bool { return !powerful(p) && !secondHand(p) })
	for i := 0; len(b.all) < n; i++ {
		if i%2 == 0 {
			b.external = append(b.external, add(fmt.Sprintf("BPO_%s_%03d", duty(i/2), i/2), outside(rng, o.Shape, own)))
		} else {
			b.internal = append(b.internal, add(fmt.Sprintf("SS_%s_%03d", duty(i/2), i/2), inside(rng, o.Shape, rest)))
		}
	}
	return b
}

// builtIn adds the platform's own roles.
func (b *roleBook) builtIn(add func(string, []authz.Policy) int) {
	b.admin = add("Admin", lines("directory:organization:admin", "directory:user:view", "directory:user:edit", "authorization:grant:add", "authorization:role:edit"))
	b.all[b.admin].Legacy = []string{"admin"}
	b.supervisor = add("Supervisor", lines("routing:queue:view", "analytics:conversationDetail:view", "quality:evaluation:view", "directory:user:view"))
	for _, i := range []int{b.admin, b.supervisor} {
		b.all[i].Default, b.all[i].Base, b.all[i].BasedOn = true, true, authz.Fold(b.all[i].Name)
	}
}

// faulty adds the roles that planted faults need.
func (b *roleBook) faulty(add func(string, []authz.Policy) int) {
	b.groupAdmin = add("BPO_Group_Manager", lines("directory:group:edit"))
	b.userAdmin = add("SS_User_Admin", lines("directory:user:view", "directory:user:edit", "directory:user:setPassword"))
	b.orgWide = add("BPO_Roster_Viewer", lines("directory:user:view", "directory:group:view"))
	b.impersonate = add("SS_Workspace_Integration", []authz.Policy{{Guide: "user:impersonate", Scope: "all"}, {Guide: "users:read", Scope: "all"}})
	b.inheriting = add("SS_Quality_Lead", lines("quality:calibration:view"))
	b.all[b.inheriting].Inherits = []string{b.all[b.supervisor].ID}
	b.unused = add("SS_Left_Over", []authz.Policy{{Domain: "quality", Entity: "*", Action: "view"}})
	b.scopedAll = add("Legacy Agent", []authz.Policy{{Guide: "Routing > Queue > View", Scope: "All"}, {Guide: "analytics:conversationDetail:view", Scope: "All"}})
	b.scopedGroup = add("BPO_Group_Reporting", []authz.Policy{{Guide: "Routing > Queue > View", Scope: "Group"}})
}

// leftover adds the roles of what stayed when its reason went.
func (b *roleBook) leftover(add func(string, []authz.Policy) int) {
	b.breakGlass = add("SS_Break_Glass", lines("routing:queue:edit"))
	b.audit = add("SS_Audit_Recordings", lines("recording:recording:view", "analytics:conversationDetail:view"))
	b.sharedDesk = add("SS_Shared_Desk", lines("routing:queue:view", "routing:queue:edit"))
	b.nameless = add("BPO_Conversations", lines("analytics:conversationDetail:view"))
	b.kiosk = add("SS_Kiosk", lines("routing:queue:view", "routing:queue:search"))
	b.actions = add("BPO_Data_Actions", lines("integrations:action:edit"))
	b.unlisted = add("SS_Preview", []authz.Policy{{Domain: "preview", Entity: "thing", Action: "view"}})
}

// lines returns one policy for each permission.
func lines(names ...string) []authz.Policy {
	list := make([]authz.Policy, len(names))
	for i, name := range names {
		p := permission("", name, false)
		list[i] = authz.Policy{Domain: p.Domain, Entity: p.Entity, Action: p.Action}
	}
	return list
}

// outside draws the policies of a role for a tenant's own people: queues and
// colleagues, and up to sixty more that show something.
func outside(rng *rand.Rand, shape Shape, from []authz.Permission) []authz.Policy {
	list := lines("directory:user:view", "routing:queue:view")
	return append(list, draw(rng, from, howMany(rng, shape, 3, 60))...)
}

// inside draws the policies of a role for the owner's own people. One in eight
// also takes every object of a domain, or every action on an object.
func inside(rng *rand.Rand, shape Shape, from []authz.Permission) []authz.Policy {
	list := draw(rng, from, howMany(rng, shape, 10, 400))
	if rng.IntN(8) == 0 {
		wild := harmlessDomains[rng.IntN(len(harmlessDomains))]
		list = append(list, authz.Policy{Domain: wild, Entity: "*", Action: "view"})
	}
	return list
}

// harmlessDomains are domains whose every view an internal role may hold.
var harmlessDomains = []string{"routing", "quality", "wfm", "outbound", "coaching"}

// howMany draws the size of a role: mostly small, seldom large; evenly if the
// shape is flat.
func howMany(rng *rand.Rand, shape Shape, least, most int) int {
	f := rng.Float64()
	if shape != ShapeFlat {
		f *= f * f
	}
	return least + int(f*float64(most-least))
}

// draw returns up to n different permissions as policies, in the catalogue's order.
func draw(rng *rand.Rand, from []authz.Permission, n int) []authz.Policy {
	chosen := rng.Perm(len(from))[:min(n, len(from))]
	slices.Sort(chosen)
	list := make([]authz.Policy, len(chosen))
	for i, k := range chosen {
		list[i] = authz.Policy{Domain: from[k].Domain, Entity: from[k].Entity, Action: from[k].Action}
	}
	return list
}

// pick returns the permissions that a test lets through.
func pick(from []authz.Permission, ok func(authz.Permission) bool) []authz.Permission {
	return slices.DeleteFunc(slices.Clone(from), func(p authz.Permission) bool { return !ok(p) })
}

// duty names what a role is for.
func duty(i int) string {
	duties := [...]string{"Agent", "Supervisor", "Quality", "Reporting", "Workforce", "Outbound", "Knowledge", "Training"}
	return duties[i%len(duties)]
}
