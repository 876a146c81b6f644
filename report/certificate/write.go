package certificate

import (
	"crypto/sha256"
	_ "embed" // the page is part of the program
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed assets/certificate.html
var pageText string

//go:embed assets/style.css
var style string

// WriteJSON writes the certificate as JSON.
func (c *Certificate) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return fmt.Errorf("writing certificate as JSON: %w", err)
	}
	return nil
}

// page is what the template shows.
type page struct {
	*Certificate
	Style  template.CSS
	Policy string
}

// WriteHTML writes the certificate as one page that loads nothing and runs nothing.
func (c *Certificate) WriteHTML(w io.Writer) error {
	t, err := template.New("certificate").Funcs(template.FuncMap{
		"join": func(list []string) string { return strings.Join(list, ", ") },
		"verdict": func() string {
			switch c.Standing {
			case "isolated":
				return "Nobody from outside reaches this tenant"
			case "agreed":
				return "Reached from outside only as agreed"
			case "unknown":
				return "Nobody from outside was found, and something is not known"
			case "shared":
				return "Reached only by permissions that no division limits"
			default:
				return "Reached from outside"
			}
		},
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("writing certificate: %w", err)
	}
	sum := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	if err := t.Execute(w, page{Certificate: c, Style: template.CSS(style), Policy: policy}); err != nil {
		return fmt.Errorf("writing certificate: %w", err)
	}
	return nil
}
