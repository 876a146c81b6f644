//go:build race && !mutation

package graph_test

// The race detector slows tests down tenfold, and looks for other faults.
const (
	organizations   = 50
	share           = 4
	shrinks         = true
	twoChangesTried = 20
)
