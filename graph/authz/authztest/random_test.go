package authztest_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// TestFeatures holds Random to having everything, again and again.
func TestFeatures(t *testing.T) {
	t.Parallel()
	const seeds, least = 500, 10
	count := map[string]int{}
	for seed := range seeds {
		r := authztest.Random(rand.New(rand.NewSource(int64(seed))), authztest.RandomOptions{})
		for _, name := range authztest.Features(r) {
			count[name]++
		}
	}
	for _, name := range authztest.FeatureNames() {
		if count[name] < least {
			t.Errorf("feature %s occurs %d times in %d organizations; want %d", name, count[name], seeds, least)
		}
		delete(count, name)
	}
	for name := range count {
		t.Errorf("feature %s has no entry in FeatureNames", name)
	}
}

func TestRandomIsRepeatable(t *testing.T) {
	t.Parallel()
	a := authztest.Random(rand.New(rand.NewSource(7)), authztest.RandomOptions{})
	b := authztest.Random(rand.New(rand.NewSource(7)), authztest.RandomOptions{})
	if d := diff(a, b); d != "" {
		t.Errorf("one seed gives two organizations:\n%s", d)
	}
}

func TestRandomComplete(t *testing.T) {
	t.Parallel()
	for seed := range 50 {
		r := authztest.Random(rand.New(rand.NewSource(int64(seed))), authztest.RandomOptions{Complete: true, Single: true, Users: 3})
		if len(r.Organization) != 1 || len(r.User) > 3+3 {
			t.Errorf("seed %d: %d organizations, %d users; want 1 and at most 3 and 3 of trustees", seed, len(r.Organization), len(r.User))
		}
		if slices.ContainsFunc(r.CoverageLedger, authz.Coverage.IsGap) {
			t.Errorf("seed %d: a gap", seed)
		}
	}
}

// TestFormat holds Format and Parse to being inverse on all that Random makes.
func TestFormat(t *testing.T) {
	t.Parallel()
	for seed := range 300 {
		want := authztest.Random(rand.New(rand.NewSource(int64(seed))), authztest.RandomOptions{})
		text := authztest.Format(want)
		got, err := authztest.ParseText(text)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if d := diff(sorted(want), sorted(got)); d != "" {
			t.Fatalf("seed %d: (-made +read)\n%s\n%s", seed, d, text)
		}
	}
}

func diff(a, b *authz.Records) string {
	return cmp.Diff(a, b, cmpopts.IgnoreUnexported(authz.Records{}), cmpopts.EquateEmpty())
}

// sorted puts the records that Format groups by organization in one order.
func sorted(r *authz.Records) *authz.Records {
	c := r.Clone()
	slices.SortStableFunc(c.Organization, func(a, b authz.Organization) int { return a.Key().Compare(b.Key()) })
	slices.SortStableFunc(c.User, func(a, b authz.User) int { return a.Key().Compare(b.Key()) })
	slices.SortStableFunc(c.Member, func(a, b authz.MemberList) int { return a.Key().Compare(b.Key()) })
	slices.SortStableFunc(c.CoverageLedger, func(a, b authz.Coverage) int {
		return authz.Key{Org: a.Org, ID: string(a.List)}.Compare(authz.Key{Org: b.Org, ID: string(b.List)})
	})
	return c
}

func TestShrink(t *testing.T) {
	t.Parallel()
	fails := func(r *authz.Records) bool {
		for _, g := range r.Grant {
			for _, role := range r.Role {
				if g.Org == role.Org && g.Role == role.ID && len(role.Legacy) > 0 {
					return true
				}
			}
		}
		return false
	}
	shrunk := 0
	for seed := range 60 {
		r := authztest.Random(rand.New(rand.NewSource(int64(seed))), authztest.RandomOptions{})
		before := authztest.Format(r)
		small := authztest.Shrink(r, fails)
		if authztest.Format(r) != before {
			t.Fatalf("seed %d: Shrink changed what it was given", seed)
		}
		if !fails(r) {
			if small != r {
				t.Errorf("seed %d: records that do not fail were changed", seed)
			}
			continue
		}
		shrunk++
		if !fails(small) || len(small.Grant) != 1 || len(small.Role) != 1 || len(small.User)+len(small.Member)+len(small.Resource) != 0 || len(small.Role[0].Policies) != 0 || len(small.Role[0].Legacy) != 1 {
			t.Errorf("seed %d: not the smallest:\n%s", seed, authztest.Format(small))
		}
	}
	if shrunk < 10 {
		t.Errorf("only %d organizations failed", shrunk)
	}
}
