//go:build mutation

package graph_test

// organizations is how many random organizations are compared where the tests
// run hundreds of times, once for each mutant (gremlins unleash --tags mutation).
const organizations = 120
