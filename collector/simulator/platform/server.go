package platform

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Server serves one organization. It is safe for concurrent use.
type Server struct {
	o   Options
	org *Organization
	mux *http.ServeMux

	// records is held for writing while a record of the organization changes.
	records sync.RWMutex

	mu      sync.Mutex
	calls   map[string]int
	refused []string
	fired   []string
	changed []string
	matched []int // for each fault, how many calls it was about
	nth     uint64
	tokens  map[string]*token
	jobs    map[string]*job
	// visible and permitted are kept until a record changes.
	visible   map[string][]*entity
	permitted map[string]divisions
	models    map[authz.Key]*oracle
	counts    map[string]map[string]int
}

var _ http.Handler = (*Server)(nil)

// New returns a server of an organization, which it may change if a fault asks
// for that: each server needs an organization of its own then.
func New(org *Organization, o Options) *Server {
	s := &Server{
		o: o.complete(), org: org, mux: http.NewServeMux(), calls: map[string]int{}, tokens: map[string]*token{}, jobs: map[string]*job{},
		matched: make([]int, len(o.Faults)),
	}
	s.forget()
	for _, e := range endpoints() {
		s.mux.HandleFunc(e.pattern, s.serve(e))
	}
	s.mux.HandleFunc("POST /oauth/token", s.login)
	s.mux.HandleFunc("/", s.unknown)
	if o.Token != "" {
		s.tokens[o.Token] = &token{who: s.auditor()}
	}
	return s
}

// forget drops what was worked out from records. The caller holds the lock, or
// is New.
func (s *Server) forget() {
	s.visible, s.permitted = map[string][]*entity{}, map[string]divisions{}
	s.models, s.counts = map[authz.Key]*oracle{}, nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Calls returns how often each endpoint was called, as "GET /api/v2/users/{userId}".
func (s *Server) Calls() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.calls)
}

// Total returns how many calls there were, those for tokens included.
func (s *Server) Total() int {
	n := 0
	for _, c := range s.Calls() {
		n += c
	}
	return n
}

// Refused returns the calls that would have written something, as "DELETE
// /api/v2/users/42", in the order in which they came.
func (s *Server) Refused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refused)
}

// Fired returns the faults that happened, as "500 GET /api/v2/users", in order.
func (s *Server) Fired() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.fired)
}

// Changed returns the records that faults have changed for good, as "users/42".
func (s *Server) Changed() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.changed)
}

// Secret returns the secret of an OAuth client of the organization.
func (s *Server) Secret(client string) string { return Canary + "-secret-of-" + client }

// A call is one request to one endpoint.
type call struct {
	s       *Server
	org     *Organization
	r       *http.Request
	q       url.Values
	e       endpoint
	who     *caller
	effects []effect
}

// count notes a call and returns the id by which the platform knows it.
func (s *Server) count(endpoint string) (correlation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[endpoint]++
	s.nth++
	return s.name("call", s.nth)
}

// name returns the n-th id of a kind, in the form of a UUID.
func (s *Server) name(kind string, n uint64) string {
	h := s.hash(kind, n)
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// hash draws from the seed.
func (s *Server) hash(kind string, n uint64) [sha256.Size]byte {
	b := binary.BigEndian.AppendUint64(nil, s.o.Seed)
	b = binary.BigEndian.AppendUint64(b, n)
	return sha256.Sum256(append(b, kind...))
}

// serve returns the handler of an endpoint.
func (s *Server) serve(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		correlation := s.count(e.pattern)
		w.Header().Set("ININ-Correlation-Id", correlation)
		c := &call{s: s, org: s.org, r: r, q: r.URL.Query(), e: e, effects: s.effects(e.pattern, r.URL.Path)}
		body, err := c.answer(w.Header())
		if err != nil {
			s.fail(w, c, err, correlation)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		s.send(w, c, http.StatusOK, body)
	}
}

// answer does what comes before an endpoint's own work, and that.
func (c *call) answer(header http.Header) ([]byte, error) {
	if err := c.before(); err != nil {
		return nil, err
	}
	t, err := c.s.authenticate(c.r)
	if err != nil {
		return nil, err
	}
	if c.has(faultExpired) {
		c.s.expire(c.r)
		return nil, errBadToken()
	}
	c.who = t.who
	if err := c.s.limit(t, header); err != nil {
		return nil, err
	}
	if err := c.allowed(); err != nil {
		return nil, err
	}
	c.change()
	c.s.records.RLock()
	defer c.s.records.RUnlock()
	v, err := c.e.serve(c)
	if err != nil {
		return nil, err
	}
	if b, ok := v.([]byte); ok {
		return b, nil
	}
	return json.Marshal(v)
}

// fail answers with an error.
func (s *Server) fail(w http.ResponseWriter, c *call, err error, correlation string) {
	if errors.Is(err, errReset) {
		reset(w)
		return
	}
	var e *apiError
	if !errors.As(err, &e) {
		e = statusError(http.StatusInternalServerError)
		e.message = err.Error()
	}
	maps.Copy(w.Header(), e.header)
	w.Header().Set("Content-Type", "application/json")
	s.send(w, c, e.status, e.body(correlation))
}

// unknown answers what is no endpoint: what might write is refused and noted.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, org: s.org, r: r}
	correlation := s.count(r.Method + " " + r.URL.Path)
	w.Header().Set("ININ-Correlation-Id", correlation)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		s.fail(w, c, notFound("The requested resource was not found: %s", r.URL.Path), correlation)
		return
	}
	s.mu.Lock()
	s.refused = append(s.refused, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	s.fail(w, c, &apiError{status: http.StatusMethodNotAllowed, code: "method.not.allowed", message: "The simulator is read only: " + r.Method + " " + r.URL.Path}, correlation)
}

// text returns n characters of a hash.
func text(h [sha256.Size]byte, n int) string { return hex.EncodeToString(h[:])[:n] }
