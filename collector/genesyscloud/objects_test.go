package genesyscloud

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// replaced is a bundle with another file.
func replaced(t *testing.T, fsys fs.FS, name, text string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		data, err := fs.ReadFile(fsys, n)
		if err != nil {
			t.Fatal(err)
		}
		out[n] = &fstest.MapFile{Data: data}
	}
	out[name] = &fstest.MapFile{Data: []byte(text)}
	return out
}

// anObjectOfEach is a list with an object of each kind that the plan reads.
func anObjectOfEach() string {
	var list []string
	for _, e := range table() {
		if e.kind != "" {
			list = append(list, fmt.Sprintf(`{"id": "o-%s", "name": "One of the %s", "type": %q, "division": {"id": "div-hr"}}`, strings.ToLower(e.kind), e.name, e.kind))
		}
	}
	return "[" + strings.Join(list, ",\n") + "]"
}

func TestObjectsOfEachKind(t *testing.T) {
	t.Parallel()
	site := serve(t, load(t, replaced(t, simulator.Told(), "objects.json", anObjectOfEach())), platform.Options{})
	var m memory
	if err := site.source(t, filepath.Join(t.TempDir(), "log")).Collect(t.Context(), &m); err != nil {
		t.Fatal(err)
	}
	came := map[string]authz.Resource{}
	for _, r := range m.Resource {
		if r.Kind == authz.KindResource {
			came[r.Type] = r
		}
	}
	for _, e := range table() {
		if e.kind == "" {
			continue
		}
		if r := came[e.kind]; r.ID != "o-"+strings.ToLower(e.kind) || r.Division != "div-hr" {
			t.Errorf("object of type %s = %+v; want the one of %s", e.kind, r, e.path)
		}
		if line := m.line(t, authz.ListObjects, e.source()); line.Status != authz.StatusComplete || line.Received != 1 {
			t.Errorf("line of %s = %+v; want complete with 1", e.name, line)
		}
	}
}

// A kind of object that is refused or not there costs no other kind.
func TestObjectKindIsRefused(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]struct {
		status     authz.Status
		permission string
	}{"403": {authz.StatusRefused, "outbound:campaign:view"}, "404": {authz.StatusFailed, ""}} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			const path = "/api/v2/outbound/campaigns"
			site := serve(t, load(t, replaced(t, simulator.Told(), "objects.json", anObjectOfEach())),
				platform.Options{Faults: []platform.Fault{{Name: fault, Path: path, From: 1, Times: -1}}})
			var m memory
			if err := site.source(t, filepath.Join(t.TempDir(), "log")).Collect(t.Context(), &m); err != nil {
				t.Fatal(err)
			}
			for _, c := range m.CoverageLedger {
				switch {
				case c.List != authz.ListObjects:
				case c.Source == "GET "+path:
					if c.Status != want.status || c.MissingPermission != want.permission || !strings.HasPrefix(c.Reason, "campaigns: ") {
						t.Errorf("line of campaigns = %+v; want %+v", c, want)
					}
				case c.IsGap():
					t.Errorf("%+v is a gap too", c)
				}
			}
		})
	}
}
