package analyzer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// recordSink keeps what a source tells in memory.
type recordSink struct{ authz.Records }

func (s *recordSink) Put(r authz.Record, _ json.RawMessage) error { return s.Records.Put(r) }

func (s *recordSink) Cover(c authz.Coverage) error {
	s.CoverageLedger = append(s.CoverageLedger, c)
	return nil
}

func read(t *testing.T, fsys fs.FS) *authz.Records {
	t.Helper()
	var sink recordSink
	if err := bundle.New(fsys, "told", bundle.Options{}).Collect(context.Background(), &sink); err != nil {
		t.Fatal(err)
	}
	sink.About.TakenAt = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	return &sink.Records
}

func told(t *testing.T) *analyzer.Model {
	t.Helper()
	c, err := config.Parse("told.yaml", simulator.ToldConfig())
	if err != nil {
		t.Fatal(err)
	}
	m, err := analyzer.Build(read(t, simulator.Told()), analyzer.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSpike(t *testing.T) {
	m := told(t)
	tg, note, err := m.FindTarget("BPO_B")
	fmt.Println(note, err)
	a, err := m.Who("see", tg, analyzer.WhoOptions{Reasons: "one"})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range a.Worst() {
		r := a.Answers[i]
		fmt.Println(r.Outside, r.Principal.Kind, r.Principal.ID, r.Principal.Tenant, r.Reach, r.Reasons[0].Permission, r.Reasons[0].Because)
	}
	for _, w := range a.OrganizationWide {
		fmt.Println(w)
	}
	for _, w := range a.Delegated {
		fmt.Println(w.Client.Name, w.Scopes)
	}
	fmt.Println(a.Undetermined, a.Coverage, a.Notes)
	mm := m.Matrix()
	for _, c := range mm.Cells {
		fmt.Println(c.From, c.To, c.Principals, c.Widest, c.Allowed, c.OrganizationWide, c.Permissions)
	}
	p, _, _ := m.FindPrincipal("aldo@bpo-a.example")
	json.NewEncoder(os.Stdout).Encode(m.Access(p, false).Access)
}
