package genesyscloud

import (
	"context"
	"sync"
)

// A pool runs jobs that may add further jobs, in the order in which they were
// added, a few at a time, until there are none or one fails.
type pool struct {
	mu   sync.Mutex
	cond *sync.Cond
	jobs []func(context.Context) error
	busy int
	err  error
}

func newPool() *pool {
	p := &pool{}
	p.cond = sync.NewCond(&p.mu)
	return p
}

// add puts a job at the end.
func (p *pool) add(jobs ...func(context.Context) error) {
	p.mu.Lock()
	p.jobs = append(p.jobs, jobs...)
	p.mu.Unlock()
	p.cond.Broadcast()
}

// run works until nothing is left to do, and returns the first error.
func (p *pool) run(ctx context.Context, workers int) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for job := p.next(); job != nil; job = p.next() {
				if err := job(ctx); p.ended(err) {
					stop()
				}
			}
		})
	}
	wg.Wait()
	return p.err
}

// next waits for a job; nil is the end.
func (p *pool) next() func(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.jobs) == 0 && p.busy > 0 && p.err == nil {
		p.cond.Wait()
	}
	if len(p.jobs) == 0 || p.err != nil {
		return nil
	}
	job := p.jobs[0]
	p.jobs = p.jobs[1:]
	p.busy++
	return job
}

// ended notes that a job is done, and reports whether it failed.
func (p *pool) ended(err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	if err != nil && p.err == nil {
		p.err = err
	}
	p.cond.Broadcast()
	return err != nil
}
