package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// pathsFromAda finds the ways of ada of an organization to everything.
func pathsFromAda(t *testing.T, org string, o graph.PathOptions) graph.Ways {
	t.Helper()
	a := mustAsk(t, org, askedOptions{})
	k, err := a.principal("ada")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := a.g.FindPrincipal(k)
	o.MaxHops = max(o.MaxHops, 3)
	return a.g.Escalations(lexicon.Default().Escalations()).Paths(p, graph.Goal{OnlyTotal: true}, o)
}

// Who holds total control has one way to everything, of no step: what else it
// could do first would add nothing.
func TestPathsOfWhoIsTotal(t *testing.T) {
	t.Parallel()
	w := pathsFromAda(t, inA+`
role all legacy admin
role r user:user:impersonate
grant ada all *
grant ada r *
grant bo all *`, graph.PathOptions{})
	if len(w.Found) != 1 || w.Found[0].Hops != 0 || len(w.Found[0].Moves) != 1 || w.LeftOut != 0 || w.AtLeast {
		t.Fatalf("%d ways, %d left out (at least %v); want one of no step: %+v", len(w.Found), w.LeftOut, w.AtLeast, w.Found)
	}
	if m := w.Found[0].Moves[0]; m.Way != -1 || !m.Total || m.Reason == nil {
		t.Errorf("its move is by way %d, total %v, with derivation %v", m.Way, m.Total, m.Reason != nil)
	}
}

// What a limit leaves out is counted, and what a budget leaves out is told: the
// number that is told is never more than there is.
func TestPathsLeftOut(t *testing.T) {
	t.Parallel()
	var org strings.Builder
	org.WriteString(inA + "role r oauth:client:edit\nrole s directory:group:edit\nrole all legacy admin\ngrant ada r *\ngrant ada s *\n")
	for i := range 6 {
		fmt.Fprintf(&org, "group g%d owners=ada include=false\ngrant g%d all *\n", i, i)
	}
	every := pathsFromAda(t, org.String(), graph.PathOptions{})
	if len(every.Found) < 6 || every.LeftOut != 0 || every.AtLeast {
		t.Fatalf("%d ways, %d left out (at least %v); want all", len(every.Found), every.LeftOut, every.AtLeast)
	}
	for limit := 1; limit <= len(every.Found); limit++ {
		w := pathsFromAda(t, org.String(), graph.PathOptions{Limit: limit})
		if len(w.Found) != limit || len(w.Found)+w.LeftOut != len(every.Found) || w.AtLeast {
			t.Errorf("limit %d: %d ways, %d left out (at least %v); want %d in all", limit, len(w.Found), w.LeftOut, w.AtLeast, len(every.Found))
		}
	}
	told := 0
	for budget := 1; budget < 40; budget++ {
		w := pathsFromAda(t, org.String(), graph.PathOptions{Limit: 1, Budget: budget})
		all := len(w.Found) + w.LeftOut
		if all > len(every.Found) || (all < len(every.Found) && !w.AtLeast) {
			t.Errorf("budget %d: %d of %d ways are told of, at least: %v", budget, all, len(every.Found), w.AtLeast)
		}
		if w.AtLeast {
			told++
		}
	}
	if told == 0 {
		t.Error("no budget was too small")
	}
}

// A budget that is just enough leaves nothing out.
func TestPathsWithinBudget(t *testing.T) {
	t.Parallel()
	const org = inA + "role r oauth:client:edit\nrole add authorization:grant:add\nclient web\ngrant ada r\ngrant ada add\ngrant web add"
	for budget, want := range []string{1: "0 true", 2: "1 true", 3: "2 false", 4: "2 false"} {
		if budget == 0 {
			continue // stands for very many
		}
		w := pathsFromAda(t, org, graph.PathOptions{Budget: budget})
		if got := fmt.Sprint(len(w.Found), w.AtLeast); got != want {
			t.Errorf("budget %d: %s; want %s", budget, got, want)
		}
	}
}
