package rest

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"
)

// next counts that a question is asked, and returns the place of its answer, and
// the answer if the log has it.
func (l *Log) next(key askKey) (slot, *answer, error) {
	l.mu.Lock()
	if l.failed != nil {
		l.mu.Unlock()
		return slot{}, nil, l.failed
	}
	a := l.asksOf(key)
	s := slot{key, a.next}
	a.next++
	var at place
	if s.nth < len(a.kept) {
		at = a.kept[s.nth]
	}
	l.mu.Unlock()
	if s.nth > maxNth {
		return s, nil, &LogError{l.path, fmt.Errorf("%s %s was asked %d times: it never ends", key.method, key.path, s.nth)}
	}
	if at.size == 0 {
		return s, nil, nil
	}
	kept, err := l.read(at)
	if err != nil {
		return s, nil, &LogError{l.path, err}
	}
	return s, kept, nil
}

// read reads an answer.
func (l *Log) read(at place) (*answer, error) {
	payload, err := l.payload(at)
	if err != nil {
		return nil, err
	}
	return l.pack.decodeAnswer(payload)
}

func (l *Log) payload(at place) ([]byte, error) {
	b := make([]byte, at.size)
	if _, err := l.file.ReadAt(b, at.at); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	kind, payload, err := openFrame(b)
	if err != nil || kind != frameAnswer {
		return nil, errTorn
	}
	return payload, nil
}

// loadFrame takes in a frame that stands at the end of what was read.
func (l *Log) loadFrame(kind frameKind, payload []byte, size int64) error {
	switch kind {
	case frameAnswer:
		h, _, err := decodeHead(payload)
		if err != nil {
			return err
		}
		l.index(slot{h.key(), h.Nth}, place{l.end, size}, h.At)
	case frameForget:
		l.forget(string(payload))
	case frameBind:
		l.source.Organization = string(payload)
	default:
		return errTorn
	}
	return nil
}

// cut drops what stands after the last whole frame.
func (l *Log) cut(size int64, source Source) error {
	l.notes = append(l.notes, fmt.Sprintf(
		"the last %d of %d bytes of the log of the run were not whole and were cut off: %d answers are kept, the others will be asked again",
		size-l.end, size, l.answers))
	if err := l.source.differs(source); err != nil {
		return err
	}
	if err := l.file.Truncate(l.end); err != nil {
		return err
	}
	return l.bind(source.Organization)
}

func (l *Log) forget(prefix string) {
	for key, a := range l.asks {
		if !forgets(prefix, key) {
			continue
		}
		for _, p := range a.kept {
			if p.size > 0 {
				l.answers--
			}
		}
		delete(l.asks, key)
	}
}

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
func (l *Log) Entries() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, at := range l.places() {
			payload, err := l.payload(at)
			if err != nil {
				yield(Entry{}, &LogError{l.path, err})
				return
			}
			h, _, err := decodeHead(payload)
			if err != nil {
				yield(Entry{}, &LogError{l.path, err})
				return
			}
			if !yield(Entry{h.Method, h.Path, h.Query, h.Nth, h.Status, h.At, max(0, h.Size)}, nil) {
				return
			}
		}
	}
}

func (l *Log) places() []place {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []place
	for _, a := range l.asks {
		for _, p := range a.kept {
			if p.size > 0 {
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, func(a, b place) int { return int(min(1, max(-1, a.at-b.at))) })
	return all
}
