package bundle

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// Bounds on lines that the bundle's content could multiply.
const (
	maxIgnored = 100
	maxWords   = 20
)

// A ledger gathers the lines of one organization, to be told in one order
// whatever the order of reading was.
type ledger struct {
	org      string
	lines    []authz.Coverage
	readings map[reading]int64
	words    int
	ignored  int64
}

// A reading is a value that was missing or odd, and how it was read.
type reading struct {
	list   authz.List
	source string
	reason string
}

const ignoredReason = "ignored: not a file of a bundle"

func (l *ledger) ignore(source string) {
	if l.ignored++; l.ignored <= maxIgnored {
		l.lines = append(l.lines, authz.Coverage{
			Org: l.org, Source: source, Status: authz.StatusReading, Expected: -1, Received: 1, Reason: ignoredReason,
		})
	}
}

// note counts a reading.
func (l *ledger) note(r reading) {
	if l.readings == nil {
		l.readings = map[reading]int64{}
	}
	l.readings[r]++
}

// word counts a reading whose reason repeats a word of the bundle. There may be
// any number of such words, so only the first are told by name.
func (l *ledger) word(r reading, other string) {
	if l.readings[r] == 0 {
		if l.words >= maxWords {
			r.reason = other
		}
		l.words++
	}
	l.note(r)
}

// cover hands all lines to the sink: lists in their order, each list's own line first.
func (l *ledger) cover(sink collector.Sink) error {
	if more := l.ignored - maxIgnored; more > 0 {
		l.lines = append(l.lines, authz.Coverage{
			Org: l.org, Status: authz.StatusReading, Expected: -1, Received: more,
			Reason: fmt.Sprintf("ignored: not files of a bundle (%d more)", more),
		})
	}
	l.lines = append(l.lines, l.noted()...)
	slices.SortStableFunc(l.lines, compareLines)
	for _, line := range l.lines {
		if err := sink.Cover(line); err != nil {
			return fmt.Errorf("keeping the ledger: %w", err)
		}
	}
	return nil
}

// noted returns a line for each reading that was counted, in no order.
func (l *ledger) noted() []authz.Coverage {
	lines := make([]authz.Coverage, 0, len(l.readings))
	for r, n := range l.readings {
		lines = append(lines, authz.Coverage{
			Org: l.org, List: r.list, Source: r.source, Status: authz.StatusReading, Expected: -1, Received: n, Reason: r.reason,
		})
	}
	return lines
}

func compareLines(a, b authz.Coverage) int {
	return cmp.Or(
		cmp.Compare(listOrder(a.List), listOrder(b.List)),
		cmp.Compare(isReading(a), isReading(b)),
		cmp.Compare(a.Source, b.Source),
		cmp.Compare(a.Reason, b.Reason),
	)
}

func isReading(c authz.Coverage) int {
	if c.Status == authz.StatusReading {
		return 1
	}
	return 0
}

// listOrder puts what is of no list last.
func listOrder(list authz.List) int {
	if i := slices.Index(authz.Lists(), list); i >= 0 {
		return i
	}
	return len(authz.Lists())
}
