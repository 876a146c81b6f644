package graph_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// A docExample is an organization of a document with what it asks.
type docExample struct {
	section  string
	org      string
	line     int // of the organization's first line
	asks     []docLine
	complete bool // a block of questions followed
}

type docLine struct {
	number int
	text   string
}

// The examples of the page that explains the model hold for the graph and for
// the reference evaluator, and every section has one.
func TestDocModel(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "docs", "model.md"))
	if err != nil {
		t.Fatal(err)
	}
	examples, err := docExamples(string(text))
	if err != nil {
		t.Fatalf("model.md: %v", err)
	}
	for i, x := range examples {
		t.Run(fmt.Sprintf("%02d %s", i+1, x.section), func(t *testing.T) {
			t.Parallel()
			a, err := newAsked(x.org, askedOptions{})
			if err != nil {
				t.Fatalf("model.md: organization at line %d: %v", x.line, err)
			}
			for _, ask := range x.asks {
				for _, wrong := range a.docAsk(ask.text) {
					t.Errorf("model.md:%d: %s: %s", ask.number, ask.text, wrong)
				}
			}
		})
	}
}

// docAsk checks one line of questions; it returns what is wrong with it.
func (a *asked) docAsk(line string) []string {
	what, want, found := strings.Cut(line, " = ")
	if who, goal, could := strings.Cut(what, " could become "); could {
		return a.docCould(who, goal, want)
	}
	if !found {
		return []string{"want: principal permission division = reach"}
	}
	if err := readableReach(want); err != nil {
		return []string{err.Error()}
	}
	q, err := a.question(what)
	if err != nil {
		return []string{err.Error()}
	}
	return a.check(q, want)
}

// docCould checks after how many steps somebody could become a principal, join a
// group or be total.
func (a *asked) docCould(who, goal, want string) []string {
	k, err := a.principal(who)
	if err != nil {
		return []string{err.Error()}
	}
	p, _ := a.g.FindPrincipal(k)
	x := &couldAgreement{g: a.g, e: a.g.Escalations(lexicon.Default().Escalations())}
	var wrong []string
	for _, closure := range []string{x.closure(x.e.Could(p, false)), wantedClosure(a.ref.Futures(false).Of(k))} {
		got := "never"
		for _, s := range strings.Split(strings.ReplaceAll(strings.ReplaceAll(closure, a.org+"/", ""), "in group:", "group:"), ", ") {
			if hops, ok := strings.CutPrefix(s, goal+" "); ok && hops != "-1" {
				got = "after " + hops
			}
		}
		if got != want {
			wrong = append(wrong, got)
		}
	}
	return wrong
}

// readableReach reports an error unless the text is a reach.
func readableReach(text string) error {
	words := strings.Fields(text)
	switch {
	case len(words) == 0:
		return fmt.Errorf("no reach")
	case words[0] == "limited" && len(words) > 1:
		for _, w := range words[1:] {
			if w != "?" && !strings.HasPrefix(w, "queue:") && !strings.HasPrefix(w, "user:") {
				return fmt.Errorf("resource %q: want queue:id or user:id", w)
			}
		}
		return nil
	case len(words) == 1 && slices.Contains([]string{"none", "conditional", "whole"}, words[0]):
		return nil
	default:
		return fmt.Errorf("reach %q: want none, limited with what is reached, conditional or whole", text)
	}
}

