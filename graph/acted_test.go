package graph

import (
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// A graph with less than another has lists of its own: those of whom others act
// as are worked out anew, and do not go on from the other's, which several workers
// may take things away from at the same time.
func TestActedIsOwn(t *testing.T) {
	t.Parallel()
	g, err := Build(authztest.Parse(t, "org o\ndivision a\nuser ada\nuser bo\ngroup g ada\ngroup h ada bo"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	find := func(k authz.Kind, id string) uint32 {
		n, ok := g.FindNode(authz.Key{Org: "o", Kind: k, ID: id})
		if !ok {
			t.Fatalf("no %s %s", k, id)
		}
		return n
	}
	ada, gr, h := find(authz.KindUser, "ada"), find(authz.KindGroup, "g"), find(authz.KindGroup, "h")
	before := slices.Clone(g.acted)
	if want := []uint32{gr, h}; !slices.Equal(before, want) {
		t.Fatalf("acted = %v; want %v", before, want)
	}
	less := g.Without([]Removal{{Kind: RemoveMember, Node: ada, Into: gr}})
	if want := []uint32{h}; !slices.Equal(less.acted, want) {
		t.Errorf("without ada in g: acted = %v; want %v", less.acted, want)
	}
	if less.actedFor.Has(gr) || !less.actedFor.Has(h) {
		t.Errorf("without ada in g: actedFor has g %v, h %v", less.actedFor.Has(gr), less.actedFor.Has(h))
	}
	if !slices.Equal(g.acted, before) {
		t.Errorf("the graph itself changed: %v", g.acted)
	}
}
