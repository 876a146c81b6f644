package simulator_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// TestGeneratedBundle checks that an organization survives the way through files.
func TestGeneratedBundle(t *testing.T) {
	t.Parallel()
	o := simulator.Options{Size: simulator.SizeS, Seed: 5, Faults: true}
	dir := filepath.Join(t.TempDir(), "organization")
	w, err := bundle.NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := simulator.Generate(context.Background(), o, w, bundle.Entity); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var got keeper
	if err := bundle.New(os.DirFS(dir), "organization", bundle.Options{}).Collect(context.Background(), &got); err != nil {
		t.Fatal(err)
	}
	_, want := generated(t, o)
	have := map[authz.Key]bool{}
	for _, r := range []*authz.Records{&got.Records, &want.Records} {
		here := map[authz.Key]bool{}
		eachRecord(r, func(k authz.Key) { here[k] = true })
		for _, g := range r.Grant {
			here[g.Key()] = true
		}
		for _, m := range r.Member {
			for _, k := range m.Members {
				here[authz.Key{Org: k.Org, Kind: m.Container.Kind, ID: m.Container.ID + "/" + k.ID}] = true
			}
		}
		if r == &got.Records {
			have = here
			continue
		}
		for k := range here {
			if !have[k] {
				t.Errorf("%s is lost", k)
			}
		}
		if len(have) != len(here) {
			t.Errorf("%d records came back, want %d", len(have), len(here))
		}
	}
}
