package main

import (
	"bytes"
	"io"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/rules"
)

// A findingsWriter writes a result as JSON, finding by finding. The same
// principals stand in hundreds of findings, and each is encoded once.
type findingsWriter struct {
	out        io.Writer
	principals map[analyzer.PrincipalRef][]byte // as they are written, made harmless
}

func writeFindings(out io.Writer, r *rules.Result) error {
	f := findingsWriter{out: out, principals: map[analyzer.PrincipalRef][]byte{}}
	w := term.NewJSONWriter(out)
	shell := *r
	shell.Findings = []rules.Finding{}
	err := splice(w, "", &shell, longList{
		key: "findings", len: len(r.Findings),
		write: func(w io.Writer, i int, prefix string) error { return f.finding(w, r.Findings[i], prefix) },
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

func (f *findingsWriter) finding(w io.Writer, d rules.Finding, prefix string) error {
	list := d.Principals
	if len(list) > 0 {
		d.Principals = []analyzer.PrincipalRef{}
	}
	return splice(w, prefix, d, longList{key: "principals", len: len(list), write: func(_ io.Writer, i int, prefix string) error {
		return f.principal(list[i], prefix)
	}})
}

func (f *findingsWriter) principal(p analyzer.PrincipalRef, prefix string) error {
	text, ok := f.principals[p]
	if !ok {
		made, err := indented(prefix, p)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if _, err := term.NewJSONWriter(&b).Write(made); err != nil {
			return err
		}
		text = b.Bytes()
		f.principals[p] = text
	}
	_, err := f.out.Write(text)
	return err
}
