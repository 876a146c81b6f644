//go:build !mutation && !race

package analyzer_test

const (
	// organizations is how many random organizations with configurations a normal test run compares.
	organizations = 2000
	// lacking is how many random organizations lose each of their lists in turn.
	lacking = 15
	// cuts is how many cuts are compared with trying out every set of changes.
	cuts = 500
)
