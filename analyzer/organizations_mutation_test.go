//go:build mutation

package analyzer_test

// Fewer random organizations where tests run thousands of times, once for each
// mutant (testdata/mutate).
const (
	organizations = 60
	lacking       = 2
	// cuts is how many cuts are compared with trying out every set of changes.
	cuts = 40
)
