package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/lexicon"
	"github.com/grantgraph/grantgraph/rules"
)

var _ graph.Source = (*snapshot.Reader)(nil)

// configFile is the configuration that is read where none is named.
const configFile = "grantgraph.yaml"

// maxConfig is more than any configuration a person keeps.
const maxConfig = 16 << 20

// findSnapshot returns the file that a question is asked of: the one named, else
// the one of the environment, else the newest in this folder, which it notes.
func (p *process) findSnapshot(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	if env := p.getenv("GRANTGRAPH_SNAPSHOT"); env != "" {
		return env, nil
	}
	e, err := snapshot.Newest(".")
	if err != nil {
		return "", err
	}
	p.note("asking %s, taken %s", filepath.Base(e.Path), e.Info.TakenAt.UTC().Format(timeText))
	return e.Path, nil
}

// open opens the snapshot that a question is asked of.
func (p *process) open(named string) (*snapshot.Reader, string, error) {
	path, err := p.findSnapshot(named)
	if err != nil {
		return nil, "", err
	}
	r, err := snapshot.Open(path)
	if err != nil {
		return nil, "", err
	}
	return r, path, nil
}

// readConfig reads the configuration that is named, else the one of this folder,
// else none.
func readConfig(named string) (*config.Config, error) {
	path := named
	if path == "" {
		path = configFile
	}
	data, err := readSmall(path)
	if named == "" && errors.Is(err, fs.ErrNotExist) {
		return config.Default(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	return config.Parse(path, data)
}

// readSmall reads a file that a person wrote.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer done(f)
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxConfig {
		return nil, fmt.Errorf("%s: larger than %d MB", path, maxConfig>>20)
	}
	return data, nil
}

// load builds the model that questions are asked of.
func (p *process) load(ctx context.Context, a ask) (*analyzer.Model, error) {
	return p.loadWith(ctx, a, nil)
}

// loadWith is load for those who read more of the snapshot than its graph.
func (p *process) loadWith(ctx context.Context, a ask, also func(*snapshot.Reader) error) (*analyzer.Model, error) {
	go lexicon.Default() // it is read once, while the snapshot is opened
	cfg, err := readConfig(a.config)
	if err != nil {
		return nil, err
	}
	path, err := p.findSnapshot(a.snapshot)
	if err != nil {
		return nil, err
	}
	// Reports and audits, which read more than the graph, are made from the records.
	aids := aidsOff
	if also == nil {
		aids = aidsOf(p.getenv)
	}
	return loadFile(ctx, path, analyzer.Options{Config: cfg, Now: a.now.Time}, also, aids)
}

// loadFile builds the model of one snapshot file. An older one than others of its
// folder may lack what the configuration names. Analysis aids are used if the
// caller says so.
func loadFile(ctx context.Context, path string, o analyzer.Options, also func(*snapshot.Reader) error, aids aidUse) (*analyzer.Model, error) {
	r, err := snapshot.Open(path)
	if err != nil {
		return nil, err
	}
	o.Older = o.Older || isOlder(path, r.Info().TakenAt)
	if o.Attributes, err = attributesOf(o.Config); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	var m *analyzer.Model
	if aids != aidsOff {
		m, err = openAid(path, r).build(r, o, aids)
	} else {
		roomyGC(recordsGC)
		m, err = analyzer.Build(r, o)
	}
	if err == nil && also != nil {
		err = also(r)
	}
	if closed := r.Close(); err == nil && closed != nil {
		err = fmt.Errorf("closing snapshot %s: %w", path, closed)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// isOlder reports whether the folder of a snapshot has one that was taken later:
// what the configuration names may have come since.
func isOlder(path string, taken time.Time) bool {
	newest, err := snapshot.Newest(filepath.Dir(path))
	return err == nil && newest.Info.TakenAt.After(taken)
}

// attributesOf compiles what a configuration says of users beside the platform.
func attributesOf(c *config.Config) (analyzer.Attributes, error) {
	if c == nil || len(c.Attributes) == 0 {
		return nil, nil
	}
	a, err := rules.CompileAttributes(c.Attributes)
	if err != nil {
		return nil, err
	}
	return a, nil
}
