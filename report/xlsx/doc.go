// Package xlsx writes a report as a workbook, row by row, so that its size is
// bounded by what a sheet can hold and not by memory. Every cell is a value:
// no text is ever taken for a formula.
package xlsx
