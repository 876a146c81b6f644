package rest

import (
	"errors"
	"time"
)

// ErrNotAllowed is the refusal, before anything is sent, of a request that is
// not one of [Routes].
var ErrNotAllowed = errors.New("not one of the requests that grantgraph makes: it only reads")

// An APIError is the platform's refusal of a request: any status from 300 but
// those that are tried again.
type APIError struct {
	Method, Path string
	Status       int
	// Code and Message are the platform's own; either may be empty.
	Code, Message string
	// Missing lists the permissions that a 403 names, domain:entity:action.
	Missing []string
	// MissingAny is set if one of Missing suffices.
	MissingAny bool
	// Limit is the limit of the platform that was met, if the reply names one.
	Limit *Limit
	// Correlation is the id under which Genesys finds the request.
	Correlation string
}

// A Limit is one of the platform's limits.
type Limit struct {
	Key, Namespace string
	Value          int64
}

func (e *APIError) Error() string { return "" }

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

func (e *AuthError) Error() string { return "" }

// A BrokenError says that no whole answer could be had, after several tries.
type BrokenError struct {
	Method, Path string
	Tries        int
	// Err is what was wrong with the last.
	Err error
}

func (e *BrokenError) Error() string { return "" }
func (e *BrokenError) Unwrap() error { return e.Err }

// A LimitError says that the platform asks to wait longer than we will.
type LimitError struct {
	Method, Path string
	// Wait is how long it asks to wait, or how long it made us.
	Wait time.Duration
}

func (e *LimitError) Error() string { return "" }

// A LogError says that the log of the run failed: nothing more can be kept.
type LogError struct {
	Path string
	Err  error
}

func (e *LogError) Error() string { return "" }
func (e *LogError) Unwrap() error { return e.Err }
