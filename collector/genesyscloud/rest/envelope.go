package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
)

// An envelope is what a list comes in. Numbers that it does not say are -1.
type envelope struct {
	entities   []json.RawMessage
	total      int64
	pageCount  int64
	pageSize   int64
	pageNumber int64
	nextURI    string
	cursor     string
}

// listFields are the names that lists have, in the order of preference.
var listFields = []string{"entities", "results", "Resources"}

var errNoList = errors.New("the body has no list of entities")

// readEnvelope reads a list: an array, or an object that has one. An object
// without one is broken unless it says that the list is empty: nobody may be
// taken for none.
func readEnvelope(body []byte) (*envelope, error) {
	e := &envelope{total: -1, pageCount: -1, pageSize: -1, pageNumber: -1}
	if body = bytes.TrimSpace(body); len(body) > 0 && body[0] == '[' {
		return e, json.Unmarshal(body, &e.entities)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return nil, errNoList
	}
	for name, to := range map[string]*int64{"total": &e.total, "totalResults": &e.total, "pageCount": &e.pageCount, "pageSize": &e.pageSize, "pageNumber": &e.pageNumber} {
		if err := readNumber(fields, name, to); err != nil {
			return nil, err
		}
	}
	for name, to := range map[string]*string{"nextUri": &e.nextURI, "cursor": &e.cursor} {
		if raw, ok := fields[name]; ok && json.Unmarshal(raw, to) != nil {
			return nil, fmt.Errorf("field %s of the list is not a text", name)
		}
	}
	return e, e.readList(fields)
}

func (e *envelope) readList(fields map[string]json.RawMessage) error {
	for _, name := range listFields {
		raw, ok := fields[name]
		if !ok {
			continue
		}
		if err := json.Unmarshal(raw, &e.entities); err != nil {
			return fmt.Errorf("field %s is not a list", name)
		}
		if e.entities == nil && e.total > 0 {
			return errNoList
		}
		return nil
	}
	if e.total == 0 || e.pageCount == 0 {
		return nil
	}
	return errNoList
}

func readNumber(fields map[string]json.RawMessage, name string, to *int64) error {
	raw, ok := fields[name]
	if !ok || string(raw) == "null" {
		return nil
	}
	var n float64
	if json.Unmarshal(raw, &n) != nil || n < 0 || n > 1<<53 {
		return fmt.Errorf("field %s of the list is not a count", name)
	}
	*to = int64(n)
	return nil
}

// after returns the cursor that stands in nextUri; empty at the end.
func (e *envelope) after() (string, error) {
	if e.nextURI == "" {
		return "", nil
	}
	u, err := url.Parse(e.nextURI)
	if err != nil || u.Query().Get("after") == "" {
		return "", errors.New("nextUri has no cursor")
	}
	return u.Query().Get("after"), nil
}
