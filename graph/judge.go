package graph

import (
	"cmp"
	"slices"
)

// A barrier is what stands between the other graph and one derivation: for it to
// hold there as well, every one of the changes is needed.
type barrier struct {
	items []CauseRecord
	// things are what of limited reach the derivation gives, and the barrier is in
	// the way of; nil is everything.
	things []Thing
	// lost says that it is the old graph that has the derivation.
	lost bool
}

// mostSets is how many sets of changes are looked at for one cause: those that
// end several derivations can be very many.
const mostSets = 64

// judge says which sets of changes are enough, each alone, to explain that access
// came or went, given what stands or stood in the way of each derivation. It came
// if one derivation is complete (for each of the things that came, if it is
// limited to some), and it went if none is.
func judge(list []barrier, came []Thing) Cause {
	list = slices.DeleteFunc(slices.Clone(list), func(b barrier) bool { return len(b.items) == 0 })
	if len(list) == 0 {
		return causeOf(nil, nil)
	}
	records := recordsIn(list)
	var gained, lost []hyperedge
	for _, b := range list {
		if e := edgeOf(b, records); b.lost {
			lost = append(lost, e)
		} else {
			gained = append(gained, e)
		}
	}
	ways, ok := completed(gained, came)
	if ok {
		ways, ok = hitting(ways, minimal(lost))
	}
	if !ok {
		return causeOf(kindsOf(records), records)
	}
	return causeOfWays(ways, records)
}

// recordsIn returns the records of some barriers, each once, in their order.
func recordsIn(list []barrier) []CauseRecord {
	n := 0
	for i := range list {
		n += len(list[i].items)
	}
	out := make([]CauseRecord, 0, n)
	for i := range list {
		out = append(out, list[i].items...)
	}
	slices.SortFunc(out, CauseRecord.compare)
	return slices.Compact(out)
}

// A hyperedge is a barrier by the numbers of its records.
type hyperedge struct {
	set    Set
	things []Thing
}

func edgeOf(b barrier, records []CauseRecord) hyperedge {
	e := hyperedge{set: NewSet(len(records)), things: b.things}
	for _, r := range b.items {
		i, _ := slices.BinarySearchFunc(records, r, CauseRecord.compare)
		e.set.Add(uint32(i))
	}
	return e
}

// minimal returns the sets of which none holds another, each once, the smallest first.
func minimal(edges []hyperedge) []Set {
	sets := make([]Set, len(edges))
	for i := range edges {
		sets[i] = edges[i].set
	}
	return minimalSets(sets)
}

func minimalSets(sets []Set) []Set {
	slices.SortStableFunc(sets, compareSets)
	var out []Set
	for _, s := range sets {
		if !slices.ContainsFunc(out, func(o Set) bool { return holds(s, o) }) {
			out = append(out, s)
		}
	}
	return out
}

// compareSets orders sets of one length: smaller ones first, then by their members.
func compareSets(x, y Set) int {
	if c := cmp.Compare(x.Len(), y.Len()); c != 0 {
		return c
	}
	for i := range x {
		if d := x[i] ^ y[i]; d != 0 {
			if x[i]&(d&-d) != 0 {
				return -1
			}
			return 1
		}
	}
	return 0
}

// holds reports whether a set has every member of another of its length.
func holds(s, o Set) bool {
	for i := range o {
		if o[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}

// completed returns the minimal sets of changes that complete a derivation: for
// each of the things, one that gives it.
func completed(edges []hyperedge, things []Thing) ([]Set, bool) {
	if len(edges) == 0 {
		return nil, true
	}
	if len(things) == 0 {
		return minimal(edges), true
	}
	var out []Set
	for _, t := range things {
		var of []hyperedge
		for _, e := range edges {
			if _, gives := slices.BinarySearch(e.things, t); gives || e.things == nil {
				of = append(of, e)
			}
		}
		sets := minimal(of)
		switch {
		case len(sets) == 0:
			continue
		case len(out) == 0:
			out = sets
			continue
		}
		var ok bool
		if out, ok = products(out, sets); !ok {
			return nil, false
		}
	}
	return out, true
}

// products returns the minimal unions of a set of each list.
func products(a, b []Set) ([]Set, bool) {
	if len(a)*len(b) > mostSets*mostSets {
		return nil, false
	}
	all := make([]Set, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			u := x.Clone()
			u.Or(y)
			all = append(all, u)
		}
	}
	out := minimalSets(all)
	return out, len(out) <= mostSets
}

// hitting returns the minimal sets that hold one of some sets, or of none if there
// are none, and meet every edge.
func hitting(sets, edges []Set) ([]Set, bool) {
	out := sets
	if len(out) == 0 {
		out = []Set{make(Set, len(edges[0]))}
	}
	for _, e := range edges {
		var next []Set
		for _, s := range out {
			if s.Meets(e) {
				next = append(next, s)
				continue
			}
			for i := range e.All() {
				u := s.Clone()
				u.Add(i)
				next = append(next, u)
			}
		}
		if out = minimalSets(next); len(out) > mostSets {
			return nil, false
		}
	}
	return out, true
}
