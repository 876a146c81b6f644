package snapshot

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	path, _ := write(t, CreateOptions{}, fixture(), ledger())
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(at int, v uint32) []byte {
		b := bytes.Clone(good)
		binary.BigEndian.PutUint32(b[at:], v)
		return b
	}
	tests := []struct {
		name string
		file string
		data []byte
		want error
		text string
	}{
		{"empty", "x.db", nil, ErrNotSnapshot, "0 bytes"},
		{"text", "x.db", []byte(strings.Repeat("hello ", 50)), ErrNotSnapshot, "no SQLite file"},
		{"another program's", "x.db", put(atApplication, 0), ErrNotSnapshot, "application_id is 0x0"},
		{"newer", "x.db", put(atUserVersion, formatVersion+1), ErrNewer, "use a newer grantgraph"},
		{"no version", "x.db", put(atUserVersion, 0), ErrDamaged, "no format version"},
		{"cut off", "x.db", good[:len(good)-1], ErrDamaged, "cut off"},
		{"longer", "x.db", append(bytes.Clone(good), 0), ErrDamaged, "cut off or changed"},
		{"partial", "x.db.partial", good, ErrPartial, "collect again"},
		{"empty partial", "x.db.partial", nil, ErrPartial, "collect again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), tt.file)
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Open(path)
			if err == nil {
				r.Close()
			}
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) || !strings.Contains(err.Error(), path) {
				t.Errorf("Open = %v, want %v with %q and the path", err, tt.want, tt.text)
			}
			if _, err := Verify(t.Context(), path); !errors.Is(err, tt.want) {
				t.Errorf("Verify = %v, want %v", err, tt.want)
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of nothing = %v", err)
	}
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrNotSnapshot) {
		t.Errorf("Open of a folder = %v", err)
	}
}

// TestTruncated cuts a file at many points and, so that the first check does not
// see it, mends the number of pages where it can.
func TestTruncated(t *testing.T) {
	t.Parallel()
	path, _ := write(t, CreateOptions{}, fixture(), ledger())
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.db")
	for n := 0; n < len(good); n += 1 + len(good)/60 {
		checkBad(t, cut, good[:n])
	}
	const page = 4096
	for n := page; n < len(good); n += page {
		b := bytes.Clone(good[:n])
		binary.BigEndian.PutUint32(b[atPages:], uint32(n/page))
		checkBad(t, cut, b)
	}
}

// checkBad wants that a file is refused, or found not to be intact.
func checkBad(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	rep, err := Verify(t.Context(), path)
	if err == nil && rep.Intact {
		t.Errorf("%d bytes: read as whole", len(data))
	}
	if r, err := Open(path); err == nil {
		drainAll(r)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// drainAll reads everything, whatever comes.
func drainAll(r *Reader) {
	skip(r.Organizations())
	skip(r.Divisions())
	skip(r.Permissions())
	skip(r.Roles())
	skip(r.Users())
	skip(r.Groups())
	skip(r.Teams())
	skip(r.Clients())
	skip(r.Usages())
	skip(r.Resources())
	skip(r.Views())
	skip(r.Trusts())
	skip(r.AccessPolicies())
	skip(r.Others())
	skip(r.Coverage())
	skip(r.MemberLists())
	skip(r.Members())
	skip(r.GrantSources())
	keys, err := r.Keys()
	if err != nil {
		return
	}
	for g, err := range r.Grants() {
		if err != nil {
			break
		}
		_, _, _ = keys[g.Subject], keys[g.Role], keys[g.Division]
	}
	for _, rec := range fixture() {
		_, _ = r.Raw(rec.Key())
	}
	_, _ = r.Counts()
}

func skip[T any](in func(func(T, error) bool)) {
	for _, err := range in {
		if err != nil {
			return
		}
	}
}

func FuzzOpen(f *testing.F) {
	path, _ := write(f, CreateOptions{}, fixture(), ledger())
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), []byte{})
	f.Add(uint32(100), []byte{0xff, 0xff, 0xff})
	f.Add(uint32(4096), bytes.Repeat([]byte{0}, 64))
	f.Add(uint32(len(good)-300), bytes.Repeat([]byte{0x41}, 200))
	for n := uint32(0); n < uint32(len(good)); n += 7001 {
		f.Add(n, []byte{0xff, 0x00, 0x7f})
	}
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		b := bytes.Clone(good)
		if int64(at) < int64(len(b)) {
			copy(b[at:], patch)
		}
		path := filepath.Join(t.TempDir(), "f.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := Open(path); err == nil {
			drainAll(r)
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		_, _ = Verify(t.Context(), path)
	})
}

func TestNeverOverwritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	writeTo(t, path, CreateOptions{}, fixture(), nil)
	if _, err := Create(path, CreateOptions{}); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), "--force") {
		t.Errorf("Create over a file = %v, want ErrExists", err)
	}
	if _, err := os.Stat(path + partialSuffix); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a partial file was left: %v", err)
	}
	info := writeTo(t, path, CreateOptions{Force: true}, fixture()[:3], nil)
	if got := open(t, path).Info().Digest; got != info.Digest {
		t.Errorf("after Force the digest is %s, want %s", got, info.Digest)
	}
	if _, err := Create(t.TempDir(), CreateOptions{Force: true}); err == nil {
		t.Error("Create over a folder: no error")
	}
}

func TestComesUpMeanwhile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	w, err := Create(path, CreateOptions{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(); !errors.Is(err, ErrExists) {
		t.Errorf("Seal = %v, want ErrExists", err)
	}
	if err := w.Discard(); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if _, err := os.Stat(path + partialSuffix); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a partial file was left: %v", err)
	}
}

func TestPartialRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	w, err := Create(path, CreateOptions{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, CreateOptions{}); !errors.Is(err, ErrPartial) || !strings.Contains(err.Error(), path+partialSuffix) {
		t.Errorf("a second Create = %v, want ErrPartial", err)
	}
	if err := w.Discard(); err != nil {
		t.Fatal(err)
	}
	if err := w.Put(authz.Division{}, nil); err == nil {
		t.Error("Put after Discard: no error")
	}
	if err := os.WriteFile(path+partialSuffix, []byte("left over"), 0o600); err != nil {
		t.Fatal(err)
	}
	writeTo(t, path, CreateOptions{Force: true}, fixture(), nil)
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("files = %v, %v, want one", files, err)
	}
}

// TestRenamedPartial opens what a crash leaves under a name that hides it.
func TestRenamedPartial(t *testing.T) {
	t.Parallel()
	path, _ := write(t, CreateOptions{}, fixture(), nil)
	exec(t, path, "DELETE FROM seal")
	if _, err := Open(path); !errors.Is(err, ErrPartial) {
		t.Errorf("Open without a seal = %v, want ErrPartial", err)
	}
}

// exec changes a sealed file, as nobody should.
func exec(t *testing.T, path, statement string) {
	t.Helper()
	name, err := dsn(path, url.Values{"mode": {"rw"}})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyFinds(t *testing.T) {
	t.Parallel()
	tests := []struct{ statement, part string }{
		{"UPDATE user SET name = 'x' WHERE ref IN (SELECT ref FROM ref WHERE id = 'u2')", "records"},
		{"DELETE FROM grant_ WHERE made_at IS NULL", "records"},
		{"UPDATE grant_ SET made_by = 'x'", "records"},
		{"DELETE FROM member", "records"},
		{"DELETE FROM member_list WHERE partial", "records"},
		{"INSERT INTO policy SELECT ref, 1, '*', '*', '*', '', '', NULL, NULL, NULL, NULL FROM ref WHERE id = 'r2'", "records"},
		{"INSERT INTO policy SELECT ref, 1, '*', '*', '*', '', '', NULL, NULL, NULL, NULL FROM ref WHERE id = 'r77'", "records"},
		{"UPDATE usage SET requests = 0", "records"},
		{"UPDATE ref SET id = 'other' WHERE id = 'u1'", "records"},
		{"UPDATE ref SET known = 1 - known WHERE id = 'u1'", "records"},
		{"UPDATE ref SET kind = 'nonsense' WHERE id = 'r1'", "records"},
		{"UPDATE coverage SET status = 'complete'", "ledger"},
		{"DELETE FROM coverage", "ledger"},
		{"UPDATE meta SET value = '2020-01-01T00:00:00Z' WHERE name = 'taken_at'", "meta"},
		{"UPDATE seal SET seal = digest", "seal"},
		{"UPDATE raw_block SET data = x'00'", "raw json"},
		{"UPDATE aid SET data = substr(data, 1, 6)", "packed grants"},
	}
	path, _ := write(t, CreateOptions{}, fixture(), ledger())
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.statement, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "s.db")
			if err := os.WriteFile(path, good, 0o600); err != nil {
				t.Fatal(err)
			}
			exec(t, path, tt.statement)
			rep, err := Verify(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			bad := map[string]bool{}
			for _, p := range rep.Parts {
				bad[p.Name] = !p.OK
			}
			if rep.Intact || !bad[tt.part] {
				t.Errorf("Verify = %+v, want that %s differ", rep, tt.part)
			}
			if head := tt.part == "ledger" || tt.part == "meta" || tt.part == "seal"; head {
				if _, err := Open(path); !errors.Is(err, ErrDamaged) {
					t.Errorf("Open = %v, want ErrDamaged", err)
				}
			}
		})
	}
}

