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

// A writer writes one form of a document, and what stands beside it to files that it
// creates.
type writer struct {
	name  string
	write func(io.Writer, *report.Document, func(string) (io.WriteCloser, error)) error
}

// csvFull is the form of writers in which no list is written by class.
const csvFull = "csv-full"

func writers() []writer {
	type create = func(string) (io.WriteCloser, error)
	alone := func(name string, write func(io.Writer, *report.Document) error) writer {
		return writer{name, func(w io.Writer, d *report.Document, _ create) error { return write(w, d) }}
	}
	csv := func(name string, full bool) writer {
		return writer{name, func(_ io.Writer, d *report.Document, beside create) error {
			_, err := xlsx.WriteCSV(d, xlsx.Options{Beside: beside, Full: full})
			return err
		}}
	}
	return []writer{
		alone("html", html.Write),
		{"xlsx", func(w io.Writer, d *report.Document, beside create) error {
			return xlsx.Write(w, d, xlsx.Options{Beside: beside})
		}},
		csv("csv", false),
		csv(csvFull, true),
		alone("json", func(w io.Writer, d *report.Document) error { return d.WriteJSON(w) }),
		alone("jsonl", func(w io.Writer, d *report.Document) error { return d.WriteJSONL(w) }),
		alone("markdown", markdown.Write),
		alone("sarif", sarif.Write),
		alone("oscal", oscal.Write),
	}
}

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
	out := map[string][]byte{}
	for _, form := range writers() {
		if form.name == csvFull {
			continue
		}
		var b bytes.Buffer
		if err := form.write(&b, d, create); err != nil {
			t.Fatalf("%s: %v", form.name, err)
		}
		if b.Len() > 0 {
			out[form.name] = b.Bytes()
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
