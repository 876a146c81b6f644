package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A pendingFile is written beside its place, and gets its name only when it is
// whole: what was there is replaced entirely or not at all. Only its owner may
// read it.
type pendingFile struct {
	f    *os.File
	w    *bufio.Writer
	path string
	done bool
	// every is how much is written before the disk is asked to keep up, unsynced how
	// much was since, and synced what came of that; nil if nobody asked.
	every, unsynced int
	synced          chan error
}

// syncEvery is how much is written before the disk is asked to keep up: who waits for
// a gigabyte at the end waits for seconds.
const syncEvery = 1 << 26

// fileBuffer is how much is written at once.
const fileBuffer = 1 << 18

func createFile(path string) (*pendingFile, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*.partial") // mode 0600
	if err != nil {
		return nil, err
	}
	return &pendingFile{f: f, w: bufio.NewWriterSize(f, fileBuffer), path: path, every: syncEvery}, nil
}

// Write implements io.Writer.
func (p *pendingFile) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	if p.unsynced += n; err == nil && p.unsynced >= p.every {
		p.unsynced = 0
		err = p.settled()
		p.synced = make(chan error, 1)
		go func() { p.synced <- p.f.Sync() }()
	}
	return n, err
}

// settled waits until the disk has what it was asked to take, and says how that ended.
func (p *pendingFile) settled() error {
	if p.synced == nil {
		return nil
	}
	err := <-p.synced
	p.synced = nil
	return err
}

// Close gives the file its name.
func (p *pendingFile) Close() error {
	if p.done {
		return nil
	}
	p.done = true
	err := errors.Join(p.settled(), p.w.Flush())
	if err == nil {
		err = p.f.Sync()
	}
	if closed := p.f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(p.f.Name(), p.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(p.f.Name()))
	}
	return nil
}

// Abort leaves nothing of a file that is not whole.
func (p *pendingFile) Abort() error {
	if p.done {
		return nil
	}
	p.done = true
	_ = p.settled() // an error here is of a file that is not wanted any more
	return errors.Join(p.f.Close(), os.Remove(p.f.Name()))
}

// writeFile writes a file through a [pendingFile].
func writeFile(path string, write func(io.Writer) error) error {
	f, err := createFile(path)
	if err == nil {
		if err = write(f); err != nil {
			err = errors.Join(err, f.Abort())
		} else {
			err = f.Close()
		}
	}
	if err != nil {
		return surroundings(fmt.Errorf("writing %s: %w", path, err))
	}
	return nil
}

// writeBytes writes a file of which all is known.
func writeBytes(path string, data []byte) error {
	return writeFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// makeFolder makes a folder that only its owner may enter.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return surroundings(fmt.Errorf("making folder: %w", err))
	}
	return nil
}

// mayWrite refuses to replace a file unless force says so.
func mayWrite(path string, force bool) error {
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || (err == nil && force):
		return nil
	case err != nil:
		return surroundings(fmt.Errorf("writing %s: %w", path, err))
	default:
		return fmt.Errorf("%s is there already: choose another name, or --force to replace it", path)
	}
}
