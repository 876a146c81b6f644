package parallel_test

import (
	"runtime"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/internal/parallel"
)

func TestEachOnce(t *testing.T) { //nolint:paralleltest // it sets the number of workers of the whole process
	was := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(was)
	for _, workers := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(workers)
		for _, n := range []int{0, 1, 2, 7, 1000} {
			calls := make([]int, n)
			parallel.For(n, func(i int) { calls[i]++ })
			parallel.Blocks(n, 3, func(from, to int) {
				if to-from > 3 || from >= to {
					t.Errorf("a part from %d to %d of %d", from, to, n)
				}
				for i := from; i < to; i++ {
					calls[i]++
				}
			})
			if i := slices.IndexFunc(calls, func(c int) bool { return c != 2 }); i >= 0 {
				t.Errorf("%d workers: %d of %d is called %d times by both", workers, i, n, calls[i])
			}
		}
	}
	var a, b int
	parallel.Do(func() { a++ }, func() { b++ })
	if a != 1 || b != 1 {
		t.Errorf("called %d and %d times", a, b)
	}
}
