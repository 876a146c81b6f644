package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
)

// The scheduled run of docs/reports.md does what the page says: it reports on two
// days, compares the second with the first, and sends what is critical.
func TestScheduledRun(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell on this machine")
	}
	script := reportScript(t, "## A scheduled run")
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "told"), simulator.Told()); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"nightly.sh": script, "grantgraph.yaml": string(simulator.ToldConfig()), "bin/mail": "#!/bin/sh\ncat >\"$DAY.mail\"\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, day := range []string{"2026-11-19", "2026-11-20"} {
		c := exec.CommandContext(t.Context(), "sh", "nightly.sh", "--from", "told")
		c.Dir = dir
		c.Env = append(os.Environ(), "DAY="+day, "PATH="+filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if !strings.Contains(string(out), " findings: ") {
			t.Errorf("no summary line: %s", out)
		}
		if since := strings.Contains(string(out), "0 fixed since "); since != (day == "2026-11-20") {
			t.Errorf("on %s it says: %s", day, out)
		}
		mail, err := os.ReadFile(filepath.Join(dir, day+".mail"))
		if err != nil || !strings.Contains(string(mail), "TI-001") {
			t.Errorf("the message is %.200q, %v", mail, err)
		}
		for _, name := range []string{"report.html", "report.xlsx", "report.sarif", "report.md"} {
			if _, err := os.Stat(filepath.Join(dir, "report-"+day, name)); err != nil {
				t.Error(err)
			}
		}
	}
	jqExample(t, dir, "2026-11-20.db")
}

// jqExample runs the jq program of docs/reports.md on a snapshot of a folder: it prints
// whom the first finding concerns.
func jqExample(t *testing.T, dir, snapshot string) {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Log("no jq on this machine: the example of report.json is not run")
		return
	}
	for _, script := range []string{"grantgraph report --form json -o . --allow-gaps --snapshot " + snapshot, reportScript(t, "## The JSON")} {
		c := exec.CommandContext(t.Context(), "sh", "-c", script)
		c.Dir = dir
		out, err := c.CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) == "" {
			t.Errorf("%s: %.200q, %v", script, out, err)
		}
	}
}

// reportScript is the first script of docs/reports.md behind a heading.
func reportScript(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), heading)
	_, rest, _ = strings.Cut(rest, "```sh\n")
	script, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatalf("docs/reports.md has no script in %q", heading)
	}
	return script
}
