package xlsx

import "fmt"

// maxLinks is how many cells of a sheet lead to others. A sheet may have 65,530, but
// each costs the library a look at all before: with 10,000 that is a quarter of a
// second. The summary says how many were left out.
const maxLinks = 10_000

// linked is a text that leads to a row of a sheet.
type linked struct {
	text, sheet string
	row         int
}

// target is the first cell of a row of a sheet.
func target(sheet string, row int) string { return fmt.Sprintf("'%s'!A%d", sheet, row) }

// A jump is a cell that leads somewhere.
type jump struct{ at, target string }

// jumps sets the links of a sheet; it must be done before its stream ends.
func (b *book) jumps(sheet string, list []jump) error {
	for _, j := range list {
		if err := b.f.SetCellHyperLink(sheet, j.at, j.target, "Location"); err != nil {
			return fmt.Errorf("link of %s: %w", j.at, err)
		}
	}
	return nil
}
