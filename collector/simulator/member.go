package simulator

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A crowd is a group, team or queue with its members and what it holds.
type crowd struct {
	unit    int
	members block
	pairs   []pair // of groups only
}

// A block is n users of a unit, from one on and then again from the unit's first.
type block struct{ from, n int }

// keys returns the active users of a block.
func (b block) keys(c *crew, u *unit) []authz.Key {
	list := make([]authz.Key, 0, b.n)
	for k := range b.n {
		i := u.first + (b.from+k)%(u.end-u.first)
		if c.active[i] {
			list = append(list, authz.Key{Org: c.lay.org, Kind: authz.KindUser, ID: c.ids[i]})
		}
	}
	return list
}

// drawBlock returns a random block of about n users of a unit.
func drawBlock(rng *rand.Rand, u *unit, n int) block {
	size := u.end - u.first
	return block{from: rng.IntN(size), n: min(n, size)}
}

// newGroups draws n groups, a few large and most small, of which four in ten
// hold roles.
func newGroups(c *crew, b *roleBook, n int) []crowd {
	rng := stream(c.o.Seed, "group")
	weight := 0.0
	for i := range n {
		weight += share(c.o.Shape, i)
	}
	choosers := unitChoosers(c, b, rng)
	groups := make([]crowd, n)
	for i := range groups {
		u := i % len(c.lay.units)
		size := int(1.1 * float64(len(c.ids)) * share(c.o.Shape, i) / weight)
		groups[i] = crowd{unit: u, members: drawBlock(rng, &c.lay.units[u], max(size, 3))}
		if rng.IntN(10) < 4 {
			groups[i].pairs = choosers[u].add(nil, 1+rng.IntN(3), 0)
		}
	}
	return groups
}

// unitChoosers returns a chooser for each unit.
func unitChoosers(c *crew, b *roleBook, rng *rand.Rand) []*chooser {
	list := make([]*chooser, len(c.lay.units))
	for u := range list {
		list[u] = newChooser(scopeOf(&c.lay.units[u], b), rng, c.o.Shape)
	}
	return list
}

// share returns how large the i-th group is beside the others.
func share(shape Shape, i int) float64 {
	if shape == ShapeFlat {
		return 1
	}
	return math.Pow(float64(i+1), -0.9)
}

// groupName names a group so that a tenant's configuration finds its own.
func groupName(u *unit, i int) string {
	if u.External {
		return fmt.Sprintf("%s-Group-%04d", dashed(u.Name), i)
	}
	return fmt.Sprintf("SS-Group-%04d", i)
}

// groupRecord returns the group at position i.
func groupRecord(c *crew, g crowd, id string, i int) authz.Group {
	owner := c.ids[c.lay.internal().first]
	return authz.Group{
		Org: c.lay.org, ID: id, Name: groupName(&c.lay.units[g.unit], i), State: "active", Type: "official",
		RolesEnabled: authz.True, IncludeOwners: authz.False, Owners: []string{owner},
	}
}

// newTeams draws a team for every two hundred users.
func newTeams(c *crew) []crowd {
	rng := stream(c.o.Seed, "team")
	teams := make([]crowd, max(len(c.ids)/200, 4))
	for i := range teams {
		u := i % len(c.lay.units)
		teams[i] = crowd{unit: u, members: drawBlock(rng, &c.lay.units[u], 12+rng.IntN(12))}
	}
	return teams
}

// newQueues draws a queue for every fifty users.
func newQueues(c *crew) []crowd {
	rng := stream(c.o.Seed, "queue")
	queues := make([]crowd, max(len(c.ids)/50, 8))
	for i := range queues {
		u := i % len(c.lay.units)
		queues[i] = crowd{unit: u, members: drawBlock(rng, &c.lay.units[u], 5+rng.IntN(25))}
	}
	return queues
}
