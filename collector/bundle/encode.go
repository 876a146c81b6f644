package bundle

import (
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An encoder appends JSON. Fields without a value are left out, as null and
// missing are the same. The first error stays.
type encoder struct {
	b   []byte
	err error
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// next separates what follows from what went before.
func (e *encoder) next() {
	if n := len(e.b); n > 0 && e.b[n-1] != '{' && e.b[n-1] != '[' && e.b[n-1] != ':' {
		e.b = append(e.b, ',')
	}
}

func (e *encoder) open(c byte) {
	e.next()
	e.b = append(e.b, c)
}

func (e *encoder) close(c byte) { e.b = append(e.b, c) }

func (e *encoder) key(key string) {
	e.next()
	e.quoted(key)
	e.b = append(e.b, ':')
}

// value appends a string as an element.
func (e *encoder) value(s string) {
	e.next()
	e.quoted(s)
}

// must appends a field that is there whatever its value.
func (e *encoder) must(key, s string) {
	e.key(key)
	e.quoted(s)
}

func (e *encoder) text(key, s string) {
	if s != "" {
		e.must(key, s)
	}
}

func (e *encoder) tri(key string, t authz.Tri) {
	if t != authz.Unknown {
		e.key(key)
		e.b = append(e.b, t.String()...)
	}
}

func (e *encoder) yes(key string, v bool) {
	e.key(key)
	e.b = strconv.AppendBool(e.b, v)
}

func (e *encoder) whole(key string, n int64) {
	e.key(key)
	e.b = strconv.AppendInt(e.b, n, 10)
}

// date appends a time with milliseconds, as the API does, and more digits only
// if they say something.
func (e *encoder) date(key string, t time.Time) {
	if t.IsZero() {
		return
	}
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		e.fail(fmt.Errorf("field %s: year %d cannot be written", key, t.Year()))
		return
	}
	layout := "2006-01-02T15:04:05.000Z"
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		layout = "2006-01-02T15:04:05.000000000Z"
	}
	e.key(key)
	e.b = append(e.b, '"')
	e.b = t.AppendFormat(e.b, layout)
	e.b = append(e.b, '"')
}

// ref appends a reference as an object with an id.
func (e *encoder) ref(key, id string) {
	if id != "" {
		e.key(key)
		e.idObject(id)
	}
}

func (e *encoder) idObject(id string) {
	e.open('{')
	e.must("id", id)
	e.close('}')
}

func (e *encoder) refs(key string, ids []string) {
	e.list(key, len(ids), func(i int) { e.idObject(ids[i]) })
}

func (e *encoder) texts(key string, list []string) {
	e.list(key, len(list), func(i int) { e.value(list[i]) })
}

// list appends an array; fn appends its elements. An empty one is left out.
func (e *encoder) list(key string, n int, fn func(i int)) {
	if n > 0 {
		e.mustList(key, n, fn)
	}
}

func (e *encoder) mustList(key string, n int, fn func(i int)) {
	e.key(key)
	e.open('[')
	for i := range n {
		fn(i)
	}
	e.close(']')
}

var errNotUTF8 = errors.New("a text is not UTF-8")

const hexDigits = "0123456789abcdef"

// quoted appends a string. Whatever a terminal or a script could take for
// something else is escaped; the rest stays readable.
func (e *encoder) quoted(s string) {
	b := append(e.b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] && c != 0x7f {
			i++
			continue
		}
		r, n := rune(c), 1
		if c >= utf8.RuneSelf {
			if r, n = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
				e.fail(errNotUTF8)
			}
			if r > 0xffff || strconv.IsPrint(r) {
				i += n
				continue
			}
		}
		b = append(b, s[from:i]...)
		b = appendEscape(b, r)
		i += n
		from = i
	}
	b = append(b, s[from:]...)
	e.b = append(b, '"')
}

func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\n':
		return append(b, '\\', 'n')
	case '\t':
		return append(b, '\\', 't')
	case '\r':
		return append(b, '\\', 'r')
	default:
		return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
	}
}
