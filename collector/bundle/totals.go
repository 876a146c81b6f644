package bundle

import "fmt"

// A page is what one listing says of itself.
type page struct {
	total   int64 // -1 is unknown
	number  int64
	came    int64
	partial bool
	// container is the type of what the members of the listing are members of,
	// where it is not what the file says.
	container string
}

// totals compares what listings announce with what they hold. Listings with a
// page number above one continue the listing before them.
type totals struct {
	pages  int64
	open   bool
	total  int64
	came   int64
	listed int64 // entities in listings
	sum    int64
	silent bool // a listing announced nothing
	short  int64
	fault  string // the first disagreement

	container string // as in page, of the last listing that said it
}

func (t *totals) add(p page) {
	t.pages++
	if p.number <= 1 || !t.open {
		t.flush()
		t.open, t.total, t.came = true, -1, 0
	}
	t.came += p.came
	if p.container != "" {
		t.container = p.container
	}
	if p.total >= 0 {
		t.total = p.total
	}
	if p.partial && t.fault == "" {
		t.fault = "a listing says of itself that it is partial"
	}
}

// flush ends the listing that is open.
func (t *totals) flush() {
	if !t.open {
		return
	}
	t.open = false
	t.listed += t.came
	if t.total < 0 {
		t.silent = true
		return
	}
	t.sum += t.total
	t.short += t.total - t.came
	if t.total != t.came && t.fault == "" {
		t.fault = fmt.Sprintf("a listing announces %d entities and has %d", t.total, t.came)
	}
}

// announced returns the total so far, or -1 if it is unknown.
func (t *totals) announced() int64 {
	n := t.sum
	if t.open {
		n += max(t.total, 0)
	}
	if n == 0 || t.silent {
		return -1
	}
	return n
}

// expected returns the number of records that the listings announce: those that
// came and those that did not. It is -1 unless every entity was in a listing
// that announced a total.
func (t *totals) expected(records, elements int64) int64 {
	if t.pages == 0 || t.silent || t.listed != elements {
		return -1
	}
	return max(records+t.short, 0)
}
