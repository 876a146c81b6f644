package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator/platform"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

// runAgainst runs a command against a site, in a folder.
func runAgainst(ctx context.Context, t *testing.T, s *liveSite, env map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	getenv := func(name string) string {
		if v, ok := env[name]; ok {
			return v
		}
		for _, pair := range s.environ() {
			if k, v, _ := strings.Cut(pair, "="); k == name {
				return v
			}
		}
		return ""
	}
	status = run(ctx, s.args(args...), getenv, strings.NewReader(""), &out, &errs, time.Now)
	return status, out.String(), errs.String()
}

// What goes wrong before anything is read is told with what to do about it.
func TestCollectTellsWhatToDo(t *testing.T) {
	site := serveTold(t, platform.Options{})
	t.Chdir(t.TempDir())
	nobody := serveTold(t, platform.Options{Permissions: []string{}})
	gone := &liveSite{url: "http://127.0.0.1:1"}
	tests := []struct {
		name   string
		site   *liveSite
		env    map[string]string
		args   []string
		status int
		says   string
	}{
		{"bad secret", site, map[string]string{"GENESYSCLOUD_OAUTHCLIENT_SECRET": "wrong"}, nil, statusWrong, "try: grantgraph collect --check"},
		{"no permission", nobody, nil, nil, statusWrong, "--print-role"},
		{"nobody there", gone, nil, nil, statusSurroundings, "127.0.0.1:1"},
		{"folder missing", site, nil, []string{"-o", "nowhere/x.db"}, statusSurroundings, "nowhere"},
		{"no such list", site, nil, []string{"--only", "people"}, statusWrong, `the platform has no list "people"`},
		{"bundle's flag", site, nil, []string{"--taken-at", "2026-11-20"}, statusWrong, "--taken-at: only with --from"},
		{"nothing to resume", site, nil, []string{"--resume"}, statusWrong, "there is no unfinished run"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, _, errs := runAgainst(t.Context(), t, tt.site, tt.env, tt.args...)
			if status != tt.status || !strings.Contains(errs, tt.says) {
				t.Errorf("status %d, %q; want %d and %q", status, errs, tt.status, tt.says)
			}
			if strings.Contains(errs, platform.Canary) {
				t.Errorf("a secret is told: %s", errs)
			}
		})
	}
}

// No secret of client, token or record is in anything that a run writes.
func TestCollectHoldsNoSecret(t *testing.T) {
	site := serveTold(t, platform.Options{Faults: []platform.Fault{{Name: "500", Path: "/oauth/clients", From: 1, Times: 2}}})
	dir := t.TempDir()
	t.Chdir(dir)
	ctx, stop := context.WithCancel(t.Context())
	seen := 0
	watch := func(text string) {
		seen++
		if strings.Contains(text, platform.Canary) {
			t.Errorf("a secret is told: %s", text)
		}
	}
	// A run that is interrupted leaves its answers.
	time.AfterFunc(300*time.Millisecond, stop)
	_, out, errs := runAgainst(ctx, t, site, nil, "-o", "s.db")
	watch(out)
	watch(errs)
	files(t, dir, watch)
	_, out, errs = runAgainst(t.Context(), t, site, nil, "-o", "s.db", "--allow-gaps")
	watch(out)
	watch(errs)
	_, out, errs = runAgainst(t.Context(), t, site, nil, "--check")
	watch(out)
	watch(errs)
	files(t, dir, watch)
	if seen < 8 {
		t.Errorf("%d texts were looked at; want more", seen)
	}
	if refused := site.server.Refused(); len(refused) > 0 {
		t.Errorf("the platform refused %v: the program must only read", refused)
	}
}

