package analyzer

import (
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// Explain answers why a principal has a permission over a target, with every
// derivation.
func (m *Model) Explain(p uint32, permission string, t Target) (*ExplainAnswer, error) {
	pattern, err := m.Pattern(permission)
	if err != nil {
		return nil, err
	}
	pr := m.Graph.Principal(p)
	org := pr.Key.Org
	perm := m.Graph.Perm(org, pattern)
	divs := m.divisions(org, t)
	a := &ExplainAnswer{
		Head: m.Head("explain", question(t), org), Principal: m.Ref(p), Permission: perm.Name, Target: t.Ref,
		Dormant: !pr.Live, Delegated: !pr.Acts, Reasons: []ExplainedReason{}, Nearest: []Nearest{},
	}
	for _, one := range m.matching(org, pattern, perm) {
		m.explainOne(a, p, one, t, divs)
	}
	slices.SortStableFunc(a.Reasons, func(x, y ExplainedReason) int { return int(y.Reach) - int(x.Reach) })
	if len(a.Reasons) > 0 && pr.Live && pr.Acts {
		a.Holds, a.Reach = true, a.Reasons[0].Reach
	}
	if !a.Holds && pr.Acts {
		a.Nearest, a.NearestLeftOut = m.nearest(p, perm, t, divs)
	}
	q := graph.Query{Org: org, Permissions: m.matching(org, pattern, perm), Divisions: divs}
	a.Undetermined = m.undetermined(m.about(p, m.Graph.Undetermined(q)))
	return a, nil
}

// matching returns the permissions that a question about a pattern means: the
// one it names, or those of the universe that a wildcard covers.
func (m *Model) matching(org string, pattern authz.Pattern, perm graph.Perm) []graph.Perm {
	if !pattern.IsWild() || perm.InCatalogue {
		return []graph.Perm{perm}
	}
	var out []graph.Perm
	for _, u := range m.Graph.Universe(org) {
		if pattern.Covers(u.Pattern) && !u.Pattern.IsLegacy() {
			out = append(out, u)
		}
	}
	return out
}

// explainOne adds the derivations of one permission, each once, with all the
// divisions of the target that it reaches.
func (m *Model) explainOne(a *ExplainAnswer, p uint32, perm graph.Perm, t Target, divs graph.Set) {
	type id struct {
		grant   graph.Grant
		policy  *authz.Policy
		legacy  string
		trust   string
		pattern authz.Pattern
	}
	at := map[id]int{}
	for d := range divs.All() {
		for _, r := range m.Graph.Reasons(p, perm, d) {
			if t.missed(r) {
				continue
			}
			k := id{r.Grant, r.Policy, r.Legacy, r.Trust, r.Pattern}
			i, seen := at[k]
			if !seen {
				at[k] = len(a.Reasons)
				a.Reasons = append(a.Reasons, m.explain(p, perm, d, r))
				continue
			}
			last := &a.Reasons[i].Steps[len(a.Reasons[i].Steps)-1]
			last.Extent.Divisions = append(last.Extent.Divisions, m.Division(d))
			a.Reasons[i].Reach = max(a.Reasons[i].Reach, r.Level)
			a.Reasons[i].Resources = mergeNames(a.Reasons[i].Resources, m.thingNames(r.Things))
		}
	}
}

// missed reports whether a derivation reaches only other things than the target.
func (t Target) missed(r graph.Reason) bool {
	return t.Thing != nil && r.Level == graph.Limited && !slices.Contains(r.Things, *t.Thing)
}

func mergeNames(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// about keeps the entries that concern one principal: a group that was not read
// may hold anybody, a role that was not read only its holders.
func (m *Model) about(p uint32, list []graph.Undetermined) []graph.Undetermined {
	acts := m.Graph.Acts(p)
	scoped := m.Graph.Scoped(p)
	return slices.DeleteFunc(slices.Clone(list), func(u graph.Undetermined) bool {
		if u.Org != m.Graph.Principal(p).Key.Org {
			return true
		}
		if u.Scopes {
			return !scoped
		}
		if u.Subject != (authz.Key{}) {
			return false
		}
		role, ok := m.Graph.FindRole(authz.Key{Org: u.Org, Kind: authz.KindRole, ID: u.Role})
		if !ok {
			return false
		}
		for _, n := range acts {
			for _, g := range m.Graph.GrantsOf(n) {
				if g.Role == role {
					return false
				}
			}
		}
		return true
	})
}

// Reasons returns up to limit derivations of a principal's permission over a
// division, the widest first; limit 0 returns all.
func (m *Model) Reasons(p uint32, perm graph.Perm, division uint32, limit int) []ExplainedReason {
	var out []ExplainedReason
	for _, r := range m.Graph.Reasons(p, perm, division) {
		out = append(out, m.explain(p, perm, division, r))
		if len(out) == limit {
			break
		}
	}
	return out
}

// explain spells a derivation out: membership, grant, inheritance, policy, extent.
func (m *Model) explain(p uint32, perm graph.Perm, d uint32, r graph.Reason) ExplainedReason {
	e := ExplainedReason{Permission: perm.Name, Reach: r.Level, Because: r.Because.Texts()}
	if r.Level == graph.Limited {
		e.Resources = m.thingNames(r.Things)
	}
	org := m.Graph.Principal(p).Key.Org
	if r.Trust != "" {
		e.Steps = []Step{{
			Kind: "trust", Record: TargetRef{Kind: authz.KindTrust, ID: r.Trust, Name: m.Graph.TrusteeName(org, r.Trust)},
			Extent: &StepExtent{Divisions: []Named{m.Division(d)}, Why: r.Extent},
		}}
		return e
	}
	for _, h := range r.Path {
		e.Steps = append(e.Steps, m.hop(h))
	}
	e.Steps = append(e.Steps, m.grantStep(r.Grant))
	for _, q := range r.Inherits {
		e.Steps = append(e.Steps, Step{Kind: "inherits", Record: m.roleRef(q)})
	}
	e.Steps = append(e.Steps, m.policySteps(r)...)
	last := &e.Steps[len(e.Steps)-1]
	last.Extent = &StepExtent{Divisions: []Named{m.Division(d)}, Why: r.Extent}
	return e
}

func (m *Model) hop(h graph.Hop) Step {
	k := m.Graph.NodeKey(h.Into)
	kind := "member"
	switch {
	case h.Owner:
		kind = "owner"
	case k.Kind == authz.KindTeam:
		kind = "team"
	}
	s := Step{Kind: kind, Record: TargetRef{Kind: k.Kind, ID: k.ID, Name: m.Graph.NodeName(h.Into)}}
	if h.Joined {
		s.Detail = "joined before"
	}
	return s
}

func (m *Model) roleRef(n uint32) TargetRef {
	r := m.Graph.Role(n)
	return TargetRef{Kind: authz.KindRole, ID: r.Key.ID, Name: r.Record.Name}
}

func (m *Model) grantStep(g graph.Grant) Step {
	role := m.roleRef(g.Role)
	div := m.Division(g.Division)
	subject := m.Graph.NodeKey(g.Node)
	s := Step{
		Kind:   "grant",
		Record: TargetRef{Kind: authz.KindGrant, ID: subject.ID + "/" + role.ID + "/" + div.ID, Name: role.Name + " in " + div.Name},
		Role:   &Named{ID: role.ID, Name: role.Name}, Division: &div,
	}
	s.MadeAt = madeAt(g)
	return s
}

func madeAt(g graph.Grant) *time.Time {
	if g.MadeAt == 0 {
		return nil
	}
	at := grantTime(g)
	return &at
}

func grantTime(g graph.Grant) time.Time { return time.UnixMilli(g.MadeAt).UTC() }

// policySteps are the role's line, and what narrows it.
func (m *Model) policySteps(r graph.Reason) []Step {
	role := r.Grant.Role
	if len(r.Inherits) > 0 {
		role = r.Inherits[len(r.Inherits)-1]
	}
	line := Step{Kind: "policy", Record: m.roleRef(role), Permission: r.Legacy}
	if r.Policy == nil {
		if r.Legacy == "" {
			line.Detail = "the role was not read"
		}
		return append([]Step{line}, m.accessPolicySteps(r)...)
	}
	line.Permission = r.Pattern.String()
	if r.Policy.Guide == "" {
		line.Permission = r.Policy.Domain + ":" + r.Policy.Entity + ":" + r.Policy.Action
	} else if authz.Title(r.Pattern.String()) != r.Policy.Guide {
		line.Detail = "stated as " + r.Policy.Guide
	}
	steps := []Step{line}
	if s := authz.Fold(r.Policy.Scope); s != "" && s != "all" && s != "organization" {
		steps = append(steps, Step{Kind: "scope", Record: m.roleRef(role), Detail: r.Policy.Scope})
	}
	if r.Policy.Condition != nil && r.Because&graph.BecauseCondition != 0 {
		steps = append(steps, Step{Kind: "condition", Record: m.roleRef(role), Detail: conditionText(*r.Policy.Condition)})
	}
	return append(steps, m.accessPolicySteps(r)...)
}

func (m *Model) accessPolicySteps(r graph.Reason) []Step {
	var steps []Step
	for _, a := range r.AccessPolicies {
		steps = append(steps, Step{
			Kind: "access_policy", Record: TargetRef{Kind: authz.KindAccessPolicy, ID: a.ID, Name: a.Name}, Detail: a.Effect,
		})
	}
	return steps
}

// conditionText writes a condition on one line.
func conditionText(c authz.Condition) string {
	join := " or "
	if authz.Fold(c.Conjunction) == "and" {
		join = " and "
	}
	out := ""
	for i, t := range c.Terms {
		if i > 0 {
			out += join
		}
		out += "(" + conditionText(t) + ")"
	}
	if c.Variable != "" || len(c.Operands) > 0 {
		if out != "" {
			out += join
		}
		out += strings.TrimSpace(c.Variable + " " + c.Operator)
		for _, o := range c.Operands {
			out += " " + operandText(o)
		}
	}
	return out
}

func operandText(o authz.Operand) string {
	for _, v := range []string{o.Queue, o.User, o.Team, o.Value} {
		if v != "" {
			return o.Type + ":" + v
		}
	}
	return o.Type
}
