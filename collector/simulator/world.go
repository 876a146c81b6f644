package simulator

import (
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A world is all of an organization that is worked out before it is told.
type world struct {
	o         Options
	counts    Counts
	lay       *layout
	catalogue []authz.Permission
	book      *roleBook
	crew      *crew
	planted   *planter
	crowds    struct{ groups, teams, queues []crowd }
	ids       struct{ groups, teams, queues []string }
	apps      []app
	direct    *assignment
}

// newWorld works out an organization.
func newWorld(o Options, c Counts) *world {
	w := &world{o: o, counts: c}
	org, users := uuid(o.Seed, "organization", 0), c.Users
	if o.Faults {
		users -= faultUsers
	}
	w.lay = newLayout(o, c, org, users)
	w.catalogue = catalogue(org, c.Permissions)
	w.book = newRoleBook(o, org, c.Roles, w.catalogue)
	w.crew = newCrew(o, w.lay)
	w.planted = plant(o, w.lay, w.book)
	w.crowds.groups = newGroups(w.crew, w.book, c.Groups-len(w.planted.groups)-1)
	w.crowds.teams, w.crowds.queues = newTeams(w.crew), newQueues(w.crew)
	w.ids.groups = uuids(o.Seed, "group", len(w.crowds.groups)+1)
	w.ids.teams = uuids(o.Seed, "team", len(w.crowds.teams))
	w.ids.queues = uuids(o.Seed, "queue", len(w.crowds.queues))
	w.apps = newApps(w.crew, w.book, c.Clients-len(w.planted.clients))
	w.direct = assign(w.crew, w.book, c.Grants-w.others())
	return w
}

// others returns how many grants are not an ordinary user's by a persona.
func (w *world) others() int {
	n := len(w.planted.grants) + admins(len(w.crew.ids))
	for _, g := range w.crowds.groups {
		n += len(g.pairs)
	}
	for _, a := range w.apps {
		n += len(a.pairs)
	}
	return n
}

// division returns the id of the division at a position.
func (w *world) division(at int) string {
	if at == everywhere {
		return authz.AllDivisions
	}
	return w.lay.divisions[at].ID
}

// frame tells what everything else hangs on.
func (w *world) frame(e *emitter) error {
	org := authz.Organization{
		ID: w.lay.org, Name: fmt.Sprintf("Simulated %s %s %d", w.o.Size, w.o.Shape, w.o.Seed), Platform: "genesys-cloud",
		Region: regionOf(0), GrantDivisionAware: authz.True, Backfill: authz.False,
	}
	if err := e.put(authz.ListOrganization, org); err != nil {
		return err
	}
	e.counts[authz.ListSettings] = 1 // told with the organization
	if err := putAll(e, authz.ListDivisions, w.lay.divisions); err != nil {
		return err
	}
	if err := putAll(e, authz.ListPermissions, w.catalogue); err != nil {
		return err
	}
	return putAll(e, authz.ListRoles, w.book.all)
}

// people tells the users.
func (w *world) people(e *emitter) error {
	for u := range w.lay.units {
		unit := &w.lay.units[u]
		for i := unit.first; i < unit.end; i++ {
			if err := e.put(authz.ListUsers, w.crew.record(unit, i)); err != nil {
				return err
			}
		}
	}
	return putAll(e, authz.ListUsers, w.planted.users)
}
