package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/rules"
)

// packSources returns the packs that a configuration asks for: of those that ship
// the ones it uses, and its own files, which lie beside it.
func packSources(c *config.Config) ([]rules.Source, error) {
	sources, unknown := rules.Named(rules.Shipped(), c.Packs.Use)
	var wrong []error
	for _, name := range unknown {
		wrong = append(wrong, fmt.Errorf("%s: no pack %q ships: want one that rules list shows", c.Packs.At["use/"+name], name))
	}
	for _, file := range c.Packs.Files {
		path := file
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(c.File), file)
		}
		data, err := readSmall(path)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: reading pack: %w", c.Packs.At["files/"+file], err))
			continue
		}
		sources = append(sources, rules.Source{Name: path, Data: data})
	}
	return sources, errors.Join(wrong...)
}

// packFiles reads packs that are named on the command line.
func packFiles(paths []string) ([]rules.Source, error) {
	var out []rules.Source
	for _, path := range paths {
		data, err := readSmall(path)
		if err != nil {
			return nil, fmt.Errorf("reading pack: %w", err)
		}
		out = append(out, rules.Source{Name: path, Data: data})
	}
	return out, nil
}

// loadPacks loads the packs that a configuration asks for.
func loadPacks(c *config.Config) (*rules.Set, error) {
	sources, err := packSources(c)
	if err != nil {
		return nil, err
	}
	return rules.Load(sources, rules.FromConfig(c.Packs))
}

// loadOnly loads the packs so that only some rules run. The deviations of the
// whole set are what a result should tell: nothing was disabled.
func loadOnly(c *config.Config, ids []string) (only *rules.Set, whole *rules.Set, err error) {
	if whole, err = loadPacks(c); err != nil || len(ids) == 0 {
		return whole, whole, err
	}
	known := map[string]bool{}
	var names []string
	for _, r := range whole.Rules() {
		known[r.ID] = true
		names = append(names, r.ID)
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		if !known[id] {
			return nil, nil, hint(fmt.Errorf("--rule: no rule %q in the packs that are loaded", id), "grantgraph rules list")
		}
		wanted[id] = true
	}
	o := rules.FromConfig(c.Packs)
	o.Disable = nil
	for _, id := range names {
		if !wanted[id] {
			o.Disable = append(o.Disable, id)
		}
	}
	sources, err := packSources(c)
	if err != nil {
		return nil, nil, err
	}
	only, err = rules.Load(sources, o)
	return only, whole, err
}
