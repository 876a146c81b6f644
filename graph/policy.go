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
	denied  Set // those that an enforced, unconditional deny takes the permission from
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
		target, err := authz.ParsePattern(r.Target) // a field of the API: no aliases
		if err != nil {
			b.undetermined(Undetermined{
				Org: r.Org, Subject: r.Key(), SubjectName: r.Name, anyRole: true,
				Why: "the target of this access policy cannot be read: " + err.Error(),
			})
			continue
		}
		o.policies = append(o.policies, accessPolicy{
			rec: r, target: target, matches: b.policySubjects(r, false), perms: o.uni.covered(target).Clone(),
			denied: b.denied(r),
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

// denied returns the principals that an enforced deny takes the permission from.
func (b *builder) denied(r authz.AccessPolicy) Set {
	if !b.options.EnforceDeny || authz.Fold(r.Effect) != "deny" || !unconditional(r.Condition) || !knownSubject(r.SubjectType) {
		return nil
	}
	return b.policySubjects(r, true)
}

func knownSubject(t string) bool {
	switch authz.Fold(t) {
	case "all", "user", "group", "team", "client":
		return true
	default:
		return false
	}
}

func unconditional(condition string) bool {
	switch strings.Join(strings.Fields(condition), "") {
	case "", "null":
		return true
	default:
		return false
	}
}

// policySubjects returns the principals that an access policy speaks of: through
// groups whatever their state, or through active ones only.
func (b *builder) policySubjects(r authz.AccessPolicy, active bool) Set {
	s := NewSet(len(b.g.principals))
	kind := authz.Fold(r.SubjectType)
	all := kind == "all" || (kind == "" && r.SubjectID == "")
	add := func(p uint32, itself bool) {
		if active && b.g.principals[p].Key.Kind == authz.KindUnknown && (!all || r.Clients != authz.True) {
			return // nobody knows what it is: what has to be guessed takes nothing away
		}
		if b.g.principals[p].Key.Kind != authz.KindClient || r.Clients == authz.True || itself {
			s.Add(p)
		}
	}
	if all {
		for p := range b.g.principals {
			if b.g.principals[p].Key.Org == r.Org {
				add(uint32(p), false)
			}
		}
		return s
	}
	for _, n := range b.g.withID(r.Org, r.SubjectID) {
		if !policyNames(kind, b.g.NodeKey(n).Kind) {
			continue
		}
		for _, p := range b.policyHolders(n, active) {
			add(p, p == n)
		}
	}
	return s
}

// policyNames reports whether a policy's subject type can mean a kind of node. A
// type that is not known means any: marking too much hides nothing.
func policyNames(policy string, k authz.Kind) bool {
	switch policy {
	case "user":
		return k == authz.KindUser || k == authz.KindTrusteeUser || k == authz.KindUnknown
	case "group":
		return k == authz.KindGroup || k == authz.KindTrusteeGroup || k == authz.KindUnknown
	case "team":
		return k == authz.KindTeam || k == authz.KindUnknown
	case "client":
		return k == authz.KindClient || k == authz.KindUnknown
	default:
		return true
	}
}

// policyHolders returns the principals that a group or team holds; a principal
// holds itself.
func (b *builder) policyHolders(n uint32, active bool) []uint32 {
	if active {
		return b.g.Members(n)
	}
	out := b.self(n)
	for p := range b.g.principals {
		if b.g.Holds(uint32(p), n) {
			out = append(out, uint32(p))
		}
	}
	return out
}

func (b *builder) self(n uint32) []uint32 {
	if int(n) < len(b.g.principals) {
		return []uint32{n}
	}
	return nil
}

// Holds reports whether the group or team n holds principal p, directly or through
// groups, whatever their state.
func (g *Graph) Holds(p, n uint32) bool {
	seen := map[uint32]bool{}
	queue := []uint32{p}
	for i := 0; i < len(queue); i++ {
		for _, to := range g.up.of(queue[i]) {
			to &^= mark
			if seen[to] || (i > 0 && g.NodeKey(to).Kind == authz.KindTeam) {
				continue // a team holds what it lists itself
			}
			if to == n {
				return true
			}
			seen[to] = true
			queue = append(queue, to)
		}
	}
	return false
}
