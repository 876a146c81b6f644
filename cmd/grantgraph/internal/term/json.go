package term

import (
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// NewJSONWriter returns a writer that passes encoded JSON on, with characters
// that could disturb a terminal written as JSON escapes: the document means the
// same. Each Write must hold whole characters, as those of json.Encoder do.
func NewJSONWriter(w io.Writer) io.Writer { return jsonWriter{w} }

type jsonWriter struct{ w io.Writer }

// Write implements io.Writer.
func (j jsonWriter) Write(b []byte) (int, error) {
	out, from := []byte(nil), 0
	for i := 0; i < len(b); {
		if b[i] < 0x7F {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if !Harmless(r) {
			out = append(out, b[from:i]...)
			out = appendEscape(out, r)
			from = i + size
		}
		i += size
	}
	if out == nil {
		return j.w.Write(b)
	}
	if _, err := j.w.Write(append(out, b[from:]...)); err != nil {
		return 0, err
	}
	return len(b), nil
}

func appendEscape(out []byte, r rune) []byte {
	if r > 0xFFFF {
		hi, lo := utf16.EncodeRune(r)
		return appendHex(appendHex(out, hi), lo)
	}
	return appendHex(out, r)
}

func appendHex(out []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(out, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
