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
