package graph

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// WriteImage writes what of a graph rests on the records alone, not on names or
// options, so that the same records need not be worked through again: see
// [OpenImage]. The key names the records and the program that made it; keys are
// those of the records ([Source.Keys]).
//
// An image takes about 40 bytes for each grant and 300 for each principal.
func (g *Graph) WriteImage(w io.Writer, key string, keys []authz.Key) error {
	e := &encoder{strings: map[string]uint32{}}
	var data [sections][]byte
	data[secHead] = bytesOf(e.head(g, keys))
	roles, err := e.roles(g)
	if err != nil {
		return fmt.Errorf("writing the graph's image: %w", err)
	}
	data[secRoles] = bytesOf(roles)
	rows, users, seen := e.principals(g)
	data[secPrincipals], data[secUsers], data[secSeen] = bytesOf(rows), bytesOf(users), bytesOf(seen)
	data[secSmall] = bytesOf(e.small(g))
	for i, c := range []csr{g.up, g.acts, g.actors, g.things.queues, g.things.down} {
		data[secUpOff+2*i], data[secUpVal+2*i] = bytesOf(c.off), bytesOf(c.val)
	}
	data[secFirst], data[secNext] = bytesOf(g.index.first), bytesOf(g.index.next)
	data[secByNode], data[secGrants] = bytesOf(g.byNode), bytesOf(g.grants)
	data[secCells], data[secPosting] = bytesOf(g.cells), bytesOf(g.posting)
	data[secActing], data[secDormant] = bytesOf(g.acting), bytesOf(g.dormant)
	if uint64(len(e.text)) > math.MaxUint32 {
		return fmt.Errorf("writing the graph's image: %d bytes of names are more than it can hold", len(e.text))
	}
	data[secStringEnds], data[secStrings] = bytesOf(e.ends), e.text // last: all are known now
	return writeSections(w, key, data)
}

// An encoder turns records into numbers; each string is kept once.
type encoder struct {
	strings map[string]uint32
	ends    []uint32
	text    []byte
	out     []uint32
}

func (e *encoder) put(v ...uint32) { e.out = append(e.out, v...) }

func (e *encoder) str(list ...string) {
	for _, s := range list {
		n, ok := e.strings[s]
		if !ok {
			n = uint32(len(e.ends))
			e.strings[s] = n
			e.text = append(e.text, s...)
			e.ends = append(e.ends, uint32(len(e.text)))
		}
		e.put(n)
	}
}

func (e *encoder) key(k authz.Key) {
	e.str(k.Org)
	e.put(uint32(k.Kind))
	e.str(k.ID)
}

func (e *encoder) take() []uint32 {
	out := e.out
	e.out = nil
	return out
}

// head is what the small records are read with: keys, organizations, and the
// roles that only grants name.
func (e *encoder) head(g *Graph, keys []authz.Key) []uint32 {
	e.put(uint32(len(g.orgs)))
	for _, o := range g.orgs {
		e.str(o.id)
	}
	var missing []authz.Key
	for i := range g.roles {
		if !g.roles[i].known {
			missing = append(missing, g.roles[i].key)
		}
	}
	e.put(uint32(len(missing)))
	for _, k := range missing {
		e.key(k)
	}
	e.put(uint32(len(keys)))
	for _, k := range keys {
		e.key(k)
	}
	return e.take()
}

// What a principal's row says beside its strings.
const (
	flagLive = 1 << iota
	flagActs
	flagKnown
	flagUser
	flagGroup
	flagClient
	flagAtHome
	principalRow = 9
	userRow      = 19
	userTexts    = 14 // so many strings come first
)

// What the row of a group or team says beside its strings.
const (
	nodeActive = 1 << iota
	nodeEnabled
	nodeKnown
	nodeRead
)

func bit(on bool, f uint32) uint32 {
	if on {
		return f
	}
	return 0
}

// principals returns rows of fixed length for principals and for the users
// among them, and when those were last seen: token, then sign-in.
func (e *encoder) principals(g *Graph) (rows, users []uint32, seen []int64) {
	for i := range g.principals {
		p := &g.principals[i]
		e.key(p.Key)
		e.str(p.Name, p.Email, p.State, p.Trustee)
		e.put(bit(p.Live, flagLive)|bit(p.Acts, flagActs)|bit(p.Known, flagKnown)|
			bit(p.User() != nil, flagUser)|bit(p.Group != nil, flagGroup)|bit(p.Client != nil, flagClient)|bit(p.AtHome, flagAtHome), p.Division)
	}
	rows = e.take()
	for i := range g.principals {
		if u := g.principals[i].User(); u != nil {
			e.user(u)
			seen = append(seen, seconds(u.LastToken), seconds(u.LastLogin))
		}
	}
	return rows, e.take(), seen
}

func (e *encoder) user(u *authz.User) {
	e.str(u.Org, u.ID, u.Name, u.Trustee, u.Email, u.Username, u.Division, u.State, u.Manager, u.Title,
		u.Department, u.EmployeeType, u.Region, u.ClonedFrom)
	e.put(uint32(u.BPO), uint32(u.LastToken.Nanosecond()), uint32(u.LastLogin.Nanosecond()))
	e.list(u.Licences) // few different ones
}

// joinList writes each string behind its length.
func joinList(list []string) string {
	var b []byte
	for _, s := range list {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return string(b)
}

const noTime = math.MinInt64

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.Unix()
}

// small is everything that is little: groups and teams, divisions, trustee
// organizations let in as a whole, and grants of what is gone.
func (e *encoder) small(g *Graph) []uint32 {
	e.put(uint32(len(g.roles)), uint32(len(g.resources)), uint32(len(g.nodes)))
	for _, n := range g.nodes {
		e.key(n.key)
		e.str(n.name)
		e.put(bit(n.active, nodeActive) | bit(n.enabled, nodeEnabled) | bit(n.known, nodeKnown) | bit(n.read, nodeRead))
	}
	e.put(uint32(len(g.divisions)))
	for _, d := range g.divisions {
		e.key(d.Key)
		e.str(d.Name)
		e.put(bit(d.Home, 1) | bit(d.Known, 2))
	}
	for _, o := range g.orgs {
		e.put(uint32(len(o.totals)))
		e.put(o.totals...)
	}
	e.put(uint32(len(g.dangling)))
	for _, d := range g.dangling {
		e.key(d.Subject)
		e.str(d.Role, d.Division, d.RoleName)
		e.put(uint32(d.MadeAt), uint32(uint64(d.MadeAt)>>32), bit(d.MissingSubject, 1)|bit(d.MissingRole, 2)|bit(d.MissingDivision, 4))
	}
	return e.take()
}
