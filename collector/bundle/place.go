package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"unicode/utf8"
)

// A placeError is an error with its place in a file, as far as it is known.
type placeError struct {
	file   string
	at     int64 // byte, from 0
	line   int64 // from 1; 0 is unknown
	col    int64
	entity int64 // from 1; 0 is none
	id     string
	field  string
	err    error
}

func (e *placeError) Error() string {
	s := e.file
	if e.line > 0 {
		s += fmt.Sprintf(":%d:%d", e.line, e.col)
	}
	s += fmt.Sprintf(" (byte %d)", e.at)
	if e.entity > 0 {
		s += fmt.Sprintf(": entity %d", e.entity)
		if e.id != "" {
			s += " (id " + quote(e.id) + ")"
		}
	}
	if e.field != "" {
		s += ": field " + e.field
	}
	return s + ": " + e.err.Error()
}

func (e *placeError) Unwrap() error { return e.err }

// place gives an error a place, if it does not have one yet.
func place(err error) *placeError {
	var p *placeError
	if errors.As(err, &p) {
		return p
	}
	var syn *syntaxError
	if errors.As(err, &syn) {
		return &placeError{at: syn.at, err: syn}
	}
	return nil
}

// inField names the field that an error of a value lies in.
func inField(key []byte, err error) error {
	p := place(err)
	if p == nil {
		return err
	}
	name := fieldName(key)
	if p.field != "" {
		name += "." + p.field
	}
	if len(name) < 200 {
		p.field = name
	}
	return p
}

// fieldName shows a key, in quotes if it is not a plain word.
func fieldName(key []byte) string {
	for _, c := range key {
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && c != '_' && c != '-' {
			return quote(string(key))
		}
	}
	if len(key) == 0 || len(key) > maxShown {
		return quote(string(key))
	}
	return string(key)
}

// locate finds line and column of the error's byte.
func (e *placeError) locate(fsys fs.FS, file string) {
	f, err := fsys.Open(file)
	if err != nil {
		return
	}
	defer f.Close()
	line, start, at := int64(1), int64(0), int64(0)
	buf := make([]byte, windowSize)
	for at < e.at {
		n, err := f.Read(buf[:min(int64(len(buf)), e.at-at)])
		for i, c := range buf[:n] {
			if c == '\n' {
				line++
				start = at + int64(i) + 1
			}
		}
		at += int64(n)
		if err != nil && (!errors.Is(err, io.EOF) || at < e.at) {
			return
		}
	}
	e.line, e.col = line, e.at-start+1
}

// maxShown bounds how much of a name a message repeats.
const maxShown = 80

// quote shows a name in a message: in quotes, with what could disturb a terminal
// escaped, and not at any length.
func quote(s string) string {
	if len(s) <= maxShown {
		return strconv.Quote(s)
	}
	cut := maxShown
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut]) + "…"
}
