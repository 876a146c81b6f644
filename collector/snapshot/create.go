package snapshot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/grantgraph/grantgraph/graph/authz"
)

// partialSuffix marks a file that is being written.
const partialSuffix = ".partial"

// CreateOptions say how a snapshot is written, and what it says of itself. The
// zero value is useful.
type CreateOptions struct {
	// Force replaces a file of that name, and a partial one.
	Force bool
	// Restart replaces a partial file only: the caller knows that the run which
	// left it has ended.
	Restart bool
	// Tool is the program and its version, Binary its digest.
	Tool, Binary string
	// Command is the command line, Source what was read, Credential whose
	// rights it was read with. None of them may hold a secret.
	Command, Source, Credential string
	// Now is the clock; nil is the time of day. The snapshot is taken when it
	// is sealed.
	Now func() time.Time
	// Minimal keeps no JSON of people, so that nothing is kept of them that the
	// model does not use.
	Minimal bool
}

// Create begins a snapshot. It is written beside path, as path.partial, and gets
// its name from [Writer.Seal]. It returns an error that wraps [ErrExists] or
// [ErrPartial] where one of the two is there and o.Force is not set.
//
// The Writer must be ended by [Writer.Seal] or [Writer.Discard].
func Create(path string, o CreateOptions) (*Writer, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	partial := path + partialSuffix
	if err := reserve(path, partial, o); err != nil {
		return nil, fmt.Errorf("creating snapshot %s: %w", path, err)
	}
	w, err := newWriter(path, partial, o)
	if err != nil {
		return nil, fmt.Errorf("creating snapshot %s: %w", path, errors.Join(err, os.Remove(partial)))
	}
	return w, nil
}

// reserve makes an empty partial file that nobody else may read.
func reserve(path, partial string, o CreateOptions) error {
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return errors.New("it is a folder")
	case err == nil && !o.Force:
		return fmt.Errorf("%w: choose another name, or --force to replace it", ErrExists)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if o.Force || o.Restart {
		if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s is left from a run that did not end, or another is writing it now: "+
			"remove it, or --force to replace it", ErrPartial, partial)
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func newWriter(path, partial string, o CreateOptions) (*Writer, error) {
	ctx := context.Background()
	db, conn, err := openForWriting(ctx, partial)
	if err != nil {
		return nil, err
	}
	w := &Writer{
		path: path, partial: partial, o: o, started: o.Now(), ctx: ctx, db: db, conn: conn,
		refs: newRefs(), grants: newGrants(), members: newMembers(), batches: map[string]*batch{},
		leaves: map[authz.Ref]int{}, usages: map[usageKey]int{}, told: map[retold]int64{},
	}
	w.row.refs = w.refs
	if w.raw, err = newRawTexts(); err != nil {
		return nil, errors.Join(err, w.closeDB())
	}
	return w, nil
}

// openForWriting opens the partial file with its schema, in one transaction
// that ends when it is sealed. It keeps no journal: a partial file is never
// used again, so there is nothing to roll back to.
func openForWriting(ctx context.Context, partial string) (*sql.DB, *sql.Conn, error) {
	name, err := dsn(partial, url.Values{"mode": {"rw"}})
	if err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	statements := []string{
		"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE",
		"PRAGMA cache_size = -65536", "PRAGMA temp_store = MEMORY",
		fmt.Sprintf("PRAGMA application_id = %d", applicationID), fmt.Sprintf("PRAGMA user_version = %d", formatVersion),
		"BEGIN",
	}
	for _, s := range schemaStatements() {
		if !isIndex(s) {
			statements = append(statements, s)
		}
	}
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("schema: %w", err), conn.Close(), db.Close())
		}
	}
	return db, conn, nil
}
