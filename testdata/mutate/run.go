package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// measure runs each test alone, without a mutant: how long it takes, and which
// mutants it comes by.
func measure(ctx context.Context, tests []*test, workers int, work string) error {
	return each(ctx, workers, tests, func(i int, t *test) error {
		met := filepath.Join(work, fmt.Sprintf("met%d", i))
		start := time.Now()
		r := t.in.run(ctx, []*test{t}, []string{"MUTANT_MET=" + met}, 600)
		if r.failed {
			return fmt.Errorf("%s %s fails without a mutant:\n%s", t.in.rel, t.name, r.out)
		}
		t.cost, t.cpu, t.met = time.Since(start).Seconds(), r.cpu, map[int]bool{}
		b, err := os.ReadFile(met)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		for _, n := range strings.Fields(string(b)) {
			id, err := strconv.Atoi(n)
			if err != nil {
				return err
			}
			t.met[id] = true
		}
		return os.RemoveAll(met)
	})
}

const (
	// quick is the processor time in seconds that tests which run together take at most.
	quick = 1.5
	// quickest is the same of those that run first.
	quickest = 0.2
)

// A memory knows which tests noticed changes of a file: they are tried first.
type memory struct {
	mu      sync.Mutex
	noticed map[string]int // by file and test
}

func (m *memory) add(file, test string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.noticed[file+" "+test]++
}

func (m *memory) of(file string, t *test) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.noticed[file+" "+t.in.rel+" "+t.name]
}

// batches are the tests that come by a mutant, in the order in which they are
// run: the quick ones together, first those that noticed other changes of the
// file and those of its own package, and then the others one by one.
func batches(m mutant, tests []*test, mem *memory) [][]*test {
	var mine []*test
	seen := map[*test]int{}
	for _, t := range tests {
		if t.met[m.ID] {
			mine, seen[t] = append(mine, t), mem.of(m.Dir+"/"+m.File, t)
		}
	}
	slices.SortStableFunc(mine, func(a, b *test) int {
		own := func(t *test) bool { return t.in.rel == m.Dir }
		switch {
		case (a.cpu < quick) != (b.cpu < quick):
			return order(a.cpu, b.cpu)
		case seen[a] != seen[b] && a.cpu < quick:
			return seen[b] - seen[a]
		case own(a) != own(b) && a.cpu < quick:
			return map[bool]int{true: -1, false: 1}[own(a)]
		case a.in != b.in && a.cpu < quick:
			return strings.Compare(a.in.rel, b.in.rel)
		}
		return order(a.cpu, b.cpu)
	})
	var out [][]*test
	sum := 0.0
	for _, t := range mine {
		sum += t.cpu
		if len(out) == 0 || sum > quick || sum > quickest && len(out) == 1 || out[len(out)-1][0].in != t.in {
			out, sum = append(out, nil), t.cpu
		}
		out[len(out)-1] = append(out[len(out)-1], t)
	}
	return out
}

func order(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// An outcome is what became of a mutant.
type outcome int

const (
	lived outcome = iota
	killed
	timedOut
	notMet
)

var fateNames = [...]string{lived: "lived", killed: "killed", timedOut: "timed out", notMet: "not reached"}

// try runs the tests that come by a mutant until one fails, and says which.
func try(ctx context.Context, m mutant, tests []*test, mem *memory, budget float64) (outcome, string) {
	todo := batches(m, tests, mem)
	if len(todo) == 0 {
		return notMet, ""
	}
	spent := 0.0
	for _, batch := range todo {
		cpu := 0.0
		for _, t := range batch {
			cpu += t.cpu
		}
		if spent += cpu; budget > 0 && spent > budget {
			break
		}
		switch r := batch[0].in.run(ctx, batch, []string{"MUTANT=" + strconv.Itoa(m.ID)}, int(4+5*cpu)); {
		case r.hung:
			return timedOut, batch[0].in.rel
		case r.failed:
			by := batch[0].in.rel + " " + firstFailure(r.out)
			mem.add(m.Dir+"/"+m.File, by)
			return killed, by
		}
	}
	return lived, ""
}

func firstFailure(out string) string {
	for line := range strings.Lines(out) {
		if _, name, ok := strings.Cut(line, "--- FAIL: "); ok {
			name, _, _ = strings.Cut(strings.Fields(name)[0], "/")
			return name
		}
	}
	return "crash"
}

type result struct {
	failed, hung bool
	cpu          float64
	out          string
}

// run runs some tests of a binary, with at most so many seconds of processor
// time: what hangs is ended by that, however busy the machine is. What waits for
// ever is ended by Go's own deadlock detection, or by the clock.
func (b *binary) run(ctx context.Context, tests []*test, env []string, cpu int) result {
	var names []string
	for _, t := range tests {
		names = append(names, t.name)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(30+cpu*20)*time.Second)
	defer cancel()
	const limits = `ulimit -t "$0" && ulimit -v 8000000 && exec "$@"`
	cmd := exec.CommandContext(ctx, "sh", "-c", limits, strconv.Itoa(cpu), b.path,
		"-test.failfast", "-test.parallel=1", "-test.timeout=0", "-test.run", "^("+strings.Join(names, "|")+")$")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &out, b.dir
	cmd.Env = append(os.Environ(), append(env, "GOMAXPROCS=2")...)
	err := cmd.Run()
	r := result{failed: err != nil, out: out.String()}
	if s := cmd.ProcessState; s != nil {
		r.cpu = (s.UserTime() + s.SystemTime()).Seconds()
		if w, ok := s.Sys().(syscall.WaitStatus); ok {
			r.hung = w.Signaled() && (w.Signal() == syscall.SIGKILL || w.Signal() == syscall.SIGXCPU)
		}
	}
	return r
}

// each does something with every element of a list, a few at a time, and
// returns the first error. After the context has ended it does nothing more.
func each[T any](ctx context.Context, workers int, list []T, do func(int, T) error) error {
	next, done := make(chan int), make(chan error)
	for range workers {
		go func() {
			for i := range next {
				err := ctx.Err()
				if err == nil {
					err = do(i, list[i])
				}
				done <- err
			}
		}()
	}
	go func() {
		defer close(next)
		for i := range list {
			next <- i
		}
	}()
	var first error
	for range list {
		if err := <-done; err != nil && first == nil {
			first = err
		}
	}
	return first
}
