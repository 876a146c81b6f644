package rest

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// A verdict says what to do about one try.
type verdict struct {
	answer *answer // done
	err    error   // done, in vain

	again  *cause        // what broke: try again
	wait   time.Duration // at least, before that
	limit  bool          // it was the rate limit: that is not counted as a try
	renew  bool          // the token was not taken
	used   int           // version of the token
	denied *APIError     // beside renew

	took time.Duration // from the request to the end of the answer
}

// retry asks until there is an answer, or no hope of one.
func (c *Client) retry(ctx context.Context, q *question) (*answer, error) {
	var spent time.Duration // on tries and on waits
	tries, broken, renewed := 0, 0, false
	for {
		tries++
		v := c.try(ctx, q, tries)
		spent += v.took
		switch {
		case v.err != nil:
			return nil, v.err
		case v.answer != nil:
			return v.answer, nil
		case v.renew:
			if renewed || !c.token.refused(v.used) {
				return nil, c.tokenRefused(v.denied)
			}
			renewed = true
			c.tell(Event{Kind: Retrying, Method: q.method, Path: q.path, Try: tries, Status: v.denied.Status, Why: "the token was not taken"})
			continue
		}
		if !v.limit {
			broken++
		}
		wait := max(v.wait, c.backoff(tries))
		if err := c.hopeless(q, v, tries, broken, spent+wait); err != nil {
			return nil, err
		}
		c.tell(Event{Kind: Retrying, Method: q.method, Path: q.path, Try: tries, Wait: wait, Until: c.o.Now().Add(wait), Why: v.again.text})
		if err := c.o.Sleep(ctx, wait); err != nil {
			return nil, err
		}
		spent += wait
	}
}

// hopeless returns the error of a request that is not tried again.
func (c *Client) hopeless(q *question, v verdict, tries, broken int, spent time.Duration) error {
	most := c.o.Tries
	if v.again.first && !c.reached.Load() {
		most = min(most, 3)
	}
	switch {
	case v.wait > c.o.LongestWait:
		return &LimitError{q.method, q.path, v.wait}
	case v.limit && spent > c.o.Patience:
		return &LimitError{q.method, q.path, spent}
	case v.again.final, !v.limit && broken >= most, spent > c.o.Patience:
		return &BrokenError{q.method, q.path, tries, v.again}
	}
	return nil
}

const (
	firstWait   = 500 * time.Millisecond
	longestStep = 30 * time.Second
)

// backoff doubles with each try; a part of it is chance, lest all come back at
// once.
func (c *Client) backoff(tries int) time.Duration {
	wait := min(longestStep, firstWait<<min(tries-1, 10))
	return wait/2 + time.Duration(c.o.Jitter()*float64(wait/2))
}

// try asks once.
func (c *Client) try(ctx context.Context, q *question, n int) verdict {
	var bearer Secret
	version := 0
	if !q.login {
		var err error
		if bearer, version, err = c.token.get(ctx); err != nil {
			return verdict{err: err}
		}
		if err := c.admit(ctx, q); err != nil {
			return verdict{err: err}
		}
	}
	begun := c.o.Now()
	a, failed := c.send(ctx, q, bearer)
	now := c.o.Now()
	e := Event{Kind: Asked, Method: q.method, Path: q.path, Try: n, Took: now.Sub(begun)}
	if !q.login {
		var h http.Header
		if a != nil {
			h = a.header
		}
		c.budget.done(now, h)
	}
	if a != nil {
		c.reached.Store(true)
		e.Status = a.status
		c.tell(e)
	}
	if failed != nil {
		if err := ctx.Err(); err != nil {
			return verdict{err: err}
		}
		if errors.Is(failed, ErrNotAllowed) {
			return verdict{err: failed.err}
		}
		return verdict{again: failed, took: e.Took}
	}
	v := c.judge(q, a, now)
	v.used, v.took = version, e.Took
	return v
}

// admit waits until the budget has a request left.
func (c *Client) admit(ctx context.Context, q *question) error {
	for {
		now := c.o.Now()
		until, why, first := c.budget.take(now)
		if until.IsZero() {
			return nil
		}
		wait := until.Sub(now)
		if first {
			c.tell(Event{Kind: Waiting, Method: q.method, Path: q.path, Wait: wait, Until: until, Why: why})
		}
		if err := c.o.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// judge says what an answer with a whole body means.
func (c *Client) judge(q *question, a *answer, now time.Time) verdict {
	wait, asked := retryAfter(a.header, now)
	switch {
	case a.status == http.StatusTooManyRequests:
		if reset, ok := number(a.header, "Inin-Ratelimit-Reset"); ok && !asked {
			wait = time.Duration(reset)*time.Second + slack
		}
		if !q.login && wait <= c.o.LongestWait {
			c.budget.close(now.Add(wait))
		}
		return verdict{again: &cause{text: "the rate limit was met"}, wait: wait, limit: true}
	case a.status >= 500 && a.status != http.StatusNotImplemented:
		refused := c.refusal(q, a.status, a.header, a.body)
		text := http.StatusText(a.status)
		if refused.Code != "" || refused.Message != "" {
			text = refused.Code + " " + refused.Message
		}
		return verdict{again: &cause{text: text, err: refused}, wait: wait}
	case q.login && a.status >= 300:
		return verdict{err: c.signInRefused(a.status, a.body)}
	case a.status == http.StatusUnauthorized:
		return verdict{renew: true, denied: c.refusal(q, a.status, a.header, a.body)}
	}
	if a.status < 300 {
		if err := c.whole(q, a); err != nil {
			return verdict{again: &cause{text: err.Error(), err: err}}
		}
		return verdict{answer: a}
	}
	c.clear(a, false)
	return verdict{answer: a}
}
