package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// A pack is a package to mutate, with the types of its expressions.
type pack struct {
	path string // import path
	name string
	dir  string // absolute
	rel  string // below the module's root
	fset *token.FileSet
	file []source
	info *types.Info
}

type source struct {
	path string // absolute
	text []byte
	tree *ast.File
}

// listed is what "go list -json" says of a package.
type listed struct {
	ImportPath, Name, Dir, Export string
	GoFiles, TestGoFiles          []string
	DepOnly                       bool
	Module                        *struct{ Dir string }
	Error                         *struct{ Err string }
}

// load parses and type-checks the packages that patterns name, which must
// compile: types of what they import come from the compiler's export data.
func load(ctx context.Context, patterns []string, tags string) ([]*pack, error) {
	all, err := goList(ctx, patterns, tags)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, l := range all {
		exports[l.ImportPath] = l.Export
	}
	var out []*pack
	for _, l := range all {
		if l.DepOnly {
			continue
		}
		p, err := check(l, exports)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.ImportPath, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func goList(ctx context.Context, patterns []string, tags string) ([]listed, error) {
	args := append([]string{"list", "-json", "-deps", "-export", "-tags", tags, "--"}, patterns...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var out []listed
	for dec := json.NewDecoder(bytes.NewReader(b)); ; {
		var l listed
		switch err := dec.Decode(&l); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("go list: %w", err)
		case l.Error != nil:
			return nil, fmt.Errorf("go list: %s", l.Error.Err)
		}
		out = append(out, l)
	}
}

func check(l listed, exports map[string]string) (*pack, error) {
	if l.Module == nil {
		return nil, errors.New("not in a module")
	}
	rel, err := filepath.Rel(l.Module.Dir, l.Dir)
	if err != nil {
		return nil, err
	}
	p := &pack{
		path: l.ImportPath, name: l.Name, dir: l.Dir, rel: filepath.ToSlash(rel), fset: token.NewFileSet(),
		info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}},
	}
	var trees []*ast.File
	for _, name := range l.GoFiles {
		path := filepath.Join(l.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(p.fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.file, trees = append(p.file, source{path, text, tree}), append(trees, tree)
	}
	conf := types.Config{Importer: importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(exports[path])
	})}
	_, err = conf.Check(l.ImportPath, p.fset, trees, p.info)
	return p, err
}
