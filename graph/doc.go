// Package graph is the permission graph: who acts as whom, which roles are
// granted where, what the roles cover, and so how far each principal reaches.
//
// [Build] reads a snapshot's records once and interns them; a [Graph] never
// changes afterwards, so that any number of goroutines may ask it. Nothing is
// materialised per principal, permission and division: a principal's access
// stays factored into (role, division) pairs and is spelled out only where
// somebody asks to see it. The package draws the conclusions that the access
// model states, and no others: it knows no tenants and judges nothing.
package graph
