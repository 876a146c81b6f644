package graph

import (
	"errors"
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// manyRecords is an organization that has something of everything an image holds.
func manyRecords() *authz.Records {
	for seed := int64(0); ; seed++ {
		r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Users: 6})
		g, err := Build(r, Options{})
		if err == nil && len(g.principals) > 8 && len(g.principals)%64 != 0 && len(g.cells) > 2 && len(g.dangling) > 0 &&
			slices.ContainsFunc(g.orgs, func(o *org) bool { return len(o.totals) > 0 }) && len(g.things.queues.val) > 0 {
			return r
		}
	}
}

// A number that points just behind what there is is refused, the one before is not.
func TestImageNumbersOutside(t *testing.T) {
	r := manyRecords()
	g, err := Build(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	data := imageOf(t, g, r)
	nodes := uint32(g.Nodes())
	last := func(c *csr, limit uint32) func(uint32) {
		return func(over uint32) { c.val = append(slices.Clone(c.val[1:]), limit-1+over) }
	}
	for name, set := range map[string]func(b *body) func(over uint32){
		"division of a principal": func(b *body) func(uint32) {
			return func(over uint32) { b.principals[0].Division = uint32(len(b.divisions)) - 1 + over }
		},
		"role of a grant": func(b *body) func(uint32) {
			return func(over uint32) { b.grants[0].role = uint32(b.roles) - 1 + over }
		},
		"division of a grant": func(b *body) func(uint32) {
			return func(over uint32) { b.grants[0].div = uint32(len(b.divisions)) - 1 + over }
		},
		"role of a cell": func(b *body) func(uint32) {
			return func(over uint32) { b.cells[0].role = uint32(b.roles) - 1 + over }
		},
		"division of a cell": func(b *body) func(uint32) {
			return func(over uint32) { b.cells[0].div = uint32(len(b.divisions)) - 1 + over }
		},
		"begin of a cell": func(b *body) func(uint32) { return func(over uint32) { b.cells[1].from += over } },
		"subject":         func(b *body) func(uint32) { return func(over uint32) { b.posting[0] = nodes - 1 + over } },
		"trustee": func(b *body) func(uint32) {
			return func(over uint32) { b.totals[0] = []uint32{uint32(len(b.principals)) - 1 + over} }
		},
		"who acts": func(b *body) func(uint32) {
			return func(over uint32) { b.acting.Add(uint32(len(b.principals)) - 1 + over) }
		},
		"who is dormant": func(b *body) func(uint32) {
			return func(over uint32) { b.dormant.Add(uint32(len(b.principals)) - 1 + over) }
		},
		"what holds":        func(b *body) func(uint32) { return last(&b.up, nodes) },
		"what is acted as":  func(b *body) func(uint32) { return last(&b.acts, nodes) },
		"who acts as it":    func(b *body) func(uint32) { return last(&b.actors, uint32(len(b.principals))) },
		"queue":             func(b *body) func(uint32) { return last(&b.list, uint32(len(b.principals)+b.resources)) },
		"what is held":      func(b *body) func(uint32) { return last(&b.down, nodes) },
		"first of a chain":  func(b *body) func(uint32) { return func(over uint32) { b.index.first[0] = nodes - 1 + over } },
		"next of a chain":   func(b *body) func(uint32) { return func(over uint32) { b.index.next[0] = nodes - 1 + over } },
		"chain of itself":   func(b *body) func(uint32) { return func(over uint32) { b.index.next[1] = 2 - over } },
		"end of the grants": func(b *body) func(uint32) { return func(over uint32) { b.byNode[nodes] += over } },
		"number of principals": func(b *body) func(uint32) {
			return func(over uint32) { b.acting = append(b.acting, make(Set, over)...) }
		},
	} {
		for over := range uint32(2) {
			im, err := openImage(slices.Clone(data))
			if err != nil {
				t.Fatal(err)
			}
			b, err := im.body()
			if err != nil {
				t.Fatal(err)
			}
			own(b)
			set(b)(over)
			if err := b.check(nil); errors.Is(err, ErrImage) != (over == 1) {
				t.Errorf("%s, %d behind the last: %v", name, over, err)
			}
		}
	}
}

// own makes lists of a body that lie in the image its own, so that they can be written.
func own(b *body) {
	b.grants, b.cells, b.posting = slices.Clone(b.grants), slices.Clone(b.cells), slices.Clone(b.posting)
	b.acting, b.dormant, b.byNode = b.acting.Clone(), b.dormant.Clone(), slices.Clone(b.byNode)
	b.index.first, b.index.next = slices.Clone(b.index.first), slices.Clone(b.index.next)
}

// Wherever the sections of an image come to lie, it can be read; and so can that of no
// records.
func TestImageOfAnyKey(t *testing.T) {
	for _, r := range []*authz.Records{manyRecords(), {}} {
		g, err := Build(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		keys, err := r.Keys()
		if err != nil {
			t.Fatal(err)
		}
		for n := range 2 * imageAlign {
			key := string(make([]byte, n))
			var b alignedBuffer
			if err := g.WriteImage(&b, key, keys); err != nil {
				t.Fatal(err)
			}
			im, err := OpenImage(b.data, key)
			if err != nil {
				t.Fatalf("a key of %d: %v", n, err)
			}
			if _, err := Build(r, Options{Image: im}); err != nil {
				t.Fatalf("a key of %d: %v", n, err)
			}
		}
	}
}

type alignedBuffer struct{ data []byte }

func (b *alignedBuffer) Write(p []byte) (int, error) {
	b.data = append(b.data, p...)
	return len(p), nil
}

// A list whose lengths lead beyond its end, or end in the middle, is refused.
func TestSplitList(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		bad  bool
	}{{"", 0, false}, {"\x01a\x00", 2, false}, {"\x01a", 2, true}, {"\x02a", 1, true}, {"\x80", 1, true}, {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 1, true}} {
		d := &decoder{}
		if list := d.splitList(tt.text, tt.n); d.bad != tt.bad || (!tt.bad && len(list) != tt.n) {
			t.Errorf("%q: %q, refused %v; want %v", tt.text, list, d.bad, tt.bad)
		}
	}
}
