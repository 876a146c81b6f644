//go:build race

package main

// underRace: the race detector slows tests down tenfold, and looks for other faults.
const underRace = true
