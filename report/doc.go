// Package report puts an audit and the graph it was made from together as one
// result set: complete, counted and in order. The packages below it are its
// forms; they lay out and never compute, so that a number that stands in two
// forms is the same number.
//
// Nothing in a document says that a tenant is isolated while something that
// could change that is not known.
package report
