package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A binary is the tests of one package, built over the mutated sources.
type binary struct {
	rel   string // the package's folder below the module's root
	dir   string // absolute
	path  string
	tests []*test
}

// A test is one top-level test of a binary.
type test struct {
	in   *binary
	name string
	cost float64      // seconds that it takes alone
	cpu  float64      // of those, seconds of processor time
	met  map[int]bool // the mutants that it comes by
}

// mutateAll rewrites the packages into the folder work, and returns the mutants
// and the overlay file for "go test".
func mutateAll(packs []*pack, ops map[string]bool, work string) ([]mutant, string, error) {
	var mutants []mutant
	replace := map[string]string{}
	put := func(original, text string) error {
		name := filepath.Join(work, fmt.Sprintf("%d_%s", len(replace), filepath.Base(original)))
		replace[original] = name
		return os.WriteFile(name, []byte(text), 0o600)
	}
	for _, p := range packs {
		counted := map[string]int{}
		for _, src := range p.file {
			r := &rewriter{p: p, src: src, mutants: &mutants, counted: counted, ops: ops}
			if err := put(src.path, r.rewrite()); err != nil {
				return nil, "", err
			}
		}
		if err := put(filepath.Join(p.dir, "mutants_generated.go"), fmt.Sprintf(generated, p.name)); err != nil {
			return nil, "", err
		}
	}
	overlay := filepath.Join(work, "overlay.json")
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, "", err
	}
	return mutants, overlay, os.WriteFile(overlay, b, 0o600)
}

// build makes the test binary of a package.
func build(ctx context.Context, p *pack, overlay, tags, work string) (*binary, error) {
	b := &binary{rel: p.rel, dir: p.dir, path: filepath.Join(work, strings.ReplaceAll(p.rel, "/", "_")+".test")}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-tags", tags, "-o", b.path, p.path)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", p.rel, err, out)
	}
	if _, err := os.Stat(b.path); errors.Is(err, fs.ErrNotExist) {
		return b, nil // the package has no tests
	}
	out, err := exec.CommandContext(ctx, b.path, "-test.list", ".").Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.path, err)
	}
	for _, name := range strings.Fields(string(out)) {
		if !strings.HasPrefix(name, "Benchmark") {
			b.tests = append(b.tests, &test{in: b, name: name})
		}
	}
	return b, nil
}
