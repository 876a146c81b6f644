package graph

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An accessPolicy is an active access policy with the principals it speaks of.
type accessPolicy struct {
	rec     authz.AccessPolicy
	target  authz.Pattern
	matches Set
	perms   Set // of the organization's universe
}

// buildPolicies reads the active access policies. How they are enforced cannot
// be known, so that they only ever mark access as conditional.
func (b *builder) buildPolicies() error {
	recs, err := collect(b.src.AccessPolicies())
	if err != nil {
		return err
	}
	slices.SortFunc(recs, func(x, y authz.AccessPolicy) int { return x.Key().Compare(y.Key()) })
	b.ensureUniverses()
	for _, r := range recs {
		if r.Active != authz.True {
			continue
		}
		o := b.org(r.Org)
		target, err := b.g.names.Resolve(r.Target, func(p authz.Pattern) bool { _, ok := o.uni.index[p]; return ok })
		if err != nil {
			b.undetermined(Undetermined{
				Org: r.Org, Subject: r.Key(), SubjectName: r.Name, anyRole: true, anyDiv: true,
				Why: "the target of this access policy cannot be read: " + err.Error(),
			})
			continue
		}
		o.policies = append(o.policies, accessPolicy{
			rec: r, target: target, matches: b.policySubjects(r), perms: o.uni.covered(target).Clone(),
		})
	}
	return nil
}

// ensureUniverses gives an empty universe to organizations that only single
// records name.
func (b *builder) ensureUniverses() {
	for _, o := range b.g.orgs {
		if o.uni == nil {
			o.noList = true
			o.uni = newUniverseBuilder(b.g.names).build(nil)
		}
	}
}

func (b *builder) policySubjects(r authz.AccessPolicy) Set {
	s := NewSet(len(b.g.principals))
	clients := r.Clients == authz.True
	add := func(p uint32) {
		if b.g.principals[p].Key.Kind != authz.KindClient || clients {
			s.Add(p)
		}
	}
	kind := strings.ToUpper(r.SubjectType)
	if kind == "ALL" || r.SubjectID == "" {
		for p := range b.g.principals {
			if b.g.principals[p].Key.Org == r.Org {
				add(uint32(p))
			}
		}
		return s
	}
	for _, n := range b.g.bySubject[subjectID{r.Org, r.SubjectID}] {
		for _, p := range b.policyHolders(n) {
			if b.g.principals[p].Key.Kind == authz.KindClient && p == n {
				s.Add(p) // the policy names the client itself
				continue
			}
			add(p)
		}
	}
	return s
}

// policyHolders returns the principals that a group or team holds, whatever its
// state or role-enablement; a principal holds itself.
func (b *builder) policyHolders(n uint32) []uint32 {
	if int(n) < len(b.g.principals) {
		return []uint32{n}
	}
	var out []uint32
	for p := range b.g.principals {
		if b.g.Holds(uint32(p), n) {
			out = append(out, uint32(p))
		}
	}
	return out
}

// Holds reports whether the group or team n holds principal p, directly or through
// groups, whatever their state.
func (g *Graph) Holds(p, n uint32) bool {
	seen := map[uint32]bool{}
	queue := []uint32{p}
	for i := 0; i < len(queue); i++ {
		for _, to := range g.up.of(queue[i]) {
			to &^= mark
			if to == n {
				return true
			}
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return false
}
