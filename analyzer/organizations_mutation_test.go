//go:build mutation || race

package analyzer_test

// organizations is how many random organizations with configurations are compared where tests run
// hundreds of times, once for each mutant (gremlins unleash --tags mutation), or
// under the race detector, which slows them down tenfold and looks for other faults.
const organizations = 120
