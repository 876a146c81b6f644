package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes the head and the findings as one JSON document: the result
// of the audit as it was given.
func (d *Document) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(d.result); err != nil {
		return fmt.Errorf("writing report as JSON: %w", err)
	}
	return nil
}

// WriteJSONL writes one finding a line, without the head; accepted ones come last
// and carry their acceptance.
func (d *Document) WriteJSONL(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := range d.result.Findings {
		if err := e.Encode(&d.result.Findings[i]); err != nil {
			return fmt.Errorf("writing report as JSON lines: %w", err)
		}
	}
	for i := range d.result.Accepted {
		if err := e.Encode(&d.result.Accepted[i]); err != nil {
			return fmt.Errorf("writing report as JSON lines: %w", err)
		}
	}
	return nil
}
