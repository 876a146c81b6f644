package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
)

// A report counts and lists what became of the changes.
type report struct {
	s       settings
	all     []mutant // those that the run is about
	todo    []mutant // of those, the ones that are run
	excuses map[string]*excuse
	stale   []string // problems of the equivalent file

	mu    sync.Mutex
	fates map[outcome][]mutant
	count map[string]map[outcome]int // by folder
}

func newReport(s settings, packs []*pack, mutants []mutant) (*report, error) {
	r := &report{s: s, fates: map[outcome][]mutant{}, count: map[string]map[outcome]int{}}
	var err error
	if r.excuses, err = readEquivalent(s.equivalent); err != nil {
		return r, err
	}
	if r.all, err = chosen(s, mutants); err != nil {
		return r, err
	}
	known := map[string]bool{}
	for _, m := range mutants {
		known[m.key()] = true
	}
	for key, x := range r.excuses {
		if !known[key] && about(key, packs) && len(s.ops) == len(operators) {
			r.stale = append(r.stale, fmt.Sprintf("%s:%d: no such change any more: %s", s.equivalent, x.line, key))
		}
	}
	slices.Sort(r.stale)
	for _, m := range r.all {
		if r.excuses[m.key()] == nil || s.recheck {
			r.todo = append(r.todo, m)
		}
	}
	return r, nil
}

// about reports whether a change's key belongs to one of the packages.
func about(key string, packs []*pack) bool {
	return slices.ContainsFunc(packs, func(p *pack) bool { return len(key) > len(p.rel) && key[:len(p.rel)+1] == p.rel+" " })
}

func (r *report) add(m mutant, fate outcome, by string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	x := r.excuses[m.key()]
	switch {
	case x != nil && (fate == killed || fate == timedOut):
		r.stale = append(r.stale, fmt.Sprintf("%s:%d: %s notices it: %s", r.s.equivalent, x.line, by, m.key()))
	case x == nil:
		r.fates[fate] = append(r.fates[fate], m)
		if r.count[m.Dir] == nil {
			r.count[m.Dir] = map[outcome]int{}
		}
		r.count[m.Dir][fate]++
	}
	if r.s.verbose {
		fmt.Fprintf(os.Stderr, "%s: %s (%s)\n", fateNames[fate], m, by)
	}
}

func (r *report) list(w io.Writer) {
	for _, m := range r.all {
		fmt.Fprintf(w, "%d %s %s\n", m.ID, m.Op, m)
	}
}

func (r *report) clean() bool {
	return len(r.fates[lived])+len(r.fates[notMet])+len(r.stale) == 0
}

func (r *report) print(w io.Writer) {
	for _, fate := range []outcome{notMet, lived} {
		list := r.fates[fate]
		slices.SortFunc(list, func(a, b mutant) int { return a.ID - b.ID })
		for _, m := range list {
			fmt.Fprintf(w, "%s: %s\n", fateNames[fate], m)
		}
	}
	for _, line := range r.stale {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintf(w, "%-18s %8s %8s %10s %8s %12s %11s\n", "package", "changes", "killed", "timed out", "lived", "not reached", "equivalent")
	sum := map[outcome]int{}
	var dirs []string
	excused := map[string]int{}
	for _, m := range r.all {
		if !slices.Contains(dirs, m.Dir) {
			dirs = append(dirs, m.Dir)
		}
		if r.excuses[m.key()] != nil {
			excused[m.Dir]++
			excused[""]++
		}
	}
	row := func(name string, c map[outcome]int, x int) {
		all := c[killed] + c[timedOut] + c[lived] + c[notMet] + x
		fmt.Fprintf(w, "%-18s %8d %8d %10d %8d %12d %11d\n", name, all, c[killed], c[timedOut], c[lived], c[notMet], x)
	}
	for _, d := range dirs {
		row(d, r.count[d], excused[d])
		for f, n := range r.count[d] {
			sum[f] += n
		}
	}
	row("all", sum, excused[""])
}
