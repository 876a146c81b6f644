package rest

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"
)

// A Page is a part of a list, in the order that the platform gives it.
type Page struct {
	// Number counts from 1.
	Number int
	// Entities are the JSON values as they came.
	Entities []json.RawMessage
	// Total is how many entities the list has in all, as this page says; -1 if
	// it does not.
	Total int64
	// At is when the platform answered.
	At time.Time
	// Replayed is set if the page comes from the log.
	Replayed bool
	// Again is set on the first page of a list that was begun again: the pages
	// before it are void.
	Again bool
}

// Numbered walks a list by pageNumber, from 1, with pages of size entities. Up
// to InFlight pages are asked ahead once their number is known; they come in
// order.
func (c *Client) Numbered(ctx context.Context, r Request, size int) iter.Seq2[Page, error] {
	return notYet
}

// After walks a list by the cursor "after" that stands inside nextUri.
func (c *Client) After(ctx context.Context, r Request, size int) iter.Seq2[Page, error] {
	return notYet
}

// Cursor walks a list by the cursor that stands in the body.
func (c *Client) Cursor(ctx context.Context, r Request, size int) iter.Seq2[Page, error] {
	return notYet
}

// Whole yields a list that comes in one answer: an envelope with entities, or an
// array. A JSON object of any other kind is an error: use [Client.Do].
func (c *Client) Whole(ctx context.Context, r Request) iter.Seq2[Page, error] {
	return notYet
}

// SCIM walks a list by startIndex and count.
func (c *Client) SCIM(ctx context.Context, r Request, size int) iter.Seq2[Page, error] {
	return notYet
}

// A Job is a list that the platform makes while we wait.
type Job struct {
	// Start begins it; the answer has an id or an executionId.
	Start Request
	// State asks how far it is, by "state" or "queryStatus". If it is nil, the
	// results say so themselves.
	State func(id string) Request
	// Results asks for what it found, by cursor in the body.
	Results func(id string) Request
	// Size is that of a page of results; 0 leaves it to the platform.
	Size int
}

// Async walks the results of a job. A job that is no longer there when a run
// goes on is begun again, and the page then says so. It waits for the job at
// most Patience.
func (c *Client) Async(ctx context.Context, j Job) iter.Seq2[Page, error] {
	return notYet
}

func notYet(yield func(Page, error) bool) { yield(Page{}, errors.New("rest: not there yet")) }
