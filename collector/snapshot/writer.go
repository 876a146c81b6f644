package snapshot

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Writer writes one snapshot file. It is used by one goroutine at a time. Its
// first error is final: every later call returns it.
type Writer struct {
	path, partial string
	o             CreateOptions
	started       time.Time
	ctx           context.Context // of the file, not of a call
	db            *sql.DB
	conn          *sql.Conn

	refs     *refs
	row      row
	enc      encoder
	batches  map[string]*batch
	raw      *rawTexts
	records  []leafRow
	leaves   map[authz.Ref]int // index in records
	usage    []usageLeaf
	usages   map[usageKey]int // index in usage
	members  *members
	grants   *grants
	coverage []authz.Coverage
	told     map[retold]int64

	err   error
	ended bool
}

// retold names what was told more than once with different values.
type retold struct {
	list authz.List
	key  authz.Key
	line string // of several records under one key, which
}

var errEnded = errors.New("the snapshot is already sealed or discarded")

// Put keeps a record, and the JSON it came from without fields that carry
// secrets.
//
// A record may be told again. The same grant is one grant, with the earliest
// date and every source; the same list of members is the union. Any other record is
// kept as it was told last, and if that differs the ledger says so.
func (w *Writer) Put(rec authz.Record, raw json.RawMessage) error {
	if w.ended {
		return fmt.Errorf("writing snapshot %s: %w", w.path, errEnded)
	}
	if w.err != nil {
		return w.err
	}
	if err := w.put(rec, raw); err != nil {
		w.err = fmt.Errorf("writing snapshot %s: record %s: %w", w.path, nameOf(rec), err)
	}
	return w.err
}

// nameOf names a record in an error.
func nameOf(rec authz.Record) string {
	if rec == nil {
		return "nil"
	}
	k := rec.Key()
	return fmt.Sprintf("%v %q", k.Kind, k.ID)
}

func (w *Writer) put(rec authz.Record, raw json.RawMessage) error {
	switch v := rec.(type) {
	case authz.Grant:
		return w.putGrant(v, raw)
	case authz.MemberList:
		return w.putMembers(v, raw)
	case authz.Usage:
		return w.putUsage(v, raw)
	case authz.Organization:
		return putRecord(w, organizations, v, raw)
	case authz.Division:
		return putRecord(w, divisions, v, raw)
	case authz.Permission:
		return putRecord(w, permissions, v, raw)
	case authz.Role:
		return w.putRole(v, raw)
	case authz.User:
		return putRecord(w, users, v, raw)
	case authz.Group:
		return putRecord(w, groups, v, raw)
	case authz.Team:
		return putRecord(w, teams, v, raw)
	case authz.Client:
		return putRecord(w, clients, v, raw)
	case authz.Resource:
		return putRecord(w, resources, v, raw)
	case authz.View:
		return putRecord(w, views, v, raw)
	case authz.Trust:
		return putRecord(w, trusts, v, raw)
	case authz.AccessPolicy:
		return putRecord(w, accessPolicies, v, raw)
	case authz.Other:
		return putRecord(w, others, v, raw)
	default:
		return fmt.Errorf("unknown type %T", rec)
	}
}

// putRecord keeps a record that is one row of one table.
func putRecord[T authz.Record](w *Writer, in func() table[T], v T, raw json.RawMessage) error {
	_, _, err := keepRecord(w, in(), normal(v).(T), raw)
	return err
}

// keepRecord keeps a normalized record and returns its number, and whether it was told before.
func keepRecord[T authz.Record](w *Writer, t table[T], v T, raw json.RawMessage) (authz.Ref, telling, error) {
	k := v.Key()
	if !slices.Contains(t.kinds, k.Kind) {
		return 0, 0, fmt.Errorf("%v is no kind of %s", k.Kind, t.name)
	}
	ref, is, err := w.note(v)
	if err != nil || is == toldSame {
		return ref, is, err
	}
	n, err := w.keepRaw(k, raw, w.o.Minimal && isPersonal(v))
	if err != nil {
		return ref, is, err
	}
	w.row.reset(ref)
	t.write(&w.row, v)
	w.row.raw(n)
	return ref, is, w.add(t.name, t.width())
}

