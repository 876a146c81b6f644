package snapshot

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// rows runs a query and yields its rows, all in one [fields] that is used again
// for each. It reads from the driver itself, since scanning costs more than SQLite.
func (r *Reader) rows(query string, args ...any) iter.Seq2[*fields, error] {
	return func(yield func(*fields, error) bool) {
		stopped := false
		err := r.eachRow(query, args, func(f *fields) bool {
			stopped = !yield(f, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(nil, r.readError(err))
		}
	}
}

// readError tells what failed. Nobody changes a sealed file, so that what
// cannot be read is damaged.
func (r *Reader) readError(err error) error {
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrReplaced) {
		return err
	}
	return fmt.Errorf("%w: %w: use a copy, or take a new snapshot", ErrDamaged, err)
}

func (r *Reader) eachRow(query string, args []any, yield func(*fields) bool) error {
	conn, err := r.db.Conn(r.ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return conn.Raw(func(c any) error {
		q, ok := c.(driver.QueryerContext)
		if !ok {
			return errors.New("the driver cannot query")
		}
		if err := r.sameFile(c, q); err != nil {
			return err
		}
		rows, err := q.QueryContext(r.ctx, query, named)
		if err != nil {
			return err
		}
		return errors.Join(r.drain(rows, yield), rows.Close())
	})
}

// sameFile makes sure that a connection reads the file that was opened. SQLite
// opens it by name, once for each connection, and somebody may have put another
// snapshot in its place meanwhile.
func (r *Reader) sameFile(c any, q driver.QueryerContext) error {
	if r.seal.seal == "" { // nothing was read yet
		return nil
	}
	if _, known := r.conns.Load(c); known {
		return nil
	}
	rows, err := q.QueryContext(r.ctx, "SELECT seal FROM seal", nil)
	if err != nil {
		return err
	}
	values := make([]driver.Value, 1)
	if err := errors.Join(rows.Next(values), rows.Close()); err != nil {
		return err
	}
	if values[0] != r.seal.seal {
		return ErrReplaced
	}
	r.conns.Store(c, true)
	return nil
}

func (r *Reader) drain(rows driver.Rows, yield func(*fields) bool) error {
	f := &fields{keys: r.keys(), values: make([]driver.Value, len(rows.Columns()))}
	for {
		switch err := rows.Next(f.values); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if f.reset(); !yield(f) {
			return nil
		}
	}
}

// Keys returns every key that has a record or is mentioned by one, by
// [authz.Ref], which is the key's number in the table ref; the one at 0 is empty.
func (r *Reader) Keys() ([]authz.Key, error) {
	if err := r.loadKeys(); err != nil {
		return nil, err
	}
	return slices.Clone(r.keys()), nil
}

// UseKeys gives the Reader the keys that [Reader.Keys] would return, so that it
// need not read them; nil takes them away again. They must be those of this
// file, and it must not be called while records are read.
func (r *Reader) UseKeys(keys []authz.Key) {
	r.once, r.keysErr = sync.Once{}, nil
	r.keyList.Store(nil)
	if keys != nil {
		r.once.Do(func() { r.keyList.Store(&keys) })
	}
}

func (r *Reader) loadKeys() error {
	r.once.Do(func() {
		keys, err := r.readKeys()
		if r.keysErr = err; err == nil {
			r.keyList.Store(&keys)
		}
	})
	if r.keysErr != nil {
		return fmt.Errorf("snapshot %s: keys: %w", r.path, r.keysErr)
	}
	return nil
}

// keys returns the keys once they are loaded.
func (r *Reader) keys() []authz.Key {
	if list := r.keyList.Load(); list != nil {
		return *list
	}
	return nil
}

func (r *Reader) readKeys() ([]authz.Key, error) {
	keys := make([]authz.Key, 1)
	kinds := map[string]authz.Kind{}
	orgs := map[string]string{}
	for f, err := range r.rows("SELECT ref, kind, org, id FROM ref ORDER BY ref") {
		if err != nil {
			return nil, err
		}
		n, kind, org := f.number(), f.text(), f.text()
		k := authz.Key{Org: org, ID: f.text()}
		if f.err != nil {
			return nil, f.err
		}
		if n != int64(len(keys)) {
			return nil, fmt.Errorf("%w: after key %d comes %d", ErrDamaged, len(keys)-1, n)
		}
		var ok bool
		if k.Kind, ok = kinds[kind]; !ok {
			if k.Kind, err = authz.ParseKind(kind); err != nil {
				return nil, fmt.Errorf("%w: key %d: %w", ErrDamaged, n, err)
			}
			kinds[kind] = k.Kind
		}
		if k.Org, ok = orgs[org]; !ok {
			orgs[org], k.Org = org, org
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// A numbered is a record with the number of its key.
type numbered[T any] struct {
	ref    authz.Ref
	record T
}

// numberedRows yields the records of a table.
func numberedRows[T authz.Record](r *Reader, t table[T]) iter.Seq2[numbered[T], error] {
	return func(yield func(numbered[T], error) bool) {
		var none numbered[T]
		if err := r.loadKeys(); err != nil {
			yield(none, err)
			return
		}
		var order ladder
		for f, err := range r.rows(t.query()) {
			if err != nil {
				yield(none, r.wrap(t.name, err))
				return
			}
			k := f.key(t.kinds...)
			f.at = 0
			n := numbered[T]{ref: f.number32(), record: t.read(k, f)}
			order.step(f, int64(n.ref))
			if f.err != nil {
				yield(none, r.wrap(fmt.Sprintf("%s, row %d", t.name, n.ref), f.err))
				return
			}
			if !yield(n, nil) {
				return
			}
		}
	}
}

func (r *Reader) wrap(place string, err error) error {
	return fmt.Errorf("reading snapshot %s: table %s: %w", r.path, place, err)
}

// records drops the numbers.
func records[T any](in iter.Seq2[numbered[T], error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for n, err := range in {
			if !yield(n.record, err) {
				return
			}
		}
	}
}

// Organizations yields the organizations. This and the other sequences of
// records come in the order of keys' numbers.
func (r *Reader) Organizations() iter.Seq2[authz.Organization, error] {
	return records(numberedRows(r, organizations()))
}

// Divisions yields the divisions.
func (r *Reader) Divisions() iter.Seq2[authz.Division, error] {
	return records(numberedRows(r, divisions()))
}

// Permissions yields the catalogue.
func (r *Reader) Permissions() iter.Seq2[authz.Permission, error] {
	return records(numberedRows(r, permissions()))
}

// Roles yields the roles with their lines.
func (r *Reader) Roles() iter.Seq2[authz.Role, error] { return records(r.numberedRoles()) }

// Users yields the users, those of trustees too.
func (r *Reader) Users() iter.Seq2[authz.User, error] { return records(numberedRows(r, users())) }

// Groups yields the groups, those of trustees too.
func (r *Reader) Groups() iter.Seq2[authz.Group, error] { return records(numberedRows(r, groups())) }

// Teams yields the teams.
func (r *Reader) Teams() iter.Seq2[authz.Team, error] { return records(numberedRows(r, teams())) }

// Clients yields the OAuth clients.
func (r *Reader) Clients() iter.Seq2[authz.Client, error] { return records(numberedRows(r, clients())) }

// Resources yields queues, flows and other objects with a division.
func (r *Reader) Resources() iter.Seq2[authz.Resource, error] {
	return records(numberedRows(r, resources()))
}

// Views yields the views.
func (r *Reader) Views() iter.Seq2[authz.View, error] { return records(numberedRows(r, views())) }

// Trusts yields the trusts.
func (r *Reader) Trusts() iter.Seq2[authz.Trust, error] { return records(numberedRows(r, trusts())) }

// AccessPolicies yields the access policies.
func (r *Reader) AccessPolicies() iter.Seq2[authz.AccessPolicy, error] {
	return records(numberedRows(r, accessPolicies()))
}

// Others yields the records that the model keeps and does not interpret.
func (r *Reader) Others() iter.Seq2[authz.Other, error] { return records(numberedRows(r, others())) }

// Coverage yields the ledger, in the order in which it was written.
func (r *Reader) Coverage() iter.Seq2[authz.Coverage, error] {
	return func(yield func(authz.Coverage, error) bool) {
		for _, c := range r.ledger {
			if !yield(c, nil) {
				return
			}
		}
	}
}
