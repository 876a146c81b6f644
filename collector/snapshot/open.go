package snapshot

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Reader reads a sealed snapshot. It is safe for use by several goroutines,
// changes nothing, and writes nothing beside the file. Sequences that it
// returns read from the file while they are ranged over.
type Reader struct {
	path string
	db   *sql.DB
	ctx  context.Context // of everything that is read; see Verify
	info authz.Info
	meta []MetaEntry
	seal storedSeal

	ledger  []authz.Coverage
	keyList atomic.Pointer[[]authz.Key]
	keysErr error
	once    sync.Once
	conns   sync.Map // of the driver: those that read this file
}

// A storedSeal is the row of the table seal.
type storedSeal struct{ content, coverage, meta, seal string }

// Open opens a sealed snapshot. The error wraps [ErrNotSnapshot], [ErrNewer],
// [ErrPartial] or [ErrDamaged] where the file is one of these. It checks that
// the seal fits the digests, the ledger and the meta data; whether the records fit
// the digests is for [Verify] to say.
func Open(path string) (*Reader, error) {
	r, err := openUnchecked(context.Background(), path)
	if err != nil {
		return nil, fmt.Errorf("opening snapshot %s: %w", path, err)
	}
	for _, p := range r.headParts() {
		if !p.OK {
			err := fmt.Errorf("%w: its %s was changed after it was sealed: use a copy, or take a new snapshot", ErrDamaged, p.Name)
			return nil, fmt.Errorf("opening snapshot %s: %w", path, errors.Join(err, r.Close()))
		}
	}
	return r, nil
}

// openUnchecked opens a file that has the form of a sealed snapshot.
func openUnchecked(ctx context.Context, path string) (*Reader, error) {
	if err := checkHeader(path); err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, partialSuffix) {
		return nil, errUnsealed
	}
	name, err := dsn(path, url.Values{
		"mode": {"ro"}, "immutable": {"1"},
		"_pragma": {"trusted_schema(0)", "cell_size_check(1)", "query_only(1)", "cache_size(-16384)"},
	})
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path, db: db, ctx: ctx}
	if err := r.load(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return r, nil
}

// load reads what a snapshot says of itself.
func (r *Reader) load() error {
	if err := r.checkSchema(); err != nil {
		return err
	}
	if err := r.loadSeal(); err != nil {
		return err
	}
	for f, err := range r.rows("SELECT name, value FROM meta ORDER BY name") {
		if err != nil {
			return err
		}
		m := MetaEntry{f.text(), f.text()}
		if n := len(r.meta); f.err != nil || n > 0 && r.meta[n-1].Name >= m.Name {
			return fmt.Errorf("%w: meta is out of order", ErrDamaged)
		}
		r.meta = append(r.meta, m)
	}
	var order ladder
	for f, err := range r.rows("SELECT line, org, list, source, status, expected, received, pages, started, ended, reason, " +
		"missing_permission FROM coverage ORDER BY line") {
		if err != nil {
			return err
		}
		order.step(f, f.number())
		r.ledger = append(r.ledger, coverageOf(f))
		if f.err != nil {
			return fmt.Errorf("coverage: %w", f.err)
		}
	}
	var s seal
	for _, part := range []struct {
		to   *Hash
		text string
	}{{&s.content, r.seal.content}, {&s.coverage, r.seal.coverage}, {&s.meta, r.seal.meta}} {
		b, err := hex.DecodeString(part.text)
		if err != nil || len(b) != len(part.to) {
			return fmt.Errorf("%w: %q is no digest", ErrDamaged, part.text)
		}
		copy(part.to[:], b)
	}
	info, err := infoOf(r.meta, r.ledger, s)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r.info = info
	return nil
}

func coverageOf(f *fields) authz.Coverage {
	c := authz.Coverage{Org: f.text(), List: authz.List(f.text()), Source: f.text(), Status: authz.Status(f.text()), Expected: -1}
	if f.values[f.at] != nil {
		c.Expected = f.number()
	} else {
		f.at++
	}
	c.Received, c.Pages, c.Started, c.Ended = f.number(), f.number(), f.time(), f.time()
	c.Reason, c.MissingPermission = f.text(), f.text()
	return c
}