// isPersonal reports whether the JSON of a record speaks of people beyond what
// the model has of them.
func isPersonal(rec authz.Record) bool {
	switch v := rec.(type) {
	case authz.User, authz.MemberList:
		return true
	case authz.Other:
		return v.List == authz.ListAudits
	default:
		return false
	}
}

// What [Writer.note] finds out about a record.
type telling int

const (
	toldFirst telling = iota
	toldSame
	toldOther // with other values
)

// note numbers a normalized record and keeps its leaf.
func (w *Writer) note(rec authz.Record) (authz.Ref, telling, error) {
	w.enc.reset()
	w.enc.record(rec)
	if w.enc.err != nil {
		return 0, 0, w.enc.err
	}
	k := rec.Key()
	ref, err := w.refs.of(k)
	if err != nil {
		return 0, 0, err
	}
	h := w.enc.hash()
	i, again := w.leaves[ref]
	switch {
	case !again:
		w.leaves[ref] = len(w.records)
		w.records = append(w.records, leafRow{ref, h})
		return ref, toldFirst, nil
	case w.records[i].hash == h:
		return ref, toldSame, nil
	default:
		w.records[i].hash = h
		w.told[retold{list: listOf(rec), key: k}]++
		return ref, toldOther, nil
	}
}

func (w *Writer) putRole(v authz.Role, raw json.RawMessage) error {
	v = normal(v).(authz.Role)
	ref, is, err := keepRecord(w, roles(), v, raw)
	if err != nil || is == toldSame {
		return err
	}
	if is == toldOther {
		if err := w.forgetPolicies(ref); err != nil {
			return err
		}
	}
	for i, p := range v.Policies {
		w.row.reset(ref)
		w.row.number(int64(i + 1))
		w.row.text(p.Domain, p.Entity, p.Action, p.Guide, p.Scope)
		w.row.list(p.ScopeGroups)
		w.row.list(p.ScopeTeams)
		w.row.list(p.ScopeViews)
		w.row.optional(w.enc.condition(p.Condition))
		w.mentionScope(v.Org, p)
		if err := w.add("policy", 11); err != nil {
			return err
		}
	}
	return nil
}

// forgetPolicies drops the lines of a role that was told before.
func (w *Writer) forgetPolicies(ref authz.Ref) error {
	if b := w.batches["policy"]; b != nil {
		if err := b.flush(w.ctx); err != nil {
			return err
		}
	}
	_, err := w.conn.ExecContext(w.ctx, "DELETE FROM policy WHERE role = ?", int64(ref))
	return err
}

// mentionScope gives the ids that a policy names rows in ref.
func (w *Writer) mentionScope(org string, p authz.Policy) {
	w.row.mention(org, authz.KindGroup, p.ScopeGroups...)
	w.row.mention(org, authz.KindTeam, p.ScopeTeams...)
	w.row.mention(org, authz.KindView, p.ScopeViews...)
	if p.Condition != nil {
		w.mentionOperands(org, *p.Condition)
	}
}

func (w *Writer) mentionOperands(org string, c authz.Condition) {
	for _, o := range c.Operands {
		w.row.mentionID(org, authz.KindQueue, o.Queue)
		w.row.mentionID(org, authz.KindUser, o.User)
		w.row.mentionID(org, authz.KindTeam, o.Team)
	}
	for _, t := range c.Terms {
		w.mentionOperands(org, t)
	}
}

func (w *Writer) putGrant(v authz.Grant, raw json.RawMessage) error {
	w.enc.reset()
	w.enc.texts(v.MadeBy, v.Source) // the ids are checked when they are numbered
	w.enc.checkYear(v.MadeAt)
	if w.enc.err != nil {
		return w.enc.err
	}
	var g grant
	var err error
	if g.subject, err = w.refs.of(v.Subject); err != nil {
		return err
	}
	if g.role, err = w.refs.of(authz.Key{Org: v.Org, Kind: authz.KindRole, ID: v.Role}); err != nil {
		return err
	}
	if g.division, err = w.refs.of(authz.Key{Org: v.Org, Kind: authz.KindDivision, ID: v.Division}); err != nil {
		return err
	}
	if g.source, err = w.grants.source(v.Source); err != nil {
		return err
	}
	if !v.MadeAt.IsZero() {
		g.at = v.MadeAt.UnixMilli()
	}
	g.madeBy = w.grants.maker(v.MadeBy)
	if len(raw) > 0 {
		n, err := w.keepRaw(v.Key(), raw, false)
		if err != nil {
			return err
		}
		g.raw = uint32(n)
	}
	w.grants.rows = append(w.grants.rows, g)
	return nil
}

