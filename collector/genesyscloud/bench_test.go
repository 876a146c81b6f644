package genesyscloud

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
)

// BenchmarkCalls prints the calls that reading takes, and the least that the page
// sizes of the platform allow. GRANTGRAPH_BENCH_SIZES names the sizes, as in "S,M,L".
func BenchmarkCalls(b *testing.B) {
	sizes := os.Getenv("GRANTGRAPH_BENCH_SIZES")
	if sizes == "" {
		sizes = "S"
	}
	for _, size := range strings.Split(sizes, ",") {
		b.Run(size, func(b *testing.B) {
			org, err := platform.Generate(b.Context(), simulator.Options{Size: simulator.Size(size), Seed: 7})
			if err != nil {
				b.Fatal(err)
			}
			before := peak(b)
			for b.Loop() {
				site := serve(b, org, platform.Options{AllDivisionGrants: true, JobPolls: -1})
				src := site.source(b, filepath.Join(b.TempDir(), "log"))
				src.o.Services = nil
				if err := src.Ask(b.Context()); err != nil {
					b.Fatal(err)
				}
				calls, least := site.server.Total(), src.Stats().Least
				b.ReportMetric(float64(calls), "calls")
				b.ReportMetric(float64(least), "least")
				b.ReportMetric(100*float64(calls)/float64(least)-100, "%over")
				b.ReportMetric(float64(peak(b)-before)/1024, "MiB-peak")
			}
		})
	}
}

// peak returns the largest resident size of the process so far in KiB, the
// platform that it serves included; 0 where the system does not tell.
func peak(b *testing.B) int {
	b.Helper()
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if text, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")))
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	return 0
}
