package platform

import (
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A caller is whoever a token was given to: an OAuth client of the organization,
// or the auditor.
type caller struct {
	id      string
	auditor bool
	subject authz.Key
}

// A token is an access token with its rate.
type token struct {
	who     *caller
	expires time.Time // zero: never
	window  time.Time // when the minute that is counted began
	count   int
}

func (s *Server) auditor() *caller { return &caller{id: s.o.ClientID, auditor: true} }

func errBadToken() error {
	return unauthorized("bad.credentials", "Invalid login credentials.")
}

// authenticate returns the token of a request.
func (s *Server) authenticate(r *http.Request) (*token, error) {
	name, ok := bearer(r)
	if !ok {
		return nil, unauthorized("authentication.required", "No authentication bearer token specified in authorization header.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[name]
	if t == nil || (!t.expires.IsZero() && !s.o.Now().Before(t.expires)) {
		return nil, errBadToken()
	}
	return t, nil
}

// expire ends the token of a request.
func (s *Server) expire(r *http.Request) {
	name, _ := bearer(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[name]; t != nil && name != s.o.Token {
		t.expires = s.o.Now()
	}
}

func bearer(r *http.Request) (string, bool) {
	kind, name, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(name), ok && strings.EqualFold(kind, "bearer")
}

// rateWindow is the time over which requests are counted.
const rateWindow = time.Minute

// limit counts a request against the rate of its token.
func (s *Server) limit(t *token, header http.Header) error {
	if s.o.Rate < 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if now.Sub(t.window) >= rateWindow || now.Before(t.window) {
		t.window, t.count = now, 0
	}
	reset := int(math.Ceil(t.window.Add(rateWindow).Sub(now).Seconds()))
	if t.count >= s.o.Rate {
		rateHeaders(header, t.count, s.o.Rate, reset)
		return tooMany(s.o.Rate, int(rateWindow.Seconds()), reset)
	}
	t.count++
	rateHeaders(header, t.count, s.o.Rate, reset)
	return nil
}

// allowed checks the permissions that the endpoint wants.
func (c *call) allowed() error {
	if c.has(faultForbidden) {
		return missing(c.e.wanted(), c.e.oneOf)
	}
	var lacking []string
	for _, name := range c.e.needs {
		if c.s.permittedIn(c.who, name).none() {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) == 0 || (c.e.oneOf && len(lacking) < len(c.e.needs)) {
		return nil
	}
	return missing(lacking, c.e.oneOf)
}

// sees reports whether an entity is in a list that is filtered by a permission.
func (d divisions) sees(e *entity) bool { return d.all || e.division == "" || d.in[e.division] }
