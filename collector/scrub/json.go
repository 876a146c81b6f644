package scrub

import (
	"bytes"
	"encoding/json"
)

// JSON returns JSON without what carries secrets, at any depth: fields whose
// [Name] says so, the values of a record whose label says so, and texts that
// are credentials by their looks. All else stays as it is written, without the
// white space. The JSON must be valid; it is not changed.
func JSON(valid []byte) []byte {
	w := walker{in: valid, out: make([]byte, 0, len(valid))}
	if i := w.space(0); i < len(valid) {
		w.value(i)
	}
	return w.out
}

// A walker copies JSON from one slice to another.
type walker struct {
	in, out []byte
	// entities is set before an object whose keys are no fields but the names of
	// entities in the catalogue of permissions, where one is called token.
	entities bool
}

// catalogue is the field that holds such an object.
const catalogue = "permissionMap"

// value copies the value at i and returns where it ends.
func (w *walker) value(i int) int {
	switch w.in[i] {
	case '{':
		return w.object(i)
	case '[':
		return w.array(i)
	}
	end := w.end(i)
	if w.in[i] == '"' && looksSecret(w.in[i+1:end-1]) {
		w.out = append(w.out, `"`+Stands+`"`...)
		return end
	}
	w.out = append(w.out, w.in[i:end]...)
	return end
}

func (w *walker) array(i int) int {
	w.out = append(w.out, '[')
	for i = w.space(i + 1); w.in[i] != ']'; i = w.space(i) {
		if w.in[i] == ',' {
			w.out = append(w.out, ',')
			i++
			continue
		}
		i = w.value(i)
	}
	w.out = append(w.out, ']')
	return i + 1
}

// A span is a part of what was copied.
type span struct{ from, to int }

func (w *walker) object(i int) int {
	entities := w.entities
	w.entities = false
	w.out = append(w.out, '{')
	start := len(w.out)
	var held []span // fields that go if the label beside them is a secret's
	secret := false
	for i = w.space(i + 1); w.in[i] != '}'; i = w.space(i) {
		if w.in[i] == ',' {
			i++
			continue
		}
		quoted := w.in[i:w.end(i)]
		at := w.space(w.space(i+len(quoted)) + 1) // past the colon
		name := unquote(quoted)
		if !entities && Name(name) {
			i = w.end(at)
			continue
		}
		w.entities = w.in[at] == '{' && string(name) == catalogue
		from := len(w.out)
		if from > start {
			w.out = append(w.out, ',')
		}
		w.out = append(append(w.out, quoted...), ':')
		i = w.value(at)
		switch {
		case isOneOf(values, name):
			held = append(held, span{from, len(w.out)})
		case w.in[at] == '"' && isOneOf(labels, name):
			secret = secret || Name(unquote(w.in[at:i]))
		}
	}
	if secret {
		w.drop(held, start)
	}
	w.out = append(w.out, '}')
	return i + 1
}

// drop takes fields out of the object whose fields begin at start.
func (w *walker) drop(held []span, start int) {
	for n := len(held) - 1; n >= 0; n-- {
		w.out = append(w.out[:held[n].from], w.out[held[n].to:]...)
	}
	if len(w.out) > start && w.out[start] == ',' {
		w.out = append(w.out[:start], w.out[start+1:]...)
	}
}

// end returns where the value at i ends.
func (w *walker) end(i int) int {
	switch w.in[i] {
	case '"':
		return endOfString(w.in, i)
	case '{', '[':
		for depth := 0; ; i++ {
			switch w.in[i] {
			case '"':
				i = endOfString(w.in, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for ; i < len(w.in); i++ {
		switch w.in[i] {
		case ',', ']', '}', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return i
}

func endOfString(b []byte, i int) int {
	for i++; ; i++ {
		i += bytes.IndexByte(b[i:], '"')
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
}

// space returns the first index from i on that is no white space.
func (w *walker) space(i int) int {
	for i < len(w.in) && (w.in[i] == ' ' || w.in[i] == '\t' || w.in[i] == '\n' || w.in[i] == '\r') {
		i++
	}
	return i
}

func unquote(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // valid, by the contract of JSON
	return []byte(s)
}
