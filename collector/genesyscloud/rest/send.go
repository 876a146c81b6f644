package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// maxBody bounds an answer: the largest pages are a few megabytes.
const maxBody = 256 << 20

// send sends a question once and reads the answer to its end.
func (c *Client) send(ctx context.Context, q *question, bearer Secret) (*answer, *cause) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	r, err := c.request(ctx, q, bearer)
	if err != nil {
		return nil, &cause{text: err.Error(), err: err, final: true}
	}
	reply, err := c.http.Do(r)
	if err != nil {
		return nil, causeOf(err, r.URL.Host)
	}
	defer reply.Body.Close()
	a := &answer{status: reply.StatusCode, header: reply.Header}
	a.body, err = io.ReadAll(io.LimitReader(reply.Body, maxBody+1))
	if err != nil {
		return a, causeOf(err, r.URL.Host)
	}
	if len(a.body) > maxBody {
		err := fmt.Errorf("the answer is larger than %d MiB", maxBody>>20)
		return a, &cause{text: err.Error(), err: err, final: true}
	}
	a.at = c.o.Now()
	return a, nil
}

// request makes the HTTP request of a question.
func (c *Client) request(ctx context.Context, q *question, bearer Secret) (*http.Request, error) {
	base, body := c.o.Account.API, io.Reader(nil)
	if q.login {
		base, body = c.o.Account.Login, bytes.NewReader([]byte("grant_type=client_credentials"))
	} else if q.method == http.MethodPost {
		body = bytes.NewReader(q.body)
	}
	u := &url.URL{Scheme: base.Scheme, Host: base.Host, Path: base.Path + q.path, RawQuery: q.query}
	r, err := http.NewRequestWithContext(ctx, q.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	r.URL = u // as the guard will see it
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Cache-Control", "no-cache")
	r.Header.Set("User-Agent", c.o.Agent)
	if q.login {
		creds := c.o.Account.Credentials
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(creds.ClientID, creds.ClientSecret.reveal())
		return r, nil
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+bearer.reveal())
	return r, nil
}

// whole says what is wrong with the body of an answer in the two hundreds. What
// has nothing wrong is cleared of secrets, the login's apart.
func (c *Client) whole(q *question, a *answer) error {
	empty := len(bytes.TrimSpace(a.body)) == 0
	if empty && a.status != http.StatusNoContent && a.status != http.StatusAccepted {
		return errors.New("the body is empty")
	}
	if !empty {
		if err := notJSON(a); err != nil {
			return err
		}
	}
	if q.login {
		return nil
	}
	c.clear(a, true)
	if q.accept != nil {
		return q.accept(a.body)
	}
	return nil
}

// notJSON says where a body ceases to be JSON.
func notJSON(a *answer) error {
	if json.Valid(a.body) { // quicker than what knows the place
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(a.body, &raw)
	at := int64(len(a.body))
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = s.Offset
	}
	if at <= 1 {
		return fmt.Errorf("the body is not JSON (content type %.60q): is a proxy or a sign-in page in the way?", a.header.Get("Content-Type"))
	}
	return fmt.Errorf("the body is not JSON at byte %d of %d", at, len(a.body))
}
