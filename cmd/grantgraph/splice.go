package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// A longList is a list of a document that is written item by item, so that a
// document of a gigabyte is never whole in memory.
type longList struct {
	key   string // under which the document holds it
	len   int
	write func(w io.Writer, i int, prefix string) error
}

// splice writes a document as [writeJSON] does, each line after the first behind
// a prefix, with long lists put in where the document holds empty ones. The lists
// come in the order of the document's keys.
func splice(w io.Writer, prefix string, document any, lists ...longList) error {
	text, err := indented(prefix, document)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if l.len == 0 {
			continue
		}
		mark := []byte("\n" + prefix + "  \"" + l.key + "\": []")
		at := bytes.Index(text, mark)
		if at < 0 {
			return fmt.Errorf("the document has no empty list %q", l.key)
		}
		end := at + len(mark) - 1
		if _, err := w.Write(text[:end]); err != nil {
			return err
		}
		if err := l.items(w, prefix+"    "); err != nil {
			return err
		}
		text = append([]byte("\n"+prefix+"  "), text[end:]...)
	}
	_, err = w.Write(text)
	return err
}

func (l longList) items(w io.Writer, prefix string) error {
	between := []byte(",\n" + prefix)
	for i := range l.len {
		start := between
		if i == 0 {
			start = between[1:]
		}
		if _, err := w.Write(start); err != nil {
			return err
		}
		if err := l.write(w, i, prefix); err != nil {
			return err
		}
	}
	return nil
}

func indented(prefix string, v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
