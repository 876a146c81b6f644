package simulator_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// written are the organizations that are written by hand.
func written() map[string]fs.FS {
	return map[string]fs.FS{"told": simulator.Told(), "clean": simulator.Clean()}
}

// imported reads one of them.
func imported(t *testing.T, name string) *authz.Records {
	t.Helper()
	var k keeper
	if err := bundle.New(written()[name], name, bundle.Options{}).Collect(context.Background(), &k); err != nil {
		t.Fatal(err)
	}
	return &k.Records
}

func TestWrittenFilesAreJSON(t *testing.T) {
	t.Parallel()
	for name, fsys := range written() {
		files, err := fs.Glob(fsys, "*.json")
		if err != nil || len(files) < 20 {
			t.Errorf("%s: %d files, %v", name, len(files), err)
		}
		for _, file := range files {
			data, err := fs.ReadFile(fsys, file)
			if err != nil || !json.Valid(data) {
				t.Errorf("%s/%s: no JSON: %v", name, file, err)
			}
		}
	}
}

func TestWrittenReferences(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"told": {
			// Case 14: a user and a role that were deleted.
			"grant:u-ben/role-retired-2025/div-bpo-b -> role:role-retired-2025",
			"grant:u-greta/role-bpo-supervisor/div-bpo-a -> user:u-greta",
			// Case 15: the list of trustees' groups is missing.
			"grant:tg-northwind-night/role-partner-support/div-bpo-b -> trustee_group:tg-northwind-night",
		},
		"clean": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, dangling(imported(t, name)), asSets()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// asSets compares lists as sets.
func asSets() cmp.Option {
	return cmp.Transformer("set", func(list []string) map[string]bool {
		m := map[string]bool{}
		for _, s := range list {
			m[s] = true
		}
		return m
	})
}

func TestWrittenIDsAreUnique(t *testing.T) {
	t.Parallel()
	for name := range written() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := imported(t, name)
			seen := map[authz.Key]bool{}
			once := func(k authz.Key) {
				if seen[k] {
					t.Errorf("%s is there twice", k)
				}
				seen[k] = true
			}
			eachRecord(r, once)
			for _, g := range r.Grant {
				if g.Source == "grants" { // a client's own role-divisions tell the same grants again
					once(g.Key())
				}
			}
		})
	}
}

func TestWrittenCoverage(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]authz.List{"told": {authz.ListTrusteeGroups}, "clean": nil} {
		var gaps []authz.List
		for _, line := range imported(t, name).CoverageLedger {
			if line.IsGap() {
				gaps = append(gaps, line.List)
			}
			if line.Status == authz.StatusReading {
				t.Logf("%s: %s: %s", name, line.Source, line.Reason)
			}
		}
		if diff := cmp.Diff(want, gaps); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestConfigurationsParse(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"told": simulator.ToldConfig(), "clean": simulator.CleanConfig()} {
		if _, err := config.Parse(name+".yaml", data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, o := range variants() {
		plan, _ := generated(t, o)
		if _, err := config.Parse(name(o), plan.Config); err != nil {
			t.Errorf("%s: %v\n%s", name(o), err, plan.Config)
		}
	}
}
