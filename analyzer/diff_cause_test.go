package analyzer_test

import (
	"maps"
	"math/rand"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// What causes are told to have done is what the rows say, each cell under every
// cause that it has: nothing is told of no cause, and nothing that did not happen.
func TestCausesCoverDifference(t *testing.T) {
	t.Parallel()
	several := 0
	for seed := range int64(24) {
		rng := rand.New(rand.NewSource(seed))
		old := authztest.Random(rng, authztest.RandomOptions{Complete: seed%2 == 0, Users: 8})
		latest := old
		for range 16 {
			latest, _ = authztest.Change(rng, latest)
		}
		c := analyzer.Compare(modelOfRecords(t, old), modelOfRecords(t, latest))
		a := c.Answer("rows")
		c.Fill(a)
		got, want := map[string]int{}, map[string]int{}
		for _, x := range a.Causes {
			got[x.Way+": "+x.Cause.Text] += x.Cells
			several += x.Also
		}
		for way, rows := range map[string][]analyzer.DiffRow{analyzer.WayGained: a.Gained, analyzer.WayLost: a.Lost, analyzer.WayChanged: a.Changed} {
			for _, r := range rows {
				for _, text := range shortestWays(r.Cause) {
					want[way+": "+text] += cellsOf(c, way, r)
				}
			}
		}
		for _, m := range []map[string]int{got, want} { // true of divisions to come alone
			maps.DeleteFunc(m, func(_ string, n int) bool { return n == 0 })
		}
		if !maps.Equal(got, want) {
			t.Errorf("seed %d: by causes %v; by rows %v", seed, got, want)
		}
		if all := a.Totals.Gained + a.Totals.Lost + a.Totals.Changed; all > 0 && len(a.Causes) == 0 {
			t.Errorf("seed %d: %d cells, and no cause", seed, all)
		}
	}
	if several == 0 {
		t.Error("no cell has several causes")
	}
}

// shortestWays returns the texts of the causes that a row is told under.
func shortestWays(c analyzer.CauseRef) []string {
	if len(c.Ways) == 0 {
		return []string{c.Text}
	}
	var out []string
	for _, w := range c.Ways {
		if len(w.Records) == len(c.Ways[0].Records) && !slices.Contains(out, w.Text) {
			out = append(out, w.Text)
		}
	}
	return out
}

// cellsOf counts the divisions of a row that there are.
func cellsOf(c *analyzer.Comparison, way string, r analyzer.DiffRow) int {
	if r.Division.ID != authz.AllDivisions {
		if r.Division.ID == "" {
			return 0 // those to come
		}
		return 1
	}
	g := c.New.Graph
	if way == analyzer.WayLost {
		g = c.Old.Graph
	}
	n := 0
	for _, d := range g.Divisions() {
		if d.Key.Org == r.Principal.Org {
			n++
		}
	}
	return n
}

func modelOfRecords(t *testing.T, r *authz.Records) *analyzer.Model {
	t.Helper()
	m, err := analyzer.Build(r, analyzer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
