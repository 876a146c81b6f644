package markdown

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/report/internal/sample"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain name":           "plain name",
		"<b>&":                 `&#60;b&#62;&#38;`,
		"a|b":                  `a\|b`,
		"[x](http://evil.x)":   `\[x\](http&#58;//evil.x)`,
		"@security-team":       `&#64;security-team`,
		"two\nlines":           "two lines",
		"\u202Eevil":           `\\u202eevil`,
		"`code` *b* _i_ ~s~":   "\\`code\\` \\*b\\* \\_i\\_ \\~s\\~",
		"routing:queue:view":   "routing:queue:view",
		"# not a title":        `\# not a title`,
		"- no list":            `\- no list`,
		"12. no list":          `12\. no list`,
		"12 principals":        "12 principals",
		"\x1b[31mred":          `\\u001b\[31mred`,
		"bad \xff utf":         "bad \uFFFD utf",
		"www.example.com, ok.": "www&#46;example.com, ok.",
	} {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) = %q; want %q", in, got, want)
		}
	}
	if got := escape(strings.Repeat("x", maxText+5)); !strings.HasSuffix(got, "… (2005 characters)") {
		t.Errorf("a long text ends %q", got[len(got)-30:])
	}
}

// The report names every finding, what is not known, and each verdict, and no name
// becomes markup.
func TestWrite(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for i := range d.Findings {
		if !strings.Contains(text, "`"+d.Findings[i].Fingerprint+"`") {
			t.Errorf("finding %s is missing", d.Findings[i].Fingerprint)
		}
	}
	for _, g := range d.Head.Coverage.Gaps {
		if !strings.Contains(text, "**"+escape(string(g.Kind))+"**") {
			t.Errorf("gap %s is missing", g.Kind)
		}
	}
	for i := range d.Verdicts {
		if !strings.Contains(text, "| "+escape(d.Verdicts[i].Tenant)+" |") {
			t.Errorf("tenant %q is missing", d.Verdicts[i].Tenant)
		}
	}
	if len(d.Accepted) == 0 || !strings.Contains(text, "## Accepted") {
		t.Error("accepted findings are missing")
	}
	if m := regexp.MustCompile(`<[a-zA-Z/!]|[^\\]\]\(|://|[^\\]\|[^ \n-]|\x1b|\x{202e}`).FindString(text); m != "" {
		t.Errorf("a name became markup: %q", m)
	}
	lines := strings.Split(text, "\n")
	for _, l := range lines {
		if strings.HasPrefix(l, "| critical") || strings.HasPrefix(l, "| high") {
			if n := strings.Count(strings.ReplaceAll(l, `\|`, ""), "|"); n != 6 && n != 7 && n != 5 { // findings, tenants, fixed
				t.Errorf("a row of the table has %d bars: %s", n, l)
			}
		}
	}
	var again bytes.Buffer
	if err := Write(&again, d); err != nil || again.String() != text {
		t.Errorf("two runs differ (%v)", err)
	}
}
