//go:build !mutation && !race

package analyzer_test

// organizations is how many random organizations with configurations a normal test run compares.
const organizations = 2000
