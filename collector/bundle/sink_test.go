package bundle

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A memory keeps what it is given.
type memory struct {
	authz.Records
	raws []json.RawMessage
}

func (m *memory) Put(rec authz.Record, raw json.RawMessage) error {
	if raw != nil {
		m.raws = append(m.raws, raw)
	}
	return m.Records.Put(rec)
}

func (m *memory) Cover(line authz.Coverage) error {
	m.CoverageLedger = append(m.CoverageLedger, line)
	return nil
}

// files makes a bundle of texts.
func files(texts map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// read reads a bundle of texts.
func read(t *testing.T, texts map[string]string) *memory {
	t.Helper()
	m := &memory{}
	if err := New(files(texts), "", Options{}).Collect(t.Context(), m); err != nil {
		t.Fatalf("Collect: %v", err)
	}
	return m
}

// one reads a bundle of one file beside the organization "o".
func one(t *testing.T, name, text string) *memory {
	t.Helper()
	return read(t, map[string]string{"organization.json": `{"id":"o"}`, name: text})
}

// line returns the list's own line of the ledger.
func (m *memory) line(t *testing.T, list authz.List) authz.Coverage {
	t.Helper()
	for _, c := range m.CoverageLedger {
		if c.List == list && c.Status != authz.StatusReading {
			return c
		}
	}
	t.Fatalf("no line for list %s", list)
	return authz.Coverage{}
}

// readings returns how often each reading of a list was applied.
func (m *memory) readings(list authz.List) map[string]int64 {
	all := map[string]int64{}
	for _, c := range m.CoverageLedger {
		if c.List == list && c.Status == authz.StatusReading {
			all[c.Reason] += c.Received
		}
	}
	return all
}

// same compares records whatever their order.
func same(want, got *authz.Records) string {
	return cmp.Diff(sorted(want), sorted(got), cmpopts.IgnoreUnexported(authz.Records{}),
		cmpopts.IgnoreFields(authz.Records{}, "CoverageLedger"), cmpopts.EquateEmpty())
}

func sorted(r *authz.Records) *authz.Records {
	r = r.Clone()
	byKey(r.Organization)
	byKey(r.Division)
	byKey(r.Permission)
	byKey(r.Role)
	byKey(r.User)
	byKey(r.Group)
	byKey(r.Team)
	byKey(r.Member)
	byKey(r.Client)
	byKey(r.Usage)
	byKey(r.Grant)
	byKey(r.Resource)
	byKey(r.View)
	byKey(r.Trust)
	byKey(r.AccessPolicy)
	byKey(r.Other)
	return r
}

func byKey[T authz.Record](list []T) {
	slices.SortStableFunc(list, func(a, b T) int { return a.Key().Compare(b.Key()) })
}

// putAll gives every record to a sink.
func putAll(t *testing.T, r *authz.Records, put func(authz.Record) error) {
	t.Helper()
	giveAll(t, r.Organization, put)
	giveAll(t, r.Division, put)
	giveAll(t, r.Permission, put)
	giveAll(t, r.Role, put)
	giveAll(t, r.Grant, put)
	giveAll(t, r.User, put)
	giveAll(t, r.Group, put)
	giveAll(t, r.Team, put)
	giveAll(t, r.Member, put)
	giveAll(t, r.Client, put)
	giveAll(t, r.Usage, put)
	giveAll(t, r.Resource, put)
	giveAll(t, r.View, put)
	giveAll(t, r.Trust, put)
	giveAll(t, r.AccessPolicy, put)
	giveAll(t, r.Other, put)
}

func giveAll[T authz.Record](t *testing.T, list []T, put func(authz.Record) error) {
	t.Helper()
	for _, rec := range list {
		if err := put(rec); err != nil {
			t.Fatal(err)
		}
	}
}
