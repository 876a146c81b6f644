package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver
)

// plainImport decodes a bundle and loads its rows, and does nothing else that
// an import does: what an import is measured by. Grants are kept as numbers, as
// the snapshot does; of other entities the JSON is kept.
func plainImport(ctx context.Context, bundle, path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, text := range []string{
		"PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL",
		"CREATE TABLE entity(list TEXT, json TEXT)", "CREATE TABLE ref(id INTEGER PRIMARY KEY, text TEXT)",
		"CREATE TABLE grants(subject INTEGER, role INTEGER, division INTEGER, made TEXT)",
	} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	p := &plain{ctx: ctx, tx: tx, ids: map[string]int{}}
	if err := p.files(bundle); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

type plain struct {
	ctx    context.Context
	tx     *sql.Tx
	ids    map[string]int
	grants batch
	rows   batch
}

func (p *plain) files(bundle string) error {
	names, err := filepath.Glob(filepath.Join(bundle, "*.json"))
	if err != nil {
		return err
	}
	p.grants = batch{p: p, table: "grants", width: 4}
	p.rows = batch{p: p, table: "entity", width: 2}
	for _, name := range names {
		if err := p.file(name); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	refs := batch{p: p, table: "ref", width: 2}
	for id, n := range p.ids {
		if err := refs.add(n, id); err != nil {
			return err
		}
	}
	return errors.Join(p.grants.flush(), p.rows.flush(), refs.flush())
}

// file decodes one file: a list of entities, or one document.
func (p *plain) file(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	list := strings.TrimSuffix(filepath.Base(name), ".json")
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if t != json.Delim('[') {
			continue
		}
		for d.More() {
			if err := p.entity(list, d); err != nil {
				return err
			}
		}
	}
}

type plainGrant struct {
	SubjectID, SubjectType, GrantMadeAt string
	Role, Division                      struct{ ID string }
}

func (p *plain) entity(list string, d *json.Decoder) error {
	if list == "grants" {
		var g plainGrant
		if err := d.Decode(&g); err != nil {
			return err
		}
		return p.grants.add(p.ref(g.SubjectID), p.ref(g.Role.ID), p.ref(g.Division.ID), g.GrantMadeAt)
	}
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return err
	}
	var v any
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&v); err != nil {
		return err
	}
	return p.rows.add(list, string(raw))
}

func (p *plain) ref(id string) int {
	n, ok := p.ids[id]
	if !ok {
		n = len(p.ids) + 1
		p.ids[id] = n
	}
	return n
}

// A batch inserts fifty rows with one statement.
type batch struct {
	p      *plain
	table  string
	width  int
	values []any
	stmt   *sql.Stmt
}

const batchRows = 50

func (b *batch) add(values ...any) error {
	if b.values = append(b.values, values...); len(b.values) < b.width*batchRows {
		return nil
	}
	if b.stmt == nil {
		var err error
		if b.stmt, err = b.p.tx.PrepareContext(b.p.ctx, b.insert(batchRows)); err != nil {
			return err
		}
	}
	_, err := b.stmt.ExecContext(b.p.ctx, b.values...)
	b.values = b.values[:0]
	return err
}

func (b *batch) insert(rows int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", b.width), ",") + "),"
	return "INSERT INTO " + b.table + " VALUES " + strings.TrimSuffix(strings.Repeat(one, rows), ",")
}

// flush inserts the rows that are left.
func (b *batch) flush() error {
	if len(b.values) == 0 {
		return nil
	}
	_, err := b.p.tx.ExecContext(b.p.ctx, b.insert(len(b.values)/b.width), b.values...)
	return err
}
