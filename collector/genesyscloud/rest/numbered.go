package rest

import (
	"context"
	"iter"
)

// Numbered walks a list by pageNumber, from 1, with pages of size entities (0
// leaves it to the platform). Once the number of pages is known, up to InFlight
// of them are asked ahead; they come in order.
func (c *Client) Numbered(ctx context.Context, r Request, size int) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		w := numbered{c: c, ctx: ctx, r: r, size: size, asked: map[int64]chan fetched{}}
		defer w.wait.Wait()
		defer cancel()
		w.walk(yield)
	}
}

// walk yields page after page.
func (w *numbered) walk(yield func(Page, error) bool) {
	last := int64(1) // number of the last page, as far as is known
	for n := int64(1); n <= last; n++ {
		w.askAhead(n, last)
		got := <-w.take(n)
		if got.err != nil {
			yield(Page{}, got.err)
			return
		}
		if err := w.wrong(n, got.envelope); err != nil {
			yield(Page{}, err)
			return
		}
		last = lastPage(n, w.size, got.envelope)
		if !yield(got.page, nil) {
			return
		}
	}
}

// lastPage tells from the page n which one is the last. Where the list says
// nothing, only an empty page is the end: the platform cuts large page sizes
// down, and some lists are filtered after they were paged.
func lastPage(n int64, asked int, e *envelope) int64 {
	size := e.pageSize
	if size <= 0 {
		size = int64(asked)
	}
	switch {
	case e.pageCount >= 0:
		return e.pageCount
	case e.total >= 0 && size > 0:
		return (e.total + size - 1) / size
	case len(e.entities) == 0:
		return n
	case e.pageSize > 0 && int64(len(e.entities)) < e.pageSize && e.nextURI == "":
		return n
	default:
		return n + 1
	}
}
