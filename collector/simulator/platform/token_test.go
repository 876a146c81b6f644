package platform

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A clock is moved by hand.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)} }

func (c *clock) at() time.Time { return c.now }

// TestLogin asks for tokens, rightly and wrongly.
func TestLogin(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	for _, test := range []struct {
		id, secret, grant string
		status            int
		code              string
	}{
		{AuditorID, AuditorSecret, "client_credentials", 200, ""},
		{AuditorID, "wrong", "client_credentials", 401, "invalid_client"},
		{AuditorID, "", "client_credentials", 401, "invalid_client"},
		{"nobody", "x", "client_credentials", 401, "invalid_client"},
		{AuditorID, AuditorSecret, "password", 400, "unsupported_grant_type"},
		{"oc-provisioning", n.s.Secret("oc-provisioning"), "client_credentials", 200, ""},
		{"oc-provisioning", n.s.Secret("oc-wallboard"), "client_credentials", 401, "invalid_client"},
		{"oc-wallboard", n.s.Secret("oc-wallboard"), "client_credentials", 400, "unauthorized_client"}, // acts for who signs in
	} {
		status, body, _ := n.do(tokenRequest(t, test.id, test.secret, test.grant))
		var got map[string]any
		n.decode(body, &got)
		if status != test.status {
			t.Errorf("%s: %d %s; want %d", test.id, status, body, test.status)
			continue
		}
		if status == 200 {
			if got["token_type"] != "bearer" || !strings.Contains(got["access_token"].(string), Canary) || got["expires_in"].(float64) < 299 {
				t.Errorf("%s: %s", test.id, body)
			}
			continue
		}
		if got["error"] != test.code || got["error_description"] == "" || got["description"] == "" || got["code"] != nil {
			t.Errorf("%s: %s; want the OAuth error %s", test.id, body, test.code)
		}
	}
	r := tokenRequest(t, AuditorID, AuditorSecret, "client_credentials")
	r.Header.Set("Content-Type", "application/json")
	if status, body, _ := n.do(r); status != 400 {
		t.Errorf("JSON for a form: %d %s; want 400", status, body)
	}
	r = tokenRequest(t, "", "", "client_credentials")
	r.Header.Del("Authorization")
	if status, body, _ := n.do(r); status != 401 {
		t.Errorf("no client: %d %s; want 401", status, body)
	}
}

// TestTokens looks at who is let in: tokens live as long as the client says, or the
// options do.
func TestTokens(t *testing.T) {
	t.Parallel()
	c := newClock()
	n := told(t, Options{Now: c.at, TokenLifetime: 10 * time.Minute, Token: "given"})
	for _, test := range []struct {
		header string
		after  time.Duration
		status int
		code   string
	}{
		{"", 0, 401, "authentication.required"},
		{"Basic abc", 0, 401, "authentication.required"},
		{"Bearer nonsense", 0, 401, "bad.credentials"},
		{"Bearer " + n.token, 0, 200, ""},
		{"bearer " + n.token, 9 * time.Minute, 200, ""},
		{"Bearer " + n.token, 2 * time.Minute, 401, "bad.credentials"},
		{"Bearer given", 1000 * time.Hour, 200, ""},
	} {
		c.now = c.now.Add(test.after)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v2/users", nil)
		if test.header != "" {
			r.Header.Set("Authorization", test.header)
		}
		status, body, _ := n.do(r)
		if status != test.status || !strings.Contains(string(body), test.code) {
			t.Errorf("%q after %s: %d %s; want %d %s", test.header, test.after, status, body, test.status, test.code)
		}
	}
	n = told(t, Options{Now: c.at})
	n.token = n.login("oc-bpo-a-workspace", n.s.Secret("oc-bpo-a-workspace")) // 300 seconds
	if c.now = c.now.Add(299 * time.Second); n.get("/tokens/me") == nil {
		t.Error("a token of five minutes is dead before")
	}
	c.now = c.now.Add(time.Second)
	if status, _, _ := n.ask("GET", "/tokens/me", nil); status != 401 {
		t.Errorf("after five minutes: %d; want 401", status)
	}
}

// TestRate exceeds the rate of one token, waits, and goes on.
func TestRate(t *testing.T) {
	t.Parallel()
	c := newClock()
	n := told(t, Options{Now: c.at, Rate: 3})
	first, second := n.token, n.login(AuditorID, AuditorSecret)
	for _, test := range []struct {
		token             string
		after             time.Duration
		status            int
		count, reset, try string
	}{
		{first, 0, 200, "1", "60", ""},
		{first, 20 * time.Second, 200, "2", "40", ""},
		{first, 0, 200, "3", "40", ""},
		{first, 500 * time.Millisecond, 429, "3", "40", "40"},
		{second, 0, 200, "1", "60", ""},
		{first, 39500 * time.Millisecond, 200, "1", "60", ""},
	} {
		c.now = c.now.Add(test.after)
		n.token = test.token
		status, body, h := n.ask("GET", "/users", nil)
		if status != test.status || h.Get("inin-ratelimit-count") != test.count || h.Get("inin-ratelimit-allowed") != "3" ||
			h.Get("inin-ratelimit-reset") != test.reset || h.Get("Retry-After") != test.try {
			t.Errorf("%+v: %d %v %s", test, status, h, body)
		}
		if status == 429 && !strings.Contains(string(body), "Rate limit exceeded the maximum [3] requests within [60] seconds") {
			t.Errorf("429: %s", body)
		}
	}
}

// TestDuplicates fails for a subject with too many grants, if all are wanted.
func TestDuplicates(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	var all, collapsed struct{ Grants []struct{ SubjectID string } }
	_, body, _ := n.ask("GET", "/authorization/subjects/u-tess?includeDuplicates=true", nil)
	n.decode(body, &all)
	_, body, _ = n.ask("GET", "/authorization/subjects/u-tess", nil)
	n.decode(body, &collapsed)
	inherited := false
	for _, g := range all.Grants {
		inherited = inherited || g.SubjectID == "g-ss-telephony"
	}
	if !inherited || len(all.Grants) < len(collapsed.Grants) {
		t.Errorf("u-tess has %d grants, %d collapsed; inherited %t", len(all.Grants), len(collapsed.Grants), inherited)
	}
	for limit, status := range map[int]int{len(all.Grants): 500, len(all.Grants) + 1: 200} {
		n := told(t, Options{DuplicatesLimit: limit})
		for _, want := range []int{status, status} { // persistently
			if got, body, _ := n.ask("GET", "/authorization/subjects/u-tess?includeDuplicates=true", nil); got != want {
				t.Errorf("limit %d of %d: %d %s; want %d", limit, len(all.Grants), got, body, want)
			}
		}
		if got, _, _ := n.ask("GET", "/authorization/subjects/u-tess?includeDuplicates=false", nil); got != 200 {
			t.Errorf("limit %s: %d without duplicates; want 200", strconv.Itoa(limit), got)
		}
	}
}
