package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A list serves the numbers from 1 to n in every paging style.
type list struct {
	n, clamp int             // clamp is the largest page
	lacks    map[string]bool // fields that the envelope lacks
}

// page writes the entities from (0-based) on.
func (l *list) page(rw http.ResponseWriter, from, size int, more map[string]any) {
	entities := []int{}
	for i := from; i < min(from+size, l.n); i++ {
		entities = append(entities, i+1)
	}
	fields := map[string]any{"entities": entities}
	for k, v := range more {
		if !l.lacks[k] {
			fields[k] = v
		}
	}
	json.NewEncoder(rw).Encode(fields)
}

func (l *list) numbered(rw http.ResponseWriter, r *http.Request) {
	size := l.size(r, "pageSize")
	n, _ := strconv.Atoi(r.FormValue("pageNumber"))
	l.page(rw, (n-1)*size, size, map[string]any{
		"total": l.n, "pageCount": (l.n + size - 1) / size, "pageSize": size, "pageNumber": n,
	})
}

func (l *list) size(r *http.Request, name string) int {
	size, _ := strconv.Atoi(r.FormValue(name))
	if size == 0 {
		size = 25
	}
	return min(size, l.clamp)
}

func (l *list) after(rw http.ResponseWriter, r *http.Request) {
	size := l.size(r, "pageSize")
	from, _ := strconv.Atoi(strings.TrimPrefix(r.FormValue("after"), "c+/="))
	more := map[string]any{}
	if from+size < l.n {
		more["nextUri"] = fmt.Sprintf("/api/v2/teams?pageSize=%d&after=c%%2B%%2F%%3D%d", size, from+size)
	}
	l.page(rw, from, size, more)
}

func (l *list) cursor(rw http.ResponseWriter, r *http.Request) {
	size := l.size(r, "pageSize")
	from, _ := strconv.Atoi(r.FormValue("cursor"))
	more := map[string]any{}
	if from < l.n {
		more["cursor"] = fmt.Sprint(min(l.n, from+size)) // also on the last page
	}
	l.page(rw, from, size, more)
}

func (l *list) scim(rw http.ResponseWriter, r *http.Request) {
	size := l.size(r, "count")
	from, _ := strconv.Atoi(r.FormValue("startIndex"))
	l.page(rw, max(0, from-1), size, map[string]any{"totalResults": l.n})
}

// read walks a list and returns its numbers, the pages and the totals.
func read(pages iter.Seq2[Page, error]) (numbers []int, sizes []int, totals []int64, err error) {
	for p, err := range pages {
		if err != nil {
			return numbers, sizes, totals, err
		}
		for _, raw := range p.Entities {
			n, err := strconv.Atoi(string(raw))
			if err != nil {
				return numbers, sizes, totals, err
			}
			numbers = append(numbers, n)
		}
		sizes, totals = append(sizes, len(p.Entities)), append(totals, p.Total)
		if p.Number != len(sizes) {
			return numbers, sizes, totals, fmt.Errorf("page %d comes as %dth", p.Number, len(sizes))
		}
	}
	return numbers, sizes, totals, nil
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

func TestPaging(t *testing.T) {
	t.Parallel()
	lacks := func(fields ...string) map[string]bool {
		m := map[string]bool{}
		for _, f := range fields {
			m[f] = true
		}
		return m
	}
	tests := []struct {
		name  string
		style string
		list  list
		size  int
		calls int
	}{
		{"numbered", "numbered", list{n: 95, clamp: 100}, 10, 10},
		{"numbered, even", "numbered", list{n: 100, clamp: 100}, 10, 10},
		{"numbered, one page", "numbered", list{n: 3, clamp: 100}, 10, 1},
		{"numbered, none", "numbered", list{n: 0, clamp: 100}, 10, 1},
		{"numbered, cut down", "numbered", list{n: 95, clamp: 20}, 500, 5},
		{"numbered, no size", "numbered", list{n: 95, clamp: 100}, 0, 4},
		{"numbered, no pageCount", "numbered", list{n: 95, clamp: 20, lacks: lacks("pageCount")}, 500, 5},
		{"numbered, no totals", "numbered", list{n: 95, clamp: 20, lacks: lacks("pageCount", "total")}, 500, 5},
		{"numbered, no totals, even", "numbered", list{n: 100, clamp: 20, lacks: lacks("pageCount", "total")}, 500, 6},
		{"numbered, entities alone", "numbered", list{n: 95, clamp: 20, lacks: lacks("pageCount", "total", "pageSize", "pageNumber")}, 500, 6},
		{"after", "after", list{n: 95, clamp: 20}, 500, 5},
		{"after, none", "after", list{n: 0, clamp: 20}, 500, 1},
		{"cursor", "cursor", list{n: 95, clamp: 20}, 500, 6},
		{"scim", "scim", list{n: 95, clamp: 20}, 500, 5},
		{"scim, no total", "scim", list{n: 95, clamp: 20, lacks: lacks("totalResults")}, 500, 6},
		{"whole", "whole", list{n: 95, clamp: 1000}, 500, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			styles := map[string]struct {
				serve http.HandlerFunc
				walk  func(*Client, context.Context) iter.Seq2[Page, error]
			}{
				"numbered": {tt.list.numbered, func(c *Client, ctx context.Context) iter.Seq2[Page, error] {
					return c.Numbered(ctx, Get("/api/v2/users", "state", "active"), tt.size)
				}},
				"after": {tt.list.after, func(c *Client, ctx context.Context) iter.Seq2[Page, error] {
					return c.After(ctx, Get("/api/v2/teams"), tt.size)
				}},
				"cursor": {tt.list.cursor, func(c *Client, ctx context.Context) iter.Seq2[Page, error] {
					return c.Cursor(ctx, Get("/api/v2/users/query"), tt.size)
				}},
				"scim": {tt.list.scim, func(c *Client, ctx context.Context) iter.Seq2[Page, error] {
					return c.SCIM(ctx, Get("/scim/v2/users"), tt.size)
				}},
				"whole": {func(rw http.ResponseWriter, _ *http.Request) { tt.list.page(rw, 0, 1000, nil) }, func(c *Client, ctx context.Context) iter.Seq2[Page, error] {
					return c.Whole(ctx, Get("/api/v2/oauth/clients"))
				}},
			}
			style := styles[tt.style]
			path := filepath.Join(t.TempDir(), "log")
			for _, calls := range []int{tt.calls, 0} { // the second time all comes from the log
				l := openTestLog(t, path)
				w := newWorld(t, style.serve, func(o *Options) { o.Log = l })
				numbers, _, totals, err := read(style.walk(w.Client, t.Context()))
				if err != nil || !slices.Equal(numbers, upTo(tt.list.n)) || len(w.called()) != calls {
					t.Errorf("%d of %d numbers in %d calls, %v; want %d calls: %q", len(numbers), tt.list.n, len(w.called()), err, calls, w.called())
				}
				if tt.style == "numbered" && !tt.list.lacks["total"] && len(totals) > 0 && totals[0] != int64(tt.list.n) {
					t.Errorf("totals %v; want %d", totals, tt.list.n)
				}
				l.Close()
			}
		})
	}
}

