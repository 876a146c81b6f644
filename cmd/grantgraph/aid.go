package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
)

// An analysis aid is a file beside a large snapshot that holds its permission
// graph, so that a question does not begin with building it. It says nothing of
// its own: it carries the seal of the snapshot and the identity of the program
// that wrote it, and counts for no other. Whoever removes it loses time only.
const aidSuffix = ".aid"

// aidsFrom is how many grants and principals make an aid worth its place.
const aidsFrom = 100_000

// aidUse says whether aids are used.
type aidUse int

const (
	aidsOff    aidUse = iota
	aidsLarge         // for large snapshots
	aidsAlways        // whatever the size: for tests
)

// aidsOf reads GRANTGRAPH_AID.
func aidsOf(getenv func(string) string) aidUse {
	switch getenv("GRANTGRAPH_AID") {
	case "off":
		return aidsOff
	case "always":
		return aidsAlways
	default:
		return aidsLarge
	}
}

// An aid is what is known of a snapshot's analysis aid.
type aid struct {
	path, key string
	data      []byte // the file, for as long as the process lives
	image     *graph.Image
}

// openAid opens the aid of a snapshot. One that is missing, damaged or another's
// is as none: the graph is built from the records then.
func openAid(path string, r *snapshot.Reader) *aid {
	a := &aid{path: path + aidSuffix, key: r.Info().Seal + " " + programID()}
	data, err := mapFile(a.path)
	if err != nil {
		return a
	}
	if a.image, err = graph.OpenImage(data, a.key); err == nil {
		a.data = data
	}
	return a
}

// drop forgets the image. What was built from it stays.
func (a *aid) drop() {
	if a.image != nil {
		a.image.Close()
		a.image = nil
	}
}

// firstGC is the heap in bytes below which a question collects no garbage, and
// recordsGC the same where a graph is built from records.
const (
	firstGC   = 1 << 30
	recordsGC = 640 << 20
)

// programID tells builds of the program apart: another one may understand the
// same records better.
func programID() string {
	id := runtime.Version() + " " + runtime.GOARCH
	if info, ok := debug.ReadBuildInfo(); ok {
		id += " " + info.Main.Version + " " + info.Main.Sum
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				id += " " + s.Value
			}
		}
	}
	if path, err := os.Executable(); err == nil {
		if info, err := os.Stat(path); err == nil {
			id += fmt.Sprintf(" %d %d", info.Size(), info.ModTime().UnixNano())
		}
	}
	return id
}

// build builds a model with the aid if there is one. Without one it is written,
// if it is worth that and can be: a folder that is read-only goes without.
func (a *aid) build(r *snapshot.Reader, o analyzer.Options, use aidUse) (*analyzer.Model, error) {
	if a.image != nil {
		roomyGC(firstGC)
		r.UseKeys(a.image.Keys())
		o.Image = a.image
		m, err := analyzer.Build(r, o)
		a.drop()
		if !errors.Is(err, graph.ErrImage) {
			return m, err
		}
		r.UseKeys(nil)
		o.Image = nil
	}
	m, err := analyzer.Build(r, o)
	if err == nil && (use == aidsAlways || m.Graph.Grants()+m.Graph.Principals() >= aidsFrom) {
		_ = a.write(m.Graph, r) // it would save time, no more
	}
	return m, err
}

func (a *aid) write(g *graph.Graph, r *snapshot.Reader) error {
	keys, err := r.Keys()
	if err != nil {
		return err
	}
	return writeFile(a.path, func(w io.Writer) error { return g.WriteImage(w, a.key, keys) })
}

// verifyAid compares the aid of a snapshot, if it has one that counts, with one
// made anew from the records.
func verifyAid(path string) (*verifyPart, error) {
	r, err := snapshot.Open(path)
	if err != nil {
		return nil, err
	}
	defer done(r)
	a := openAid(path, r)
	if a.image == nil {
		return nil, nil
	}
	defer a.drop()
	g, err := graph.Build(r, graph.Options{})
	if err != nil {
		return nil, err
	}
	keys, err := r.Keys()
	if err != nil {
		return nil, err
	}
	stored, computed := sha256.New(), sha256.New()
	stored.Write(a.data)
	if err := g.WriteImage(computed, a.key, keys); err != nil {
		return nil, err
	}
	part := &verifyPart{Name: "analysis aid", Stored: hex.EncodeToString(stored.Sum(nil)), Computed: hex.EncodeToString(computed.Sum(nil))}
	if part.OK = part.Stored == part.Computed; !part.OK {
		part.Problem = "it is not the graph of these records: remove " + a.path
	}
	return part, nil
}
