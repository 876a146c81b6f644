package simulator

import (
	"embed"
	"io/fs"
	"slices"
	"time"
)

//go:embed told/*.json clean/*.json
var bundles embed.FS

//go:embed told.yaml
var toldConfig []byte

//go:embed clean.yaml
var cleanConfig []byte

// Told returns the bundle of the organization in which things went wrong. Its
// cases are listed in README.md.
func Told() fs.FS { return folder("told") }

// Clean returns the bundle of the organization that does everything right.
func Clean() fs.FS { return folder("clean") }

// ToldConfig returns the configuration (grantgraph.yaml) that fits [Told].
func ToldConfig() []byte { return slices.Clone(toldConfig) }

// CleanConfig returns the configuration (grantgraph.yaml) that fits [Clean].
func CleanConfig() []byte { return slices.Clone(cleanConfig) }

// Moment returns the moment at which [Told] and [Clean] are told: every age in
// them is meant from here.
func Moment() time.Time { return time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC) }

// folder returns one of the embedded bundles.
func folder(name string) fs.FS {
	sub, err := fs.Sub(bundles, name)
	if err != nil { // only an invalid path, and both names are constants
		return bundles
	}
	return sub
}
