package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

type spanUnit struct {
	letter byte
	length time.Duration
}

// spanUnits are the units of durations in packs, the longest first. Months are
// not among them: they have no fixed length.
func spanUnits() []spanUnit {
	const day = 24 * time.Hour
	return []spanUnit{{'w', 7 * day}, {'d', day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}
}

// parseSpan reads a duration such as 2h, 90d or 1d12h.
func parseSpan(s string) (time.Duration, bool) {
	var total time.Duration
	for rest := s; rest != ""; {
		digits := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if digits <= 0 {
			return 0, false
		}
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		unit := unitLength(rest[digits])
		if err != nil || unit == 0 || n > int64(math.MaxInt64-total)/int64(unit) {
			return 0, false
		}
		total += time.Duration(n) * unit
		rest = rest[digits+1:]
	}
	return total, s != ""
}

func unitLength(letter byte) time.Duration {
	for _, u := range spanUnits() {
		if u.letter == letter {
			return u.length
		}
	}
	return 0
}

// formatSpan writes a duration as people state it: in the longest unit that
// divides it for whole ones, else in its largest unit, rounded down.
func formatSpan(d time.Duration) string {
	if d < 0 {
		return "-" + formatSpan(-d)
	}
	for _, u := range spanUnits()[1:] {
		if d >= u.length && (d%u.length == 0 || d >= 3*u.length) {
			return fmt.Sprintf("%d%c", d/u.length, u.letter)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
