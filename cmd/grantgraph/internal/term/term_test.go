package term_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Maria Müller":  "Maria Müller",
		"世界":            "世界",
		"שלום":          "שלום",
		"\x1b[31mred":   `\x1b[31mred`,
		"two\nlines":    `two\nlines`,
		"a\tb\rc":       `a\tb\rc`,
		"\u202eevil":    `\u202eevil`,
		"a\u200bb":      `a\u200bb`,
		"\ufeffbom":     `\ufeffbom`,
		"bad\xffbyte":   `bad\xffbyte`,
		"\u009b31m":     `\x9b31m`,
		"\U000e0041tag": `\U000e0041tag`,
		"no\u00a0break": "no\u00a0break",
		"\u3164":        `\u3164`,
	} {
		if got := term.Clean(name); got != want {
			t.Errorf("Clean(%q) = %q; want %q", name, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[2J", "\u202e", "\xff\xfe", "a\nb", "=1+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := term.Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q) = %q is no UTF-8", s, got)
		}
		for _, r := range got {
			if !term.Harmless(r) {
				t.Fatalf("Clean(%q) = %q holds %U", s, got, r)
			}
		}
		if again := term.Clean(got); again != got {
			t.Fatalf("Clean(%q) = %q, and again %q", s, got, again)
		}
		if short := term.Fit(s, 10); term.Width(short) > 10 {
			t.Fatalf("Fit(%q, 10) = %q takes %d columns", s, short, term.Width(short))
		}
	})
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text    string
		columns int
		want    string
	}{
		{"short", 10, "short"},
		{"exactly ten", 11, "exactly ten"},
		{"much too long", 8, "much to…"},
		{"cut after blank", 5, "cut…"},
		{"世界世界", 5, "世界…"},
		{"anything", 0, "anything"},
		{"x\ny", 3, `x\…`},
	} {
		if got := term.Fit(test.text, test.columns); got != test.want {
			t.Errorf("Fit(%q, %d) = %q; want %q", test.text, test.columns, got, test.want)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := term.NewPrinter(&b, false, 0)
	table := term.Table{Head: []string{"NAME", "N", "WHY"}, Max: []int{6}}
	table.Add(term.C("世界"), term.Cell{Text: "7", Right: true}, term.C("because"))
	table.Add(term.C("much too long"), term.Cell{Text: "1234", Right: true}, term.C(""))
	table.Add(term.C("a\nb"), term.Cell{Text: "", Right: true}, term.C("x"))
	p.Table(&table)
	p.Table(&term.Table{Head: []string{"NOTHING"}})
	want := "NAME      N  WHY\n世界      7  because\nmuch…  1234\na\\nb         x\n"
	if diff := cmp.Diff(want, b.String()); diff != "" || p.Err() != nil {
		t.Errorf("table (-want +got):\n%s%v", diff, p.Err())
	}
}

func TestPaint(t *testing.T) {
	t.Parallel()
	if got := term.NewPrinter(nil, true, 0).Paint(term.Red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("Paint with colours = %q", got)
	}
	if got := term.NewPrinter(nil, false, 0).Paint(term.Red, "x"); got != "x" {
		t.Errorf("Paint without colours = %q", got)
	}
}

func TestWrapped(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		columns int
		parts   []string
		want    string
	}{
		{0, []string{strings.Repeat("word ", 20)}, strings.Repeat("word ", 20) + "\n"},
		{40, []string{"high  ", "short enough"}, "high  short enough\n"},
		{40, []string{"  \x1b[31mhigh\x1b[0m  ", "one two three four five six seven eight nine"}, "  \x1b[31mhigh\x1b[0m  one two three four five six\n      seven eight nine\n"},
		{36, []string{"exactly six and thirty columns wide ", "end"}, "exactly six and thirty columns wide\n      end\n"},
		{36, []string{strings.Repeat("x", 50), " after"}, strings.Repeat("x", 50) + "\n      after\n"},
		{36, []string{strings.Repeat("世", 17), " 世世"}, strings.Repeat("世", 17) + "\n      世世\n"},
		{20, []string{"a terminal that is too narrow is left alone"}, "a terminal that is too narrow is left alone\n"},
	} {
		var b bytes.Buffer
		p := term.NewPrinter(&b, true, test.columns)
		p.Wrapped(6, test.parts...)
		if diff := cmp.Diff(test.want, b.String()); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", test.columns, diff)
		}
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestPrinterKeepsItsError(t *testing.T) {
	t.Parallel()
	p := term.NewPrinter(full{}, false, 0)
	p.Line("x")
	p.Line("y")
	if !errors.Is(p.Err(), errFull) {
		t.Errorf("Err() = %v; want %v", p.Err(), errFull)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	c := term.NewCSV(&b)
	rows := [][]string{{"=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain", `a "b", c`, "x\x1b[2J", ""}}
	for _, row := range rows {
		if err := c.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(b.String(), "\r\n") {
		t.Errorf("a row ends with %q; want CR LF", b.String()[b.Len()-2:])
	}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"'=1+1", "'+1", "'-1", "'@x", `'\tx`, `'\rx`, "plain", `a "b", c`, `x\x1b[2J`, ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestJSONWriter(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain", "Müller <b> & co", "\x1b[2J", "\u202e\u2028\u009b\x7f", "\U000e0041", "世界"} {
		var b bytes.Buffer
		e := json.NewEncoder(term.NewJSONWriter(&b))
		e.SetEscapeHTML(false)
		if err := e.Encode(map[string]string{"name": name}); err != nil {
			t.Fatal(err)
		}
		for _, r := range strings.TrimSuffix(b.String(), "\n") {
			if !term.Harmless(r) {
				t.Errorf("%q is written as %q, which holds %U", name, b.String(), r)
			}
		}
		var got map[string]string
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || got["name"] != name {
			t.Errorf("%q is read again as %q, %v", name, got["name"], err)
		}
	}
}
