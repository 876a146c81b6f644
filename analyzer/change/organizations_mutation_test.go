//go:build mutation || race

package change_test

// organizations is how many random organizations are changed where tests run
// once for each mutant, or ten times slower.
const organizations = 120
