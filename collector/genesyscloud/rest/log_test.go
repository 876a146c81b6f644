package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var testSource = Source{API: "api.example.com", ClientID: testID}

func openTestLog(t testing.TB, path string) *Log {
	t.Helper()
	l, err := OpenLog(path, LogOptions{Source: testSource, Now: newClock().Now, disk: quick})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// logText returns all that a log holds, unpacked.
func logText(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l := openTestLog(t, path)
	defer l.Close()
	for _, at := range l.places() {
		payload, err := l.payload(at)
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.pack.decodeAnswer(payload)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(append(raw, payload...), a.body...)
	}
	return raw
}

func testAnswer(n int) *answer {
	return &answer{status: 200, at: time.Date(2026, 3, 1, 12, 0, n, 0, time.UTC), body: fmt.Appendf(nil, `{"n":%d}`, n)}
}

// keep appends an answer to the path, as a client would.
func keep(t testing.TB, l *Log, path string, n int) {
	t.Helper()
	s, got, err := l.next(askKey{method: "GET", path: path})
	if err != nil || got != nil {
		t.Fatalf("next(%s) = %v, %v", path, got, err)
	}
	if err := l.append(s, testAnswer(n)); err != nil {
		t.Fatal(err)
	}
}

// bodyOf asks a log; empty if it does not have the answer.
func bodyOf(t testing.TB, l *Log, path string) string {
	t.Helper()
	_, a, err := l.next(askKey{method: "GET", path: path})
	if err != nil {
		t.Fatal(err)
	}
	if a == nil {
		return ""
	}
	return string(a.body)
}

func TestLogReplay(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	handle := failing(says(200, `{"n":1}`), says(404, `{"code":"not.found"}`), says(403, `{}`), says(200, `{"n":2}`), says(204, ``), says(200, `{"n":3}`))
	ask := func() (got []string, calls int) {
		l := openTestLog(t, path)
		defer l.Close()
		w := newWorld(t, handle, func(o *Options) { o.Log = l })
		for i, r := range []Request{me, Get("/api/v2/groups/g1"), Get("/api/v2/users/u1"), me, {Method: "POST", Path: "/api/v2/audits/query", Body: map[string]int{"a": 1}}} {
			a, err := w.Do(t.Context(), r)
			if err != nil {
				got = append(got, err.Error())
				continue
			}
			got = append(got, fmt.Sprintf("%d %s %v", i, a.Body, a.At))
		}
		return got, len(w.called())
	}
	first, calls := ask()
	if calls != 5 {
		t.Fatalf("%d calls; want 5", calls)
	}
	second, calls := ask()
	first[2] = second[2] // what was refused is asked again
	if strings.Join(first, "\n") != strings.Join(second, "\n") || calls != 1 || !strings.HasPrefix(second[2], "2 {\"n\":3}") {
		t.Errorf("replayed in %d calls:\n%s\nwant\n%s", calls, strings.Join(second, "\n"), strings.Join(first, "\n"))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if l := openTestLog(t, path); l.Len() != 5 || l.Notes() != nil || l.Age() < 0 {
		t.Errorf("%d answers, %q", l.Len(), l.Notes())
	}
}

// smallLog makes a log of a few frames of every kind and returns its bytes.
func smallLog(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	l := openTestLog(t, path)
	keep(t, l, "/a", 0)
	if err := l.Bind("o1"); err != nil {
		t.Fatal(err)
	}
	keep(t, l, "/b", 1)
	keep(t, l, "/old/c", 2)
	if err := l.Forget("/old/"); err != nil {
		t.Fatal(err)
	}
	keep(t, l, "/d", 3)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var smallPaths = []string{"/a", "/b", "/old/c", "/d"}

// TestLogCutAnywhere cuts a log at each of its bytes, opens it, fills it up, and
// opens it again.
func TestLogCutAnywhere(t *testing.T) {
	t.Parallel()
	whole := smallLog(t)
	path := filepath.Join(t.TempDir(), "log")
	most := 0
	for n := range len(whole) + 1 {
		write(t, path, whole[:n])
		l := openTestLog(t, path)
		if l.Notes() == nil && n > 0 && n < len(whole) && !endsFrame(whole, n) {
			t.Errorf("cut at %d: nothing is said of it", n)
		}
		had := l.Len()
		if most = max(most, had); had < most-1 { // one was forgotten
			t.Errorf("cut at %d: %d answers, after %d", n, had, most)
		}
		for i, p := range smallPaths {
			switch got := bodyOf(t, l, p); got {
			case "":
				if err := l.append(slot{key: askKey{method: "GET", path: p}}, testAnswer(i)); err != nil {
					t.Fatal(err)
				}
			case fmt.Sprintf(`{"n":%d}`, i):
				had--
			default:
				t.Errorf("cut at %d: %s has %s", n, p, got)
			}
		}
		if had != 0 {
			t.Errorf("cut at %d: %d answers that nobody gave", n, had)
		}
		l.Close()
		l = openTestLog(t, path)
		for i, p := range smallPaths {
			if got, want := bodyOf(t, l, p), fmt.Sprintf(`{"n":%d}`, i); got != want || l.Notes() != nil {
				t.Errorf("cut at %d, filled up: %s has %q, %q", n, p, got, l.Notes())
			}
		}
		l.Close()
	}
}

// endsFrame reports whether a frame of a log ends at n.
func endsFrame(b []byte, n int) bool {
	at := len(logMagic)
	for at < n {
		at += frameExtra + int(b[at]) + int(b[at+1])<<8
	}
	return at == n && n > len(logMagic)
}

// TestLogCorruptAnywhere spoils each byte of a log in turn. What it then gives is
// right or nothing; only its head makes it unusable.
func TestLogCorruptAnywhere(t *testing.T) {
	t.Parallel()
	whole := smallLog(t)
	path := filepath.Join(t.TempDir(), "log")
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range whole {
		b := bytes.Clone(whole)
		b[n] ^= byte(1 + rnd.IntN(255))
		write(t, path, b)
		l, err := OpenLog(path, LogOptions{Source: testSource, disk: quick})
		if err != nil {
			if n >= len(logMagic) || !strings.Contains(err.Error(), "it is not the log of a run") {
				t.Errorf("byte %d: %v", n, err)
			}
			if kept, _ := os.ReadFile(path); !bytes.Equal(kept, b) {
				t.Errorf("byte %d: the file was refused and changed", n)
			}
			continue
		}
		if l.Notes() == nil {
			t.Errorf("byte %d: nothing is said of it", n)
		}
		for i, p := range smallPaths {
			if got := bodyOf(t, l, p); got != "" && got != fmt.Sprintf(`{"n":%d}`, i) {
				t.Errorf("byte %d: %s has %s", n, p, got)
			}
		}
		l.Close()
	}
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLogDamagedHead is a long log whose head is damaged: it is not thrown away.
func TestLogDamagedHead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	l := openTestLog(t, path)
	for i := range 30 {
		keep(t, l, fmt.Sprintf("/a/%d", i), i)
	}
	l.Close()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(logMagic)+20] ^= 1
	write(t, path, b)
	if _, err := OpenLog(path, LogOptions{Source: testSource}); err == nil || !strings.Contains(err.Error(), "its head is damaged") {
		t.Errorf("OpenLog: %v", err)
	}
}

func TestLogOfAnother(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	l := openTestLog(t, path)
	if err := l.Bind("o1"); err != nil {
		t.Fatal(err)
	}
	if err := l.Bind("o2"); !errors.Is(err, ErrOtherSource) {
		t.Errorf("Bind to a second organization: %v", err)
	}
	if _, err := OpenLog(path, LogOptions{Source: testSource}); !errors.Is(err, ErrLocked) {
		t.Errorf("OpenLog of an open log: %v", err)
	}
	l.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Source{{API: "api.other.com"}, {API: testSource.API, ClientID: "c2"}, {API: testSource.API, Organization: "o2"}} {
		_, err := OpenLog(path, LogOptions{Source: s})
		if !errors.Is(err, ErrOtherSource) || !strings.Contains(err.Error(), path) {
			t.Errorf("OpenLog for %v: %v", s, err)
		}
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a log that was refused was changed")
	}
	l, err = OpenLog(path, LogOptions{Source: Source{API: testSource.API}}) // an access token alone
	if err != nil || l.Source().Organization != "o1" || l.Source().ClientID != testID {
		t.Fatalf("OpenLog = %+v, %v", l, err)
	}
	l.Close()
	for name, text := range map[string]string{"text": "id,name\n", "sqlite": "SQLite format 3\x00" + strings.Repeat("x", 5000)} {
		other := filepath.Join(t.TempDir(), name)
		write(t, other, []byte(text))
		if _, err := OpenLog(other, LogOptions{Source: testSource}); err == nil || !strings.Contains(err.Error(), "it is not the log of a run") {
			t.Errorf("OpenLog of %s: %v", name, err)
		}
		if b, _ := os.ReadFile(other); string(b) != text {
			t.Errorf("%s was changed", name)
		}
	}
}

func TestLogForget(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	l := openTestLog(t, path)
	keep(t, l, "/users", 1)
	keep(t, l, "/users", 2)
	keep(t, l, "/users/u1", 3)
	keep(t, l, "/roles", 4)
	if err := l.Forget("/users"); err != nil || l.Len() != 1 {
		t.Fatalf("%d answers, %v", l.Len(), err)
	}
	keep(t, l, "/users", 5)
	l.Close()
	l = openTestLog(t, path)
	if got := []string{bodyOf(t, l, "/users"), bodyOf(t, l, "/users"), bodyOf(t, l, "/users/u1"), bodyOf(t, l, "/roles")}; strings.Join(got, " ") != `{"n":5}   {"n":4}` {
		t.Errorf("after Forget: %q", got)
	}
	var all []string
	for e, err := range l.Entries() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %s %d %d %d", e.Method, e.Path, e.Nth, e.Status, e.Size))
	}
	if strings.Join(all, "; ") != "GET /roles 0 200 7; GET /users 0 200 7" {
		t.Errorf("Entries = %q", all)
	}
	if err := l.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Remove: %v", err)
	}
}

