package simulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A crew is the ordinary users of an organization: all but those of planted faults.
type crew struct {
	o      Options
	lay    *layout
	ids    []string
	dice   *dice
	active []bool
}

// newCrew decides who there is. Three in a hundred have left.
func newCrew(o Options, lay *layout) *crew {
	c := &crew{o: o, lay: lay, ids: uuids(o.Seed, "user", lay.internal().end), dice: newDice(o.Seed, "user")}
	c.active = make([]bool, len(c.ids))
	for i := range c.active {
		c.active[i] = c.dice.at(i).IntN(100) >= 3
	}
	for i := range admins(len(c.ids)) {
		c.active[lay.internal().first+i] = true
	}
	return c
}

// admins returns how many administrators an organization of n users has. They
// are the first users of Internal.
func admins(n int) int { return min(max(n/5000, 2), 40) }

// record returns user i of unit u.
func (c *crew) record(u *unit, i int) authz.User {
	rng := c.dice.at(i)
	gone := rng.IntN(100) < 3 && !c.active[i]
	first, last := firstNames[rng.IntN(len(firstNames))], lastNames[rng.IntN(len(lastNames))]
	user := person(c.lay, u, u.divisions[rng.IntN(len(u.divisions))], c.ids[i], first+" "+last, fmt.Sprintf("%s.%s.%d", strings.ToLower(first), strings.ToLower(last), i))
	user.LastToken = c.o.Now.Add(-recent(rng, 30*24*time.Hour))
	if gone {
		user.State = [...]string{"inactive", "inactive", "deleted"}[rng.IntN(3)]
		user.LastToken = c.o.Now.Add(-120*24*time.Hour - recent(rng, 400*24*time.Hour))
	}
	return user
}

// person returns an active user of a unit.
func person(lay *layout, u *unit, division int, id, name, account string) authz.User {
	user := authz.User{
		Org: lay.org, ID: id, Name: name, Email: account + "@" + u.domain, Username: account + "@" + u.domain,
		Division: lay.divisions[division].ID, State: "active", Department: u.Name,
		EmployeeType: "Full-time", BPO: authz.TriOf(u.External), Region: u.region, Licences: []string{"CX 3"},
	}
	if u.External {
		user.EmployeeType, user.Licences = "BPO", []string{"BPO"}
	}
	return user
}

// recent draws a time back from now, to the millisecond.
func recent(rng *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(rng.Int64N(int64(most/time.Millisecond))) * time.Millisecond
}

var firstNames = []string{
	"Ada", "Aisha", "Alejandro", "Amara", "Anders", "Anika", "Arjun", "Beatriz", "Bilal", "Björn", "Carla", "Chen", "Chidi", "Clara", "Daniel", "Dewi",
	"Elena", "Emeka", "Fatima", "Felix", "Grace", "Hana", "Hugo", "Ingrid", "Isaac", "Jana", "José", "Kavya", "Kenji", "Lars", "Leila", "Liam",
	"Lucía", "Magda", "Malik", "María", "Mei", "Miguel", "Nadia", "Nils", "Noor", "Olena", "Omar", "Paola", "Petr", "Priya", "Rafael", "Rosa",
	"Sanjay", "Sara", "Seán", "Sofia", "Tariq", "Thandi", "Tomás", "Ulla", "Vera", "Viktor", "Wanjiru", "Wei", "Xenia", "Yara", "Yusuf", "Zoë",
}

var lastNames = []string{
	"Abebe", "Ali", "Andersen", "Bakker", "Banerjee", "Becker", "Castillo", "Chanda", "Costa", "Cruz", "Dahl", "Diaz", "Dlamini", "Dubois", "Eriksen", "Fernandez",
	"Garcia", "Gomez", "Haddad", "Hansen", "Ivanova", "Jansen", "Jensen", "Kaya", "Khan", "Kim", "Kovacs", "Kumar", "Larsen", "Lee", "Lopez", "Mbeki",
	"Meyer", "Moreau", "Mwangi", "Nakamura", "Nguyen", "Novak", "Okafor", "Olsen", "Ortiz", "Patel", "Pereira", "Petrov", "Quispe", "Ramos", "Reyes", "Rossi",
	"Sato", "Schmidt", "Silva", "Singh", "Suzuki", "Tan", "Torres", "Usman", "Vargas", "Virtanen", "Wagner", "Wang", "Weber", "Yilmaz", "Zhang", "Zulu",
}
