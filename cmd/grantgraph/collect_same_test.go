package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
)

// runPlain runs a command without an environment.
func runPlain(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	none := func(string) string { return "" }
	status = run(t.Context(), args, none, strings.NewReader(""), &out, &errs, time.Now)
	return status, out.String(), errs.String()
}

// accessOf returns the access of every principal of a snapshot, dormant ones
// included, a line for each.
func accessOf(t *testing.T, db, form string) string {
	t.Helper()
	status, out, errs := runPlain(t, "access", "--all", "-o", "jsonl", "--form", form, "--include-dormant", "--allow-gaps", "--snapshot", db)
	if status != statusDone || strings.Count(out, "\n") < 20 {
		t.Fatalf("the access of all of %s: status %d, %d lines: %s", db, status, strings.Count(out, "\n"), errs)
	}
	return out
}

// A snapshot that was collected over HTTP has the content, and gives every
// principal the access, of one that was imported from the same organization.
func TestCollectedIsImported(t *testing.T) {
	made := filepath.Join(t.TempDir(), "made")
	if status, _, errs := runPlain(t, "simulate", "--size", "S", "--seed", "7", "-o", made); status != statusDone {
		t.Fatalf("simulate: status %d: %s", status, errs)
	}
	for name, fsys := range map[string]fs.FS{"told": simulator.Told(), "clean": simulator.Clean(), "generated": os.DirFS(made)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			// What the platform has no list of is in neither.
			if err := os.CopyFS("org", fsys); err != nil {
				t.Fatal(err)
			}
			for _, file := range []string{"views", "reports", "unused_roles", "objects", "audits"} {
				if err := os.Remove(filepath.Join("org", file+".json")); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
			withoutRegion(t, filepath.Join("org", "organization.json"))
			site := serveFrom(t, os.DirFS("org"), platform.Options{})
			if status, _, errs := runAgainst(t.Context(), t, site, nil, "-o", "live.db", "--allow-gaps", "--usage-days", "365"); status != statusDone {
				t.Fatalf("collect: status %d: %s", status, errs)
			}
			if status, _, errs := runPlain(t, "collect", "--from", "org", "-o", "file.db", "--allow-gaps"); status != statusDone {
				t.Fatalf("collect --from: status %d: %s", status, errs)
			}
			form := "rows"
			if name == "generated" { // a thousand people: shorter, and as much
				form = "factored"
			}
			live, file := accessOf(t, "live.db", form), accessOf(t, "file.db", form)
			if live != file {
				t.Errorf("the access of all differs:\n%s", firstDifference(live, file))
			}
			if live, file := sealedDigest(t, "live.db"), sealedDigest(t, "file.db"); live != file {
				t.Errorf("content digest = %s over HTTP, %s imported", live, file)
			}
		})
	}
}

// withoutRegion drops from an organization what the API does not tell of it.
func withoutRegion(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var org map[string]any
	if err := json.Unmarshal(b, &org); err != nil {
		t.Fatal(err)
	}
	delete(org, "region")
	if b, err = json.Marshal(org); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// firstDifference returns what stands around the first byte that differs.
func firstDifference(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	part := func(s string) string { return s[max(0, n-200):min(len(s), n+200)] }
	return strings.Join([]string{part(a), part(b)}, "\n--- and\n")
}
