package term

import (
	"encoding/csv"
	"io"
	"strings"
)

// A CSV writes rows as RFC 4180 has them, in which no cell is a formula to a
// spreadsheet and no name disturbs a terminal.
type CSV struct{ w *csv.Writer }

// NewCSV returns a writer of rows.
func NewCSV(w io.Writer) *CSV {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &CSV{c}
}

// Row writes one row.
func (c *CSV) Row(cells ...string) error {
	safe := make([]string, len(cells))
	for i, s := range cells {
		safe[i] = Inert(s)
	}
	return c.w.Write(safe)
}

// Close writes what is held back.
func (c *CSV) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// Inert returns a cell that stays text: one that begins with a character which
// spreadsheets take for a formula gets an apostrophe before it.
func Inert(s string) string {
	clean := Clean(s)
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + clean
	}
	return clean
}
