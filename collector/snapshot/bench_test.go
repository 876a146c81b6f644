package snapshot

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var sizes = []struct{ users, grants int }{{5_000, 100_000}, {100_000, 2_000_000}}

func writeSynthetic(b *testing.B, path string, users, grants int) {
	b.Helper()
	w, err := Create(path, CreateOptions{Now: clock, Force: true})
	if err != nil {
		b.Fatal(err)
	}
	for rec := range synthetic(users, grants) {
		if err := w.Put(rec, nil); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.Seal(); err != nil {
		b.Fatal(err)
	}
}

func each(b *testing.B, run func(b *testing.B, users, grants int)) {
	for _, s := range sizes {
		b.Run(fmt.Sprintf("grants=%d", s.grants), func(b *testing.B) {
			if os.Getenv("GRANTGRAPH_BENCH") != "L" && s.grants > 100_000 {
				b.Skip("size L: set GRANTGRAPH_BENCH=L")
			}
			run(b, s.users, s.grants)
			b.ReportMetric(float64(s.grants)*float64(b.N)/b.Elapsed().Seconds(), "grants/s")
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	each(b, func(b *testing.B, users, grants int) {
		path := filepath.Join(b.TempDir(), "s.db")
		for b.Loop() {
			writeSynthetic(b, path, users, grants)
		}
	})
}

// BenchmarkOpen opens a snapshot and reads its keys, which every use begins with.
func BenchmarkOpen(b *testing.B) {
	each(b, func(b *testing.B, users, grants int) {
		path := filepath.Join(b.TempDir(), "s.db")
		writeSynthetic(b, path, users, grants)
		for b.Loop() {
			r, err := Open(path)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := r.Keys(); err != nil {
				b.Fatal(err)
			}
			if err := r.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkUsers(b *testing.B) {
	benchmarkRead(b, func(r *Reader) (int, error) { return count(r.Users()) })
}

func BenchmarkGrants(b *testing.B) {
	benchmarkRead(b, func(r *Reader) (int, error) { return count(r.Grants()) })
}

func BenchmarkGrantSources(b *testing.B) {
	benchmarkRead(b, func(r *Reader) (int, error) { return count(r.GrantSources()) })
}

func benchmarkRead(b *testing.B, read func(*Reader) (int, error)) {
	each(b, func(b *testing.B, users, grants int) {
		path := filepath.Join(b.TempDir(), "s.db")
		writeSynthetic(b, path, users, grants)
		r := open(b, path)
		for b.Loop() {
			if n, err := read(r); err != nil || n == 0 {
				b.Fatal(n, err)
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	each(b, func(b *testing.B, users, grants int) {
		path := filepath.Join(b.TempDir(), "s.db")
		writeSynthetic(b, path, users, grants)
		for b.Loop() {
			if rep, err := Verify(b.Context(), path); err != nil || !rep.Intact {
				b.Fatal(rep, err)
			}
		}
	})
}

func count[T any](in func(func(T, error) bool)) (n int, err error) {
	for _, err := range in {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
