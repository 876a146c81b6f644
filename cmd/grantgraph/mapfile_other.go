//go:build !unix

package main

import "os"

// mapFile reads a file.
func mapFile(path string) ([]byte, error) { return os.ReadFile(path) }
