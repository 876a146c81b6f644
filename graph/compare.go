package graph

import (
	"crypto/sha256"
	"runtime"
	"sync"
	"sync/atomic"
)

// classes are a principal's class in both graphs, from 1; 0 where a graph lacks it.
type classes struct{ old, latest uint32 }

// An explanation is what is told of a principal.
type explanation struct {
	changes []Change
	// sig is the same for principals of which the same is to be told.
	sig [sha256.Size]byte
}

// compareAll compares the principals, equal ones at once; workers decide only how
// long it takes.
func (d *Difference) compareAll() {
	pairs := d.pairs()
	jobs := d.jobs(pairs)
	told := make([]*explanation, len(pairs))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		group.Go(func() {
			w := worker{d: d, pairs: pairs, told: told, commons: map[string]*common{}}
			for i := next.Add(1); int(i) <= len(jobs); i = next.Add(1) {
				w.compare(jobs[i-1])
			}
		})
	}
	group.Wait()
	d.join(pairs, told)
}

// jobs returns the indices of the pairs by their classes.
func (d *Difference) jobs(pairs []Pair) [][]int {
	oldClass, newClass := classNumbers(d.Old), classNumbers(d.New)
	at := func(list []uint32, p uint32) uint32 {
		if p == NoPrincipal {
			return 0
		}
		return list[p]
	}
	var out [][]int
	index := map[classes]int{}
	for i, p := range pairs {
		c := classes{at(oldClass, p.Old), at(newClass, p.New)}
		n, ok := index[c]
		if !ok {
			n = len(out)
			index[c] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], i)
	}
	return out
}

// join makes blocks of the principals of which the same is to be told.
func (d *Difference) join(pairs []Pair, told []*explanation) {
	blocks := map[[sha256.Size]byte]int{}
	for i, p := range pairs {
		e := told[i]
		if e == nil {
			continue
		}
		n, ok := blocks[e.sig]
		if !ok {
			n = len(d.Blocks)
			blocks[e.sig] = n
			d.Blocks = append(d.Blocks, Block{Org: p.Key.Org, Changes: e.changes})
		}
		d.Blocks[n].Members = append(d.Blocks[n].Members, p)
	}
}

// A worker compares principals that are equal in both graphs.
type worker struct {
	d       *Difference
	pairs   []Pair
	told    []*explanation
	commons map[string]*common
}

func (w *worker) common(org string) *common {
	c, ok := w.commons[org]
	if !ok {
		c = w.d.commons[org].fork()
		w.commons[org] = c
	}
	return c
}

// compare finds what differs for principals that are equal in both graphs: the
// same, up to themselves. Why is found out for each that is held or granted
// otherwise.
func (w *worker) compare(job []int) {
	c := w.common(w.pairs[job[0]].Key.Org)
	c.scratch.reset()
	first := c.compare(w.pairs[job[0]])
	known := map[[sha256.Size]byte]*explanation{}
	for n, i := range job {
		p, o := w.pairs[i], first
		if n > 0 && first.own {
			c.scratch.reset()
			o = c.compare(p)
		}
		if !o.differs {
			continue
		}
		key := digest(c.ways(p))
		e, ok := known[key]
		if !ok || o.own {
			e = &explanation{}
			e.changes, e.sig = c.explain(p, o)
			known[key] = e
		}
		w.told[i] = e
	}
}
