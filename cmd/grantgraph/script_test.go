package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"grantgraph": main})
}

// TestScripts runs the program as people do. UPDATE_SCRIPTS=1 rewrites what the
// scripts expect.
func TestScripts(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:               scripts(t),
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HERE", here)
			// Under the race detector every program sleeps for a second before it ends, unless told otherwise.
			e.Setenv("GORACE", "atexit_sleep_ms=20")
			e.Setenv("TAKEN", moment0.Format(time.RFC3339))
			address, err := freeAddress()
			e.Setenv("ADDRESS", address)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"folder": cmdFolder, "take": cmdTake, "schema": cmdSchema, "truncate": cmdTruncate, "flip": cmdFlip,
			"mode": cmdMode, "append": cmdAppend, "status": cmdStatus, "harmless": cmdHarmless, "fetch": cmdFetch,
		},
	})
}

// scripts returns the scripts: all of them, or under the race detector, which takes
// ten times as long, those of commands that do several things at once.
func scripts(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(all) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	if !underRace {
		return all
	}
	oneAtATime := []string{
		"access", "assert", "baseline", "complete", "config", "could", "explain", "hostile", "incomplete", "init", "matrix",
		"organizations", "paths", "personas", "rules", "world",
	}
	return slices.DeleteFunc(all, func(path string) bool {
		return slices.Contains(oneAtATime, strings.TrimSuffix(filepath.Base(path), ".txtar"))
	})
}

// moment0 is when the scripts' snapshots are taken.
var moment0 = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// folder NAME DIR writes an organization as a bundle: mini, told or clean. Its
// configuration lies beside it as DIR.yaml.
func cmdFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: folder mini|told|clean DIR")
	}
	var files fs.FS
	var config []byte
	switch args[0] {
	case "told":
		files, config = simulator.Told(), simulator.ToldConfig()
	case "clean":
		files, config = simulator.Clean(), simulator.CleanConfig()
	default:
		files = os.DirFS(filepath.Join(ts.Getenv("HERE"), "testdata", args[0]))
		data, err := os.ReadFile(filepath.Join(ts.Getenv("HERE"), "testdata", args[0]+".yaml"))
		ts.Check(err)
		config = data
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), files))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]+".yaml"), config, 0o600))
}

// take DIR FILE.db takes a snapshot whose seal does not depend on this binary.
func cmdTake(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: take DIR FILE.db")
	}
	_, err := take(context.Background(), bundle.New(os.DirFS(ts.MkAbs(args[0])), args[0], bundle.Options{}), ts.MkAbs(args[1]), snapshot.CreateOptions{
		Tool: "grantgraph test", Command: "take", Source: "test", Now: func() time.Time { return moment0 },
	})
	ts.Check(err)
}

// schema NAME says whether standard output is a document as the schema of that name
// has it; with "lines", whether each line is.
func cmdSchema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: schema NAME [lines]")
	}
	s, err := jsonschema.NewCompiler().Compile(filepath.Join(ts.Getenv("HERE"), "..", "..", "docs", "schema", args[0]+".v1.json"))
	ts.Check(err)
	documents := []string{ts.ReadFile("stdout")}
	if len(args) == 2 {
		documents = strings.Split(strings.TrimSpace(documents[0]), "\n")
	}
	for _, text := range documents {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		ts.Check(err)
		ts.Check(s.Validate(doc))
	}
}

// truncate FILE BYTES cuts a file.
func cmdTruncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// flip FILE TEXT changes the first letter of the first place where a text stands.
func cmdFlip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE TEXT")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	at := bytes.Index(data, []byte(args[1]))
	if at < 0 {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	data[at] ^= 0x01
	ts.Check(os.WriteFile(path, data, 0o600))
}

// append FILE LINE adds a line to a file.
func cmdAppend(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE LINE")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	ts.Check(os.WriteFile(path, append(data, args[1]+"\n"...), 0o600))
}

// mode FILE... says whether only their owner may read files.
func cmdMode(ts *testscript.TestScript, neg bool, args []string) {
	for _, arg := range args {
		matches, err := filepath.Glob(ts.MkAbs(arg))
		ts.Check(err)
		if len(matches) == 0 {
			ts.Fatalf("no file %s", arg)
		}
		for _, path := range matches {
			info, err := os.Stat(path)
			ts.Check(err)
			if got := info.Mode().Perm(); got&0o077 != 0 || neg {
				ts.Fatalf("mode of %s is %o; want nothing for others", path, got)
			}
		}
	}
}

// status N CMD... runs a command that must end with that exit status.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	want := "exit status " + args[0]
	err := ts.Exec(args[1], args[2:]...)
	got := "exit status 0"
	if err != nil {
		got = err.Error()
	}
	if got != want {
		ts.Fatalf("%s: %s; want %s", strings.Join(args[1:], " "), got, want)
	}
}

// harmless says whether what was printed could do nothing to a terminal.
func cmdHarmless(ts *testscript.TestScript, neg bool, args []string) {
	names := args
	if len(names) == 0 {
		names = []string{"stdout", "stderr"}
	}
	for _, name := range names {
		for i, line := range strings.Split(ts.ReadFile(name), "\n") {
			for _, r := range strings.TrimSuffix(line, "\r") {
				if bad := r < ' ' || r == 0x7F || (r >= 0x80 && r < 0xA0) || (r >= 0x200B && r <= 0x200F) || (r >= 0x2028 && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) || r == 0xFEFF; bad {
					ts.Fatalf("%s, line %d holds %U: %q", name, i+1, r, line)
				}
			}
		}
	}
}