func (w *Writer) putMembers(v authz.MemberList, raw json.RawMessage) error {
	container, err := w.refs.of(v.Container)
	if err != nil {
		return err
	}
	n, err := w.keepRaw(v.Container, raw, w.o.Minimal)
	if err != nil {
		return err
	}
	w.members.list(container, v.Partial, n)
	for _, m := range v.Members {
		ref, err := w.refs.of(m)
		if err != nil {
			return err
		}
		w.members.rows = append(w.members.rows, authz.MemberRow{Container: container, Member: ref})
	}
	return nil
}

func (w *Writer) putUsage(v authz.Usage, raw json.RawMessage) error {
	w.enc.reset()
	w.enc.usage(v)
	if w.enc.err != nil {
		return w.enc.err
	}
	ref, err := w.refs.of(v.Key())
	if err != nil {
		return err
	}
	k := usageKey{ref, v.Template, v.Method, timeText(v.Date)}
	h := w.enc.hash()
	i, again := w.usages[k]
	switch {
	case !again:
		w.usages[k] = len(w.usage)
		w.usage = append(w.usage, usageLeaf{k, h})
	case w.usage[i].hash == h:
		return nil
	default:
		w.usage[i].hash = h
		w.told[retold{authz.ListClientUsage, v.Key(), fmt.Sprintf("%q %q %s", k.method, k.template, k.date)}]++
	}
	n, err := w.keepRaw(v.Key(), raw, false)
	if err != nil {
		return err
	}
	w.row.reset(ref)
	w.row.text(k.template, k.method, k.date)
	w.row.number(v.Requests)
	w.row.raw(n)
	return w.add("usage", 6)
}

// keepRaw keeps the JSON of a record, and writes blocks as they fill.
func (w *Writer) keepRaw(k authz.Key, raw json.RawMessage, drop bool) (int64, error) {
	if drop {
		return 0, nil
	}
	n, full, err := w.raw.add(k, raw)
	if err != nil || !full {
		return n, err
	}
	return n, w.raw.turn(w.writeBlock)
}

func (w *Writer) writeBlock(b rawBlock) error {
	return w.insert("raw_block", b.first, b.texts, b.data)
}

// insert writes one row at once.
func (w *Writer) insert(table string, values ...any) error {
	_, err := w.conn.ExecContext(w.ctx, insertSQL(table, len(values), 1), values...)
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	return nil
}

// add hands the row over to the table.
func (w *Writer) add(table string, columns int) error {
	if w.row.err != nil {
		return w.row.err
	}
	return w.addRow(table, columns, w.row.values...)
}

func (w *Writer) addRow(table string, columns int, values ...any) error {
	b, ok := w.batches[table]
	if !ok {
		var err error
		if b, err = newBatch(w.ctx, w.conn, table, columns); err != nil {
			return err
		}
		w.batches[table] = b
	}
	return b.add(w.ctx, values...)
}

// Cover keeps a line of the ledger.
func (w *Writer) Cover(line authz.Coverage) error {
	if w.ended {
		return fmt.Errorf("writing snapshot %s: %w", w.path, errEnded)
	}
	if w.err != nil {
		return w.err
	}
	line.Expected = max(line.Expected, -1) // any number below zero is unknown
	w.enc.reset()
	w.enc.coverage(line)
	w.enc.checkYear(line.Started)
	w.enc.checkYear(line.Ended)
	if w.enc.err != nil {
		w.err = fmt.Errorf("writing snapshot %s: line of the ledger about %q: %w", w.path, line.Source, w.enc.err)
		return w.err
	}
	w.coverage = append(w.coverage, line)
	return nil
}

// Discard ends the Writer and removes the partial file. After [Writer.Seal] it
// does nothing, so that it can be deferred.
func (w *Writer) Discard() error {
	if w.ended {
		return nil
	}
	w.ended = true
	w.raw.stop()
	err := errors.Join(w.closeDB(), removeFile(w.partial))
	if err != nil {
		return fmt.Errorf("discarding snapshot %s: %w", w.path, err)
	}
	return nil
}
