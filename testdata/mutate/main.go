// Mutate changes single comparisons, conditions and statements of packages, one
// at a time, and tells which changes no test notices. All changes are built into
// one test binary for each package, and chosen by an environment variable, so a
// change costs as little as the first test that fails. See README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
)

type settings struct {
	tags, equivalent, only string
	again, skip            string
	budget                 float64
	ops                    map[string]bool
	workers                int
	recheck, list, verbose bool
	packages               []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	s, err := parse(os.Args[1:])
	clean := false
	if err == nil {
		clean, err = mutate(ctx, s, os.Stdout, os.Stderr)
	}
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	case !clean:
		os.Exit(1)
	}
}

func parse(args []string) (settings, error) {
	var s settings
	f := flag.NewFlagSet("mutate", flag.ExitOnError)
	f.StringVar(&s.tags, "tags", "mutation", "build `tags`")
	f.StringVar(&s.equivalent, "equivalent", "testdata/mutate/equivalent.txt", "`file` of changes that make no difference, with reasons")
	f.StringVar(&s.only, "only", "", "only changes that this `expression` matches in \"DIR/FILE:LINE: FUNC: BEFORE => AFTER\"")
	f.StringVar(&s.again, "again", "", "only changes that the output of an earlier run, in this `file`, tells to have lived")
	f.StringVar(&s.skip, "skip", "", "leave out the tests whose names this `expression` matches")
	f.Float64Var(&s.budget, "budget", 0, "run at most so many `seconds` of tests for a change, the quickest first; 0 runs all that come by it")
	f.IntVar(&s.workers, "workers", 2, "how many processes run at a time")
	f.BoolVar(&s.recheck, "recheck", false, "run the changes of the equivalent file too, and fail where a test notices one")
	f.BoolVar(&s.list, "list", false, "list the changes, and run nothing")
	f.BoolVar(&s.verbose, "v", false, "tell each change's fate as it is known")
	var names []string
	for _, o := range operators {
		names = append(names, o.name)
	}
	ops := f.String("ops", strings.Join(names, ","), "kinds of `changes`")
	f.Usage = func() {
		fmt.Fprintln(f.Output(), "Usage: mutate [flags] package ...")
		f.PrintDefaults()
		for _, o := range operators {
			fmt.Fprintf(f.Output(), "  %-10s %s\n", o.name, o.about)
		}
	}
	if err := f.Parse(args); err != nil {
		return s, err
	}
	s.ops = map[string]bool{}
	for _, name := range strings.Split(*ops, ",") {
		if !slices.Contains(names, name) {
			return s, fmt.Errorf("unknown kind of change %q: use some of %s", name, strings.Join(names, ", "))
		}
		s.ops[name] = true
	}
	if s.packages = f.Args(); len(s.packages) == 0 {
		return s, fmt.Errorf("no package named: for example ./graph ./analyzer")
	}
	return s, nil
}

// mutate does the whole run, and reports whether no change lived. A run that is
// interrupted prints what it knows.
func mutate(ctx context.Context, s settings, out, progress io.Writer) (bool, error) {
	work, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(work)
	packs, err := load(ctx, s.packages, s.tags)
	if err != nil {
		return false, err
	}
	mutants, overlay, err := mutateAll(packs, s.ops, work)
	if err != nil {
		return false, err
	}
	rep, err := newReport(s, packs, mutants)
	if err != nil || s.list {
		rep.list(out)
		return true, err
	}
	var skip *regexp.Regexp
	if s.skip != "" {
		if skip, err = regexp.Compile(s.skip); err != nil {
			return false, err
		}
	}
	var tests []*test
	for _, p := range packs {
		b, err := build(ctx, p, overlay, s.tags, work)
		if err != nil {
			return false, err
		}
		tests = append(tests, slices.DeleteFunc(b.tests, func(t *test) bool { return skip != nil && skip.MatchString(t.name) })...)
		fmt.Fprintf(progress, "built %s: %d tests\n", b.rel, len(b.tests))
	}
	if err := measure(ctx, tests, s.workers, work); err != nil {
		return false, err
	}
	mem := &memory{noticed: map[string]int{}}
	err = each(ctx, s.workers, rep.todo, func(_ int, m mutant) error {
		fate, by := try(ctx, m, tests, mem, s.budget)
		if ctx.Err() == nil {
			rep.add(m, fate, by)
		}
		return ctx.Err()
	})
	rep.print(out)
	return rep.clean(), err
}

// chosen returns the changes that a run is about.
func chosen(s settings, mutants []mutant) ([]mutant, error) {
	re, err := regexp.Compile(s.only)
	if err != nil {
		return nil, err
	}
	earlier, err := livedEarlier(s.again)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(mutants), func(m mutant) bool {
		return !re.MatchString(m.String()) || s.again != "" && !earlier[m.key()]
	}), nil
}

// livedEarlier reads the keys of changes that an earlier run's output names.
func livedEarlier(path string) (map[string]bool, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		fate, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		place, change, ok := strings.Cut(rest, ": ")
		if ok && (fate == fateNames[lived] || fate == fateNames[notMet]) {
			out[place[:strings.LastIndexByte(place, '/')]+" "+change] = true
		}
	}
	return out, nil
}
