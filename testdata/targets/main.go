// Targets measures what grantgraph takes for a generated organization and
// prints it beside what it should take. See docs/large.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator"
)

type settings struct {
	sizes  []simulator.Size
	shapes []simulator.Shape
	only   []string
	dir    string // of the files that are made
	plain  string // do only the plain import of this bundle: how the program calls itself
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	s, err := parse(os.Args[1:])
	switch {
	case err != nil:
	case s.plain != "":
		err = plainImport(ctx, s.plain, filepath.Join(s.dir, "plain.db"))
	default:
		err = run(ctx, s, os.Stdout, os.Stderr)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "targets:", err)
		os.Exit(2)
	}
}

func parse(args []string) (settings, error) {
	f := flag.NewFlagSet("targets", flag.ExitOnError)
	sizes := f.String("size", "L", "`sizes` of the organization, with commas: S, M, L or XL")
	shapes := f.String("shape", "real,flat", "`shapes` of the organization, with commas: real, flat")
	only := f.String("only", "", "only these `works`, with commas, of "+strings.Join(works(), ","))
	var s settings
	f.StringVar(&s.dir, "dir", "", "`folder` for the files that are made; empty: one that is removed at the end")
	f.StringVar(&s.plain, "plain-import", "", "decode this `bundle` and load its rows, no more: how the program calls itself")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	for _, text := range strings.Split(*sizes, ",") {
		size, err := simulator.ParseSize(text)
		if err != nil {
			return s, err
		}
		s.sizes = append(s.sizes, size)
	}
	for _, text := range strings.Split(*shapes, ",") {
		shape, err := simulator.ParseShape(text)
		if err != nil {
			return s, err
		}
		s.shapes = append(s.shapes, shape)
	}
	s.only = works()
	if *only != "" {
		s.only = strings.Split(*only, ",")
	}
	for _, w := range s.only {
		if !slices.Contains(works(), w) {
			return s, fmt.Errorf("unknown work %q: want %s", w, strings.Join(works(), ", "))
		}
	}
	return s, nil
}

// works are what can be measured.
func works() []string { return []string{"import", "who", "audit", "report", "loaded", "calls"} }

// run measures each size and shape, one after the other.
func run(ctx context.Context, s settings, out, progress io.Writer) error {
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "targets")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		s.dir = dir
	}
	fmt.Fprintln(progress, "targets: building grantgraph")
	program := filepath.Join(s.dir, "grantgraph")
	if _, err := process(ctx, "go", "build", "-o", program, "github.com/grantgraph/grantgraph/cmd/grantgraph"); err != nil {
		return err
	}
	for _, shape := range s.shapes {
		var all []*measurer
		for _, size := range s.sizes {
			m := &measurer{settings: s, ctx: ctx, size: size, shape: shape, program: program, progress: progress}
			failed := m.measure()
			if err := m.print(out); err != nil {
				return err
			}
			if failed != nil { // what was measured before is told
				return fmt.Errorf("size %s, shape %s: %w", size, shape, failed)
			}
			all = append(all, m)
		}
		if len(all) > 1 {
			if err := printScale(out, shape, all); err != nil {
				return err
			}
		}
	}
	return nil
}

// A row is one line of the table.
type row struct {
	work   string
	target limit
	took   time.Duration
	cpu    time.Duration // 0: that of this process, which is the same
	memory int64         // most bytes resident; 0: not told
	note   string
	met    *bool // in place of comparing took with target
}

// A limit is the most that a work should take; zero is none.
type limit struct {
	took   time.Duration
	memory int64
	text   string // in place of the numbers
}

const gib = 1 << 30

// ok reports whether a row meets its target, and whether it has one.
func (r row) ok() (met, known bool) {
	if r.met != nil {
		return *r.met, true
	}
	if r.target.took == 0 && r.target.memory == 0 {
		return false, false
	}
	return (r.target.took == 0 || r.took <= r.target.took) && (r.target.memory == 0 || r.memory <= r.target.memory), true
}
