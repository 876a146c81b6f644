//go:build !mutation && !race

package graph_test

const (
	// organizations is how many random organizations a normal test run compares.
	organizations = 2000
	// share divides the number of random organizations that tests change and look at again.
	share = 1
	// shrinks says whether an organization that fails is made smaller before it is shown.
	shrinks = true
	// twoChangesTried is of how many pairs of changes causes are looked at.
	twoChangesTried = 300
)
