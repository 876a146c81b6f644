package bundle

import (
	"bufio"
	"errors"
	"os"
	"strconv"
)

// A listFile is one file in the making: a listing, or an object of lists by id.
type listFile struct {
	f    *os.File
	w    *bufio.Writer
	form byte // '[' for a listing, '{' for an object by id, 0 for one object
	n    int64
}

func newListFile(path string, form byte) (*listFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	l := &listFile{f: f, w: bufio.NewWriterSize(f, windowSize), form: form}
	switch form {
	case '[':
		_, err = l.w.WriteString(`{"entities":[`)
	case '{':
		_, err = l.w.WriteString("{")
	}
	return l, err
}

// line writes the next entry on a line of its own: what is before it, and it.
func (l *listFile) line(before []byte, b []byte) error {
	sep := ",\n"
	if l.n++; l.n == 1 {
		sep = "\n"
	}
	if _, err := l.w.WriteString(sep); err != nil {
		return err
	}
	if _, err := l.w.Write(before); err != nil {
		return err
	}
	_, err := l.w.Write(b)
	return err
}

func (l *listFile) entity(b []byte) error {
	if l.form != '[' {
		return errors.New("an entity in a file that has none")
	}
	return l.line(nil, b)
}

func (l *listFile) value(id string, b []byte) error {
	if l.form != '{' {
		return errors.New("an id in a file that has none")
	}
	e := &encoder{}
	e.key(id)
	if e.err != nil {
		return e.err
	}
	return l.line(e.b, b)
}

func (l *listFile) whole(b []byte) error {
	_, err := l.w.Write(b)
	return err
}

// close ends the file. A listing tells how many entities it has, and that they
// are not all if that is so.
func (l *listFile) close(partial bool) error {
	_, err := l.w.WriteString(l.tail(partial) + "\n")
	if err == nil {
		err = l.w.Flush()
	}
	if err == nil {
		err = l.f.Sync()
	}
	if cerr := l.f.Close(); err == nil {
		err = cerr
	}
	l.f = nil
	return err
}

func (l *listFile) tail(partial bool) string {
	switch {
	case l.form == '[' && partial:
		return "\n],\"partial\":true,\"total\":" + strconv.FormatInt(l.n, 10) + "}"
	case l.form == '[':
		return "\n],\"total\":" + strconv.FormatInt(l.n, 10) + "}"
	case l.form == '{':
		return "\n}"
	default:
		return ""
	}
}

func (l *listFile) abandon() {
	if l.f != nil {
		l.f.Close()
		l.f = nil
	}
}
