package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
)

// An ask is what every command that asks a snapshot is told.
type ask struct {
	snapshot  string
	config    string
	now       moment
	allowGaps bool
}

func (a *ask) flags(c *cobra.Command) {
	c.Flags().StringVar(&a.snapshot, "snapshot", "", "snapshot `FILE` (default: GRANTGRAPH_SNAPSHOT, else the newest in this folder)")
	a.otherFlags(c)
}

// otherFlags are those of a command that takes its snapshots as arguments.
func (a *ask) otherFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&a.config, "config", "", "configuration `FILE` (default: grantgraph.yaml, if there is one)")
	f.Var(&a.now, "now", "the `TIME` that ages are measured from (default: when the snapshot was taken)")
	f.BoolVar(&a.allowGaps, "allow-gaps", false, "exit 0 although the snapshot lacks something that the answer needs")
}

// sureFlag registers --sure, of commands that follow escalations.
func sureFlag(c *cobra.Command, sure *bool, lead string) {
	c.Flags().BoolVar(sure, "sure", false, lead+"follow only steps whose mechanism is documented")
}

// given are the flags that say what was asked about, as a shell reads them.
func (a *ask) given() string {
	var b strings.Builder
	for _, f := range []struct{ name, value string }{{"snapshot", a.snapshot}, {"config", a.config}, {"now", a.now.String()}} {
		if f.value != "" {
			b.WriteString(" --" + f.name + " " + shellQuote(f.value))
		}
	}
	return b.String()
}

// next prints commands that are worth a try, about the same snapshot.
func (a *ask) next(t *term.Printer, lines []string) {
	given := a.given()
	for i, l := range lines {
		lines[i] = l + given
	}
	tryLines(t, lines)
}

// again is the command that was run, as a shell reads it, with the flags that were
// given but for some.
func again(c *cobra.Command, args []string, but ...string) string {
	words := []string{c.CommandPath()}
	for _, a := range args {
		words = append(words, shellQuote(a))
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		if slices.Contains(but, f.Name) {
			return
		}
		value := f.Value.String()
		list, several := f.Value.(pflag.SliceValue)
		if several {
			value = strings.Join(list.GetSlice(), ",")
		}
		switch {
		case several && f.Value.Type() == "stringArray": // a value of it may hold commas
			for _, v := range list.GetSlice() {
				words = append(words, "--"+f.Name, shellQuote(v))
			}
		case f.Value.Type() == "bool" && value == "true":
			words = append(words, "--"+f.Name)
		case f.Value.Type() == "bool":
			words = append(words, "--"+f.Name+"="+value)
		default:
			words = append(words, "--"+f.Name, shellQuote(value))
		}
	})
	return strings.Join(words, " ")
}

// A moment is a flag that holds a time: RFC 3339, or a day.
type moment struct{ time.Time }

// String implements pflag.Value.
func (m *moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339)
}

// Set implements pflag.Value.
func (m *moment) Set(s string) error {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	return fmt.Errorf("want a time such as 2026-11-20T12:00:00Z, or a day such as 2026-11-20")
}

// Type implements pflag.Value.
func (*moment) Type() string { return "TIME" }

// The forms of answers.
const (
	formTable = "table"
	formJSON  = "json"
	formJSONL = "jsonl"
	formCSV   = "csv"
)

// A choice is a flag that takes one of some words.
type choice struct {
	value string
	of    []string
}

// String implements pflag.Value.
func (c *choice) String() string { return c.value }

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.of, strings.ToLower(s)) {
		return fmt.Errorf("want %s", oneOf(c.of))
	}
	c.value = strings.ToLower(s)
	return nil
}

// Type implements pflag.Value.
func (c *choice) Type() string { return strings.Join(c.of, "|") }

func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// choose registers a choice; the first word is the default unless it is given.
func choose(cmd *cobra.Command, c *choice, name, short, usage string) {
	if c.value == "" {
		c.value = c.of[0]
	}
	cmd.Flags().VarP(c, name, short, usage)
	words := c.of
	complete(cmd, name, func() []string { return words })
}

// A view is how an answer is to be shown.
type view struct {
	form  choice
	limit int
}

func (v *view) flags(c *cobra.Command) {
	v.form = choice{of: []string{formTable, formJSON, formJSONL, formCSV}}
	choose(c, &v.form, "output", "o", "form of the answer")
	c.Flags().IntVar(&v.limit, "limit", 40, "rows that a table shows of each part; 0 shows all (other forms always hold all)")
}

func (v *view) check() error {
	if v.limit < 0 {
		return fmt.Errorf("--limit %d: want 0 or more", v.limit)
	}
	return nil
}

// shown returns how many of n rows a table shows.
func (v *view) shown(n int) int {
	if v.limit == 0 {
		return n
	}
	return min(n, v.limit)
}
