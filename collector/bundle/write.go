package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Writer is a sink that writes what it is given as a bundle. The bytes depend
// only on the records and their order. Until Close nothing of it is in the
// folder but a folder of unfinished files.
//
// Grants, users, groups and lists of members go to disk as they come; of the
// few that belong together in a file (a client and its grants, the permissions
// of a domain, what trustees have, usage) the JSON is held until Close.
type Writer struct {
	dir, tmp string
	orgs     map[string]*orgWriter
	err      error
	done     bool
}

var _ collector.Sink = (*Writer)(nil)

// NewWriter returns a writer of a bundle in the folder dir, which is made if it
// is not there. A folder that holds a bundle already is refused. Either Close or
// Discard must be called; Discard after Close does nothing.
func NewWriter(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("writing bundle: %w", err)
	}
	if IsBundle(os.DirFS(dir)) {
		return nil, fmt.Errorf("writing bundle: folder %s holds a bundle already", dir)
	}
	tmp, err := os.MkdirTemp(dir, ".bundle-*.partial")
	if err != nil {
		return nil, fmt.Errorf("writing bundle: %w", err)
	}
	return &Writer{dir: dir, tmp: tmp, orgs: map[string]*orgWriter{}}, nil
}

// Put implements [collector.Sink]. The JSON is written from the record, so that
// nothing is in the bundle that the record does not say; only records that are
// nothing but their JSON ([authz.Other]) are written as they came.
func (w *Writer) Put(rec authz.Record, raw json.RawMessage) error {
	if err := w.usable(); err != nil {
		return err
	}
	if rec == nil {
		return w.stick(errors.New("no record"))
	}
	o, err := w.org(orgOf(rec))
	if err == nil {
		err = o.put(rec, raw)
	}
	if err != nil {
		return w.stick(fmt.Errorf("writing %s: %w", quote(rec.Key().String()), err))
	}
	return nil
}

// Cover implements [collector.Sink]. A bundle has no ledger; but a list that is
// complete has a file even if it is empty, and one with a gap says that it is
// partial.
func (w *Writer) Cover(line authz.Coverage) error {
	if err := w.usable(); err != nil || line.Org == "" || line.List == "" {
		return err
	}
	o, err := w.org(line.Org)
	if err != nil {
		return w.stick(err)
	}
	switch {
	case line.Status == authz.StatusComplete:
		o.complete[line.List] = true
	case line.IsGap():
		o.gap[line.List] = true
	}
	return nil
}

// Close finishes the files and puts them in place. If anything went wrong
// before, nothing is left behind.
func (w *Writer) Close() error {
	if err := w.usable(); err != nil {
		w.Discard()
		return err
	}
	err := w.finish()
	if err == nil {
		err = w.place()
	}
	w.Discard()
	if err != nil {
		return fmt.Errorf("writing bundle: %w", err)
	}
	return nil
}

// Discard leaves nothing of an unfinished bundle behind.
func (w *Writer) Discard() {
	if w.done {
		return
	}
	w.done = true
	for _, o := range w.orgs {
		o.abandon()
	}
	// What cannot be removed is still recognizable as unfinished.
	_ = os.RemoveAll(w.tmp)
}

func (w *Writer) usable() error {
	if w.done && w.err == nil {
		return errors.New("writing bundle: the writer is closed")
	}
	return w.err
}

// stick keeps the first error: a bundle that lacks a record may not look whole.
func (w *Writer) stick(err error) error {
	w.err = fmt.Errorf("writing bundle: %w", err)
	return w.err
}

func (w *Writer) org(id string) (*orgWriter, error) {
	if id == "" {
		return nil, errors.New("the record names no organization")
	}
	if o := w.orgs[id]; o != nil {
		return o, nil
	}
	dir := filepath.Join(w.tmp, fmt.Sprint(len(w.orgs)))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	o := newOrgWriter(id, dir)
	w.orgs[id] = o
	return o, nil
}

// orgOf returns the organization of a record. The key of a grant is made of four
// texts, which is too much to ask two million times.
func orgOf(rec authz.Record) string {
	if g, ok := rec.(authz.Grant); ok {
		return g.Org
	}
	return rec.Key().Org
}

func (w *Writer) finish() error {
	for _, id := range w.ids() {
		if err := w.orgs[id].finish(); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) ids() []string {
	ids := make([]string, 0, len(w.orgs))
	for id := range w.orgs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// place moves the finished files to where they belong: the folder itself for one
// organization, a folder for each of several.
func (w *Writer) place() error {
	ids := w.ids()
	for i, id := range ids {
		dir := w.dir
		if len(ids) > 1 {
			dir = filepath.Join(w.dir, folderName(i+1, id))
			if err := os.Mkdir(dir, 0o700); err != nil {
				return err
			}
		}
		if err := w.orgs[id].move(dir); err != nil {
			return err
		}
	}
	return nil
}

// folderName makes an id into the name of a folder that is harmless everywhere
// and like no other, whatever the file system thinks of case and length.
func folderName(n int, id string) string {
	b := []byte(id)
	for i, c := range b {
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' {
			b[i] = '_'
		}
	}
	return fmt.Sprintf("%03d-%s", n, b[:min(len(b), 64)])
}
