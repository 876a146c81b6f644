//go:build unix

package main

import (
	"os"
	"syscall"
)

// mapFile returns a file's content without reading it: what is looked at comes
// from the file. The file must only ever be replaced as a whole. The memory is
// the process's own, and stays mapped until it ends.
func mapFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer done(f)
	info, err := f.Stat()
	if err != nil || info.Size() == 0 || !info.Mode().IsRegular() || int64(int(info.Size())) != info.Size() {
		return nil, err
	}
	return syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
}
