package rest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// A Source is what a log is bound to: answers of one are never given for
// another.
type Source struct {
	// API is the host (and path prefix) that was asked.
	API string `json:"api"`
	// ClientID is empty where an access token alone was given; it is then not
	// compared.
	ClientID string `json:"client,omitempty"`
	// Organization is empty until it is known.
	Organization string `json:"organization,omitempty"`
}

// differs says in what a source is not the one that is wanted.
func (s Source) differs(want Source) error {
	for _, f := range []struct{ what, is, want string }{
		{"API", s.API, want.API}, {"client", s.ClientID, want.ClientID}, {"organization", s.Organization, want.Organization},
	} {
		if f.is != "" && f.want != "" && f.is != f.want {
			return fmt.Errorf("%w: its %s is %q, this run's is %q: go on with that one, or remove the file", ErrOtherSource, f.what, f.is, f.want)
		}
	}
	return nil
}

// LogOptions say what a log is of.
type LogOptions struct {
	Source Source
	// Now is the clock; nil is the real one.
	Now func() time.Time

	disk func(*os.File) logFile // tests have disks of their own
}

// ErrOtherSource is that a log is of another organization, host or client.
var ErrOtherSource = errors.New("the log is of another source")

// ErrLocked is that another run has the log open.
var ErrLocked = errors.New("another run is writing it: wait for that, or stop it")

// A Log is the file of a run in progress: every answer, in the order that it
// came. It survives being cut off anywhere. It holds no bodies in memory, only
// where they stand. It is used by any number of goroutines, and by one process.
type Log struct {
	path string
	now  func() time.Time
	pack *packer

	mu      sync.Mutex
	file    logFile
	source  Source
	begun   time.Time
	notes   []string
	asks    map[askKey]*asks
	answers int
	end     int64 // of what is whole
	dirty   bool  // written and not yet synced
	timer   *time.Timer
	failed  error // what broke the log for good
}

// A logFile is what a log needs of a file.
type logFile interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

var _ logFile = (*os.File)(nil)

// asks is what is known of one question.
type asks struct {
	next  int // how often it was asked since the log was opened
	kept  []place
	first time.Time
}

// A place is where an answer stands; its size is 0 if there is none.
type place struct{ at, size int64 }

// Notes says what was wrong with the file, for people; nil if nothing was.
func (l *Log) Notes() []string { return l.notes }

// Len returns how many answers the log has.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answers
}

// Begun returns when the log was begun.
func (l *Log) Begun() time.Time { return l.begun }

// Source returns what the log is bound to.
func (l *Log) Source() Source {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.source
}

// Age returns how long ago the oldest answer that the log has was given; 0 if
// it has none.
func (l *Log) Age() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var oldest time.Time
	for _, a := range l.asks {
		if !a.first.IsZero() && (oldest.IsZero() || a.first.Before(oldest)) {
			oldest = a.first
		}
	}
	if oldest.IsZero() {
		return 0
	}
	return max(0, l.now().Sub(oldest))
}

// Sync makes sure that what was appended stays.
func (l *Log) Sync() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sync()
}

func (l *Log) sync() error {
	if l.failed != nil || !l.dirty {
		return l.failed
	}
	l.dirty = false
	if err := l.file.Sync(); err != nil {
		l.failed = &LogError{l.path, err}
	}
	return l.failed
}

// Close makes sure that what was appended stays, and lets the file go.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.failed, errClosed) {
		return nil
	}
	err := l.sync()
	if l.timer != nil {
		l.timer.Stop()
	}
	l.failed = &LogError{l.path, errClosed}
	return errors.Join(err, l.file.Close())
}

var errClosed = errors.New("it is closed")

// Remove closes the log and removes its file: what it was kept for is done.
func (l *Log) Remove() error {
	return errors.Join(l.Close(), os.Remove(l.path))
}
