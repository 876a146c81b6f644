package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A peer is an engine that holds an organization and answers questions.
type peer interface {
	// Load takes in an organization.
	Load(ctx context.Context, o *organization) error
	// Check says whether a principal has a permission in a division.
	Check(ctx context.Context, q question) (bool, error)
	// Who lists the principals, and Where the divisions, in any order.
	Who(ctx context.Context, q question) ([]int, error)
	Where(ctx context.Context, q question) ([]int, error)
	// Close gives back what the peer holds.
	Close() error
}

// An entry is a peer with what it must be known of it.
type entry struct {
	name  string
	make  func() peer
	notes string // what of its answers is not its own doing
}

func entries() []entry {
	return []entry{
		{"grantgraph", func() peer { return &grantgraphPeer{} }, "all permissions loaded; answers carry how far access reaches"},
		{"sqlite", func() peer { return &sqlitePeer{} }, "all permissions loaded"},
		{"openfga", func() peer { return &openfgaPeer{} }, "asked permissions only"},
		{"spicedb", func() peer { return &spicedbPeer{} }, "asked permissions only"},
		{"casbin", func() peer { return &casbinPeer{} }, "asked permissions only; who and where: it checks one by one"},
		{"cedar", func() peer { return &cedarPeer{} }, "asked permissions only; who and where: batches of checks"},
		{"reference", func() peer { return &referencePeer{} }, "the access model written down plainly: a judge, no contestant"},
	}
}

func peerNames() []string {
	var names []string
	for _, e := range entries() {
		names = append(names, e.name)
	}
	return names
}

func entryOf(name string) entry {
	list := entries()
	return list[slices.IndexFunc(list, func(e entry) bool { return e.name == name })]
}

// measured is what one peer took and answered.
type measured struct {
	Name string
	Load time.Duration
	Held int64 // bytes resident once it is loaded
	Peak int64 // most bytes resident at any time, the drawn records included
	// Answers are those of the questions, in their order; one that was not asked,
	// for want of time, is nil.
	Answers []*answer
}

// An answer is a sorted list of principals or divisions; of a check, empty is no.
type answer struct {
	List []int
	Took time.Duration
}

// measure loads a peer and asks it. The peer sees a copy of the organization
// that forgets the records and facts once they are loaded, so that only what
// the peer itself keeps of them stays.
func measure(ctx context.Context, name string, o organization, questions []question, limit time.Duration) (measured, error) {
	m := measured{Name: name, Answers: make([]*answer, len(questions))}
	p := entryOf(name).make()
	start := time.Now()
	if err := p.Load(ctx, &o); err != nil {
		return m, fmt.Errorf("load: %w", err)
	}
	m.Load = time.Since(start)
	o.records, o.grants, o.members = nil, nil, nil
	debug.FreeOSMemory()
	m.Held = resident("VmRSS")
	if err := m.ask(ctx, p, questions, limit); err != nil {
		return m, err
	}
	m.Peak = resident("VmHWM")
	return m, p.Close()
}

func (m *measured) ask(ctx context.Context, p peer, questions []question, limit time.Duration) error {
	var spent [3]time.Duration
	var warm [3]bool
	for i, q := range questions {
		if spent[q.kind] > limit {
			continue
		}
		if !warm[q.kind] { // what an engine prepares at its first question is not counted
			warm[q.kind] = true
			if _, err := put(ctx, p, q); err != nil {
				return fmt.Errorf("%s: %w", q.kind, err)
			}
			runtime.GC()
		}
		start := time.Now()
		list, err := put(ctx, p, q)
		took := time.Since(start)
		if err != nil {
			return fmt.Errorf("%s: %w", q.kind, err)
		}
		spent[q.kind] += took
		slices.Sort(list)
		m.Answers[i] = &answer{List: list, Took: took}
	}
	return nil
}

// put puts one question to a peer.
func put(ctx context.Context, p peer, q question) ([]int, error) {
	switch q.kind {
	case check:
		ok, err := p.Check(ctx, q)
		if ok {
			return []int{1}, err
		}
		return nil, err
	case who:
		return p.Who(ctx, q)
	default:
		return p.Where(ctx, q)
	}
}

// resident reads a line of the process's memory, in bytes; 0 where the system
// does not tell.
func resident(line string) int64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for text := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(text, line+":"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n << 10
		}
	}
	return 0
}
