package reference_test

import (
	"math/rand"
	"reflect"
	"slices"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// asked returns some permissions and divisions to ask an organization about:
// all of its own, and some that it has not.
func asked(m *reference.Model, org string) ([]authz.Pattern, []string) {
	perms := append(m.Universe(org), authz.Admin, authz.NewPattern("telephony", "trunk", "edit"))
	return perms, append(m.Divisions(org), authz.AllDivisions, "nowhere")
}

func random(seed int) *authz.Records {
	return authztest.Random(rand.New(rand.NewSource(int64(seed))), authztest.RandomOptions{})
}

// TestRandom asks everything of random organizations: nothing panics, and the
// answers hold together.
func TestRandom(t *testing.T) {
	t.Parallel()
	for seed := range 120 {
		r := random(seed)
		m := reference.New(r, reference.Options{EnforceDeny: seed%2 == 0})
		m.Dormant()
		m.Delegated()
		m.Dangling()
		for _, p := range m.Principals() {
			perms, divisions := asked(m, p.Org)
			for _, perm := range perms {
				star := m.Reach(p, perm, authz.AllDivisions)
				for _, d := range divisions {
					sound(t, seed, p, perm, d, star, m.Reach(p, perm, d))
				}
			}
		}
		for _, o := range r.Organization {
			m.Undetermined(o.ID, authz.NewPattern("routing", "queue", "view"), "d1")
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, authztest.Format(r))
		}
	}
}

// sound holds a reach to what every reach must be.
func sound(t *testing.T, seed int, p authz.Key, perm authz.Pattern, d string, star, got reference.Reach) {
	t.Helper()
	if (got.Level == reference.Limited) != (len(got.Resources) > 0) {
		t.Errorf("seed %d: Reach(%v, %v, %s) = %v: resources exactly where it is limited", seed, p, perm, d, got)
	}
	if got.Unresolved && got.Level != reference.Limited && got.Level != reference.Conditional {
		t.Errorf("seed %d: Reach(%v, %v, %s) = %v: unresolved", seed, p, perm, d, got)
	}
	// What holds for every division holds for each, but what is limited.
	if star.Level > reference.Limited && got.Level < star.Level {
		t.Errorf("seed %d: Reach(%v, %v, %s) = %v, over every division %v", seed, p, perm, d, got, star)
	}
}

// TestClasses holds equal principals to equal access, but for themselves
// (section 9).
func TestClasses(t *testing.T) {
	t.Parallel()
	compared := 0
	for seed := range 400 {
		r := random(seed)
		m := reference.New(r, reference.Options{EnforceDeny: seed%2 == 0})
		for _, members := range m.Classes() {
			for _, p := range members[1:] {
				compared++
				equalAccess(t, m, seed, members[0], p)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, authztest.Format(r))
		}
	}
	if compared < 100 {
		t.Errorf("only %d pairs of equal principals", compared)
	}
}

func equalAccess(t *testing.T, m *reference.Model, seed int, a, b authz.Key) {
	t.Helper()
	perms, divisions := asked(m, a.Org)
	for _, perm := range perms {
		for _, d := range divisions {
			x, y := symbolic(m.Reach(a, perm, d), a, b), symbolic(m.Reach(b, perm, d), a, b)
			if !reflect.DeepEqual(x, y) {
				t.Errorf("seed %d: %v and %v are equal, but %v over %s is %v and %v", seed, a, b, perm, d, x, y)
			}
		}
	}
}

// symbolic leaves the two principals themselves out of the resources: one may
// be there as itself, the other for another reason.
func symbolic(r reference.Reach, a, b authz.Key) reference.Reach {
	left := map[authz.Key]bool{}
	for k := range r.Resources {
		if k.ID != a.ID && k.ID != b.ID {
			left[k] = true
		}
	}
	r.Resources = left
	return r
}

// TestGrantsOnlyAdd: a further grant never takes access away (section 4).
func TestGrantsOnlyAdd(t *testing.T) {
	t.Parallel()
	for seed := range 60 {
		r := random(seed)
		if len(r.Grant) == 0 || len(r.User) == 0 {
			continue
		}
		rng := rand.New(rand.NewSource(int64(seed) + 1000))
		more := r.Clone()
		g := r.Grant[rng.Intn(len(r.Grant))]
		g.Subject = r.User[0].Key()
		g.Org = g.Subject.Org
		g.Division = "d1" // a new division would be one more to ask about, no less access
		more.Grant = append(more.Grant, g)
		before, after := reference.New(r, reference.Options{}), reference.New(more, reference.Options{})
		for _, p := range before.Principals() {
			perms, divisions := asked(before, p.Org)
			for _, perm := range perms {
				for _, d := range divisions {
					if x, y := before.Reach(p, perm, d), after.Reach(p, perm, d); !within(x, y) {
						t.Errorf("seed %d: a grant makes %v of %v, %v over %s", seed, y, x, p, d)
					}
				}
			}
		}
	}
}

func within(a, b reference.Reach) bool {
	if a.Level != b.Level {
		return a.Level < b.Level
	}
	for k := range a.Resources {
		if !b.Resources[k] {
			return false
		}
	}
	return true
}

// TestOrder: the order of records changes nothing.
func TestOrder(t *testing.T) {
	t.Parallel()
	for seed := range 60 {
		r := random(seed)
		turned := r.Clone()
		slices.Reverse(turned.Role)
		slices.Reverse(turned.User)
		slices.Reverse(turned.Group)
		slices.Reverse(turned.Member)
		slices.Reverse(turned.Grant)
		slices.Reverse(turned.Resource)
		slices.Reverse(turned.Permission)
		slices.Reverse(turned.AccessPolicy)
		slices.Reverse(turned.CoverageLedger)
		a, b := reference.New(r, reference.Options{}), reference.New(turned, reference.Options{})
		if !slices.Equal(a.Principals(), b.Principals()) {
			t.Fatalf("seed %d: principals %v; turned round %v", seed, a.Principals(), b.Principals())
		}
		for _, o := range r.Organization {
			perms, divisions := asked(a, o.ID)
			for _, perm := range perms {
				for _, d := range divisions {
					if x, y := a.Who(o.ID, perm, d), b.Who(o.ID, perm, d); !reflect.DeepEqual(x, y) {
						t.Fatalf("seed %d: Who(%v, %s) = %v; turned round %v", seed, perm, d, x, y)
					}
				}
			}
		}
	}
}
