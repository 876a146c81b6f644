package rest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// A logHead is the first frame of a log.
type logHead struct {
	Source Source    `json:"source"`
	Begun  time.Time `json:"begun"`
}

// OpenLog opens the log at a path, or begins it (mode 0600). A tail that was not
// wholly written, or is damaged, is cut off: see [Log.Notes]. The error is
// [ErrLocked] if another run has it, and [ErrOtherSource] if it is of another
// source.
func OpenLog(path string, o LogOptions) (*Log, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log of the run: %w", err)
	}
	l, err := openLog(f, path, o)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("opening the log of the run %s: %w", path, err)
	}
	return l, nil
}

func openLog(f *os.File, path string, o LogOptions) (*Log, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a file")
	}
	if err := lock(f); err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err != nil { // the other run may just have ended
		return nil, err
	}
	l := &Log{path: path, file: f, now: o.Now, asks: map[askKey]*asks{}}
	if o.disk != nil {
		l.file = o.disk(f)
	}
	if l.pack, err = newPacker(); err != nil {
		return nil, err
	}
	l.mu.Lock() // a slow disk: the timer of the first sync can be over before the head is written
	err = l.load(f, info.Size(), o.Source)
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	// An older run, or a copy, may have left it open to others.
	return l, f.Chmod(0o600)
}

// load reads a log, or begins it.
func (l *Log) load(f io.Reader, size int64, source Source) error {
	r := bufio.NewReaderSize(f, 1<<20)
	begun, err := l.loadHead(r, size, source)
	if err != nil {
		return err
	}
	if !begun {
		if size > 0 {
			l.notes = append(l.notes, "the log of the run was cut off before its first answer: it is begun anew")
		}
		return l.begin(source)
	}
	frames := frameReader{r: r, left: size - l.end}
	for {
		kind, payload, n, err := frames.next()
		if err == nil {
			err = l.loadFrame(kind, payload, n)
		}
		switch {
		case err == nil:
			l.end += n
		case errors.Is(err, io.EOF):
			return l.bind(source.Organization)
		case errors.Is(err, errTorn), errors.Is(err, errEntry):
			return l.cut(size, source)
		default:
			return err
		}
	}
}

// longestHead bounds the magic and the first frame, which are written at once: a
// longer file that lacks them was not cut off but damaged.
const longestHead = 1 << 10

// loadHead reads the magic and the first frame; begun is not set if the log was
// cut off before their end.
func (l *Log) loadHead(r *bufio.Reader, size int64, source Source) (begun bool, err error) {
	magic := make([]byte, min(size, int64(len(logMagic))))
	if _, err := io.ReadFull(r, magic); err != nil {
		return false, fmt.Errorf("reading: %w", err)
	}
	if !strings.HasPrefix(logMagic, string(magic)) {
		return false, errors.New("it is not the log of a run, or of another version: remove it, or name another file")
	}
	frames := frameReader{r: r, left: size - int64(len(magic))}
	kind, payload, n, err := frames.next()
	torn := errors.Is(err, errTorn) || errors.Is(err, io.EOF)
	switch {
	case torn && size <= longestHead:
		return false, nil
	case err != nil && !torn:
		return false, err
	}
	var head logHead
	if torn || kind != frameHead || json.Unmarshal(payload, &head) != nil {
		return false, errors.New("its head is damaged: remove it to begin anew")
	}
	l.end, l.source, l.begun = int64(len(magic))+n, head.Source, head.Begun
	if err := l.source.differs(source); err != nil {
		return false, err
	}
	return true, nil
}
