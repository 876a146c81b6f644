package xlsx

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/rules"
)

// office finds the office program, or skips the test.
func office(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"soffice", "libreoffice"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no LibreOffice on this machine: the workbook is not opened in one")
	return ""
}

// converted writes a workbook, lets the office program read it and write it anew,
// and opens what it wrote.
func converted(t *testing.T, raw []byte) *excelize.File {
	t.Helper()
	binary, dir := office(t), t.TempDir()
	in := filepath.Join(dir, "report.xlsx")
	if err := os.WriteFile(in, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out := filepath.Join(dir, "out")
	cmd := exec.CommandContext(ctx, binary, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx", "--outdir", out, in)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, word := range []string{"repair", "corrupt", "could not be loaded"} {
		if strings.Contains(strings.ToLower(string(text)), word) {
			t.Errorf("the program says: %s", text)
		}
	}
	f, err := excelize.OpenFile(filepath.Join(out, "report.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestOffice compares every cell that LibreOffice reads with what was written.
func TestOffice(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short")
	}
	d := small(t)
	f, raw := workbook(t, d, MostRows, files{})
	g := converted(t, raw)
	for _, sheet := range f.GetSheetList() {
		want, got := rowsOfSheet(t, f, sheet), rowsOfSheet(t, g, sheet)
		if len(want) != len(got) {
			t.Errorf("sheet %s has %d rows; want %d", sheet, len(got), len(want))
			continue
		}
		for i := range want {
			for k, w := range want[i] {
				v := ""
				if k < len(got[i]) {
					v = got[i][k]
				}
				if !sameValue(v, w) {
					t.Errorf("sheet %s, row %d, column %d is %.80q; want %.80q", sheet, i+1, k+1, v, w)
				}
			}
		}
	}
	findingsAsJSON(t, d.WriteJSON, rowsOfSheet(t, g, "Findings"))
}

// sameValue compares cells: programs write numbers in their own ways, and lines
// end as one.
func sameValue(a, b string) bool {
	clean := strings.NewReplacer("\r\n", "\n", "\r", "\n", "_x000D_", "\n")
	if clean.Replace(a) == clean.Replace(b) {
		return true
	}
	x, err := strconv.ParseFloat(a, 64)
	if err != nil {
		return false
	}
	y, err := strconv.ParseFloat(b, 64)
	return err == nil && x-y < 1e-6 && y-x < 1e-6
}

// findingsAsJSON compares the sheet of findings with the JSON of the same run.
func findingsAsJSON(t *testing.T, write func(io.Writer) error, rows [][]string) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	var r struct {
		Findings []struct {
			rules.Finding
			Who struct{ Count int }
		}
		Accepted, Fixed []any
	}
	if err := json.Unmarshal(b.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if want := len(r.Findings) + len(r.Accepted) + len(r.Fixed); len(rows)-1 != want {
		t.Fatalf("%d findings; want %d", len(rows)-1, want)
	}
	for i, f := range r.Findings {
		row := rows[i+1]
		for k, want := range map[int]string{
			0: f.Severity.String(), 1: f.Rule, 2: text(f.Title), 3: f.Status, 4: text(f.Message), 6: strconv.Itoa(f.Who.Count),
		} {
			if row[k] != want {
				t.Errorf("finding %s, column %d is %q; want %q", f.Fingerprint, k+1, row[k], want)
			}
		}
		if last := row[len(row)-1]; last != f.Fingerprint {
			t.Errorf("row %d is finding %q; want %q", i+2, last, f.Fingerprint)
		}
	}
}