// A quickDisk does not wait for the disk.
type quickDisk struct{ *os.File }

func (quickDisk) Sync() error { return nil }

func quick(f *os.File) logFile { return quickDisk{f} }

// A fullDisk takes so many bytes and no more.
type fullDisk struct {
	logFile
	left     int
	syncFail error
}

var errFull = errors.New("no space left on device")

func (f *fullDisk) WriteAt(b []byte, at int64) (int, error) {
	n := min(len(b), f.left)
	f.left -= n
	if _, err := f.logFile.WriteAt(b[:n], at); err != nil {
		return 0, err
	}
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func (f *fullDisk) Sync() error { return f.syncFail }

func TestLogDiskFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	l := openTestLog(t, path)
	w := newWorld(t, says(200, `{"n":1}`), func(o *Options) { o.Log = l })
	if _, err := w.Do(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	size := l.end
	l.file = &fullDisk{logFile: l.file, left: 20}
	for range 2 {
		_, err := w.Do(t.Context(), Get("/api/v2/users"))
		if broken, ok := errors.AsType[*LogError](err); !ok || !errors.Is(err, errFull) || broken.Path != path {
			t.Fatalf("Do with a full disk: %v", err)
		}
	}
	if n := len(w.called()); n != 2 {
		t.Errorf("%d calls; want 2: nothing is asked that cannot be kept", n)
	}
	if err := l.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != size {
		t.Errorf("the log has %d bytes; want %d: what was written in part is taken back", info.Size(), size)
	}
	l = openTestLog(t, path)
	if l.Len() != 1 || l.Notes() != nil {
		t.Errorf("%d answers, %q", l.Len(), l.Notes())
	}
}

func TestLogSyncFails(t *testing.T) {
	t.Parallel()
	l := openTestLog(t, filepath.Join(t.TempDir(), "log"))
	l.file = &fullDisk{logFile: l.file, left: 1 << 20, syncFail: io.ErrShortWrite}
	keep(t, l, "/a", 1)
	if err := l.Sync(); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("Sync: %v", err)
	}
	if _, _, err := l.next(askKey{path: "/b"}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("next after that: %v", err)
	}
}

