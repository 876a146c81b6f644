package platform

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want Fault
		back string
	}{
		{"500", Fault{Name: "500", From: 1, Times: 1}, "500:1"},
		{"429:3", Fault{Name: "429", From: 3, Times: 1}, "429:3"},
		{"403:/users", Fault{Name: "403", Path: "/users", From: 1, Times: -1}, "403:/users:1+"},
		{"403:/users:2", Fault{Name: "403", Path: "/users", From: 2, Times: 1}, "403:/users:2"},
		{"reset:/api/v2/groups/*:2+", Fault{Name: "reset", Path: "/api/v2/groups/*", From: 2, Times: -1}, "reset:/api/v2/groups/*:2+"},
		{"429:/users:3x5", Fault{Name: "429", Path: "/users", From: 3, Times: 5}, "429:/users:3x5"},
		{"slow:10%", Fault{Name: "slow", Chance: 0.1}, "slow:10%"},
		{"503:/flows:0.5%", Fault{Name: "503", Path: "/flows", Chance: 0.005}, "503:/flows:0.5%"},
	} {
		got, err := ParseFault(test.text)
		if err != nil || got != test.want {
			t.Errorf("ParseFault(%q) = %+v, %v; want %+v", test.text, got, err, test.want)
		}
		if got.String() != test.back {
			t.Errorf("ParseFault(%q).String() = %q; want %q", test.text, got, test.back)
		}
		if again, err := ParseFault(test.back); err != nil || again != test.want {
			t.Errorf("ParseFault(%q) = %+v, %v; want %+v", test.back, again, err, test.want)
		}
	}
	for _, text := range []string{"", "flood", "399", "600", "500:/users:", "500:/users:0", "500:0", "500:/users:-1", "500:1x", "500:1x0", "500:1+x2", "500:101%", "500:-1%", "500:NaN%", "500:/users:often", "500:x%"} {
		if f, err := ParseFault(text); err == nil {
			t.Errorf("ParseFault(%q) = %+v; want an error", text, f)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	for _, s := range []string{"500", "429:/users:3x5", "slow:10%", "403:/a*b:2+", "reset:a:b:c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseFault(s)
		if err != nil {
			return
		}
		again, err := ParseFault(v.String())
		if err != nil || again.String() != v.String() {
			t.Errorf("ParseFault(%q) = %+v, of which %q is %+v, %v", s, v, v.String(), again, err)
		}
	})
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, endpoint, path string
		want                    bool
	}{
		{"", "GET /api/v2/users", "/api/v2/users", true},
		{"/users", "GET /api/v2/users", "/api/v2/users", true},
		{"/api/v2/users", "GET /api/v2/users", "/api/v2/users", true},
		{"/users", "GET /api/v2/users/{userId}", "/api/v2/users/1", false},
		{"/users/{userId}", "GET /api/v2/users/{userId}", "/api/v2/users/1", true},
		{"/users/1", "GET /api/v2/users/{userId}", "/api/v2/users/1", true},
		{"/users/2", "GET /api/v2/users/{userId}", "/api/v2/users/1", false},
		{"/users*", "GET /api/v2/users/{userId}", "/api/v2/users/1", true},
		{"*/members", "GET /api/v2/teams/{teamId}/members", "/api/v2/teams/1/members", true},
		{"/groups/*/members", "GET /api/v2/teams/{teamId}/members", "/api/v2/teams/1/members", false},
		{"/oauth/token", "POST /oauth/token", "/oauth/token", true},
	} {
		if got := (Fault{Path: test.pattern}).about(test.endpoint, test.path); got != test.want {
			t.Errorf("%q about %s: %t; want %t", test.pattern, test.path, got, test.want)
		}
	}
}

