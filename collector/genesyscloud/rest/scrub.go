package rest

import (
	"bytes"
	"strings"
)

// own returns the secrets that this client itself holds now.
func (c *Client) own() []Secret {
	return append(c.token.secrets(), c.o.Account.Credentials.ClientSecret)
}

// withoutOwn takes our own secrets out of a text, should it repeat them.
func (c *Client) withoutOwn(text string) string {
	for _, s := range c.own() {
		if t := s.reveal(); len(t) >= shortestOwn {
			text = strings.ReplaceAll(text, t, hidden)
		}
	}
	return text
}

// withoutOwnBytes is withoutOwn for a body.
func (c *Client) withoutOwnBytes(body []byte) []byte {
	for _, s := range c.own() {
		if t := []byte(s.reveal()); len(t) >= shortestOwn && bytes.Contains(body, t) {
			body = bytes.ReplaceAll(body, t, []byte(hidden))
		}
	}
	return body
}

// shortestOwn bounds what is looked for: taking out a short text would take out
// words.
const shortestOwn = 10
