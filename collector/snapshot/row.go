package snapshot

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A row gathers the values of one row to insert. Its error is that of the first
// value that could not be written.
type row struct {
	refs   *refs
	values []any
	err    error
}

// reset begins a row with the number of its key.
func (r *row) reset(n authz.Ref) {
	r.values, r.err = append(r.values[:0], int64(n)), nil
}

func (r *row) text(list ...string) {
	for _, s := range list {
		r.values = append(r.values, s)
	}
}

func (r *row) number(n int64) { r.values = append(r.values, n) }

func (r *row) flag(b bool) {
	var n int64
	if b {
		n = 1
	}
	r.number(n)
}

func (r *row) tri(t authz.Tri) {
	if t == authz.Unknown {
		r.values = append(r.values, nil)
		return
	}
	r.flag(t == authz.True)
}

// optional writes a text that is NULL where it is empty.
func (r *row) optional(s string) {
	if s == "" {
		r.values = append(r.values, nil)
		return
	}
	r.values = append(r.values, s)
}

func (r *row) time(t time.Time) { r.optional(timeText(t)) }

func (r *row) list(list []string) {
	if len(list) == 0 {
		r.values = append(r.values, nil)
		return
	}
	r.json(list)
}

func (r *row) json(v any) {
	s, err := jsonText(v)
	if err != nil && r.err == nil {
		r.err = err
	}
	r.values = append(r.values, s)
}

// ref writes the number of an id that the record mentions; no id is NULL.
func (r *row) ref(org string, kind authz.Kind, id string) {
	if id == "" {
		r.values = append(r.values, nil)
		return
	}
	r.values = append(r.values, int64(r.mentionID(org, kind, id)))
}

// mention gives ids rows in ref.
func (r *row) mention(org string, kind authz.Kind, ids ...string) {
	for _, id := range ids {
		r.mentionID(org, kind, id)
	}
}

func (r *row) mentionID(org string, kind authz.Kind, id string) authz.Ref {
	if id == "" {
		return 0
	}
	n, err := r.refs.of(authz.Key{Org: org, Kind: kind, ID: id})
	if err != nil && r.err == nil {
		r.err = err
	}
	return n
}

// raw ends a row: with the number of its JSON, if it has any.
func (r *row) raw(n int64) {
	if n == 0 {
		r.values = append(r.values, nil)
		return
	}
	r.number(n)
}

// fields gives the values of a row that was read, one after the other. Its error is
// that of the first value that is not what it should be.
type fields struct {
	keys   []authz.Key
	values []driver.Value
	at     int
	err    error
}

func (f *fields) reset() { f.at, f.err = 0, nil }

func (f *fields) next() driver.Value {
	v := f.values[f.at]
	f.at++
	return v
}

func (f *fields) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("column %d: %s: %w", f.at, fmt.Sprintf(format, args...), ErrDamaged)
	}
}

func (f *fields) text() string {
	switch v := f.next().(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		f.fail("%T is no text", v)
		return ""
	}
}

func (f *fields) number() int64 {
	switch v := f.next().(type) {
	case nil:
		return 0
	case int64:
		return v
	default:
		f.fail("%T is no number", v)
		return 0
	}
}

func (f *fields) blob() []byte {
	switch v := f.next().(type) {
	case []byte:
		return bytes.Clone(v)
	case nil:
		return nil
	default:
		f.fail("%T is no blob", v)
		return nil
	}
}

func (f *fields) flag() bool { return f.number() != 0 }

func (f *fields) tri() authz.Tri {
	switch v := f.next().(type) {
	case nil:
		return authz.Unknown
	case int64:
		return authz.TriOf(v != 0)
	default:
		f.fail("%T is neither yes nor no", v)
		return authz.Unknown
	}
}

func (f *fields) time() time.Time {
	s := f.text()
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		f.fail("%q is no time", s)
	}
	return t
}

func (f *fields) list() []string {
	var list []string
	f.json(&list)
	return list
}

func (f *fields) json(to any) {
	s := f.text()
	if s == "" {
		return
	}
	if err := json.Unmarshal([]byte(s), to); err != nil {
		f.fail("%v", err)
	}
}

// A ladder makes sure that rows come in strictly ascending order. The pages of a
// damaged file can lead in circles, and a scan of them would never end.
type ladder struct {
	last  [3]int64
	usage usageKey
	used  bool
}

func (l *ladder) step(f *fields, at ...int64) {
	var next [3]int64
	copy(next[:], at)
	if l.used && slices.Compare(next[:], l.last[:]) <= 0 {
		f.fail("rows are out of order")
	}
	l.last, l.used = next, true
}

// stepUsage is step for lines of usage, whose keys are more than numbers.
func (l *ladder) stepUsage(f *fields, next usageKey) {
	if l.used && next.compare(l.usage) <= 0 {
		f.fail("rows are out of order")
	}
	l.usage, l.used = next, true
}

// number32 reads the number of a key.
func (f *fields) number32() authz.Ref {
	n := f.number()
	if n < 1 || n >= int64(len(f.keys)) {
		f.fail("no key has the number %d", n)
		return 0
	}
	return authz.Ref(n)
}

// key reads the key of a record, which must be of one of the kinds.
func (f *fields) key(kinds ...authz.Kind) authz.Key {
	k := f.keys[f.number32()]
	if len(kinds) > 0 && !slices.Contains(kinds, k.Kind) {
		f.fail("a key of kind %v", k.Kind)
	}
	return k
}

// id reads an id that a record mentions; NULL is none.
func (f *fields) id() string {
	if f.values[f.at] == nil {
		f.at++
		return ""
	}
	return f.keys[f.number32()].ID
}
