//go:build mutation

package graph_test

// Where tests run thousands of times, once for each mutant (testdata/mutate),
// fewer random organizations are compared, and none is made smaller.
const (
	organizations   = 80
	share           = 4
	shrinks         = false
	twoChangesTried = 300
)
