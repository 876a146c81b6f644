package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// hostileNames are names that try to become more than text in a picture.
func hostileNames() []string {
	return []string{
		`<script>alert(1)</script>`, `"><image href="http://evil.example/x" onerror="alert(1)"/>`, `</text></g></svg><script/>`,
		`<![CDATA[x]]>`, `]]>`, `<!--`, `-->`, `<?xml version="1.0"?>`, `<!DOCTYPE x [<!ENTITY y "z">]>&y;`, `&lt;b&gt; &#x202e; &nbsp;`,
		`' onload='alert(1)`, `"; "v0000" -> "evil" [label="x`, `\`, `\"`, `\\"`, `\N\G\E\n\l`, `]; } digraph {`, `<<b>html label</b>>`, `// comment`, `/* comment`, `# line`,
		"two\nlines", "\r\x1b[31mred", "tab\there", "null\x00 bell\x07", "\u202Elive.txt\u202C", "line\u2028paragraph\u2029", "\u0085\u009b31m", "\ufeff\u200b\ufffe\uffff",
		"not \xff\xc0 utf-8", "", " ", "}", "{{.}}", `javascript:alert(1)`, "עברית شكل 漢字 🎧",
		strings.Repeat("ten chars ", 1_000), strings.Repeat(`"`, 10_000), strings.Repeat(`\`, 9_999), strings.Repeat("<", 10_000),
	}
}

// drawnPaths are the ways of one organization in which everything has a name.
func drawnPaths(t *testing.T, name string) graph.Drawing {
	t.Helper()
	r, err := authztest.ParseText(`
org o
division a
user ada in a
user bo in a
user cy in a
group g
client c
role r directory:user:setPassword
role r directory:group:edit
role r oauth:client:edit
role all legacy admin
grant ada r *
grant bo r *
grant g all *
grant c all *
grant cy all *`)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Organization {
		r.Organization[i].Name = name
	}
	for i := range r.User {
		r.User[i].Name = name
	}
	for i := range r.Group {
		r.Group[i].Name = name
	}
	for i := range r.Client {
		r.Client[i].Name = name
	}
	m, err := analyzer.Build(r, analyzer.Options{Config: &config.Config{}, Now: time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	from, _, err := m.FindSource("user:ada")
	if err != nil {
		t.Fatal(err)
	}
	to, _, err := m.FindDestination("total")
	if err != nil {
		t.Fatal(err)
	}
	d := m.DrawPaths(m.Paths(from, to, analyzer.PathsOptions{Limit: 20}))
	if len(d.Vertices) < 4 || len(d.Edges) < 4 {
		t.Fatalf("%d vertices and %d edges: too few to look at", len(d.Vertices), len(d.Edges))
	}
	return d
}

// eachHostile draws ways between hostile names, and edges with hostile texts.
func eachHostile(t *testing.T, look func(t *testing.T, d graph.Drawing)) {
	t.Helper()
	for _, name := range hostileNames() {
		d := drawnPaths(t, name)
		for i := range d.Edges {
			d.Edges[i].Text += name
		}
		look(t, d)
		if t.Failed() {
			t.Fatalf("the name was %q", cut(name, 80))
		}
	}
}

func harmlessPicture(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && r != '\t' && !term.Harmless(r) {
			t.Errorf("the picture holds %U", r)
		}
	}
	if len(text) > 100_000 {
		t.Errorf("the picture is %d bytes long", len(text))
	}
}

// A picture is XML whose elements and attributes are those of the drawing.
func TestSVGOfHostileNames(t *testing.T) {
	t.Parallel()
	value := regexp.MustCompile(`^[-A-Za-z0-9#.()/: ]+$`)
	eachHostile(t, func(t *testing.T, d graph.Drawing) {
		var b bytes.Buffer
		if err := writeSVG(&b, d); err != nil {
			t.Fatal(err)
		}
		harmlessPicture(t, b.String())
		count := map[string]int{}
		decoder := xml.NewDecoder(&b)
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch x := token.(type) {
			case xml.StartElement:
				count[x.Name.Local]++
				for _, a := range x.Attr {
					if !value.MatchString(a.Value) || strings.HasPrefix(a.Name.Local, "on") || strings.HasSuffix(a.Name.Local, "href") {
						t.Errorf("attribute %s=%q", a.Name.Local, a.Value)
					}
				}
			case xml.Comment, xml.Directive, xml.ProcInst:
				t.Errorf("the picture holds %T", x)
			}
		}
		v, e := len(d.Vertices), len(d.Edges)
		want := map[string]int{"svg": 1, "defs": 1, "marker": 1, "path": 1, "line": e, "text": e + v, "g": v, "title": v, "rect": v}
		for name, n := range count {
			if want[name] != n {
				t.Errorf("%d elements %s; want %d", n, name, want[name])
			}
		}
		if len(count) != len(want) {
			t.Errorf("elements %v; want %v", count, want)
		}
	})
}

// A drawing for Graphviz has one statement for each vertex and edge, and its
// quoted texts say what was drawn.
func TestDOTOfHostileNames(t *testing.T) {
	t.Parallel()
	statement := regexp.MustCompile(`^  "(v\d{4})" (?:-> "(v\d{4})" )?\[ label="((?:[^"\\]|\\[\\"])*)",  ?weight=0 \];$`)
	eachHostile(t, func(t *testing.T, d graph.Drawing) {
		d = drawable(d)
		var b bytes.Buffer
		if err := d.DOT(&b); err != nil {
			t.Fatal(err)
		}
		harmlessPicture(t, b.String())
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		var labels, want []string
		for _, l := range lines[1 : len(lines)-1] {
			if l == `  rankdir="LR";` {
				continue
			}
			m := statement.FindStringSubmatch(l)
			if m == nil {
				t.Fatalf("not a statement: %s", cut(l, 200))
			}
			labels = append(labels, m[1]+m[2]+strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(m[3]))
		}
		name := func(v int) string { return "v000" + string(rune('0'+v)) }
		for v, text := range d.Vertices {
			want = append(want, name(v)+text)
		}
		for _, e := range d.Edges {
			want = append(want, name(e.From)+name(e.To)+e.Text)
		}
		slices.Sort(labels)
		slices.Sort(want)
		if !slices.Equal(labels, want) {
			t.Errorf("labels %q; want %q", labels, want)
		}
		if lines[0] != "strict digraph {" || lines[len(lines)-1] != "}" {
			t.Errorf("begins with %q and ends with %q", lines[0], lines[len(lines)-1])
		}
	})
}
