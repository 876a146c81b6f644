package snapshot

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Seal ends the snapshot: it writes what waits in memory, computes the digests,
// and gives the file its name. The moment of sealing is the moment at which the
// snapshot was taken. After an error there is no file of that name that was not there
// before; the partial file stays until [Writer.Discard].
func (w *Writer) Seal() (authz.Info, error) {
	if w.ended {
		return authz.Info{}, fmt.Errorf("sealing snapshot %s: %w", w.path, errEnded)
	}
	if w.err != nil {
		return authz.Info{}, w.err
	}
	info, err := w.seal()
	if err != nil {
		w.err = fmt.Errorf("sealing snapshot %s: %w", w.path, err)
		return authz.Info{}, w.err
	}
	return info, nil
}

func (w *Writer) seal() (authz.Info, error) {
	if err := w.raw.finish(w.writeBlock); err != nil {
		return authz.Info{}, err
	}
	w.coverage = append(w.coverage, w.toldLines()...)
	w.grants.merge(len(w.refs.keys))
	w.members.merge()
	// From here on nothing is numbered any more, so that the digest can be
	// computed beside the writing.
	digest := make(chan Hash, 1)
	go func() { digest <- w.content().root() }()
	err := w.writeWaiting()
	s := seal{content: <-digest}
	if err != nil {
		return authz.Info{}, err
	}
	meta := w.meta()
	s.coverage, s.meta = coverageRoot(w.coverage), metaRoot(meta)
	if err := w.writeSealed(meta, s); err != nil {
		return authz.Info{}, err
	}
	if err := w.finish(); err != nil {
		return authz.Info{}, err
	}
	return infoOf(meta, w.coverage, s)
}