// TestPagingStops reads two pages of many.
func TestPagingStops(t *testing.T) {
	t.Parallel()
	l := &list{n: 1000, clamp: 10}
	w := newWorld(t, l.numbered)
	n := 0
	for _, err := range w.Numbered(t.Context(), Get("/api/v2/users"), 10) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if got := len(w.called()); got > 2+4 {
		t.Errorf("%d calls for two pages", got)
	}
}

// TestPagingError breaks on the fourth page: the three before it are good.
func TestPagingError(t *testing.T) {
	t.Parallel()
	l := &list{n: 100, clamp: 10}
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if r.FormValue("pageNumber") == "4" {
			refuse(rw, 403, "missing.permissions", "You are missing the following permission(s): a:b:c")
			return
		}
		l.numbered(rw, r)
	})
	numbers, sizes, _, err := read(w.Numbered(t.Context(), Get("/api/v2/users"), 10))
	if len(sizes) != 3 || !slices.Equal(numbers, upTo(30)) || err == nil || !strings.Contains(err.Error(), "a:b:c") {
		t.Errorf("%d pages, %v", len(sizes), err)
	}
}

// TestPagingBroken has answers that are JSON and no list, or one that never ends.
func TestPagingBroken(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"no list":        {says(200, `{}`), "no whole answer in 8 tries: the body has no list of entities"},
		"null":           {says(200, `null`), "the body has no list of entities"},
		"null of some":   {says(200, `{"entities":null,"total":3}`), "the body has no list of entities"},
		"not a list":     {says(200, `{"entities":{"id":1}}`), "field entities is not a list"},
		"total a text":   {says(200, `{"entities":[],"total":"many"}`), "field total of the list is not a count"},
		"negative":       {says(200, `{"entities":[],"pageCount":-1}`), "field pageCount of the list is not a count"},
		"error with 200": {says(200, `{"status":500,"code":"internal.server.error"}`), "the body has no list of entities"},
		"same page":      {says(200, `{"entities":[1,2],"pageSize":2}`), "the list gives the same page again and again"},
		"page one":       {says(200, `{"entities":[1,2],"pageNumber":1,"pageCount":5}`), "page 2 was asked for and page 1 came"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.serve, func(o *Options) { o.Log = openTestLog(t, filepath.Join(t.TempDir(), "log")) })
			_, _, _, err := read(w.Numbered(t.Context(), Get("/api/v2/users"), 10))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !isKind[*BrokenError](err) {
				t.Errorf("%v; want %q in it", err, tt.want)
			}
			if strings.Contains(tt.want, "list of") && w.o.Log.Len() > 0 {
				t.Errorf("an answer that is no list was kept")
			}
		})
	}
	for name, body := range map[string]string{"no cursor": `{"entities":[1],"nextUri":"/api/v2/teams?pageSize=3"}`, "same cursor": `{"entities":[1],"nextUri":"/x?after=1"}`} {
		w := newWorld(t, says(200, body))
		if _, _, _, err := read(w.After(t.Context(), Get("/api/v2/teams"), 10)); !isKind[*BrokenError](err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, body := range map[string]string{"total 0": `{"total":0}`, "null": `{"entities":null}`, "array": `[]`, "results": `{"results":[]}`} {
		w := newWorld(t, says(200, body))
		if numbers, sizes, _, err := read(w.Numbered(t.Context(), Get("/api/v2/users"), 10)); err != nil || len(numbers) > 0 || len(sizes) != 1 {
			t.Errorf("%s: %v, %v; want an empty page", name, sizes, err)
		}
	}
}
