package rules

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/grantgraph/grantgraph/analyzer"
)

// An index costs more than it saves where there is less than this to look at.
const manyRows = 20_000

// Each worker has an index of its own: more than a few would cost memory, and
// the longest rules decide anyway.
const mostWorkers = 8

// workers is how many rules are evaluated at a time.
func (o AuditOptions) workers(m *analyzer.Model) int {
	switch {
	case o.Workers > 0:
		return o.Workers
	case m.Graph.Grants()+m.Graph.Principals() < manyRows:
		return 1
	default:
		return min(runtime.GOMAXPROCS(0), mostWorkers)
	}
}

// A unit is jobs that are done together: all on one fact that share a pass, or one.
type unit []*job

// units divides jobs, in a fixed order; those that share a pass, the longest, come first.
func units(jobs []*job) []unit {
	byFact := map[string][]*job{}
	for _, j := range jobs {
		byFact[j.rule.fact.name] = append(byFact[j.rule.fact.name], j)
	}
	var shared, single []unit
	for _, name := range slices.Sorted(maps.Keys(byFact)) {
		list := byFact[name]
		if list[0].rule.fact.group != nil {
			shared = append(shared, list)
			continue
		}
		for _, j := range list {
			single = append(single, unit{j})
		}
	}
	return append(shared, single...)
}

func (u unit) run(x *index) error {
	for _, j := range u {
		j.bind(x)
	}
	fact := u[0].rule.fact
	if fact.group != nil {
		return fact.group(x, u)
	}
	return fact.rows(x, u[0].rule.query, u[0].visit)
}

// run does the jobs, some at a time. What an index works out it remembers, and
// is not made for two at once: each worker has its own, the first the given one.
// The error is that of the first unit that has one: none after it is begun.
func run(ctx context.Context, x *index, jobs []*job, workers int) error {
	list := units(jobs)
	q := &queue{list: list, errs: make([]error, len(list))}
	var group sync.WaitGroup
	for range min(workers, len(list)) - 1 {
		group.Go(func() { q.work(ctx, x.another()) })
	}
	q.work(ctx, x)
	group.Wait()
	for _, err := range q.errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// another returns an index of the same things that has nothing worked out yet.
func (x *index) another() *index {
	o := newIndex(x.m)
	o.extra, o.before = x.extra, x.before
	return o
}

// A queue hands out units in their order, until one fails.
type queue struct {
	list []unit
	errs []error

	mu     sync.Mutex
	next   int
	failed bool
}

func (q *queue) work(ctx context.Context, x *index) {
	for {
		at, ok := q.take()
		if !ok {
			return
		}
		err := ctx.Err()
		if err == nil {
			err = q.list[at].run(x)
		}
		if q.errs[at] = err; err != nil {
			q.fail()
		}
	}
}

func (q *queue) take() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed || q.next == len(q.list) {
		return 0, false
	}
	q.next++
	return q.next - 1, true
}

func (q *queue) fail() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failed = true
}
