package bundle

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A value is one JSON value whose grammar was checked by a scanner, with its
// offset in the file.
type value struct {
	b  []byte
	at int64
}

func (v value) fail(format string, args ...any) error {
	return &syntaxError{v.at, fmt.Sprintf(format, args...)}
}

// want is the error of a value of the wrong kind. It tells the kind and never
// the value, which may be a secret in the wrong place.
func (v value) want(what string) error { return v.fail("want %s, got %s", what, v.kind()) }

func (v value) kind() string {
	switch v.b[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

func (v value) null() bool { return v.b[0] == 'n' }

// empty reports whether an object has no fields.
func (v value) empty() bool { return v.b[space(v.b, 1)] == '}' }

// width returns the length of the value that b begins with.
func width(b []byte) int {
	switch b[0] {
	case '"':
		return stringWidth(b)
	case '{', '[':
		return nestedWidth(b)
	}
	for i, c := range b {
		switch c {
		case ',', ']', '}', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return len(b)
}

func stringWidth(b []byte) int {
	i := 1
	for b[i] != '"' {
		if b[i] == '\\' {
			i++
		}
		i++
	}
	return i + 1
}

func nestedWidth(b []byte) int {
	depth := 0
	for i := 0; ; i++ {
		switch b[i] {
		case '"':
			i += stringWidth(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// space returns the first index from i on that is no white space or separator.
func space(b []byte, i int) int {
	for {
		switch b[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default:
			return i
		}
	}
}

// fields calls fn for each field of an object. A key that is there twice could
// be read in two ways, so it is an error.
func (v value) fields(fn func(key []byte, f value) error) error {
	if v.b[0] != '{' {
		return v.want("an object")
	}
	var keys keySet
	for i := space(v.b, 1); v.b[i] != '}'; i = space(v.b, i) {
		n := width(v.b[i:])
		key := value{v.b[i : i+n], v.at + int64(i)}.bytes()
		if !keys.add(key) {
			return value{v.b[i:], v.at + int64(i)}.fail("field %s is given twice", quote(string(key)))
		}
		i = space(v.b, i+n)
		n = width(v.b[i:])
		if err := fn(key, value{v.b[i : i+n], v.at + int64(i)}); err != nil {
			return inField(key, err)
		}
		i += n
	}
	return nil
}

// A keySet finds repeated keys: few by comparing, many by a map.
type keySet struct {
	few  [24][]byte
	n    int
	many map[string]bool
}

func (k *keySet) add(key []byte) bool {
	if k.many != nil {
		if k.many[string(key)] {
			return false
		}
		k.many[string(key)] = true
		return true
	}
	for _, have := range k.few[:k.n] {
		if len(have) == len(key) && string(have) == string(key) {
			return false
		}
	}
	if k.n < len(k.few) {
		k.few[k.n] = key
		k.n++
		return true
	}
	k.many = map[string]bool{string(key): true}
	for _, have := range k.few {
		k.many[string(have)] = true
	}
	return true
}

// each calls fn for each element of an array; null is an empty one.
func (v value) each(fn func(e value) error) error {
	if v.null() {
		return nil
	}
	if v.b[0] != '[' {
		return v.want("an array")
	}
	for i := space(v.b, 1); v.b[i] != ']'; i = space(v.b, i) {
		n := width(v.b[i:])
		if err := fn(value{v.b[i : i+n], v.at + int64(i)}); err != nil {
			return err
		}
		i += n
	}
	return nil
}

// bytes returns what a string says; it aliases the value where it can.
func (v value) bytes() []byte {
	in := v.b[1 : len(v.b)-1]
	if bytes.IndexByte(in, '\\') < 0 {
		return in
	}
	return unescape(in)
}

func unescape(in []byte) []byte {
	out := make([]byte, 0, len(in))
	for i := 0; i < len(in); i++ {
		if in[i] != '\\' {
			out = append(out, in[i])
			continue
		}
		i++
		if in[i] == 'u' {
			r, _ := hex4(in[i+1:])
			i += 4
			if low, ok := lowSurrogate(in[i+1:]); utf16.IsSurrogate(r) {
				// Half of a pair becomes the replacement character.
				if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
			continue
		}
		out = append(out, escapes[in[i]])
	}
	return out
}

func lowSurrogate(in []byte) (rune, bool) {
	if len(in) < 6 || in[0] != '\\' || in[1] != 'u' {
		return 0, false
	}
	return hex4(in[2:])
}

// escapes are what the letters after a backslash stand for.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// text sets a string; null leaves it.
func (v value) text(to *string) error {
	switch v.b[0] {
	case '"':
		*to = string(v.bytes())
		return nil
	case 'n':
		return nil
	default:
		return v.want("a string")
	}
}

// tri sets a yes or no; null leaves it unknown.
func (v value) tri(to *authz.Tri) error {
	switch v.b[0] {
	case 't', 'f':
		*to = authz.TriOf(v.b[0] == 't')
		return nil
	case 'n':
		return nil
	default:
		return v.want("a boolean")
	}
}

// yes sets a boolean; null leaves it.
func (v value) yes(to *bool) error {
	var t authz.Tri
	if err := v.tri(&t); err != nil {
		return err
	}
	*to = *to || t == authz.True
	return nil
}

// whole sets a whole number; null leaves it.
func (v value) whole(to *int64) error {
	if v.null() {
		return nil
	}
	if v.kind() != "a number" {
		return v.want("a number")
	}
	n, err := strconv.ParseInt(string(v.b), 10, 64)
	if err != nil {
		return v.fail("want a whole number of at most 64 bits")
	}
	*to = n
	return nil
}

// date sets a time; null and the empty string leave it.
func (v value) date(to *time.Time) error {
	var s string
	if err := v.text(&s); err != nil || s == "" {
		return err
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return v.fail("want a date as 2006-01-02T15:04:05Z")
	}
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 { // another zone can lead out of the years that have four digits
		return v.fail("want a date of the years 0 to 9999")
	}
	*to = t
	return nil
}

// ref returns the id of a reference: an id, or an object with one. Null, and an
// object whose id is null or missing, are no reference.
func (v value) ref() ([]byte, error) {
	switch v.b[0] {
	case '"':
		return v.bytes(), nil
	case 'n':
		return nil, nil
	case '{':
		return v.idOf()
	default:
		return nil, v.want("an id, or an object with one")
	}
}

func (v value) idOf() (id []byte, err error) {
	err = v.fields(func(key []byte, f value) error {
		if string(key) != "id" || f.null() {
			return nil
		}
		if f.b[0] != '"' {
			return f.want("a string")
		}
		id = f.bytes()
		return nil
	})
	return id, err
}

// refTo sets the id of a reference.
func (v value) refTo(to *string) error {
	id, err := v.ref()
	if len(id) > 0 {
		*to = string(id)
	}
	return err
}

// refs appends the ids of a list of references. An entry without an id is an
// error: it says that there is something without saying what.
func (v value) refs(to *[]string) error {
	return v.each(func(e value) error {
		id, err := e.ref()
		if err != nil {
			return err
		}
		if len(id) == 0 {
			return e.fail("an entry has no id")
		}
		*to = append(*to, string(id))
		return nil
	})
}

// texts appends a list of strings.
func (v value) texts(to *[]string) error {
	return v.each(func(e value) error {
		if e.b[0] != '"' {
			return e.want("a string")
		}
		*to = append(*to, string(e.bytes()))
		return nil
	})
}
