package platform

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// defaultSize is the size of a page that nobody asked for.
const defaultSize = 25

// A page is the part of a list that was asked for.
type page struct {
	number, size int
	total, count int // entities and pages
	from, to     int
}

// whole reads a parameter that is a number of at least one.
func (c *call) whole(name string, otherwise int) (int, error) {
	s := c.q.Get(name)
	if s == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, badRequest("invalid.value", "The value %q of %s is not a number from 1 on.", s, name)
	}
	return n, nil
}

// size reads the size of pages, which each endpoint limits.
func (c *call) size() (int, error) {
	n, err := c.whole("pageSize", defaultSize)
	if err != nil {
		return 0, err
	}
	_, path, _ := strings.Cut(c.e.pattern, " ")
	limit, ok := c.s.o.PageLimits[path]
	if !ok {
		limit = c.e.limit
	}
	if limit == 0 {
		limit = 100
	}
	if n > limit {
		return 0, badRequest("invalid.value", "The pageSize %d is more than the maximum of %d.", n, limit)
	}
	return n, nil
}

// page reads which page of n entities was asked for.
func (c *call) page(n int) (page, error) {
	size, err := c.size()
	if err != nil {
		return page{}, err
	}
	number, err := c.whole("pageNumber", 1)
	if err != nil {
		return page{}, err
	}
	p := page{number: number, size: size, total: n, count: (n + size - 1) / size}
	p.from = min(p.number-1, p.count) * size // a page beyond the last is empty
	p.to = min(p.from+size, n)
	p.from = min(p.from, p.to)
	return c.shift(p), nil
}

// shift is what a page is if the list changed since the one before it.
func (c *call) shift(p page) page {
	switch {
	case c.has(faultSkip) && p.number > 1 && p.from < p.to:
		p.from, p.to, p.total = p.from+1, min(p.to+1, p.total), p.total-1
	case c.has(faultRepeat) && p.number > 1 && p.from > 0:
		p.from, p.total = p.from-1, p.total+1
		p.to = min(p.from+p.size, p.total-1)
	case c.has(faultTotal):
		p.total++
	}
	p.count = (p.total + p.size - 1) / p.size
	return p
}

// numbered serves a page of n entities by number; put appends one of them.
func (c *call) numbered(n int, put func(b []byte, i int) []byte) (any, error) {
	p, err := c.page(n)
	if err != nil {
		return nil, err
	}
	b := c.entities(p.from, p.to, put)
	b = appendNumber(b, "pageSize", p.size)
	b = appendNumber(b, "pageNumber", p.number)
	b = appendNumber(b, "total", p.total)
	b = appendNumber(b, "pageCount", p.count)
	b = c.links(b, p)
	return append(b, '}'), nil
}

// links appends the addresses of other pages.
func (c *call) links(b []byte, p page) []byte {
	last := max(p.count, 1)
	b = appendText(b, "selfUri", c.at(p.number))
	b = appendText(b, "firstUri", c.at(1))
	b = appendText(b, "lastUri", c.at(last))
	if p.number < last {
		b = appendText(b, "nextUri", c.at(p.number+1))
	}
	if p.number > 1 {
		b = appendText(b, "previousUri", c.at(p.number-1))
	}
	return b
}

// at returns the address of another page of the same list.
func (c *call) at(number int) string {
	return c.with(map[string]string{"pageNumber": strconv.Itoa(number)})
}

// with returns the address of the call with other parameters; an empty one is
// left out. Addresses are relative to the host.
func (c *call) with(params map[string]string) string {
	q := url.Values{}
	for k, v := range c.q {
		q[k] = v
	}
	for k, v := range params {
		q.Del(k)
		if v != "" {
			q.Set(k, v)
		}
	}
	return c.r.URL.EscapedPath() + "?" + q.Encode()
}

// entities begins a listing with some of its entities.
func (c *call) entities(from, to int, put func(b []byte, i int) []byte) []byte {
	b := []byte(`{"entities":[`)
	for i := from; i < to; i++ {
		if i > from {
			b = append(b, ',')
		}
		b = put(b, i)
	}
	return append(b, ']')
}

// unpaged serves all of a list at once.
func (c *call) unpaged(n int, put func(b []byte, i int) []byte) (any, error) {
	b := c.entities(0, n, put)
	total := n
	if c.has(faultTotal) {
		total++
	}
	b = appendNumber(b, "total", total)
	b = appendText(b, "selfUri", c.r.URL.EscapedPath())
	return append(b, '}'), nil
}

// cursor serves a page after or before the entity that the cursor names. Ids
// are those of the whole list, in order.
func (c *call) cursor(ids []string, put func(b []byte, i int) []byte) (any, error) {
	size, err := c.size()
	if err != nil {
		return nil, err
	}
	from, to, err := c.window(ids, size)
	if err != nil {
		return nil, err
	}
	b := c.entities(from, to, put)
	if to < len(ids) {
		b = appendText(b, "nextUri", c.with(map[string]string{"after": token64(ids[to-1]), "before": ""}))
	}
	if from > 0 && from < to {
		b = appendText(b, "previousUri", c.with(map[string]string{"before": token64(ids[from]), "after": ""}))
	}
	b = appendText(b, "selfUri", c.with(nil))
	return append(b, '}'), nil
}

// window returns the part of a list that a cursor asks for.
func (c *call) window(ids []string, size int) (from, to int, err error) {
	if before := c.q.Get("before"); before != "" {
		to, err = position(ids, before)
		return max(to-size, 0), max(to, 0), err
	}
	if after := c.q.Get("after"); after != "" {
		from, err = position(ids, after)
		from++
	}
	switch {
	case from > 0 && c.has(faultSkip) && from < len(ids):
		from++
	case from > 0 && c.has(faultRepeat):
		from--
	}
	return from, min(from+size, len(ids)), err
}

// position returns where the entity stands that a cursor names.
func position(ids []string, cursor string) (int, error) {
	id, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, badRequest("invalid.value", "The cursor is not valid.")
	}
	i := slices.Index(ids, string(id))
	if i < 0 {
		return 0, badRequest("invalid.value", "The cursor is no longer valid.")
	}
	return i, nil
}

func token64(id string) string { return base64.RawURLEncoding.EncodeToString([]byte(id)) }
