package html

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the style and the script are part of the program
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"

	"github.com/grantgraph/grantgraph/report"
)

//go:embed assets/style.css
var style string

//go:embed assets/app.js
var script string

// Write writes the document as one self-contained file.
func Write(w io.Writer, d *report.Document) error {
	t, err := templates()
	if err != nil {
		return fmt.Errorf("writing HTML report: %w", err)
	}
	p := newPage(d)
	b := bufio.NewWriterSize(w, 1<<16)
	for _, step := range []func() error{
		func() error { return writeHead(b, p) },
		func() error { return t.ExecuteTemplate(b, "body", p) },
		func() error { return writePictures(b, t, p.data) },
		func() error { return writeData(b, p.data) },
		b.Flush,
	} {
		if err := step(); err != nil {
			return fmt.Errorf("writing HTML report: %w", err)
		}
	}
	return nil
}

// writeHead writes everything before the body. The policy admits the one style
// and the one script of the file, by their digests, and nothing else; scripts
// cannot turn text into markup.
func writeHead(w io.Writer, p *page) error {
	policy := "default-src 'none'; style-src '" + digest(style) + "'; script-src '" + digest(script) +
		"'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	_, err := fmt.Fprintf(w, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%s">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<style>%s</style>
</head>
<body>
`, policy, template.HTMLEscapeString("Effective access: "+p.Organization), style)
	return err
}

// digest is a source of a content security policy that admits exactly text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// writeData writes the lists as JSON. The encoder writes <, > and & and the line
// separators of scripts as escapes, so that no text can end the block.
func writeData(w io.Writer, d *data) error {
	if _, err := io.WriteString(w, "<script type=\"application/json\" id=\"data\">"); err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(d); err != nil {
		return err
	}
	_, err := io.WriteString(w, "</script>\n<script>"+script+"</script>\n</body>\n</html>\n")
	return err
}
