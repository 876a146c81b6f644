package main

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// A liveSite is a platform on loopback, with what a process needs to ask it.
type liveSite struct {
	server *platform.Server
	url    string
}

func serveTold(t *testing.T, o platform.Options) *liveSite {
	t.Helper()
	return serveFrom(t, simulator.Told(), o)
}

// serveFrom serves the organization of a bundle.
func serveFrom(t *testing.T, fsys fs.FS, o platform.Options) *liveSite {
	t.Helper()
	org, err := platform.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if o.Rate == 0 {
		o.Rate = -1
	}
	if o.JobPolls == 0 {
		o.JobPolls = -1
	}
	lex := lexicon.Default()
	o.AllDivisionGrants, o.Aware, o.Resolve = true, lex.Aware, lex.Resolve
	s := &liveSite{server: platform.New(org, o)}
	h := httptest.NewServer(s.server)
	t.Cleanup(h.Close)
	s.url = h.URL
	return s
}

// args are those of a collect that asks the site.
func (s *liveSite) args(more ...string) []string {
	return append([]string{"collect", "--api-url", s.url, "--login-url", s.url}, more...)
}

func (s *liveSite) environ() []string {
	return []string{"GENESYSCLOUD_OAUTHCLIENT_ID=" + platform.AuditorID, "GENESYSCLOUD_OAUTHCLIENT_SECRET=" + platform.AuditorSecret}
}

// built builds the program once for a test.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "grantgraph")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return path
}

// The real process is killed at random moments, and the same command run again
// until it ends: the snapshot has the content of one that was not disturbed.
// GRANTGRAPH_KILLS asks for more than a few.
func TestKilledRunGoesOn(t *testing.T) {
	kills := 12
	if s := os.Getenv("GRANTGRAPH_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	}
	if testing.Short() {
		t.Skip("builds and runs the program")
	}
	program := built(t)
	site := serveTold(t, platform.Options{})
	const seed = 11
	rng := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	run := func(limit time.Duration) (ended bool) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, site.args("-o", "k.db", "--allow-gaps")...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), site.environ()...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		if timer.Stop() && err != nil && !strings.Contains(out.String(), "k.db is there already") { // killed after its last word
			t.Fatalf("seed %d: %v\n%s", seed, err, out.String())
		}
		var exit *exec.ExitError
		return !errors.As(err, &exit) || exit.ExitCode() >= 0
	}
	begun := time.Now()
	run(time.Hour)
	took := time.Since(begun)
	want := sealedDigest(t, filepath.Join(dir, "k.db"))
	for kills > 0 {
		removeAll(t, dir)
		for !run(time.Duration(rng.Float64() * 1.1 * float64(took))) {
			kills--
		}
		if got := sealedDigest(t, filepath.Join(dir, "k.db")); got != want {
			t.Fatalf("seed %d: content digest = %s; want %s", seed, got, want)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "k.db.*")); err != nil || len(left) > 0 {
			t.Fatalf("seed %d: left are %v (%v); want nothing but the snapshot", seed, left, err)
		}
	}
}

func removeAll(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
}

func sealedDigest(t *testing.T, path string) string {
	t.Helper()
	r, err := snapshot.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer done(r)
	return r.Info().Digest
}