// docExamples reads the blocks of a document: each organization is followed by
// its questions, and each section has at least one of both.
func docExamples(text string) ([]docExample, error) {
	d := docReader{}
	for i, line := range strings.Split(text, "\n") {
		if err := d.read(i+1, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if d.block != "" {
		return nil, fmt.Errorf("the block %s at the end has no end", d.block)
	}
	if err := d.endSection(); err != nil {
		return nil, err
	}
	if len(d.out) == 0 {
		return nil, fmt.Errorf("no sections")
	}
	return d.out, nil
}

type docReader struct {
	out     []docExample
	section string
	line    int    // of the section
	block   string // the kind of the block that is open: org or ask
}

func (d *docReader) read(number int, line string) error {
	switch {
	case d.block != "" && line == "```":
		return d.closeBlock()
	case d.block == "org":
		x := &d.out[len(d.out)-1]
		x.org += line + "\n"
		return nil
	case d.block == "ask":
		return d.ask(number, line)
	case strings.HasPrefix(line, "```"):
		return d.open(number, strings.TrimPrefix(line, "```"))
	case strings.HasPrefix(line, "## "):
		if err := d.endSection(); err != nil {
			return err
		}
		d.section, d.line = strings.TrimPrefix(line, "## "), number
		return nil
	default:
		return nil
	}
}

func (d *docReader) open(number int, kind string) error {
	last := len(d.out) - 1
	switch kind {
	case "org":
		if d.section == "" {
			return fmt.Errorf("an organization before the first section")
		}
		if last >= 0 && !d.out[last].complete {
			return fmt.Errorf("the organization at line %d is asked nothing", d.out[last].line)
		}
		d.out = append(d.out, docExample{section: d.section, line: number + 1})
	case "ask":
		if last < 0 || d.out[last].complete || d.out[last].section != d.section {
			return fmt.Errorf("questions without an organization before them")
		}
	default:
		return fmt.Errorf("a block of kind %q: want org or ask", kind)
	}
	d.block = kind
	return nil
}

func (d *docReader) ask(number int, line string) error {
	if strings.TrimSpace(line) == "" {
		return fmt.Errorf("an empty question")
	}
	x := &d.out[len(d.out)-1]
	x.asks = append(x.asks, docLine{number, line})
	return nil
}

func (d *docReader) closeBlock() error {
	x := &d.out[len(d.out)-1]
	if d.block == "ask" {
		if len(x.asks) == 0 {
			return fmt.Errorf("a block without questions")
		}
		x.complete = true
	}
	d.block = ""
	return nil
}

// endSection reports an error if the section that ends has no example.
func (d *docReader) endSection() error {
	if d.section == "" {
		return nil
	}
	last := len(d.out) - 1
	if last < 0 || d.out[last].section != d.section {
		return fmt.Errorf("section %q at line %d has no example", d.section, d.line)
	}
	if !d.out[last].complete {
		return fmt.Errorf("the organization at line %d is asked nothing", d.out[last].line)
	}
	return nil
}

// The reader of the document tells what it cannot read, and where.
func TestDocReaderRefuses(t *testing.T) {
	t.Parallel()
	const org, ask = "```org\nuser ada\n```\n", "```ask\nada x:y:z * = none\n```\n"
	for name, c := range map[string]struct{ text, want string }{
		"no example":          {"## One\n" + org + ask + "## Two\ntext\n## Three\n" + org + ask, `section "Two" at line`},
		"last section":        {"## One\n" + org + ask + "## Two\ntext\n", `section "Two" at line`},
		"no questions":        {"## One\n" + org, "the organization at line 3 is asked nothing"},
		"two organizations":   {"## One\n" + org + org + ask, "line 5: the organization at line 3 is asked nothing"},
		"questions alone":     {"## One\n" + ask, "line 2: questions without an organization before them"},
		"no end":              {"## One\n" + org + "```ask\nada x:y:z * = none", "the block ask at the end has no end"},
		"empty question":      {"## One\n" + org + "```ask\n\n```\n", "line 6: an empty question"},
		"empty block":         {"## One\n" + org + "```ask\n```\n", "line 6: a block without questions"},
		"other block":         {"## One\n```go\n```\n", `line 2: a block of kind "go": want org or ask`},
		"before any section":  {org + ask, "line 1: an organization before the first section"},
		"nothing":             {"text\n", "no sections"},
		"in the section only": {"## One\n" + org + ask + "## Two\n" + ask, "line 9: questions without an organization before them"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := docExamples(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("docExamples: %v; want %s", err, c.want)
			}
		})
	}
}

// A question that cannot be read is wrong, never skipped.
func TestDocAskRefuses(t *testing.T) {
	t.Parallel()
	a := mustAsk(t, "division a\nuser ada\nrole r x:y:z\ngrant ada r a", askedOptions{})
	if wrong := a.docAsk("ada x:y:z a = whole"); len(wrong) > 0 {
		t.Fatalf("a true line: %v", wrong)
	}
	for _, line := range []string{
		"ada x:y:z a", "ada x:y:z a =", "ada x:y:z a = most", "ada x:y:z a = limited", "ada x:y:z a = limited q1", "ada x:y:z a = whole sure",
		"ada x:y:z b = whole", "ada x::z a = whole", "bo x:y:z a = whole", "usr:ada x:y:z a = whole", "x:y:z a = whole", "ada x:y:z a = none",
	} {
		if wrong := a.docAsk(line); len(wrong) == 0 {
			t.Errorf("%q is taken for true", line)
		}
	}
}
