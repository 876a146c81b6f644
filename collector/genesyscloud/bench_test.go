package genesyscloud

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
				site := paced(b, org, platform.Options{AllDivisionGrants: true, JobPolls: -1, JobTime: jobTime})
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

// jobTime is how long the platform of the benchmark takes to look for something.
const jobTime = 5 * time.Second

// paced serves a platform in whose time each call takes as long as 300 calls a
// minute do, and each wait as long as it is; nobody waits for it.
func paced(b *testing.B, org *platform.Organization, o platform.Options) *site {
	b.Helper()
	var passed atomic.Int64
	o.Now = func() time.Time { return fakeNow.Add(time.Duration(passed.Load())) }
	s := serveThrough(b, org, o, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			passed.Add(int64(time.Minute / 300))
			h.ServeHTTP(w, r)
		})
	})
	s.sleep = func(ctx context.Context, d time.Duration) error {
		passed.Add(int64(d))
		return ctx.Err()
	}
	return s
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
