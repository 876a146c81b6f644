package parallel

import (
	"runtime"
	"slices"
)

// sortedAlone is how many elements one processor sorts as quickly as several.
const sortedAlone = 1 << 13

// SortFunc sorts a list. Elements of which neither comes first may change places, so
// that cmp should tell all of them apart where the order is to be the same each time.
func SortFunc[T any](list []T, cmp func(x, y T) int) {
	parts := 1
	for parts < runtime.GOMAXPROCS(0) && len(list)/parts > sortedAlone {
		parts *= 2
	}
	sortParts(list, parts, cmp)
}

// sortParts sorts by as many parts, which are merged two by two.
func sortParts[T any](list []T, parts int, cmp func(x, y T) int) {
	end := func(i int) int { return len(list) * i / parts }
	For(parts, func(i int) { slices.SortFunc(list[end(i):end(i+1)], cmp) })
	if parts == 1 {
		return
	}
	from, to, moved := list, make([]T, len(list)), false
	for width := 1; width < parts; width *= 2 {
		For(parts/(2*width), func(i int) {
			a, b, c := end(2*i*width), end((2*i+1)*width), end((2*i+2)*width)
			merge(to[a:c], from[a:b], from[b:c], cmp)
		})
		from, to, moved = to, from, !moved
	}
	if moved {
		copy(list, from)
	}
}

// merge puts two sorted lists together.
func merge[T any](out, x, y []T, cmp func(x, y T) int) {
	for i := range out {
		if len(y) == 0 || len(x) > 0 && cmp(x[0], y[0]) <= 0 {
			out[i], x = x[0], x[1:]
		} else {
			out[i], y = y[0], y[1:]
		}
	}
}
