package main

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// nested is an organization of size S in which groups hold groups, around in a
// circle too, roles inherit, and an owner counts as a member: what the generator
// does not draw.
func nested(t *testing.T) *organization {
	t.Helper()
	r := &authz.Records{}
	if _, err := simulator.Generate(t.Context(), simulator.Options{Size: simulator.SizeS, Seed: 3}, keep{r}, nil); err != nil {
		t.Fatal(err)
	}
	for i := range r.Member {
		if m := &r.Member[i]; m.Container.Kind == authz.KindGroup {
			m.Members = append(slices.Clone(m.Members), r.Group[i%5].Key())
		}
	}
	for i := 2; i < len(r.Role); i += 7 {
		r.Role[i].Inherits = []string{r.Role[i-1].ID}
	}
	r.Group[1].IncludeOwners = authz.True
	o, err := newOrganization(r, 3)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// All peers answer alike, the reference evaluator among them.
func TestPeersAgree(t *testing.T) {
	o := nested(t)
	questions := ask(o, counts{check: 60, who: 6, where: 8}, 3)
	var all []measured
	for _, name := range peerNames() {
		m, err := measure(t.Context(), name, *o, questions, 20*time.Second)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, k := range kinds {
			if len(m.took(questions, k)) == 0 {
				t.Errorf("%s was asked nothing of kind %s", name, k)
			}
		}
		all = append(all, m)
	}
	if err := agree(io.Discard, o, questions, all); err != nil {
		t.Error(err)
	}
	yes := 0
	for i, q := range questions {
		if q.kind == check {
			yes += len(all[0].Answers[i].List)
		}
	}
	if yes < 10 || yes > 50 {
		t.Errorf("%d of 60 checks are yes: that says little", yes)
	}
	var table strings.Builder
	if err := printTable(&table, all, questions); err != nil {
		t.Error(err)
	}
	t.Log("\n" + table.String())
}

// One answer that is not like the others is told with its question.
func TestDisagreementIsTold(t *testing.T) {
	o := nested(t)
	questions := ask(o, counts{check: 1, who: 1}, 3)
	a := measured{Name: "a", Answers: []*answer{{}, {List: []int{1, 2}}}}
	b := measured{Name: "b", Answers: []*answer{{}, {List: []int{2, 5}}}}
	err := agree(io.Discard, o, questions, []measured{a, b})
	var d *disagreement
	if !errors.As(err, &d) {
		t.Fatalf("agree = %v, want a disagreement", err)
	}
	for _, part := range []string{"who may do", "a alone: [" + o.principals[1].String(), "b alone: [" + o.principals[5].String()} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	b.Answers[1] = nil // not asked
	if err := agree(io.Discard, o, questions, []measured{a, b}); err != nil {
		t.Errorf("agree = %v for a question that one was not asked", err)
	}
}

// What the peers' models have no place for is refused, not left out.
func TestRefusesWhatIsNotModelled(t *testing.T) {
	for name, spoil := range map[string]func(*authz.Records){
		"scope": func(r *authz.Records) {
			r.Role[0].Policies = []authz.Policy{{Domain: "a", Entity: "b", Action: "c", Scope: "self"}}
		},
		"condition":     func(r *authz.Records) { r.Role[0].Policies[0].Condition = &authz.Condition{} },
		"access policy": func(r *authz.Records) { r.AccessPolicy = []authz.AccessPolicy{{}} },
		"trust":         func(r *authz.Records) { r.Trust = []authz.Trust{{}} },
		"awareness":     func(r *authz.Records) { r.Permission[0].DivisionAware = authz.Unknown },
	} {
		t.Run(name, func(t *testing.T) {
			r := nested(t).records
			spoil(r)
			if _, err := newOrganization(r, 1); err == nil {
				t.Error("accepted")
			}
		})
	}
}
