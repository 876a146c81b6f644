package xlsx

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/rules"
)

// putFile writes a sheet's full rows beside the workbook.
func (b *book) putFile(l list, note *sheetNote) error {
	if b.sidecar == nil {
		note.leftOut = true
		return nil
	}
	note.file = sheetCSV(l.name)
	w, err := b.sidecar(note.file)
	if err != nil {
		return fmt.Errorf("file %s: %w", note.file, err)
	}
	n, err := writeCSV(w, l)
	if err = errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("file %s: %w", note.file, err)
	}
	note.fileRows = n
	return nil
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
		return appendText(line, plain(*v))
	case linked:
		return appendText(line, plain(v.text))
	case string:
		return appendText(line, plain(v))
	case int:
		return strconv.AppendInt(line, int64(v), 10)
	case int64:
		return strconv.AppendInt(line, v, 10)
	case bool:
		return append(line, yes(v)...)
	case day:
		return append(line, stamp(time.Time(v), time.DateOnly)...)
	case time.Time:
		return append(line, stamp(v, time.RFC3339)...)
	case rules.Severity:
		return append(line, v.String()...)
	case nil:
		return line
	default:
		return appendText(line, plain(fmt.Sprint(v)))
	}
}

// appendText appends a text, in quotes where it needs them.
func appendText(line []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return append(line, s...)
	}
	line = append(line, '"')
	for i := range len(s) {
		if s[i] == '"' {
			line = append(line, '"')
		}
		line = append(line, s[i])
	}
	return append(line, '"')
}

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}
