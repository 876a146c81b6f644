package rest

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
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
	// Patience bounds how long one request may be tried and put off in all. The
	// wait for the rate budget is not counted. If it is zero, 15 minutes.
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
	// Observe is told what happens, one event at a time. It must be quick, and
	// not ask the client. If it is nil, nobody is told.
	Observe func(Event)
}

func (o *Options) setDefaults() {
	setDefault(&o.InFlight, 4)
	setDefault(&o.Timeout, time.Minute)
	setDefault(&o.Tries, 8)
	setDefault(&o.Patience, 15*time.Minute)
	setDefault(&o.LongestWait, 3*time.Minute)
	setDefault(&o.Agent, "grantgraph")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Transport == nil {
		o.Transport = newTransport(o.Account.Proxy)
	}
}

func setDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func newTransport(p *Proxy) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	if p != nil {
		u := *p.URL
		if p.User != "" {
			u.User = url.UserPassword(p.User, p.Password.reveal())
		}
		t.Proxy = http.ProxyURL(&u)
	}
	return t
}

// A Client asks the platform. It is used by any number of goroutines, which
// share its rate budget and its token.
type Client struct {
	o       Options
	http    *http.Client
	slots   chan struct{}
	budget  *budget
	token   *token
	reached atomic.Bool // we were answered, by anybody
	telling sync.Mutex
}

// New returns a client. It asks nothing yet: a token is fetched at need.
func New(o Options) (*Client, error) {
	a := o.Account
	switch {
	case a.API == nil || a.Login == nil:
		return nil, errors.New("making a client: no address to ask: resolve the account first")
	case a.Credentials.AccessToken.IsZero() && (a.Credentials.ClientID == "" || a.Credentials.ClientSecret.IsZero()):
		return nil, errors.New("making a client: no credentials: resolve the account first")
	}
	o.setDefaults()
	c := &Client{o: o, slots: make(chan struct{}, o.InFlight), budget: newBudget()}
	c.http = &http.Client{
		Transport:     &guard{api: a.API, login: a.Login, next: o.Transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.token = newToken(c)
	return c, nil
}

// A Request is one question.
type Request struct {
	// Method is GET, or POST for the few that only ask. Empty is GET.
	Method string
	// Path begins with /api/v2/ or /scim/v2/ and is not escaped.
	Path string
	// Query may be nil.
	Query url.Values
	// Body is encoded as JSON, for POST only.
	Body any
	// Accept, if set, says what is wrong with a body. An answer that it does
	// not accept is as broken as one that is not JSON: tried again, not kept.
	// The body has no secrets any more.
	Accept func(body json.RawMessage) error
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
	// Header has what is worth knowing of the headers; nil if replayed.
	Header http.Header
	// At is when the platform answered, also if that was in an earlier run.
	At time.Time
	// Replayed is set if the answer comes from the log.
	Replayed bool
}
