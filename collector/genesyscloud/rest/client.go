package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Options say who asks, and how. Account is required; the zero value of all
// else is good for a real run.
type Options struct {
	// Account is whom to ask, and as whom.
	Account Account
	// Transport carries the requests that [Routes] allows. If it is nil, one is
	// made that keeps connections and uses the account's proxy.
	Transport http.RoundTripper
	// Log keeps every answer and gives it again. If it is nil, none is kept.
	Log *Log
	// InFlight is how many requests may be under way at once. If it is zero, 4.
	InFlight int
	// Timeout bounds one try of one request, its body included. If it is zero,
	// 60 seconds.
	Timeout time.Duration
	// Tries bounds how often a request is tried that breaks (5xx, cut
	// connection, a body that is not JSON). If it is zero, 8.
	Tries int
	// Patience bounds how long one request may be tried and kept waiting in
	// all. If it is zero, 15 minutes.
	Patience time.Duration
	// LongestWait is the longest Retry-After that is obeyed; a longer one is an
	// error. If it is zero, 3 minutes.
	LongestWait time.Duration
	// Agent is sent as User-Agent. If it is empty, "grantgraph".
	Agent string
	// Now, Sleep and Jitter are the clock and the dice; nil are the real ones.
	// Jitter is in [0, 1).
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func() float64
	// Observe is told what happens, one event at a time. It must be quick. If
	// it is nil, nobody is told.
	Observe func(Event)
}

// A Client asks the platform. It is used by any number of goroutines, which
// share its rate budget and its token.
type Client struct{}

// New returns a client. It asks nothing yet: a token is fetched at need.
func New(o Options) (*Client, error) { return nil, errors.New("rest: not there yet") }

// A Request is one question.
type Request struct {
	// Method is GET, or POST for the few that only ask.
	Method string
	// Path begins with /api/v2/ or /scim/v2/ and is not escaped.
	Path string
	// Query may be nil.
	Query url.Values
	// Body is encoded as JSON, for POST only.
	Body any
}

// Get returns the request for a path, and pairs of query parameters and their
// values; those with an empty value are left out.
func Get(path string, query ...string) Request {
	r := Request{Method: http.MethodGet, Path: path, Query: url.Values{}}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			r.Query.Add(query[i], query[i+1])
		}
	}
	return r
}

// A Response is the answer to a request: one in the two hundreds, since all
// others are errors.
type Response struct {
	Status int
	// Body is JSON without the fields that carry secrets; nil if the platform
	// sent none.
	Body json.RawMessage
	// Header is nil if the answer was replayed.
	Header http.Header
	// At is when the platform answered, also if that was in an earlier run.
	At time.Time
	// Replayed is set if the answer comes from the log.
	Replayed bool
}

// Do asks one question. The error is a [*APIError] if the platform refused, a
// [*AuthError] if it does not know us, a [*BrokenError] if no whole answer could be
// had, a [*LimitError] if it asks to wait longer than we will, a [*LogError] if
// the answer could not be kept, [ErrNotAllowed] if the request is not one of
// [Routes], or the context's own.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	return nil, errors.New("rest: not there yet")
}