// Nor is one in what a report makes of the snapshot.
func TestReportsHoldNoSecret(t *testing.T) {
	site := serveTold(t, platform.Options{})
	dir := t.TempDir()
	t.Chdir(dir)
	if status, _, errs := runAgainst(t.Context(), t, site, nil, "-o", "s.db", "--allow-gaps"); status != statusDone {
		t.Fatalf("collect: status %d: %s", status, errs)
	}
	status, out, errs := runPlain(t, "report", "--form", "html,xlsx,csv,json,sarif,markdown,oscal", "-o", "reports", "--snapshot", "s.db", "--allow-gaps")
	if status != statusDone {
		t.Fatalf("report: status %d: %s", status, errs)
	}
	seen := 0
	watch := func(text string) {
		seen++
		if strings.Contains(text, platform.Canary) {
			t.Errorf("a secret is told: %.300s", text)
		}
	}
	watch(out)
	watch(errs)
	files(t, "reports", watch)
	if seen < 9 {
		t.Errorf("%d texts were looked at; want one of each form", seen)
	}
	parts, err := zip.OpenReader(filepath.Join("reports", workbook(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer done(parts)
	for _, part := range parts.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		watch(string(b))
	}
}

func workbook(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("reports", "*.xlsx"))
	if err != nil || len(names) != 1 {
		t.Fatalf("workbooks are %v (%v); want one", names, err)
	}
	return filepath.Base(names[0])
}

// Whoever reads a snapshot while another takes its place has the old one whole.
func TestReadWhileAnotherIsWritten(t *testing.T) {
	site := serveTold(t, platform.Options{})
	t.Chdir(t.TempDir())
	if status, _, errs := runAgainst(t.Context(), t, site, nil, "-o", "s.db", "--allow-gaps"); status != statusDone {
		t.Fatalf("collect: status %d: %s", status, errs)
	}
	r, err := snapshot.Open("s.db")
	if err != nil {
		t.Fatal(err)
	}
	defer done(r)
	users := 0
	for _, err := range r.Users() {
		if err != nil {
			t.Fatal(err)
		}
		if users++; users == 1 {
			status, _, errs := runAgainst(t.Context(), t, site, nil, "-o", "s.db", "--allow-gaps", "--force")
			if status != statusDone {
				t.Fatalf("the other collect: status %d: %s", status, errs)
			}
		}
	}
	if users < 20 {
		t.Errorf("%d users were read; want all", users)
	}
	again, err := snapshot.Open("s.db")
	if err != nil {
		t.Fatal(err)
	}
	defer done(again)
	if again.Info().Seal == r.Info().Seal {
		t.Error("the file still is the old snapshot; want the new one")
	}
}

// files gives the bytes of every file of a folder.
func files(t *testing.T, dir string, fn func(string)) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fn(string(b))
	}
}

// An interrupt keeps what is there and says how to go on; the same command does.
func TestInterruptedCollect(t *testing.T) {
	site := serveTold(t, platform.Options{Faults: []platform.Fault{{Name: "slow", Path: "/flows", From: 1, Times: 1}}})
	t.Chdir(t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(400*time.Millisecond, stop)
	begun := time.Now()
	status, _, errs := runAgainst(ctx, t, site, nil)
	if status != statusSurroundings || !strings.Contains(errs, "the same command goes on from there") {
		t.Fatalf("status %d, %q; want %d and how to go on", status, errs, statusSurroundings)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the interrupt took %s", took)
	}
	before := site.server.Total()
	status, out, errs := runAgainst(t.Context(), t, site, nil, "--allow-gaps")
	if status != statusDone || !strings.Contains(errs, "going on with the run of") {
		t.Fatalf("status %d, %q; want it to go on", status, errs)
	}
	if left, _ := filepath.Glob("*.answers"); len(left) > 0 || !strings.HasSuffix(strings.TrimSpace(out), ".db") {
		t.Errorf("left are %v, written %q", left, out)
	}
	if site.server.Total() == before {
		t.Error("nothing was asked any more; want the rest")
	}
}

// --verify asks the platform, and finds a grant that was planted after reading.
func TestVerify(t *testing.T) {
	site := serveTold(t, platform.Options{})
	t.Chdir(t.TempDir())
	status, _, errs := runAgainst(t.Context(), t, site, nil, "-o", "v.db", "--allow-gaps", "--verify", "60")
	if !strings.Contains(errs, "60 answers compared with the platform's, 0 differ") || status != statusDone {
		t.Errorf("status %d, %s; want 60 answers that agree", status, errs)
	}
	// A platform that answers otherwise than its lists say.
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/divisionspermitted/paged/") {
			_, _ = w.Write([]byte(`{"allDivsPermitted":true,"entities":[],"total":0}`))
			return
		}
		site.server.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	status, _, errs = runAgainst(t.Context(), t, &liveSite{site.server, h.URL}, nil, "-o", "w.db", "--allow-gaps", "--verify", "5")
	if status != statusBad || !strings.Contains(errs, "the platform says in all divisions, the snapshot ") {
		t.Errorf("status %d, %s; want %d and what differs", status, errs, statusBad)
	}
}
