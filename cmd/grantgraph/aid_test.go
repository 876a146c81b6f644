package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
)

// said is all that a command says.
type said struct {
	code     int
	out, err string
}

func say(t *testing.T, aids string, args ...string) said {
	t.Helper()
	env := func(name string) string {
		if name == "GRANTGRAPH_AID" {
			return aids
		}
		return ""
	}
	var out, errs bytes.Buffer
	code := run(context.Background(), args, env, strings.NewReader(""), &out, &errs, func() time.Time { return moment0 })
	return said{code, out.String(), errs.String()}
}

// simulated writes a synthetic snapshot, and returns its path and its configuration's.
func simulated(t *testing.T, seed string) (db, config string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "s.db")
	if s := say(t, "off", "simulate", "--size", "S", "--seed", seed, "-o", db, "--quiet"); s.code != 0 {
		t.Fatalf("simulate: %+v", s)
	}
	return db, strings.TrimSuffix(db, ".db") + ".yaml"
}

// Questions answer the same with an analysis aid as without, to the byte: when it
// is written, when it is read, and when it is damaged or another's.
func TestAidChangesNoAnswer(t *testing.T) {
	t.Parallel()
	db, config := simulated(t, "3")
	questions := [][]string{
		{"who", "can", "see", "BPO_B", "-o", "json", "--reasons", "all", "--permissions"},
		{"who", "can", "edit", "BPO_A", "--include-dormant"},
		{"who", "could", "see", "BPO_B", "-o", "jsonl"},
		{"access", "--all", "-o", "jsonl"},
		{"matrix", "-o", "json"},
		{"paths", "outside:BPO_A", "BPO_A", "--all"},
		{"assert", "no principal of BPO_A can see BPO_B"},
		{"explain", "no-such-body", "routing:queue:view", "BPO_B"},
	}
	if underRace {
		questions = questions[1:2] // the goroutine that reads an image is the same for all, and this is a short one
	}
	want := make([]said, len(questions))
	for i, q := range questions {
		want[i] = say(t, "off", append(q, "--snapshot", db, "--config", config)...)
	}
	same := func(when string, questions ...[]string) {
		t.Helper()
		for i, q := range questions {
			if got := say(t, "always", append(q, "--snapshot", db, "--config", config)...); got != want[i] {
				t.Errorf("%s, %s: got\n%+v\nwant\n%+v", when, strings.Join(q, " "), got, want[i])
			}
		}
	}
	if _, err := os.Stat(db + aidSuffix); err == nil {
		t.Fatal("an aid was written though aids are off")
	}
	same("first", questions...)
	info, err := os.Stat(db + aidSuffix)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the aid: %v, %v", info, err)
	}
	same("with the aid", questions...)
	good, err := os.ReadFile(db + aidSuffix)
	if err != nil {
		t.Fatal(err)
	}
	for when, bad := range map[string][]byte{
		"empty": nil, "cut off": good[:len(good)/2], "another format": []byte(strings.Repeat("x", len(good))), "changed": flipped(good),
	} {
		if err := os.WriteFile(db+aidSuffix, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		same(when, questions[0])
		if again, err := os.ReadFile(db + aidSuffix); err != nil || !bytes.Equal(again, good) {
			t.Errorf("%s: the aid was not made anew: %v", when, err)
		}
	}
}

func flipped(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)*2/3] ^= 0xff
	return b
}

// An aid that was made from other records under this snapshot's seal is found out.
func TestVerifyFindsForgedAid(t *testing.T) {
	t.Parallel()
	db, config := simulated(t, "3")
	other, _ := simulated(t, "4")
	if s := say(t, "always", "matrix", "--snapshot", db, "--config", config); s.code == 2 || s.code == 4 {
		t.Fatal(s)
	}
	if s := say(t, "", "snapshot", "verify", db); s.code != 0 || !strings.Contains(s.out, "analysis aid") {
		t.Fatalf("a good aid: %+v", s)
	}
	mine, err := snapshot.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer done(mine)
	theirs, err := snapshot.Open(other)
	if err != nil {
		t.Fatal(err)
	}
	defer done(theirs)
	g, err := graph.Build(theirs, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := openAid(db, mine)
	a.drop()
	if err := a.write(g, theirs); err != nil {
		t.Fatal(err)
	}
	if s := say(t, "", "snapshot", "verify", db); s.code != 1 || !strings.Contains(s.out, "not the graph of these records: remove ") {
		t.Errorf("a forged aid: %+v", s)
	}
}
