package report_test

import (
	"bytes"
	"io"
	"maps"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/html"
	"github.com/grantgraph/grantgraph/report/markdown"
	"github.com/grantgraph/grantgraph/report/oscal"
	"github.com/grantgraph/grantgraph/report/sarif"
	"github.com/grantgraph/grantgraph/report/xlsx"
	"github.com/grantgraph/grantgraph/rules"
)

// kept is a file that stays in memory.
type kept struct{ bytes.Buffer }

func (*kept) Close() error { return nil }

// forms writes every form of a document, and returns the files by name.
func forms(t *testing.T, d *report.Document) map[string][]byte {
	t.Helper()
	side := map[string]*kept{}
	var lock sync.Mutex
	create := func(name string) (io.WriteCloser, error) {
		lock.Lock()
		defer lock.Unlock()
		side[name] = &kept{}
		return side[name], nil
	}
	beside := xlsx.Options{Beside: create}
	out := map[string][]byte{}
	for name, write := range map[string]func(w io.Writer) error{
		"html":     func(w io.Writer) error { return html.Write(w, d) },
		"xlsx":     func(w io.Writer) error { return xlsx.Write(w, d, beside) },
		"json":     d.WriteJSON,
		"jsonl":    d.WriteJSONL,
		"markdown": func(w io.Writer) error { return markdown.Write(w, d) },
		"sarif":    func(w io.Writer) error { return sarif.Write(w, d) },
		"oscal":    func(w io.Writer) error { return oscal.Write(w, d) },
		"csv":      func(io.Writer) error { return xlsx.WriteCSV(d, beside) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b.Len() > 0 {
			out[name] = b.Bytes()
		}
	}
	for name, f := range side {
		out[name] = f.Bytes()
	}
	return out
}

// audited is the document of the organization in which things went wrong, audited
// by every rule that ships.
func audited(t *testing.T) *report.Document {
	t.Helper()
	set, err := rules.Load(rules.Shipped(), rules.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m := told(t)
	r, err := rules.Audit(t.Context(), m, set, rules.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := report.New(m, r, report.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSameBytesEachTime makes everything anew with one and with eight workers, and
// compares every file.
func TestSameBytesEachTime(t *testing.T) { //nolint:paralleltest // it sets the number of workers of the whole process
	was := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(was)
	want := forms(t, audited(t))
	for _, workers := range []int{1, 8} {
		runtime.GOMAXPROCS(workers)
		got := forms(t, audited(t))
		if a, b := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(a, b) {
			t.Fatalf("files %v; want %v", a, b)
		}
		for name := range want {
			if !bytes.Equal(got[name], want[name]) {
				t.Errorf("%s differs with %d workers", name, workers)
			}
		}
	}
}
