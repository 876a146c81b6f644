package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A token is the access token that all requests share.
type token struct {
	c    *Client
	turn chan struct{} // held by the one that fetches

	mu      sync.Mutex
	text    Secret
	old     Secret    // that which went before: answers may still have it
	until   time.Time // zero: not known
	version int       // counts the tokens
}

func newToken(c *Client) *token {
	t := &token{c: c, turn: make(chan struct{}, 1)}
	if given := c.o.Account.Credentials.AccessToken; !given.IsZero() {
		t.text, t.version = given, 1
	}
	return t
}

// secrets returns the tokens that may still be met.
func (t *token) secrets() []Secret {
	t.mu.Lock()
	defer t.mu.Unlock()
	return []Secret{t.text, t.old, t.c.o.Account.Credentials.AccessToken}
}

// current returns the token if it is good for a while.
func (t *token) current() (Secret, int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	good := !t.text.IsZero() && (t.until.IsZero() || t.c.o.Now().Before(t.until))
	return t.text, t.version, good
}

// get returns a token that is good, fetched if need be. One fetches, the others
// wait for it.
func (t *token) get(ctx context.Context) (Secret, int, error) {
	for {
		if text, version, ok := t.current(); ok {
			return text, version, nil
		}
		select {
		case <-ctx.Done():
			return Secret{}, 0, ctx.Err()
		case t.turn <- struct{}{}:
		}
		err := t.renew(ctx)
		<-t.turn
		if err != nil {
			return Secret{}, 0, err
		}
	}
}

// renew fetches a token unless another did so meanwhile.
func (t *token) renew(ctx context.Context) error {
	if _, _, ok := t.current(); ok {
		return nil
	}
	reply, err := t.c.retry(ctx, &question{method: http.MethodPost, path: loginPath, login: true})
	if err != nil {
		return err
	}
	var said struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(reply.body, &said); err != nil || said.AccessToken == "" {
		return &BrokenError{http.MethodPost, loginPath, 1, fmt.Errorf("the login's answer has no access token: is %s the login of the platform?", t.c.o.Account.Login.Host)}
	}
	t.mu.Lock()
	t.old, t.text, t.until = t.text, NewSecret(said.AccessToken), time.Time{}
	t.version++
	if said.ExpiresIn > 0 {
		life := time.Duration(min(said.ExpiresIn, 1<<30)) * time.Second
		t.until = t.c.o.Now().Add(life - min(time.Minute, life/10))
	}
	t.mu.Unlock()
	t.c.tell(Event{Kind: TokenRenewed})
	return nil
}

// refused is told that the API did not take a token. It reports whether another
// can be had; a token that was refused is thrown away once.
func (t *token) refused(version int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.c.o.Account.Credentials.AccessToken.IsZero() {
		return false
	}
	if t.version == version {
		t.old, t.text = t.text, Secret{}
	}
	return true
}

// signInRefused makes the error of a login that was refused.
func (c *Client) signInRefused(status int, body []byte) *AuthError {
	r := readRefusal(body)
	a := c.o.Account
	e := &AuthError{
		Status: status, Host: a.Login.Host,
		Code:    c.clean(cmp.Or(r.OAuth, r.Code), 80),
		Message: c.clean(cmp.Or(r.ErrorDescription, r.Description, r.Message), 500),
	}
	from := a.From["credentials"]
	if from == "" {
		from = "the credentials"
	}
	said := strings.ToLower(e.Code + " " + e.Message)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(said, w) {
				return true
			}
		}
		return false
	}
	id := c.clean(a.Credentials.ClientID, 60)
	switch {
	case has("not found", "unknown client"):
		e.Do = fmt.Sprintf("client %s is not known there: is this its region (from %s), and the id right (from %s)?", id, a.From["region"], from)
	case has("inactive", "disabled"):
		e.Do = fmt.Sprintf("client %s is switched off: make it active in Admin > Integrations > OAuth", id)
	case has("unauthorized_client", "unsupported_grant", "grant type", "grant_type", "not allowed to use"):
		e.Do = fmt.Sprintf("client %s is of another grant type: an audit needs one of grant type client credentials", id)
	case has("secret"):
		e.Do = fmt.Sprintf("the secret of client %s is not right: copy it again (from %s)", id, from)
	case has("invalid_client", "authentication failed", "bad.credentials") || status == http.StatusUnauthorized:
		// The platform says the same of a wrong secret and of a client of
		// another region.
		e.Do = fmt.Sprintf("client %s (from %s): is its secret right, is it active, and is this its region (from %s)?", id, from, a.From["region"])
	default:
		e.Do = "is the login URL right, or a proxy in the way?"
	}
	return e
}

// tokenRefused makes the error of an API that does not take our token.
func (c *Client) tokenRefused(r *APIError) *AuthError {
	a := c.o.Account
	e := &AuthError{Status: r.Status, Code: r.Code, Message: r.Message, Host: a.API.Host}
	if !a.Credentials.AccessToken.IsZero() {
		e.Do = fmt.Sprintf("the access token (from %s) is not good or no longer: fetch a new one, or give a client's id and secret, which renew it", a.From["credentials"])
		return e
	}
	e.Do = fmt.Sprintf("the token that %s gave is not taken, nor is a new one: do the API and the login belong together, and is the client still active?", a.Login.Host)
	return e
}
