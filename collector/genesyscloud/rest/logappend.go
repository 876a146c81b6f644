package rest

import (
	"encoding/json"
	"fmt"
	"time"
)

// syncEvery is how long an answer may stay in the memory of the operating
// system only. A killed process loses nothing of that; a power cut may.
const syncEvery = time.Second

// begin writes the head of a new log.
func (l *Log) begin(source Source) error {
	l.source, l.begun = source, l.now().UTC()
	head, err := json.Marshal(logHead{source, l.begun})
	if err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	l.end = 0
	if _, err := l.put(appendFrame([]byte(logMagic), frameHead, head)); err != nil {
		return err
	}
	return l.sync()
}

// put writes bytes at the end. What was written in part is taken back: the log
// stays whole.
func (l *Log) put(b []byte) (place, error) {
	if l.failed != nil {
		return place{}, l.failed
	}
	if _, err := l.file.WriteAt(b, l.end); err != nil {
		if undo := l.file.Truncate(l.end); undo != nil {
			err = fmt.Errorf("%w (and what was written in part could not be taken back: %w)", err, undo)
		}
		l.failed = &LogError{l.path, err}
		return place{}, l.failed
	}
	at := place{l.end, int64(len(b))}
	l.end += int64(len(b))
	if !l.dirty {
		l.dirty = true
		if l.timer == nil {
			l.timer = time.AfterFunc(syncEvery, func() { _ = l.Sync() }) // the error stays and is told by the next append
		} else {
			l.timer.Reset(syncEvery)
		}
	}
	return at, nil
}

// append keeps an answer.
func (l *Log) append(s slot, a *answer) error {
	payload, err := l.pack.encodeAnswer(s, a)
	if err != nil {
		return &LogError{l.path, err}
	}
	if len(payload) > maxFrame {
		return &LogError{l.path, fmt.Errorf("the answer to %s %s is too large", s.key.method, s.key.path)}
	}
	frame := appendFrame(nil, frameAnswer, payload)
	l.mu.Lock()
	defer l.mu.Unlock()
	at, err := l.put(frame)
	if err == nil {
		l.index(s, at, a.at)
	}
	return err
}

// index remembers where an answer stands.
func (l *Log) index(s slot, at place, when time.Time) {
	a := l.asksOf(s.key)
	for len(a.kept) <= s.nth {
		a.kept = append(a.kept, place{})
	}
	if a.kept[s.nth].size == 0 {
		l.answers++
	}
	a.kept[s.nth] = at
	if a.first.IsZero() || when.Before(a.first) {
		a.first = when
	}
}

func (l *Log) asksOf(key askKey) *asks {
	a := l.asks[key]
	if a == nil {
		a = &asks{}
		l.asks[key] = a
	}
	return a
}

// Bind tells the log which organization answers, once that is known. It is
// [ErrOtherSource] if the log has answers of another.
func (l *Log) Bind(organization string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bind(organization)
}

func (l *Log) bind(organization string) error {
	if err := l.source.differs(Source{Organization: organization}); err != nil {
		return err
	}
	if organization == l.source.Organization || organization == "" {
		return nil
	}
	if _, err := l.put(appendFrame(nil, frameBind, []byte(organization))); err != nil {
		return err
	}
	l.source.Organization = organization
	return nil
}

// Forget drops every answer to a path that begins so; they will be asked again,
// and the first of them counts as the first.
func (l *Log) Forget(prefix string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.put(appendFrame(nil, frameForget, []byte(prefix))); err != nil {
		return err
	}
	l.forget(prefix)
	return nil
}

// forgetPath is Forget for one path, and none below it.
func (l *Log) forgetPath(path string) error { return l.Forget(path + "\n") }
