package rules_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

// memory keeps what a source tells.
type memory struct{ authz.Records }

func (m *memory) Put(r authz.Record, raw json.RawMessage) error { return m.Keep(r, raw) }

func (m *memory) Cover(c authz.Coverage) error {
	m.CoverageLedger = append(m.CoverageLedger, c)
	return nil
}

func readBundle(t testing.TB, name string, fsys fs.FS) *authz.Records {
	t.Helper()
	var m memory
	if err := bundle.New(fsys, name, bundle.Options{}).Collect(context.Background(), &m); err != nil {
		t.Fatalf("reading %s: %v", name, err)
	}
	m.About.TakenAt = simulator.Moment()
	return &m.Records
}

// bases are the organizations that the tests of shipped rules start from.
func bases(t testing.TB) map[string]rules.Base {
	t.Helper()
	return map[string]rules.Base{
		"told":  {Records: readBundle(t, "told", simulator.Told()), Config: simulator.ToldConfig()},
		"clean": {Records: readBundle(t, "clean", simulator.Clean()), Config: simulator.CleanConfig()},
	}
}

func shipped(t testing.TB) *rules.Set {
	t.Helper()
	set, err := rules.Load(rules.Shipped(), rules.LoadOptions{})
	if err != nil {
		t.Fatalf("Load(Shipped()):\n%v", err)
	}
	return set
}
