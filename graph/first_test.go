package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// The first derivation is of the first permission that is held whole, over the
// first division of those that are asked for, in whatever order they are.
func TestFirst(t *testing.T) {
	t.Parallel()
	a := mustAsk(t, `
division a
division b
division c
catalogue x:free:view unlimited
catalogue x:lim:view aware
catalogue x:other:view aware
role f x:free:view
role l x:lim:view
role fl x:free:view
role fl x:lim:view
role o x:other:view
user l-b-a
user f-c
user fl-b
user fl-c
user fl-all
user l-b-f-c
user l-c
user o-a
grant l-b-a l b
grant l-b-a l a
grant f-c f c
grant fl-b fl b
grant fl-c fl c
grant fl-all fl
grant l-b-f-c l b
grant l-b-f-c f c
grant l-c l c
grant o-a o a
user in-g
user in-odd
user in-g-fl-b
user in-both
user look-s
user look-in
group first in-g in-g-fl-b in-both
group odd in-odd in-both roles=false
group second in-both
group a-narrow look-in
role s x:lim:view scope=self
role fl2 x:free:view
role fl2 x:lim:view
grant first f b
grant first fl b
grant odd fl a
grant second l a
grant in-g-fl-b fl2 b
grant look-s s a
grant look-s fl b
grant look-in fl b
grant a-narrow s a
grant a-narrow f b
`, askedOptions{})
	perm := func(s string) graph.Perm {
		p, _ := authz.ParsePattern(s)
		return a.g.Perm("o", p)
	}
	div := func(id string) uint32 {
		d, _ := a.g.FindDivision(authz.Key{Org: "o", Kind: authz.KindDivision, ID: id})
		return d
	}
	found := 0
	for _, perms := range [][]graph.Perm{
		{perm("x:free:view"), perm("x:lim:view")},
		{perm("x:lim:view"), perm("x:free:view")},
		{perm("x:other:view"), perm("x:free:view"), perm("x:lim:view")},
		{perm("x:other:view"), perm("x:lim:view"), perm("x:free:view")},
		{perm("x:free:view"), perm("x:free:view")},
		{perm("x:lim:view")},
	} {
		for _, divs := range [][]uint32{{div("a"), div("b")}, {div("b"), div("a")}, {div("b")}, {div("a"), div("b"), div("c")}} {
			f := a.g.First("o", perms, divs)
			if f == nil {
				t.Fatal("derivations cannot be found")
			}
			for p := range a.g.Acting().All() {
				want, held := firstWhole(a.g, p, perms, divs)
				got, ok := f.Of(p)
				if strings.HasPrefix(a.g.Principal(p).Key.ID, "look-") && slices.ContainsFunc(perms, func(m graph.Perm) bool { return m.Name == "x:lim:view" }) {
					if ok {
						t.Errorf("%s: a derivation, though lines have to be looked at", a.g.Principal(p).Key.ID)
					}
					continue
				}
				if ok != held || (ok && fmt.Sprint(got.Own, got.Perm, got.Division) != fmt.Sprint(want.Own, want.Perm, want.Division)) {
					t.Errorf("%s: permission %d over division %d (%v, its own %v); want %d over %d (%v, %v)", a.g.Principal(p).Key.ID, got.Perm, got.Division, ok, got.Own, want.Perm, want.Division, held, want.Own)
					continue
				}
				if diff := cmp.Diff(want.Reason, got.Reason); ok && got.Own && diff != "" {
					t.Errorf("%s: %s", a.g.Principal(p).Key.ID, diff)
				}
				if ok {
					found++
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d derivations", found)
	}
}

// firstWhole asks for each permission over each division, one after the other.
func firstWhole(g *graph.Graph, p uint32, perms []graph.Perm, divs []uint32) (out graph.FirstReason, ok bool) {
	for i, m := range perms {
		for j, d := range divs {
			if list := g.Reasons(p, m, d); len(list) > 0 && list[0].Level == graph.Whole {
				return graph.FirstReason{Perm: i, Division: j, Reason: list[0], Own: len(list[0].Path) == 0}, true
			}
		}
	}
	return out, false
}

// All grants are those that there are, each once, in order.
func TestAllGrants(t *testing.T) {
	t.Parallel()
	g := mustAsk(t, lawRole+"user ada\nuser bo\nuser cy\ngroup g\ngrant ada r a\ngrant ada r b\ngrant cy r\ngrant g r a", askedOptions{}).g
	all := slices.Collect(g.AllGrants())
	var want []graph.Grant
	for i := range g.Grants() {
		want = append(want, g.Grant(i))
	}
	if len(all) != 4 || !slices.Equal(all, want) {
		t.Errorf("all grants: %+v; want %+v", all, want)
	}
	for range g.AllGrants() {
		break // whoever has enough is given no more
	}
}

// Grants are sorted in whatever order they are told, and one that is told twice, with
// its subject's type and without, is one of the earlier date.
func TestGrantsAreSortedAndTold(t *testing.T) {
	t.Parallel()
	g := mustAsk(t, lawRole+"role s routing:queue:edit\nuser bo\nuser ada\ngrant user:bo s a\ngrant ada s b\ngrant user:ada r b at=2026-01-02T00:00:00Z\n"+
		"grant ada r\ngrant ada s a\ngrant subject:ada r b at=2026-01-01T00:00:00Z\ngrant bo r a\ngrant ada r a", askedOptions{}).g
	var got []string
	for gr := range g.AllGrants() {
		where := "*"
		if gr.Division != graph.AnyDivision {
			where = g.Divisions()[gr.Division].Key.ID
		}
		got = append(got, fmt.Sprint(g.NodeKey(gr.Node).ID, " ", g.Role(gr.Role).Key.ID, " ", where, " ", gr.MadeAt/(24*3600*1000)))
	}
	if want := []string{"ada r a 0", "ada r b 20454", "ada r * 0", "ada s a 0", "ada s b 0", "bo r a 0", "bo s a 0"}; !slices.Equal(got, want) {
		t.Errorf("grants %q; want %q", got, want)
	}
}
