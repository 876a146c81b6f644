package xlsx

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

// A besideFile is a CSV file beside the workbook.
type besideFile struct {
	name string
	rows int // good when it is written
	err  error
}

// besides are the files beside a workbook while they are written.
type besides struct {
	list []*besideFile
	wait sync.WaitGroup
}

// beside begins to write what stands beside the workbook in place of a list's rows.
// A file that two lists need is written once. Without a workbook that is all lists.
func (b *book) beside(l list) []*besideFile {
	if b.o.Beside == nil || b.f != nil && !b.tooLong(l) {
		return nil
	}
	lists := []list{l}
	if l.beside != nil && !b.o.Full && l.count > b.limit {
		lists = l.beside
	}
	var out []*besideFile
	for _, l := range lists {
		out = append(out, b.besideFile(l))
	}
	return out
}

func (b *book) besideFile(l list) *besideFile {
	f := &besideFile{name: sheetCSV(l.name)}
	for _, done := range b.besides.list {
		if done.name == f.name {
			return done
		}
	}
	b.besides.list = append(b.besides.list, f)
	if rows, written := b.o.Written[f.name]; written {
		f.rows = rows
		return f
	}
	b.besides.wait.Go(func() {
		w, err := b.o.Beside(f.name)
		if err == nil {
			f.rows, err = writeCSV(w, l)
			err = errors.Join(err, w.Close())
		}
		if err != nil {
			f.err = fmt.Errorf("file %s: %w", f.name, err)
		}
	})
	return f
}

// finish waits until the files are written.
func (b *besides) finish() error {
	b.wait.Wait()
	var errs []error
	for _, f := range b.list {
		errs = append(errs, f.err)
	}
	return errors.Join(errs...)
}

// csvBuffer is how many bytes are handed on at once.
const csvBuffer = 1 << 16

// writeCSV writes rows as RFC 4180 has them, and returns how many.
func writeCSV(w io.Writer, l list) (int, error) {
	out := csvWriter{out: bufio.NewWriterSize(w, csvBuffer)}
	var head row
	for _, c := range l.columns {
		head = append(head, c.title)
	}
	n := 0
	if err := out.add(head); err != nil {
		return n, err
	}
	for r := range l.rows {
		if err := out.add(r); err != nil {
			return n, err
		}
		n++
	}
	return n, out.out.Flush()
}

// A csvWriter writes millions of rows, of which each often begins as the one before:
// with one principal, or one class. What is equal is not written out anew.
type csvWriter struct {
	out    *bufio.Writer
	line   []byte // of the row before, without its end
	fields []csvField
}

// A csvField is a field of the row before.
type csvField struct {
	end   int // where it ends in the line
	value any
	text  string // what a pointer to a text led to
}

func (w *csvWriter) add(r row) error {
	same := 0
	for same < len(r) && same < len(w.fields) && w.fields[same].holds(r[same]) {
		same++
	}
	w.fields, w.line = w.fields[:same], w.line[:0]
	if same > 0 {
		w.line = w.line[:w.fields[same-1].end]
	}
	for i := same; i < len(r); i++ {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		w.line = appendField(w.line, r[i])
		f := csvField{len(w.line), r[i], ""}
		if t, ok := r[i].(*string); ok {
			f.text = *t
		}
		w.fields = append(w.fields, f)
	}
	_, err := w.out.Write(append(w.line, "\r\n"...))
	return err
}

// holds reports whether a value is the one that the field has. Where it cannot be
// told in a moment, it is not: what a pointer leads to may have changed since.
func (f *csvField) holds(v any) bool {
	switch v := v.(type) {
	case *string:
		_, ok := f.value.(*string)
		return ok && *v == f.text
	case string, int, bool, authz.Kind, graph.Level:
		return f.value == v
	default:
		return false
	}
}

func appendField(line []byte, v any) []byte {
	switch v := v.(type) {
	case *string:
		return appendText(line, *v)
	case linked:
		return appendText(line, v.text)
	case string:
		return appendText(line, v)
	case int:
		return strconv.AppendInt(line, int64(v), 10)
	case int64:
		return strconv.AppendInt(line, v, 10)
	case bool:
		return append(line, yes(v)...)
	case day:
		return appendTime(line, time.Time(v), time.DateOnly)
	case *day:
		return appendTime(line, time.Time(*v), time.DateOnly)
	case authz.Kind:
		return append(line, v.String()...)
	case graph.Level:
		return append(line, reach(v)...)
	case time.Time:
		return appendTime(line, v, time.RFC3339)
	case rules.Severity:
		return append(line, v.String()...)
	case nil:
		return line
	default:
		return appendText(line, fmt.Sprint(v))
	}
}

// appendText appends a text, in quotes where it needs them.
func appendText(line []byte, s string) []byte {
	if !quoted(s) {
		if formula(s) {
			line = append(line, '\'')
		}
		return append(line, s...)
	}
	line = append(line, '"')
	if formula(s) {
		line = append(line, '\'')
	}
	for i := range len(s) {
		if s[i] == '"' {
			line = append(line, '"')
		}
		line = append(line, s[i])
	}
	return append(line, '"')
}

// quoted reports whether a text stands in quotes. What makes it so is not above the
// comma, as nearly every byte of gigabytes is: eight of them are looked at at once.
func quoted(s string) bool {
	for len(s) >= 8 {
		if someUpToComma(eight(s)) && quotedBytes(s[:8]) {
			return true
		}
		s = s[8:]
	}
	return quotedBytes(s)
}

func quotedBytes(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ',' && (c == ',' || c == '"' || c == '\n' || c == '\r') {
			return true
		}
	}
	return false
}

// eight returns the first eight bytes of a text in one word, in one load.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// someUpToComma reports whether a byte of the word is a comma or below it. Taking
// more than that from each borrows from the highest bit where it is; a borrow from
// the byte below is not told wrong, for there was one below then.
func someUpToComma(w uint64) bool {
	const every = 0x0101010101010101
	return (w-(','+1)*every)&^w&(0x80*every) != 0
}

// formula reports whether a spreadsheet would take a text of a CSV file, which has
// no types, for a formula; an apostrophe before it keeps it from that.
func formula(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return true
	default:
		return false
	}
}

func appendTime(line []byte, t time.Time, layout string) []byte {
	if t.IsZero() {
		return line
	}
	return t.UTC().AppendFormat(line, layout)
}