// TestForeignTables opens a file whose tables are not what their names say.
func TestForeignTables(t *testing.T) {
	t.Parallel()
	path, _ := write(t, CreateOptions{}, fixture(), nil)
	exec(t, path, "DROP TABLE view; CREATE VIEW view AS WITH RECURSIVE n(ref) AS (SELECT 1 UNION ALL SELECT ref FROM n) SELECT ref, 'x' AS name, NULL AS queues, NULL AS users FROM n")
	if _, err := Open(path); !errors.Is(err, ErrDamaged) {
		t.Errorf("Open = %v, want ErrDamaged", err)
	}
}

func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	if _, err := Create(filepath.Join(t.TempDir(), "none", "s.db"), CreateOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Create in no folder = %v", err)
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if probe, err := os.Create(filepath.Join(dir, "probe")); err == nil {
		probe.Close()
		t.Skip("this user may write everywhere")
	}
	if _, err := Create(filepath.Join(dir, "s.db"), CreateOptions{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Create = %v, want that it is not permitted", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 0 {
		t.Errorf("files = %v, %v, want none", files, err)
	}
}

func TestReadWhileAnotherIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := filepath.Join(dir, "old.db")
	writeTo(t, old, CreateOptions{}, fixture(), ledger())
	r := open(t, old)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { drainAll(r) })
	}
	writeTo(t, filepath.Join(dir, "new.db"), CreateOptions{}, fixture(), ledger())
	wg.Wait()
	if _, err := r.Keys(); err != nil {
		t.Error(err)
	}
	for u, err := range r.Users() { // one inside another
		if err != nil {
			t.Fatal(err)
		}
		if n := len(all(t, r.Roles())); n != 2 {
			t.Errorf("inside user %s: %d roles, want 2", u.ID, n)
		}
		break
	}
}

// A reader of a file that is replaced says so, and never reads from both.
func TestReplacedWhileItIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	writeTo(t, path, CreateOptions{}, fixture(), ledger())
	want := len(all(t, open(t, path).Users()))
	r := open(t, path)
	seen := 0
	for u, err := range r.Users() {
		if err != nil {
			t.Fatal(err) // the connection that reads them has the old file
		}
		if seen++; seen > 1 {
			continue
		}
		writeTo(t, path, CreateOptions{Force: true}, fixture()[1:], ledger())
		if _, err := collectSeq(r.Roles()); !errors.Is(err, ErrReplaced) {
			t.Errorf("inside user %s: %v; want %v", u.ID, err, ErrReplaced)
		}
	}
	if seen != want {
		t.Errorf("%d users; want %d", seen, want)
	}
}

func collectSeq[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func TestList(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, name := range []string{"b.db", "a.db", "no-extension"} {
		writeTo(t, filepath.Join(dir, name), CreateOptions{Now: func() time.Time { return at(1 + i) }}, fixture(), nil)
	}
	for name, text := range map[string]string{"bad.db": "nonsense", "notes.txt": "no snapshot", "left.db.partial": ""} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Unix(0, 0), time.Unix(int64(len(text)), 0)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, filepath.Base(e.Path)+" "+string(e.State))
		if (e.Reason == "") != (e.State == StateSealed) {
			t.Errorf("%s: reason %q", e.Path, e.Reason)
		}
	}
	want := "no-extension sealed, a.db sealed, b.db sealed, bad.db unreadable, left.db.partial partial"
	if strings.Join(got, ", ") != want {
		t.Errorf("List = %s, want %s", strings.Join(got, ", "), want)
	}
	if e, err := Newest(dir); err != nil || filepath.Base(e.Path) != "no-extension" {
		t.Errorf("Newest = %v, %v", e.Path, err)
	}
	if _, err := Newest(t.TempDir()); !errors.Is(err, ErrNone) {
		t.Errorf("Newest of nothing = %v, want ErrNone", err)
	}
}
