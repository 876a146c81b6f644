package analyzer_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// Each cell of the matrix has the principals, with their reach, that the
// reference evaluator finds permission by permission and division by division.
func TestMatrixAgreesWithReference(t *testing.T) {
	t.Parallel()
	for part := range int64(2) {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := part; seed < 200; seed += 2 {
				r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Complete: seed%4 == 3, Users: 6})
				if diff := matrixDifference(t, r); diff != "" {
					small := authztest.Shrink(r, func(r *authz.Records) bool { return matrixDifference(t, r) != "" })
					t.Fatalf("seed %d (-reference +matrix):\n%s\n%s", seed, matrixDifference(t, small), authztest.Format(small))
				}
			}
		})
	}
}

func matrixDifference(t testing.TB, r *authz.Records) string {
	t.Helper()
	m := model(t, r)
	lex := lexicon.Default()
	ref := reference.New(r, reference.Options{Aware: lex.Aware, Resolve: lex.Resolve})
	want, got := map[string]graph.Level{}, map[string]graph.Level{}
	for _, p := range ref.Principals() {
		n, ok := m.Graph.FindPrincipal(p)
		if !ok {
			return "no principal " + p.String()
		}
		from := m.Tenants.Of(n).Tenant
		for to, tenant := range m.Tenants.Tenants {
			if l := widestOver(m, ref, p, tenant.Divisions); to != from && l != graph.None {
				want[cellKey(m.Tenants.Tenants[from].Name, tenant.Name, p)] = l
			}
		}
	}
	for _, c := range m.Matrix().Cells {
		rows := m.CellPrincipals(c, 0)
		if len(rows) != c.Principals {
			return fmt.Sprintf("%s → %s counts %d principals and lists %d", c.From, c.To, c.Principals, len(rows))
		}
		widest := graph.None
		for _, row := range rows {
			widest = max(widest, row.Reach)
			got[cellKey(c.From, c.To, authz.Key{Org: row.Principal.Org, Kind: row.Principal.Kind, ID: row.Principal.ID})] = row.Reach
		}
		if widest != c.Widest {
			return fmt.Sprintf("%s → %s has %v and says that its widest is %v", c.From, c.To, widest, c.Widest)
		}
	}
	return cmp.Diff(want, got)
}

func cellKey(from, to string, p authz.Key) string {
	return from + " → " + to + ": " + p.Org + "/" + p.String()
}

// widestOver is the widest reach that the reference finds with a permission that
// carries tenant data and is not known to be unlimited by divisions.
func widestOver(m *analyzer.Model, ref *reference.Model, p authz.Key, divs graph.Set) graph.Level {
	out := graph.None
	for _, perm := range m.Graph.Universe(p.Org) {
		if perm.Aware == authz.False || m.Lexicon.Carries(perm.Pattern, perm.Aware) != lexicon.CarriesTenant {
			continue
		}
		for d := range divs.All() {
			if div := m.Graph.Divisions()[d].Key; div.Org == p.Org {
				out = max(out, graph.Level(ref.Reach(p, perm.Pattern, div.ID).Level))
			}
		}
	}
	return out
}

// What a scope leaves is told apart by the shipped data in the product, by the
// permission's name alone in the reference: they say the same of what random
// organizations speak of, or the comparisons would be void.
func TestConcernsAgreesWithNames(t *testing.T) {
	t.Parallel()
	lex := lexicon.Default()
	for seed := range int64(50) {
		r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Users: 2})
		g := model(t, r).Graph
		for _, o := range g.Organizations() {
			for _, p := range g.Universe(o.ID) {
				queues, users := lex.Concerns(p.Pattern)
				q, u := concernsByName(p.Pattern)
				if queues != q || users != u {
					t.Errorf("%s: queues %v, users %v by the data; %v, %v by the name", p.Pattern, queues, users, q, u)
				}
			}
		}
	}
}

func concernsByName(p authz.Pattern) (queues, users bool) {
	queues = strings.HasPrefix(p.Entity, "queue")
	users = strings.HasPrefix(p.Entity, "user") || strings.HasPrefix(p.Entity, "profile") || p.Domain == "user"
	if !queues && !users {
		return true, true
	}
	return queues, users
}
