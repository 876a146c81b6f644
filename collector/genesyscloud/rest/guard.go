package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const loginPath = "/oauth/token"

// A guard is the transport that every request goes through. It lets the
// requests of [Routes] to the API and the login pass, and nothing else.
type guard struct {
	api, login *url.URL
	next       http.RoundTripper
}

// RoundTrip sends a request that is allowed.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if !g.allows(r) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, notAllowed(r.Method, r.URL.Path)
	}
	return g.next.RoundTrip(r)
}

func notAllowed(method, path string) error {
	return fmt.Errorf("%s %s: %w", method, path, ErrNotAllowed)
}

func (g *guard) allows(r *http.Request) bool {
	u := r.URL
	if u.User != nil || u.Opaque != "" || u.RawPath != "" || u.Fragment != "" || r.Host != "" && r.Host != u.Host {
		return false
	}
	if path, ok := below(g.login, u); ok && path == loginPath {
		return r.Method == http.MethodPost && u.RawQuery == ""
	}
	path, ok := below(g.api, u)
	return ok && allowed(r.Method, path) && (r.Method == http.MethodPost || r.Body == nil)
}

// below returns the path of a URL under a base.
func below(base, u *url.URL) (string, bool) {
	if u.Scheme != base.Scheme || u.Host != base.Host {
		return "", false
	}
	return strings.CutPrefix(u.Path, base.Path)
}

// allowed reports whether a request is one of the routes.
func allowed(method, path string) bool {
	for _, r := range routes {
		if r.Method == method && r.matches(path) {
			return true
		}
	}
	return false
}

// matches compares segment by segment.
func (r Route) matches(path string) bool {
	pattern := r.Path
	for pattern != "" && path != "" {
		var want, have string
		want, pattern = segment(pattern)
		have, path = segment(path)
		if strings.HasPrefix(want, "/{") {
			if !isIdentifier(have[1:]) {
				return false
			}
			continue
		}
		if want != have {
			return false
		}
	}
	return pattern == "" && path == ""
}

// segment splits a path before its second slash.
func segment(path string) (first, rest string) {
	if at := strings.IndexByte(path[1:], '/'); at >= 0 {
		return path[:at+1], path[at+1:]
	}
	return path, ""
}

// isIdentifier reports whether a text can be an identifier of the platform:
// nothing in it means anything in a path.
func isIdentifier(s string) bool {
	if s == "" || len(s) > 200 || strings.Trim(s, ".") == "" {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.:*@", c) >= 0:
		default:
			return false
		}
	}
	return true
}
