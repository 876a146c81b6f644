package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"
)

// nowhere is a process that sees nothing of the world.
func nowhere(out, err io.Writer) *process {
	return &process{
		getenv: func(string) string { return "" }, in: strings.NewReader(""), out: out, err: err,
		now: func() time.Time { return moment0 },
	}
}

// commands returns every command of the program that it made itself.
func commands(t *testing.T) []*cobra.Command {
	t.Helper()
	var all []*cobra.Command
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRootCmd(nowhere(io.Discard, io.Discard)))
	return all
}

func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	for _, c := range commands(t) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: Short = %q; want a line without a full stop", c.CommandPath(), c.Short)
		}
		if got := len(strings.Split(strings.TrimSpace(c.Example), "\n")); got < 2 {
			t.Errorf("%s: %d examples; want at least 2", c.CommandPath(), got)
		}
		for _, line := range strings.Split(c.Example, "\n") {
			if !strings.HasPrefix(line, "  grantgraph ") {
				t.Errorf("%s: example %q; want it to begin with the program", c.CommandPath(), line)
			}
		}
		if c.RunE == nil && c.HasParent() || c.Run != nil {
			t.Errorf("%s: want RunE and no Run", c.CommandPath())
		}
	}
}

// TestExamplesParse holds the examples to the flags that there are.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	for _, c := range commands(t) {
		for _, line := range strings.Split(c.Example, "\n") {
			for _, part := range strings.Split(line, " && ") {
				part, _, _ = strings.Cut(part, " | ")
				part, _, _ = strings.Cut(part, " > ")
				words := strings.Fields(part)
				if len(words) == 0 || words[0] != "grantgraph" {
					continue
				}
				root := newRootCmd(nowhere(io.Discard, io.Discard))
				found, rest, err := root.Find(words[1:])
				if err != nil {
					t.Errorf("%s: %v", part, err)
					continue
				}
				if err := found.ParseFlags(rest); err != nil {
					t.Errorf("%s: %v", part, err)
				}
			}
		}
	}
}

func TestColours(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		terminal, flag bool
		env            string
		want           string
	}{
		{"a terminal", true, false, "", "\x1b[1mx\x1b[0m"},
		{"a file", false, false, "", "x"},
		{"--no-color", true, true, "", "x"},
		{"NO_COLOR", true, false, "1", "x"},
	} {
		p := nowhere(io.Discard, io.Discard)
		p.outTTY, p.noColor = test.terminal, test.flag
		p.getenv = func(name string) string {
			if name == "NO_COLOR" {
				return test.env
			}
			return ""
		}
		if got := p.printer().Paint("1", "x"); got != test.want {
			t.Errorf("%s: %q; want %q", test.name, got, test.want)
		}
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	plain := errors.New("plain")
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, statusDone},
		{plain, statusWrong},
		{surroundings(plain), statusSurroundings},
		{hint(plain, "x"), statusWrong},
		{hint(surroundings(plain), "x"), statusSurroundings},
		{exit(statusBad), statusBad},
		{exit(statusIncomplete), statusIncomplete},
		{context.Canceled, statusSurroundings},
		{withDiscard(plain, plain), statusWrong},
		{withDiscard(surroundings(plain), plain), statusSurroundings},
	} {
		var stderr bytes.Buffer
		if got := nowhere(io.Discard, &stderr).status(test.err); got != test.want {
			t.Errorf("status(%v) = %d; want %d", test.err, got, test.want)
		}
		if n := strings.Count(stderr.String(), "grantgraph:"); n > 1 {
			t.Errorf("status(%v) tells %d times: %s", test.err, n, &stderr)
		}
	}
}

// TestInterrupted ends a run in the middle: nothing is left behind.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	path := filepath.Join(t.TempDir(), "mini.db")
	var out, stderr bytes.Buffer
	args := []string{"collect", "--from", filepath.Join("testdata", "mini"), "-o", path}
	status := run(ctx, args, func(string) string { return "" }, strings.NewReader(""), &out, &stderr, func() time.Time { return moment0 })
	if status != statusSurroundings || stderr.String() != "grantgraph: interrupted\n" {
		t.Errorf("run = %d, %q; want %d, interrupted", status, &stderr, statusSurroundings)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestSafeName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Summit Shared Services": "summit-shared-services",
		"../../etc/passwd":       "etc-passwd",
		"":                       "organization",
		"世界":                     "organization",
		"a\x00b\n":               "a-b",
		strings.Repeat("ab", 99): strings.Repeat("ab", 30),
	} {
		if got := safeName(name); got != want {
			t.Errorf("safeName(%q) = %q; want %q", name, got, want)
		}
	}
}

func TestShellQuote(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"BPO_B": "BPO_B", "user:a@b.example": "user:a@b.example", "": "''", "two words": "'two words'",
		"it's": `'it'\''s'`, "$(rm)": "'$(rm)'", "a\nb": `'a\nb'`,
	} {
		if got := shellQuote(word); got != want {
			t.Errorf("shellQuote(%q) = %s; want %s", word, got, want)
		}
	}
}

// TestSchemas holds every schema to its own standard and to its file's name.
func TestSchemas(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "schema", "*.v1.json"))
	if err != nil || len(files) < 10 {
		t.Fatalf("schemas: %v, %v; want at least 10", files, err)
	}
	for _, file := range files {
		s, err := jsonschema.NewCompiler().Compile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.HasSuffix(s.ID, "/"+filepath.Base(file)) && !strings.HasSuffix(s.Location, "/"+filepath.Base(file)+"#") {
			t.Errorf("%s calls itself %s", file, s.ID)
		}
	}
}
