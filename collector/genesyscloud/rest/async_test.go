package rest

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A jobs platform does audit queries: each is done at the third look, and gone
// when the server is told so.
type jobs struct {
	mu      sync.Mutex
	started int
	looks   map[string]int
	gone    map[string]bool
	ends    string // the state of a job that is done
}

func (j *jobs) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v2/audits/query"), "/")
	if r.Method == "POST" {
		j.started++
		fmt.Fprintf(rw, `{"id":"job-%d","state":"Queued"}`, j.started)
		return
	}
	id := parts[1]
	switch {
	case j.gone[id]:
		refuse(rw, 404, "not.found", "no such job")
	case len(parts) == 2:
		j.looks[id]++
		state := "Running"
		if j.looks[id] >= 3 {
			state = j.ends
		}
		fmt.Fprintf(rw, `{"id":%q,"state":%q}`, id, state)
	default:
		(&list{n: 5, clamp: 2}).cursor(rw, r)
	}
}

var audit = Job{
	Start:   Request{Method: "POST", Path: "/api/v2/audits/query", Body: map[string]string{"serviceName": "PeoplePermissions"}},
	State:   func(id string) Request { return Get("/api/v2/audits/query/" + id) },
	Results: func(id string) Request { return Get("/api/v2/audits/query/"+id+"/results", "expand", "user") },
	Size:    2,
}

func newJobs(ends string) *jobs {
	return &jobs{looks: map[string]int{}, gone: map[string]bool{}, ends: ends}
}

func TestAsync(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	j := newJobs("Succeeded")
	for _, calls := range []int{8, 0} {
		l := openTestLog(t, path)
		w := newWorld(t, j.ServeHTTP, func(o *Options) { o.Log = l })
		numbers, sizes, _, err := read(w.Async(t.Context(), audit))
		if err != nil || !slices.Equal(numbers, upTo(5)) || len(w.called()) != calls {
			t.Errorf("%v in pages %v and %d calls, %v: %q", numbers, sizes, len(w.called()), err, w.called())
		}
		if want := 3 * time.Second; calls > 0 && w.clock.total() != want || calls == 0 && w.clock.total() != 0 {
			t.Errorf("waited %v; want %v, and nothing when replayed", w.clock.total(), want)
		}
		l.Close()
	}
}

// TestAsyncGone is interrupted, and goes on when the platform has forgotten the
// job: before its state was known, and in the middle of its results.
func TestAsyncGone(t *testing.T) {
	t.Parallel()
	for _, calls := range []int{1, 2, 4, 5, 6} {
		path := filepath.Join(t.TempDir(), "log")
		j := newJobs("Succeeded")
		l := openTestLog(t, path)
		n := 0
		w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
			if n++; n > calls {
				refuse(rw, 403, "not.authorized", "interrupted")
				return
			}
			j.ServeHTTP(rw, r)
		}, func(o *Options) { o.Log = l })
		if _, _, _, err := read(w.Async(t.Context(), audit)); err == nil {
			t.Fatalf("%d calls: not interrupted", calls)
		}
		l.Close()
		j.gone["job-1"] = true
		for _, again := range []bool{true, false} {
			l = openTestLog(t, path)
			w = newWorld(t, j.ServeHTTP, func(o *Options) { o.Log = l })
			var got []string
			seen := false
			for p, err := range w.Async(t.Context(), audit) {
				if err != nil {
					t.Fatal(err)
				}
				if p.Again {
					got, seen = nil, true
				}
				for _, e := range p.Entities {
					got = append(got, string(e))
				}
			}
			if strings.Join(got, " ") != "1 2 3 4 5" || seen != again || j.started != 2 {
				t.Errorf("interrupted after %d: %q, again %v, %d jobs", calls, got, seen, j.started)
			}
			l.Close()
		}
	}
}

func TestAsyncFails(t *testing.T) {
	t.Parallel()
	l := openTestLog(t, filepath.Join(t.TempDir(), "log"))
	w := newWorld(t, newJobs("Failed").ServeHTTP, func(o *Options) { o.Log = l })
	_, _, _, err := read(w.Async(t.Context(), audit))
	if !isKind[*JobError](err) || !strings.Contains(err.Error(), "ended the job without a result: Failed") || l.Len() != 0 {
		t.Errorf("Async = %v; the log has %d answers, want none", err, l.Len())
	}
	w = newWorld(t, newJobs("Running").ServeHTTP)
	if _, _, _, err := read(w.Async(t.Context(), audit)); !isKind[*BrokenError](err) || !strings.Contains(err.Error(), "the job is running after 15m") {
		t.Errorf("Async of a job that never ends = %v", err)
	}
	w = newWorld(t, says(200, `{"state":"Queued"}`))
	if _, _, _, err := read(w.Async(t.Context(), audit)); !isKind[*BrokenError](err) || !strings.Contains(err.Error(), "has no id of the job") {
		t.Errorf("Async without an id = %v", err)
	}
}

// TestAsyncUsage has a job whose results say themselves how far it is.
func TestAsyncUsage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, failing(
		says(200, `{"executionId":"e1","resultsUri":"/x"}`), says(200, `{"queryStatus":"Running","results":[]}`), says(200, `{"queryStatus":"Complete","results":[1,2]}`)))
	numbers, _, _, err := read(w.Async(t.Context(), Job{
		Start:   Request{Method: "POST", Path: "/api/v2/oauth/clients/c1/usage/query", Body: 1},
		Results: func(id string) Request { return Get("/api/v2/oauth/clients/c1/usage/query/results/" + id) },
	}))
	if err != nil || !slices.Equal(numbers, upTo(2)) {
		t.Errorf("%v, %v", numbers, err)
	}
	if n := len(w.called()); n != 3 { // the answer that says that it is done is the first page
		t.Errorf("%d calls; want 3: %q", n, w.called())
	}
}
