package bundle

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/grantgraph/grantgraph/collector"
)

// Options are what a [Source] may be told. The zero value is useful.
type Options struct {
	// Progress is told how many records of a list came. If it is nil, the
	// source is silent.
	Progress collector.Progress
}

// A Source reads one bundle, of one organization or of several.
type Source struct {
	fsys fs.FS
	name string
	o    Options
}

var _ collector.Source = (*Source)(nil)

// New returns a source that reads the bundle in fsys. Errors and the ledger
// call it name; an empty name leaves the names of the files alone.
func New(fsys fs.FS, name string, o Options) *Source { return &Source{fsys, name, o} }

// With returns a source of the same bundle with other options.
func (s *Source) With(o Options) *Source { return &Source{s.fsys, s.name, o} }

// Collect reads the whole bundle. A file that is missing becomes a line of the
// ledger; one that is wrong is an error that names file, byte, line and entity,
// after which what the sink was given is to be thrown away.
func (s *Source) Collect(ctx context.Context, sink collector.Sink) error {
	entries, err := fs.ReadDir(s.fsys, ".")
	if err != nil {
		return fmt.Errorf("reading bundle %s: %w", s.name, err)
	}
	dirs := organizations(s.fsys, entries)
	if len(dirs) == 0 {
		return s.single(ctx, sink, entries)
	}
	if err := s.onlyFolders(entries); err != nil {
		return err
	}
	seen := map[string]string{}
	for i, dir := range dirs {
		var beside []string
		if i == 0 {
			// What belongs to no organization is told with the first.
			beside = others(entries, dirs)
		}
		if err := s.collectDir(ctx, sink, dir, seen, beside); err != nil {
			return err
		}
	}
	return nil
}

// others returns the names that are none of the folders.
func others(entries []fs.DirEntry, dirs []string) (names []string) {
	for _, e := range entries {
		if !slices.Contains(dirs, e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

func (s *Source) single(ctx context.Context, sink collector.Sink, entries []fs.DirEntry) error {
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return known(e.Name()) }) {
		return fmt.Errorf("reading bundle %s: none of its files is one of a bundle (organization.json, users.json, …)", s.name)
	}
	return s.collectDir(ctx, sink, ".", map[string]string{}, nil)
}

// onlyFolders refuses files of a bundle beside folders that are organizations:
// nothing says to which of them they belong.
func (s *Source) onlyFolders(entries []fs.DirEntry) error {
	for _, e := range entries {
		if !e.IsDir() && known(e.Name()) {
			return fmt.Errorf("reading %s: the file lies beside folders that are organizations of their own: want it in one of them",
				s.show(e.Name()))
		}
	}
	return nil
}

func (s *Source) collectDir(ctx context.Context, sink collector.Sink, dir string, seen map[string]string, beside []string) error {
	o := &org{ctx: ctx, src: s, sink: sink, dir: dir}
	for _, name := range beside {
		o.ignore(s.show(name))
	}
	if err := o.collect(seen); err != nil {
		return fmt.Errorf("reading bundle: %w", err)
	}
	return nil
}

// show names a file of the bundle in errors and the ledger.
func (s *Source) show(file string) string {
	if s.name == "" {
		return file
	}
	return s.name + "/" + path.Clean(file)
}
