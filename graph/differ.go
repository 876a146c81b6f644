package graph

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An outcome is how the reach of a principal differs between two graphs.
type outcome struct {
	// spots are the divisions that were looked at, sorted; numbers of both graphs.
	spots []uint32
	slots []slotOutcome
	// differs says that slots hold, or held, anything.
	differs bool
	// own says that the principal itself is among what it reaches, so that the
	// outcome is not that of its equals.
	own bool
}

// A slotOutcome is what differs in one division, or in all that nobody speaks of.
type slotOutcome struct {
	at      uint32 // number of both graphs, or nowhere
	changes []slotChange
}

// compare works out what a principal reaches otherwise than before.
func (c *common) compare(p Pair) *outcome {
	if c.unchanged(p) {
		return &outcome{}
	}
	divs := c.latest.spots(p.New, c.old.spots(p.Old, nil))
	slices.Sort(divs)
	divs = slices.Compact(divs)
	a, b := c.old.look(p.Old, divs), c.latest.look(p.New, divs)
	o := &outcome{spots: divs}
	for i := range a {
		o.own = o.own || c.reachesSelf(p, &a[i]) || c.reachesSelf(p, &b[i])
		at := nowhere
		if i < len(divs) {
			at = divs[i]
		}
		if changes := c.within(at, c.compareSlots(&a[i], &b[i])); len(changes) > 0 {
			o.slots, o.differs = append(o.slots, slotOutcome{at, changes}), true
		}
	}
	return o
}

// self returns the number in both graphs of a principal as a thing.
func (c *common) self(p Pair) Thing {
	if p.New != NoPrincipal {
		return p.New
	}
	return c.d.oldThing[p.Old]
}

func (c *common) reachesSelf(p Pair, s *slot) bool {
	self := c.self(p)
	return slices.ContainsFunc(s.limited, func(x limitedReach) bool {
		_, ok := slices.BinarySearch(x.things, self)
		return ok
	})
}

// within keeps the changes that are told of: what is gained and changed of what
// there is in the new graph, what is lost of what there was in the old one.
func (c *common) within(at uint32, changes []slotChange) []slotChange {
	var out []slotChange
	for _, x := range changes {
		perms, divs := c.inNew, c.d.inNew
		if x.to.level == None {
			perms, divs = c.inOld, c.d.inOld
		}
		x.perms.And(perms)
		if !x.perms.Empty() && (at == nowhere || divs.Has(at)) {
			out = append(out, x)
		}
	}
	return out
}

// unchanged reports whether a principal plainly holds the same of roles that
// give the same. It may miss some.
func (c *common) unchanged(p Pair) bool {
	if p.Old == NoPrincipal || p.New == NoPrincipal || c.old.o == nil || c.latest.o == nil ||
		c.old.g.acting.Has(p.Old) != c.latest.g.acting.Has(p.New) || p.Key.Kind == authz.KindTrusteeOrganization {
		return false
	}
	if len(c.old.policies)+len(c.latest.policies) > 0 {
		return false
	}
	a, b := c.old.g.allHoldings(p.Old), c.latest.g.allHoldings(p.New)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		role, ok := c.latest.g.roleIndex[c.old.g.roles[a[i].Role].key]
		if !ok || role != b[i].Role || !c.sameRole(a[i].Role, role) || a[i].Doubtful != b[i].Doubtful {
			return false
		}
		if a[i].Division == AnyDivision || b[i].Division == AnyDivision {
			if a[i].Division != b[i].Division {
				return false
			}
		} else if c.old.g.divisions[a[i].Division].Key != c.latest.g.divisions[b[i].Division].Key {
			return false
		}
	}
	return true
}

// A told change is a change with the key by which equal ones are joined.
type told struct {
	Change
	key, cause string
}

// tell makes a change of permissions with the same cause.
func (c *common) tell(p Pair, x slotChange, part blamed) told {
	t := told{Change: Change{
		Permissions: part.perms, Divisions: c.scratch.set(len(c.d.Divisions)),
		From: c.extended(p, x.from), To: c.extended(p, x.to), Cause: part.cause,
	}}
	key := t.To.appendKey(t.From.appendKey(nil))
	n := len(key)
	t.key = string(part.cause.appendKey(key))
	t.cause = t.key[n:]
	return t
}

