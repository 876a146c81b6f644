//go:build !mutation && !race

package graph_test

// organizations is how many random organizations a normal test run compares.
const organizations = 2000
