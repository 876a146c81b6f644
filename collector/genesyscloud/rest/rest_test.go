package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testID     = "0d0c7a1e-1111-4222-8333-444455556666"
	testSecret = "canary-client-secret-x9"
	testToken  = "canary-access-token-y8"
)

// A clock stands still unless somebody sleeps.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func (c *clock) total() (sum time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range c.slept {
		sum += d
	}
	return sum
}

// A world is a platform of one handler, with its login, and a client of it.
type world struct {
	*Client
	clock  *clock
	server *httptest.Server
	events []Event

	mu     sync.Mutex
	calls  []string // method, path and query of what came in, the login apart
	tokens int      // that were given
}

// newWorld serves handle; a request without the token in force is refused, as the
// platform does.
func newWorld(t testing.TB, handle http.HandlerFunc, change ...func(*Options)) *world {
	t.Helper()
	w := &world{clock: newClock()}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == loginPath {
			w.login(rw, r)
			return
		}
		w.mu.Lock()
		w.calls = append(w.calls, strings.TrimSuffix(r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery, "?"))
		good := r.Header.Get("Authorization") == fmt.Sprintf("Bearer %s-%d", testToken, w.tokens)
		w.mu.Unlock()
		if !good {
			refuse(rw, 401, "bad.credentials", "Invalid login credentials.")
			return
		}
		handle(rw, r)
	}))
	t.Cleanup(w.server.Close)
	base, err := url.Parse(w.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Account: Account{
			API: base, Login: base, Credentials: Credentials{ClientID: testID, ClientSecret: NewSecret(testSecret)},
			From: map[string]string{"credentials": envID, "region": envRegion},
		},
		Now: w.clock.Now, Sleep: w.clock.Sleep, Jitter: func() float64 { return 0.5 },
		Timeout: 5 * time.Second,
		Observe: func(e Event) { w.events = append(w.events, e) },
	}
	for _, f := range change {
		f(&o)
	}
	if w.Client, err = New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) login(rw http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	body, _ := io.ReadAll(r.Body)
	if id != testID || secret != testSecret || r.Method != "POST" || string(body) != "grant_type=client_credentials" {
		rw.WriteHeader(401)
		fmt.Fprint(rw, `{"error":"invalid_client","description":"authentication failed","error_description":"authentication failed"}`)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens++
	fmt.Fprintf(rw, `{"access_token":"%s-%d","token_type":"bearer","expires_in":86399}`, testToken, w.tokens)
}

func (w *world) called() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.calls...)
}

func refuse(rw http.ResponseWriter, status int, code, message string) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	json.NewEncoder(rw).Encode(map[string]any{"status": status, "code": code, "message": message, "contextId": "ctx-1"})
}

// failing serves the given handlers one after the other, and the last for good.
func failing(handlers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handlers[min(n, len(handlers)-1)]
		n++
		mu.Unlock()
		h(rw, r)
	}
}

func says(status int, body string, header ...string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			rw.Header().Set(header[i], header[i+1])
		}
		rw.WriteHeader(status)
		io.WriteString(rw, body)
	}
}

// cut promises more than it sends.
func cut(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Length", "1000")
	io.WriteString(rw, `{"id":`)
}

// reset sends nothing.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

var me = Get("/api/v2/organizations/me")

func TestDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, says(200, ` {"id": "o1", "secret": "canary"} `, "Inin-Correlation-Id", "c1", "Set-Cookie", "canary"))
	a, err := w.Do(t.Context(), Get("/api/v2/users/u1", "expand", "team", "state", ""))
	if err != nil {
		t.Fatal(err)
	}
	if string(a.Body) != `{"id":"o1"}` || a.Status != 200 || a.Replayed || !a.At.Equal(w.clock.Now()) {
		t.Errorf("Do = %+v", a)
	}
	if a.Header.Get("Inin-Correlation-Id") != "c1" || a.Header.Get("Set-Cookie") != "" {
		t.Errorf("header = %v", a.Header)
	}
	if got := w.called(); len(got) != 1 || got[0] != "GET /api/v2/users/u1?expand=team" {
		t.Errorf("called %q", got)
	}
}

// TestRetry has every way in which an answer breaks.
func TestRetry(t *testing.T) {
	t.Parallel()
	good := says(200, `{"id":"o1"}`)
	tests := []struct {
		name string
		bad  http.HandlerFunc
		want bool // tried again
	}{
		{"500", says(500, `{"code":"internal.server.error"}`), true},
		{"501", says(501, `{}`), false},
		{"502 html", says(502, `<html>`), true},
		{"503", says(503, ``), true},
		{"504", says(504, `{"code":"request.timeout"}`), true},
		{"429", says(429, `{"code":"too.many.requests"}`), true},
		{"429 Retry-After", says(429, `{}`, "Retry-After", "7"), true},
		{"cut", cut, true},
		{"reset", reset, true},
		{"truncated json", says(200, `{"id":"o1`), true},
		{"trailing", says(200, `{"id":"o1"}}`), true},
		{"empty", says(200, ``), true},
		{"sign-in page", says(200, `<html>`), true},
		{"400", says(400, `{"code":"bad.request"}`), false},
		{"403", says(403, `{"code":"missing.permissions"}`), false},
		{"404", says(404, `{"code":"not.found"}`), false},
		{"409", says(409, `{}`), false},
		{"302", says(302, ``, "Location", "https://elsewhere.example/"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, failing(tt.bad, tt.bad, good))
			a, err := w.Do(t.Context(), me)
			if !tt.want {
				if refused, ok := errors.AsType[*APIError](err); !ok || len(w.called()) != 1 {
					t.Fatalf("Do = %v, %v (%v) in %d calls; want a refusal in one", a, err, refused, len(w.called()))
				}
				return
			}
			if err != nil || string(a.Body) != `{"id":"o1"}` || len(w.called()) != 3 || w.clock.total() == 0 {
				t.Fatalf("Do = %v, %v in %d calls after %v; want an answer in 3", a, err, len(w.called()), w.clock.slept)
			}
		})
	}
}

func TestRetryEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		bad   http.HandlerFunc
		calls int
		want  string
	}{
		{
			"500", says(500, `{"code":"internal.server.error","message":"oh"}`), 8,
			"asking GET /api/v2/organizations/me: no whole answer in 8 tries: internal.server.error oh",
		},
		{
			"malformed", says(200, `{"id":"o1", x}`), 8,
			"asking GET /api/v2/organizations/me: no whole answer in 8 tries: the body is not JSON at byte 13 of 14",
		},
		{
			"sign-in page", says(200, `<html>`, "Content-Type", "text/html"), 8,
			`asking GET /api/v2/organizations/me: no whole answer in 8 tries: the body is not JSON (content type "text/html"): is a proxy or a sign-in page in the way?`,
		},
		{"cut", cut, 8, "asking GET /api/v2/organizations/me: no whole answer in 8 tries: the connection was cut in the middle"},
		{
			"long wait", says(429, `{}`, "Retry-After", "600"), 1,
			"asking GET /api/v2/organizations/me: the platform asks to wait 10m0s: run the same command again then",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.bad)
			_, err := w.Do(t.Context(), me)
			if err == nil || err.Error() != tt.want || len(w.called()) != tt.calls {
				t.Errorf("Do: %v in %d calls; want %s in %d", err, len(w.called()), tt.want, tt.calls)
			}
		})
	}
}

// TestStorm has a platform that never takes a request: patience ends.
func TestStorm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, says(429, `{}`, "Retry-After", "60"))
	_, err := w.Do(t.Context(), me)
	limit, ok := errors.AsType[*LimitError](err)
	if !ok || limit.Wait < 15*time.Minute || w.clock.total() > 15*time.Minute {
		t.Errorf("Do = %v after %v", err, w.clock.total())
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status int
		body   string
		want   APIError
		text   string
	}{
		{
			403, `{"code":"missing.permissions","message":"You are missing the following permission(s): authorization:grant:view, directory:user:view"}`,
			APIError{Code: "missing.permissions", Missing: []string{"authorization:grant:view", "directory:user:view"}},
			"give the client a role with authorization:grant:view and directory:user:view in all divisions",
		},
		{
			403, `{"code":"missing.any.permissions","message":"m","messageParams":{"permissions":"[directory:organization:admin, authorization:settings:view]"}}`,
			APIError{Code: "missing.any.permissions", MissingAny: true, Missing: []string{"authorization:settings:view", "directory:organization:admin"}},
			"authorization:settings:view or directory:organization:admin",
		},
		{
			403, `{"code":"missing.permissions","message":"You are missing the following permission(s): admin, routing:queue:*"}`,
			APIError{Code: "missing.permissions", Missing: []string{"admin", "routing:queue:*"}},
			"admin and routing:queue:*",
		},
		{403, `{"code":"not.authorized","message":"no"}`, APIError{Code: "not.authorized"}, "403 not.authorized: no"},
		{403, `{"code":7,"message":["x"],"messageParams":3,"limit":"x","errors":1}`, APIError{}, "403 Forbidden"},
		{400, `{"errors":[{"code":"max.role.ids","message":"too many"}]}`, APIError{Code: "max.role.ids"}, "too many"},
		{
			400, `{"code":"quota","message":"m","limit":{"key":"users.max","namespace":"directory","value":10000}}`,
			APIError{Code: "quota", Limit: &Limit{"users.max", "directory", 10000}},
			"(limit users.max: 10000)",
		},
		{404, `<html>nginx</html>`, APIError{}, "404 Not Found: the answer is not the platform's: is the region right"},
		{413, `{"code":"response.entity.too.large","message":"a\u001b[31m\u0000b"}`, APIError{Code: "response.entity.too.large"}, "a [31m b"},
	}
	for _, tt := range tests {
		w := newWorld(t, says(tt.status, tt.body))
		_, err := w.Do(t.Context(), me)
		got, ok := errors.AsType[*APIError](err)
		if !ok {
			t.Fatalf("Do = %v", err)
		}
		if got.Code != tt.want.Code || got.Status != tt.status || fmt.Sprint(got.Missing) != fmt.Sprint(tt.want.Missing) || got.MissingAny != tt.want.MissingAny ||
			(got.Limit == nil) != (tt.want.Limit == nil) || got.Limit != nil && *got.Limit != *tt.want.Limit {
			t.Errorf("%s: got %+v", tt.body, got)
		}
		if !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v; want %q in it", tt.body, err, tt.text)
		}
	}
}