func faults(t testing.TB, texts ...string) []Fault {
	t.Helper()
	var out []Fault
	for _, s := range texts {
		f, err := ParseFault(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// TestStatusFaults makes calls fail with a status, when and as often as told.
func TestStatusFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault string
		want  []int
		retry string // of the first that fails
		code  string
	}{
		{"500:/users", []int{500, 200, 200}, "", "internal.server.error"},
		{"503:/users:2", []int{200, 503, 200}, "", "service.unavailable"},
		{"504:/users:1x2", []int{504, 504, 200}, "", "request.timeout"},
		{"501:/users:2+", []int{200, 501, 501}, "", "internal.server.error"},
		{"429:/users:2", []int{200, 429, 200}, "1", "too.many.requests"},
		{"429-long:/users", []int{429, 200, 200}, "300", "too.many.requests"},
		{"429-bare:/users", []int{429, 200, 200}, "", "too.many.requests"},
		{"403:/users", []int{403, 403, 403}, "", "missing.permissions"},
		{"404:/users:1", []int{404, 200, 200}, "", "not.found"},
		{"expired:/users:2", []int{200, 401, 401}, "", "bad.credentials"},
		{"500:/groups", []int{200, 200, 200}, "", ""},
		{"500:/users:0%", []int{200, 200, 200}, "", ""},
		{"500:/users:100%", []int{500, 500, 500}, "", ""},
	} {
		n := told(t, Options{Faults: faults(t, test.fault)})
		var got []int
		fired := 0
		for range test.want {
			status, body, h := n.ask("GET", "/users", nil)
			got = append(got, status)
			if status == 200 {
				continue
			}
			if fired++; fired == 1 && (h.Get("Retry-After") != test.retry || !strings.Contains(string(body), test.code)) {
				t.Errorf("%s: %v %s; want Retry-After %q and %s", test.fault, h, body, test.retry, test.code)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v; want %v", test.fault, got, test.want)
		}
		if n := len(n.s.Fired()); n != fired && !strings.HasPrefix(test.fault, "expired") {
			t.Errorf("%s: %d faults fired; want %d", test.fault, n, fired)
		}
	}
}

// TestExpired gets a new token after one that has expired too early.
func TestExpired(t *testing.T) {
	t.Parallel()
	n := told(t, Options{Faults: faults(t, "expired:/users:1", "500:/oauth/token:2")})
	if status, _, _ := n.ask("GET", "/users", nil); status != 401 {
		t.Fatalf("GET /users: %d; want 401", status)
	}
	if status, body, _ := n.do(tokenRequest(t, AuditorID, AuditorSecret, "client_credentials")); status != 500 {
		t.Errorf("login: %d %s; want 500", status, body)
	}
	n.token = n.login(AuditorID, AuditorSecret)
	n.get("/users")
}

// TestBodyFaults sends bodies that are not what they should be, over a real
// connection.
func TestBodyFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault string
		valid bool // JSON
		check func(*http.Response, []byte, error) bool
	}{
		{"slow", true, func(_ *http.Response, _ []byte, err error) bool { return err == nil }},
		{"truncated", false, func(r *http.Response, b []byte, err error) bool {
			return err != nil && r.ContentLength > int64(len(b))
		}},
		{"cut", false, func(r *http.Response, b []byte, err error) bool {
			return err == nil && r.StatusCode == 200 && r.ContentLength == int64(len(b))
		}},
		{"malformed", false, func(r *http.Response, b []byte, err error) bool {
			return err == nil && r.StatusCode == 200 && strings.HasSuffix(string(b), "}")
		}},
		{"empty", false, func(r *http.Response, b []byte, err error) bool {
			return err == nil && r.StatusCode == 200 && len(b) == 0
		}},
		{"html", false, func(r *http.Response, b []byte, err error) bool {
			return err == nil && r.StatusCode == 200 && r.Header.Get("Content-Type") == "text/html" && strings.HasPrefix(string(b), "<html>")
		}},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			slept := 0
			sleep := func(context.Context, time.Duration) error { slept++; return nil }
			n := told(t, Options{Faults: faults(t, test.fault+":/users:1"), Sleep: sleep})
			r, err := n.over(t.Context(), "/api/v2/users")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			body, err := io.ReadAll(r.Body)
			if json.Valid(body) != test.valid || !test.check(r, body, err) {
				t.Errorf("%s: %v %v %v: %s", test.fault, r.Status, r.Header, err, body)
			}
			if (slept > 0) != (test.fault == "slow") {
				t.Errorf("%s: slept %d times", test.fault, slept)
			}
			n.get("/users") // the next is right again
		})
	}
}

