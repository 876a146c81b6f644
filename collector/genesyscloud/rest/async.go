package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"
)

// A Job is a list that the platform makes while we wait.
type Job struct {
	// Start begins it; the answer has an id or an executionId.
	Start Request
	// Started is the answer to Start, where [Client.Begin] has asked already.
	Started *Response
	// State asks how far it is, by "state" or "queryStatus". If it is nil, the
	// results say so themselves.
	State func(id string) Request
	// Results asks for what it found, by cursor in the body.
	Results func(id string) Request
	// Size is that of a page of results; 0 leaves it to the platform.
	Size int
}

// A JobError says that the platform did not do a job.
type JobError struct {
	Method, Path string
	// State is the platform's word.
	State string
}

func (e *JobError) Error() string {
	return fmt.Sprintf("asking %s %s: the platform ended the job without a result: %s", e.Method, e.Path, e.State)
}

// Begin begins a job, and does not wait for it. Jobs that are begun long before
// anybody asks for their results are done by then, and cost no call to see how
// far they are.
func (c *Client) Begin(ctx context.Context, j Job) (*Response, error) {
	return c.Do(ctx, withAccept(j.Start, func(body json.RawMessage) error {
		if idOf(body) == "" {
			return errors.New("the body has no id of the job")
		}
		return nil
	}))
}

// Async walks the results of a job, waiting for it at most Patience. A job of an
// earlier run that is no longer there is begun again: its first page then has
// Again set, and the log forgets the old one.
func (c *Client) Async(ctx context.Context, j Job) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		again := false
		for {
			w := jobWalk{c: c, j: j, again: again}
			more, err := w.walk(ctx, yield)
			switch {
			case err == nil || !more:
				return
			case isKind[*JobError](err): // lest the next run finds the same
				yield(Page{}, errors.Join(err, c.forget(j, w.id)))
				return
			case again || !w.started || !isGone(err):
				yield(Page{}, err)
				return
			}
			if err := c.forget(j, w.id); err != nil {
				yield(Page{}, err)
				return
			}
			again, j.Started = true, nil
		}
	}
}

// isGone reports whether the platform no longer knows what it was asked about.
func isGone(err error) bool {
	refused, ok := errors.AsType[*APIError](err)
	return ok && (refused.Status == http.StatusNotFound || refused.Status == http.StatusGone || refused.Status == http.StatusBadRequest)
}

// forget drops a job from the log.
func (c *Client) forget(j Job, id string) error {
	if c.o.Log == nil {
		return nil
	}
	paths := []string{j.Start.Path, j.Results(id).Path}
	if j.State != nil {
		paths = append(paths, j.State(id).Path)
	}
	for _, path := range paths {
		if err := c.o.Log.forgetPath(path); err != nil {
			return err
		}
	}
	return nil
}

// A jobWalk is one attempt at a job.
type jobWalk struct {
	c       *Client
	j       Job
	id      string
	started bool // by an earlier run
	again   bool
}

// walk does the job. More is not set if the reader has enough.
func (w *jobWalk) walk(ctx context.Context, yield func(Page, error) bool) (more bool, err error) {
	start := w.j.Started
	if start == nil {
		if start, err = w.c.Begin(ctx, w.j); err != nil {
			return true, err
		}
	}
	w.id, w.started = idOf(start.Body), start.Replayed
	results := sized(w.j.Results(w.id), "pageSize", w.j.Size)
	ask := withAccept(results, isPage)
	if w.j.State != nil {
		ask = w.j.State(w.id)
	}
	first, err := w.await(ctx, ask)
	if err != nil {
		return true, err
	}
	if w.j.State != nil {
		first = nil // it says only that there are results
	}
	for page, err := range w.c.followFrom(ctx, first, withAccept(results, stillRunning), byCursor) {
		if err != nil {
			return true, err
		}
		page.Again = w.again && page.Number == 1
		if !yield(page, nil) {
			return false, nil
		}
	}
	return true, nil
}

// await polls until the job is done, and returns the answer that says so.
func (w *jobWalk) await(ctx context.Context, ask Request) (*Response, error) {
	var waited time.Duration
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		a, err := w.c.Do(ctx, ask)
		if err != nil {
			return nil, err
		}
		state, done, err := stateOf(a.Body)
		switch {
		case err != nil:
			return nil, &JobError{ask.Method, ask.Path, state}
		case done:
			return a, nil
		case a.Replayed:
			wait = time.Second / 2
			continue // what came of it is known already
		case waited >= w.c.o.Patience:
			return nil, &BrokenError{ask.Method, ask.Path, 1, fmt.Errorf("the job is %s after %s", strings.ToLower(state), waited)}
		}
		if err := w.c.o.Sleep(ctx, wait); err != nil {
			return nil, err
		}
		waited += wait
	}
}

// idOf returns the id of a job that was begun.
func idOf(body []byte) string {
	var said struct{ ID, ExecutionID string }
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	if said.ID == "" {
		said.ID = said.ExecutionID
	}
	if !isIdentifier(said.ID) {
		return ""
	}
	return said.ID
}

var errEnded = errors.New("the job ended without a result")

// stateOf reads how far a job is. What says nothing of it is done: it has the
// results already.
func stateOf(body []byte) (state string, done bool, err error) {
	var said struct{ State, QueryStatus string }
	if body = bytes.TrimSpace(body); len(body) > 0 && body[0] == '{' {
		_ = json.Unmarshal(body, &said) // a state of another type is unknown
	}
	if state = said.State; state == "" {
		state = said.QueryStatus
	}
	switch strings.ToLower(state) {
	case "", "succeeded", "success", "complete", "completed", "finished":
		return state, true, nil
	case "failed", "cancelled", "canceled", "timedout", "error":
		return state, true, errEnded
	}
	return state, false, nil
}

// stillRunning refuses results that say that there will be more.
func stillRunning(body json.RawMessage) error {
	if state, done, _ := stateOf(body); !done {
		return fmt.Errorf("the results say that the job is %s", strings.ToLower(state))
	}
	return nil
}

// isPage refuses what is no page of results, done or not.
func isPage(body json.RawMessage) error {
	_, err := readEnvelope(body)
	return err
}

func withAccept(r Request, accept func(json.RawMessage) error) Request {
	r.Accept = accept
	return r
}
