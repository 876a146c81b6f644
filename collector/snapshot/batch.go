package snapshot

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// batchRows is how many rows one statement inserts: beyond about fifty it gets
// hardly faster.
const batchRows = 50

// A batch collects the rows of one table and inserts them together. A row with
// a key that is there already replaces that one.
type batch struct {
	conn    *sql.Conn
	table   string
	columns int
	many    *sql.Stmt
	args    []any
}

func newBatch(ctx context.Context, conn *sql.Conn, table string, columns int) (*batch, error) {
	many, err := conn.PrepareContext(ctx, insertSQL(table, columns, batchRows))
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	return &batch{conn: conn, table: table, columns: columns, many: many, args: make([]any, 0, columns*batchRows)}, nil
}

// insertSQL takes no name from outside: the tables are those of the schema.
func insertSQL(table string, columns, rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
	return "INSERT OR REPLACE INTO " + table + " VALUES " + strings.TrimSuffix(strings.Repeat(row+",", rows), ",")
}

// add appends a row.
func (b *batch) add(ctx context.Context, row ...any) error {
	b.args = append(b.args, row...)
	if len(b.args) < cap(b.args) {
		return nil
	}
	_, err := b.many.ExecContext(ctx, b.args...)
	b.args = b.args[:0]
	if err != nil {
		return fmt.Errorf("table %s: %w", b.table, err)
	}
	return nil
}

// flush inserts what is left.
func (b *batch) flush(ctx context.Context) error {
	if len(b.args) == 0 {
		return nil
	}
	_, err := b.conn.ExecContext(ctx, insertSQL(b.table, b.columns, len(b.args)/b.columns), b.args...)
	b.args = b.args[:0]
	if err != nil {
		return fmt.Errorf("table %s: %w", b.table, err)
	}
	return nil
}

func (b *batch) close() error { return b.many.Close() }
