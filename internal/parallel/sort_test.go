package parallel

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortPartsSorts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 7, 8, 9, 100, 1001} {
		for _, parts := range []int{1, 2, 4, 8} {
			list := make([]int, n)
			for i := range list {
				list[i] = random.IntN(n)
			}
			want := slices.Sorted(slices.Values(list))
			sortParts(list, parts, cmp.Compare[int])
			if !slices.Equal(list, want) {
				t.Errorf("%d elements in %d parts: %v; want %v", n, parts, list, want)
			}
		}
	}
}

func TestSortFuncSortsManyElements(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	list := random.Perm(5 * sortedAlone)
	SortFunc(list, func(x, y int) int { return cmp.Compare(y, x) })
	for i, v := range list {
		if want := len(list) - 1 - i; v != want {
			t.Fatalf("element %d is %d; want %d", i, v, want)
		}
	}
}