func TestLogSyncsInTheBackground(t *testing.T) {
	t.Parallel()
	l := openTestLog(t, filepath.Join(t.TempDir(), "log"))
	l.timer = time.AfterFunc(time.Hour, func() { l.Sync() })
	keep(t, l, "/a", 1)
	if !l.dirty {
		t.Fatal("not dirty after an answer")
	}
	l.timer.Reset(0)
	for range 1000 {
		l.mu.Lock()
		dirty := l.dirty
		l.mu.Unlock()
		if !dirty {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("still dirty")
}

// FuzzLog opens anything, and what it then appends it finds again.
func FuzzLog(f *testing.F) {
	whole := smallLog(f)
	f.Add(whole)
	f.Add(whole[:len(whole)-5])
	f.Add([]byte(logMagic))
	f.Add(append([]byte(logMagic), 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0))
	f.Add(appendFrame(appendFrame([]byte(logMagic), frameHead, []byte(`{}`)), frameAnswer, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}))
	f.Add(appendFrame(appendFrame([]byte(logMagic), frameHead, []byte(`{}`)), frameAnswer, append([]byte{52}, `{"method":"GET","path":"/x","nth":1048576,"size":9e7}`...)))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "log")
		write(t, path, b)
		l, err := OpenLog(path, LogOptions{Source: testSource, Now: newClock().Now, disk: quick})
		if err != nil {
			return
		}
		for range 3 {
			if _, _, err := l.next(askKey{method: "GET", path: "/a"}); err != nil {
				return
			}
		}
		n := l.Len()
		if err := l.append(slot{askKey{method: "GET", path: "/new"}, 0}, testAnswer(7)); err != nil {
			t.Fatal(err)
		}
		l.Close()
		l, err = OpenLog(path, LogOptions{Source: testSource, disk: quick})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if got := bodyOf(t, l, "/new"); got != `{"n":7}` || l.Len() < n || l.Notes() != nil {
			t.Errorf("found %q and %d answers after %d (%q)", got, l.Len(), n, l.Notes())
		}
	})
}

var _ http.RoundTripper = (*witness)(nil)

// A slowDisk takes longer for a sync than the log lets an answer wait.
type slowDisk struct{ logFile }

func (d slowDisk) Sync() error {
	time.Sleep(syncEvery + syncEvery/5)
	return nil
}

// The log's own syncs come in while a slow disk still takes the head: the race
// detector judges this.
func TestLogBegunOnSlowDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	l, err := OpenLog(path, LogOptions{Source: testSource, disk: func(f *os.File) logFile { return slowDisk{f} }})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Remove(); err != nil {
		t.Fatal(err)
	}
}
