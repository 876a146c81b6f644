package rest

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// userPage is a page of 500 users, about 150 KB.
func userPage() []byte {
	var b strings.Builder
	b.WriteString(`{"entities":[`)
	for i := range 500 {
		fmt.Fprintf(&b, `{"id":"8f4c1f0e-90a5-4a4c-8f6f-%012d","name":"Agent %d","division":{"id":"d%d","name":"BPO %d"},"email":"agent%d@example.com","state":"active","version":%d,"acdAutoAnswer":false,"username":"agent%d@example.com","selfUri":"/api/v2/users/%d"},`,
			i, i, i%7, i%7, i, i%30, i, i)
	}
	return []byte(strings.TrimSuffix(b.String(), ",") + `],"total":500,"pageCount":1,"pageSize":500,"pageNumber":1}`)
}

// BenchmarkDo asks a server on loopback for pages of 500 users: reading,
// checking, clearing of secrets, and keeping.
func BenchmarkDo(b *testing.B) {
	page := userPage()
	for _, kept := range []bool{false, true} {
		b.Run(fmt.Sprintf("kept=%v", kept), func(b *testing.B) {
			w := newWorld(b, func(rw http.ResponseWriter, _ *http.Request) { rw.Write(page) }, func(o *Options) {
				o.Observe = nil
				if kept {
					o.Log = openTestLog(b, filepath.Join(b.TempDir(), "log"))
				}
			})
			var n atomic.Int64
			b.SetBytes(int64(len(page)))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := w.Do(b.Context(), Get("/api/v2/users", "pageNumber", fmt.Sprint(n.Add(1)))); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkLog appends pages of 500 users to a real file, replays them, and
// opens a log of 400 of them.
func BenchmarkLog(b *testing.B) {
	page := userPage()
	fill := func(b *testing.B, l *Log, from, n int) {
		a := testAnswer(0)
		a.body = page
		for i := range n {
			if err := l.append(slot{askKey{method: "GET", path: "/u", query: fmt.Sprint(from + i)}, 0}, a); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("append", func(b *testing.B) {
		l, err := OpenLog(filepath.Join(b.TempDir(), "log"), LogOptions{Source: testSource})
		if err != nil {
			b.Fatal(err)
		}
		defer l.Close()
		b.SetBytes(int64(len(page)))
		n := 0
		for b.Loop() {
			fill(b, l, n, 1)
			n++
		}
		b.ReportMetric(float64(l.end)/float64(n), "stored-B/page")
	})
	path := filepath.Join(b.TempDir(), "log")
	l := openTestLog(b, path)
	fill(b, l, 0, 400)
	l.Close()
	b.Run("replay", func(b *testing.B) {
		l := openTestLog(b, path)
		defer l.Close()
		b.SetBytes(int64(len(page)))
		n := 0
		for b.Loop() {
			key := askKey{method: "GET", path: "/u", query: fmt.Sprint(n % 400)}
			l.asks[key].next = 0
			if _, a, err := l.next(key); err != nil || a == nil {
				b.Fatal(a, err)
			}
			n++
		}
	})
	b.Run("open", func(b *testing.B) {
		b.SetBytes(int64(400 * len(page)))
		for b.Loop() {
			openTestLog(b, path).Close()
		}
	})
}
