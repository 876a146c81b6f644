package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/grantgraph/grantgraph/collector/scrub"
)

// withoutSecrets returns JSON without the fields, at any depth, that carry
// secrets. Sources drop them too; this is the net below. What has none is
// returned as it is.
func withoutSecrets(raw json.RawMessage) (json.RawMessage, error) {
	if !mayHaveSecret(raw) {
		return raw, nil
	}
	if !json.Valid(raw) { // this also bounds how deep it is
		return nil, errNotJSON
	}
	return scrub.JSON(raw), nil
}

var errNotJSON = errors.New("raw json: not valid JSON")

// mayHaveSecret finds JSON that may have such a field, in one pass over the
// names of fields. A name with an escape in it could be any.
func mayHaveSecret(raw []byte) bool {
	for {
		at := bytes.IndexByte(raw, '"')
		if at < 0 {
			return false
		}
		raw = raw[at+1:]
		end, escaped := endOfString(raw)
		if end < 0 {
			return true // not JSON: let the parser say so
		}
		name := raw[:end]
		raw = raw[end+1:]
		if !isName(raw) {
			continue
		}
		if escaped || scrub.Name(name) {
			return true
		}
	}
}

// endOfString returns where the string ends that begins b, and whether it has
// escapes.
func endOfString(b []byte) (end int, escaped bool) {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			return i, escaped
		}
	}
	return -1, escaped
}

// isName reports whether what was before b is the name of a field.
func isName(b []byte) bool {
	for _, c := range b {
		switch c {
		case ' ', '\t', '\n', '\r':
		default:
			return c == ':'
		}
	}
	return false
}
