package rest

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A budget is how many requests the platform still takes, as its headers say.
// All requests of a client share it.
type budget struct {
	mu       sync.Mutex
	inFlight int
	windows  map[int]*window // by how many are allowed, which tells limits apart
	closed   time.Time       // until when the platform asked for silence
	told     time.Time       // until when waiting was told
}

// A window is the present minute of one of the platform's limits.
type window struct {
	last  int // count that the platform told last
	used  int // that, and what we have sent since
	reset time.Time
}

// slack is added to the end of a window: the platform tells it in whole
// seconds, and a request that comes too early costs a 429.
const slack = time.Second

func newBudget() *budget { return &budget{windows: map[int]*window{}} }

// take takes one request out of the budget, or says until when there is none.
// First is set for the first to hear of that time.
func (b *budget) take(now time.Time) (until time.Time, why string, first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.closed) {
		until, why = b.closed, "the platform asked to wait"
	}
	for allowed, w := range b.windows {
		if now.Before(w.reset) && w.used >= allowed && w.reset.After(until) {
			until, why = w.reset, "the "+strconv.Itoa(allowed)+" requests that the platform allows in a while are used up"
		}
	}
	if !until.IsZero() {
		first = until.After(b.told)
		if first {
			b.told = until
		}
		return until, why, first
	}
	b.inFlight++
	for _, w := range b.windows {
		w.used++
	}
	return time.Time{}, "", false
}

// done gives back a request that was answered with these headers; nil if it was
// not.
func (b *budget) done(now time.Time, h http.Header) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	count, okCount := number(h, "Inin-Ratelimit-Count")
	allowed, okAllowed := number(h, "Inin-Ratelimit-Allowed")
	seconds, okReset := number(h, "Inin-Ratelimit-Reset")
	if !okCount || !okAllowed || !okReset || allowed <= 0 {
		return
	}
	reset := now.Add(time.Duration(seconds)*time.Second + slack)
	w := b.windows[allowed]
	switch {
	case w == nil || !now.Before(w.reset) || reset.Sub(w.reset) > 2*time.Second:
		b.windows[allowed] = &window{last: count, used: count + b.inFlight, reset: reset}
	case count >= w.last: // else it overtook one that was sent after it
		w.last, w.used = count, count+b.inFlight
	}
}

// close stops all requests until a time.
func (b *budget) close(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.closed) {
		b.closed = until
	}
}

// number returns a header that is a whole number of a sane size.
func number(h http.Header, name string) (int, bool) {
	n, err := strconv.Atoi(h.Get(name))
	return n, err == nil && n >= 0 && n <= 1<<24
}

// retryAfter returns how long the platform asks to wait, in seconds or until a
// date.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return time.Duration(min(n, 1<<24)) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}
