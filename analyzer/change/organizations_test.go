//go:build !mutation && !race

package change_test

// organizations is how many random organizations a normal test run changes.
const organizations = 2000
