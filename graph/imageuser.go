package graph

import (
	"sync"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A userTable is the users' records of an image: rows of userRow numbers, and
// when each was last seen. They are spelled out when the first of them is asked
// for: most questions need none.
type userTable struct {
	rows    []uint32
	seen    []int64
	strings textTable
	once    sync.Once
	list    []authz.User
}

func (t *userTable) len() int { return len(t.rows) / userRow }

func (t *userTable) at(n uint32) *authz.User {
	t.once.Do(t.spell)
	return &t.list[n]
}

func (t *userTable) spell() {
	t.list = make([]authz.User, t.len())
	d := &decoder{strings: t.strings}
	for i := range t.list {
		d.in = t.rows[i*userRow:][:userRow]
		d.user(&t.list[i], t.seen[2*i], t.seen[2*i+1])
	}
}

// readUsers checks the users of an image, so that spelling them out cannot fail.
func (im *Image) readUsers(x *imageReader) (*userTable, error) {
	t := &userTable{strings: im.strings}
	var err error
	if t.rows, err = read[uint32](x, secUsers); err != nil {
		return nil, err
	}
	if t.seen, err = read[int64](x, secSeen); err != nil {
		return nil, err
	}
	if len(t.rows)%userRow != 0 || len(t.seen) != 2*t.len() {
		return nil, badImage("its users do not add up")
	}
	for i := range t.len() {
		if !t.fits(t.rows[i*userRow:][:userRow]) {
			return nil, badImage("its users do not add up")
		}
	}
	return t, nil
}

// fits reports whether a row can be spelled out.
func (t *userTable) fits(row []uint32) bool {
	for _, n := range row[:userTexts] {
		if !t.strings.has(n) {
			return false
		}
	}
	d := decoder{in: row[userRow-2:], strings: t.strings}
	d.list()
	return !d.bad
}

func (d *decoder) user(u *authz.User, token, login int64) {
	for _, s := range [userTexts]*string{
		&u.Org, &u.ID, &u.Name, &u.Trustee, &u.Email, &u.Username, &u.Division, &u.State, &u.Manager, &u.Title,
		&u.Department, &u.EmployeeType, &u.Region, &u.ClonedFrom,
	} {
		*s = d.str()
	}
	u.BPO = authz.Tri(d.num())
	u.LastToken, u.LastLogin = moment(token, d.num()), moment(login, d.num())
	u.Licences = d.list()
}

func moment(sec int64, nanos uint32) time.Time {
	if sec == noTime {
		return time.Time{}
	}
	return time.Unix(sec, int64(nanos)).UTC()
}
