// Package sample makes documents for the tests of the report's forms: a small
// organization whose names are hostile, and a large one that is only numbers.
package sample
