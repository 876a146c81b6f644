package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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
	var out bytes.Buffer
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := copyValue(&out, dec); err != nil {
		return nil, fmt.Errorf("raw json: %w", err)
	}
	return out.Bytes(), nil
}

var errNotJSON = errors.New("raw json: not valid JSON")

// isSecret reports whether a field of this name carries a secret.
func isSecret(name string) bool {
	switch strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name)) {
	case "secret", "clientsecret", "accesstoken", "refreshtoken", "password":
		return true
	default:
		return false
	}
}

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
		if escaped || len(name) >= len("secret") && len(name) <= len("refresh__token") && isSecret(string(name)) {
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

// copyValue writes the next JSON value without secrets. Numbers and the order
// of fields stay as they were.
func copyValue(out *bytes.Buffer, dec *json.Decoder) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('{'):
		return copyObject(out, dec)
	case json.Delim('['):
		return copyArray(out, dec)
	}
	text, err := jsonText(t)
	out.WriteString(text)
	return err
}

func copyArray(out *bytes.Buffer, dec *json.Decoder) error {
	out.WriteByte('[')
	for i := 0; dec.More(); i++ {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := copyValue(out, dec); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	_, err := dec.Token()
	return err
}

func copyObject(out *bytes.Buffer, dec *json.Decoder) error {
	out.WriteByte('{')
	first := true
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if isSecret(name) {
			var secret json.RawMessage
			if err := dec.Decode(&secret); err != nil {
				return err
			}
			continue
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		quoted, err := jsonText(name)
		if err != nil {
			return err
		}
		out.WriteString(quoted)
		out.WriteByte(':')
		if err := copyValue(out, dec); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	_, err := dec.Token()
	return err
}
