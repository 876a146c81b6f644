package main

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// A sqlitePeer is a database with an index for each way in, asked by recursive
// queries. Principals and groups are subjects, numbered one after another.
type sqlitePeer struct {
	o                 *organization
	dir               string
	db                *sql.DB
	check, who, where *sql.Stmt
}

const sqliteSchema = `
CREATE TABLE member(container INTEGER, member INTEGER, PRIMARY KEY(container, member)) WITHOUT ROWID;
CREATE TABLE assigned(subject INTEGER, role INTEGER, division INTEGER, PRIMARY KEY(subject, role, division)) WITHOUT ROWID;
CREATE TABLE gives(permission INTEGER, role INTEGER, wide INTEGER, PRIMARY KEY(permission, role)) WITHOUT ROWID;`

// The indexes are made when the rows are in.
const sqliteIndexes = `
CREATE INDEX member_of ON member(member, container);
CREATE INDEX assigned_role ON assigned(role, division, subject);
ANALYZE;`

const sqliteActs = `WITH RECURSIVE acts(subject) AS (
	VALUES (?1) UNION SELECT container FROM member JOIN acts ON member.member = acts.subject) `

const sqliteCheck = sqliteActs + `SELECT EXISTS(SELECT 1 FROM acts
	CROSS JOIN assigned USING (subject) CROSS JOIN gives ON gives.permission = ?2 AND gives.role = assigned.role
	WHERE gives.wide OR assigned.division IN (?3, -1))`

const sqliteWhere = sqliteActs + `SELECT DISTINCT iif(gives.wide, -1, assigned.division) FROM acts
	CROSS JOIN assigned USING (subject) CROSS JOIN gives ON gives.permission = ?2 AND gives.role = assigned.role`

const sqliteWho = `WITH RECURSIVE holders(subject) AS (
	SELECT assigned.subject FROM gives JOIN assigned ON assigned.role = gives.role AND assigned.division IN (?2, -1) WHERE gives.permission = ?1
	UNION SELECT assigned.subject FROM gives JOIN assigned ON assigned.role = gives.role WHERE gives.permission = ?1 AND gives.wide
	UNION SELECT member.member FROM holders JOIN member ON member.container = holders.subject)
	SELECT subject FROM holders WHERE subject < ?3`

func (p *sqlitePeer) Load(ctx context.Context, o *organization) error {
	p.o = o
	var err error
	if p.dir, err = os.MkdirTemp("", "peers"); err != nil {
		return err
	}
	if p.db, err = sql.Open("sqlite", filepath.Join(p.dir, "peers.db")+"?_pragma=cache_size(-1048576)&_pragma=synchronous(off)"); err != nil {
		return err
	}
	p.db.SetMaxOpenConns(1)
	if _, err = p.db.ExecContext(ctx, sqliteSchema); err != nil {
		return err
	}
	if err := p.fill(ctx, o); err != nil {
		return err
	}
	if _, err = p.db.ExecContext(ctx, sqliteIndexes); err != nil {
		return err
	}
	for text, at := range map[string]**sql.Stmt{sqliteCheck: &p.check, sqliteWho: &p.who, sqliteWhere: &p.where} {
		if *at, err = p.db.PrepareContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// fill writes all rows in one transaction.
func (p *sqlitePeer) fill(ctx context.Context, o *organization) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	in := rows{ctx: ctx, tx: tx}
	in.begin("INSERT INTO member VALUES (?, ?)")
	for _, m := range o.members {
		in.add(len(o.principals)+m.group, o.number(m.member))
	}
	in.begin("INSERT INTO assigned VALUES (?, ?, ?)")
	for _, g := range o.grants {
		in.add(o.number(g.subject), g.role, g.division)
	}
	in.begin("INSERT INTO gives VALUES (?, ?, ?)")
	for i, r := range o.roles {
		for _, m := range r.within {
			in.add(m, i, 0)
		}
		for _, m := range r.wide {
			in.add(m, i, 1)
		}
	}
	if in.err != nil {
		return errors.Join(in.err, tx.Rollback())
	}
	return tx.Commit()
}

// rows inserts rows until the first error.
type rows struct {
	ctx  context.Context
	tx   *sql.Tx
	stmt *sql.Stmt
	err  error
}

func (r *rows) begin(text string) {
	if r.err == nil {
		r.stmt, r.err = r.tx.PrepareContext(r.ctx, text)
	}
}

func (r *rows) add(values ...any) {
	if r.err == nil {
		_, r.err = r.stmt.ExecContext(r.ctx, values...)
	}
}

func (p *sqlitePeer) Check(ctx context.Context, q question) (bool, error) {
	var yes bool
	err := p.check.QueryRowContext(ctx, q.principal, q.permission, q.division).Scan(&yes)
	return yes, err
}

func (p *sqlitePeer) Who(ctx context.Context, q question) ([]int, error) {
	return numbers(p.who.QueryContext(ctx, q.permission, q.division, len(p.o.principals)))
}

func (p *sqlitePeer) Where(ctx context.Context, q question) ([]int, error) {
	list, err := numbers(p.where.QueryContext(ctx, q.principal, q.permission))
	for _, d := range list {
		if d == everywhere {
			return p.o.allDivisions(), err
		}
	}
	return list, err
}

// allDivisions are the positions of all divisions.
func (o *organization) allDivisions() []int {
	list := make([]int, len(o.divisions))
	for i := range list {
		list[i] = i
	}
	return list
}

// numbers reads rows of one number.
func numbers(rows *sql.Rows, err error) ([]int, error) {
	if err != nil {
		return nil, err
	}
	var list []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		list = append(list, n)
	}
	return list, errors.Join(rows.Err(), rows.Close())
}

func (p *sqlitePeer) Close() error { return errors.Join(p.db.Close(), os.RemoveAll(p.dir)) }
