package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Every answer is the same to the byte with one processor and with eight, with an
// analysis aid and without. It must not run beside other tests: the number of
// processors is the process's.
func TestWorkersChangeNoAnswer(t *testing.T) {
	if underRace {
		t.Skip("what is shared between workers is raced elsewhere")
	}
	db, config := simulated(t, "5")
	questions := [][]string{
		{"who", "can", "see", "BPO_B", "-o", "json", "--reasons", "one", "--permissions"},
		{"who", "could", "see", "BPO_A", "-o", "jsonl"},
		{"access", "--all", "-o", "jsonl"},
		{"matrix", "-o", "json"},
		{"audit", "-o", "json"},
	}
	ask := func(workers int, aids string, q []string) said {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
		return say(t, aids, append(q, "--snapshot", db, "--config", config)...)
	}
	for _, q := range questions {
		want := ask(1, "off", q)
		if want.out == "" {
			t.Fatalf("%s: %+v", strings.Join(q, " "), want)
		}
		for _, aids := range []string{"off", "always"} {
			if got := ask(8, aids, q); got != want {
				t.Errorf("%s, aids %s: eight workers answer otherwise than one", strings.Join(q, " "), aids)
			}
		}
	}
	one, eight := reportWith(t, 1, db, config), reportWith(t, 8, db, config)
	for name, want := range one {
		if !bytes.Equal(eight[name], want) {
			t.Errorf("report: %s is another with eight workers", name)
		}
	}
}

// reportWith writes a report in every form and returns its files.
func reportWith(t *testing.T, workers int, db, config string) map[string][]byte {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
	dir := t.TempDir()
	s := say(t, "off", "report", "-o", dir, "--form", "html,xlsx,csv,json,jsonl,markdown,sarif,oscal", "--snapshot", db, "--config", config)
	if s.code > 1 {
		t.Fatalf("report: %+v", s)
	}
	files := map[string][]byte{}
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(list) < 7 {
		t.Fatalf("report wrote %d files: %v", len(list), err)
	}
	for _, path := range list {
		if files[filepath.Base(path)], err = os.ReadFile(path); err != nil && !isFolder(path) {
			t.Fatal(err)
		}
	}
	return files
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
