package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTokenRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, says(200, `{}`))
	for range 3 {
		if _, err := w.Do(t.Context(), me); err != nil {
			t.Fatal(err)
		}
	}
	if w.tokens != 1 {
		t.Errorf("%d tokens for 3 requests; want 1", w.tokens)
	}
	w.clock.Sleep(t.Context(), 86399*time.Second-59*time.Second)
	if _, err := w.Do(t.Context(), me); err != nil || w.tokens != 2 {
		t.Errorf("%d tokens a minute before the end (%v); want 2", w.tokens, err)
	}
	if n := len(w.called()); n != 4 {
		t.Errorf("%d calls; want 4: no request with a token that has ended", n)
	}
}

// TestTokenRenewedOnce has many requests whose token is revoked at once.
func TestTokenRenewedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, says(200, `{}`), func(o *Options) { o.InFlight = 16 })
	if _, err := w.Do(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.tokens++ // the one that the client has is not the one in force
	w.mu.Unlock()
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			if _, err := w.Do(t.Context(), me); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if w.tokens != 3 {
		t.Errorf("%d tokens; want 3: the first, the one that revoked it, and one more", w.tokens)
	}
}

func TestTokenNeverTaken(t *testing.T) {
	t.Parallel()
	deny := func(rw http.ResponseWriter, _ *http.Request) {
		refuse(rw, 401, "authentication.required", "No authentication bearer token specified in authorization header.")
	}
	w := newWorld(t, deny)
	_, err := w.Do(t.Context(), me)
	if refused, ok := errors.AsType[*AuthError](err); !ok || refused.Status != 401 || w.tokens != 2 || len(w.called()) != 2 {
		t.Errorf("Do = %v with %d tokens in %d calls; want two of each", err, w.tokens, len(w.called()))
	}
	w = newWorld(t, deny, func(o *Options) {
		o.Account.Credentials = Credentials{AccessToken: NewSecret("given")}
		o.Account.From["credentials"] = envToken
	})
	_, err = w.Do(t.Context(), me)
	if err == nil || !strings.Contains(err.Error(), "the access token (from GENESYSCLOUD_ACCESS_TOKEN) is not good or no longer: fetch a new one") || w.tokens != 0 || len(w.called()) != 1 {
		t.Errorf("Do = %v with %d tokens in %d calls", err, w.tokens, len(w.called()))
	}
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status     int
		body, want string
	}{
		{
			401, `{"error":"invalid_client","description":"authentication failed","error_description":"authentication failed"}`,
			"refused (401 invalid_client: authentication failed): client " + testID + " (from " + envID + "): is its secret right, is it active, and is this its region (from " + envRegion + ")?",
		},
		{400, `{"error":"invalid_client","error_description":"client not found: ` + testID + `"}`, "is not known there: is this its region (from GENESYSCLOUD_REGION)"},
		{400, `{"error":"invalid_client","description":"invalid client secret"}`, "copy it again"},
		{400, `{"error":"unauthorized_client","description":"x"}`, "of grant type client credentials"},
		{400, `{"error":"unsupported_grant_type"}`, "of grant type client credentials"},
		{401, `{"error":"inactive_client","description":"client is disabled"}`, "switched off"},
		{401, ``, "is its secret right"},
		{404, `<html>`, "is the login URL right, or a proxy in the way?"},
		{302, ``, "is the login URL right"},
		{400, `{"error":"x","description":"you sent ` + testSecret + `"}`, "you sent [secret]"},
	}
	for _, tt := range tests {
		calls := 0
		w := newWorld(t, says(200, `{}`))
		w.server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			calls++
			says(tt.status, tt.body)(rw, r)
		})
		_, err := w.Do(t.Context(), me)
		if refused, ok := errors.AsType[*AuthError](err); !ok || refused.Status != tt.status || calls != 1 {
			t.Errorf("%d %s: %v in %d calls; want a refusal in one", tt.status, tt.body, err, calls)
		} else if !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "signing in at 127.0.0.1:") {
			t.Errorf("%d %s: %v; want %q in it", tt.status, tt.body, err, tt.want)
		}
	}
}

// TestSignInBreaks has a login that breaks, and one that gives no token.
func TestSignInBreaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, says(200, `{}`))
	good := w.server.Config.Handler.ServeHTTP
	w.server.Config.Handler = failing(says(503, ``), cut, says(200, `{"access_token":"tor`), says(429, ``, "Retry-After", "3"), good)
	if _, err := w.Do(t.Context(), me); err != nil {
		t.Error(err)
	}
	w = newWorld(t, says(200, `{}`))
	w.server.Config.Handler = says(200, `{"token":"`+testToken+`"}`)
	_, err := w.Do(t.Context(), me)
	if err == nil || !strings.Contains(err.Error(), "has no access token") || strings.Contains(err.Error(), testToken) {
		t.Errorf("Do = %v", err)
	}
}

// TestCanary looks for our own secrets and the platform's in all that comes out.
func TestCanary(t *testing.T) {
	t.Parallel()
	body := fmt.Sprintf(`{"entities":[{"id":"c1","secret":"canary-1","echo":"%s","note":"token was %s-1","deep":[{"Client_Secret":"canary-2"}]},`+
		`{"property":"secret","newValues":["canary-3"]},{"a":"Bearer canary-4-0123456789012345"}],"total":2}`, testSecret, testToken)
	echo := func(status int) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			rw.WriteHeader(status)
			fmt.Fprintf(rw, `{"code":"x","message":"you sent %s, %s","contextId":"%s"}`, r.Header.Get("Authorization"), testSecret, testSecret)
		}
	}
	var out strings.Builder
	see := func(what ...any) {
		for _, v := range what {
			fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
			if b, err := json.Marshal(v); err == nil {
				out.Write(b)
			}
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "what", what)
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "what", what)
	}
	for _, handle := range []http.HandlerFunc{says(200, body), echo(400), echo(403), echo(500), echo(401), cut, says(200, body[:len(body)-2])} {
		w := newWorld(t, handle, func(o *Options) {
			o.Log = openTestLog(t, t.TempDir()+"/log")
			o.Transport = http.DefaultTransport
			o.Account.Proxy = &Proxy{URL: o.Account.API, Password: NewSecret(testSecret)}
		})
		a, err := w.Do(t.Context(), Get("/api/v2/oauth/clients"))
		see(err, w.events, w.o.Account, w.o.Account.Credentials, &w.o.Account, w.token.secrets())
		if a != nil {
			out.Write(a.Body)
		}
		w.o.Log.Close()
		out.Write(logText(t, w.o.Log.path))
	}
	for _, canary := range []string{"canary-", testSecret, testToken} {
		if at := strings.Index(out.String(), canary); at >= 0 {
			t.Errorf("%q came out: …%.300s…", canary, out.String()[max(0, at-100):])
		}
	}
}

func TestCancelStops(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	tests := map[string]http.HandlerFunc{
		"answering": hang, "retrying": says(503, ``, "Retry-After", "60"), "limited": says(429, ``, "Retry-After", "60"),
		"budget": says(200, `{}`, "inin-ratelimit-count", "300", "inin-ratelimit-allowed", "300", "inin-ratelimit-reset", "50"),
	}
	for name, handle := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, handle, func(o *Options) { o.Now, o.Sleep = nil, nil })
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			begun := time.Now()
			_, err := w.Do(ctx, me)
			if err == nil {
				_, err = w.Do(ctx, me)
			}
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 3*time.Second {
				t.Errorf("Do = %v after %v", err, time.Since(begun))
			}
		})
	}
}
