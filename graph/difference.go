package graph

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Difference is what access was gained, lost and changed between two graphs.
//
// Both are asked about the same: the permissions of either universe and the
// divisions of either graph. A permission that one of them does not know is
// described there as the other describes it, and held by whoever holds a policy
// that covers it; so a wildcard that was spelled out is no change. What is
// gained is told of what there is in the new graph, what is lost of what there
// was in the old one, what is changed of what there is in the new one.
type Difference struct {
	Old, New *Graph
	// Divisions are those of both graphs, sorted by organization and id.
	Divisions []Division
	// Blocks are the principals with a difference, equal ones together, in the
	// order of the graphs: organization, kind, name and id of the first.
	Blocks []Block

	commons  map[string]*common
	inOld    Set // divisions
	inNew    Set
	oldThing []Thing // things of the old graph, by the numbers of both
}

// A Block is principals that gained, lost and changed the same for the same causes.
type Block struct {
	Org     string
	Members []Pair
	Changes []Change
}

// A Pair is one principal in both graphs.
type Pair struct {
	Key authz.Key
	// Old and New are its numbers; [NoPrincipal] where a graph lacks it.
	Old, New uint32
}

// NoPrincipal is the number of no principal.
const NoPrincipal = ^uint32(0)

// A Change is some permissions over some divisions of which a principal's reach
// is not what it was.
type Change struct {
	// Permissions are numbers of [Difference.Permissions].
	Permissions Set
	// Divisions are numbers of [Difference.Divisions].
	Divisions Set
	// Every says that the same is true of every division to come. A change
	// without divisions is true of those alone.
	Every    bool
	From, To Extended
	Cause    Cause
}

// An Extended is a reach with what it leaves if it is limited: things by keys,
// sorted.
type Extended struct {
	Level      Level
	Unresolved bool
	Things     []authz.Key
	// Self says that the principal itself is among the things (and not in the list).
	Self bool
}

// Permissions returns the permissions of both universes of an organization,
// sorted by name; their number is their index. They are described as in the new
// graph, or else as in the old one.
func (d *Difference) Permissions(org string) []Perm {
	if u := d.commons[org]; u != nil {
		return u.perms
	}
	return nil
}

// Compare finds what access was gained, lost and changed from one graph to another.
func Compare(old, latest *Graph) *Difference {
	d := &Difference{Old: old, New: latest, commons: map[string]*common{}}
	d.joinDivisions()
	d.joinThings()
	for _, id := range d.organizations() {
		d.commons[id] = d.common(id)
	}
	d.compareAll()
	return d
}

func (d *Difference) organizations() []string {
	var out []string
	for _, g := range []*Graph{d.Old, d.New} {
		for _, o := range g.orgs {
			out = append(out, o.id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (d *Difference) joinDivisions() {
	all := slices.Clone(d.New.divisions)
	for _, v := range d.Old.divisions {
		if _, ok := d.New.divIndex[v.Key]; !ok {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(x, y Division) int { return x.Key.Compare(y.Key) })
	d.Divisions, d.inOld, d.inNew = all, NewSet(len(all)), NewSet(len(all))
	for i, v := range all {
		if _, ok := d.Old.divIndex[v.Key]; ok {
			d.inOld.Add(uint32(i))
		}
		if _, ok := d.New.divIndex[v.Key]; ok {
			d.inNew.Add(uint32(i))
		}
	}
}

// joinThings numbers the things of the old graph as the new one does; those that
// the new one lacks come behind.
func (d *Difference) joinThings() {
	next := Thing(len(d.New.principals) + len(d.New.resources))
	n := len(d.Old.principals) + len(d.Old.resources)
	d.oldThing = make([]Thing, n)
	for t := range n {
		k := d.Old.ThingKey(Thing(t))
		if p, ok := d.sameNumber(t, k); ok {
			d.oldThing[t] = p
		} else if p, ok := d.New.FindPrincipal(k); ok {
			d.oldThing[t] = p
		} else if i, ok := d.New.resIndex[k]; ok {
			d.oldThing[t] = Thing(len(d.New.principals) + i)
		} else {
			d.oldThing[t] = next + Thing(t)
		}
	}
}

// sameNumber finds a principal in the new graph where it has the number that it had:
// all have where one graph is the other one with changes.
func (d *Difference) sameNumber(t int, k authz.Key) (Thing, bool) {
	return Thing(t), t < min(len(d.Old.principals), len(d.New.principals)) && d.New.principals[t].Key == k
}

// thingKey returns the key of a thing by its number in both graphs.
func (d *Difference) thingKey(t Thing) authz.Key {
	n := Thing(len(d.New.principals) + len(d.New.resources))
	if t < n {
		return d.New.ThingKey(t)
	}
	return d.Old.ThingKey(t - n)
}

// pairs returns the principals that act in one of the graphs or in both.
func (d *Difference) pairs() []Pair {
	var out []Pair
	for p := range d.New.principals {
		k := d.New.principals[p].Key
		old, ok := d.Old.FindPrincipal(k)
		if !ok {
			old = NoPrincipal
		}
		if d.New.acting.Has(uint32(p)) || (ok && d.Old.acting.Has(old)) {
			out = append(out, Pair{k, old, uint32(p)})
		}
	}
	for p := range d.Old.acting.All() {
		k := d.Old.principals[p].Key
		if _, ok := d.New.FindPrincipal(k); !ok {
			out = append(out, Pair{k, p, NoPrincipal})
		}
	}
	name := func(p Pair) string {
		if p.New != NoPrincipal {
			return d.New.principals[p.New].Name
		}
		return d.Old.principals[p.Old].Name
	}
	slices.SortFunc(out, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(x.Key.Org, y.Key.Org), cmp.Compare(x.Key.Kind.String(), y.Key.Kind.String()),
			cmp.Compare(name(x), name(y)), cmp.Compare(x.Key.ID, y.Key.ID))
	})
	return out
}

// classNumbers returns for each principal the number of its class, from 1.
func classNumbers(g *Graph) []uint32 {
	out := make([]uint32, len(g.principals))
	for i, c := range g.Classes(nil) {
		for _, p := range c.Members {
			out[p] = uint32(i) + 1
		}
	}
	return out
}

// ways returns what the causes of a difference can hang on beside the classes:
// what a principal is held by and granted itself, in both graphs.
func (c *common) ways(p Pair) []byte {
	var out []byte
	u32 := binary.LittleEndian.AppendUint32
	for _, x := range []struct {
		g *Graph
		n uint32
	}{{c.d.Old, p.Old}, {c.d.New, p.New}} {
		if x.n == NoPrincipal {
			out = u32(out, NoPrincipal)
			continue
		}
		up, grants := x.g.up.of(x.n), x.g.grantsOf(x.n)
		out = u32(u32(out, uint32(len(up))), uint32(len(grants)))
		for _, e := range up {
			out = u32(out, e)
		}
		for _, gr := range grants {
			out = u32(u32(out, gr.role), gr.div)
		}
		pr := &x.g.principals[x.n]
		out = append(out, flag(pr.Known), flag(activeState(pr.State)), byte(len(trusteeID(pr))))
		out = append(out, trusteeID(pr)...)
	}
	return out
}

// digest keeps what is compared short: a large organization has a signature of many
// kilobytes for each of its classes.
func digest(b []byte) [sha256.Size]byte { return sha256.Sum256(b) }

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}