// writeSealed writes what comes last, and makes the file whole.
func (w *Writer) writeSealed(meta []MetaEntry, s seal) error {
	for _, m := range meta {
		if err := w.insert("meta", m.Name, m.Value); err != nil {
			return err
		}
	}
	if err := w.writeAid(s.hex()); err != nil {
		return err
	}
	for _, statement := range schemaStatements() {
		if !isIndex(statement) {
			continue
		}
		if _, err := w.conn.ExecContext(w.ctx, statement); err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	err := w.insert("seal", 1, hexOf(s.content), hexOf(s.coverage), hexOf(s.meta), s.hex())
	if err != nil {
		return err
	}
	_, err = w.conn.ExecContext(w.ctx, "COMMIT")
	return err
}

// finish closes the file, makes sure that it is on the disk, and names it.
func (w *Writer) finish() error {
	if err := w.closeDB(); err != nil {
		return err
	}
	if err := syncFile(w.partial); err != nil {
		return err
	}
	if err := rename(w.partial, w.path, w.o.Force); err != nil {
		return err
	}
	w.ended = true
	w.raw.stop()
	return syncFolder(filepath.Dir(w.path))
}

func (w *Writer) content() *content {
	return &content{
		keys: w.refs.keys, records: w.records, lists: w.members.lists, members: w.members.rows,
		usages: w.usage, grants: w.grants.rows, makers: w.grants.makers,
	}
}

// root computes the content digest.
func (c *content) root() Hash {
	t := newTree()
	for h := range c.leaves() {
		t.add(h)
	}
	return t.root()
}

// writeWaiting writes everything that the Writer kept in memory.
func (w *Writer) writeWaiting() error {
	steps := []func() error{w.writeMembers, w.writeGrants, w.writeRefs, w.writeCoverage}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.batches)) {
		if err := w.batches[name].flush(w.ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) writeMembers() error {
	for _, l := range w.members.lists {
		w.row.reset(l.container)
		w.row.flag(l.partial)
		w.row.raw(l.raw)
		if err := w.add("member_list", 3); err != nil {
			return err
		}
	}
	for _, m := range w.members.rows {
		if err := w.addRow("member", 2, int64(m.Container), int64(m.Member)); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) writeGrants() error {
	sets := map[uint32]int64{}
	// Each number becomes an interface value once, not once for each grant.
	boxed := make([]any, len(w.refs.keys))
	for n := range boxed {
		boxed[n] = int64(n)
	}
	for i := range w.grants.rows {
		g := &w.grants.rows[i]
		set, ok := sets[g.source]
		if !ok {
			set = int64(len(sets) + 1)
			sets[g.source] = set
			names, err := jsonText(w.grants.sourceNames(g.source))
			if err != nil {
				return err
			}
			if err := w.insert("grant_source", set, names); err != nil {
				return err
			}
		}
		w.row.values, w.row.err = append(w.row.values[:0], boxed[g.subject], boxed[g.role], boxed[g.division]), nil
		w.row.raw(g.at) // NULL where it is unknown, as raw is
		w.row.optional(w.grants.makers[g.madeBy])
		w.row.number(set)
		w.row.raw(int64(g.raw))
		if err := w.add("grant_", 7); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) writeRefs() error {
	known := known(w.content())
	for n, k := range w.refs.keys {
		if n == 0 {
			continue
		}
		w.row.reset(authz.Ref(n))
		w.row.text(k.Org, k.Kind.String(), k.ID)
		w.row.flag(known[n])
		if err := w.add("ref", 5); err != nil {
			return err
		}
	}
	return nil
}

// known tells which keys have a record. A key of kind subject stands for any
// party with its id.
func known(c *content) []bool {
	known := make([]bool, len(c.keys))
	type party struct{ org, id string }
	parties := map[party]bool{}
	for _, l := range c.records {
		known[l.ref] = true
	}
	for n, k := range c.keys {
		switch k.Kind {
		case authz.KindUser, authz.KindGroup, authz.KindTeam, authz.KindClient, authz.KindTrusteeUser, authz.KindTrusteeGroup:
			if known[n] {
				parties[party{k.Org, k.ID}] = true
			}
		default:
		}
	}
	for n, k := range c.keys {
		if k.Kind == authz.KindSubject {
			known[n] = parties[party{k.Org, k.ID}]
		}
	}
	return known
}

func (w *Writer) writeCoverage() error {
	for i, c := range w.coverage {
		w.row.reset(authz.Ref(i + 1))
		w.row.text(c.Org, string(c.List), c.Source, string(c.Status))
		if c.Expected < 0 {
			w.row.raw(0)
		} else {
			w.row.number(c.Expected)
		}
		w.row.number(c.Received)
		w.row.number(c.Pages)
		w.row.time(c.Started)
		w.row.time(c.Ended)
		w.row.text(c.Reason, c.MissingPermission)
		if err := w.add("coverage", 12); err != nil {
			return err
		}
	}
	return nil
}

// The names of the entries of meta.
const (
	metaTool          = "tool"
	metaBinary        = "binary"
	metaCommand       = "command"
	metaSource        = "source"
	metaCredential    = "credential"
	metaStarted       = "started"
	metaTaken         = "taken_at"
	metaOrganizations = "organizations"
	metaMinimal       = "minimal"
	metaRaw           = "raw_digest"
)

// A MetaEntry is one thing that a snapshot says of how it came to be.
type MetaEntry struct{ Name, Value string }

// meta returns the entries of meta, by name.
func (w *Writer) meta() []MetaEntry {
	organizations, _ := jsonText(w.organizations()) // texts only, which were checked
	list := []MetaEntry{
		{metaTool, w.o.Tool},
		{metaBinary, w.o.Binary},
		{metaCommand, w.o.Command},
		{metaSource, w.o.Source},
		{metaCredential, w.o.Credential},
		{metaStarted, timeText(w.started)},
		{metaTaken, timeText(w.o.Now())},
		{metaOrganizations, organizations},
		{metaMinimal, strconv.FormatBool(w.o.Minimal)},
		{metaRaw, hex.EncodeToString(w.raw.sum.Sum(nil))},
	}
	slices.SortFunc(list, func(a, b MetaEntry) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// organizations returns the ids of the organizations that have records.
func (w *Writer) organizations() []string {
	ids := []string{}
	for _, l := range w.records {
		ids = append(ids, w.refs.keys[l.ref].Org)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// A seal is the digests of a file.
type seal struct{ content, coverage, meta Hash }

// sum covers the three.
func (s seal) sum() Hash {
	b := []byte("grantgraph snapshot seal 1\n")
	for _, h := range []Hash{s.content, s.coverage, s.meta} {
		b = append(b, h[:]...)
	}
	return sha256.Sum256(b)
}

func (s seal) hex() string { return hexOf(s.sum()) }

func hexOf(h Hash) string { return hex.EncodeToString(h[:]) }

// coverageRoot computes the digest of the ledger. The order of lines means
// nothing, but a line that is there twice counts twice.
func coverageRoot(lines []authz.Coverage) Hash {
	leaves := make([]string, len(lines))
	var e encoder
	for i, c := range lines {
		e.reset()
		e.coverage(c)
		leaves[i] = string(e.b)
	}
	slices.Sort(leaves)
	t := newTree()
	for _, l := range leaves {
		t.add(sha256.Sum256([]byte(l)))
	}
	return t.root()
}

// metaRoot computes the digest of meta, whose entries are sorted by name.
func metaRoot(list []MetaEntry) Hash {
	t := newTree()
	var e encoder
	for _, m := range list {
		e.reset()
		e.texts("meta", m.Name, m.Value)
		t.add(e.hash())
	}
	return t.root()
}

// infoOf makes what a snapshot says of itself.
func infoOf(meta []MetaEntry, ledger []authz.Coverage, s seal) (authz.Info, error) {
	info := authz.Info{
		ID: s.hex()[:12], Digest: hexOf(s.content), Seal: s.hex(),
		Complete: !slices.ContainsFunc(ledger, authz.Coverage.IsGap),
	}
	for _, m := range meta {
		var err error
		switch m.Name {
		case metaTool:
			info.Tool = m.Value
		case metaSource:
			info.Source = m.Value
		case metaTaken:
			info.TakenAt, err = time.Parse(time.RFC3339Nano, m.Value)
		case metaOrganizations:
			info.Organizations, err = parseList(m.Value)
		}
		if err != nil {
			return authz.Info{}, fmt.Errorf("meta %s: %w", m.Name, err)
		}
	}
	return info, nil
}

// closeDB closes the partial file.
func (w *Writer) closeDB() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(w.batches)) {
		errs = append(errs, w.batches[name].close())
	}
	w.batches = map[string]*batch{}
	if w.conn != nil {
		errs = append(errs, w.conn.Close(), w.db.Close())
		w.conn = nil
	}
	return errors.Join(errs...)
}

// rename gives the partial file its name. Without force it uses a link, which
// fails where a file of that name has come up meanwhile; a plain rename would
// replace it.
func rename(partial, path string, force bool) error {
	if force {
		return os.Rename(partial, path)
	}
	switch err := os.Link(partial, path); {
	case err == nil:
		return os.Remove(partial)
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%w: it came up while this one was written; the partial file is %s", ErrExists, partial)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(ErrExists, err)
	}
	return os.Rename(partial, path) // a file system without links
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder makes sure that the name is on the disk too. Not every system can
// sync a folder, and the file itself is safe, so that an error here is none.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	_ = f.Sync()
	return f.Close()
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
