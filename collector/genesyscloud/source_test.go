package genesyscloud

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// memory is a sink that keeps everything.
type memory struct {
	authz.Records
	raws []json.RawMessage
}

func (m *memory) Put(rec authz.Record, raw json.RawMessage) error {
	m.raws = append(m.raws, slices.Clone(raw))
	return m.Records.Put(rec)
}

func (m *memory) Cover(line authz.Coverage) error {
	m.CoverageLedger = append(m.CoverageLedger, line)
	return nil
}

func (m *memory) line(t *testing.T, list authz.List, source string) authz.Coverage {
	t.Helper()
	for _, c := range m.CoverageLedger {
		if c.List == list && c.Source == source && c.Status != authz.StatusReading {
			return c
		}
	}
	t.Fatalf("no line of %s from %s in %+v", list, source, m.CoverageLedger)
	return authz.Coverage{}
}

// digest seals what a source tells, and returns the content digest.
func digest(t *testing.T, src collector.Source) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.db")
	w, err := snapshot.Create(path, snapshot.CreateOptions{Now: func() time.Time { return fakeNow }})
	if err != nil {
		t.Fatal(err)
	}
	if err := src.Collect(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	info, err := w.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return info.Digest
}

// offered returns a bundle without the lists that the platform does not offer.
func offered(t *testing.T, fsys fs.FS) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		switch name {
		case "views.json", "reports.json", "unused_roles.json", "objects.json":
			continue
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

func options(api API) Options {
	return Options{API: api, Until: fakeNow, AuditFor: 400 * 24 * time.Hour, UsageFor: 90 * 24 * time.Hour, Services: []string{"*"}}
}

func TestSameAsTheBundle(t *testing.T) {
	t.Parallel()
	for name, fsys := range map[string]fs.FS{"told": simulator.Told(), "clean": simulator.Clean()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := bundle.New(offered(t, fsys), "b", bundle.Options{})
			live := New(options(newFake(t, fsys)))
			if got, want := digest(t, live), digest(t, file); got != want {
				t.Errorf("content digest = %s; want %s", got, want)
				differ(t, live, file)
			}
		})
	}
}

// differ shows the records that only one of two sources tells.
func differ(t *testing.T, got, want collector.Source) {
	t.Helper()
	a, b := texts(t, got), texts(t, want)
	for k := range a {
		if !b[k] {
			t.Errorf("only got  %s", k)
		}
	}
	for k := range b {
		if !a[k] {
			t.Errorf("only want %s", k)
		}
	}
}

// texts returns every record as a text, grants with the earliest date.
func texts(t *testing.T, src collector.Source) map[string]bool {
	t.Helper()
	var m memory
	if err := src.Collect(t.Context(), &m); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	put := func(v any) { out[fmt.Sprintf("%T %+v", v, v)] = true }
	at := map[authz.Key]authz.Grant{}
	for _, g := range m.Grant {
		k := g.Key()
		k.ID += " " + g.Subject.Kind.String()
		g.Source = ""
		if old, ok := at[k]; !ok || old.MadeAt.IsZero() {
			at[k] = g
		}
	}
	for _, g := range at {
		put(g)
	}
	each(m.Organization, put)
	each(m.Division, put)
	each(m.Permission, put)
	each(m.Role, put)
	each(m.User, put)
	each(m.Group, put)
	each(m.Team, put)
	each(m.Member, put)
	each(m.Client, put)
	each(m.Usage, put)
	each(m.Resource, put)
	each(m.Trust, put)
	each(m.AccessPolicy, put)
	each(m.Other, put)
	return out
}

func each[T any](list []T, put func(any)) {
	for _, v := range list {
		put(v)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	f := newFake(t, simulator.Told())
	f.fails["/api/v2/routing/queues"] = &rest.APIError{Status: 403, Message: "You are missing the following permission(s): routing:queue:view", Missing: []string{"routing:queue:view"}}
	var m memory
	if err := New(options(f)).Collect(context.Background(), &m); err != nil {
		t.Fatal(err)
	}
	got := m.line(t, authz.ListQueues, "GET /api/v2/routing/queues")
	if got.Status != authz.StatusRefused || got.MissingPermission != "routing:queue:view" {
		t.Errorf("line of queues = %+v; want refused for lack of routing:queue:view", got)
	}
	got = m.line(t, authz.ListQueueMembers, "GET /api/v2/routing/queues/{id}/members")
	if got.Status != authz.StatusRefused || got.MissingPermission != "routing:queue:view" {
		t.Errorf("line of queue members = %+v; want refused", got)
	}
	for _, c := range m.CoverageLedger {
		if c.IsGap() && c.List != authz.ListQueues && c.List != authz.ListQueueMembers && c.List != authz.ListViews {
			t.Errorf("a gap besides: %+v", c)
		}
	}
}
