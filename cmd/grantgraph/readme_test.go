package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

var updateReadme = flag.Bool("update", false, "rewrite the sessions in the README")

// The sessions of the README are what the program prints: each block of text
// that begins with "$ grantgraph", run in the demo's folder.
func TestReadmeSessions(t *testing.T) { sessionsOf(t, "../../README.md", func(string) {}) }

// So are those of the page on cuts.
func TestCutDocSessions(t *testing.T) {
	sessionsOf(t, "../../docs/cut.md", func(dir string) { session(t, dir, []string{"demo"}) })
}

// So is that of the page on differences: a month later some roles of the demo's
// organization give more, and somebody has joined a group.
func TestDiffDocSessions(t *testing.T) {
	sessionsOf(t, "../../docs/diff.md", func(dir string) {
		session(t, dir, []string{"demo"})
		bundled := filepath.Join(dir, "grantgraph-demo", "bundle")
		const line = `{"domain": %q, "entityName": %q, "actionSet": [%q], "allowConditions": false},`
		for role, more := range map[string]string{
			"BPO_Partner_Supervisor": fmt.Sprintf(line, "recording", "recording", "view"),
			"BPO_Roster_Viewer":      fmt.Sprintf(line, "recording", "recording", "view"),
			"BPO_Transfer_Directory": fmt.Sprintf(line, "routing", "queue", "search"),
		} {
			replace(t, filepath.Join(bundled, "roles.json"), fmt.Sprintf(`(?s)("name": %q.*?"permissionPolicies": \[)`, role), "${1}"+more)
		}
		replace(t, filepath.Join(bundled, "group_members.json"), `("g-bpo-a-agents": \[)`, `${1}"u-aldo", `)
		// Not by the command: the seal of its snapshot would be that of this binary.
		december := time.Date(2026, 12, 20, 12, 0, 0, 0, time.UTC)
		if _, err := take(t.Context(), bundle.New(os.DirFS(bundled), "bundle", bundle.Options{}), filepath.Join(dir, "grantgraph-demo", "december.db"), snapshot.CreateOptions{
			Tool: "grantgraph test", Command: "take", Source: "test", Now: func() time.Time { return december },
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// replace replaces what a pattern matches in a file, which must be there.
func replace(t *testing.T, name, pattern, by string) {
	t.Helper()
	was, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	now := regexp.MustCompile(pattern).ReplaceAll(was, []byte(by))
	if bytes.Equal(was, now) {
		t.Fatalf("%s: nothing matches %s", name, pattern)
	}
	if err := os.WriteFile(name, now, 0o600); err != nil {
		t.Fatal(err)
	}
}

// sessionsOf runs the sessions of a page, after something that it does not show.
func sessionsOf(t *testing.T, name string, before func(dir string)) {
	t.Helper()
	file, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	before(dir)
	parts := strings.Split(string(text), "```")
	sessions := 0
	for i := 1; i < len(parts); i += 2 {
		command, old, _ := strings.Cut(strings.TrimPrefix(parts[i], "text\n"), "\n")
		if !strings.HasPrefix(command, "$ grantgraph ") {
			continue
		}
		sessions++
		got := session(t, dir, strings.Fields(command)[2:])
		if got != old && *updateReadme {
			parts[i] = "text\n" + command + "\n" + got
		} else if got != old {
			t.Errorf("%s: %s prints\n%s\nwant (go test ./cmd/grantgraph -run Sessions -update rewrites it)\n%s", name, command, got, old)
		}
	}
	if sessions == 0 {
		t.Fatalf("no sessions in %s; want some", name)
	}
	if *updateReadme {
		if err := os.WriteFile(file, []byte(strings.Join(parts, "```")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// session runs one command as a reader would: the demo where it is, everything
// else in the folder that the demo made.
func session(t *testing.T, dir string, args []string) string {
	t.Helper()
	if args[0] != "demo" {
		t.Chdir(filepath.Join(dir, "grantgraph-demo"))
		defer t.Chdir(dir)
	}
	var out, errs bytes.Buffer
	now := func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }
	if status := run(context.Background(), args, func(string) string { return "" }, strings.NewReader(""), &out, &errs, now); status != 0 {
		t.Fatalf("grantgraph %s: exit status %d\n%s", strings.Join(args, " "), status, errs.String())
	}
	return out.String()
}

// The examples of the documentation of changes and assertions can be asked of
// the demo's organization as they stand.
func TestDocumentedChanges(t *testing.T) {
	dir := t.TempDir()
	block := func(name, language string) string {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "```"+language+"\n")
		example, _, ok := strings.Cut(rest, "```")
		if !ok {
			t.Fatalf("docs/%s has no example", name)
		}
		return example
	}
	changes := filepath.Join(dir, "changes.yaml")
	if err := os.WriteFile(changes, []byte(block("changes.md", "yaml")), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	session(t, dir, []string{"demo"})
	out := session(t, dir, []string{"whatif", "--file", changes, "--allow-gaps", "--no-findings"})
	if !strings.Contains(out, "Changes: 10\n") {
		t.Errorf("whatif prints\n%s\nwant 10 changes", out)
	}
	out = session(t, dir, []string{"assert", "--allow-gaps", "no principal of BPO_B can see HR", "at most 50 users outside BPO_A can see Home users"})
	if !strings.HasPrefix(out, "2 of 2 assertions hold\n") {
		t.Errorf("assert prints\n%s", out)
	}
}
