package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestWriteFile: what was there is replaced entirely or not at all.
func TestWriteFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if err := writeBytes(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := writeFile(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half of the n"); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) || statusOf(err) != statusSurroundings {
		t.Errorf("writeFile = %v, status %d; want %v, %d", err, statusOf(err), broken, statusSurroundings)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
		t.Errorf("after a failure the file holds %q, %v; want old", got, err)
	}
	if err := writeBytes(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "new" {
		t.Errorf("the file holds %q, %v; want new", got, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v; want x alone", left, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v; want 0600", info.Mode(), err)
	}
}

func TestWriteFileNowhere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x")
	if err := writeBytes(file, nil); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(file, "y"), filepath.Join(file+"-none", "y")} {
		if err := writeBytes(path, nil); statusOf(err) != statusSurroundings {
			t.Errorf("writeBytes(%s) = %v; want a failure of the surroundings", path, err)
		}
	}
}

func TestMayWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	if err := mayWrite(path, false); err != nil {
		t.Error(err)
	}
	if err := writeBytes(path, nil); err != nil {
		t.Fatal(err)
	}
	if err := mayWrite(path, false); statusOf(err) != statusWrong {
		t.Errorf("mayWrite of a file that is there = %v; want a wrong request", err)
	}
	if err := mayWrite(path, true); err != nil {
		t.Error(err)
	}
}
