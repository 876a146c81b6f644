package rest

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// refusalBody is what the platform says beside a status from 400 up. OAuth has
// names of its own for the same.
type refusalBody struct {
	Code              string         `json:"code"`
	Message           string         `json:"message"`
	MessageWithParams string         `json:"messageWithParams"`
	MessageParams     map[string]any `json:"messageParams"`
	ContextID         string         `json:"contextId"`
	Limit             *Limit         `json:"limit"`
	Errors            []refusalBody  `json:"errors"`

	OAuth            string `json:"error"`
	Description      string `json:"description"`
	ErrorDescription string `json:"error_description"`
}

// readRefusal reads what can be read. A field of another type than expected
// costs that field only.
func readRefusal(body []byte) refusalBody {
	var fields map[string]json.RawMessage
	var r refusalBody
	if json.Unmarshal(body, &fields) != nil {
		return r
	}
	for name, into := range map[string]any{
		"code": &r.Code, "message": &r.Message, "messageWithParams": &r.MessageWithParams, "messageParams": &r.MessageParams,
		"contextId": &r.ContextID, "error": &r.OAuth, "description": &r.Description, "error_description": &r.ErrorDescription,
	} {
		if raw, ok := fields[name]; ok {
			_ = json.Unmarshal(raw, into) // the field is then empty
		}
	}
	var limit Limit
	if json.Unmarshal(fields["limit"], &limit) == nil {
		r.Limit = &limit
	}
	if r.Code == "" && r.Message == "" {
		var inner []json.RawMessage
		if json.Unmarshal(fields["errors"], &inner) == nil && len(inner) > 0 {
			return readRefusal(inner[0])
		}
	}
	return r
}

// refusal makes the error of a status from 300 up.
func (c *Client) refusal(q *question, status int, h http.Header, body []byte) *APIError {
	r := readRefusal(body)
	e := &APIError{
		Method: q.method, Path: q.path, Status: status,
		Code:        c.clean(cmp.Or(r.Code, r.OAuth), 80),
		Message:     c.clean(cmp.Or(r.Message, r.MessageWithParams, r.ErrorDescription, r.Description), 500),
		Limit:       r.Limit,
		Correlation: c.clean(cmp.Or(h.Get("Inin-Correlation-Id"), r.ContextID), 80),
	}
	if e.Limit != nil {
		e.Limit.Key, e.Limit.Namespace = c.clean(e.Limit.Key, 120), c.clean(e.Limit.Namespace, 120)
	}
	switch {
	case status < 400:
		e.Message = "it sends us elsewhere: is the region right, or a proxy in the way?"
	case status == http.StatusForbidden:
		e.Missing = missing(r)
		e.MissingAny = strings.Contains(e.Code, "any")
	case e.Code == "" && e.Message == "" && !json.Valid(body):
		e.Message = "the answer is not the platform's: is the region right, or a proxy in the way?"
	}
	return e
}

var (
	permission  = regexp.MustCompile(`\b[A-Za-z][A-Za-z0-9_-]*:(?:[A-Za-z][A-Za-z0-9_-]*|\*):(?:[A-Za-z][A-Za-z0-9_-]*|\*)`)
	afterColon  = regexp.MustCompile(`permission\(?s?\)?:\s*(.*)$`)
	legacyNames = regexp.MustCompile(`[a-z][a-z_]*`)
)

// missing finds the permissions that a 403 names, in its text or its
// parameters. Those of the old kind are one word.
func missing(r refusalBody) []string {
	texts := []string{r.Message, r.MessageWithParams}
	for _, key := range slices.Sorted(maps.Keys(r.MessageParams)) {
		if s, ok := r.MessageParams[key].(string); ok {
			texts = append(texts, s)
		}
	}
	found := permission.FindAllString(strings.Join(texts, "\n"), -1)
	if m := afterColon.FindStringSubmatch(r.Message); m != nil {
		for part := range strings.FieldsFuncSeq(m[1], func(c rune) bool { return strings.ContainsRune(" ,;[]", c) }) {
			if part = strings.TrimSuffix(part, "."); legacyNames.FindString(part) == part && len(part) > 2 {
				found = append(found, part)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// clean makes a text of the platform fit for a message: no secret, no control
// character, no novel.
func (c *Client) clean(text string, longest int) string {
	text = c.withoutOwn(text)
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.TrimSpace(text))
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
