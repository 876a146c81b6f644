package rules

import "slices"

// A covering says which findings are shown under which.
type covering struct {
	under map[*draft]*draft
	over  map[*draft][]*draft
}

// cover puts findings under those that have the same cause and concern everybody
// that they do. What is covered by something that is itself covered goes to
// whatever stands at the top.
func cover(drafts []*draft) covering {
	c := covering{under: map[*draft]*draft{}, over: map[*draft][]*draft{}}
	tops := newTops(drafts)
	for _, d := range drafts {
		for _, top := range tops.of(d) {
			if c.under[d] == nil && !c.above(d, top) && top.contains(d) {
				c.under[d] = top
			}
		}
	}
	for _, d := range drafts {
		top := c.under[d]
		if top == nil {
			continue
		}
		for c.under[top] != nil {
			top = c.under[top]
		}
		c.over[top] = append(c.over[top], d)
		// A cause is as bad as the worst that follows from it.
		top.level = max(top.level, d.level)
	}
	return c
}

// above reports whether d already stands above another finding.
func (c covering) above(d, other *draft) bool {
	for at := other; at != nil; at = c.under[at] {
		if at == d {
			return true
		}
	}
	return false
}

// contains reports whether a finding's principals and cause are all among
// those of d.
func (d *draft) contains(o *draft) bool {
	return d.org == o.org && subset(o.members, d.members) && d.explains(o)
}

// subset reports whether all of some sorted numbers are among others.
func subset(some, of []uint32) bool {
	if len(some) > len(of) {
		return false
	}
	for _, p := range some {
		at, ok := slices.BinarySearch(of, p)
		if !ok {
			return false
		}
		of = of[at+1:]
	}
	return true
}

// explains reports whether every role assignment that o rests on is one of d's;
// where a finding rests on none, whether what both are keyed by is the same.
func (d *draft) explains(o *draft) bool {
	if len(d.causes) > 0 && len(o.causes) > 0 {
		for c := range o.causes {
			if !d.causes[c] {
				return false
			}
		}
		return true
	}
	var both []string
	for name := range o.keys {
		if _, ok := d.keys[name]; ok {
			both = append(both, name)
		}
	}
	return len(both) > 0 && !slices.ContainsFunc(both, func(name string) bool { return d.keys[name] != o.keys[name] })
}

// tops finds the findings that may cover another: those with a role assignment
// in common, so that not every pair has to be looked at.
type tops struct {
	byCause map[coverCause][]*draft
	others  map[string][]*draft // findings that rest on no assignment, by what they cover
	all     map[string][]*draft // by what they cover
}

type coverCause struct {
	rule string // that is covered
	cause
}

func newTops(drafts []*draft) tops {
	t := tops{byCause: map[coverCause][]*draft{}, others: map[string][]*draft{}, all: map[string][]*draft{}}
	for _, d := range drafts {
		for _, id := range d.rule.covers {
			t.all[id] = append(t.all[id], d)
			if len(d.causes) == 0 {
				t.others[id] = append(t.others[id], d)
			}
			for c := range d.causes {
				t.byCause[coverCause{id, c}] = append(t.byCause[coverCause{id, c}], d)
			}
		}
	}
	return t
}

// of returns the findings that may cover one, worst first within each kind.
func (t tops) of(d *draft) []*draft {
	id := d.rule.id
	if len(t.all[id]) == 0 {
		return nil
	}
	if len(d.causes) == 0 {
		return t.all[id]
	}
	// What covers it rests on each of its causes: any one of them will do.
	var one cause
	found := false
	for c := range d.causes {
		if !found || c.role < one.role || (c.role == one.role && c.division < one.division) {
			one, found = c, true
		}
	}
	return slices.Concat(t.byCause[coverCause{id, one}], t.others[id])
}
