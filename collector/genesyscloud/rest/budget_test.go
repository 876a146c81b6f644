package rest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A limiter takes so many requests a minute, as the platform does, and says so
// in its headers. It is a transport, so that time may be synctest's.
type limiter struct {
	allowed int

	mu      sync.Mutex
	from    time.Time
	count   int
	refused int
}

func (l *limiter) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(150 * time.Millisecond)
	l.mu.Lock()
	now := time.Now()
	if now.Sub(l.from) >= time.Minute {
		l.from, l.count = now, 0
	}
	left := int(l.from.Add(time.Minute).Sub(now) / time.Second) // rounded down
	l.count++
	h := http.Header{
		"Inin-Ratelimit-Count":   {fmt.Sprint(l.count)},
		"Inin-Ratelimit-Allowed": {fmt.Sprint(l.allowed)},
		"Inin-Ratelimit-Reset":   {fmt.Sprint(left)},
	}
	status := 200
	if l.count > l.allowed {
		l.refused++
		status = 429
		h.Set("Retry-After", fmt.Sprint(left+1))
	}
	l.mu.Unlock()
	time.Sleep(time.Duration(now.UnixNano()/1000%7) * 20 * time.Millisecond) // answers overtake each other
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(`{}`))}, nil
}

// TestBudget asks from several goroutines and meets the limit without being
// refused, in no more minutes than it takes.
func TestBudget(t *testing.T) {
	t.Parallel()
	for _, allowed := range []int{20, 180, 300} {
		for _, flight := range []int{1, 4, 16} {
			synctest.Test(t, func(t *testing.T) {
				l := &limiter{allowed: allowed}
				w := newWorld(t, says(200, `{}`), func(o *Options) {
					o.Account.Credentials = Credentials{AccessToken: NewSecret("given-token")}
					o.InFlight, o.Transport, o.Now, o.Sleep, o.Observe = flight, l, nil, nil, nil
				})
				w.server.Close()
				begun := time.Now()
				const requests = 900
				askAll(t, w.Client, requests, flight)
				minutes, least := int(time.Since(begun)/time.Minute), (requests-1)/allowed
				if l.refused > 0 || minutes < least || minutes > least+least*flight/allowed/4+1 {
					t.Errorf("allowed %d, in flight %d: %d minutes for %d requests, refused %d; want %d minutes", allowed, flight, minutes, requests, l.refused, least)
				}
			})
		}
	}
}

func askAll(t *testing.T, c *Client, requests, flight int) {
	var wait sync.WaitGroup
	for i := range flight {
		wait.Go(func() {
			for n := i; n < requests; n += flight {
				if _, err := c.Do(t.Context(), me); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// TestRetryAfterStopsAll has one request told to wait; the others wait too, and
// that is told once.
func TestRetryAfterStopsAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, failing(says(200, `{}`), says(429, `{}`, "Retry-After", "20"), says(200, `{}`)), func(o *Options) { o.InFlight = 1 })
	w.budget.close(w.clock.Now().Add(10 * time.Second))
	for range 2 {
		if _, err := w.Do(t.Context(), me); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.clock.total(); got != 30*time.Second {
		t.Errorf("waited %v; want 30s", got)
	}
	var told []string
	for _, e := range w.events {
		if e.Kind == Waiting || e.Kind == Retrying {
			told = append(told, fmt.Sprint(e.Kind, " ", e.Wait, " ", e.Why))
		}
	}
	if got := strings.Join(told, "; "); got != "4 10s the platform asked to wait; 3 20s the rate limit was met" {
		t.Errorf("told %s", got)
	}
}

func TestBudgetHeaders(t *testing.T) {
	t.Parallel()
	now := newClock().Now()
	answer := func(b *budget, count, allowed, reset string) {
		b.take(now)
		b.done(now, http.Header{"Inin-Ratelimit-Count": {count}, "Inin-Ratelimit-Allowed": {allowed}, "Inin-Ratelimit-Reset": {reset}})
	}
	tests := []struct {
		name  string
		tell  [][3]string
		waits time.Duration
	}{
		{"nothing told", nil, 0},
		{"left", [][3]string{{"299", "300", "10"}}, 0},
		{"used up", [][3]string{{"300", "300", "10"}}, 11 * time.Second},
		{"beyond", [][3]string{{"301", "300", "10"}}, 11 * time.Second},
		{"nonsense", [][3]string{{"x", "300", "10"}, {"300", "0", "10"}, {"-1", "300", "10"}, {"300", "300", ""}, {"9999999999", "300", "10"}}, 0},
		{"another limit", [][3]string{{"5", "300", "10"}, {"100", "100", "20"}, {"7", "300", "10"}}, 21 * time.Second},
		{"overtaken", [][3]string{{"300", "300", "10"}, {"298", "300", "10"}}, 11 * time.Second},
		{"next minute", [][3]string{{"300", "300", "0"}, {"1", "300", "60"}}, 0},
	}
	for _, tt := range tests {
		b := newBudget()
		for _, h := range tt.tell {
			answer(b, h[0], h[1], h[2])
		}
		until, _, _ := b.take(now)
		got := time.Duration(0)
		if !until.IsZero() {
			got = until.Sub(now)
		}
		if got != tt.waits {
			t.Errorf("%s: waits %v; want %v", tt.name, got, tt.waits)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"", 0, false},
		{"0", 0, true},
		{"12", 12 * time.Second, true},
		{"-1", 0, false},
		{"1.5", 0, false},
		{"x", 0, false},
		{"Sun, 01 Mar 2026 12:00:30 GMT", 30 * time.Second, true},
		{"Sun, 01 Mar 2026 11:00:30 GMT", 0, true},
		{"99999999999", (1 << 24) * time.Second, true},
	}
	for _, tt := range tests {
		if got, ok := retryAfter(http.Header{"Retry-After": {tt.text}}, now); got != tt.want || ok != tt.ok {
			t.Errorf("Retry-After %q: %v, %v; want %v, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}