// extended spells a reach out.
func (c *common) extended(p Pair, r reachPart) Extended {
	e := Extended{Level: r.level, Unresolved: r.unresolved}
	for _, t := range r.things {
		if t == c.self(p) {
			e.Self = true
			continue
		}
		e.Things = append(e.Things, c.d.thingKey(t))
	}
	slices.SortFunc(e.Things, authz.Key.Compare)
	return e
}

func (e Extended) appendKey(b []byte) []byte {
	b = append(b, e.Level.String()...)
	if e.Unresolved {
		b = append(b, '?')
	}
	if e.Self {
		b = append(b, '@')
	}
	for _, k := range e.Things {
		b = append(appendKey(append(append(b, k.Org...), '/'), k), 0)
	}
	return b
}

// explain joins what differs in single divisions and says why; the signature is
// the same for principals of which the same is to be told.
func (c *common) explain(p Pair, o *outcome) (changes []Change, signature [sha256.Size]byte) {
	list := map[string][]told{} // by reach and cause
	w := &blamers{c: c, p: p, made: map[blamerKey]*blamer{}}
	var keys []string
	for _, s := range o.slots {
		for _, x := range s.changes {
			for _, part := range c.blame(w, s.at, x) {
				t := c.tell(p, x, part)
				c.spread(&t.Change, s.at, o, x.to.level == None)
				if _, seen := list[t.key]; !seen {
					keys = append(keys, t.key)
				}
				list[t.key] = append(list[t.key], t)
			}
		}
	}
	slices.Sort(keys)
	sig := append(c.sig[:0], p.Key.Org...)
	changes = make([]Change, 0, len(keys))
	for _, k := range keys {
		sig = append(append(sig, 0), k...)
		for _, x := range c.byDivisions(list[k]) {
			sig = append(appendSet(appendSet(append(sig, 0), x.Permissions), x.Divisions), flag(x.Every))
			x.Permissions, x.Divisions = c.shared.set(x.Permissions), c.shared.set(x.Divisions)
			x.Cause = c.shared.cause(list[k][0].cause, x.Cause)
			changes = append(changes, x)
		}
	}
	c.sig = sig
	return changes, digest(sig)
}

// byDivisions joins changes of the same reach and cause: permissions that are
// changed over the same divisions are one.
func (c *common) byDivisions(list []told) []Change {
	if len(list) == 1 {
		return []Change{list[0].Change}
	}
	all := c.scratch.set(len(c.perms))
	for _, t := range list {
		all.Or(t.Permissions)
	}
	var out []Change
	var key []byte
	at := map[string]int{}
	for id := range all.All() {
		x := list[0].Change
		x.Permissions, x.Divisions, x.Every = c.scratch.set(len(c.perms)), c.scratch.set(len(c.d.Divisions)), false
		for _, t := range list {
			if t.Permissions.Has(id) {
				x.Divisions.Or(t.Divisions)
				x.Every = x.Every || t.Every
			}
		}
		k := append(appendSet(key[:0], x.Divisions), flag(x.Every))
		i, ok := at[string(k)]
		if !ok {
			i = len(out)
			at[string(k)] = i
			out = append(out, x)
		}
		out[i].Permissions.Add(id)
	}
	return out
}

// setKey returns a set as a key of maps.
func setKey(s Set) string { return string(appendSet(nil, s)) }

func appendSet(b []byte, s Set) []byte {
	for _, w := range s {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// spread notes in which divisions a change is true: one, or all of which the
// principal's roles do not speak.
func (c *common) spread(x *Change, at uint32, o *outcome, lost bool) {
	if at != nowhere {
		x.Divisions.Add(at)
		return
	}
	x.Every = true
	told := c.d.inNew
	if lost {
		told = c.d.inOld
	}
	for _, d := range c.divs {
		if _, looked := slices.BinarySearch(o.spots, d); !looked && told.Has(d) {
			x.Divisions.Add(d)
		}
	}
}
