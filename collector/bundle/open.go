package bundle

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

var errNoBundle = errors.New("neither a folder nor a zip")

// OpenPath opens a folder, or a zip file, whatever it is called. The closer is
// nil only with an error.
func OpenPath(path string) (*Source, io.Closer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("opening bundle: %w", err)
	}
	name := shortName(path)
	if info.IsDir() {
		return New(os.DirFS(path), name, Options{}), io.NopCloser(nil), nil
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("opening bundle %s: %w", path, errNoBundle)
	}
	if err := looksLikeZip(path); err != nil {
		return nil, nil, fmt.Errorf("opening bundle %s: %w", path, err)
	}
	z, err := zip.OpenReader(path)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, fmt.Errorf("opening bundle %s: %w", path, err)
	}
	return New(z, name, Options{}), z, nil
}

// shortName is the last part of a path, also of "." and "..".
func shortName(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return filepath.Base(path)
}

// looksLikeZip reads the signature of a zip's first entry, or of its end if it has none.
func looksLikeZip(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var sig [4]byte
	if _, err := io.ReadFull(f, sig[:]); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if !bytes.Equal(sig[:], []byte("PK\x03\x04")) && !bytes.Equal(sig[:], []byte("PK\x05\x06")) {
		return errNoBundle
	}
	return nil
}
