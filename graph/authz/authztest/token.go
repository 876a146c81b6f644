package authztest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A token is a word of a line.
type token struct {
	key    string // of an option; empty: a plain word
	text   string
	quoted bool // a part was quoted, so that commas are not read
}

// split reads the words of a line.
func split(line string) ([]token, error) {
	var out []token
	for {
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		if line == "" || strings.HasPrefix(line, "#") {
			return out, nil
		}
		t, rest, err := first(line)
		if err != nil {
			return nil, err
		}
		out, line = append(out, t), rest
	}
}

func first(line string) (t token, rest string, err error) {
	var b strings.Builder
	for line != "" {
		r := []rune(line[:min(len(line), 4)])[0]
		switch {
		case unicode.IsSpace(r):
			t.text = b.String()
			return t, line, nil
		case r == '"':
			q, err := strconv.QuotedPrefix(line)
			if err != nil {
				return t, "", fmt.Errorf("quotation mark without end: %w", err)
			}
			s, err := strconv.Unquote(q)
			if err != nil {
				return t, "", fmt.Errorf("quotation %s: %w", q, err)
			}
			b.WriteString(s)
			t.quoted, line = true, line[len(q):]
		case r == '=' && t.key == "" && !t.quoted && b.Len() > 0:
			t.key, line = b.String(), line[1:]
			b.Reset()
		default:
			n := strings.IndexFunc(line[1:], func(r rune) bool { return unicode.IsSpace(r) || r == '"' || r == '=' })
			if n < 0 {
				n = len(line) - 1
			}
			b.WriteString(line[:n+1])
			line = line[n+1:]
		}
	}
	t.text = b.String()
	return t, "", nil
}

// list returns the values of an option.
func (t token) list() []string {
	if t.quoted {
		return []string{t.text}
	}
	return strings.Split(t.text, ",")
}

// quote writes a word so that it is read as one value.
func quote(s string) string {
	if slices.Contains(reserved(), s) {
		return strconv.Quote(s)
	}
	return quoteValue(s)
}

// quoteValue writes the value of an option.
func quoteValue(s string) string {
	for _, r := range s {
		if r > unicode.MaxASCII || (!unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.*@>/", r)) {
			return strconv.Quote(s)
		}
	}
	if s == "" {
		return strconv.Quote(s)
	}
	return s
}

// reserved are the words that mean something wherever they stand in a line.
func reserved() []string {
	return []string{
		"in", "untold", "home", "unread", "partial", "enabled", "disabled", "full", "limited", "default",
		"undefault", "active", "inactive", "clients", "users", "everywhere",
	}
}
