package graph

import (
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Ways are told apart up to so many sets, and not beyond.
func TestMostSets(t *testing.T) {
	singles := func(n int) []Set {
		var out []Set
		for i := range uint32(n) {
			s := NewSet(mostSets + 1)
			s.Add(i)
			out = append(out, s)
		}
		return out
	}
	one := NewSet(mostSets + 1) // everything
	for i := range uint32(mostSets + 1) {
		one.Add(i)
	}
	for n, want := range map[int]bool{mostSets - 1: true, mostSets: true, mostSets + 1: false} {
		list := singles(n)
		if out, ok := products(list, list); ok != want || (ok && len(out) != n) {
			t.Errorf("products of %d and %d sets: %d, %v", n, n, len(out), ok)
		}
		all := one.Clone()
		for i := n; i <= mostSets; i++ {
			all.Remove(uint32(i))
		}
		if out, ok := hitting(nil, []Set{all}); ok != want || (ok && len(out) != n) {
			t.Errorf("sets that meet one of %d: %d, %v", n, len(out), ok)
		}
	}
}

// A cause is of the kind of its changes, or of several; where nothing is seen to
// differ, it is what could be read.
func TestCauseOf(t *testing.T) {
	role := CauseRecord{Kind: CauseRole, Record: authz.Key{Kind: authz.KindRole, ID: "r"}}
	grant := CauseRecord{Kind: CauseGrant, Record: role.Record, Division: "a"}
	for _, tt := range []struct {
		records []CauseRecord
		kind    CauseKind
		kinds   int
	}{
		{nil, CauseCoverage, 0},
		{[]CauseRecord{role}, CauseRole, 0},
		{[]CauseRecord{role, role}, CauseRole, 0},
		{[]CauseRecord{role, grant}, CauseSeveral, 2},
	} {
		if c := CauseOf(tt.records); c.Kind != tt.kind || len(c.Kinds) != tt.kinds {
			t.Errorf("%v: %s %v", tt.records, c.Kind, c.Kinds)
		}
	}
}
