// Package parallel runs what does not depend on each other on all processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// For calls do with each number below n, by as many workers as there are processors.
// The numbers are taken in order; which worker takes which is not fixed, so that do
// must put what it finds in the place of its number.
func For(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers == 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
}

// Blocks calls do with each part of the numbers below n, of size numbers or, at the
// end, less.
func Blocks(n, size int, do func(from, to int)) {
	For((n+size-1)/size, func(i int) { do(i*size, min((i+1)*size, n)) })
}

// Do calls some functions.
func Do(all ...func()) { For(len(all), func(i int) { all[i]() }) }
