package analyzer_test

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

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
