package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestPendingFileKeepsUp writes a file of which the disk is asked to take each part
// while the next is written: it is whole at the end, or nothing is left of it.
func TestPendingFileKeepsUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	part := bytes.Repeat([]byte("0123456789"), 1000)
	for _, whole := range []bool{false, true} {
		f, err := createFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f.every = len(part) * 2
		for range 99 {
			if _, err := f.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if f.synced == nil {
			t.Error("the disk was not asked")
		}
		end := f.Abort
		if whole {
			end = f.Close
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if whole && (err != nil || !bytes.Equal(got, bytes.Repeat(part, 99))) || !whole && !os.IsNotExist(err) {
			t.Errorf("whole %v: %d bytes, %v", whole, len(got), err)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 1 || len(left) == 1 && !whole {
			t.Errorf("whole %v: %d files are left, %v", whole, len(left), err)
		}
	}
}

// TestPendingFileTellsOfTheDisk closes the file under a writer: what the disk says of
// a part is said of the file.
func TestPendingFileTellsOfTheDisk(t *testing.T) {
	t.Parallel()
	f, err := createFile(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	f.every = 1
	if err := f.f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("a")); err != nil {
		t.Fatal(err) // it is in the buffer yet
	}
	if _, err := f.Write([]byte("b")); err == nil {
		t.Error("the disk has not taken what was written before, and nobody says so")
	}
	if err := f.Abort(); err == nil {
		t.Error("a closed file is closed once more without a word")
	}
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		room, live uint64
		want       int
	}{{640, 160, 300}, {640, 320, 100}, {640, 500, 100}, {640, 900, 100}, {640, 1, 63900}} {
		if got := growth(c.room, c.live); got != c.want {
			t.Errorf("growth(%d, %d) = %d; want %d", c.room, c.live, got, c.want)
		}
	}
}
