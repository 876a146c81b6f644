package rest

import (
	"fmt"
	"io"
	"log/slog"
)

// A Secret is a text that never prints, whatever prints it. Its value leaves it
// only where a header is set. The zero Secret is none.
type Secret struct {
	// A pointer, because fmt does not ask the methods of a field that is not
	// exported, but does not follow its pointer either.
	text *string
}

const hidden = "[secret]"

// NewSecret returns a secret; that of the empty text is none.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// reveal returns the text. Only what sets a header, and what looks for the
// text in order to take it out, may ask.
func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String returns a word that stands for the secret.
func (Secret) String() string { return hidden }

// Format writes the word for every verb.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) } //nolint:errcheck // fmt keeps the error

// MarshalText returns the word.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue returns the word.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
