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
// A file that two lists need is written once.
func (b *book) beside(l list) []*besideFile {
	if b.o.Beside == nil {
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

// writeCSV writes rows as RFC 4180 has them. It appends to one buffer: there are
// millions of rows.
func writeCSV(w io.Writer, l list) (int, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	for i, c := range l.columns {
		line = appendField(separated(line, i), c.title)
	}
	n := 0
	if _, err := out.Write(append(line, "\r\n"...)); err != nil {
		return n, err
	}
	for r := range l.rows {
		line = line[:0]
		for i, v := range r {
			line = appendField(separated(line, i), v)
		}
		if _, err := out.Write(append(line, "\r\n"...)); err != nil {
			return n, err
		}
		n++
	}
	return n, out.Flush()
}

func separated(line []byte, column int) []byte {
	if column == 0 {
		return line
	}
	return append(line, ',')
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

// quoted reports whether a text stands in quotes. Most bytes of gigabytes are above
// the comma.
func quoted(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ',' && (c == ',' || c == '"' || c == '\n' || c == '\r') {
			return true
		}
	}
	return false
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
