package report_test

import (
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

// BenchmarkForms makes the document of a generated organization with some of every
// fault, audited by every rule, and writes each form of it. Beside time and
// allocations it tells the size of the form with all its files (MB) and the most
// that the heap held meanwhile (heap-MB), the model and the document among it.
// GRANTGRAPH_BENCH=L adds size L.
func BenchmarkForms(b *testing.B) {
	sizes := []simulator.Size{simulator.SizeS, simulator.SizeM}
	if os.Getenv("GRANTGRAPH_BENCH") == string(simulator.SizeL) {
		sizes = append(sizes, simulator.SizeL)
	}
	for _, size := range sizes {
		m, r := auditedModel(b, size)
		name := fmt.Sprintf("principals=%d/", m.Graph.Principals())
		document := func() *report.Document {
			d, err := report.New(m, r, report.Options{Tool: "test"})
			if err != nil {
				b.Fatal(err)
			}
			return d
		}
		measure(b, name+"document", func(io.Writer) error {
			document()
			return nil
		})
		d := document()
		for _, form := range writers() {
			measure(b, name+form.name, func(w io.Writer) error { return form.write(w, d, unnamed(w)) })
		}
	}
}

func auditedModel(b *testing.B, size simulator.Size) (*analyzer.Model, *rules.Result) {
	b.Helper()
	set, err := rules.Load(rules.Shipped(), rules.LoadOptions{})
	if err != nil {
		b.Fatal(err)
	}
	m := generated(b, size, 1)
	r, err := rules.Audit(b.Context(), m, set, rules.AuditOptions{Principals: report.Listed})
	if err != nil {
		b.Fatal(err)
	}
	return m, r
}

// unnamed puts what is written beside a form into the same place.
func unnamed(w io.Writer) func(string) (io.WriteCloser, error) {
	return func(string) (io.WriteCloser, error) { return unclosed{w}, nil }
}

func measure(b *testing.B, name string, write func(io.Writer) error) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		var size atomic.Int64
		peak := watchHeap()
		for b.Loop() {
			size.Store(0)
			if err := write(counted{&size}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(size.Load())/1e6, "MB")
		b.ReportMetric(float64(peak())/1e6, "heap-MB")
	})
}

// watchHeap looks at the heap until the function is called that it returns, which
// tells the most that it saw, in bytes.
func watchHeap() func() uint64 {
	end, ended := make(chan struct{}), make(chan uint64)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		most := uint64(0)
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-end:
				ended <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(end)
		return <-ended
	}
}

// counted counts bytes, from several goroutines.
type counted struct{ n *atomic.Int64 }

func (c counted) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
