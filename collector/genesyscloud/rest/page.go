package rest

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// A Page is a part of a list, in the order that the platform gives it.
type Page struct {
	// Number counts from 1.
	Number int
	// Entities are the JSON values as they came, without secrets.
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

// fetch asks for one page.
func (c *Client) fetch(ctx context.Context, r Request, n int) (Page, *envelope, error) {
	var e *envelope
	also := r.Accept
	r.Accept = func(body json.RawMessage) (err error) {
		if e, err = readEnvelope(body); err == nil && also != nil {
			err = also(body)
		}
		return err
	}
	a, err := c.Do(ctx, r)
	if err != nil {
		return Page{}, nil, err
	}
	return Page{Number: n, Entities: e.entities, Total: e.total, At: a.At, Replayed: a.Replayed}, e, nil
}

// pageOf is the page that an answer has, or else fetches it.
func (c *Client) pageOf(ctx context.Context, a *Response, r Request, n int) (Page, *envelope, error) {
	if a == nil {
		return c.fetch(ctx, r, n)
	}
	e, err := readEnvelope(a.Body)
	if err != nil {
		return Page{}, nil, &BrokenError{r.Method, r.Path, 1, err}
	}
	return Page{Number: n, Entities: e.entities, Total: e.total, At: a.At, Replayed: a.Replayed}, e, nil
}

// Whole yields a list that comes in one answer: an envelope with entities, or an
// array. An object of any other kind is an error: use [Client.Do] for it.
func (c *Client) Whole(ctx context.Context, r Request) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		page, _, err := c.fetch(ctx, r, 1)
		yield(page, err)
	}
}
