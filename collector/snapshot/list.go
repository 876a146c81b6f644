package snapshot

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A State says what an [Entry] is.
type State string

// The states.
const (
	StateSealed     State = "sealed"
	StatePartial    State = "partial"
	StateUnreadable State = "unreadable"
)

// An Entry is a snapshot in a folder, or a file that looks like one.
type Entry struct {
	Path     string
	State    State
	Info     authz.Info // of a sealed one
	Size     int64
	Modified time.Time
	Reason   string // why it is not sealed or cannot be read
}

// List returns the snapshots of a folder, the newest first: by the time at which it
// was taken, and where that is unknown, changed. Files that are no snapshots
// are left out, unless they are named *.db.
func List(dir string) ([]Entry, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("listing snapshots: %w", err)
	}
	var out []Entry
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		if e, ok := entryOf(filepath.Join(dir, f.Name())); ok {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int {
		return cmp.Or(b.when().Compare(a.when()), cmp.Compare(a.Path, b.Path))
	})
	return out, nil
}

// Newest returns the sealed snapshot of a folder that was taken last. The error
// wraps [ErrNone] where there is none.
func Newest(dir string) (Entry, error) {
	list, err := List(dir)
	if err != nil {
		return Entry{}, err
	}
	for _, e := range list {
		if e.State == StateSealed {
			return e, nil
		}
	}
	return Entry{}, fmt.Errorf("%w in %s", ErrNone, dir)
}

func (e Entry) when() time.Time {
	if !e.Info.TakenAt.IsZero() {
		return e.Info.TakenAt
	}
	return e.Modified
}

// entryOf looks at one file. It reports whether that belongs into a list.
func entryOf(path string) (Entry, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return Entry{}, false
	}
	name := strings.TrimSuffix(path, partialSuffix)
	if filepath.Ext(name) != ".db" && !isOurs(path) {
		return Entry{}, false
	}
	e := Entry{Path: path, Size: info.Size(), Modified: info.ModTime()}
	r, err := Open(path)
	switch {
	case err == nil:
		e.State, e.Info = StateSealed, r.Info()
		if err := r.Close(); err != nil {
			e.State, e.Reason = StateUnreadable, err.Error()
		}
	case errors.Is(err, ErrPartial):
		e.State, e.Reason = StatePartial, err.Error()
	default:
		e.State, e.Reason = StateUnreadable, err.Error()
	}
	return e, true
}

// isOurs reports whether a file begins as a snapshot does.
func isOurs(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(f, head); err != nil {
		return false
	}
	return strings.HasPrefix(string(head), sqliteMagic) && binary.BigEndian.Uint32(head[atApplication:]) == applicationID
}