// TestConnectionFaults gives no answer at all.
func TestConnectionFaults(t *testing.T) {
	t.Parallel()
	n := told(t, Options{Faults: faults(t, "reset:/users:1", "hang:/users:2")})
	if r, err := n.over(t.Context(), "/api/v2/users"); err == nil {
		r.Body.Close()
		t.Errorf("reset: %s; want an error", r.Status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if r, err := n.over(ctx, "/api/v2/users"); !errors.Is(err, context.DeadlineExceeded) {
		if err == nil {
			r.Body.Close()
		}
		t.Errorf("hang: %v; want to be given up", err)
	}
	n.get("/users")
}

// over asks over a real connection, once.
func (n *naive) over(ctx context.Context, path string) (*http.Response, error) {
	n.t.Helper()
	server := httptest.NewServer(n.s)
	n.t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+path, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+n.token)
	return server.Client().Do(r)
}

// TestShiftingPages skips and repeats entities as lists do that change while they
// are read; read again, they are whole.
func TestShiftingPages(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	all := ids(n.s.org.all(authz.ListGroups))
	for _, test := range []struct {
		fault  string
		totals []string
		want   []string
	}{
		{"skip:/groups:2", []string{"5", "4", "5"}, []string{all[0], all[1], all[3], all[4], all[4]}},
		{"repeat:/groups:2", []string{"5", "6", "5"}, []string{all[0], all[1], all[1], all[2], all[4]}},
		{"total:/groups:2", []string{"5", "6", "5"}, all},
		{"skip:/groups:1", []string{"5", "5", "5"}, all}, // nothing is before the first page
	} {
		n := told(t, Options{Faults: faults(t, test.fault)})
		for _, again := range []bool{false, true} {
			var got, totals []string
			for page := 1; page <= 3; page++ {
				path := "/groups?pageSize=2&pageNumber=" + string(rune('0'+page))
				v := n.get(path)
				totals = append(totals, string(v["total"]))
				var list []json.RawMessage
				n.decode(v["entities"], &list)
				for _, raw := range list {
					got = append(got, n.id(raw))
				}
			}
			want, wantTotals := test.want, test.totals
			if again {
				want, wantTotals = all, []string{"5", "5", "5"}
			}
			if !slices.Equal(got, want) || !slices.Equal(totals, wantTotals) {
				t.Errorf("%s: %v %v; want %v %v", test.fault, got, totals, want, wantTotals)
			}
		}
	}
}

// TestShiftingCursors does the same where a cursor leads on.
func TestShiftingCursors(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]int{"skip:/authorization/divisions/query:2": 7, "repeat:/authorization/divisions/query:2": 9} {
		n := told(t, Options{Faults: faults(t, fault)})
		if got := len(n.walk("/authorization/divisions/query?pageSize=3")); got != want {
			t.Errorf("%s: %d divisions; want %d", fault, got, want)
		}
		if got := len(n.walk("/authorization/divisions/query?pageSize=3")); got != 8 {
			t.Errorf("%s, again: %d divisions; want 8", fault, got)
		}
	}
}

// TestChange changes a record for good between two readings.
func TestChange(t *testing.T) {
	t.Parallel()
	n := told(t, Options{Faults: faults(t, "change:/routing/queues:2"), Seed: 5})
	before, after, again := n.walk("/routing/queues"), n.walk("/routing/queues"), n.walk("/routing/queues")
	changed := n.s.Changed()
	if len(changed) != 1 || len(before) != len(after) {
		t.Fatalf("changed %v", changed)
	}
	for i := range before {
		if string(after[i]) != string(again[i]) {
			t.Errorf("%s changed back to %s", after[i], again[i])
		}
		same := string(before[i]) == string(after[i])
		if is := "queues/"+n.id(before[i]) == changed[0]; is == same {
			t.Errorf("%s is now %s; changed is %v", before[i], after[i], changed)
		}
		if !same && (!strings.Contains(string(after[i]), "(changed)") || !strings.Contains(string(after[i]), `"version":2`)) {
			t.Errorf("%s: want another name and version", after[i])
		}
	}
}

