package authztest

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// pool returns the permissions that random organizations speak of.
func pool() [][3]string {
	return [][3]string{
		{"routing", "queue", "view"},
		{"routing", "queue", "edit"},
		{"analytics", "queueObservation", "view"},
		{"directory", "user", "view"},
		{"directory", "userProfile", "edit"},
		{"user", "user", "impersonate"},
		{"recording", "recording", "view"},
		{"recording", "recording", "all"},
		{"profile", "profileView", "view"},
	}
}

// escalation returns a permission by which principals could become more: those
// that lead to everything at once are seldom.
func (g *generator) escalation() [3]string {
	if g.chance(12) {
		return pick(g, escalationPool()[8:]...)
	}
	return pick(g, escalationPool()[:8]...)
}

func escalationPool() [][3]string {
	return [][3]string{
		{"user", "user", "impersonate"},
		{"directory", "user", "setPassword"},
		{"directory", "user", "setPassword"},
		{"directory", "user", "edit"},
		{"directory", "user", "edit"},
		{"directory", "group", "edit"},
		{"oauth", "client", "edit"},
		{"sso", "provider", "edit"},
		{"sso", "provider", "add"},
		{"directory", "organization", "admin"},
		{"authorization", "grant", "add"},
		{"authorization", "role", "edit"},
		{"authorization", "orgTrusteeUser", "add"},
		{"authorization", "orgTrusteeUser", "edit"},
		{"authorization", "orgTrusteeGroup", "add"},
		{"authorization", "orgTrusteeGroup", "edit"},
	}
}

func (g *generator) permissions() {
	if g.chance(12) {
		return // the whole catalogue is missing
	}
	for _, p := range pool() {
		if g.chance(70) {
			g.r.Permission = append(g.r.Permission, authz.Permission{
				Org: g.org, Domain: p[0], Entity: p[1], Action: p[2], DivisionAware: pick(g, authz.Unknown, authz.False, authz.True, authz.True),
			})
		}
	}
	if !g.o.Escalations {
		return
	}
	for _, p := range escalationPool() {
		if g.chance(70) {
			g.r.Permission = append(g.r.Permission, authz.Permission{
				Org: g.org, Domain: p[0], Entity: p[1], Action: p[2], DivisionAware: pick(g, authz.Unknown, authz.False, authz.True, authz.True, authz.True),
			})
		}
	}
}

func (g *generator) makeRoles() {
	for _, id := range g.roles {
		r := authz.Role{Org: g.org, ID: id, Name: pick(g, "Agent", "Supervisor", "agent")}
		if g.chance(30) {
			r.Inherits = append(r.Inherits, pick(g, g.oneOf(g.roles, "ry", 15), "Agent", "Supervisor"))
		}
		if g.chance(5) {
			r.Legacy = append(r.Legacy, pick(g, "admin", "Admin"))
		}
		if g.chance(15) {
			r.Legacy = append(r.Legacy, "group_creation")
		}
		r.LinesMissing = !g.tidy && g.chance(6)
		for range 1 + g.rng.Intn(4) {
			r.Policies = append(r.Policies, g.policy())
		}
		g.r.Role = append(g.r.Role, r)
	}
}

func (g *generator) policy() authz.Policy {
	p := g.pattern()
	if g.chance(35) {
		return p
	}
	words := []string{"all", "organization", "group", "group", "group", "team", "team", "view", "view", "assigned", "Assigned", "assigned", "self", "self", "galaxy"}
	if g.chance(80) {
		p.Scope = pick(g, words...)
	}
	switch p.Scope {
	case "group":
		p.ScopeGroups = g.some(g.groups, "gx", 6)
	case "team":
		p.ScopeTeams = g.some(g.teams, "tx", 6)
	case "view":
		p.ScopeViews = g.some(g.views, "vx", 6)
	}
	if g.chance(35) {
		c := g.condition(2)
		p.Condition = &c
	}
	return p
}

