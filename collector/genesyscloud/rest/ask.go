package rest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/grantgraph/grantgraph/collector/scrub"
)

// A question is a request that was checked, ready to be sent.
type question struct {
	method, path string
	query        string // sorted and escaped
	body         []byte
	login        bool
	accept       func(json.RawMessage) error
}

// ask makes a question of a request.
func newQuestion(r Request) (*question, error) {
	q := &question{method: r.Method, path: r.Path, query: r.Query.Encode(), accept: r.Accept}
	if q.method == "" {
		q.method = http.MethodGet
	}
	if len(q.path) == 0 || q.path[0] != '/' || !allowed(q.method, q.path) {
		return nil, notAllowed(q.method, q.path)
	}
	if r.Body == nil {
		return q, nil
	}
	if q.method != http.MethodPost {
		return nil, fmt.Errorf("%s %s: has a body: only POST may", q.method, q.path)
	}
	var err error
	if q.body, err = json.Marshal(r.Body); err != nil {
		return nil, fmt.Errorf("%s %s: encoding the body: %w", q.method, q.path, err)
	}
	return q, nil
}

// key is what the log knows the question by.
func (q *question) key() askKey {
	k := askKey{method: q.method, path: q.path, query: q.query}
	if len(q.body) > 0 {
		sum := sha256.Sum256(q.body)
		k.body = hex.EncodeToString(sum[:16])
	}
	return k
}

// Do asks one question. The error is a [*APIError] if the platform refused, a
// [*AuthError] if it does not know us, a [*BrokenError] if no whole answer could
// be had, a [*LimitError] if it asks to wait longer than we will, a [*LogError]
// if the answer could not be kept, [ErrNotAllowed] if the request is not one of
// [Routes], or the context's own.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	q, err := newQuestion(r)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.o.Log == nil {
		return c.result(q)(c.live(ctx, q))
	}
	slot, kept, err := c.o.Log.next(q.key())
	if err != nil {
		return nil, err
	}
	if kept != nil && (kept.status >= 300 || q.accept == nil || q.accept(kept.body) == nil) {
		c.tell(Event{Kind: Replayed, Method: q.method, Path: q.path, Status: kept.status})
		return c.result(q)(kept, nil)
	}
	a, err := c.live(ctx, q)
	if err == nil && keeps(a.status) {
		err = c.o.Log.append(slot, a)
	}
	return c.result(q)(a, err)
}

// keeps reports whether an answer is kept. What is refused may be granted
// before the run goes on, and is asked again; what is not there is kept,
// because lists of details are full of it.
func keeps(status int) bool { return status < 300 || status == http.StatusNotFound }

// An answer is what the platform said for good: nothing in it is secret.
type answer struct {
	status   int
	header   http.Header
	body     []byte
	at       time.Time
	replayed bool
}

// result turns an answer into what Do returns.
func (c *Client) result(q *question) func(*answer, error) (*Response, error) {
	return func(a *answer, err error) (*Response, error) {
		if err != nil {
			return nil, err
		}
		if a.status >= 300 {
			return nil, c.refusal(q, a.status, a.header, a.body)
		}
		return &Response{Status: a.status, Body: a.body, Header: a.header, At: a.at, Replayed: a.replayed}, nil
	}
}

// live asks the platform, within the number of requests that may be under way.
func (c *Client) live(ctx context.Context, q *question) (*answer, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case c.slots <- struct{}{}:
	}
	defer func() { <-c.slots }()
	return c.retry(ctx, q)
}

// clear takes the secrets out of an answer. Valid is set if its body is known to
// be JSON.
func (c *Client) clear(a *answer, valid bool) {
	body := bytes.TrimSpace(a.body)
	switch {
	case len(body) == 0:
		body = nil
	case valid || json.Valid(body):
		body = scrub.JSON(body)
	default:
		body = nil // a page of HTML: nothing in it is of use
	}
	a.body = c.withoutOwnBytes(body)
	kept := http.Header{}
	for name, values := range a.header {
		if keptHeaders[name] {
			kept[name] = values
		}
	}
	a.header = kept
}

var keptHeaders = map[string]bool{
	"Content-Type": true, "Date": true, "Inin-Correlation-Id": true, "Inin-Ratelimit-Count": true,
	"Inin-Ratelimit-Allowed": true, "Inin-Ratelimit-Reset": true, "Retry-After": true,
}
