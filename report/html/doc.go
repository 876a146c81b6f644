// Package html writes a report as one HTML file that needs nothing else: it
// loads nothing, runs under a strict content security policy, and shows every
// name as text, whatever the name holds.
package html
