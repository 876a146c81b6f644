package rest

import (
	"context"
	"crypto/sha256"
	"errors"
	"iter"
	"strconv"
)

// errStill is what is wrong with a list that gives the same page again.
var errStill = errors.New("the list gives the same page again and again")

// A still notices a list that stands still.
type still struct {
	last [sha256.Size]byte
}

// sees reports whether a page has what the one before had.
func (s *still) sees(e *envelope) bool {
	if len(e.entities) == 0 {
		return false
	}
	h := sha256.New()
	for _, raw := range e.entities {
		h.Write(raw)
		h.Write([]byte{'\n'})
	}
	now := [sha256.Size]byte(h.Sum(nil))
	same := now == s.last
	s.last = now
	return same
}

// After walks a list by the cursor "after" that stands inside nextUri, with
// pages of size entities (0 leaves it to the platform).
func (c *Client) After(ctx context.Context, r Request, size int) iter.Seq2[Page, error] {
	return c.follow(ctx, sized(r, "pageSize", size), func(e *envelope, next Request) (Request, bool, error) {
		after, err := e.after()
		return with(next, "after", after), after != "", err
	})
}

// Cursor walks a list by the cursor that stands in the body, with pages of size
// entities (0 leaves it to the platform).
func (c *Client) Cursor(ctx context.Context, r Request, size int) iter.Seq2[Page, error] {
	return c.follow(ctx, sized(r, "pageSize", size), byCursor)
}

// byCursor goes on while there is a cursor and the page had anything: the last
// page may have a cursor too.
func byCursor(e *envelope, next Request) (Request, bool, error) {
	return with(next, "cursor", e.cursor), e.cursor != "" && len(e.entities) > 0, nil
}

// SCIM walks a list by startIndex and count.
func (c *Client) SCIM(ctx context.Context, r Request, size int) iter.Seq2[Page, error] {
	got := int64(0)
	return c.follow(ctx, sized(r, "count", size), func(e *envelope, next Request) (Request, bool, error) {
		got += int64(len(e.entities))
		more := len(e.entities) > 0 && (e.total < 0 || got < e.total)
		return with(next, "startIndex", strconv.FormatInt(got+1, 10)), more, nil
	})
}

// sized returns a request with a page size.
func sized(r Request, name string, size int) Request {
	if size <= 0 {
		return r
	}
	return with(r, name, strconv.Itoa(size))
}

// A step makes the request for the next page of what the last one says; more is
// not set at the end.
type step func(e *envelope, last Request) (next Request, more bool, err error)

// follow walks a list page after page.
func (c *Client) follow(ctx context.Context, r Request, next step) iter.Seq2[Page, error] {
	return c.followFrom(ctx, nil, r, next)
}

// followFrom is follow where the first page may be there already.
func (c *Client) followFrom(ctx context.Context, first *Response, r Request, next step) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		var s still
		for n, more := 1, true; more; n++ {
			page, e, err := c.pageOf(ctx, first, r, n)
			first = nil
			if err == nil && s.sees(e) {
				err = &BrokenError{r.Method, r.Path, 1, errStill}
			}
			last := r
			if err == nil {
				if r, more, err = next(e, last); err != nil {
					err = &BrokenError{last.Method, last.Path, 1, err}
				}
			}
			if err != nil {
				yield(Page{}, err)
				return
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}
