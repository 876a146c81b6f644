package rest

import (
	"net/url"
	"slices"
	"strings"
)

// Rewind makes the next time that a question is asked the first again: what
// follows is answered from what is kept, from the beginning. Nothing is
// forgotten.
func (l *Log) Rewind() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.asks {
		a.next = 0
	}
}

// ForgetRequest is [Log.Forget] for one request, on whatever page and with
// whatever page size it was asked.
func (l *Log) ForgetRequest(r Request) error {
	return l.Forget(r.Path + "\n" + withoutPage(r.Query).Encode())
}

// withoutPage drops the parameters that only say which page is asked for.
func withoutPage(q url.Values) url.Values {
	out := url.Values{}
	for name, values := range q {
		if !slices.Contains([]string{"pageNumber", "pageSize", "after", "before", "cursor"}, name) {
			out[name] = values
		}
	}
	return out
}

// forgets reports whether an answer to a question is one that [Log.Forget] or
// [Log.ForgetRequest] drops. A line's end stands for that of the path; what
// follows it is the query, but for the page.
func forgets(prefix string, key askKey) bool {
	path, query, exact := strings.Cut(prefix, "\n")
	switch {
	case !exact:
		return strings.HasPrefix(key.path, prefix)
	case key.path != path:
		return false
	case query == "":
		return true
	}
	q, err := url.ParseQuery(key.query)
	return err == nil && withoutPage(q).Encode() == query
}
