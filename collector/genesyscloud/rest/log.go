package rest

import (
	"errors"
	"iter"
	"time"
)

// A Source is what a log is bound to: answers of one are never given for
// another.
type Source struct {
	// API is the host (and prefix) that was asked.
	API string `json:"api"`
	// ClientID is empty where an access token alone was given; it is then not
	// compared.
	ClientID string `json:"client,omitempty"`
	// Organization is empty until it is known.
	Organization string `json:"organization,omitempty"`
}

// LogOptions say what a log is of.
type LogOptions struct {
	Source Source
	// Now is the clock; nil is the real one.
	Now func() time.Time
}

// ErrOtherSource is that a log is of another organization, host or client.
var ErrOtherSource = errors.New("the log is of another source")

// ErrLocked is that another run has the log open.
var ErrLocked = errors.New("another run is writing it")

// A Log is the file of a run in progress: every answer, in the order that it
// came. It survives being cut off anywhere. It is used by any number of
// goroutines, and by one process.
type Log struct{}

// OpenLog opens the log at a path, or begins it (mode 0600). A tail that was not
// wholly written, or is damaged, is cut off: see [Log.Notes].
func OpenLog(path string, o LogOptions) (*Log, error) { return nil, errors.New("rest: not there yet") }

// Notes says what was wrong with the file, for people; nil if nothing was.
func (l *Log) Notes() []string { return nil }

// Len returns how many answers the log has.
func (l *Log) Len() int { return 0 }

// Begun returns when the log was begun.
func (l *Log) Begun() time.Time { return time.Time{} }

// Age returns how long ago the oldest answer that the log has was given.
func (l *Log) Age() time.Duration { return 0 }

// Bind tells the log which organization answers, once that is known. It is
// [ErrOtherSource] if the log has answers of another.
func (l *Log) Bind(organization string) error { return nil }

// Forget drops every answer to a path that begins so.
func (l *Log) Forget(prefix string) error { return nil }

// An Entry is an answer that a log has.
type Entry struct {
	Method, Path, Query string
	// Nth counts from 0 the times that the same was asked.
	Nth    int
	Status int
	At     time.Time
	// Size is that of the body in bytes.
	Size int
}

// Entries yields the answers in the order that they were given, without those
// that were forgotten.
func (l *Log) Entries() iter.Seq2[Entry, error] { return func(func(Entry, error) bool) {} }

// Sync makes sure that what was appended stays.
func (l *Log) Sync() error { return nil }

// Close makes sure that what was appended stays, and lets the file go.
func (l *Log) Close() error { return nil }