func (r *Reader) loadSeal() error {
	rows := 0
	for f, err := range r.rows("SELECT digest, coverage_digest, meta_digest, seal FROM seal ORDER BY one") {
		if err != nil {
			return err
		}
		rows++
		r.seal = storedSeal{f.text(), f.text(), f.text(), f.text()}
	}
	if rows != 1 {
		return errUnsealed
	}
	return nil
}

var errUnsealed = fmt.Errorf("%w: the run that wrote it did not end: remove it and collect again", ErrPartial)

// checkSchema makes sure that every table is the one that this package wrote,
// so that no query runs into something else under its name.
func (r *Reader) checkSchema() error {
	have := map[string]bool{}
	for f, err := range r.rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid") {
		if err != nil {
			return err
		}
		have[f.text()] = true
	}
	missing := 0
	for _, s := range schemaStatements() {
		if isIndex(s) || have[s] {
			continue
		}
		missing++
	}
	switch {
	case len(have) == 0:
		return errUnsealed
	case missing > 0:
		return fmt.Errorf("%w: %d of its tables are not those of format %d: use a copy, or take a new snapshot",
			ErrDamaged, missing, formatVersion)
	}
	return nil
}

// The places in the first page of an SQLite file.
const (
	headerSize    = 100
	atPageSize    = 16
	atPages       = 28
	atUserVersion = 60
	atApplication = 68
)

// sqliteMagic begins every SQLite file.
const sqliteMagic = "SQLite format 3\x00"

// checkHeader decides by the first bytes whose file it is and whether it is all
// there, before SQLite sees it.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%w: it is a folder", ErrNotSnapshot)
	}
	head := make([]byte, headerSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return checkHead(head[:n], info.Size(), strings.HasSuffix(path, partialSuffix))
}

func checkHead(head []byte, size int64, partial bool) error {
	if size == 0 && partial {
		return errUnsealed
	}
	if len(head) < headerSize {
		return fmt.Errorf("%w: it has %d bytes: make one with grantgraph collect", ErrNotSnapshot, size)
	}
	if !bytes.HasPrefix(head, []byte(sqliteMagic)) {
		return fmt.Errorf("%w: it is no SQLite file: make one with grantgraph collect", ErrNotSnapshot)
	}
	if app := binary.BigEndian.Uint32(head[atApplication:]); app != applicationID {
		return fmt.Errorf("%w: its application_id is %#x, want %#x: it belongs to another program", ErrNotSnapshot, app, applicationID)
	}
	switch version := binary.BigEndian.Uint32(head[atUserVersion:]); {
	case version > formatVersion:
		return fmt.Errorf("%w: format %d, this version reads up to %d: use a newer grantgraph", ErrNewer, version, formatVersion)
	case version == 0:
		return fmt.Errorf("%w: it has no format version", ErrDamaged)
	}
	if partial {
		return nil
	}
	pageSize := int64(binary.BigEndian.Uint16(head[atPageSize:]))
	if pageSize == 1 {
		pageSize = 1 << 16
	}
	if want := pageSize * int64(binary.BigEndian.Uint32(head[atPages:])); want != size {
		return fmt.Errorf("%w: it has %d bytes and says that it has %d: it was cut off or changed: use a copy, or take a new snapshot",
			ErrDamaged, size, want)
	}
	return nil
}

// Close ends the Reader.
func (r *Reader) Close() error { return r.db.Close() }

// Info returns what the snapshot says of itself.
func (r *Reader) Info() authz.Info { return r.info }

// Meta returns how the snapshot came to be, by name.
func (r *Reader) Meta() ([]MetaEntry, error) { return append([]MetaEntry(nil), r.meta...), nil }

func parseList(s string) ([]string, error) {
	var list []string
	err := json.Unmarshal([]byte(s), &list)
	return list, err
}
