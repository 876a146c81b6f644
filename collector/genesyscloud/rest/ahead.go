package rest

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"sync"
)

// A numbered is a walk by pageNumber. Pages are asked ahead of the one that is
// read, each by a goroutine of its own; the client bounds how many requests are
// under way.
type numbered struct {
	c    *Client
	ctx  context.Context
	r    Request
	size int

	asked map[int64]chan fetched
	wait  sync.WaitGroup
	still still
}

// A fetched is a page, or why there is none.
type fetched struct {
	page     Page
	envelope *envelope
	err      error
}

// askAhead asks for page n and those after it, as far as they are known to be
// there.
func (w *numbered) askAhead(n, last int64) {
	for n := n; n <= last && len(w.asked) < w.c.o.InFlight; n++ { // a variable for each goroutine
		if _, ok := w.asked[n]; ok {
			continue
		}
		to := make(chan fetched, 1)
		w.asked[n] = to
		w.wait.Go(func() {
			var f fetched
			f.page, f.envelope, f.err = w.c.fetch(w.ctx, w.request(n), int(n))
			to <- f
		})
	}
}

// take returns where page n will come from.
func (w *numbered) take(n int64) chan fetched {
	from := w.asked[n]
	delete(w.asked, n)
	return from
}

func (w *numbered) request(n int64) Request {
	r := with(w.r, "pageNumber", strconv.FormatInt(n, 10))
	if w.size > 0 {
		r.Query.Set("pageSize", strconv.Itoa(w.size))
	}
	return r
}

// with returns a request with one more parameter.
func with(r Request, name, value string) Request {
	query := url.Values{}
	maps.Copy(query, r.Query)
	query.Set(name, value)
	r.Query = query
	return r
}

// wrong says if a page is not the one that was asked for.
func (w *numbered) wrong(n int64, e *envelope) error {
	switch {
	case e.pageNumber == n:
		return nil
	case e.pageNumber >= 0:
		return &BrokenError{"GET", w.r.Path, 1, fmt.Errorf("page %d was asked for and page %d came", n, e.pageNumber)}
	case w.still.sees(e):
		return &BrokenError{"GET", w.r.Path, 1, errStill}
	}
	return nil
}
