package rest

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A witness is the transport below the guard: what it sees would have left.
type witness struct{ left []string }

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	w.left = append(w.left, r.Method+" "+r.URL.String())
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"access_token":"t","entities":[]}`))}, nil
}

// fill puts an identifier in the place of each pattern.
func fill(path string) string {
	return regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "4f3-id")
}

func guarded(t *testing.T) (*Client, *witness) {
	t.Helper()
	w := &witness{}
	c, err := New(Options{
		Account:   Account{API: mustURL(t, "https://api.example.com/gate"), Login: mustURL(t, "https://login.example.com"), Credentials: Credentials{AccessToken: NewSecret("t")}},
		Transport: w, Sleep: newClock().Sleep,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, w
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "", "PROPFIND"}

// TestOnlyRoutesLeave makes every method on every route, and on what writes,
// through the client and through the transport itself.
func TestOnlyRoutesLeave(t *testing.T) {
	t.Parallel()
	paths := []string{
		"/", "/api/v2", "/api/v2/users/me", "/api/v2/usersx", "/api/v2/users/a/b", "/api/v2/users/", "/api/v2/users//roles", "//api/v2/users",
		"/api/v2/users/../oauth/clients", "/api/v2/users/..", "/api/v2/users/.", "/api/v2/users/a%2Fb", "/api/v2/users/a?b", "/api/v2/users/a b",
		"/api/v2/users/u1/password", "/api/v2/oauth/clients/c1/secret", "/api/v2/authorization/subjects/s1/bulkadd", "/api/v2/authorization/roles/default",
		"/api/v2/authorization/subjects/s1/divisions/d1/roles/r1", "/api/v2/authorization/divisions/d1/objects/USER", "/oauth/token", "/api/v2/oauth/token",
		"/scim/v2/groups", "/api/v2/users/u1/invite", "", "api/v2/users", "/API/V2/USERS", "/api/v2/users/" + strings.Repeat("x", 300),
	}
	for _, r := range routes {
		paths = append(paths, fill(r.Path))
	}
	c, w := guarded(t)
	want := map[string]bool{"POST https://login.example.com/oauth/token": true}
	for _, r := range routes {
		want[r.Method+" https://api.example.com/gate"+fill(r.Path)] = true
	}
	// These look like an identifier, and are no more than reads.
	want["GET https://api.example.com/gate/api/v2/users/me"] = true
	want["GET https://api.example.com/gate/api/v2/authorization/roles/default"] = true
	for _, method := range methods {
		for _, path := range paths {
			_, err := c.Do(t.Context(), Request{Method: method, Path: path})
			if err != nil && !errors.Is(err, ErrNotAllowed) {
				t.Errorf("%s %s: %v", method, path, err)
			}
			for _, host := range []string{"https://api.example.com/gate", "https://api.example.com", "http://api.example.com/gate", "https://login.example.com", "https://evil.example"} {
				u := mustURL(t, host)
				u.Path += path
				reply, err := c.http.Transport.RoundTrip(&http.Request{Method: method, URL: u, Header: http.Header{}})
				if err == nil {
					reply.Body.Close()
				}
			}
		}
	}
	for _, left := range w.left {
		if !want[left] {
			t.Errorf("left: %s", left)
		}
	}
	for left := range want {
		if !slices.Contains(w.left, left) {
			t.Errorf("did not leave: %s", left)
		}
	}
}

func TestGuardRefusesTricks(t *testing.T) {
	t.Parallel()
	c, w := guarded(t)
	good := func() *http.Request {
		return &http.Request{Method: "GET", URL: mustURL(t, "https://api.example.com/gate/api/v2/users"), Header: http.Header{}}
	}
	for name, change := range map[string]func(*http.Request){
		"user":        func(r *http.Request) { r.URL.User = url.User("x") },
		"raw path":    func(r *http.Request) { r.URL.RawPath = "/gate/api/v2/oauth%2fclients" },
		"opaque":      func(r *http.Request) { r.URL.Opaque = "//evil.example/api/v2/users" },
		"host header": func(r *http.Request) { r.Host = "evil.example" },
		"port":        func(r *http.Request) { r.URL.Host += ":444" },
		"body of GET": func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("x")) },
		"login query": func(r *http.Request) {
			r.Method, r.URL = "POST", mustURL(t, "https://login.example.com/oauth/token?x=1")
		},
		"login GET": func(r *http.Request) { r.URL = mustURL(t, "https://login.example.com/oauth/token") },
		"prefix":    func(r *http.Request) { r.URL = mustURL(t, "https://api.example.com/gateway/api/v2/users") },
	} {
		r := good()
		change(r)
		if _, err := c.http.Transport.RoundTrip(r); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("%s: %v; want %v", name, err, ErrNotAllowed)
		}
	}
	if len(w.left) > 0 {
		t.Errorf("left: %q", w.left)
	}
	if _, err := c.http.Transport.RoundTrip(good()); err != nil || len(w.left) != 1 {
		t.Errorf("the request that the tricks were made of: %v", err)
	}
	if _, err := c.Do(t.Context(), Request{Path: "/api/v2/users", Body: 1}); err == nil || len(w.left) != 1 {
		t.Errorf("a body with GET: %v", err)
	}
}

// TestRoutesAsk lists the requests that are no GET, so that another takes a
// change here too.
func TestRoutesAsk(t *testing.T) {
	t.Parallel()
	posts := []string{"/api/v2/audits/query", "/api/v2/oauth/clients/{client}/usage/query"}
	for i, r := range Routes() {
		switch {
		case r.Method == "POST" && slices.Contains(posts, r.Path):
		case r.Method != "GET":
			t.Errorf("%s %s: is it sure that it only asks?", r.Method, r.Path)
		}
		if slices.Index(routes, r) != i {
			t.Errorf("%s %s is there twice", r.Method, r.Path)
		}
		if !regexp.MustCompile(`^/(api|scim)/v2(/([a-z0-9]+|\{[a-z]+\}))+$`).MatchString(r.Path) {
			t.Errorf("%s %s: not a path", r.Method, r.Path)
		}
	}
}

// TestOneDoor reads the sources: there is one HTTP client, and one place that
// uses it.
func TestOneDoor(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	door := regexp.MustCompile(`http\.Client\{|\.http\.Do\(|http\.(Get|Post|Head|PostForm)\(|DefaultClient|net\.Dial|tls\.Dial|\.RoundTrip\(`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range door.FindAllString(string(text), -1) {
			count[file+" "+found]++
		}
	}
	want := map[string]int{"client.go http.Client{": 1, "send.go .http.Do(": 1, "guard.go .RoundTrip(": 1}
	for what, n := range count {
		if want[what] != n {
			t.Errorf("%s: %d times; want %d", what, n, want[what])
		}
	}
	if len(count) != len(want) {
		t.Errorf("doors: %v; want %v", count, want)
	}
}
