package bundle

import (
	"errors"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func (e *encoder) role(r authz.Role) {
	e.named(r.ID, r.Name)
	e.text("description", r.Description)
	e.yes("default", r.Default)
	e.yes("base", r.Base)
	e.text("defaultRoleId", r.BasedOn)
	// As objects, so that a role that is called "None" is not taken for none.
	e.refs("inheritsFrom", r.Inherits)
	if r.LinesMissing {
		if len(r.Legacy)+len(r.Policies) > 0 {
			e.fail(errors.New("the role has lines and is said to lack them"))
		}
		return
	}
	guides := 0
	for guides < len(r.Policies) && onlyGuide(r.Policies[guides]) {
		guides++
	}
	e.permissions(r.Legacy, r.Policies[:guides])
	e.policies(r.Policies[guides:])
}

// onlyGuide reports whether a policy is one of the guides' form and nothing else.
func onlyGuide(p authz.Policy) bool {
	return p.Guide != "" && p.Domain == "" && p.Entity == "" && p.Action == ""
}

// permissions appends legacy permissions as strings and guides' policies as objects.
func (e *encoder) permissions(legacy []string, guides []authz.Policy) {
	e.mustList("permissions", len(legacy)+len(guides), func(i int) {
		if i < len(legacy) {
			e.value(legacy[i])
			return
		}
		p := guides[i-len(legacy)]
		e.open('{')
		e.must("name", p.Guide)
		e.narrowing(p)
		e.close('}')
	})
}

// policies appends policies as the API has them: those that differ only in
// their action are one.
func (e *encoder) policies(list []authz.Policy) {
	e.key("permissionPolicies")
	e.open('[')
	for len(list) > 0 {
		n := 1
		for n < len(list) && alike(list[0], list[n]) && !hasAction(list[:n], list[n].Action) {
			n++
		}
		e.policy(list[:n])
		list = list[n:]
	}
	e.close(']')
}

// alike reports whether two policies are one entry with two actions. Policies
// that are narrowed stay apart: comparing conditions is not worth the bytes.
func alike(a, b authz.Policy) bool {
	return a.Domain == b.Domain && a.Entity == b.Entity && a.Guide == b.Guide && a.Scope == b.Scope &&
		a.Action != "" && b.Action != "" && a.Condition == nil && b.Condition == nil &&
		slices.Equal(a.ScopeGroups, b.ScopeGroups) && slices.Equal(a.ScopeTeams, b.ScopeTeams) &&
		slices.Equal(a.ScopeViews, b.ScopeViews)
}

func hasAction(list []authz.Policy, action string) bool {
	return slices.ContainsFunc(list, func(p authz.Policy) bool { return p.Action == action })
}

// policy appends one entry for policies that are alike.
func (e *encoder) policy(alike []authz.Policy) {
	p := alike[0]
	if p.Guide == "" && (p.Domain == "" || p.Entity == "" || p.Action == "") {
		e.fail(errors.New("a part of a policy's permission is empty"))
	}
	e.open('{')
	e.text("domain", p.Domain)
	e.text("entityName", p.Entity)
	e.text("guide", p.Guide)
	if p.Action != "" {
		e.mustList("actionSet", len(alike), func(i int) { e.value(alike[i].Action) })
	}
	e.yes("allowConditions", p.Condition != nil)
	e.narrowing(p)
	e.close('}')
}

func (e *encoder) narrowing(p authz.Policy) {
	e.text("scope", p.Scope)
	e.texts("scopeGroups", p.ScopeGroups)
	e.texts("scopeTeams", p.ScopeTeams)
	e.texts("scopeViews", p.ScopeViews)
	if p.Condition != nil {
		e.key("resourceConditionNode")
		e.condition(*p.Condition)
	}
}

func (e *encoder) condition(c authz.Condition) {
	e.open('{')
	e.text("variableName", c.Variable)
	e.text("operator", c.Operator)
	e.list("operands", len(c.Operands), func(i int) { e.operand(c.Operands[i]) })
	e.text("conjunction", c.Conjunction)
	e.list("terms", len(c.Terms), func(i int) { e.condition(c.Terms[i]) })
	e.close('}')
}

func (e *encoder) operand(o authz.Operand) {
	e.open('{')
	e.text("type", o.Type)
	e.text("value", o.Value)
	e.ref("queue", o.Queue)
	e.ref("user", o.User)
	e.ref("team", o.Team)
	e.close('}')
}
