//go:build race && !mutation

package analyzer_test

// The race detector slows tests down tenfold, and looks for other faults.
const (
	organizations = 40
	lacking       = 15
	// cuts is how many cuts are compared with trying out every set of changes.
	cuts = 10
)
