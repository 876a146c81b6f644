package rest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ErrNotAllowed is the refusal, before anything is sent, of a request that is
// not one of [Routes].
var ErrNotAllowed = errors.New("not one of the requests that grantgraph makes: it only reads")

// An APIError is the platform's refusal of a request: any status from 300 up,
// but those that are tried again.
type APIError struct {
	Method, Path string
	Status       int
	// Code and Message are the platform's own; either may be empty.
	Code, Message string
	// Missing lists the permissions that a 403 names, domain:entity:action.
	Missing []string
	// MissingAny is set if one of Missing suffices.
	MissingAny bool
	// Limit is the limit of the platform that was met, nil if the reply names
	// none.
	Limit *Limit
	// Correlation is the id under which Genesys finds the request.
	Correlation string
}

// A Limit is one of the platform's limits.
type Limit struct {
	Key, Namespace string
	Value          float64
}

func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "asking %s %s: the platform refuses: %d", e.Method, e.Path, e.Status)
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", e.Code)
	} else if text := http.StatusText(e.Status); text != "" {
		fmt.Fprintf(&b, " %s", text)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.Limit != nil && e.Limit.Key != "" {
		fmt.Fprintf(&b, " (limit %s: %v)", e.Limit.Key, e.Limit.Value)
	}
	if len(e.Missing) > 0 {
		word := " and "
		if e.MissingAny {
			word = " or "
		}
		fmt.Fprintf(&b, ": give the client a role with %s in all divisions", strings.Join(e.Missing, word))
	} else if e.Correlation != "" && e.Status != http.StatusNotFound {
		fmt.Fprintf(&b, " (correlation id %s)", e.Correlation)
	}
	return b.String()
}

// An AuthError says that the platform does not know us, and what to do.
type AuthError struct {
	// Status, Code and Message are those of the platform.
	Status        int
	Code, Message string
	// Host is that of the login or the API that refused.
	Host string
	// Do says what to do about it.
	Do string
}

func (e *AuthError) Error() string {
	said := strings.TrimSuffix(strings.Join([]string{fmt.Sprint(e.Status), e.Code}, " "), " ")
	if e.Message != "" {
		said += ": " + e.Message
	}
	return fmt.Sprintf("signing in at %s: refused (%s): %s", e.Host, said, e.Do)
}

// A BrokenError says that no whole answer could be had, after as many tries as
// made sense.
type BrokenError struct {
	Method, Path string
	Tries        int
	// Err is what was wrong with the last.
	Err error
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("asking %s %s: no whole answer in %s: %v", e.Method, e.Path, times(e.Tries), e.Err)
}

func (e *BrokenError) Unwrap() error { return e.Err }

func times(n int) string {
	if n == 1 {
		return "1 try"
	}
	return fmt.Sprintf("%d tries", n)
}

// A LimitError says that the platform asks to wait longer than we will.
type LimitError struct {
	Method, Path string
	// Wait is how long it asks to wait, or how long it made us.
	Wait time.Duration
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("asking %s %s: the platform asks to wait %s: run the same command again then", e.Method, e.Path, e.Wait)
}

// A LogError says that the log of the run failed: nothing more can be kept.
type LogError struct {
	Path string
	Err  error
}

func (e *LogError) Error() string {
	return fmt.Sprintf("keeping answers in %s: %v: what was kept before stays; mend that and run the same command again", e.Path, e.Err)
}

func (e *LogError) Unwrap() error { return e.Err }
