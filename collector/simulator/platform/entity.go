package platform

import (
	"bytes"
	"strconv"
)

// An entity is a record as the API gives it.
type entity struct {
	id, name string
	division string // empty: none, or every one
	state    string
	kind     string  // of an object: its type, in upper case
	raw      []byte  // the object with the fields that are always there
	extra    []field // those that are there only if asked for
}

// A field is a key of a JSON object, without quotes, and its value.
type field struct {
	key   string
	value []byte
}

// fields returns the fields of a JSON object that is known to be valid.
func fields(raw []byte) []field {
	var list []field
	for i := bytes.IndexByte(raw, '{') + 1; ; {
		i = skipSpace(raw, i)
		if i >= len(raw) || raw[i] == '}' {
			return list
		}
		end := skipValue(raw, i)
		f := field{key: string(raw[i+1 : end-1])}
		i = skipSpace(raw, end)
		end = skipValue(raw, i)
		f.value = raw[i:end:end]
		list = append(list, f)
		i = end
	}
}

// skipSpace returns the position of the next byte that is neither space nor
// what separates fields and elements.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r' || b[i] == ',' || b[i] == ':') {
		i++
	}
	return i
}

// skipValue returns the position after the value that begins at i.
func skipValue(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = endOfString(b, i)
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if depth == 0 {
				return endOfWord(b, i)
			}
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(b)
}

// endOfString returns the position of the quote that ends the string at i.
func endOfString(b []byte, i int) int {
	for i++; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i
}

// endOfWord returns the position after a number, true, false or null.
func endOfWord(b []byte, i int) int {
	for i < len(b) && bytes.IndexByte([]byte(" \t\n\r,]}"), b[i]) < 0 {
		i++
	}
	return i
}

// object makes an object of fields.
func object(list []field) []byte {
	b := []byte{'{'}
	for _, f := range list {
		b = appendField(b, f.key, f.value)
	}
	return append(b, '}')
}

// appendField appends a field to an object that is not closed yet.
func appendField(b []byte, key string, value []byte) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, key...)
	b = append(b, '"', ':')
	return append(b, value...)
}

// appendText appends a field that is a string.
func appendText(b []byte, key, value string) []byte { return appendField(b, key, quote(value)) }

// appendNumber appends a field that is a number.
func appendNumber(b []byte, key string, n int) []byte {
	return appendField(b, key, strconv.AppendInt(nil, int64(n), 10))
}

// open returns a copy of an object without the brace that closes it, so that
// fields can be appended.
func open(b, raw []byte) []byte { return append(b, raw[:len(raw)-1]...) }

// split takes the fields that are given only if asked for out of an object, and
// drops others. Keys are compared as the API spells them.
func split(raw []byte, onDemand, drop map[string]bool) (base []byte, extra []field) {
	var kept []field
	for _, f := range fields(raw) {
		switch {
		case drop[f.key]:
		case onDemand[f.key]:
			extra = append(extra, f)
		default:
			kept = append(kept, f)
		}
	}
	return object(kept), extra
}

// has reports whether an object has a field.
func has(raw []byte, key string) bool {
	for _, f := range fields(raw) {
		if f.key == key {
			return true
		}
	}
	return false
}