func (g *generator) pattern() authz.Policy {
	if g.chance(12) {
		return authz.Policy{Guide: pick(g, "Routing > Queue > View", "Routing > Queue: Edit", "user:impersonate", "recording:recording:all", "group_creation", "a:b:c:d", "Directory > User > *")}
	}
	if g.o.Escalations && g.chance(30) {
		v := g.escalation()
		return authz.Policy{Domain: v[0], Entity: v[1], Action: v[2]}
	}
	v := pick(g, pool()...)
	p := authz.Policy{Domain: v[0], Entity: v[1], Action: v[2]}
	if g.chance(10) {
		p.Domain = "*"
	}
	if g.chance(12) {
		p.Entity = "*"
	}
	if g.chance(15) {
		p.Action = pick(g, "*", "all")
	}
	if g.chance(8) {
		p.Domain = pick(g, "Routing", " routing ")
	}
	return p
}

func (g *generator) condition(depth int) authz.Condition {
	if g.chance(8) {
		return authz.Condition{}
	}
	if depth == 0 || g.chance(55) {
		return g.leaf()
	}
	c := authz.Condition{Conjunction: pick(g, "AND", "AND", "OR", "", "and")}
	for range 1 + g.rng.Intn(2) {
		c.Terms = append(c.Terms, g.condition(depth-1))
	}
	if g.chance(30) {
		l := g.leaf()
		c.Variable, c.Operator, c.Operands = l.Variable, l.Operator, l.Operands
	}
	return c
}

func (g *generator) leaf() authz.Condition {
	c := authz.Condition{Variable: "Conversation.queues", Operator: pick(g, "EQ", "IN", "IN", "eq", "GT")}
	for range 1 + g.rng.Intn(2) {
		c.Operands = append(c.Operands, g.operand())
	}
	return c
}

func (g *generator) operand() authz.Operand {
	switch n := g.rng.Intn(100); {
	case n < 40:
		id := g.oneOf(g.queues, "qx", 6)
		return pick(g, authz.Operand{Type: "QUEUE", Queue: id}, authz.Operand{Type: "QUEUE", Value: id})
	case n < 70:
		id := g.oneOf(g.users, "ux", 6)
		return pick(g, authz.Operand{Type: "USER", User: id}, authz.Operand{Type: "USER", Value: id})
	case n < 90:
		id := g.oneOf(g.teams, "tx", 6)
		return pick(g, authz.Operand{Type: "TEAM", Team: id}, authz.Operand{Type: "TEAM", Value: id})
	case n < 93:
		return authz.Operand{Type: "QUEUE"}
	default:
		return authz.Operand{Type: "SCALAR", Value: "7"}
	}
}

func (g *generator) makePolicies() {
	if !g.chance(45) {
		return
	}
	for i := range 1 + g.rng.Intn(2) {
		v := pick(g, pool()...)
		if g.o.Escalations && g.chance(50) {
			v = g.escalation()
		}
		a := authz.AccessPolicy{
			Org: g.org, ID: g.prefix + pick(g, "a", "b") + string(rune('1'+i)), Target: v[0] + ":" + v[1] + ":" + pick(g, v[2], "*"),
			Effect: pick(g, "ALLOW", "DENY", "DENY"), Active: pick(g, authz.True, authz.True, authz.True, authz.False, authz.Unknown), Clients: g.tri(),
		}
		a.SubjectType = pick(g, "ALL", "USER", "GROUP", "TEAM", "CLIENT")
		switch a.SubjectType {
		case "USER":
			a.SubjectID = g.oneOf(g.users, "ux", 5)
		case "GROUP":
			a.SubjectID = g.oneOf(append(slices.Clone(g.groups), g.trusteeGroups...), "gx", 5)
		case "TEAM":
			a.SubjectID = g.oneOf(g.teams, "tx", 5)
		case "CLIENT":
			a.SubjectID = g.oneOf(g.clients, "cx", 5)
		}
		if g.chance(30) {
			a.Condition = `{"variableName":"x","operator":"EQ"}`
		}
		g.r.AccessPolicy = append(g.r.AccessPolicy, a)
	}
}