// TestOdd makes one record of a list odd, the same each time.
func TestOdd(t *testing.T) {
	t.Parallel()
	for path, field := range map[string]string{"/users": `"division":7`, "/groups": `"name":7`, "/groups/g-bpo-a-agents/members": `"division":7`} {
		n := told(t, Options{Faults: faults(t, "odd:"+path), Seed: 2})
		var odd []string
		for range 2 {
			for _, raw := range n.walk(path) {
				if strings.Contains(string(raw), field) {
					odd = append(odd, n.id(raw))
				}
			}
		}
		if len(odd) != 2 || odd[0] != odd[1] {
			t.Errorf("%s: odd records %v; want one, twice", path, odd)
		}
		for _, raw := range told(t, Options{}).walk(path) {
			if strings.Contains(string(raw), field) {
				t.Errorf("without a fault: %s", raw)
			}
		}
	}
}

// TestChance draws faults from the seed: the same calls have the same faults, and
// those of another seed have others.
func TestChance(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) []int {
		n := told(t, Options{Faults: faults(t, "500:/users:30%", "429:/groups:30%"), Seed: seed, Rate: -1})
		var out []int
		for range 50 {
			for _, path := range []string{"/users", "/groups"} {
				status, _, _ := n.ask("GET", path, nil)
				out = append(out, status)
			}
		}
		return out
	}
	one := run(1)
	if !slices.Equal(one, run(1)) || slices.Equal(one, run(2)) {
		t.Error("faults by chance do not follow from the seed alone")
	}
	failed := 0
	for _, status := range one {
		if status != 200 {
			failed++
		}
	}
	if failed < 15 || failed > 45 {
		t.Errorf("%d of 100 calls failed; want about 30", failed)
	}
}

// TestJobs looks at queries that take their time.
func TestJobs(t *testing.T) {
	t.Parallel()
	const query = `{"interval":"2026-01-01T00:00:00Z/2026-12-01T00:00:00Z","serviceName":"PeoplePermissions","filters":[{"property":"EntityType","value":"AuthUser"}]}`
	for polls, want := range map[int][]string{0: {"Queued", "Running", "Succeeded"}, 3: {"Queued", "Running", "Running", "Running", "Succeeded"}, -1: {"Queued", "Succeeded"}} {
		n := told(t, Options{JobPolls: polls})
		_, body, _ := n.ask("POST", "/audits/query", strings.NewReader(query))
		id := n.id(body)
		states := []string{state(n, body)}
		if status, body, _ := n.ask("GET", "/audits/query/"+id+"/results", nil); status != 400 && polls >= 0 {
			t.Errorf("results at once: %d %s; want 400", status, body)
		}
		for states[len(states)-1] != "Succeeded" && len(states) < 9 {
			_, body, _ := n.ask("GET", "/audits/query/"+id, nil)
			states = append(states, state(n, body))
		}
		if !slices.Equal(states, want) {
			t.Errorf("polls %d: %v; want %v", polls, states, want)
		}
		list, _ := n.entities("/audits/query/" + id + "/results")
		if len(list) != 1 || n.id(list[0]) != "ev-1" {
			t.Errorf("results %s; want ev-1", list)
		}
	}
	n := told(t, Options{})
	for _, body := range []string{"", "{}", `{"interval":"yesterday","serviceName":"PeoplePermissions"}`, `{"interval":"2026-02-01T00:00:00Z/2026-01-01T00:00:00Z","serviceName":"PeoplePermissions"}`, `{"interval":"2026-01-01T00:00:00Z/2026-02-01T00:00:00Z","serviceName":"Authorization"}`} {
		if status, got, _ := n.ask("POST", "/audits/query", strings.NewReader(body)); status != 400 {
			t.Errorf("query %s: %d %s; want 400", body, status, got)
		}
	}
}

func state(n *naive, body []byte) string {
	var v struct{ State string }
	n.decode(body, &v)
	return v.State
}
