package html

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	nethtml "golang.org/x/net/html"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/internal/sample"
)

func small(t *testing.T) *report.Document {
	t.Helper()
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func render(t *testing.T, d *report.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parse returns the elements of a page in their order.
func parse(t *testing.T, page string) []*nethtml.Node {
	t.Helper()
	root, err := nethtml.ParseWithOptions(strings.NewReader(page), nethtml.ParseOptionEnableScripting(true))
	if err != nil {
		t.Fatal(err)
	}
	var out []*nethtml.Node
	for n := range root.Descendants() {
		if n.Type == nethtml.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *nethtml.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// block reads the data block of a page back.
func block(t *testing.T, page string) data {
	t.Helper()
	for _, n := range parse(t, page) {
		if n.Data == "script" && attr(n, "id") == "data" {
			var d data
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &d); err != nil {
				t.Fatal(err)
			}
			return d
		}
	}
	t.Fatal("the page has no data")
	return data{}
}

// TestHostileNamesAreText parses the page and looks for anything that the page
// itself does not put there.
func TestHostileNamesAreText(t *testing.T) {
	t.Parallel()
	page := render(t, small(t))
	scripts := 0
	for _, n := range parse(t, page) {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcset" || a.Key == "src" {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			if a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("<%s href=%q> leads outside", n.Data, a.Val)
			}
		}
		switch n.Data {
		case "script":
			scripts++
		case "img", "iframe", "object", "embed", "link", "base", "form", "b":
			if n.Data != "b" || strings.Contains(text(n), "Evil") || strings.Contains(text(n), "WFM") {
				t.Errorf("<%s> in the page: %s", n.Data, text(n))
			}
		}
	}
	if scripts != 2 {
		t.Errorf("%d scripts; want the data and the program", scripts)
	}
	if n := strings.Count(page, "<!--"); n != 0 {
		t.Errorf("%d comments opened", n)
	}
}

func text(n *nethtml.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == nethtml.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// TestNamesSurvive reads every name back as it was, but for what is not UTF-8.
func TestNamesSurvive(t *testing.T) {
	t.Parallel()
	d := block(t, render(t, small(t)))
	for _, name := range sample.Hostile() {
		if want := strings.ToValidUTF8(name, "\uFFFD"); !slices.Contains(d.Principals.Name, want) {
			t.Errorf("no principal is named %.60q", want)
		}
	}
}

func TestCountsAgree(t *testing.T) {
	t.Parallel()
	doc := small(t)
	d := block(t, render(t, doc))
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"principals", len(d.Principals.ID), doc.Counts.Principals},
		{"findings", len(d.Findings), len(doc.Findings) + len(doc.Accepted) + len(doc.Fixed)},
		{"classes", len(d.Classes), len(doc.Classes)},
		{"ways", len(d.Ways), len(doc.Escalation.Paths)},
		{"vertices", len(d.Vertices), len(doc.Escalation.Vertices)},
		{"roles", len(d.Roles), doc.Counts.Roles},
		{"clients", len(d.Clients), doc.Counts.Clients},
		{"cells", len(d.Matrix), len(doc.Matrix.Cells)},
		{"tenants", len(d.Tenants), len(doc.Matrix.Tenants)},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d; want %d", c.what, c.got, c.want)
		}
	}
	for i, c := range d.Matrix {
		if c.Principals != doc.Matrix.Cells[i].Principals || len(c.Who) != 4*c.Principals {
			t.Errorf("cell %d: %d principals, %d listed; want %d", i, c.Principals, len(c.Who)/4, doc.Matrix.Cells[i].Principals)
		}
	}
	for i, f := range d.Findings[:len(doc.Findings)] {
		if f.Total != len(doc.Findings[i].Principals) || len(f.People) != f.Total {
			t.Errorf("finding %s: %d people of %d; want %d", f.Fingerprint, len(f.People), f.Total, len(doc.Findings[i].Principals))
		}
	}
}

func TestColumnsAreEquallyLong(t *testing.T) {
	t.Parallel()
	d := newData(sample.Large(1_000, 10))
	p := d.Principals
	want := len(p.ID)
	got := []int{len(p.Name), len(p.Email), len(p.Kind), len(p.Tenant), len(p.By), len(p.Division), len(p.State), len(p.Seen), len(p.Flags), len(p.Roles), len(p.More), len(p.Domain), len(p.Count), len(p.Elevated)}
	for i, n := range got {
		if n != want {
			t.Errorf("column %d has %d values; want %d", i, n, want)
		}
	}
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(render(t, small(t)), render(t, small(t))); diff != "" {
		t.Errorf("two pages differ:\n%s", diff)
	}
}

// TestPolicyAdmitsOnlyItsOwn checks that the digests of the policy are those of
// the style and script that the page holds.
func TestPolicyAdmitsOnlyItsOwn(t *testing.T) {
	t.Parallel()
	var policy, css, program string
	for _, n := range parse(t, render(t, small(t))) {
		switch {
		case n.Data == "meta" && attr(n, "http-equiv") == "Content-Security-Policy":
			policy = attr(n, "content")
		case n.Data == "style":
			css = n.FirstChild.Data
		case n.Data == "script" && attr(n, "type") == "":
			program = n.FirstChild.Data
		}
	}
	want := "default-src 'none'; style-src '" + digest(css) + "'; script-src '" + digest(program) + "'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	if policy != want {
		t.Errorf("policy = %s\nwant     %s", policy, want)
	}
	for _, forbidden := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "XMLHttpRequest"} {
		if strings.Contains(program, forbidden) {
			t.Errorf("the program uses %s", forbidden)
		}
	}
}

// TestMoreThanTheFileLists checks that what is left out is said.
func TestMoreThanTheFileLists(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short")
	}
	doc := sample.Large(maxPrincipals+10, 1)
	for i := range doc.Principals {
		doc.Principals[i].Elevated = 0
	}
	p := newPage(doc)
	if p.LeftOutPrincipals == 0 || p.LeftOutPrincipals+len(p.data.Principals.ID) != len(doc.Principals) {
		t.Errorf("%d left out and %d listed of %d", p.LeftOutPrincipals, len(p.data.Principals.ID), len(doc.Principals))
	}
	if page := render(t, doc); !strings.Contains(page, number(p.LeftOutPrincipals)+" without elevated permissions") {
		t.Error("the page does not say how many principals it leaves out")
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 12: "12", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %s; want %s", n, got, want)
		}
	}
}

func TestHeat(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 0, 1: 1, 2: 2, 9: 2, 10: 3, 99: 3, 100: 4, 999: 4, 1000: 5, 50_000: 5} {
		if got := heat(n); got != want {
			t.Errorf("heat(%d) = %d; want %d", n, got, want)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	d := sample.Large(100_000, 10_000)
	for b.Loop() {
		if err := Write(io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}
