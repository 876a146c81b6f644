package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var updateReadme = flag.Bool("update", false, "rewrite the sessions in the README")

// The sessions of the README are what the program prints: each block of text
// that begins with "$ grantgraph", run in the demo's folder.
func TestReadmeSessions(t *testing.T) {
	file, err := filepath.Abs("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
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
			t.Errorf("README: %s prints\n%s\nwant (go test ./cmd/grantgraph -run Readme -update rewrites it)\n%s", command, got, old)
		}
	}
	if sessions < 2 {
		t.Fatalf("%d sessions in the README; want some", sessions)
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
