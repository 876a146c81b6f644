package genesyscloud

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// What [authz.Grant.Source] says of a grant that only one of the two bulk lists
// has. One that both have is told as a bundle tells it ("grants").
const (
	// sourceTyped: only the subjects of the role have it, so it has no date.
	sourceTyped = "grants: subjects of roles only"
	// sourceDated: only the grants in the division have it. Its subject is what
	// else is known to have the id.
	sourceDated = "grants: grants in divisions only"
)

// A grantJoin brings the two bulk lists together. One of them has the types of
// subjects, the other the dates; two million grants are two million numbers of
// twelve bytes here.
type grantJoin struct {
	ids     map[string]uint32
	typed   []triple // sorted
	matched []bool   // by index in typed

	roles          map[string]bool // whose subjects were read completely
	noDate, noType disagreement
	undated        int64 // in all divisions, of which the platform gives no dates
}

// A triple is a grant by number.
type triple struct{ subject, role, division uint32 }

func compareTriples(a, b triple) int {
	return cmp.Or(cmp.Compare(a.subject, b.subject), cmp.Compare(a.role, b.role), cmp.Compare(a.division, b.division))
}

// A disagreement counts grants that only one of the two lists has although both
// were read, and names the first.
type disagreement struct {
	n     int64
	first string
}

func (d *disagreement) add(g authz.Grant) {
	if d.n++; d.n == 1 {
		d.first = g.Key().ID
	}
}

// number numbers an id from 1.
func (j *grantJoin) number(id string) uint32 {
	n, ok := j.ids[id]
	if !ok {
		n = uint32(len(j.ids) + 1)
		j.ids[id] = n
	}
	return n
}

func (j *grantJoin) triple(g authz.Grant) triple {
	return triple{j.number(g.Subject.ID), j.number(g.Role), j.number(g.Division)}
}

// find returns where a grant is among the typed ones, or -1.
func (j *grantJoin) find(g authz.Grant) int {
	i, ok := slices.BinarySearchFunc(j.typed, j.triple(g), compareTriples)
	if !ok {
		return -1
	}
	return i
}

// tellGrants tells the grants of both lists: first it notes those with a type,
// then it tells those with a date, and last those that have none.
func (t *teller) tellGrants() error {
	t.grants.ids = map[string]uint32{}
	j := &t.grants
	err := t.eachGrant(rowSubjects, bundle.NewDecoder(nil), func(g authz.Grant, _ json.RawMessage) error {
		t.kinds.note(g.Subject)
		j.typed = append(j.typed, j.triple(g))
		return nil
	}, nil)
	if err != nil {
		return err
	}
	slices.SortFunc(j.typed, compareTriples)
	j.typed = slices.Compact(j.typed)
	j.matched = make([]bool, len(j.typed))
	if err := t.eachGrant(rowGrants, t.d, t.dated, t.keepOdd); err != nil {
		return err
	}
	datesOf := t.wholly(rowGrants)
	t.rewind()
	return t.eachGrant(rowSubjects, t.d, func(g authz.Grant, raw json.RawMessage) error {
		if i := j.find(g); j.matched[i] {
			return nil
		}
		switch {
		case datesOf[g.Division]:
			j.noDate.add(g)
		case g.Division == authz.AllDivisions:
			j.undated++
		}
		g.Source = sourceTyped
		return t.putGrant(g, raw)
	}, t.keepOdd)
}

// dated tells a grant of a division.
func (t *teller) dated(g authz.Grant, raw json.RawMessage) error {
	j := &t.grants
	if i := j.find(g); i >= 0 {
		j.matched[i] = true
	} else {
		if t.subjectsOf()[g.Role] {
			j.noType.add(g)
		}
		g.Source = sourceDated
	}
	return t.putGrant(g, raw)
}

// putGrant tells a grant, with its maker where audits name one.
func (t *teller) putGrant(g authz.Grant, raw json.RawMessage) error {
	if g.MadeBy == "" {
		g.MadeBy = t.makers.of(g)
	}
	return t.sink.Put(g, raw)
}

// eachGrant passes the grants of a row. What cannot be read goes to odd, if that
// is not nil.
func (t *teller) eachGrant(row string, d *bundle.Decoder, fn func(authz.Grant, json.RawMessage) error, odd func(*reading, json.RawMessage, error) error) error {
	return t.each(row, func(q *reading, raw json.RawMessage) error {
		list, kept, err := d.Decode(bundle.Item{List: q.at.list, Source: q.at.source(), Of: t.belongsTo(q), JSON: raw})
		if err != nil {
			if odd == nil {
				return nil
			}
			return odd(q, raw, err)
		}
		for _, rec := range list {
			g, ok := rec.(authz.Grant)
			if !ok {
				return fmt.Errorf("%T is no grant", rec)
			}
			if err := fn(g, kept); err != nil {
				return err
			}
			kept = nil
		}
		return nil
	})
}

// wholly returns what a row was read of completely.
func (t *teller) wholly(row string) map[string]bool {
	set := map[string]bool{}
	for _, q := range t.readings[row] {
		if q.complete() && !q.absent && t.odd[row] == nil {
			set[q.of] = true
		}
	}
	return set
}

// subjectsOf returns the roles whose subjects were read completely.
func (t *teller) subjectsOf() map[string]bool {
	if t.grants.roles == nil {
		t.grants.roles = t.wholly(rowSubjects)
	}
	return t.grants.roles
}
